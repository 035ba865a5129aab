#include "sim/design/samples.h"

#include <gtest/gtest.h>

namespace {

TEST(samples, are_zero_and_of_the_size_asked_for) {
    npim_samples samples;
    ASSERT_EQ(npim_samples_init(&samples, 5, 3, 2, nullptr), NPIM_OK);
    for (int i = 0; i < 15; i++) EXPECT_EQ(samples.in[i], 0);
    for (int i = 0; i < 10; i++) EXPECT_EQ(samples.out[i], 0);
    EXPECT_EQ(samples.n, 5u);
    npim_samples_fini(&samples);
    EXPECT_EQ(samples.in, nullptr);
    npim_samples_fini(&samples);
}

TEST(samples, refuses_none_and_too_many) {
    npim_samples samples;
    npim_error error{};
    EXPECT_EQ(npim_samples_init(&samples, 0, 3, 2, &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_samples_init(&samples, 5, 0, 2, &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_samples_init(&samples, 5, 3, 0, &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_samples_init(&samples, SIZE_MAX / 4, 3, 2, &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_samples_init(&samples, 5, UINT32_MAX, 2, &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_samples_init(&samples, 5, 3, UINT32_MAX, &error), NPIM_ECONFIG);
    EXPECT_NE(error.message[0], '\0');
    EXPECT_EQ(samples.in, nullptr);
    npim_samples_fini(&samples);
}

} // namespace

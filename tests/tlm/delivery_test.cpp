#include "tlm/delivery.hpp"

#include <gtest/gtest.h>

// Columns [3, 5): the first is in, the last is not; an empty range holds nothing.
TEST(delivery, ColumnsAreHalfOpen) {
    const npim_columns columns = {3, 5}, none = {4, 4}, reversed = {5, 3};
    const bool expected[] = {false, false, false, true, true, false, false};
    for (uint32_t x = 0; x < 7; x++) {
        EXPECT_EQ(npim::within(columns, x), expected[x]) << x;
        EXPECT_FALSE(npim::within(none, x)) << x;
        EXPECT_FALSE(npim::within(reversed, x)) << x;
    }
    EXPECT_FALSE(npim::within({0, UINT32_MAX}, UINT32_MAX));
}

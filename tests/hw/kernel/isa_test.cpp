#include "hw/kernel/isa.h"

#include <gtest/gtest.h>
#include <string>

namespace {

TEST(Isa, EveryOneHasAName) {
    int n = 0;
    while (npim_isa_names[n]) n++;
    EXPECT_EQ(n, NPIM_ISAS);
    EXPECT_EQ(std::string(npim_isa_names[NPIM_ISA_PORTABLE]), "portable");
    EXPECT_EQ(std::string(npim_isa_names[NPIM_ISA_AVX512]), "avx512");
}

TEST(Isa, TheBestIsSupportedAndNoneAfterIt) {
    EXPECT_TRUE(npim_isa_supported(NPIM_ISA_PORTABLE));
    EXPECT_FALSE(npim_isa_supported(NPIM_ISAS));
    EXPECT_TRUE(npim_isa_supported(npim_isa_best()));
    for (int isa = npim_isa_best() + 1; isa < NPIM_ISAS; isa++)
        EXPECT_FALSE(npim_isa_supported(static_cast<npim_isa>(isa)));
}

TEST(Isa, EachContainsTheOneBefore) {
    for (int isa = 1; isa <= npim_isa_best(); isa++)
        EXPECT_TRUE(npim_isa_supported(static_cast<npim_isa>(isa - 1)));
}

} // namespace

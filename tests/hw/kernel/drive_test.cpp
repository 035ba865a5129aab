#include "hw/kernel/drive.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace {

/* Every bit of every code is where the header says, and nothing else is set; larger and smaller ones in turn.
 */
TEST(Drive, PacksEveryDigit) {
    std::random_device seeds;
    const unsigned seed = seeds();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 bits(seed);
    npim_drive d{};
    for (size_t n : {0, 1, 31, 32, 33, 70, 2})
        for (uint32_t rows : {1u, 14u, 15u, 16u, 128u}) {
            const uint32_t cycles = 1 + bits() % 8;
            const size_t stride = rows + 2;
            std::vector<int16_t> inputs(n * stride);
            for (int16_t &x : inputs) x = static_cast<int16_t>(bits() % (1u << cycles));
            ASSERT_EQ(npim_drive_set(&d, inputs.data(), stride, n, rows, 1, cycles, nullptr), NPIM_OK);
            ASSERT_EQ(d.words, (rows + 14) / 15);
            ASSERT_EQ(d.groups, (n + 31) / 32);
            for (size_t v = 0; v < d.groups * 32; v++)
                for (uint32_t cycle = 0; cycle < cycles; cycle++)
                    for (uint32_t row = 0; row < d.words * 16; row++) {
                        const uint16_t word =
                            d.pattern[((v / 32 * cycles + cycle) * d.words + row / 16) * 32 + v % 32];
                        const uint32_t real = row / 16 * 15 + row % 16;
                        const bool there = v < n && row % 16 < 15 && real < rows;
                        ASSERT_EQ(word >> (row % 16) & 1, there ? inputs[v * stride + real] >> cycle & 1 : 0);
                    }
        }
    npim_drive_fini(&d);
    npim_drive_fini(&d);
}

TEST(Drive, ScratchGrows) {
    npim_drive d{};
    ASSERT_EQ(npim_drive_scratch(&d, 1, nullptr), NPIM_OK);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(d.scratch) % 64, 0u);
    ASSERT_EQ(npim_drive_scratch(&d, 1000, nullptr), NPIM_OK);
    const void *large = d.scratch;
    ASSERT_EQ(npim_drive_scratch(&d, 500, nullptr), NPIM_OK);
    EXPECT_EQ(d.scratch, large);
    static_cast<char *>(d.scratch)[999] = 1;
    npim_drive_fini(&d);
}

TEST(Drive, WiderDigitsAreNotPacked) {
    npim_drive d{};
    const int16_t input = 200;
    ASSERT_EQ(npim_drive_set(&d, &input, 1, 1, 1, 2, 4, nullptr), NPIM_OK);
    EXPECT_EQ(d.pattern, nullptr);
    EXPECT_EQ(d.digit_bits, 2u);
    npim_drive_fini(&d);
}

} // namespace

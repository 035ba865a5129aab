#include "hw/analog_buffer.h"

#include <cmath>
#include <gtest/gtest.h>

namespace {

struct Buffer {
    npim_analog_buffer core;
    explicit Buffer(uint32_t rows = 8, uint32_t columns = 15, double sigma = 0, uint32_t level_bits = 6) {
        npim_analog_buffer_config config = {rows, columns, level_bits, 1.0, sigma, 0.17, 18.31, 0};
        npim_error error;
        if (npim_analog_buffer_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~Buffer() { npim_analog_buffer_fini(&core); }
    void write(uint32_t cycle, uint32_t slice, double v_V) {
        npim_analog_buffer_write(&core, cycle, slice, v_V, nullptr, 0);
    }
};

/* All partial sums at full scale: diagonal d holds min(d + 1, n, m, n + m - 1 - d) of them. */
TEST(AnalogBuffer, DiagonalsHoldAsManySamplesAsTheClosedForm) {
    Buffer buffer;
    for (uint32_t i = 0; i < 8; i++)
        for (uint32_t j = 0; j < 8; j++) buffer.write(i, j, 1.0);
    double total = 0;
    for (uint32_t d = 0; d < 15; d++) {
        EXPECT_NEAR(npim_analog_buffer_diagonal_V(&buffer.core, d), std::min(d + 1, 15 - d), 1e-12) << d;
        total += npim_analog_buffer_diagonal_V(&buffer.core, d);
    }
    EXPECT_NEAR(total, 64, 1e-12);
    EXPECT_EQ(buffer.core.n_writes, 64u);
}

/* Sums that are levels of the buffer come through exactly: diagonals x 2^d make the product. */
TEST(AnalogBuffer, WeightedDiagonalsMakeTheDotProduct) {
    Buffer buffer;
    uint32_t x = 0xb5, w = 0x6d;
    for (uint32_t i = 0; i < 8; i++)
        for (uint32_t j = 0; j < 8; j++) buffer.write(i, j, (x >> i & 1) * (w >> j & 1) * 37 / 63.0);
    double sum = 0;
    for (uint32_t d = 0; d < 15; d++)
        sum += std::ldexp(npim_analog_buffer_diagonal_V(&buffer.core, d), static_cast<int>(d));
    EXPECT_NEAR(sum * 63, 37.0 * x * w, 1e-6);
}

TEST(AnalogBuffer, RoundsToSixtyFourLevelsAndCountsClipping) {
    Buffer buffer;
    buffer.write(0, 0, 0.5); /* 31.5: to even */
    EXPECT_EQ(buffer.core.level, 32u);
    EXPECT_DOUBLE_EQ(npim_analog_buffer_diagonal_V(&buffer.core, 0), 32.0 / 63);
    buffer.write(0, 0, 1.02);
    EXPECT_EQ(buffer.core.level, 63u);
    EXPECT_EQ(buffer.core.n_clipped, 1u);
    EXPECT_DOUBLE_EQ(npim_analog_buffer_diagonal_V(&buffer.core, 0), 1.0); /* overwritten, not added */
}

TEST(AnalogBuffer, Capacity) {
    Buffer buffer;
    EXPECT_TRUE(npim_analog_buffer_fits(&buffer.core, 8, 8));
    EXPECT_FALSE(npim_analog_buffer_fits(&buffer.core, 9, 1));
    EXPECT_FALSE(npim_analog_buffer_fits(&buffer.core, 8, 9));
    EXPECT_TRUE(npim_analog_buffer_fits(&buffer.core, 1, 15));
    EXPECT_FALSE(npim_analog_buffer_fits(&buffer.core, 1, 16));
    EXPECT_FALSE(npim_analog_buffer_fits(&buffer.core, 2, 0xffffffffu));
    EXPECT_TRUE(npim_analog_buffer_fits(&buffer.core, 0, 99));
    /* as published: 30 = 15 + 16 - 1 columns */
    Buffer published(15, 30);
    EXPECT_TRUE(npim_analog_buffer_fits(&published.core, 15, 16));
}

TEST(AnalogBuffer, ClearEmptiesCellsAndKeepsCounts) {
    Buffer buffer;
    buffer.write(7, 7, 1.0);
    EXPECT_EQ(npim_analog_buffer_diagonal_V(&buffer.core, 14), 1.0);
    npim_analog_buffer_clear(&buffer.core);
    EXPECT_EQ(npim_analog_buffer_diagonal_V(&buffer.core, 14), 0.0);
    EXPECT_EQ(buffer.core.n_writes, 1u);
    buffer.write(0, 0, 1.0);
    npim_analog_buffer_reset(&buffer.core);
    EXPECT_EQ(npim_analog_buffer_diagonal_V(&buffer.core, 0), 0.0);
    EXPECT_EQ(buffer.core.n_writes, 0u);
}

TEST(AnalogBuffer, VariationIsMultiplicativeAndNeedsASource) {
    constexpr int n = 20000;
    Buffer buffer(8, 15, 0.025);
    npim_random source = {9, 9};
    double sum2 = 0;
    for (uint64_t i = 0; i < n; i++) {
        npim_analog_buffer_write(&buffer.core, 0, 0, 42 / 63.0, &source, i);
        sum2 += std::pow(npim_analog_buffer_diagonal_V(&buffer.core, 0) * 63 / 42 - 1, 2);
    }
    EXPECT_NEAR(std::sqrt(sum2 / n), 0.025, 5 * 0.025 / std::sqrt(2.0 * n));
    buffer.write(0, 0, 42 / 63.0);
    EXPECT_DOUBLE_EQ(npim_analog_buffer_diagonal_V(&buffer.core, 0), 42 / 63.0);
}

TEST(AnalogBuffer, EnergyIsOneWriteAndOneCellRead) {
    Buffer buffer;
    npim_work work = {1, 1, 0, 110000};
    EXPECT_NEAR(npim_analog_buffer_ops.energy_pJ(&buffer.core, &work), 0.17 + 18.31e-9 * 110e-9 * 1e12,
                1e-15);
    work.hold_ps = 0;
    EXPECT_EQ(npim_analog_buffer_ops.energy_pJ(&buffer.core, &work), 0.17);
    EXPECT_EQ(npim_analog_buffer_ops.latency_ps(&buffer.core, &work), 0u);
    EXPECT_EQ(npim_analog_buffer_ops.area_um2(&buffer.core), 0.0);
}

} // namespace

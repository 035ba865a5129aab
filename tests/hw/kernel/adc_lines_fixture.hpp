// Arrays of random cells, and a plain second opinion on their bit lines in double precision.
#ifndef NPIM_TESTS_HW_KERNEL_ADC_LINES_FIXTURE_HPP
#define NPIM_TESTS_HW_KERNEL_ADC_LINES_FIXTURE_HPP

#include "hw/kernel/adc_lines.h"
#include "hw/kernel/normals.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

namespace adc_lines_test {

constexpr npim_draw draw = NPIM_DRAW_READ;

struct setup {
    npim_adc_line_config config{};
    std::vector<double> value, squares;
    std::vector<int16_t> inputs;
    size_t n = 1, stride = 0;
    npim_adc_line_noise noise{{1, 2}, draw, 0, 1};

    uint32_t columns() const { return config.outputs * config.columns_per_weight; }
    uint32_t digit(size_t v, uint32_t row, uint32_t cycle) const {
        const auto code = static_cast<uint16_t>(inputs[v * stride + row]);
        return static_cast<uint32_t>(code) >> (cycle * config.digit_bits) & ((1u << config.digit_bits) - 1);
    }
};

struct outcome {
    std::vector<int32_t> sums;
    uint64_t clipped = 0;
    double error_codes = 0;
    uint32_t fraction_bits = 0;
    bool is_binary = false;
};

inline outcome run(const setup &s, npim_isa isa) {
    outcome out;
    npim_adc_lines lines{};
    npim_drive drive{};
    npim_error error{};
    out.sums.assign(s.n * (s.config.outputs + 1), 7);
    EXPECT_EQ(npim_adc_lines_init(&lines, &s.config, s.value.data(), s.squares.data(), &error), NPIM_OK)
        << error.message;
    EXPECT_EQ(npim_drive_set(&drive, s.inputs.data(), s.stride, s.n, s.config.rows, s.config.digit_bits,
                             s.config.cycles, &error),
              NPIM_OK)
        << error.message;
    EXPECT_EQ(npim_adc_lines_run(isa, &lines, &drive, &s.noise, out.sums.data(), s.config.outputs + 1,
                                 &out.clipped, &error),
              NPIM_OK)
        << error.message;
    out.error_codes = lines.error_codes;
    out.fraction_bits = lines.fraction_bits;
    out.is_binary = lines.is_binary;
    npim_adc_lines_fini(&lines);
    npim_adc_lines_fini(&lines);
    npim_drive_fini(&drive);
    /* sums are added to what is there, and nothing else is touched */
    for (size_t v = 0; v < s.n; v++) {
        EXPECT_EQ(out.sums[v * (s.config.outputs + 1) + s.config.outputs], 7);
        for (uint32_t o = 0; o < s.config.outputs; o++) out.sums[v * (s.config.outputs + 1) + o] -= 7;
    }
    return out;
}

inline int32_t sum_of(const setup &s, const outcome &o, size_t v, uint32_t output) {
    return o.sums[v * (s.config.outputs + 1) + output];
}

/* The deviate of one conversion, as adc_lines.h says. */
inline double deviate(const setup &s, size_t v, uint32_t column, uint32_t cycle, npim_draw kind = draw) {
    const uint32_t per_weight = s.config.columns_per_weight, pairs = (per_weight + 1) / 2;
    const uint32_t at = column % per_weight, pair = column / per_weight * pairs + at / 2;
    uint64_t counter[NPIM_NORMAL_LANES] = {};
    counter[0] =
        s.noise.first + v * s.noise.stride + uint64_t{pair} * ((s.config.cycles + 1) / 2) + cycle / 2;
    float normal[4][NPIM_NORMAL_LANES];
    npim_normal_lanes(NPIM_ISA_PORTABLE, &s.noise.random, kind, counter, normal);
    return static_cast<double>(normal[2 * (cycle % 2) + at % 2][0]);
}

/* What a converter sees, in codes. */
inline double ideal_code(const setup &s, size_t v, uint32_t column, uint32_t cycle) {
    double sum = 0, variance = 0;
    for (uint32_t row = 0; row < s.config.rows; row++) {
        const double d = s.digit(v, row, cycle);
        sum += d * s.value[size_t{row} * s.columns() + column];
        if (s.config.read_sigma > 0) variance += d * d * s.squares[size_t{row} * s.columns() + column];
    }
    const double sigma = s.config.read_sigma / s.config.step, own = s.config.converter_sigma;
    const double sample = s.config.sample_sigma, droop = s.config.droop;
    const double noise = std::sqrt(sigma * sigma * variance + sample * sample + (droop > 0 ? 0 : own * own));
    double code = sum / s.config.step;
    if (noise > 0) code += noise * deviate(s, v, column, cycle);
    if (droop <= 0) return code;
    code = code > droop ? code - droop : code < -droop ? code + droop : 0.0;
    return own > 0 ? code + own * deviate(s, v, column, cycle, NPIM_DRAW_NOISE) : code;
}

/* The same array, each column an output of its own in one cycle: its sums are step x code. */
inline setup single(const setup &s) {
    setup one = s;
    one.config.columns_per_weight = 1;
    one.config.outputs = s.columns();
    one.config.column_weight[0] = 1;
    one.config.cycles = 1;
    return one;
}

inline setup in_cycle(const setup &s, uint32_t cycle) {
    setup one = single(s);
    for (size_t v = 0; v < s.n; v++)
        for (uint32_t row = 0; row < s.config.rows; row++)
            one.inputs[v * s.stride + row] = static_cast<int16_t>(s.digit(v, row, cycle));
    return one;
}

/* Conversions lie within what fixed point may do to them; slack: what squares in fixed point may, in codes.
 */
inline void check_codes(const setup &s, const outcome &o, double slack) {
    const double most = s.config.code_max;
    uint64_t clipped_least = 0, clipped_most = 0;
    for (size_t v = 0; v < s.n; v++)
        for (uint32_t c = 0; c < s.config.outputs; c++) {
            const double code = double{1} * sum_of(s, o, v, c) / s.config.step,
                         ideal = ideal_code(s, v, c, 0);
            ASSERT_EQ(code, std::round(code));
            const double near = std::min(std::max(ideal, 0.0), most), error = o.error_codes + slack;
            ASSERT_LE(std::fabs(code - near), 0.5 + error) << v << " " << c << " ideal " << ideal;
            clipped_least += ideal < -0.5 - error || ideal > most + 0.5 + error;
            clipped_most += ideal <= -0.5 + error || ideal >= most + 0.5 - error;
        }
    EXPECT_GE(o.clipped, clipped_least);
    EXPECT_LE(o.clipped, clipped_most);
}

/* Outputs of the whole are what its conversions add up to, without noise. */
inline void check_weights(const setup &s, npim_isa isa) {
    std::vector<int64_t> want(s.n * s.config.outputs, 0);
    uint64_t clipped = 0;
    for (uint32_t cycle = 0; cycle < s.config.cycles; cycle++) {
        const setup one = in_cycle(s, cycle);
        const outcome codes = run(one, isa);
        clipped += codes.clipped;
        for (size_t v = 0; v < s.n; v++)
            for (uint32_t c = 0; c < s.columns(); c++)
                want[v * s.config.outputs + c / s.config.columns_per_weight] +=
                    int64_t{s.config.column_weight[c % s.config.columns_per_weight]} *
                    (int64_t{1} << (cycle * s.config.digit_bits)) * sum_of(one, codes, v, c);
    }
    const outcome whole = run(s, isa);
    EXPECT_EQ(whole.clipped, clipped);
    for (size_t v = 0; v < s.n; v++)
        for (uint32_t o = 0; o < s.config.outputs; o++)
            ASSERT_EQ(sum_of(s, whole, v, o), want[v * s.config.outputs + o]) << v << " " << o;
}

inline void check_isas(const setup &s) {
    const outcome want = run(s, NPIM_ISA_PORTABLE);
    for (int isa = 1; isa <= npim_isa_best(); isa++) {
        SCOPED_TRACE(npim_isa_names[isa]);
        const outcome got = run(s, static_cast<npim_isa>(isa));
        ASSERT_EQ(got.sums, want.sums);
        ASSERT_EQ(got.clipped, want.clipped);
    }
}

/* Random arrays; devices: 0 perfect, 1 varied, 2 varied and noisy. */
struct generator {
    std::mt19937_64 bits;

    uint32_t some(uint32_t low, uint32_t high) {
        return std::uniform_int_distribution<uint32_t>(low, high)(bits);
    }

    setup make(uint32_t cell_bits, uint32_t digit_bits, int devices, double sigma) {
        setup s;
        npim_adc_line_config &c = s.config;
        c.rows = some(0, 9) ? some(1, 140) : some(1, 700);
        c.columns_per_weight = some(1, 9);
        c.outputs = some(1, 6);
        c.digit_bits = digit_bits;
        c.cycles = some(1, 8 / digit_bits);
        for (uint32_t k = 0; k < c.columns_per_weight; k++)
            c.column_weight[k] = (some(0, 1) ? 1 : -1) * (1 << some(0, cell_bits > 1 ? 2 : 7));
        c.code_max = some(0, 1) ? 255 : some(0, 4) || cell_bits * digit_bits == 1 ? some(1, 300) : 100000;
        const uint32_t largest = c.rows * ((1u << digit_bits) - 1) * ((1u << cell_bits) - 1);
        c.step = static_cast<int32_t>(some(0, 1) ? (largest + c.code_max - 1) / c.code_max : some(1, 9));
        const uint32_t noise = some(1, 3);
        c.read_sigma = devices == 2 && noise & 1 ? 0.05 : 0.0;
        c.converter_sigma = devices == 2 && noise & 2 ? 0.7 : 0.0;
        std::normal_distribution<> normal;
        const double off = 0.01;
        for (size_t i = 0; i < size_t{c.rows} * s.columns(); i++) {
            const uint32_t level = some(0, (1u << cell_bits) - 1);
            const double g = (level + off) * (devices > 0 ? std::max(0.0, 1 + sigma * normal(bits)) : 1.0);
            s.value.push_back(devices > 0 ? g - off : level);
            s.squares.push_back(g * g);
        }
        s.n = some(1, 70);
        s.stride = c.rows + some(0, 3);
        const uint32_t most = (1u << (digit_bits * c.cycles)) - 1;
        for (size_t i = 0; i < s.n * s.stride; i++) s.inputs.push_back(static_cast<int16_t>(some(0, most)));
        s.noise = {{bits(), some(0, 99)}, draw, bits() >> 8, 1000};
        return s;
    }

    /* With samples that have noise or droop; devices as above. */
    setup make_held(uint32_t cell_bits, uint32_t digit_bits, int devices, bool droops) {
        setup s = make(cell_bits, digit_bits, devices, 0.025);
        const double largest = s.config.rows * ((1u << digit_bits) - 1.0) * ((1u << cell_bits) - 1.0);
        s.config.sample_sigma = devices == 2 && some(0, 1) ? 0.4 : 0.0;
        if (droops) s.config.droop = some(1, 500) / 1000.0 * largest / s.config.step;
        return s;
    }
};

} // namespace adc_lines_test

#endif

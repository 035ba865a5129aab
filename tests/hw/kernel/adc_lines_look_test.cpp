// One conversion after the other against the kernels, which sum them up.
#include "adc_lines_fixture.hpp"

namespace {

using namespace adc_lines_test;

struct kind {
    uint32_t cell_bits, digit_bits;
};

class LookLines : public testing::TestWithParam<kind> {
  protected:
    unsigned seed = std::random_device()();
    testing::ScopedTrace trace{__FILE__, __LINE__, "seed " + std::to_string(seed)};
    generator g{std::mt19937_64(seed)};
};

// Every sum of the kernel from the codes, and every code from its sum.
void check(const setup &s, const outcome &whole) {
    const npim_adc_line_config &c = s.config;
    npim_adc_lines lines{};
    npim_error error{};
    ASSERT_EQ(npim_adc_lines_init(&lines, &c, s.value.data(), s.squares.data(), &error), NPIM_OK);
    std::vector<double> sum(size_t{c.cycles} * c.columns_per_weight);
    std::vector<int32_t> code(sum.size());
    for (size_t v = 0; v < s.n; v++)
        for (uint32_t o = 0; o < c.outputs; o++) {
            npim_adc_line_noise noise = s.noise;
            noise.first += v * s.noise.stride;
            npim_adc_lines_look(&lines, s.inputs.data() + v * s.stride, o, &noise, sum.data(), code.data());
            int64_t added = 0;
            for (uint32_t cycle = 0; cycle < c.cycles; cycle++)
                for (uint32_t k = 0; k < c.columns_per_weight; k++) {
                    const size_t at = size_t{cycle} * c.columns_per_weight + k;
                    added += int64_t{c.column_weight[k]} * (int64_t{1} << (cycle * c.digit_bits)) * code[at];
                    const double near =
                        std::min(std::max(sum[at] / c.step, 0.0), static_cast<double>(c.code_max));
                    ASSERT_LE(std::fabs(code[at] - near), 0.5 + 1e-3);
                    ASSERT_NEAR(sum[at] / c.step, ideal_code(s, v, o * c.columns_per_weight + k, cycle),
                                whole.error_codes + (c.read_sigma > 0 ? 0.5 : 1e-3));
                }
            ASSERT_EQ(added * c.step, sum_of(s, whole, v, o)) << v << " " << o;
        }
    npim_adc_lines_fini(&lines);
}

TEST_P(LookLines, AreThoseOfTheKernels) {
    for (int devices : {0, 1, 2})
        for (int i = 0; i < 15 && !HasFatalFailure(); i++) {
            SCOPED_TRACE(testing::Message() << devices << " " << i);
            const setup s = g.make(GetParam().cell_bits, GetParam().digit_bits, devices, 0.025);
            check(s, run(s, npim_isa_best()));
        }
}

TEST_P(LookLines, WithSamplesThatHaveNoiseOrDroop) {
    for (bool droops : {false, true})
        for (int i = 0; i < 15 && !HasFatalFailure(); i++) {
            SCOPED_TRACE(testing::Message() << droops << " " << i);
            const setup s = g.make_held(GetParam().cell_bits, GetParam().digit_bits, 2, droops);
            check(s, run(s, npim_isa_best()));
        }
}

INSTANTIATE_TEST_SUITE_P(Kinds, LookLines,
                         testing::Values(kind{1, 1}, kind{2, 1}, kind{1, 4}, kind{2, 2}, kind{1, 8}),
                         [](const testing::TestParamInfo<kind> &one) {
                             return std::to_string(one.param.cell_bits) + "_" +
                                    std::to_string(one.param.digit_bits);
                         });

} // namespace

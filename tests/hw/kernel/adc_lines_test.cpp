#include "hw/kernel/adc_lines.h"

#include "adc_lines_fixture.hpp"

namespace {

using namespace adc_lines_test;

/* One cell, one row: the quotient, halves to even, and both ends of the range. */
TEST(AdcLines, RoundsHalfToEvenAndClips) {
    for (uint32_t step : {1u, 2u, 3u, 4u, 6u, 7u, 10u, 255u, 256u, 600u})
        for (uint32_t most : {1u, 3u, 255u}) {
            SCOPED_TRACE(testing::Message() << step << " " << most);
            setup s;
            s.config.rows = 600; /* v of them driven */
            s.config.outputs = s.config.columns_per_weight = s.config.digit_bits = s.config.cycles = 1;
            s.config.column_weight[0] = 1;
            s.config.step = static_cast<int32_t>(step);
            s.config.code_max = most;
            s.value.assign(600, 1.0), s.squares.assign(600, 1.0);
            s.n = 601, s.stride = 600;
            for (size_t v = 0; v < s.n; v++)
                for (size_t row = 0; row < 600; row++) s.inputs.push_back(row < v);
            uint64_t clipped = 0;
            std::vector<int32_t> want;
            for (size_t v = 0; v < s.n; v++) {
                const double code = std::nearbyint(static_cast<double>(v) / step);
                clipped += code > most;
                want.push_back(static_cast<int32_t>(std::min(code, double{1} * most) * step));
                want.push_back(7);
            }
            for (int isa = 0; isa <= npim_isa_best(); isa++) {
                SCOPED_TRACE(npim_isa_names[isa]);
                const outcome o = run(s, static_cast<npim_isa>(isa));
                EXPECT_TRUE(o.is_binary);
                EXPECT_EQ(o.sums, want);
                EXPECT_EQ(o.clipped, clipped);
            }
        }
}

TEST(AdcLines, CountsTheDeviatesOfAVector) {
    npim_adc_line_config c{};
    c.outputs = 3, c.columns_per_weight = 5, c.cycles = 7;
    EXPECT_EQ(npim_adc_lines_counters(&c), 3u * 3 * 4);
}

} // namespace

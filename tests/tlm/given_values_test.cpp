// Every number that a source gives appears in the state of its block, at the stage and cycle where it
// belongs.
#include "tlm/given_values.hpp"

#include "analog_lane.hpp"

#include "hw/summing_amp.h"

#include <array>

namespace {

using namespace analog_lane;

// Gives numbers that tell what they are: those of cycle c around 100 (c + 1), of the window, of the result.
struct source {
    std::vector<std::array<uint32_t, 3>> asked;
    npim_lane_source given() {
        return {this, [](void *context, uint32_t image, uint32_t y, uint32_t x, npim_lane_values *values) {
                    static_cast<source *>(context)->asked.push_back({image, y, x});
                    for (uint32_t c = 0; c < 2; c++) {
                        const uint32_t base = 100 * (c + 1);
                        values->cycles[c] = {base,     base + 1.0, base + 2.0, base + 3.0, base + 4,
                                             base + 5, base + 6.0, base + 7.0, base + 8.0};
                    }
                    values->in_V = 1000 + x;
                    values->code = 2000 + x;
                    values->residue_V = 3000 + x;
                    values->chunk = 4000 + x;
                    values->result = 5000 + x;
                }};
    }
};

template <class Core> const Core &state(const void *core) {
    return *static_cast<const Core *>(core);
}

TEST(GivenValues, OfNeuralPim) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    source from;
    npim::given_values values(&plan, from.given());
    uint32_t n_seen = 0;
    for (uint32_t x : {0u, 7u})
        run(values, plan, x, npim::value_window(99, 3, 2, x), [&](uint32_t s, uint32_t c, const void *core) {
            const double base = 100 * (c + 1);
            n_seen++;
            if (s == 0) {
                EXPECT_EQ(state<npim_dac>(core).code, base);
                EXPECT_EQ(state<npim_dac>(core).v_out_V, base + 1);
            } else if (s == 1) {
                EXPECT_EQ(state<npim_crossbar>(core).i_bl_A, base + 2);
            } else if (s == 2) {
                EXPECT_EQ(state<npim_sample_hold>(core).v_in_V, base + 3);
                EXPECT_EQ(state<npim_sample_hold>(core).v_out_V, base + 3);
            } else if (s == 3) {
                EXPECT_EQ(state<npim_neural_sa>(core).v_in_V, base + 6);
                EXPECT_EQ(state<npim_neural_sa>(core).v_acc_V, base + 7);
            } else if (s == 4) {
                EXPECT_EQ(state<npim_neural_adc>(core).v_in_V, 1000 + x);
                EXPECT_EQ(state<npim_neural_adc>(core).code, 2000 + x);
                EXPECT_EQ(state<npim_neural_adc>(core).residue_V, 3000 + x);
            } else {
                EXPECT_EQ(state<npim_shift_add>(core).sum, 5000 + x) << "all row chunks";
            }
        });
    EXPECT_EQ(n_seen, 2 * (2 * 4 + 2u));
    EXPECT_EQ(from.asked, (std::vector<std::array<uint32_t, 3>>{{3, 2, 0}, {3, 2, 7}})) << "once each";
}

TEST(GivenValues, OfIsaac) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan =
        plan_of({cycle(npim_dac_ops, &a.dac), sar(b, NPIM_FIRES_CYCLE, NPIM_PER_COLUMN, {8}),
                 add(b, NPIM_FIRES_CYCLE, NPIM_PACE_STREAM, NPIM_PER_COLUMN)},
                2, 10000);
    source from;
    npim::given_values values(&plan, from.given());
    run(values, plan, 0, npim::value_window(0), [&](uint32_t s, uint32_t c, const void *core) {
        const double base = 100 * (c + 1);
        if (s == 1) {
            EXPECT_EQ(state<npim_sar_adc>(core).v_in_V, base + 3);
            EXPECT_EQ(state<npim_sar_adc>(core).code, base + 5);
        } else if (s == 2) {
            EXPECT_EQ(state<npim_shift_add>(core).sum, base + 8);
        }
    });
}

TEST(GivenValues, OfCascade) {
    const blocks b;
    const analog a(1, NPIM_CODING_TWOS);
    const npim_pe_plan plan = plan_of(
        {cycle(npim_tia_ops, &a.tia), cycle(npim_analog_buffer_ops, &a.buffer),
         stage(npim_summing_amp_ops, &b.summing_amp, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_DOT),
         pooled(sar(b, NPIM_FIRES_RESULT, NPIM_PER_CONVERSION, {10, 9}), 3),
         pooled(add(b, NPIM_FIRES_RESULT, NPIM_PACE_STREAM, NPIM_PER_CONVERSION), 3)},
        2, 10000, 0, 2);
    source from;
    npim::given_values values(&plan, from.given());
    run(values, plan, 0, npim::value_window(0, 0, 0, 5), [&](uint32_t s, uint32_t c, const void *core) {
        const double base = 100 * (c + 1);
        if (s == 0) {
            EXPECT_EQ(state<npim_tia>(core).i_in_A, base + 2);
            EXPECT_EQ(state<npim_tia>(core).v_out_V, base + 3);
        } else if (s == 1) {
            EXPECT_EQ(state<npim_analog_buffer>(core).v_in_V, base + 3);
            EXPECT_EQ(state<npim_analog_buffer>(core).level, base + 4);
        } else if (s == 2) {
            EXPECT_EQ(state<npim_summing_amp>(core).v_out_V, 1005);
        } else if (s == 3) {
            EXPECT_EQ(state<npim_sar_adc>(core).v_in_V, 1005);
            EXPECT_EQ(state<npim_sar_adc>(core).code, 2005u);
        } else {
            EXPECT_EQ(state<npim_shift_add>(core).sum, 4005) << "the first row chunk";
        }
    });
}

// The next operation's cycles begin before the result of this one is converted.
TEST(GivenValues, OperationsMayOverlap) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    source from;
    npim::given_values values(&plan, from.given());
    for (uint32_t operation : {0, 1})
        for (uint32_t c = 0; c < 2; c++)
            for (uint32_t s = 0; s < 4; s++)
                values.fire(operation, npim::value_window(0, 0, 0, operation), record(s, c));
    EXPECT_EQ(state<npim_neural_adc>(values.fire(0, npim::value_window(0), record(4, 0))).v_in_V, 1000);
    EXPECT_EQ(from.asked.size(), 2u);
}

TEST(GivenValues, StagesWithoutValuesHaveNone) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = plan_of({load(b), cycle(npim_dac_ops, &a.dac)}, 2, 10000);
    source from;
    npim::given_values values(&plan, from.given());
    EXPECT_EQ(values.fire(0, npim::value_window(0), record(0, 0)), nullptr);
    EXPECT_TRUE(from.asked.empty());
    EXPECT_NE(values.fire(0, npim::value_window(0), record(1, 0)), nullptr);
}

} // namespace

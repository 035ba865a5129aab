// What the values of all recipes have in common; their stages are in drawn_stages_test.cpp.
#include "analog_lane.hpp"

namespace {

using namespace analog_lane;

TEST(DrawnValues, AreAFunctionOfTheWindowAlone) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    const npim::value_config config{8, perfect_cell(), 7};
    const auto code = [&](npim::drawn_values &values, uint64_t operation, uint64_t window) {
        double sum = 0;
        run(values, plan, operation, window, [&](uint32_t s, uint32_t, const void *core) {
            if (s == 5) sum = static_cast<const npim_shift_add *>(core)->sum;
        });
        return sum;
    };
    npim::drawn_values one(&plan, config, {3, 1, 0, {rows, 5}}), same(&plan, config, {3, 1, 0, {rows, 5}});
    npim::drawn_values other_seed(&plan, {8, perfect_cell(), 8}, {3, 1, 0, {rows, 5}});
    npim::drawn_values other_block(&plan, config, {3, 2, 0, {rows, 5}});
    EXPECT_EQ(code(one, 0, 17), code(same, 200, 17)) << "another replica";
    EXPECT_EQ(one.input(17, 3), other_block.input(17, 3)) << "all columns see the same input";
    uint32_t n_weights = 0, n_inputs = 0;
    for (uint32_t r = 0; r < rows; r++) {
        n_weights += one.weight(r) != other_block.weight(r);
        n_inputs += one.input(17, r) != other_seed.input(17, r);
    }
    EXPECT_GT(n_weights, 0u);
    EXPECT_GT(n_inputs, 0u);
}

// The next operation's cycles begin before the result of this one is converted.
TEST(DrawnValues, OperationsMayOverlap) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = neural(a, b);
    const npim::value_config config{8, perfect_cell(), 7};
    npim::drawn_values alone(&plan, config, {3, 1, 0, {rows}}), both(&plan, config, {3, 1, 0, {rows}});
    double expected_V = 0;
    run(alone, plan, 0, 0, [&](uint32_t s, uint32_t, const void *core) {
        if (s == 4) expected_V = static_cast<const npim_neural_adc *>(core)->v_in_V;
    });
    for (uint64_t operation : {0, 1})
        for (uint32_t c = 0; c < 2; c++)
            for (uint32_t s = 0; s < 4; s++) both.fire(operation, operation, record(s, c));
    const auto *adc = static_cast<const npim_neural_adc *>(both.fire(0, 0, record(4, 0)));
    EXPECT_EQ(adc->v_in_V, expected_V);
}

TEST(DrawnValues, StagesWithoutValuesAndLanesWithoutRowsHaveNone) {
    const blocks b;
    const analog a(4, NPIM_CODING_DIFFERENTIAL);
    const npim_pe_plan plan = plan_of({load(b), cycle(npim_dac_ops, &a.dac)}, 2, 10000);
    npim::drawn_values values(&plan, {8, perfect_cell(), 7}, {3, 1, 0, {rows}}),
        none(&plan, {8, perfect_cell(), 7}, {});
    EXPECT_EQ(values.fire(0, 0, record(0, 0)), nullptr);
    EXPECT_NE(values.fire(0, 0, record(1, 0)), nullptr);
    EXPECT_EQ(none.fire(0, 0, record(1, 0)), nullptr);
}

} // namespace

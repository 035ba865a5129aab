// The engines of the strategies in quantised mode against a second integer model, and what holds for all of
// them.
#include "tests/sim/values/layer_fixture.hpp"

#include <algorithm>

namespace {

struct shape {
    uint32_t rows, outputs;
    size_t vectors;
    bool is_signed;
    uint32_t groups;
};

class EngineOf : public testing::TestWithParam<npim_strategy> {};

TEST_P(EngineOf, QuantisedEqualsTheSecondModel) {
    const shape shapes[] = {{128, 8, 9, false, 1}, {1, 1, 1, false, 1},  {129, 9, 7, false, 1},
                            {300, 33, 5, true, 1}, {64, 16, 6, true, 1}, {5, 3, 4, false, 4}};
    for (const shape &s : shapes) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            SCOPED_TRACE(testing::Message() << s.rows << "x" << s.outputs << " seed " << seed);
            const test_layer layer(seed, s.rows, s.outputs, s.vectors, s.is_signed, s.groups);
            const test_engine engine(hardware_of(GetParam(), GetParam() == NPIM_STRATEGY_B ? 64 : 128),
                                     layer);
            for (uint32_t group = 0; group < s.groups; group++)
                EXPECT_EQ(layer.run(engine.products, group), engine.plain(layer, group));
        }
    }
}

TEST_P(EngineOf, QuantisedEqualsTheSecondModelOnOddHardware) {
    for (const uint32_t rows : {2u, 7u, 33u, 200u})
        for (const uint32_t bits : {1u, 2u, 3u, 4u, 7u})
            for (const npim_coding coding :
                 {NPIM_CODING_DIFFERENTIAL, NPIM_CODING_BIASED, NPIM_CODING_TWOS}) {
                npim_hardware h = hardware_of(GetParam(), rows);
                if (coding == NPIM_CODING_TWOS && bits > 1) continue;
                SCOPED_TRACE(testing::Message() << rows << " rows, " << bits << " bit, coding " << coding);
                h.dataflow.dac_bits = h.dataflow.cell_bits = h.crossbar.cell_bits = h.cell.cell_bits = bits;
                h.crossbar.coding = coding;
                h.slices = (8 + bits - 1) / bits;
                h.dataflow.differential = coding == NPIM_CODING_DIFFERENTIAL;
                h.columns_per_weight = h.slices * (h.dataflow.differential ? 2 : 1);
                h.buffer_bits = bits + 3;
                h.code_bits = bits + 2;
                npim_dataflow_conversions(&h.dataflow, h.adc_bits, NPIM_MAX_BITS, &h.n_bits);
                const test_layer layer(rows * 31 + bits, 77, 10, 6, rows % 2 == 0);
                const test_engine engine(h, layer);
                EXPECT_EQ(layer.run(engine.products), engine.plain(layer));
            }
}

// Neither the batches nor the instruction set change a bit, with all non-idealities on.
TEST_P(EngineOf, AnalogDoesNotDependOnBatchesOrInstructions) {
    npim_hardware h = hardware_of(GetParam());
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = h.buffer_sigma = 0.05;
    h.cell.read_sigma = 0.03;
    h.cell.stuck_on_rate = h.cell.stuck_off_rate = 0.01;
    h.cell.drift_nu = 0.01;
    h.cell.drift_time_s = 1000;
    h.adc_noise = 0.001;
    const test_layer layer(5, 200, 13, 37, true);
    const test_engine engine(h, layer);
    const std::vector<int32_t> sums = layer.run(engine.products);
    EXPECT_EQ(layer.run(engine.products, 0, 1), sums);
    EXPECT_EQ(layer.run(engine.products, 0, 8), sums);
    for (int isa = 0; isa < NPIM_ISAS; isa++) {
        if (!npim_isa_supported(npim_isa(isa))) continue;
        const test_engine other(h, layer, npim_isa(isa));
        EXPECT_EQ(layer.run(other.products), sums) << npim_isa_names[isa];
    }
}

TEST_P(EngineOf, AnalogFollowsTheSeed) {
    npim_hardware h = hardware_of(GetParam());
    h.mode = NPIM_MODE_ANALOG;
    const test_layer layer(5, 200, 13, 21);
    const auto run = [&](const npim_hardware &with) {
        const test_engine engine(with, layer);
        return layer.run(engine.products);
    };
    const std::vector<int32_t> perfect = run(h);
    for (double npim_hardware::*noise : {&npim_hardware::buffer_sigma, &npim_hardware::adc_noise}) {
        if (noise == &npim_hardware::buffer_sigma && GetParam() != NPIM_STRATEGY_B) continue;
        npim_hardware noisy = h, other = h;
        noisy.*noise = other.*noise = 0.05;
        other.seed = 2;
        EXPECT_NE(run(noisy), perfect);
        EXPECT_EQ(run(noisy), run(noisy));
        EXPECT_NE(run(noisy), run(other));
    }
    for (double npim_rram_config::*noise :
         {&npim_rram_config::sigma, &npim_rram_config::read_sigma, &npim_rram_config::stuck_on_rate,
          &npim_rram_config::stuck_off_rate}) {
        npim_hardware noisy = h, other = h;
        noisy.cell.*noise = other.cell.*noise = 0.05;
        other.seed = 2;
        EXPECT_NE(run(noisy), perfect);
        EXPECT_EQ(run(noisy), run(noisy));
        EXPECT_NE(run(noisy), run(other));
    }
}

// Analog hardware without any non-ideality is the quantised one.
TEST_P(EngineOf, AnalogWithoutNonIdealitiesIsQuantised) {
    npim_hardware h = hardware_of(GetParam());
    const test_layer layer(9, 150, 20, 12);
    const test_engine quantised(h, layer);
    h.mode = NPIM_MODE_ANALOG;
    const test_engine analog(h, layer);
    const std::vector<int32_t> a = layer.run(analog.products), q = layer.run(quantised.products);
    // Conductances are fixed-point numbers: a result next to the middle of two codes may take either.
    size_t differ = 0;
    for (size_t i = 0; i < a.size(); i++) differ += a[i] != q[i];
    EXPECT_LE(differ, a.size() / 50);
}

INSTANTIATE_TEST_SUITE_P(Strategies, EngineOf,
                         testing::Values(NPIM_STRATEGY_A, NPIM_STRATEGY_B, NPIM_STRATEGY_C),
                         [](const testing::TestParamInfo<npim_strategy> &test) {
                             return std::string(npim_strategy_names[test.param]);
                         });

// 4 standard deviations over 128 codes, rounded up; never beyond the largest result, never below 1.
TEST(EngineStep, IsFourStandardDeviations) {
    npim_layer_figures f{};
    EXPECT_EQ(npim_engine_step(&f, 8), 1);
    f.n_results = 100;
    f.square_sum = 100 * 6400.0 * 6400.0;
    f.largest = 1000000;
    EXPECT_EQ(npim_engine_step(&f, 8), 200);
    f.square_sum *= 1.0001;
    EXPECT_EQ(npim_engine_step(&f, 8), 201);
    f.largest = 12800;
    EXPECT_EQ(npim_engine_step(&f, 8), 101); // 1 % above the largest
}

TEST(Engine, RefusesWhatStrategyBCannotHave) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_B);
    h.dataflow.dac_bits = 2;
    const test_layer layer(1, 4, 2, 1);
    npim_figures figures{};
    npim_products products{};
    npim_error error{};
    ASSERT_EQ(npim_figures_init(&figures, 2, &error), NPIM_OK);
    EXPECT_EQ(npim_engine_init(&products, &h, &layer.network, &figures, NPIM_ISA_PORTABLE, &error),
              NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("2 and 1"), std::string::npos) << error.message;
    npim_products_fini(&products);
    npim_figures_fini(&figures);
}

} // namespace

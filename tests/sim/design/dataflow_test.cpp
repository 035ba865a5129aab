#include "sim/design/dataflow.h"

#include "flow_fixture.hpp"
#include "sim/design/neural_adc.h"
#include "sim/design/neural_sa.h"
#include "sim/design/strategies.h"
#include "vtc_fixture.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace {

// Ladders of 297, 200 and 161 cells and an 8-bit converter of about 390 behind each.
class dataflow_design : public testing::Test {
  protected:
    void SetUp() override {
        npim_adc_options options = npim_adc_default_options(&inverter_);
        options.multiplicity = 4;
        npim_adc_cells cells = npim_adc_allocate(&options);
        cells.input = 40; // the gains of columns differ by those of this input
        ASSERT_EQ(npim_adc_design(&converter_, &options, &cells, nullptr), NPIM_OK);
        EXPECT_LE(converter_.circuit.n_cells, 400u);
        for (int p = 0; p < NPIM_FLOW_DAC_BITS; p++) {
            npim_ladder_options ladder = npim_ladder_default_options();
            ladder.dac_bits = npim_flow_dac_bits[p];
            ASSERT_EQ(npim_ladder_design(&ladder_[p], &ladder, nullptr), NPIM_OK);
            chain_[p] = {&ladder_[p], &converter_, npim_adc_full_scale_V(&converter_)};
        }
    }
    void TearDown() override {
        for (npim_circuit &ladder : ladder_) npim_circuit_fini(&ladder);
        npim_converter_fini(&converter_);
    }
    npim_flow_figures measure(const npim_flow_trial &trial, npim_dot_data data, int p = 0) {
        npim_flow_figures figures;
        npim_error error{};
        EXPECT_EQ(npim_flow_measure(&trial, data, npim_flow_dac_bits[p], &chain_[p], &figures, &error),
                  NPIM_OK)
            << error.message;
        return figures;
    }
    static npim_flow_trial small() {
        npim_flow_trial trial = npim_flow_default_trial();
        trial.rows = 37;
        trial.columns = 3;
        trial.vectors = 20;
        trial.samples = 3;
        return trial;
    }

    const npim_inverter inverter_ = test_inverter("sc");
    npim_converter converter_{};
    npim_circuit ladder_[NPIM_FLOW_DAC_BITS]{};
    npim_neural_chain chain_[NPIM_FLOW_DAC_BITS]{};
};

// What a converter that keeps the partial sums reaches, the neural chain comes close to, and buffers in RRAM
// do not.
TEST_F(dataflow_design, sinad_of_a_full_scale_sine) {
    const npim_flow_figures f = measure(npim_flow_default_trial(), NPIM_DOT_SINE);
    const npim_flow_row &a = f.row[NPIM_FLOW_A], &b = f.row[NPIM_FLOW_B], &c = f.row[NPIM_FLOW_C];
    EXPECT_GE(c.sinad_dB.nominal, 47);
    EXPECT_GE(c.sinad_dB.median, 41);
    EXPECT_GE(c.sinad_per_column_dB.median, 44.5);
    EXPECT_GE(a.sinad_dB.nominal, c.sinad_dB.nominal);
    EXPECT_GE(a.sinad_dB.median, c.sinad_dB.median);
    EXPECT_GT(c.sinad_dB.nominal, b.sinad_dB.nominal);
    EXPECT_GT(c.sinad_dB.median, b.sinad_dB.median);
    EXPECT_LE(c.sinad_dB.nominal, 49.9); // 8 bit of a sine
}

TEST_F(dataflow_design, sinad_of_uniform_data) {
    const npim_flow_figures f = measure(npim_flow_default_trial(), NPIM_DOT_UNIFORM);
    const npim_flow_row &a = f.row[NPIM_FLOW_A], &b = f.row[NPIM_FLOW_B], &c = f.row[NPIM_FLOW_C];
    EXPECT_GE(c.sinad_dB.nominal, 40);
    EXPECT_GE(c.sinad_dB.median, 32);
    EXPECT_GE(c.sinad_per_column_dB.median, 36.5);
    EXPECT_GE(a.sinad_dB.nominal, c.sinad_dB.nominal);
    EXPECT_GE(a.sinad_dB.median, c.sinad_dB.median);
    EXPECT_GT(c.sinad_dB.nominal, b.sinad_dB.nominal);
    EXPECT_GT(c.sinad_dB.median, b.sinad_dB.median);
}

// Perfect circuits leave the errors of arithmetic where nothing is digitised, and none in A at one bit.
TEST_F(dataflow_design, perfect_circuits) {
    npim_flow_trial trial = npim_flow_default_trial();
    trial.samples = 0;
    trial.range_sigmas = 0;
    trial.vectors = 30;
    for (const npim_dot_data data : {NPIM_DOT_UNIFORM, NPIM_DOT_DNN, NPIM_DOT_SINE}) {
        const npim_flow_figures f = measure(trial, data);
        EXPECT_NEAR(f.chain.array_dB.nominal, 150, 1e-9);
        EXPECT_NEAR(f.chain.shift_add_dB.nominal, 150, 1e-9);
        EXPECT_NEAR(f.row[NPIM_FLOW_A].sinad_dB.nominal, 150, 1e-9);
        EXPECT_NEAR(f.row[NPIM_FLOW_A_RANGE].sinad_dB.nominal, 150, 1e-9);
        EXPECT_EQ(f.chain.v_max_V.nominal, 0.5);
        EXPECT_EQ(f.chain.clipped.nominal, 0);
        EXPECT_EQ(f.row[NPIM_FLOW_C].sinad_dB.median, f.row[NPIM_FLOW_C].sinad_dB.nominal);
    }
}

// All figures of one array at 4 bit per cycle: global and per column of A, A range-aware, B, C, array,
// shift-and-add, ideal converter; then V_max and the clipped shares.
std::array<double, 17> figures_by_hand(const test_products &t, const npim_flow_trial &trial,
                                       const npim_neural_chain &chain, uint32_t sample) {
    const uint32_t block = 1 + sample * (2 + 2 * trial.columns);
    const npim_random array{trial.seed, block}, buffers{trial.seed, block + 1},
        circuits{trial.seed, block + 2};
    const test_lines lines(t, 4, trial.array_sigma, &array, trial.on_off_ratio);
    const size_t n = size_t{lines.l.vectors} * lines.l.columns;
    std::vector<double> a(n), a_range(n), b(n), added(n), accumulated(n), ideal(n), code(n);
    npim_strategy_a(&lines.l, 0, a.data());
    npim_strategy_a(&lines.l, trial.range_sigmas, a_range.data());
    npim_strategy_b(&lines.l, trial.range_sigmas, trial.periphery.sigma, &buffers, b.data());
    npim_bit_lines_add(&lines.l, added.data());
    npim_neural_results r{};
    r.accumulated = accumulated.data();
    r.ideal = ideal.data();
    r.code = code.data();
    EXPECT_EQ(
        npim_neural_chain_run(&chain, &lines.l, trial.range_sigmas, &trial.periphery, &circuits, &r, nullptr),
        NPIM_OK);
    std::array<double, 17> all{};
    size_t i = 0;
    for (const std::vector<double> *result : {&a, &a_range, &b, &code, &added, &accumulated, &ideal}) {
        const npim_column_sinad s =
            npim_column_sinad_of(t.p.product, result->data(), lines.l.vectors, lines.l.columns);
        all[i++] = s.global_dB;
        all[i++] = s.per_column_dB;
    }
    all[14] = r.v_max_V;
    all[15] = r.clipped;
    all[16] = r.bit_line_clipped;
    return all;
}

// What is reported is what the parts give with the documented blocks.
TEST_F(dataflow_design, figures_are_those_of_the_parts) {
    npim_flow_trial trial = small();
    trial.rows = 128;
    trial.samples = 2;
    trial.range_sigmas = 1.5;
    const npim_flow_figures f = measure(trial, NPIM_DOT_UNIFORM, 2);
    const test_products t({NPIM_DOT_UNIFORM, trial.rows, trial.columns, trial.vectors}, trial.seed);
    const std::array<double, 17> first = figures_by_hand(t, trial, chain_[2], 0),
                                 second = figures_by_hand(t, trial, chain_[2], 1);
    const npim_flow_chain &c = f.chain;
    const npim_spread reported[] = {
        f.row[0].sinad_dB, f.row[0].sinad_per_column_dB, f.row[1].sinad_dB, f.row[1].sinad_per_column_dB,
        f.row[2].sinad_dB, f.row[2].sinad_per_column_dB, f.row[3].sinad_dB, f.row[3].sinad_per_column_dB,
        c.array_dB,        c.array_per_column_dB,        c.shift_add_dB,    c.shift_add_per_column_dB,
        c.ideal_dB,        c.ideal_per_column_dB,        c.v_max_V,         c.clipped,
        c.bit_line_clipped};
    for (size_t i = 0; i < first.size(); i++) {
        EXPECT_NE(first[i], 0) << i;
        EXPECT_NEAR(reported[i].median, (first[i] + second[i]) / 2, 1e-12 * std::fabs(first[i])) << i;
        EXPECT_NEAR(reported[i].p90 - reported[i].p10, 0.8 * std::fabs(first[i] - second[i]),
                    1e-12 * std::fabs(first[i]))
            << i;
    }
    EXPECT_NE(first[0], first[2]); // the range of A matters here
}

TEST_F(dataflow_design, no_sigma_no_spread) {
    npim_flow_trial trial = small();
    trial.array_sigma = trial.periphery.sigma = 0;
    const npim_flow_figures f = measure(trial, NPIM_DOT_DNN);
    for (const npim_flow_row &row : f.row) {
        EXPECT_EQ(row.sinad_dB.median, row.sinad_dB.nominal);
        EXPECT_EQ(row.sinad_per_column_dB.p10, row.sinad_per_column_dB.nominal);
    }
    EXPECT_EQ(f.chain.ideal_dB.p90, f.chain.ideal_dB.nominal);
}

TEST_F(dataflow_design, the_table) {
    npim_flow_figures f[NPIM_DOT_DATA_KINDS][NPIM_FLOW_DAC_BITS],
        again[NPIM_DOT_DATA_KINDS][NPIM_FLOW_DAC_BITS];
    npim_flow_trial trial = small();
    npim_error error{};
    ASSERT_EQ(npim_flow_table(&trial, chain_, f, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_flow_table(&trial, chain_, again, &error), NPIM_OK) << error.message;
    EXPECT_EQ(std::memcmp(f, again, sizeof f), 0); // the same bytes for the same seed
    for (int data = 0; data < NPIM_DOT_DATA_KINDS; data++)
        for (int p = 0; p < NPIM_FLOW_DAC_BITS; p++)
            for (int s = 0; s < NPIM_FLOWS; s++) {
                const npim_flow_row &row = f[data][p].row[s];
                EXPECT_EQ(row.strategy, s);
                EXPECT_EQ(row.data, data);
                EXPECT_EQ(row.dac_bits, npim_flow_dac_bits[p]);
                EXPECT_GE(row.sinad_per_column_dB.nominal, row.sinad_dB.nominal - 1e-9);
                EXPECT_LE(row.sinad_dB.p10, row.sinad_dB.median);
                EXPECT_LE(row.sinad_dB.median, row.sinad_dB.p90);
                EXPECT_GT(row.sinad_dB.p10, 0);
                EXPECT_LE(row.sinad_per_column_dB.p90, 150 + 1e-9);
            }
    trial.seed++;
    ASSERT_EQ(npim_flow_table(&trial, chain_, again, &error), NPIM_OK) << error.message;
    EXPECT_NE(f[0][0].row[NPIM_FLOW_C].sinad_dB.nominal, again[0][0].row[NPIM_FLOW_C].sinad_dB.nominal);
}

// More variation costs more, and each part of the chain by itself.
TEST_F(dataflow_design, sigma_of_the_array_and_of_the_periphery) {
    npim_flow_trial trial = npim_flow_default_trial(), array = trial, periphery = trial;
    trial.vectors = array.vectors = periphery.vectors = 100;
    trial.samples = array.samples = periphery.samples = 1;
    array.periphery.sigma = 0;
    periphery.array_sigma = 0;
    const npim_flow_figures both = measure(trial, NPIM_DOT_UNIFORM), a = measure(array, NPIM_DOT_UNIFORM),
                            p = measure(periphery, NPIM_DOT_UNIFORM);
    EXPECT_EQ(a.chain.array_dB.median, both.chain.array_dB.median); // the very same array
    EXPECT_NEAR(p.chain.array_dB.median, 150, 1e-9);
    EXPECT_NEAR(p.row[NPIM_FLOW_A].sinad_dB.median, 150, 1e-9);
    EXPECT_GT(a.row[NPIM_FLOW_C].sinad_dB.median, both.row[NPIM_FLOW_C].sinad_dB.median);
    EXPECT_GT(p.row[NPIM_FLOW_C].sinad_dB.median, both.row[NPIM_FLOW_C].sinad_dB.median);
}

TEST_F(dataflow_design, refuses_trials_out_of_range) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto refused = [&](const npim_flow_trial &trial, npim_dot_data data, uint32_t dac_bits) {
        npim_flow_figures figures;
        npim_error error{};
        EXPECT_EQ(npim_flow_measure(&trial, data, dac_bits, &chain_[0], &figures, &error), NPIM_EUSAGE);
        return std::string(error.message);
    };
    for (const double bad : {-0.001, 0.501, nan}) {
        npim_flow_trial trial = small();
        trial.array_sigma = bad;
        EXPECT_NE(refused(trial, NPIM_DOT_DNN, 1).find("sigma"), std::string::npos);
        trial = small();
        trial.periphery.sigma = bad;
        EXPECT_NE(refused(trial, NPIM_DOT_DNN, 1).find("sigma"), std::string::npos);
    }
    for (const double bad : {-1.0, 0.1, 21.0, nan}) {
        npim_flow_trial trial = small();
        trial.range_sigmas = bad;
        EXPECT_NE(refused(trial, NPIM_DOT_DNN, 1).find("range_sigmas"), std::string::npos);
    }
    npim_flow_trial trial = small();
    trial.samples = NPIM_FLOW_MAX_SAMPLES + 1;
    EXPECT_NE(refused(trial, NPIM_DOT_DNN, 1).find("samples"), std::string::npos);
    trial = small();
    trial.columns = 0;
    EXPECT_NE(refused(trial, NPIM_DOT_DNN, 1).find("columns"), std::string::npos);
    EXPECT_NE(refused(small(), NPIM_DOT_DNN, 3).find("dac_bits"), std::string::npos);
    EXPECT_NE(refused(small(), NPIM_DOT_DATA_KINDS, 1).find("data"), std::string::npos);
    trial = small();
    trial.on_off_ratio = 1;
    EXPECT_NE(refused(trial, NPIM_DOT_DNN, 1).find("on_off_ratio"), std::string::npos);
}

} // namespace

#include "sim/ledger.h"

#include "replay_fixture.hpp"
#include "sim/loop.h"

#include <cmath>
#include <functional>
#include <limits>
#include <map>

namespace {

// --- the books against the closed forms of the modelling rules, block by block ---

struct weights {
    double k, n, g, p; // rows of a dot product, outputs of a group, groups, positions
};

using energies = std::map<std::string, double>; // pJ

double ceil_div(double a, double b) {
    return std::ceil(a / b);
}

// What all three share: rows driven, cells used, bytes into and out of the registers, activations.
void add_common(energies &e, const weights &w, double rows, double columns, double cpw, double cycles,
                double row_uW, double cycle_ns) {
    const double rb = ceil_div(w.k, rows);
    // Groups that fit an array lie on its diagonal: each drives its rows once.
    const double cb = ceil_div(w.n * cpw, columns), dots = rb * w.n * w.g * w.p;
    e["dac"] += cycles * w.k * w.g * cb * w.p * row_uW * cycle_ns * 1e-3;
    e["crossbar"] += cycles * w.k * w.n * w.g * cpw * w.p * 18.31e-3 * cycle_ns * 1e-3;
    e["input_register"] += w.k * w.g * w.p * (cb + std::max(1.0, cb / 8)) * 0.484;
    e["tile_register"] += 2 * dots * 0.875;
    e["activation"] += w.n * w.g * w.p * 0.217;
}

energies isaac(const std::vector<weights> &layers) {
    energies e;
    for (const weights &w : layers) {
        const double conversions = 8 * ceil_div(w.k, 128) * w.n * w.g * w.p * 16;
        add_common(e, w, 128, 128, 16, 8, 3.906, 100);
        e["sample_hold"] += conversions * 0.98e-3;
        e["sar_adc"] += conversions * 1.5625;
        e["shift_add"] += conversions * 0.0195;
        e["output_register"] += conversions * 0.0225;
    }
    return e;
}

energies cascade(const std::vector<weights> &layers) {
    energies e;
    for (const weights &w : layers) {
        const double dots = ceil_div(w.k, 64) * w.n * w.g * w.p, columns = 8 * dots * 8;
        add_common(e, w, 64, 64, 8, 8, 1.953, 110);
        e["tia"] += columns * 0.02;
        e["analog_buffer"] += columns * (0.17 + 18.31e-3 * 0.110);
        e["summing_amp"] += 2 * dots * 0.05;
        e["sar_adc"] += dots * 7.93;
        e["shift_add"] += 5 * dots * 0.0195;
        e["output_register"] += 5 * dots * 0.0225;
    }
    return e;
}

energies neural_pim(const std::vector<weights> &layers) {
    energies e;
    for (const weights &w : layers) {
        const double dots = ceil_div(w.k, 128) * w.n * w.g * w.p;
        add_common(e, w, 128, 128, 16, 2, 5.86, 123);
        e["sample_hold"] += 2 * dots * 16 * 0.98e-3;
        e["neural_sa"] += 2 * dots * 3.03;
        e["neural_adc"] += dots * 7.5;
        e["output_register"] += dots * 0.0225;
    }
    return e;
}

struct booked {
    const char *network;
    std::vector<weights> layers;
    double more_activations; // of layers without weights
};

class ledger_books : public replay_fixture,
                     public testing::WithParamInterface<std::tuple<std::string, booked>> {};

TEST_P(ledger_books, AgreeWithTheClosedForm) {
    const auto &[arch, network] = GetParam();
    replay(network.network, arch, {"run.images=2"});
    if (HasFatalFailure()) return;
    energies expected = arch == "isaac"     ? isaac(network.layers)
                        : arch == "cascade" ? cascade(network.layers)
                                            : neural_pim(network.layers);
    expected["activation"] += network.more_activations * 0.217;
    for (const auto &[name, pJ] : expected) {
        const npim_block_instance *block = npim_arch_block(&state->arch, name.c_str());
        ASSERT_NE(block, nullptr) << name;
        // The published 7.93 pJ of CASCADE's five conversions is rounded.
        const double tolerance = name == "sar_adc" ? 1e-3 : 1e-9;
        EXPECT_NEAR(result().block_event_pJ[block - state->arch.blocks], pJ, tolerance * pJ) << name;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Tiny, ledger_books,
    testing::Combine(
        testing::ValuesIn(architectures),
        testing::Values(booked{"tiny_fc", {{160, 5, 1, 1}}, 0}, booked{"tiny_conv", {{36, 8, 1, 36}}, 0},
                        booked{"tiny_chain", {{27, 7, 1, 30}, {63, 10, 1, 6}, {60, 9, 1, 1}}, 0},
                        booked{"tiny_residual", {{36, 8, 1, 64}, {72, 8, 1, 64}, {512, 10, 1, 1}}, 512},
                        booked{
                            "tiny_concat",
                            {{4, 6, 1, 64}, {4, 4, 1, 64}, {36, 8, 1, 64}, {72, 10, 1, 64}, {16, 5, 1, 64}},
                            0},
                        booked{"tiny_depthwise", {{9, 1, 6, 16}, {6, 12, 1, 16}}, 0},
                        booked{"tiny_grouped", {{36, 6, 2, 25}, {3, 2, 4, 25}}, 0},
                        // Five words for each hidden unit, of which four are the gates.
                        booked{"tiny_lstm", {{5, 60, 1, 1}, {69, 36, 1, 5}, {9, 11, 1, 5}}, 45})),
    [](const testing::TestParamInfo<std::tuple<std::string, booked>> &tested) {
        return test_name(std::get<0>(tested.param) + "_" + std::get<1>(tested.param).network);
    });

// --- every law, broken by one count ---

class ledger_test : public replay_fixture {
  protected:
    void run(const std::string &arch = "neural-pim") { replay("tiny_residual", arch, {"run.images=5"}); }

    npim_status verdict() {
        error = {};
        return npim_ledger_check(&state->result, &state->measurement, &error);
    }

    // The law holds, does not hold with `value` changed, and holds again.
    template <class T> void expect_law(const char *law, T &value, T wrong) {
        ASSERT_EQ(verdict(), NPIM_OK) << error.message;
        const T right = value;
        value = wrong;
        EXPECT_EQ(verdict(), NPIM_EINVARIANT) << law;
        EXPECT_NE(std::string(error.message).find(law), std::string::npos) << error.message;
        value = right;
        EXPECT_EQ(verdict(), NPIM_OK) << error.message;
    }

    npim_layer_result &layer(uint32_t l) { return state->result.layers[l]; }
};

TEST_F(ledger_test, Bytes) {
    run();
    if (HasFatalFailure()) return;
    expect_law("eDRAM bytes", layer(0).counts.edram_B, layer(0).counts.edram_B + 1);
    expect_law("eDRAM bytes", state->measurement.edram_B, uint64_t{0});
    expect_law("bus bytes", layer(2).counts.bus_B, layer(2).counts.bus_B - 1);
    expect_law("bus bytes", state->measurement.bus_B, state->measurement.bus_B + 1);
    expect_law("flits", layer(1).counts.flit_hops, layer(1).counts.flit_hops + 1);
    expect_law("flits", state->measurement.flit_hops, state->measurement.flit_hops - 1);
    expect_law("chip links", layer(0).counts.link_B, layer(0).counts.link_B + 1);
    expect_law("chip links", state->measurement.link_B, state->measurement.link_B - 1);
}

// Their own tests have them all; here, that they are asked.
TEST_F(ledger_test, LawsAndAccountsAreChecked) {
    run();
    if (HasFatalFailure()) return;
    expect_law("conv_a: activation words: ", layer(1).counts.activation_words, uint64_t{0});
    expect_law("energy of all blocks: ", state->result.event_uJ, state->result.event_uJ * (1 + 1e-8));
}

TEST_F(ledger_test, NothingIsNegativeOrNotFinite) {
    run();
    if (HasFatalFailure()) return;
    npim_result &r = state->result;
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();
    for (double *figure :
         {&r.compute_uJ, &r.movement_uJ, &r.nameplate_uJ, &r.constant_uJ, &r.total_uJ, &r.program_uJ,
          &r.program_ms, &r.ad_conversions, &r.bound_links, &r.bound_work_conserving})
        for (double wrong : {-1.0, nan, infinite}) expect_law("negative or not finite", *figure, wrong);
    const auto b = npim_arch_block(&state->arch, "edram") - state->arch.blocks;
    for (double wrong : {-1.0, nan, infinite}) expect_law("edram", layer(2).nameplate_pJ[b], wrong);
}

TEST_F(ledger_test, LatencyIsNotBelowTheCriticalPath) {
    run();
    if (HasFatalFailure()) return;
    npim_result &r = state->result;
    expect_law("critical path", r.latency_ns, std::nextafter(r.critical_path_ns, 0.0));
    expect_law("critical path", r.critical_path_ns, std::nextafter(r.latency_ns, 1e99));
    r.latency_ns = r.critical_path_ns;
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

// From the slowest layer's last window of image 2 to the end of the run, and no faster.
TEST_F(ledger_test, ThroughputIsNotAboveTheBound) {
    run();
    if (HasFatalFailure()) return;
    npim_result &r = state->result;
    const uint64_t *done = measurement().completed_ps;
    const uint64_t began_ps = measurement().warm_start_ps;
    EXPECT_GT(began_ps, done[0]);
    EXPECT_LT(began_ps, done[2]);
    const double most =
        r.bound * static_cast<double>(done[4] - began_ps) / static_cast<double>(done[4] - done[2]);
    expect_law("pipeline bound", r.throughput, most * (1 + 1e-9));
    r.throughput = most * (1 - 1e-9);
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

// Replicas that make images of their own may complete what they share together: a sequence more.
TEST_F(ledger_test, SequencesMayCompleteTogether) {
    const char *const alone = "name = \"t\"\n[network]\ninput = { channels = 3, height = 9, width = 1 }\n"
                              "[[layer]]\nname = \"lstm\"\nkind = \"lstm\"\nhidden = 2\nsteps = 9\n";
    replay(write_network(alone), "cascade", {"run.images=16", "chip.tiles=3"});
    if (HasFatalFailure()) return;
    npim_result &r = state->result;
    uint32_t lstm = 0;
    while (!state->graph.nodes[lstm].recurrent) lstm++;
    ASSERT_EQ(state->map.placements[lstm].replica_images, 3u);
    const uint64_t *done = measurement().completed_ps;
    const double span_ps = static_cast<double>(done[15] - done[8]),
                 lag_ps = static_cast<double>(done[8] - measurement().warm_start_ps),
                 sequence_ps = static_cast<double>(npim_map_image_ps(&state->map, lstm));
    const double most = r.bound * (span_ps + lag_ps + sequence_ps) / span_ps;
    expect_law("pipeline bound", r.throughput, most * (1 + 1e-9));
    r.throughput = most * (1 - 1e-9);
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

// A slowest layer with windows that nobody reads goes on when the last image is complete.
TEST_F(ledger_test, WindowsThatNobodyReadsComeLater) {
    replay(NPIM_TEST_DATA "/unread_windows.toml", "isaac",
           {"run.images=3", "tile.pes=1", "pe.arrays=1", "chip.tiles=8"});
    if (HasFatalFailure()) return;
    EXPECT_GT(measurement().last_start_ps, measurement().completed_ps[2]);
}

// Images that complete at one instant have the throughput of the run.
TEST_F(ledger_test, ImagesThatCompleteTogether) {
    replay(NPIM_TEST_DATA "/complete_together.toml", "cascade",
           {"run.images=3", "tile.pes=4", "pe.arrays=8", "chip.tiles=6", "pe.array_rows=64",
            "system.ideal_links=true"});
    if (HasFatalFailure()) return;
    ASSERT_EQ(measurement().completed_ps[1], measurement().completed_ps[2]);
    EXPECT_DOUBLE_EQ(state->result.throughput, 3e12 / static_cast<double>(measurement().completed_ps[2]));
}

TEST_F(ledger_test, StepsWaitForTheLoop) {
    replay("tiny_lstm", "isaac");
    if (HasFatalFailure()) return;
    const uint32_t l = 3; // input, words, embed
    ASSERT_EQ(state->network.layers[l].kind, NPIM_LAYER_LSTM);
    npim_layer_counts &c = layer(l).counts;
    const uint64_t least_ps = 4 * npim_loop_ps(&state->map, l, 0);
    EXPECT_GE(c.image_ps - c.first_ps, least_ps);
    expect_law("faster than its loop", c.image_ps, c.first_ps + least_ps - 1);
    c.image_ps = c.first_ps + least_ps;
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

// Without a steady state there is no throughput to compare with the bound.
TEST_F(ledger_test, OneImageHasNoThroughputLaw) {
    replay("tiny_fc", "isaac");
    if (HasFatalFailure()) return;
    state->result.throughput = 1e30;
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

// --- what the books are made of ---

TEST_F(ledger_test, EventsHaveTheirBlockAndItsPrice) {
    ASSERT_EQ(load("tiny_fc", "isaac", {"block.chip_link.energy_pJ_per_B=1.5"}), NPIM_OK) << error.message;
    const struct {
        npim_event event;
        const char *block;
        double pJ;
    } rows[] = {{NPIM_EVENT_ACTIVATION, "activation", 0.217},
                {NPIM_EVENT_POOLING, "pooling", 0.333},
                {NPIM_EVENT_ADDER, "adder", 0.0417},
                {NPIM_EVENT_EDRAM, "edram", 0.5375},
                {NPIM_EVENT_BUS, "bus", 0.1215},
                {NPIM_EVENT_FLIT_HOP, "router", 4.375},
                {NPIM_EVENT_LINK, "chip_link", 1.5}};
    ASSERT_EQ(std::size(rows), static_cast<size_t>(NPIM_N_EVENTS));
    for (const auto &row : rows) {
        EXPECT_STREQ(npim_ledger_event_block(&state->arch, row.event)->name, row.block);
        EXPECT_DOUBLE_EQ(npim_ledger_event_pJ(&state->arch, row.event, 1000), 1000 * row.pJ) << row.block;
        EXPECT_EQ(npim_ledger_event_pJ(&state->arch, row.event, 0), 0.0) << row.block;
    }
}

// What a window costs, times the windows of all parts, is what the books say of the blocks of the PEs.
TEST_F(ledger_test, WindowsHaveTheirPrice) {
    replay("tiny_fc", "cascade");
    if (HasFatalFailure()) return;
    double expected_pJ[NPIM_MAX_BLOCKS] = {}, one_pJ[NPIM_MAX_BLOCKS];
    for (uint32_t p = 0; p < state->map.n_parts; p++) { // one window each
        npim_ledger_window_pJ(&state->arch, &state->map.parts[p].shape, one_pJ);
        for (uint32_t b = 0; b < NPIM_MAX_BLOCKS; b++) expected_pJ[b] += one_pJ[b];
    }
    for (uint32_t s = 0; s < state->arch.plan.n_stages; s++) {
        const uint32_t b = state->arch.stage_block[s];
        EXPECT_GT(expected_pJ[b], 0.0);
        EXPECT_NEAR(layer(1).event_pJ[b], expected_pJ[b], 1e-9 * expected_pJ[b])
            << state->arch.blocks[b].name;
    }
}

// --- nameplate accounting: arrays x time in operation x power of an array's share of the tile ---

TEST_F(ledger_test, NameplateEnergyIsPowerTimesTimeInOperation) {
    replay("tiny_fc", "isaac");
    if (HasFatalFailure()) return;
    // 160 rows on two arrays of 96, one operation of 800 ns; the tile has 96 arrays.
    const double share_ns = 800.0 * 2 / 96;
    double sum_pJ = 0;
    for (uint32_t b = 0; b < state->arch.n_blocks; b++) sum_pJ += layer(1).nameplate_pJ[b];
    EXPECT_NEAR(sum_pJ, share_ns * npim_arch_tile_mW(&state->arch), 1e-9 * sum_pJ);
    for (uint32_t b = 0; b < state->arch.n_blocks; b++) EXPECT_EQ(layer(0).nameplate_pJ[b], 0.0) << b;
}

} // namespace

#include "sim/result.h"

#include "replay_fixture.hpp"

namespace {

class result_test : public replay_fixture {};

// --- the table of the modelling rules, uJ of DAC to activation per image ---

struct published {
    const char *network, *arch;
    double compute_uJ, tolerance;
    uint64_t macs, ad_conversions;
};

class result_published : public replay_fixture, public testing::WithParamInterface<published> {};

TEST_P(result_published, ComputeEnergyAndCounts) {
    const published &p = GetParam();
    replay(p.network, p.arch);
    if (HasFatalFailure()) return;
    EXPECT_NEAR(result().compute_uJ, p.compute_uJ, p.tolerance * p.compute_uJ);
    EXPECT_EQ(result().macs, p.macs);
    EXPECT_EQ(result().ad_conversions, static_cast<double>(p.ad_conversions));
    EXPECT_GE(result().latency_ns, result().critical_path_ns);
    EXPECT_DOUBLE_EQ(result().throughput, 1e9 / result().latency_ns);
    EXPECT_LE(result().bound, result().bound_work_conserving * (1 + 1e-12));
    EXPECT_DOUBLE_EQ(result().event_uJ, result().compute_uJ + result().movement_uJ);
    EXPECT_DOUBLE_EQ(result().total_uJ, result().event_uJ + result().constant_uJ);
    // 10.4 W of links for the time of an image; nothing leaks in these files.
    EXPECT_NEAR(result().constant_uJ, 10.4 * result().latency_ns * 1e-3, 1e-6 * result().constant_uJ);
}

constexpr uint64_t googlenet = 1582671872, mobilenet = 568740352, neuraltalk = 134060032;

INSTANTIATE_TEST_SUITE_P(
    Networks, result_published,
    testing::Values(published{"googlenet", "isaac", 3993, 0.01, googlenet, 1788192768},
                    published{"googlenet", "cascade", 1225, 0.01, googlenet, 128401200},
                    published{"googlenet", "neural-pim", 722.7, 0.01, googlenet, 13970256},
                    published{"mobilenet_v1", "isaac", 1983.6, 0.01, mobilenet, 941924352},
                    published{"mobilenet_v1", "cascade", 526.3, 0.01, mobilenet, 55900800},
                    published{"mobilenet_v1", "neural-pim", 334.0, 0.01, mobilenet, 7358784},
                    published{"neuraltalk", "isaac", 310.0, 0.01, neuraltalk, 134060032},
                    published{"neuraltalk", "cascade", 101.9, 0.01, neuraltalk, 10473440},
                    published{"neuraltalk", "neural-pim", 59.1, 0.01, neuraltalk, 1047344}),
    [](const testing::TestParamInfo<published> &tested) {
        return test_name(std::string(tested.param.network) + "_" + tested.param.arch);
    });

// --- many images: near the bound of pipeline, links and shared units, never above the pipeline's ---

class result_throughput : public replay_fixture, public testing::WithParamInterface<std::string> {};

TEST_P(result_throughput, FourFifthsOfTheBoundOrMore) {
    replay("googlenet", GetParam(), {"run.images=16"});
    if (HasFatalFailure()) return;
    const npim_result &r = result();
    EXPECT_GE(r.throughput, 0.8 * r.bound_links);
    EXPECT_LE(r.bound_links, r.bound);
    // One interval of the slowest layer over the measured span (completions 9 to 16) may come on top.
    const uint64_t *done = measurement().completed_ps;
    const double span_ns = static_cast<double>(done[15] - done[8]) * 1e-3;
    EXPECT_DOUBLE_EQ(r.throughput, 7e9 / span_ns);
    double interval_ns = 0;
    for (uint32_t l = 0; l < r.n_layers; l++) interval_ns = std::max(interval_ns, r.layers[l].interval_ns);
    EXPECT_LE(r.throughput, r.bound * (1 + interval_ns / span_ns));
    // Counts are per image, and the first image is alone: its latency is that of a run with one.
    EXPECT_EQ(r.macs, googlenet);
    for (uint32_t i = 1; i < 16; i++) EXPECT_GT(done[i], done[i - 1]);
}

INSTANTIATE_TEST_SUITE_P(Slow, result_throughput, testing::ValuesIn(architectures),
                         [](const testing::TestParamInfo<std::string> &tested) {
                             return test_name(tested.param);
                         });

// --- small cases by hand ---

const std::vector<std::string> one_array = {"chip.tiles=1", "tile.pes=1", "pe.arrays=1"};

TEST_F(result_test, BoundsOfOneConvolution) {
    replay("tiny_conv", "cascade", one_array);
    if (HasFatalFailure()) return;
    const npim_result &r = result();
    EXPECT_EQ(r.macs, 36u * 8 * 36);
    EXPECT_EQ(r.ad_conversions, 36.0 * 8 * 5);
    EXPECT_DOUBLE_EQ(r.bound, 1e9 / (36 * 880));
    EXPECT_DOUBLE_EQ(r.bound_work_conserving, r.bound); // the one array works for the one layer
    EXPECT_DOUBLE_EQ(r.bound_links, r.bound);
    EXPECT_STREQ(r.limits[NPIM_LIMIT_PIPELINE].name, "conv");
    // The windows of five rows and one more; that one's two sums, 40 conversions on 10 ADCs, shift-and-add, 8
    // words on 4 lanes, register.
    EXPECT_NEAR(r.critical_path_ns, 31 * 880 + 0.833 + 3.333 + 0.833 + 2 * 0.833 + 0.833, 1e-9);
    EXPECT_LT(r.critical_path_ns, r.latency_ns);
    const npim_layer_result &conv = r.layers[1];
    EXPECT_EQ(conv.positions, 36u);
    EXPECT_EQ(conv.replicas, 1u);
    EXPECT_EQ(conv.arrays, 1u);
    EXPECT_EQ(conv.tiles, 1u);
    EXPECT_DOUBLE_EQ(conv.interval_ns, 880);
    EXPECT_NEAR(conv.utilisation, 36 * 880 / (conv.end_ns - conv.start_ns), 1e-12);
    EXPECT_GT(conv.utilisation, 0.99);
}

// 64 cells x 36 rows written once; one array of 64 rows, 100 ns each.
TEST_F(result_test, ProgrammingTakesTimeAndEnergy) {
    replay("tiny_conv", "cascade", one_array);
    if (HasFatalFailure()) return;
    EXPECT_NEAR(result().program_uJ, 36 * 64 * 1.0 * 1e-6, 1e-15);
    EXPECT_NEAR(result().program_ms, 64 * 100 * 1e-6, 1e-12);
}

// Only the first of four rows is read by anybody: the image is complete long before the others are made.
TEST_F(result_test, RowsThatNobodyReadAreNotOnTheCriticalPath) {
    replay(write_network("name = \"drop\"\n[network]\ninput = { channels = 4, height = 4, width = 20 }\n"
                         "[[layer]]\nname = \"conv\"\nkind = \"conv\"\nchannels = 4\nkernel = 1\n"
                         "[[layer]]\nname = \"pool\"\nkind = \"maxpool\"\nkernel = 1\nstride = 4\n"
                         "[[layer]]\nname = \"fc\"\nkind = \"fc\"\nchannels = 2\n"),
           "isaac", {"chip.tiles=1", "tile.pes=1", "pe.arrays=2"});
    if (HasFatalFailure()) return;
    EXPECT_LT(result().latency_ns, 80 * 800.0);
    EXPECT_GT(result().latency_ns, result().critical_path_ns);
    EXPECT_EQ(counts(1).windows, 80u); // they are made nevertheless
}

TEST_F(result_test, SharesOfStallsAreShares) {
    replay("tiny_chain", "neural-pim", {"run.images=4"});
    if (HasFatalFailure()) return;
    for (uint32_t l = 0; l < result().n_layers; l++) {
        double sum = 0;
        for (double share : result().layers[l].stall) {
            EXPECT_GE(share, 0.0) << l;
            sum += share;
        }
        EXPECT_LE(sum, 1.0 + 1e-12) << l;
    }
}

TEST_F(result_test, ThroughputOfTwoImagesIsTheTimeBetweenThem) {
    replay("tiny_residual", "isaac", {"run.images=2"});
    if (HasFatalFailure()) return;
    const uint64_t *done = measurement().completed_ps;
    EXPECT_DOUBLE_EQ(result().throughput, 1e12 / static_cast<double>(done[1] - done[0]));
    EXPECT_DOUBLE_EQ(result().latency_ns, static_cast<double>(done[0]) * 1e-3);
}

TEST_F(result_test, ThroughputOfManyUsesTheSecondHalf) {
    replay("tiny_residual", "isaac", {"run.images=7"});
    if (HasFatalFailure()) return;
    const uint64_t *done = measurement().completed_ps; // w = 3: 7 - 1 - 3 intervals after the fourth
    EXPECT_DOUBLE_EQ(result().throughput, 3e12 / static_cast<double>(done[6] - done[3]));
}

// The first image goes alone, so more images change neither its latency nor what one image costs.
TEST_F(result_test, EnergyOfAnImageDoesNotDependOnTheirNumber) {
    replay("tiny_concat", "cascade", {"run.images=5"});
    if (HasFatalFailure()) return;
    const npim_result many = result();
    ASSERT_EQ(state->arch.run.images, 5u);
    EXPECT_EQ(many.macs, 72192u);
    EXPECT_NEAR(many.movement_uJ,
                (static_cast<double>(measurement().edram_B) * 0.5375 +
                 static_cast<double>(measurement().bus_B) * 0.1215 +
                 static_cast<double>(measurement().flit_hops) * 4.375) *
                    1e-6 / 5,
                1e-9 * many.movement_uJ);
}

TEST_F(result_test, RefusesBooksThatDoNotBalance) {
    ASSERT_EQ(load("tiny_fc", "isaac"), NPIM_OK) << error.message;
    ASSERT_EQ(simulate(), NPIM_OK) << error.message;
    state->measurement.layers[1].windows++;
    EXPECT_EQ(npim_result_make(&state->result, &state->map, &state->measurement, &error), NPIM_EINVARIANT);
    EXPECT_EQ(result().layers, nullptr);
}

TEST_F(result_test, FiniIsSafeOnNothingAndTwice) {
    npim_result none{};
    npim_result_fini(&none);
    npim_result_fini(&none);
    npim_measurement empty{};
    npim_measurement_fini(&empty);
    npim_measurement_fini(&empty);
    for (uint32_t k = 0; k < NPIM_N_LIMITS; k++) EXPECT_NE(npim_limit_names[k], nullptr);
    EXPECT_EQ(npim_limit_names[NPIM_N_LIMITS], nullptr);
}

TEST_F(result_test, GroupsThatComputeEndWithTheRegisters) {
    for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) {
        const bool moves =
            g == NPIM_GROUP_EDRAM || g == NPIM_GROUP_BUS || g == NPIM_GROUP_NOC || g == NPIM_GROUP_LINK;
        EXPECT_EQ(npim_group_computes(g), !moves) << npim_group_names[g];
    }
}

} // namespace

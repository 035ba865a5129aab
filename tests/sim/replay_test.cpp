#include "sim/replay.h"

#include "one_layer.hpp"
#include "replay_fixture.hpp"

#include <sstream>

namespace {

class replay_test : public replay_fixture {};

// One array, so that there is one replica.
const std::vector<std::string> one_array = {"chip.tiles=1", "tile.pes=1", "pe.arrays=1"};

std::string text_of(const one_layer_alone::layer &l) {
    std::ostringstream text;
    text << "name = \"one\"\n[network]\ninput = { channels = " << l.c << ", height = " << l.h
         << ", width = " << l.w << " }\n[[layer]]\nname = \"conv\"\nkind = \"conv\"\nchannels = " << l.n
         << "\nkernel = " << l.kernel << "\nstride = " << l.stride << "\npadding = " << l.pad
         << "\nactivation = \"relu\"\nout = [" << l.n << ", " << l.out_h() << ", " << l.out_w() << "]\n";
    return text.str();
}

// --- alone on the machine: the closed form, to the picosecond ---

struct one_layer {
    const char *name;
    one_layer_alone::layer layer;
};

class replay_one_layer : public replay_fixture,
                         public testing::WithParamInterface<std::tuple<std::string, one_layer>> {
  protected:
    void expect_closed_form(uint32_t hops) {
        const auto &[arch, one] = GetParam();
        const one_layer_alone::instants t = one_layer_alone::run(one_layer_alone::of(arch), one.layer, hops);
        EXPECT_EQ(counts(1).first_ps, t.complete_ps);
        EXPECT_EQ(counts(1).last_ps, t.written_ps);
        EXPECT_EQ(measurement().completed_ps[0], t.latency_ps);
        EXPECT_EQ(measurement().end_ps, t.latency_ps);
        EXPECT_DOUBLE_EQ(result().latency_ns, static_cast<double>(t.latency_ps) * 1e-3);
        EXPECT_EQ(counts(1).windows, one.layer.windows());
        // One window after the other, an interval apart, without a pause.
        const uint64_t stalled = counts(1).stall_ps[NPIM_STALL_INPUT] + counts(1).stall_ps[NPIM_STALL_OUTPUT];
        EXPECT_EQ(stalled, 0u);
        EXPECT_EQ(counts(1).busy_ps,
                  one.layer.windows() * one_layer_alone::of(arch).input_ps * state->map.placements[1].arrays);
    }
};

std::string name_of_layer(const testing::TestParamInfo<std::tuple<std::string, one_layer>> &tested) {
    return test_name(std::get<0>(tested.param) + "_" + std::get<1>(tested.param).name);
}

using replay_one_array = replay_one_layer;

TEST_P(replay_one_array, TakesTheTimeOfTheClosedForm) {
    const auto &[arch, one] = GetParam();
    replay(write_network(text_of(one.layer)), arch, one_array);
    if (!HasFatalFailure()) expect_closed_form(1);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, replay_one_array,
    testing::Combine(testing::ValuesIn(architectures),
                     testing::Values(one_layer{"one_pixel", {1, 1, 1, 1, 1, 1, 0}},
                                     one_layer{"tiny_conv", {4, 6, 6, 8, 3, 1, 1}},
                                     one_layer{"one_row", {5, 1, 13, 7, 1, 1, 0}},
                                     one_layer{"stride_two", {7, 7, 9, 3, 3, 2, 0}},
                                     one_layer{"last_column_not_read", {6, 8, 8, 5, 3, 2, 0}},
                                     one_layer{"wide_border", {2, 5, 6, 8, 5, 1, 2}},
                                     one_layer{"two_packets_a_row", {30, 3, 5, 8, 1, 1, 0}},
                                     one_layer{"full_packet", {64, 2, 3, 8, 1, 1, 0}})),
    name_of_layer);

// Fully connected: one window, on a whole chip, whose tile 0 is so many routers from the host; with more row
// chunks than one.
using replay_whole_chip = replay_one_layer;

TEST_P(replay_whole_chip, TakesTheTimeOfTheClosedForm) {
    const auto &[arch, one] = GetParam();
    const uint32_t hops = arch == "isaac" ? 4 : 5; // 7x7, 9x9 and 9x8 routers, the host west of the middle
    replay("tiny_fc", arch);
    if (!HasFatalFailure()) expect_closed_form(hops);
}

INSTANTIATE_TEST_SUITE_P(Fc, replay_whole_chip,
                         testing::Combine(testing::ValuesIn(architectures),
                                          testing::Values(one_layer{"tiny_fc", {10, 4, 4, 5, 4, 1, 0}})),
                         name_of_layer);

// Ideal links take time but never wait: the four rows of the image, 40 B each, arrive side by side.
TEST_F(replay_test, WholeNetworkOnIdealLinks) {
    replay("tiny_fc", "neural-pim", {"system.ideal_links=true"});
    if (HasFatalFailure()) return;
    // From the gateway in row 4 of the mesh to tile 0: four hops, router and tail; four rows into a bank (2
    // accesses each), the window, the output, and back.
    const uint64_t clk = one_layer_alone::clk;
    const one_layer_alone::layer l{10, 4, 4, 5, 4, 1, 0};
    const one_layer_alone::machine m = one_layer_alone::of("neural-pim");
    const uint64_t complete = (4 * 4 + 3 + 11 + 4 * 2 + 2) * clk, read = 10 * clk;
    const uint64_t done = complete + read + m.input_ps + m.convert_ps(l);
    EXPECT_EQ(counts(1).first_ps, complete);
    EXPECT_EQ(measurement().completed_ps[0],
              done + 3 * clk + (1 + 3) * clk + 3 * clk + (1 + 4 * 4 + 3 + 3) * clk);
}

// --- no deadlock ---

struct tight {
    std::string network, arch;
    uint32_t extra_windows, images;
};

class replay_tight : public replay_fixture, public testing::WithParamInterface<tight> {};

TEST_P(replay_tight, EndsWithNothingLeft) {
    const tight &p = GetParam();
    replay(p.network, p.arch,
           {"run.minimum_buffers=true", "run.extra_windows=" + std::to_string(p.extra_windows),
            "run.images=" + std::to_string(p.images)});
    if (HasFatalFailure()) return;
    for (uint32_t i = 0; i < p.images; i++) {
        EXPECT_GT(measurement().completed_ps[i], i ? measurement().completed_ps[i - 1] : 0);
    }
}

std::vector<tight> combinations(const std::vector<std::string> &networks) {
    std::vector<tight> all;
    for (const std::string &network : networks)
        for (const std::string &arch : architectures)
            for (uint32_t extra = 0; extra < 2; extra++)
                for (uint32_t images = 1; images <= 2; images++)
                    all.push_back({network, arch, extra, images});
    return all;
}

std::string name_of(const testing::TestParamInfo<tight> &tested) {
    const tight &p = tested.param;
    return test_name(p.network + "_" + p.arch + (p.extra_windows ? "_one_more" : "_minimum") + "_x" +
                     std::to_string(p.images));
}

INSTANTIATE_TEST_SUITE_P(Tiny, replay_tight,
                         testing::ValuesIn(combinations(
                             {"tiny_fc", "tiny_conv", "tiny_chain", "tiny_residual", "tiny_concat",
                              "tiny_depthwise", "tiny_grouped", "tiny_lstm", "tiny_digital", "tiny_gather"})),
                         name_of);
INSTANTIATE_TEST_SUITE_P(
    Networks, replay_tight,
    testing::ValuesIn(combinations({"googlenet", "mobilenet_v1", "mobilenet_v2", "neuraltalk"})), name_of);

// Sequences of several images, each on a replica of its own, and more of them than replicas.
std::vector<tight> sequences() {
    std::vector<tight> all;
    for (const std::string network : {"tiny_lstm", "tiny_gather", "neuraltalk"})
        for (const std::string &arch : architectures)
            for (uint32_t images : {4u, 16u}) all.push_back({network, arch, 0, images});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Sequences, replay_tight, testing::ValuesIn(sequences()), name_of);

// --- the same bytes every time, whatever the memory held before, and with stages or without ---

class replay_again : public replay_fixture, public testing::WithParamInterface<std::string> {
  protected:
    std::string path_of(const std::string &run) const { return (folder / run).string(); }

    void run_program(const std::string &run, const std::string &environment, const std::string &options,
                     const std::string &network = "tiny_residual") {
        const std::string command = environment + " '" NPIM_PROGRAM "' replay '" + network_path(network) +
                                    "' --arch '" NPIM_SOURCE_DIR "/sim/arch/" + GetParam() +
                                    ".toml' --images 3 --out '" + path_of(run) + "' " + options + " > '" +
                                    path_of(run) + ".txt' 2>&1";
        ASSERT_EQ(std::system(command.c_str()), 0) << command;
    }

    std::string read(const std::string &run, const std::string &file) const {
        std::ifstream in(folder / run / file, std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        return text.str();
    }

    void expect_same_files(const std::string &a, const std::string &b) {
        size_t n = 0;
        for (const auto &entry : std::filesystem::directory_iterator(folder / a)) {
            const std::string file = entry.path().filename().string();
            if (file == "timing.json") continue; // the clock on the wall
            EXPECT_FALSE(read(a, file).empty()) << file;
            EXPECT_EQ(read(a, file), read(b, file)) << file << " of " << a << " and " << b;
            n++;
        }
        EXPECT_EQ(n, 6u); // manifest, config, summary, layers, blocks, links
    }
};

TEST_P(replay_again, GivesTheSameBytes) {
    run_program("first", "MALLOC_PERTURB_=1", "");
    run_program("second", "MALLOC_PERTURB_=165", "");
    run_program("stages", "MALLOC_PERTURB_=90", "--stages 'chip_0.tile_00*'");
    if (HasFatalFailure()) return;
    expect_same_files("first", "second");
    expect_same_files("first", "stages");
}

TEST_P(replay_again, SequencesToo) {
    run_program("first", "MALLOC_PERTURB_=1", "", "tiny_lstm");
    run_program("second", "MALLOC_PERTURB_=165", "", "tiny_lstm");
    run_program("stages", "MALLOC_PERTURB_=90", "--stages 'chip_0.tile_00*'", "tiny_lstm");
    if (HasFatalFailure()) return;
    expect_same_files("first", "second");
    expect_same_files("first", "stages");
}

INSTANTIATE_TEST_SUITE_P(All, replay_again, testing::ValuesIn(architectures),
                         [](const testing::TestParamInfo<std::string> &tested) {
                             return test_name(tested.param);
                         });

// --- stopping, progress, stages, mistakes ---

TEST_F(replay_test, StopsWhenTheUserWants) {
    const npim_stop stop = {[](void *) { return true; }, nullptr};
    ASSERT_EQ(load("tiny_chain", "isaac"), NPIM_OK) << error.message;
    npim_replay_options options{};
    options.stop = &stop;
    EXPECT_EQ(simulate(options), NPIM_EINTERRUPTED);
    EXPECT_EQ(measurement().layers, nullptr);
}

struct progress_seen {
    uint32_t calls = 0;
    double share = 0;
    uint64_t now_ps = 0, events = 0;
    bool forward = true;
};

TEST_F(replay_test, ProgressOnlyGoesForwardAndEndsAtOne) {
    ASSERT_EQ(load("tiny_residual", "isaac", {"run.images=4"}), NPIM_OK) << error.message;
    progress_seen seen;
    npim_replay_options options{};
    options.context = &seen;
    options.progress = [](void *context, double share, uint64_t now_ps, uint64_t events) {
        auto &s = *static_cast<progress_seen *>(context);
        s.forward = s.forward && share >= s.share && now_ps > s.now_ps && events >= s.events;
        s.calls++;
        s.share = share;
        s.now_ps = now_ps;
        s.events = events;
    };
    ASSERT_EQ(simulate(options), NPIM_OK) << error.message;
    EXPECT_GT(seen.calls, 0u);
    EXPECT_TRUE(seen.forward);
    EXPECT_DOUBLE_EQ(seen.share, 1.0);
    EXPECT_EQ(seen.events, measurement().events);
    EXPECT_GE(seen.now_ps, measurement().end_ps);
}

TEST_F(replay_test, StagesThatMatchNoTileAreRefused) {
    ASSERT_EQ(load("tiny_fc", "cascade"), NPIM_OK) << error.message;
    npim_replay_options options{};
    options.stages = "chip_0.tile_999";
    EXPECT_EQ(simulate(options), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("chip_0.tile_295"), std::string::npos) << error.message;
}

// A buffer that is smaller than a window can never be complete: the message names who waits for what.
TEST_F(replay_test, WindowsThatAreLeftAreNamed) {
    ASSERT_EQ(load("tiny_conv", "neural-pim", one_array), NPIM_OK) << error.message;
    for (uint32_t b = 0; b < state->map.n_buffers; b++) state->map.buffers[b].capacity_px = 7; // 6 + 2 needed
    EXPECT_EQ(simulate(), NPIM_EINVARIANT);
    const std::string message = error.message;
    for (const char *part : {"tile_000", "node 1", "replica 0", "waits for input", "row 0, column 0"})
        EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    EXPECT_EQ(measurement().layers, nullptr);
}

TEST_F(replay_test, JustEnoughPlacesForOneWindowSuffice) {
    ASSERT_EQ(load("tiny_conv", "neural-pim", one_array), NPIM_OK) << error.message;
    for (uint32_t b = 0; b < state->map.n_buffers; b++)
        state->map.buffers[b].capacity_px = 2 * 6 + 3; // two rows and three pixels
    EXPECT_EQ(simulate(), NPIM_OK) << error.message;
}

} // namespace

#include "sim/laws.h"

#include "replay_fixture.hpp"

#include <cstdio>
#include <string>

namespace {

struct exact_law {
    const char *name;
    uint64_t npim_layer_counts::*count;
};
const exact_law windows{"windows", &npim_layer_counts::windows},
    operation_time{"array-ps in operation", &npim_layer_counts::busy_ps},
    activation{"activation words", &npim_layer_counts::activation_words},
    adder{"adder words", &npim_layer_counts::adder_words}, bus{"bus bytes", &npim_layer_counts::bus_B},
    to_host{"host bytes", &npim_layer_counts::host_B},
    chip_links{"bytes over chip links", &npim_layer_counts::link_B};

// One array on each of so many tiles of a chip: nothing fits a single tile.
std::vector<std::string> one_array_tiles(uint32_t tiles, uint32_t images) {
    return {"tile.pes=1", "pe.arrays=1", "chip.tiles=" + std::to_string(tiles),
            "run.images=" + std::to_string(images)};
}

class laws_test : public replay_fixture {
  protected:
    npim_status verdict() {
        error = {};
        return npim_laws_check(&state->result, &state->measurement, &error);
    }

    // The law holds, does not hold with `value` changed, and holds again. The message names who and what, and
    // both numbers; bound: "", "at least " or "at most ".
    template <class T>
    void expect_law(const std::string &who, const std::string &law, T &value, T wrong,
                    const std::string &bound, T expected) {
        ASSERT_EQ(verdict(), NPIM_OK) << error.message;
        const T right = value;
        value = wrong;
        EXPECT_EQ(verdict(), NPIM_EINVARIANT) << who << ", " << law;
        const std::string message =
            ": " + who + ": " + law + ": counted " + text(wrong) + ", expected " + bound + text(expected);
        EXPECT_NE((std::string(error.message) + "\n").find(message + "\n"), std::string::npos)
            << error.message << "\nlacks" << message;
        value = right;
        EXPECT_EQ(verdict(), NPIM_OK) << error.message;
    }
    template <class T> static std::string text(T value) {
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, "%.17g", static_cast<double>(value));
        return buffer;
    }

    void expect_exact(uint32_t l, const exact_law &law) {
        uint64_t &value = booked(l).*law.count;
        const uint64_t right = value;
        expect_law(name(l), law.name, value, right + 1, "", right);
        if (right > 0) expect_law(name(l), law.name, value, right - 1, "", right);
        if (right > 1) expect_law(name(l), law.name, value, uint64_t{0}, "", right);
    }
    void expect_exact(uint32_t l, const exact_law &law, uint64_t by_hand) {
        EXPECT_EQ(booked(l).*law.count, by_hand) << name(l) << ", " << law.name;
        expect_exact(l, law);
    }
    void expect_conversions(uint32_t l, double by_hand) {
        double &value = booked(l).ad_conversions;
        EXPECT_EQ(value, by_hand) << name(l);
        expect_law(name(l), "A/D conversions", value, by_hand + 1, "", by_hand);
        if (by_hand > 0) expect_law(name(l), "A/D conversions", value, by_hand - 1, "", by_hand);
    }
    void expect_range(uint32_t l, const exact_law &law, uint64_t least, uint64_t most) {
        uint64_t &value = booked(l).*law.count;
        EXPECT_GE(value, least);
        EXPECT_LE(value, most);
        if (least > 0) expect_law(name(l), law.name, value, least - 1, "at least ", least);
        expect_law(name(l), law.name, value, most + 1, least == most ? "" : "at most ", most);
    }

    npim_layer_counts &booked(uint32_t l) { return state->result.layers[l].counts; }
    std::string name(uint32_t l) const { return state->network.layers[l].name; }
    uint32_t find(const std::string &layer) const {
        for (uint32_t l = 0; l < state->network.n_layers; l++)
            if (name(l) == layer) return l;
        ADD_FAILURE() << "no layer " << layer;
        return 0;
    }
    // One layer behind an image.
    std::string one_layer(const std::string &image, const std::string &layer) {
        return write_network("name = \"one\"\n[network]\ninput = " + image + "\n[[layer]]\nname = \"it\"\n" +
                             layer + "\n");
    }
};

// --- every exact law of every layer, broken by one ---

struct machine {
    const char *network, *arch;
    std::vector<std::string> sets;
};

class laws_of_layers : public laws_test, public testing::WithParamInterface<machine> {};

TEST_P(laws_of_layers, BreakWithOneCount) {
    const auto &[network, arch, sets] = GetParam();
    replay(network, arch, sets);
    if (HasFatalFailure()) return;
    for (uint32_t l = 0; l < result().n_layers; l++) {
        const npim_layer_kind kind = state->network.layers[l].kind;
        const bool input = kind == NPIM_LAYER_INPUT,
                   pools = kind == NPIM_LAYER_MAXPOOL || kind == NPIM_LAYER_AVGPOOL;
        expect_exact(l, windows);
        expect_exact(l, operation_time);
        expect_exact(l, activation);
        expect_exact(l, adder);
        expect_conversions(l, booked(l).ad_conversions);
        if (!pools) expect_exact(l, bus);
        if (!input) expect_exact(l, to_host);
        if (!input && state->map.chips == 1) expect_exact(l, chip_links);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, laws_of_layers,
                         testing::Values(machine{"tiny_chain", "neural-pim", {"run.images=3"}},
                                         machine{"tiny_chain", "cascade", one_array_tiles(4, 2)},
                                         machine{"tiny_residual", "isaac", one_array_tiles(5, 2)},
                                         machine{"tiny_concat", "neural-pim", one_array_tiles(3, 3)},
                                         machine{"tiny_depthwise", "cascade", {"run.images=2"}},
                                         machine{"tiny_grouped", "isaac", one_array_tiles(2, 1)},
                                         machine{"tiny_lstm", "neural-pim", {"run.images=4"}},
                                         machine{"tiny_lstm", "cascade", one_array_tiles(6, 2)},
                                         machine{"tiny_digital", "isaac", {"run.images=3"}},
                                         machine{"tiny_digital", "cascade", one_array_tiles(3, 2)},
                                         machine{"tiny_gather", "neural-pim", {"run.images=3"}},
                                         machine{"tiny_gather", "isaac", one_array_tiles(3, 2)}),
                         [](const testing::TestParamInfo<machine> &tested) {
                             return test_name(std::string(tested.param.network) + "_" + tested.param.arch +
                                              "_" + std::to_string(tested.param.sets.size()));
                         });

// --- and by hand: convolution, addition, concatenation ---

// 72 rows on arrays of 16: five chunks, on tiles of one array each, so that four partial sums travel. 2, 3,
// 3, 2 rows and columns of the windows lie inside: 100 pixels; the tiles read 2, 3, 3, 3, 2 of the 8
// channels.
TEST_F(laws_test, ConvolutionOverTiles) {
    auto sets = one_array_tiles(5, 2);
    sets.insert(sets.end(), {"pe.array_rows=16", "block.sar_adc.bits=8"});
    replay(one_layer("{ channels = 8, height = 4, width = 4 }",
                     "kind = \"conv\"\nchannels = 6\nkernel = 3\npadding = 1\nout = [6, 4, 4]"),
           "isaac", sets);
    if (HasFatalFailure()) return;
    expect_exact(1, windows, 2u * 16 * 5);
    expect_exact(1, operation_time, 2u * 16 * 5 * 800000);
    expect_conversions(1, 2.0 * 16 * 5 * 6 * 16 * 8);
    expect_exact(1, activation, 2u * 16 * 6);
    expect_exact(1, adder, 2u * 16 * 4 * 6);
    expect_exact(1, bus, 2u * (100 * (2 + 3 + 3 + 3 + 1) + 16 * 6));
    expect_exact(1, to_host, 2u * 16 * 6);
    expect_exact(1, chip_links, 2u * 16 * 6);
}

TEST_F(laws_test, AdditionAddsEverySummandOnce) {
    replay("tiny_residual", "neural-pim", {"run.images=3"});
    if (HasFatalFailure()) return;
    const uint32_t add = find("add");
    expect_exact(add, windows, 3u * 64);
    expect_exact(add, activation, 3u * 8 * 64); // its own ReLU
    expect_exact(add, adder, 3u * 8 * 64);
    expect_exact(add, bus, 3u * (2 + 1) * 8 * 64);
    expect_conversions(add, 0);
    expect_exact(find("conv_a"), activation, 3u * 8 * 64);
    expect_exact(find("fc"), activation, 3u * 10);
    expect_exact(find("fc"), adder, 0);
}

TEST_F(laws_test, ConcatenationIsWiring) {
    replay("tiny_concat", "isaac", {"run.images=2"});
    if (HasFatalFailure()) return;
    for (const exact_law &law : {windows, operation_time, activation, adder, bus, to_host, chip_links})
        expect_exact(find("concat"), law, 0);
    expect_exact(find("last"), bus, 2u * 64 * (6 + 10 + 5)); // both branches
}

// --- other digital layers ---

TEST_F(laws_test, DifferencesAndProductsTakeTheAdderLanes) {
    replay("tiny_digital", "cascade", {"run.images=2"});
    if (HasFatalFailure()) return;
    for (const char *layer : {"sub", "mul"}) {
        const uint32_t l = find(layer);
        expect_exact(l, windows, 2u * 48);
        expect_exact(l, adder, 2u * 6 * 48);
        expect_exact(l, activation, l == find("mul") ? 2u * 6 * 48 : 0u); // its leaky ReLU
        expect_exact(l, bus, 2u * (2 + 1) * 6 * 48);
        expect_conversions(l, 0);
    }
}

// Parts of 6 channels each. A normalisation also reads two channels of the other one, a softmax all.
TEST_F(laws_test, FunctionsOfSeveralChannelsTakeAWordForEachOutput) {
    replay("tiny_digital", "isaac", {"run.images=2"});
    if (HasFatalFailure()) return;
    const std::pair<const char *, uint64_t> reads[] = {
        {"lrn", 2 * (6 + 2)}, {"scale", 12}, {"softmax", 2 * 12}};
    for (const auto &[layer, channels] : reads) {
        const uint32_t l = find(layer);
        expect_exact(l, windows, 2u * 2 * 48); // of either part
        expect_exact(l, activation, 2u * 12 * 48);
        expect_exact(l, adder, 0);
        expect_exact(l, bus, 2u * (channels + 12) * 48);
    }
}

// Three parts of 2, 3 and 4 channels, each of which reads all nine: still a word for each output.
TEST_F(laws_test, FunctionsBehindAConcatenationTakeNoMoreWordsForIt) {
    std::string text = "name = \"three\"\n[network]\ninput = { channels = 4, height = 3, width = 5 }\n";
    for (const char *channels : {"2", "3", "4"})
        text += std::string("[[layer]]\nname = \"c") + channels +
                "\"\nkind = \"conv\"\nkernel = 1\ninputs = [\"input\"]\nchannels = " + channels + "\n";
    text += "[[layer]]\nname = \"all\"\nkind = \"concat\"\ninputs = [\"c2\", \"c3\", \"c4\"]\n"
            "[[layer]]\nname = \"softmax\"\nkind = \"activation\"\nactivation = \"softmax\"\n";
    replay(write_network(text), "neural-pim", {"run.images=2"});
    if (HasFatalFailure()) return;
    expect_exact(find("softmax"), activation, 2u * 9 * 15);
    expect_exact(find("softmax"), bus, 2u * (3 * 9 + 9) * 15);
    expect_exact(find("softmax"), windows, 2u * 3 * 15);
}

// Everything crosses the bus once on its way out and once on its way back.
TEST_F(laws_test, GathersMoveTheirOutputsAndNothingElse) {
    replay("tiny_gather", "neural-pim", {"run.images=3"});
    if (HasFatalFailure()) return;
    const std::array<uint64_t, 3> shapes[] = {{8, 5, 4}, {4, 1, 40}, {5, 20, 1}, {4, 1, 1}};
    const char *const layers[] = {"shuffle", "row", "steps", "last"};
    for (size_t i = 0; i < 4; i++) {
        const uint32_t l = find(layers[i]);
        const auto [c, h, w] = shapes[i];
        expect_exact(l, windows, 3 * h * w);
        expect_exact(l, bus, 3 * 2 * c * h * w);
        expect_exact(l, activation, 0);
        expect_exact(l, adder, 0);
        expect_exact(l, {"pooling words", &npim_layer_counts::pooling_words}, 0);
        expect_exact(l, operation_time, 0);
    }
}

// --- pooling ---

// 2 x 2 windows that do not overlap take every pixel once; the last column of five belongs to none.
TEST_F(laws_test, PoolingTakesEveryInputOnceWhereNothingOverlaps) {
    replay("tiny_chain", "cascade", {"run.images=2"});
    if (HasFatalFailure()) return;
    const uint32_t pool = find("pool");
    expect_exact(pool, {"pooling words", &npim_layer_counts::pooling_words}, 2u * 7 * 6 * 4);
    expect_exact(pool, bus, 2u * 7 * (6 * 4 + 3 * 2));
    expect_exact(find("conv1"), {"pooling words", &npim_layer_counts::pooling_words}, 0);
}

// 3 x 3 windows with stride 1 on 6 x 6 pixels with a border of one: 36 pixels, 16 x 16 reads.
TEST_F(laws_test, PoolingTakesOverlapsAtMostOnceForEachWindow) {
    const std::string file = write_network(
        "name = \"overlap\"\n[network]\ninput = { channels = 4, height = 6, width = 6 }\n"
        "[[layer]]\nname = \"conv\"\nkind = \"conv\"\nchannels = 5\nkernel = 1\nout = [5, 6, 6]\n"
        "[[layer]]\nname = \"pool\"\nkind = \"maxpool\"\nkernel = 3\nstride = 1\npadding = 1\nout = [5, 6, "
        "6]\n");
    replay(file, "isaac");
    if (HasFatalFailure()) return;
    expect_range(2, {"pooling words", &npim_layer_counts::pooling_words}, 5 * 36, 5 * 256);
    expect_range(2, bus, 5 * 36 + 5 * 36, 5 * 256 + 5 * 36);
}

// --- recurrent layers ---

// Four gates and tanh(c); f x c, i x g, their sum and o x tanh(c). The hidden units come back but once.
TEST_F(laws_test, RecurrentLayersPassTheirUnitsInEveryStep) {
    replay("tiny_lstm", "isaac", {"run.images=3"});
    if (HasFatalFailure()) return;
    const uint32_t lstm = find("lstm");
    expect_exact(lstm, windows, 3u * 5);
    expect_exact(lstm, operation_time, 3u * 5 * 5 * 800000); // 36 x 16 columns on five arrays
    expect_conversions(lstm, 3.0 * 5 * 36 * 16 * 8);
    expect_exact(lstm, activation, 3u * 5 * 9 * 5);
    expect_exact(lstm, adder, 3u * 5 * 9 * 4);
    expect_exact(lstm, bus, 3u * (5 * 60 + 4 * 9 + 5 * 9));
}

// Two chunks of 69 rows, five column blocks: ten tiles, of which five add the sums of the 36 gates and every
// two read all of a step.
TEST_F(laws_test, RecurrentLayersAddPartialSumsOfTheirGates) {
    replay("tiny_lstm", "cascade", one_array_tiles(6, 2));
    if (HasFatalFailure()) return;
    EXPECT_GT(state->map.chips, 1u);
    const uint32_t lstm = find("lstm");
    expect_exact(lstm, windows, 2u * 5 * 10);
    expect_exact(lstm, activation, 2u * 5 * 9 * 5);
    expect_exact(lstm, adder, 2u * 5 * (9 * 4 + 36));
    expect_exact(lstm, bus, 2u * (5 * (5 * 60 + 4 * 9) + 5 * 9));
}

TEST_F(laws_test, ReplicasByImageShareTheImages) {
    replay(one_layer("{ channels = 3, height = 9, width = 1 }", "kind = \"lstm\"\nhidden = 2\nsteps = 9"),
           "cascade", {"run.images=5", "chip.tiles=3"});
    if (HasFatalFailure()) return;
    EXPECT_EQ(state->map.placements[1].replica_images, 3u);
    expect_exact(1, windows, 5u * 9);
    expect_exact(1, activation, 5u * 9 * 2 * 5);
    expect_exact(1, adder, 5u * 9 * 2 * 4);
    expect_exact(1, bus, 5u * (9 * 3 + 8 * 2 + 9 * 2));
    expect_exact(0, to_host, 5u * 9 * 3);
}

// --- the host ---

TEST_F(laws_test, TheHostSendsTheImageAndReceivesTheOutput) {
    replay("tiny_chain", "neural-pim", {"run.images=3"});
    if (HasFatalFailure()) return;
    const uint64_t sent_B = 3 * 3 * 13 * 11;
    expect_exact(0, to_host, sent_B);
    expect_exact(find("fc"), to_host, 3u * 9);
    expect_exact(find("conv1"), to_host, 0);
    npim_link_result *links = state->measurement.links;
    EXPECT_EQ(links[0].bytes, sent_B);
    EXPECT_EQ(links[1].bytes, 3u * 9);
    expect_law(links[0].name, "bytes", links[0].bytes, sent_B - 1, "at least ", sent_B);
    expect_law(links[1].name, "bytes", links[1].bytes, uint64_t{26}, "", uint64_t{27});
    expect_law(links[1].name, "bytes", links[1].bytes, uint64_t{28}, "", uint64_t{27});
    uint64_t &crossed_B = booked(0).link_B;
    expect_law("input", "bytes over chip links", crossed_B, sent_B - 1, "at least ", sent_B);
}

// What moves between chips depends on the way, but whatever comes from the host or goes there has crossed a
// link.
TEST_F(laws_test, SeveralChips) {
    replay("tiny_residual", "isaac", one_array_tiles(4, 2));
    if (HasFatalFailure()) return;
    EXPECT_EQ(state->map.chips, 3u);
    const uint32_t fc = find("fc");
    EXPECT_GT(booked(fc).link_B, 2u * 10);
    expect_exact(0, to_host, 2u * 4 * 64);
    expect_exact(fc, to_host, 2u * 10);
    expect_law("fc", "bytes over chip links", booked(fc).link_B, uint64_t{19}, "at least ", uint64_t{20});
    booked(fc).link_B += 1000;
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

// 1 x 1 windows with stride 2: a quarter of the pixels is read, the rest may stay.
TEST_F(laws_test, PixelsThatNobodyReadsMayStayWithTheHost) {
    replay(one_layer("{ channels = 4, height = 8, width = 8 }",
                     "kind = \"conv\"\nchannels = 6\nkernel = 1\nstride = 2\nout = [6, 4, 4]"),
           "isaac");
    if (HasFatalFailure()) return;
    EXPECT_LT(booked(0).host_B, 4u * 64);
    expect_range(0, to_host, 4 * 16, 4 * 64);
    booked(0).host_B = 4 * 16;
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

TEST_F(laws_test, TheOutputOfSeveralLayersIsCountedWhereItIsMade) {
    const std::string file = write_network(
        "name = \"two\"\n[network]\ninput = { channels = 4, height = 3, width = 5 }\n"
        "[[layer]]\nname = \"a\"\nkind = \"conv\"\nchannels = 6\nkernel = 1\nout = [6, 3, 5]\n"
        "[[layer]]\nname = \"b\"\nkind = \"conv\"\ninputs = [\"input\"]\nchannels = 2\nkernel = 1\nout = [2, "
        "3, 5]\n"
        "[[layer]]\nname = \"c\"\nkind = \"concat\"\ninputs = [\"a\", \"b\"]\nout = [8, 3, 5]\n");
    replay(file, "cascade", {"run.images=2"});
    if (HasFatalFailure()) return;
    expect_exact(find("a"), to_host, 2u * 6 * 15);
    expect_exact(find("b"), to_host, 2u * 2 * 15);
    expect_exact(find("c"), to_host, 0);
}

// The host gets layer a in two places of its output from one multicast.
TEST_F(laws_test, WhatTheHostGetsTwiceCrossesItsLinkOnce) {
    const std::string file =
        write_network("name = \"twice\"\n[network]\ninput = { channels = 4, height = 3, width = 5 }\n"
                      "[[layer]]\nname = \"a\"\nkind = \"conv\"\nchannels = 6\nkernel = 1\n"
                      "[[layer]]\nname = \"b\"\nkind = \"concat\"\ninputs = [\"a\", \"input\"]\n"
                      "[[layer]]\nname = \"c\"\nkind = \"concat\"\ninputs = [\"b\", \"a\"]\n");
    replay(file, "isaac", {"run.images=2"});
    if (HasFatalFailure()) return;
    expect_exact(1, to_host, 2u * 2 * 6 * 15);
    expect_exact(1, chip_links, 2u * 6 * 15);
    npim_link_result &back = state->measurement.links[1];
    expect_law(back.name, "bytes", back.bytes, uint64_t{179}, "", uint64_t{180});
}

} // namespace

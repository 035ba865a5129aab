#include "tests/sim/network_fixture.hpp"

#include "tests/hw/support.hpp"

#include <cstdio>
#include <random>

namespace {

using namespace network_text;
using std::string;

struct network_shapes_test : network_fixture {};

TEST_F(network_shapes_test, kinds_give_their_shapes) {
    ASSERT_EQ(load_text(head + layer("p", "avgpool", "kernel = 2\nstride = 3\npadding = [1, 0]") +
                        layer("a", "activation", "activation = \"tanh\"") + layer("f", "flatten") +
                        layer("g", "globalpool", "inputs = [\"a\"]") + layer("fc", "fc", "channels = 6") +
                        layer("s", "concat", "inputs = [\"f\", \"fc\", \"g\"]")),
              NPIM_OK)
        << e.message;
    EXPECT_EQ(out("p"), (shape{3, 3, 3}));
    EXPECT_EQ(out("a"), (shape{3, 3, 3}));
    EXPECT_EQ(at("a").activation, NPIM_ACTIVATION_TANH);
    EXPECT_EQ(out("f"), (shape{27, 1, 1}));
    EXPECT_EQ(out("g"), (shape{3, 1, 1}));
    EXPECT_EQ(at("fc").in_c, 3u);
    EXPECT_EQ(out("s"), (shape{36, 1, 1}));
    EXPECT_EQ(at("s").in_c, 36u);
    const npim_layer &p = at("p");
    EXPECT_FALSE(npim_layer_has_weights(&p));
    EXPECT_EQ(npim_layer_macs(&p), 0u);
    EXPECT_EQ(npim_layer_weights(&p), 0u);
    EXPECT_EQ((shape{p.groups, p.dilation_h, p.dilation_w}), (shape{1, 1, 1}));
}

TEST_F(network_shapes_test, digital_layers_give_their_shapes) {
    ASSERT_EQ(load_text(head + conv("a") + conv("b", "[\"input\"]") +
                        layer("s", "sub", "inputs = [\"b\", \"a\"]\nactivation = \"relu\"") +
                        layer("m", "mul", "inputs = [\"s\", \"a\"]\nout = [4, 8, 8]") + layer("x", "scale") +
                        layer("n", "lrn", "size = 5\nalpha = 1\nbeta = 1\nk = 1") +
                        layer("g", "gather", "out = [1073741824, 1, 1]")),
              NPIM_OK)
        << e.message;
    for (const char *same : {"s", "m", "x", "n"}) EXPECT_EQ(out(same), (shape{4, 8, 8})) << same;
    EXPECT_STREQ(n.layers[at("s").inputs[0]].name, "b"); // the first minus the second
    EXPECT_STREQ(n.layers[at("s").inputs[1]].name, "a");
    const npim_layer &g = at("g");
    EXPECT_EQ(out("g"), (shape{1u << 30, 1, 1})); // whatever its table says, larger than its input, too
    EXPECT_EQ((shape{g.in_c, g.in_h, g.in_w}), (shape{4, 8, 8}));
    for (const char *digital : {"s", "m", "x", "n", "g"}) {
        EXPECT_FALSE(npim_layer_has_weights(&at(digital)));
        EXPECT_EQ(npim_layer_macs(&at(digital)), 0u);
        EXPECT_EQ(npim_layer_weights(&at(digital)), 0u);
    }
}

TEST_F(network_shapes_test, digital_layers_take_one_input_or_two_of_a_shape) {
    const string three = conv("a") + conv("b", "[\"input\"]") + conv("c", "[\"input\"]");
    for (const string kind : {"sub", "mul"}) {
        refuses(head + layer("x", kind), 5, "1 inputs: outside 2..2");
        refuses(head + three + layer("x", kind, "inputs = [\"a\"]"), 24, "1 inputs: outside 2..2");
        refuses(head + three + layer("x", kind, "inputs = [\"a\", \"b\", \"c\"]"), 24,
                "3 inputs: outside 2..2");
        refuses(head + three + layer("x", kind, "inputs = [\"a\", \"a\"]"), 24, "twice");
        refuses(head + three + layer("x", kind, "inputs = [\"a\", \"input\"]"), 24,
                kind + " of different shapes: \"a\" [4, 8, 8] and \"input\" [3, 8, 8]");
        refuses(head + three + layer("p", "maxpool", "kernel = 2\nstride = 2") +
                    layer("x", kind, "inputs = [\"p\", \"a\"]"),
                29, kind + " of different shapes");
    }
    const std::pair<const char *, const char *> singles[] = {
        {"scale", ""}, {"lrn", "size = 5\nalpha = 1\nbeta = 1\nk = 1\n"}, {"gather", "out = [1, 1, 1]\n"}};
    for (const auto &[kind, keys] : singles)
        refuses(head + three + layer("x", kind, string(keys) + "inputs = [\"a\", \"b\"]"), 0,
                "2 inputs: outside 1..1");
    refuses(head + layer("x", "gather", "out = [1073741824, 2, 1]"), 0, "more than 2^30 elements");
    refuses(head + layer("x", "scale", "out = [3, 8, 7]"), 7, "but the layer gives [3, 8, 8]");
}

// A sequence of 8 samples of 3 channels: height 1, and kernels of one row.
TEST_F(network_shapes_test, convolutions_along_one_dimension_are_one_row_high) {
    ASSERT_EQ(
        load_text(
            "name = \"t\"\n[network]\ninput = { channels = 3, height = 1, width = 8 }\n" +
            layer(
                "a", "conv",
                "channels = 5\nkernel = [1, 3]\npadding = [0, 2, 0, 1]\ndilation = [1, 2]\nstride = [1, 2]") +
            layer("p", "maxpool", "kernel = [1, 2]\nstride = [1, 2]")),
        NPIM_OK)
        << e.message;
    EXPECT_EQ(out("a"), (shape{5, 1, 4})); // (8 + 3 - 5) / 2 + 1
    EXPECT_EQ(out("p"), (shape{5, 1, 2}));
    EXPECT_EQ(npim_layer_rows(&at("a")), 9u);
}

// Windows counted one by one.
uint32_t count_windows(int64_t in, int64_t before, int64_t after, int64_t reach, int64_t stride,
                       bool ceil_mode) {
    uint32_t count = 0;
    int64_t start = -before;
    for (; start + reach <= in + after; start += stride) count++;
    const bool left_over = start - stride + reach < in + after;
    return count + (ceil_mode && left_over && start < in ? 1 : 0);
}

TEST_F(network_shapes_test, random_windows_are_counted_one_by_one) {
    std::mt19937_64 random(test_seed(20260102));
    const auto pick = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
    int accepted = 0;
    for (int i = 0; i < 300; i++) {
        const bool pool = pick(0, 1), ceil_mode = pool && pick(0, 1);
        const int in = pick(1, 20), kernel = pick(1, 5), stride = pick(1, 5),
                  dilation = pool ? 1 : pick(1, 3);
        const int before = pick(0, pool ? kernel - 1 : 6), after = pick(0, pool ? kernel - 1 : 6);
        const int reach = dilation * (kernel - 1) + 1;
        char text[512];
        snprintf(text, sizeof text,
                 "name = \"t\"\n[network]\ninput = { channels = 1, height = %d, width = 1 }\n[[layer]]\nname "
                 "= \"x\"\n"
                 "kind = \"%s\"\nkernel = [%d, 1]\nstride = [%d, 1]\npadding = [%d, 0, %d, 0]\n",
                 in, pool ? "maxpool" : "conv", kernel, stride, before, after);
        string file = text;
        file += pool ? string("ceil_mode = ") + (ceil_mode ? "true" : "false")
                     : "channels = 1\ndilation = [" + std::to_string(dilation) + ", 1]";
        if (reach > in + before + after) {
            EXPECT_EQ(load_text(file), NPIM_ECONFIG) << file;
            continue;
        }
        accepted++;
        ASSERT_EQ(load_text(file), NPIM_OK) << file << "\n" << e.message;
        const npim_layer &x = n.layers[1];
        EXPECT_EQ(x.out_h, count_windows(in, before, after, reach, stride, ceil_mode)) << file;
        EXPECT_EQ(x.pad_bottom, after + x.ceil_bottom) << file; // kept apart: an average counts it never
        EXPECT_EQ(x.out_h,
                  (x.in_h + x.pad_top + x.pad_bottom - static_cast<uint32_t>(reach)) / x.stride_h + 1)
            << file;
    }
    EXPECT_GT(accepted, 100);
}

TEST_F(network_shapes_test, sizes_that_would_overflow_are_refused) {
    const string huge = "name = \"t\"\n[network]\ninput = { channels = 65536, height = 128, width = 128 }\n";
    EXPECT_EQ(load_text(huge + layer("p", "globalpool")), NPIM_OK) << e.message;
    refuses("name = \"t\"\n[network]\ninput = { channels = 65536, height = 128, width = 129 }\n" +
                layer("p", "globalpool"),
            3, "2^30 elements");
    refuses(huge + layer("c", "conv", "channels = 65536\nkernel = 1\npadding = 1"), 7, "2^30 elements");
    // 2^12 x 2^4 x 2^4 x 2^26 = 2^46 a layer: the 128th reaches 2^53.
    const string wide = "name = \"t\"\n[network]\ninput = { channels = 16, height = 8192, width = 8192 }\n";
    const string keys = "channels = 16\nkernel = 64\npadding = [32, 32, 31, 31]";
    string layers;
    for (int i = 0; i < 127; i++) layers += layer("c" + std::to_string(i), "conv", keys);
    EXPECT_EQ(load_text(wide + layers), NPIM_OK) << e.message;
    EXPECT_EQ(npim_network_macs(&n), 127ull << 46);
    refuses(wide + layers + layer("last", "conv", keys), 0, "2^53");
    refuses("name = \"t\"\n[network]\ninput = { channels = 16384, height = 256, width = 256 }\n" +
                layer("c", "conv", "channels = 65536\nkernel = 65536\npadding = 65536\nstride = 65536"),
            7, "2^53");
    refuses(huge + layer("f", "flatten") + layer("g", "flatten", "inputs = [\"input\"]") +
                layer("h", "concat", "inputs = [\"f\", \"g\"]"),
            0, "2^30 channels");
}

TEST_F(network_shapes_test, no_more_than_2_33_weights) {
    const string image = "name = \"t\"\n[network]\ninput = { channels = 65536, height = 1, width = 1 }\n";
    const string fc = "channels = 65536";
    ASSERT_EQ(load_text(image + layer("a", "fc", fc) + layer("b", "conv", fc + "\nkernel = 1")), NPIM_OK)
        << e.message;
    EXPECT_EQ(npim_network_weights(&n), 1ull << 33);
    refuses(image + layer("a", "fc", fc) + layer("b", "fc", fc) + layer("c", "fc", "channels = 1"), 15,
            "layer \"c\": network of more than 2^33 weights", NPIM_EUNSUPPORTED);
    const string sequence = "name = \"t\"\n[network]\ninput = { channels = 32768, height = 2, width = 1 }\n";
    const string lstm = layer("l", "lstm", "hidden = 32768\nsteps = 2"); // (2^15 + 2^15) x 4 x 2^15
    ASSERT_EQ(load_text(sequence + lstm), NPIM_OK) << e.message;
    EXPECT_EQ(npim_network_weights(&n), 1ull << 33);
    refuses(sequence + lstm + layer("c", "fc", "channels = 1"), 12, "2^33 weights", NPIM_EUNSUPPORTED);
}

TEST_F(network_shapes_test, shapes_must_fit) {
    const string small = layer("small", "conv", "channels = 3\nkernel = 3");
    refuses(head + small + layer("sum", "add", "inputs = [\"input\", \"small\"]"), 12,
            "\"input\" [3, 8, 8] and \"small\" [3, 6, 6]");
    refuses(head + small + layer("sum", "concat", "inputs = [\"input\", \"small\"]"), 12, "different shapes");
    refuses(head + conv("a") + layer("sum", "add", "inputs = [\"input\", \"a\"]"), 12, "different shapes");
    refuses(head + layer("a", "fc", "channels = 4\nout = [4, 1, 2]"), 8,
            "out = [4, 1, 2], but the layer gives [4, 1, 1]");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\ngroups = 3"), 9, "does not divide");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\ngroups = 2"), 9, "does not divide");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 9"), 8, "9 pixels, the padded input has 8");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 5\ndilation = 2"), 8, "9 pixels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = [1, 11]\npadding = [8, 1]"), 8,
            "11 pixels, the padded input has 10");
    EXPECT_EQ(load_text(head + layer("a", "conv", "channels = 4\nkernel = 10\npadding = 1\nout = [4, 1, 1]")),
              NPIM_OK)
        << e.message;
    refuses(head + layer("a", "maxpool", "kernel = 2\nstride = 2\npadding = 2"), 9, "padding alone");
}

// --- sequences

// Lines 1 to 3: an image of one pixel.
const string pixel = "name = \"t\"\n[network]\ninput = { channels = 6, height = 1, width = 1 }\n";

string words(const string &name, const string &size) {
    return layer(name, "input", "out = " + size);
}

string lstm(int hidden, int steps, const string &inputs) {
    return layer("lstm", "lstm",
                 "hidden = " + std::to_string(hidden) + "\nsteps = " + std::to_string(steps) +
                     "\ninputs = [" + inputs + "]");
}

TEST_F(network_shapes_test, the_rows_of_the_inputs_are_the_steps_of_an_lstm) {
    ASSERT_EQ(load_text(pixel + words("w", "[6, 3, 1]") + words("v", "[6, 2, 1]") +
                        lstm(5, 6, "\"w\", \"input\", \"v\"")),
              NPIM_OK)
        << e.message;
    const npim_layer &x = at("lstm");
    EXPECT_EQ((shape{x.in_c, x.in_h, x.in_w}), (shape{6, 6, 1}));
    EXPECT_EQ(out("lstm"), (shape{5, 6, 1}));
    EXPECT_TRUE(npim_layer_has_weights(&x));
    EXPECT_EQ(npim_layer_rows(&x), 6u + 5);
    EXPECT_EQ(npim_layer_outputs(&x), 4u * 5);
    EXPECT_EQ(npim_layer_positions(&x), 6u);
    EXPECT_EQ(npim_layer_weights(&x), 11u * 20);
    EXPECT_EQ(npim_layer_macs(&x), 11u * 20 * 6);
    // One input alone, and a single step.
    ASSERT_EQ(load_text("name = \"t\"\n[network]\ninput = { channels = 1, height = 9, width = 1 }\n" +
                        lstm(1, 9, "\"input\"")),
              NPIM_OK)
        << e.message;
    EXPECT_EQ(npim_network_macs(&n), 2u * 4 * 9);
    ASSERT_EQ(load_text(pixel + lstm(3, 1, "\"input\"")), NPIM_OK) << e.message;
    EXPECT_EQ(npim_network_macs(&n), 9u * 12);
}

TEST_F(network_shapes_test, sequences_must_fit_together) {
    refuses(pixel + words("w", "[6, 3, 1]") + lstm(5, 5, "\"input\", \"w\""), 12,
            "steps = 5, but its inputs have 4 rows");
    refuses(pixel + words("w", "[7, 3, 1]") + lstm(5, 4, "\"input\", \"w\""), 13,
            "steps of different sizes: \"input\" has 6 channels, \"w\" 7");
    refuses(pixel + words("w", "[6, 3, 2]") + lstm(5, 4, "\"input\", \"w\""), 13,
            "\"w\" [6, 3, 2] is no sequence");
    refuses(head + lstm(5, 8, "\"input\""), 9, "\"input\" [3, 8, 8] is no sequence");
    refuses(pixel + layer("a", "lstm", "hidden = 5\nsteps = 1\nout = [5, 2, 1]"), 9, "gives [5, 1, 1]");
    refuses(pixel + lstm(5, 2, "\"input\", \"lstm\""), 9, "cycle of layers: lstm <- lstm");
    const string longest = "name = \"t\"\n[network]\ninput = { channels = 1, height = 65536, width = 1 }\n";
    ASSERT_EQ(load_text(longest + lstm(16384, 65536, "\"input\"")), NPIM_OK) << e.message;
    EXPECT_EQ(npim_network_macs(&n), 16385ull * 4 * 16384 * 65536);
    refuses(longest + lstm(65536, 65536, "\"input\""), 0, "2^30 elements");
}
TEST_F(network_shapes_test, more_inputs_come_first_and_are_all_used) {
    ASSERT_EQ(load_text(head + conv("a") + words("w", "[4, 8, 8]") +
                        layer("sum", "add", "inputs = [\"a\", \"w\"]")),
              NPIM_OK)
        << e.message;
    EXPECT_EQ(order(), "input w a sum");
    EXPECT_EQ(at("w").n_inputs, 0u);
    EXPECT_EQ(out("w"), (shape{4, 8, 8}));
    EXPECT_EQ(npim_layer_macs(&at("w")), 0u);
    refuses(head + words("w", "[4, 8, 8]") + conv("a"), 3, "network.input: no layer reads it");
    refuses(head + conv("a") + words("w", "[4, 8, 8]"), 10, "nobody uses its output");
    refuses(head + layer("w", "input", "out = [1, 1, 1]\ninputs = [\"input\"]") + conv("a"), 8,
            "1 inputs: outside 0..0");
    refuses(head + words("w", "[65536, 128, 129]") + layer("j", "concat", "inputs = [\"w\", \"input\"]"), 5,
            "2^30 elements");
}

TEST_F(network_shapes_test, a_network_has_one_output_and_uses_its_layers) {
    refuses(head + conv("a") + conv("b", "[\"input\"]"), 10, "\"a\" (line 5)");
    refuses(head + conv("a") + conv("unused") + conv("c", "[\"a\"]"), 15, "\"unused\" (line 10)");
}

} // namespace

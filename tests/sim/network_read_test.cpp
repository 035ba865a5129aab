#include "tests/sim/network_fixture.hpp"

namespace {

using namespace network_text;
using std::string;

struct network_read_test : network_fixture {};

TEST_F(network_read_test, every_key_of_a_convolution_arrives) {
    ASSERT_EQ(load_text(head + layer("c", "conv",
                                     "channels = 6\nkernel = [2, 3]\nstride = [1, 2]\n"
                                     "padding = [1, 2, 3, 4]\ndilation = [2, 1]\ngroups = 3\n"
                                     "activation = \"relu6\"\nout = [6, 10, 6]")),
              NPIM_OK)
        << e.message;
    const npim_layer &c = at("c");
    EXPECT_EQ((shape{c.kernel_h, c.kernel_w, c.stride_h, c.stride_w}), (shape{2, 3, 1, 2}));
    EXPECT_EQ((shape{c.pad_top, c.pad_left, c.pad_bottom, c.pad_right}), (shape{1, 2, 3, 4}));
    EXPECT_EQ((shape{c.dilation_h, c.dilation_w, c.groups, c.line}), (shape{2, 1, 3, 5}));
    EXPECT_EQ(c.activation, NPIM_ACTIVATION_RELU6);
    EXPECT_EQ((shape{c.in_c, c.in_h, c.in_w}), (shape{3, 8, 8}));
    EXPECT_EQ(npim_layer_rows(&c), 2u * 3 * 1);
    EXPECT_EQ(npim_layer_outputs(&c), 2u);
    EXPECT_EQ(npim_layer_positions(&c), 60u);
    EXPECT_EQ(npim_layer_weights(&c), 36u);
    EXPECT_EQ(npim_layer_macs(&c), 36u * 60);
}

TEST_F(network_read_test, unknown_and_misspelt_keys_are_refused_with_the_nearest) {
    refuses("nane = \"t\"\n" + head + conv("a"), 1, "did you mean name?");
    refuses(head + "[extra]\nx = 1\n" + conv("a"), 5, "unknown key extra.x");
    refuses("name = \"t\"\n[network]\ninput = { chanels = 3, height = 8, width = 8 }\n" + conv("a"), 3,
            "did you mean network.input.channels?");
    refuses(head + layer("a", "conv", "channels = 4\nkernal = 3"), 8, "did you mean layer[0].kernel?");
    refuses(head + conv("a") + layer("b", "conv", "channels = 4\nkernel = 1\npaddings = 1"), 14,
            "did you mean layer[1].padding?");
    refuses(head + layer("a", "fc", "channels = 4\nzzzzzzzzzzzz = 3"), 8,
            "unknown key layer[0].zzzzzzzzzzzz");
    refuses(head + conv("a") + "weights = \"w.npy\"\n", 9, "unknown key layer[0].weights");
}

TEST_F(network_read_test, keys_given_twice_are_refused) {
    refuses(head + layer("a", "fc", "channels = 4\nchannels = 5"), 0, "channels");
    refuses("name = \"t\"\n" + head + conv("a"), 0, "name");
}

TEST_F(network_read_test, missing_keys_are_refused) {
    refuses("[network]\ninput = { channels = 3, height = 8, width = 8 }\n" + conv("a"), 0, "name is missing");
    refuses("name = \"t\"\n" + conv("a"), 0, "network.input.channels is missing");
    refuses("name = \"t\"\n[network]\ninput = { channels = 3, height = 8 }\n" + conv("a"), 0,
            "network.input.width is missing");
    refuses(head, 0, "no [[layer]]");
    refuses(head + "[[layer]]\nkind = \"fc\"\nchannels = 3\n", 5, "name is missing");
    refuses(head + "[[layer]]\nname = \"a\"\nchannels = 3\n", 5, "kind is missing");
    refuses(head + "[[layer]]\n", 4, "must be a table");
    refuses("layer = [1, 2]\n" + head, 1, "must be a table");
    refuses(head + layer("a", "conv", "channels = 4"), 5, "conv needs the key kernel");
    refuses(head + layer("a", "conv", "kernel = 4"), 5, "conv needs the key channels");
    refuses(head + layer("a", "fc"), 5, "fc needs the key channels");
    refuses(head + layer("a", "maxpool", "kernel = 2"), 5, "maxpool needs the key stride");
    refuses(head + layer("a", "activation"), 5, "activation needs the key activation");
    refuses(head + layer("a", "lstm", "hidden = 4"), 5, "lstm needs the key steps");
    refuses(head + layer("a", "lstm", "steps = 4"), 5, "lstm needs the key hidden");
    refuses(head + layer("a", "input"), 5, "input needs the key out");
}

TEST_F(network_read_test, keys_that_mean_nothing_to_a_kind_are_refused) {
    refuses(head + layer("a", "fc", "channels = 4\nkernel = 3"), 8, "fc has no key kernel");
    refuses(head + layer("a", "maxpool", "kernel = 2\nstride = 2\nactivation = \"relu\""), 9,
            "maxpool has no key activation");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 3\nceil_mode = true"), 9,
            "conv has no key ceil_mode");
    refuses(head + layer("a", "globalpool", "padding = [1, 1]"), 7, "globalpool has no key padding");
    refuses(head + layer("a", "activation", "activation = \"none\""), 7, "must not be none");
    refuses(head + layer("a", "lstm", "hidden = 4\nsteps = 8\nactivation = \"tanh\""), 9,
            "lstm has no key activation");
    refuses(head + layer("a", "lstm", "hidden = 4\nsteps = 8\nchannels = 4"), 9, "lstm has no key channels");
    refuses(head + layer("a", "input", "out = [1, 1, 1]\nchannels = 4"), 8, "input has no key channels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\nhidden = 4"), 9, "conv has no key hidden");
}

TEST_F(network_read_test, wrong_types_are_refused) {
    refuses("name = 3\n[network]\n" + conv("a"), 1, "name = 3");
    refuses(head + layer("a", "fc", "channels = \"four\""), 7, "integer");
    refuses(head + layer("a", "fc", "channels = 4.5"), 7, "integer");
    refuses(head + layer("a", "fc", "channels = true"), 7, "integer");
    refuses(head + layer("a", "fc", "channels = [4]"), 7, "unknown key layer[0].channels[0]");
    refuses(head + layer("a", "fc", "channels = 4\nactivation = \"swish\""), 8, "relu6");
    refuses(head + layer("a", "fc", "channels = 4\ninputs = \"input\""), 8, "array of layer names");
    refuses(head + layer("a", "fc", "channels = 4\ninputs = []"), 8, "not empty");
    refuses(head + layer("a", "fc", "channels = 4\ninputs = [0]"), 8, "in quotes");
    refuses(head + layer("a", "maxpool", "kernel = 2\nstride = 2\nceil_mode = 1"), 9, "true or false");
    refuses(head + "[[layer]]\nname = \"a\"\nkind = 3\n", 6, "kind = 3");
    refuses("name = \"t\"\n[network]\ninput = [3, 8, 8]\n" + conv("a"), 3, "unknown key network.input[0]");
}

TEST_F(network_read_test, extents_take_one_number_or_one_for_each_side) {
    const string base = "channels = 4\n";
    refuses(head + layer("a", "conv", base + "kernel = [3]"), 8,
            "kernel must be a number or [height, width]");
    refuses(head + layer("a", "conv", base + "kernel = [3, 3, 3]"), 8, "layer[0].kernel[2]");
    refuses(head + layer("a", "conv", base + "kernel = []"), 8, "integer");
    refuses(head + layer("a", "conv", base + "kernel = 1\nstride = [1]"), 9, "stride must be");
    refuses(head + layer("a", "conv", base + "kernel = 1\ndilation = [1]"), 9, "dilation must be");
    refuses(head + layer("a", "conv", base + "kernel = 1\npadding = [1]"), 9, "padding must be");
    refuses(head + layer("a", "conv", base + "kernel = 1\npadding = [1, 1, 1]"), 9, "padding must be");
    refuses(head + layer("a", "conv", base + "kernel = 1\nout = [4, 8]"), 9, "out must be");
    refuses(head + layer("a", "conv", base + "kernel = 1\nout = 4"), 9, "unknown key layer[0].out");
}

TEST_F(network_read_test, values_outside_their_range_are_refused) {
    refuses("name = \"t\"\n[network]\ninput = { channels = 0, height = 8, width = 8 }\n" + conv("a"), 3,
            "1..65536 channels");
    refuses(head + layer("a", "fc", "channels = 0"), 7, "1..65536 channels");
    refuses(head + layer("a", "fc", "channels = -1"), 7, "1..65536 channels");
    refuses(head + layer("a", "fc", "channels = 65537"), 7, "1..65536 channels");
    refuses(head + layer("a", "fc", "channels = 4294967297"), 7, "1..65536 channels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 0"), 8, "1..65536 pixels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = [1, 0]"), 8, "1..65536 pixels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\nstride = 0"), 9, "1..65536 pixels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\ndilation = 0"), 9, "1..65536 pixels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\npadding = -1"), 9, "0..65536 pixels");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 1\ngroups = 0"), 9, "1..65536 groups");
    refuses(head + layer("a", "lstm", "hidden = 0\nsteps = 8"), 7, "1..65536 units");
    refuses(head + layer("a", "lstm", "hidden = 65537\nsteps = 8"), 7, "1..65536 units");
    refuses(head + layer("a", "lstm", "hidden = 4\nsteps = 0"), 8, "1..65536 steps");
    refuses(head + layer("a", "lstm", "hidden = 4\nsteps = -1"), 8, "1..65536 steps");
    refuses(head + layer("a", "lstm", "hidden = 4\nsteps = 2.5"), 8, "integer");
    refuses(head + layer("a", "input", "out = [1, 0, 1]"), 7, "outside 1..1073741824");
}

TEST_F(network_read_test, unsupported_kinds_are_named) {
    for (const char *kind : {"gru", "deconv", "resize", "Conv", "Input", "convolution"})
        refuses(head + conv("a") + layer("b", kind, "hidden = 512"), 11, string("\"") + kind + "\"",
                NPIM_EUNSUPPORTED);
    refuses(head + layer("a", "gru"), 6, "(allowed: input, conv, ", NPIM_EUNSUPPORTED);
    refuses(head + layer("a", "gru"), 6, ", lrn, gather)", NPIM_EUNSUPPORTED);
    // Also when something that only it would know comes first.
    refuses(head + layer("a", "gru", "hidden = 512\nsteps = [1, 2]"), 6, "\"gru\" is not supported",
            NPIM_EUNSUPPORTED);
}

TEST_F(network_read_test, names_are_checked) {
    refuses(head + conv("a") + conv("b") + conv("a"), 15, "taken by the layer of line 5");
    refuses(head + conv("input"), 5, "the image itself");
    for (const char *name : {"a b", "a,b", "a\\\\b", "a\\\"b", "a\\tb", "a\\u007f", "\xc3\xa4"})
        refuses(head + conv(name), 5, "visible ASCII");
    refuses(head + conv(""), 5, "not empty");
    refuses(head + conv(string(96, 'a')), 5, "longer than 95");
    EXPECT_EQ(load_text(head + conv(string(95, 'a'))), NPIM_OK) << e.message;
    refuses("name = \"a b\"\n" + head.substr(11) + conv("a"), 1, "visible ASCII");
}

} // namespace

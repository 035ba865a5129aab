#include "tests/sim/network_fixture.hpp"

#include <cmath>

namespace {

using namespace network_text;
using std::string;

struct network_keys_test : network_fixture {};

const string image =
    "name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8, scale = 0.5 }\n";

// --- every key arrives ---

TEST_F(network_keys_test, keys_of_digital_layers_arrive) {
    ASSERT_EQ(
        load_text(head +
                  layer("a", "avgpool", "kernel = 3\nstride = 1\npadding = 1\ncount_include_pad = true") +
                  layer("b", "avgpool", "kernel = 3\nstride = 1\npadding = 1\ninputs = [\"a\"]") +
                  layer("n", "lrn", "size = 5\nalpha = 1e-4\nbeta = 0.75\nk = 2") +
                  layer("l", "activation", "activation = \"leaky_relu\"\nalpha = -0.25") +
                  layer("c", "conv",
                        "channels = 2\nkernel = 1\nactivation = \"clip\"\nclip_min = -1.5\nclip_max = 0") +
                  layer("h", "activation", "activation = \"hardswish\"")),
        NPIM_OK)
        << e.message;
    EXPECT_TRUE(at("a").count_include_pad);
    EXPECT_FALSE(at("b").count_include_pad);
    const npim_layer &n_ = at("n"), &c = at("c");
    EXPECT_EQ(n_.size, 5u);
    EXPECT_EQ(n_.alpha, 1e-4);
    EXPECT_EQ(n_.beta, 0.75);
    EXPECT_EQ(n_.k, 2.0);
    EXPECT_EQ(at("l").activation, NPIM_ACTIVATION_LEAKY_RELU);
    EXPECT_EQ(at("l").alpha, -0.25);
    EXPECT_EQ(c.activation, NPIM_ACTIVATION_CLIP);
    EXPECT_EQ(c.clip_min, -1.5);
    EXPECT_EQ(c.clip_max, 0.0);
    EXPECT_EQ(at("h").activation, NPIM_ACTIVATION_HARDSWISH);
    EXPECT_FALSE(n.has_values);
    EXPECT_EQ(n.layers[0].scale, 0.0);
    EXPECT_EQ(c.scale, 0.0);
    EXPECT_STREQ(c.tensors, "");
}

TEST_F(network_keys_test, values_arrive_to_the_last_bit) {
    ASSERT_EQ(
        load_text("name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8, scale = 0.1, "
                  "signed = true }\n" +
                  layer("two", "input", "out = [3, 8, 8]\nscale = 1e-100") +
                  layer("sum", "add", "inputs = [\"input\", \"two\"]\nscale = 7\nsigned = false") +
                  layer("a/b", "fc",
                        "channels = 4\nscale = 0.0039215686274509803\nsigned = true\ntensors = \"a_b\"")),
        NPIM_OK)
        << e.message;
    EXPECT_TRUE(n.has_values);
    EXPECT_EQ(n.layers[0].scale, 0.1);
    EXPECT_TRUE(n.layers[0].is_signed);
    EXPECT_EQ(at("two").scale, 1e-100);
    EXPECT_FALSE(at("two").is_signed);
    EXPECT_EQ(at("sum").scale, 7.0);
    EXPECT_FALSE(at("sum").is_signed);
    EXPECT_EQ(at("a/b").scale, 1.0 / 255.0);
    EXPECT_TRUE(at("a/b").is_signed);
    EXPECT_STREQ(at("a/b").tensors, "a_b");
}

TEST_F(network_keys_test, tensors_need_no_scales) { // as trained, not yet in integers
    ASSERT_EQ(load_text(head + layer("a", "fc", "channels = 4\ntensors = \"a\"")), NPIM_OK) << e.message;
    EXPECT_FALSE(n.has_values);
    EXPECT_STREQ(at("a").tensors, "a");
}

// --- all or none ---

TEST_F(network_keys_test, all_layers_have_a_scale_or_none) {
    const string with = "channels = 4\nscale = 1", without = "channels = 4";
    refuses(image + layer("a", "fc", with) + layer("b", "fc", without) + layer("c", "fc", without), 11,
            "layer \"b\": needs the key scale, as network.input has it");
    refuses(head + layer("a", "fc", without) + layer("b", "fc", with) + layer("c", "fc", with), 3,
            "network.input needs the key scale, as layer \"b\" (line 9) has it");
    refuses(image + layer("i", "input", "out = [1, 1, 1]") + layer("b", "fc", with), 6, "layer \"i\": needs");
    refuses(head + layer("a", "fc", without + "\nsigned = true"), 8, "signed without scale");
    refuses("name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8, signed = true }\n" +
                layer("a", "fc", without),
            3, "network.input.signed without network.input.scale");
}

// --- what goes with what ---

// Keys of one kind or activation are refused by all others. The kinds here are complete with their own.
TEST_F(network_keys_test, keys_go_with_their_kinds_and_activations_alone) {
    struct whole {
        const char *kind, *keys, *also; // also: those of `own` below that it may have, too
    };
    const whole kinds[] = {
        {"input", "out = [1, 1, 1]", ""},
        {"conv", "channels = 4\nkernel = 1", "tensors files"},
        {"fc", "channels = 4", "tensors files"},
        {"lstm", "hidden = 4\nsteps = 8", "tensors files"},
        {"maxpool", "kernel = 1\nstride = 1", ""},
        {"avgpool", "kernel = 1\nstride = 1", "count_include_pad"},
        {"globalpool", "", ""},
        {"add", "", ""},
        {"concat", "", ""},
        {"activation", "activation = \"tanh\"", ""},
        {"flatten", "", ""},
        {"sub", "", ""},
        {"mul", "", ""},
        {"scale", "", "tensors files"},
        {"lrn", "size = 3\nbeta = 1\nk = 1\nalpha = 1", "size beta k alpha"},
        {"gather", "out = [1, 1, 1]", "tensors files"},
    };
    const std::pair<const char *, const char *> own[] = {{"count_include_pad", "true"},
                                                         {"clip_min", "0.5"},
                                                         {"clip_max", "2.5"},
                                                         {"alpha", "0.5"},
                                                         {"beta", "0.5"},
                                                         {"k", "0.5"},
                                                         {"size", "3"},
                                                         {"tensors", "\"x\""},
                                                         {"files", "[\"weight\"]"}};
    ASSERT_EQ(npim_layer_kind_names[std::size(kinds)], nullptr);
    for (const whole &kind : kinds)
        for (const auto &[key, value] : own) {
            if ((" " + string(kind.also) + " ").find(" " + string(key) + " ") != string::npos) continue;
            SCOPED_TRACE(string(kind.kind) + " " + key);
            const string keys = string(key) + " = " + value + "\n" + kind.keys;
            refuses(head + layer("a", kind.kind, keys), 7, string("has no key ") + key);
        }
}

TEST_F(network_keys_test, activations_need_their_parameters) {
    const string clip = "channels = 4\nactivation = \"clip\"\n",
                 leaky = "channels = 4\nactivation = \"leaky_relu\"\n";
    refuses(head + layer("a", "fc", clip + "clip_min = 1"), 5, "activation clip needs the key clip_max");
    refuses(head + layer("a", "fc", clip + "clip_max = 1"), 5, "activation clip needs the key clip_min");
    refuses(head + layer("a", "fc", leaky), 5, "activation leaky_relu needs the key alpha");
    refuses(head + layer("a", "fc", leaky + "alpha = 1\nclip_max = 1"), 10,
            "activation leaky_relu has no key clip_max");
    refuses(head + layer("a", "fc", "channels = 4\nclip_max = 1"), 8, "activation none has no key clip_max");
    for (const char *missing : {"size", "alpha", "beta", "k"}) {
        string keys;
        for (const char *key : {"size", "alpha", "beta", "k"})
            if (string(key) != missing) keys += string(key) + " = 3\n";
        refuses(head + layer("a", "lrn", keys), 5, string("lrn needs the key ") + missing);
    }
    refuses(head + layer("a", "gather"), 5, "gather needs the key out");
}

TEST_F(network_keys_test, numbers_outside_their_range_are_refused) {
    const string clip = "channels = 4\nactivation = \"clip\"\n";
    refuses(head + layer("a", "fc", clip + "clip_min = 1\nclip_max = 1"), 10,
            "clip_max = 1 must be above clip_min = 1");
    refuses(head + layer("a", "fc", clip + "clip_min = nan\nclip_max = 1"), 9, "outside");
    refuses(head + layer("a", "fc", clip + "clip_min = 0\nclip_max = inf"), 10, "outside");
    refuses(head + layer("a", "fc", clip + "clip_min = 0\nclip_max = 1e39"), 10, "outside");
    const auto lrn = [](const char *size, const char *alpha, const char *beta, const char *k) {
        return layer("a", "lrn",
                     string("size = ") + size + "\nalpha = " + alpha + "\nbeta = " + beta + "\nk = " + k);
    };
    EXPECT_EQ(load_text(head + lrn("1", "0", "0", "1e-9")), NPIM_OK) << e.message;
    EXPECT_EQ(load_text(head + lrn("65536", "3e38", "1000", "3e38")), NPIM_OK) << e.message;
    refuses(head + lrn("0", "1", "1", "1"), 7, "1..65536 channels");
    refuses(head + lrn("65537", "1", "1", "1"), 7, "1..65536 channels");
    refuses(head + lrn("2.5", "1", "1", "1"), 7, "integer");
    refuses(head + lrn("1", "-1e-9", "1", "1"), 8, "alpha = -1e-09: lrn takes 0 or more");
    refuses(head + lrn("1", "1", "-1", "1"), 9, "0..1000");
    refuses(head + lrn("1", "1", "1001", "1"), 9, "0..1000");
    refuses(head + lrn("1", "1", "1", "0"), 10, "outside 1e-09");
    for (const char *scale : {"0", "-1", "nan", "inf", "1e-101", "1.1e100", "-0.0"}) {
        refuses(image + layer("a", "fc", string("channels = 4\nscale = ") + scale), 8,
                "outside 1e-100..1e+100");
        refuses("name = \"t\"\n[network.input]\nchannels = 3\nheight = 8\nwidth = 8\nscale = " +
                    string(scale) + "\n" + layer("a", "fc", "channels = 4\nscale = 1"),
                6, "outside 1e-100..1e+100");
    }
    refuses(image + layer("a", "fc", "channels = 4\nscale = \"1\""), 8, "must be a number");
    refuses(image + layer("a", "fc", "channels = 4\nscale = true"), 8, "must be a number");
    refuses(image + layer("a", "fc", "channels = 4\nscale = 1\nsigned = 1"), 9, "true or false");
    refuses(head + layer("a", "avgpool", "kernel = 1\nstride = 1\ncount_include_pad = 1"), 9,
            "true or false");
}

// Integer arithmetic can only bound what it has summed or multiplied.
TEST_F(network_keys_test, functions_of_sums_must_not_bend_where_there_are_values) {
    for (const char *kind : {"add", "sub", "mul"})
        for (const char *activation : {"relu", "relu6", "none", "sigmoid", "tanh", "softmax", "hardswish"}) {
            const string two =
                layer("i", "input", "out = [3, 8, 8]") +
                layer("a", kind, string("activation = \"") + activation + "\"\ninputs = [\"input\", \"i\"]");
            EXPECT_EQ(load_text(head + two), NPIM_OK) << e.message;
            const string values =
                layer("i", "input", "out = [3, 8, 8]\nscale = 1") +
                layer("a", kind,
                      string("activation = \"") + activation + "\"\nscale = 1\ninputs = [\"input\", \"i\"]");
            const bool bends =
                string(activation).find("relu") == string::npos && string(activation) != "none";
            if (bends)
                refuses(image + values, 12, "layers of their own");
            else
                EXPECT_EQ(load_text(image + values), NPIM_OK) << e.message;
        }
}

TEST_F(network_keys_test, files_are_those_of_the_kind) {
    const auto text = [](const string &files) {
        return head + layer("a", "fc", "channels = 4\ntensors = \"a\"\nfiles = " + files);
    };
    ASSERT_EQ(load_text(text("[\"bias\", \"weight\", \"weight_scale\"]")), NPIM_OK) << e.message;
    EXPECT_EQ(at("a").files,
              1u << NPIM_TENSOR_BIAS | 1u << NPIM_TENSOR_WEIGHT | 1u << NPIM_TENSOR_WEIGHT_SCALE);
    ASSERT_EQ(load_text(head + layer("a", "fc", "channels = 4\ntensors = \"a\"")), NPIM_OK) << e.message;
    EXPECT_EQ(at("a").files, 0u);
    refuses(text("[\"weights\"]"), 9,
            "fc has no \"weights\" (allowed: weight_float, bias_float, weight, weight_scale, bias)");
    refuses(text("[\"factor\"]"), 9, "fc has no \"factor\"");
    refuses(text("[\"bias\", \"bias\"]"), 9, "\"bias\" twice");
    refuses(text("\"bias\""), 9, "must be an array of names, not empty");
    refuses(text("[]"), 9, "must be an array of names, not empty");
    refuses(text("[1]"), 9, "names in quotes");
    refuses(text("[\"bias\", [\"weight\"]]"), 9, "files");
    refuses(head + layer("a", "fc", "channels = 4\nfiles = [\"bias\"]"), 8, "files without tensors");
    refuses(head + layer("s", "scale", "tensors = \"a\"\nfiles = [\"weight\"]"), 8,
            "scale has no \"weight\" (allowed: factor, offset)");
    refuses(head + layer("s", "maxpool", "kernel = 1\nstride = 1\nfiles = [\"weight\"]"), 9,
            "maxpool has no key files");
}

TEST_F(network_keys_test, stems_of_files_stay_in_their_folder) {
    for (const char *stem : {"../a", "a/b", "/etc/a", "a b", "a\\\\b", "a\\u0000b", "\xc3\xa4", "a,b"})
        refuses(head + layer("a", "fc", string("channels = 4\ntensors = \"") + stem + "\""), 8, "tensors");
    refuses(head + layer("a", "fc", "channels = 4\ntensors = \"\""), 8, "not empty");
    refuses(head + layer("a", "fc", "channels = 4\ntensors = 3"), 8, "text in quotes");
    refuses(head + layer("a", "fc", "channels = 4\ntensors = \"" + string(96, 'a') + "\""), 8,
            "longer than 95");
    EXPECT_EQ(load_text(head + layer("a", "fc", "channels = 4\ntensors = \"" + string(95, 'a') + "\"")),
              NPIM_OK)
        << e.message;
}

TEST_F(network_keys_test, misspelt_keys_get_the_nearest_one) {
    refuses(head + layer("a", "fc", "channels = 4\nscael = 1"), 8, "did you mean layer[0].scale?");
    refuses(head + layer("a", "fc", "channels = 4\nclip_mim = 1"), 8, "did you mean layer[0].clip_m");
    refuses(head + layer("a", "fc", "channels = 4\ntensor = \"a\""), 8, "did you mean layer[0].tensors?");
    refuses("name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8, singed = true }\n" +
                conv("a"),
            3, "did you mean network.input.signed?");
}

} // namespace

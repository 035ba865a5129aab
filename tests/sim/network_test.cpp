#include "sim/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

using std::string;
using shape = std::vector<uint32_t>;

const string source_dir = NPIM_SOURCE_DIR, data_dir = NPIM_TEST_DATA;

// Lines 1 to 3, so that the first layer begins in line 4.
const string head = "name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8 }\n";

string layer(const string &name, const string &kind, const string &keys = "") {
    return "[[layer]]\nname = \"" + name + "\"\nkind = \"" + kind + "\"\n" + keys + "\n";
}

string conv(const string &name, const string &inputs = "") {
    return layer(name, "conv", "channels = 4\nkernel = 1" + (inputs.empty() ? "" : "\ninputs = " + inputs));
}

string read(const string &path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    EXPECT_FALSE(text.str().empty()) << path;
    return text.str();
}

struct network_test : testing::Test {
    network_test() {
        const auto *info = testing::UnitTest::GetInstance()->current_test_info();
        string test = string(info->test_suite_name()) + "." + info->name();
        std::replace(test.begin(), test.end(), '/', '.');
        folder = std::filesystem::path(testing::TempDir()) / ("npim_" + test);
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~network_test() override {
        npim_network_fini(&n);
        std::filesystem::remove_all(folder);
    }
    npim_status load(const string &path) {
        npim_network_fini(&n);
        e = {};
        const npim_status status = npim_network_load(&n, path.c_str(), &e);
        EXPECT_EQ(status == NPIM_OK, n.layers != nullptr);
        EXPECT_EQ(e.status, status);
        EXPECT_EQ(e.message[0] == '\0', status == NPIM_OK) << e.message;
        return status;
    }
    npim_status load_text(const string &text) {
        std::ofstream(folder / "t.toml", std::ios::binary) << text;
        return load((folder / "t.toml").string());
    }
    // Refused with status, at that line (0: of the file as a whole), with that text in the message.
    void refuses(const string &text, unsigned line, const string &fragment,
                 npim_status status = NPIM_ECONFIG) {
        ASSERT_EQ(load_text(text), status) << text << e.message;
        const string place = "t.toml:" + (line ? std::to_string(line) + ":" : "");
        const string message = e.message;
        EXPECT_NE(message.find(line ? place : "t.toml"), string::npos) << place << " not in " << message;
        EXPECT_NE(message.find(fragment), string::npos) << fragment << " not in " << message;
    }
    const npim_layer &at(const string &name) {
        for (uint32_t i = 0; i < n.n_layers; i++)
            if (n.layers[i].name == name) return n.layers[i];
        ADD_FAILURE() << "no layer " << name;
        static const npim_layer none{};
        return none;
    }
    shape out(const string &name) { return {at(name).out_c, at(name).out_h, at(name).out_w}; }
    string order() {
        string names;
        for (uint32_t i = 0; i < n.n_layers; i++) names += string(i ? " " : "") + n.layers[i].name;
        return names;
    }
    std::filesystem::path folder;
    npim_network n{};
    npim_error e{};
};

// A/D conversions of one image from the shapes alone: ceil(K / rows) x N x G x P dot products.
uint64_t conversions(const npim_network &n, uint64_t rows, uint64_t per_dot) {
    uint64_t dots = 0;
    for (uint32_t i = 0; i < n.n_layers; i++) {
        const npim_layer &x = n.layers[i];
        if (x.kind != NPIM_LAYER_CONV && x.kind != NPIM_LAYER_FC) continue;
        dots += (npim_layer_rows(&x) + rows - 1) / rows * npim_layer_outputs(&x) * x.groups *
                npim_layer_positions(&x);
    }
    return dots * per_dot;
}

struct expected {
    const char *path;
    uint64_t macs, weights, isaac, cascade, neural_pim;
};

struct network_traces : network_test, testing::WithParamInterface<expected> {
    string path() {
        const string trace = GetParam().path;
        return (trace.rfind("traces/", 0) == 0 ? source_dir : data_dir) + "/" + trace;
    }
};

// Traces: MACs and weights are the networks' published counts, conversions 8 x 16 per dot product of 128
// rows, 5 of 64 rows and 1 of 128 rows. Small networks: by hand, from the shapes in their files.
constexpr expected networks[] = {
    {"traces/googlenet", 1582671872, 6990272, 1788192768, 128401200, 13970256},
    {"traces/mobilenet_v1", 568740352, 4209088, 941924352, 55900800, 7358784},
    {"traces/mobilenet_v2", 300774272, 3469760, 976902144, 45281920, 7632048},
    {"tiny_fc.toml", 800, 800, 2 * 5 * 128, 3 * 5 * 5, 2 * 5},
    {"tiny_conv.toml", 10368, 288, 8 * 36 * 128, 8 * 36 * 5, 8 * 36},
    {"tiny_chain.toml", 5670 + 3780 + 540, 189 + 630 + 540, 279 * 128, 279 * 5, 279},
    {"tiny_residual.toml", 18432 + 36864 + 5120, 288 + 576 + 5120, 1064 * 128, (512 + 1024 + 80) * 5, 1064},
    {"tiny_concat.toml", 1536 + 1024 + 18432 + 46080 + 5120, 24 + 16 + 288 + 720 + 80, 2112 * 128,
     (384 + 256 + 512 + 1280 + 320) * 5, 2112},
    {"tiny_depthwise.toml", 864 + 1152, 54 + 72, 288 * 128, 288 * 5, 288},
    {"tiny_grouped.toml", 10800 + 600, 432 + 24, 500 * 128, 500 * 5, 500},
};

TEST_P(network_traces, have_the_known_macs_weights_and_conversions) {
    const expected &x = GetParam();
    ASSERT_EQ(load(path()), NPIM_OK) << e.message;
    EXPECT_EQ(npim_network_macs(&n), x.macs);
    EXPECT_EQ(npim_network_weights(&n), x.weights);
    EXPECT_EQ(conversions(n, 128, 8 * 16), x.isaac);
    EXPECT_EQ(conversions(n, 64, 5), x.cascade);
    EXPECT_EQ(conversions(n, 128, 1), x.neural_pim);
}

TEST_P(network_traces, are_in_topological_order_with_one_output) {
    ASSERT_EQ(load(path()), NPIM_OK) << e.message;
    EXPECT_EQ(n.layers[0].kind, NPIM_LAYER_INPUT);
    std::vector<int> consumers(n.n_layers);
    for (uint32_t i = 1; i < n.n_layers; i++) {
        ASSERT_GE(n.layers[i].n_inputs, 1u);
        for (uint32_t j = 0; j < n.layers[i].n_inputs; j++) {
            ASSERT_LT(n.layers[i].inputs[j], i);
            consumers[n.layers[i].inputs[j]]++;
        }
    }
    for (uint32_t i = 0; i < n.n_layers; i++) EXPECT_EQ(consumers[i] == 0, i == n.output) << i;
}

TEST_P(network_traces, write_the_shape_of_every_layer) {
    const string file = path() + (path().find(".toml") == string::npos ? "/network.toml" : "");
    npim_doc doc{};
    ASSERT_EQ(npim_doc_load(&doc, file.c_str(), &e), NPIM_OK) << e.message;
    const size_t count = npim_doc_count(&doc, "layer");
    EXPECT_GE(count, 1u);
    for (size_t i = 0; i < count; i++)
        EXPECT_TRUE(npim_doc_has(&doc, ("layer[" + std::to_string(i) + "].out").c_str())) << i;
    npim_doc_fini(&doc);
}

string base_name(const testing::TestParamInfo<expected> &x) {
    return std::filesystem::path(x.param.path).stem().string();
}
INSTANTIATE_TEST_SUITE_P(all, network_traces, testing::ValuesIn(networks), base_name);

TEST_F(network_test, googlenet_has_the_published_shapes) {
    ASSERT_EQ(load(source_dir + "/traces/googlenet/"), NPIM_OK) << e.message;
    EXPECT_STREQ(n.name, "googlenet");
    EXPECT_EQ(out("conv1/7x7_s2"), (shape{64, 112, 112}));
    EXPECT_EQ(out("pool1/3x3_s2"), (shape{64, 56, 56}));
    EXPECT_EQ(out("inception_3a/output"), (shape{256, 28, 28}));
    EXPECT_EQ(out("inception_4e/output"), (shape{832, 14, 14}));
    EXPECT_EQ(out("inception_5b/output"), (shape{1024, 7, 7}));
    EXPECT_EQ(at("inception_5b/output").n_inputs, 4u);
    EXPECT_STREQ(n.layers[n.output].name, "loss3/classifier");
    int convolutions = 0;
    for (uint32_t i = 0; i < n.n_layers; i++) convolutions += n.layers[i].kind == NPIM_LAYER_CONV;
    EXPECT_EQ(convolutions, 3 + 9 * 6);
}

TEST_F(network_test, mobilenets_have_the_published_layers) {
    ASSERT_EQ(load(source_dir + "/traces/mobilenet_v1"), NPIM_OK) << e.message;
    int depthwise = 0;
    for (uint32_t i = 0; i < n.n_layers; i++) depthwise += n.layers[i].groups > 1;
    EXPECT_EQ(depthwise, 13);
    ASSERT_EQ(load(source_dir + "/traces/mobilenet_v2/network.toml"), NPIM_OK) << e.message;
    int additions = 0;
    depthwise = 0;
    for (uint32_t i = 0; i < n.n_layers; i++) {
        depthwise += n.layers[i].groups > 1;
        additions += n.layers[i].kind == NPIM_LAYER_ADD;
    }
    EXPECT_EQ(depthwise, 17);
    EXPECT_EQ(additions, 10);
}

TEST_F(network_test, every_key_of_a_convolution_arrives) {
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

TEST_F(network_test, kinds_give_their_shapes) {
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

TEST_F(network_test, the_smallest_network_is_one_weight) {
    ASSERT_EQ(load_text("name = \"one\"\n[network]\ninput = { channels = 1, height = 1, width = 1 }\n" +
                        layer("fc", "fc", "channels = 1")),
              NPIM_OK)
        << e.message;
    EXPECT_EQ(npim_network_macs(&n), 1u);
    EXPECT_EQ(n.output, 1u);
    npim_network_fini(&n);
    npim_network_fini(&n);
    EXPECT_EQ(n.layers, nullptr);
}

TEST_F(network_test, any_listing_gives_the_same_network_in_a_stable_order) {
    const string a = conv("a", "[\"input\"]"), b = conv("b", "[\"input\"]"), c = conv("c", "[\"b\"]");
    const string join = layer("join", "add", "inputs = [\"a\", \"c\"]");
    const std::pair<string, const char *> listings[] = {{a + b + c + join, "input a b c join"},
                                                        {b + a + c + join, "input b a c join"},
                                                        {b + c + a + join, "input b c a join"},
                                                        {join + c + b + a, "input b c a join"},
                                                        {c + join + a + b, "input a b c join"}};
    for (const auto &[text, names] : listings) {
        ASSERT_EQ(load_text(head + text), NPIM_OK) << e.message;
        EXPECT_EQ(order(), names);
        EXPECT_STREQ(n.layers[at("join").inputs[0]].name, "a");
        EXPECT_STREQ(n.layers[at("join").inputs[1]].name, "c");
        EXPECT_STREQ(n.layers[n.output].name, "join");
        EXPECT_EQ(npim_network_macs(&n), (12u + 12 + 16) * 64);
    }
}

TEST_F(network_test, an_omitted_input_is_the_layer_listed_before) {
    ASSERT_EQ(load_text(head + conv("a") + conv("b") + conv("c", "[\"a\"]") +
                        layer("d", "add", "inputs = [\"b\", \"c\"]")),
              NPIM_OK)
        << e.message;
    EXPECT_EQ(at("a").inputs[0], 0u);
    EXPECT_STREQ(n.layers[at("b").inputs[0]].name, "a");
    EXPECT_STREQ(n.layers[at("c").inputs[0]].name, "a");
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

TEST_F(network_test, random_windows_are_counted_one_by_one) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
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
        EXPECT_EQ(x.out_h,
                  (x.in_h + x.pad_top + x.pad_bottom - static_cast<uint32_t>(reach)) / x.stride_h + 1)
            << file;
    }
    EXPECT_GT(accepted, 100);
}

TEST_F(network_test, files_that_cannot_be_read_are_refused) {
    EXPECT_EQ(load((folder / "absent.toml").string()), NPIM_ECONFIG);
    EXPECT_NE(string(e.message).find("absent.toml"), string::npos);
    EXPECT_EQ(load(folder.string()), NPIM_ECONFIG);
    EXPECT_NE(string(e.message).find("without network.toml"), string::npos);
    EXPECT_EQ(load(string(5000, 'x')), NPIM_ECONFIG);
    EXPECT_EQ(load(""), NPIM_ECONFIG);
    refuses("", 0, "empty");
    refuses(string("\x7f"
                   "ELF\0\1\2\3",
                   8),
            0, "binary");
    refuses(head + "[[layer]]\nname = \"x", 5, "");
    refuses(head + "[[layer]\n", 4, "");
}

TEST_F(network_test, a_truncated_file_is_refused_or_a_smaller_network) {
    const string whole = read(data_dir + "/tiny_chain.toml");
    int refused = 0;
    for (size_t length = 0; length < whole.size(); length += 7) {
        const npim_status status = load_text(whole.substr(0, length));
        EXPECT_TRUE(status == NPIM_OK || status == NPIM_ECONFIG || status == NPIM_EUNSUPPORTED) << length;
        if (status == NPIM_OK)
            EXPECT_LE(n.n_layers, 5u);
        else
            EXPECT_NE(string(e.message).find("t.toml"), string::npos) << e.message;
        refused += status != NPIM_OK;
    }
    EXPECT_GT(refused, 20);
}

TEST_F(network_test, mutated_files_never_crash) {
    const unsigned seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const string whole = read(data_dir + "/tiny_residual.toml");
    const string bytes = "019-.,=[]{}\"# \nabc";
    for (int i = 0; i < 300; i++) {
        string text = whole;
        for (int j = 0; j < 3; j++) text[random() % text.size()] = bytes[random() % bytes.size()];
        const npim_status status = load_text(text);
        EXPECT_TRUE(status == NPIM_OK || status == NPIM_ECONFIG || status == NPIM_EUNSUPPORTED) << text;
    }
}

TEST_F(network_test, unknown_and_misspelt_keys_are_refused_with_the_nearest) {
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

TEST_F(network_test, keys_given_twice_are_refused) {
    refuses(head + layer("a", "fc", "channels = 4\nchannels = 5"), 0, "channels");
    refuses("name = \"t\"\n" + head + conv("a"), 0, "name");
}

TEST_F(network_test, missing_keys_are_refused) {
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
}

TEST_F(network_test, keys_that_mean_nothing_to_a_kind_are_refused) {
    refuses(head + layer("a", "fc", "channels = 4\nkernel = 3"), 8, "fc has no key kernel");
    refuses(head + layer("a", "maxpool", "kernel = 2\nstride = 2\nactivation = \"relu\""), 9,
            "maxpool has no key activation");
    refuses(head + layer("a", "conv", "channels = 4\nkernel = 3\nceil_mode = true"), 9,
            "conv has no key ceil_mode");
    refuses(head + layer("a", "globalpool", "padding = [1, 1]"), 7, "globalpool has no key padding");
    refuses(head + layer("a", "activation", "activation = \"none\""), 7, "must not be none");
}

TEST_F(network_test, wrong_types_are_refused) {
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

TEST_F(network_test, extents_take_one_number_or_one_for_each_side) {
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

TEST_F(network_test, values_outside_their_range_are_refused) {
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
}

TEST_F(network_test, sizes_that_would_overflow_are_refused) {
    const string huge = "name = \"t\"\n[network]\ninput = { channels = 65536, height = 128, width = 128 }\n";
    EXPECT_EQ(load_text(huge + layer("p", "globalpool")), NPIM_OK) << e.message;
    refuses("name = \"t\"\n[network]\ninput = { channels = 65536, height = 128, width = 129 }\n" +
                layer("p", "globalpool"),
            3, "2^30 elements");
    refuses(huge + layer("c", "conv", "channels = 65536\nkernel = 1\npadding = 1"), 7, "2^30 elements");
    // 2^16 x 2^16 x 2^14 = 2^46 a layer: the 128th reaches 2^53.
    string layers;
    for (int i = 0; i < 127; i++)
        layers += layer("c" + std::to_string(i), "conv", "channels = 65536\nkernel = 1");
    EXPECT_EQ(load_text(huge + layers), NPIM_OK) << e.message;
    EXPECT_EQ(npim_network_macs(&n), 127ull << 46);
    refuses(huge + layers + layer("last", "conv", "channels = 65536\nkernel = 1"), 0, "2^53");
    refuses("name = \"t\"\n[network]\ninput = { channels = 16384, height = 256, width = 256 }\n" +
                layer("c", "conv", "channels = 65536\nkernel = 65536\npadding = 65536\nstride = 65536"),
            7, "2^53");
    refuses(huge + layer("f", "flatten") + layer("g", "flatten", "inputs = [\"input\"]") +
                layer("h", "concat", "inputs = [\"f\", \"g\"]"),
            0, "2^30 channels");
}

TEST_F(network_test, unsupported_kinds_are_named) {
    for (const char *kind : {"lstm", "deconv", "lrn", "Conv", "input", "convolution"})
        refuses(head + conv("a") + layer("b", kind, "hidden = 512"), 11, string("\"") + kind + "\"",
                NPIM_EUNSUPPORTED);
    // Also when something that only it would know comes first.
    refuses(head + layer("a", "lstm", "hidden = 512\nsteps = [1, 2]"), 6, "\"lstm\" is not supported",
            NPIM_EUNSUPPORTED);
}

TEST_F(network_test, names_are_checked) {
    refuses(head + conv("a") + conv("b") + conv("a"), 15, "taken by the layer of line 5");
    refuses(head + conv("input"), 5, "the image itself");
    for (const char *name : {"a b", "a,b", "a\\\\b", "a\\\"b", "a\\tb", "a\\u007f", "\xc3\xa4"})
        refuses(head + conv(name), 5, "visible ASCII");
    refuses(head + conv(""), 5, "not empty");
    refuses(head + conv(string(96, 'a')), 5, "longer than 95");
    EXPECT_EQ(load_text(head + conv(string(95, 'a'))), NPIM_OK) << e.message;
    refuses("name = \"a b\"\n" + head.substr(11) + conv("a"), 1, "visible ASCII");
}

TEST_F(network_test, cycles_name_their_members) {
    refuses(head + conv("a", "[\"a\"]"), 9, "cycle of layers: a <- a");
    refuses(head + conv("a", "[\"c\"]") + conv("b") + conv("c") + conv("tail"), 0, "cycle of layers: ");
    const string message = e.message;
    for (const char *member : {"a <- c", "c <- b", "b <- a"})
        EXPECT_NE(message.find(member), string::npos) << message;
    EXPECT_EQ(message.find("tail"), string::npos) << message;
    // Behind the input, with a layer before and one behind the cycle.
    refuses(head + conv("first") + layer("sum", "add", "inputs = [\"first\", \"back\"]") + conv("back") +
                conv("last"),
            0, "sum <- back <- sum");
    string ring;
    for (int i = 0; i < 200; i++)
        ring += conv("layer_" + std::to_string(i), "[\"layer_" + std::to_string((i + 1) % 200) + "\"]");
    refuses(head + ring, 0, "...");
}

TEST_F(network_test, inputs_are_checked) {
    refuses(head + conv("a", "[\"nobody\"]"), 9, "no layer \"nobody\"");
    refuses(head + conv("a", "[\"input\", \"input\"]"), 9, "2 inputs: outside 1..1");
    refuses(head + layer("a", "add", "inputs = [\"input\"]"), 7, "1 inputs: outside 2..64");
    refuses(head + layer("a", "concat"), 5, "1 inputs: outside 2..64");
    refuses(head + conv("a") + layer("b", "add", "inputs = [\"a\", \"a\"]"), 12, "\"a\" twice");
}

TEST_F(network_test, sixty_four_inputs_are_the_most) {
    string layers, names;
    for (int i = 0; i < 64; i++) {
        layers += conv("c" + std::to_string(i), "[\"input\"]");
        names += (i ? ", \"c" : "\"c") + std::to_string(i) + "\"";
    }
    ASSERT_EQ(load_text(head + layers + layer("j", "concat", "inputs = [" + names + "]")), NPIM_OK)
        << e.message;
    EXPECT_EQ(out("j"), (shape{256, 8, 8}));
    refuses(head + layers + layer("j", "concat", "inputs = [" + names + ", \"input\"]"), 0, "more than 64");
}

TEST_F(network_test, shapes_must_fit) {
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

TEST_F(network_test, a_network_has_one_output_and_uses_its_layers) {
    refuses(head + conv("a") + conv("b", "[\"input\"]"), 10, "\"a\" (line 5)");
    refuses(head + conv("a") + conv("unused") + conv("c", "[\"a\"]"), 15, "\"unused\" (line 10)");
}

TEST_F(network_test, hundreds_of_layers_in_reverse_order_are_sorted) {
    const auto chain = [](int count) {
        string text;
        for (int i = count - 1; i >= 0; i--)
            text += "[[layer]]\nname = \"n" + std::to_string(i) + "\"\nkind = \"flatten\"\ninputs = [\"" +
                    (i ? "n" + std::to_string(i - 1) : "input") + "\"]\n";
        return text;
    };
    ASSERT_EQ(load_text(head + chain(500)), NPIM_OK) << e.message;
    ASSERT_EQ(n.n_layers, 501u);
    EXPECT_STREQ(n.layers[500].name, "n499");
    EXPECT_EQ(n.layers[500].inputs[0], 499u);
    EXPECT_EQ(n.output, 500u);
    string many;
    for (int i = 0; i < 4096; i++) many += "[[layer]]\nkind = \"flatten\"\n";
    refuses(head + many, 0, "outside 1..4095");
}

TEST_F(network_test, names_of_kinds_and_activations_match_their_enums) {
    EXPECT_STREQ(npim_layer_kind_names[NPIM_LAYER_CONV], "conv");
    EXPECT_STREQ(npim_layer_kind_names[NPIM_LAYER_CONCAT], "concat");
    EXPECT_STREQ(npim_layer_kind_names[NPIM_LAYER_FLATTEN], "flatten");
    EXPECT_EQ(npim_layer_kind_names[NPIM_LAYER_FLATTEN + 1], nullptr);
    EXPECT_STREQ(npim_activation_names[NPIM_ACTIVATION_RELU6], "relu6");
    EXPECT_STREQ(npim_activation_names[NPIM_ACTIVATION_SOFTMAX], "softmax");
    EXPECT_EQ(npim_activation_names[NPIM_ACTIVATION_SOFTMAX + 1], nullptr);
}

TEST_F(network_test, works_without_an_error_to_fill) {
    EXPECT_EQ(npim_network_load(&n, (folder / "absent.toml").string().c_str(), nullptr), NPIM_ECONFIG);
}

} // namespace

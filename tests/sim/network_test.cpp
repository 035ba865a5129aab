#include "tests/sim/network_fixture.hpp"

#include "tests/hw/support.hpp"

#include <random>

namespace {

using namespace network_text;
using std::string;

const string source_dir = NPIM_SOURCE_DIR, data_dir = NPIM_TEST_DATA;

struct network_test : network_fixture {};

// A/D conversions of one image from the shapes alone: ceil(K / rows) x N x G x P dot products.
uint64_t conversions(const npim_network &n, uint64_t rows, uint64_t per_dot) {
    uint64_t dots = 0;
    for (uint32_t i = 0; i < n.n_layers; i++) {
        const npim_layer &x = n.layers[i];
        if (x.kind != NPIM_LAYER_CONV && x.kind != NPIM_LAYER_FC && x.kind != NPIM_LAYER_LSTM) continue;
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
    {"traces/neuraltalk", 134060032, 8695296, 134060032, 10473440, 1047344},
    {"tiny_fc.toml", 800, 800, 2 * 5 * 128, 3 * 5 * 5, 2 * 5},
    {"tiny_conv.toml", 10368, 288, 8 * 36 * 128, 8 * 36 * 5, 8 * 36},
    {"tiny_chain.toml", 5670 + 3780 + 540, 189 + 630 + 540, 279 * 128, 279 * 5, 279},
    {"tiny_residual.toml", 18432 + 36864 + 5120, 288 + 576 + 5120, 1064 * 128, (512 + 1024 + 80) * 5, 1064},
    {"tiny_concat.toml", 1536 + 1024 + 18432 + 46080 + 5120, 24 + 16 + 288 + 720 + 80, 2112 * 128,
     (384 + 256 + 512 + 1280 + 320) * 5, 2112},
    {"tiny_depthwise.toml", 864 + 1152, 54 + 72, 288 * 128, 288 * 5, 288},
    {"tiny_grouped.toml", 10800 + 600, 432 + 24, 500 * 128, 500 * 5, 500},
    {"tiny_lstm.toml", 300 + 5 * 69 * 36 + 495, 300 + 69 * 36 + 99, (60 + 180 + 55) * 128,
     (60 + 2 * 180 + 55) * 5, 60 + 180 + 55},
    {"tiny_digital.toml", 10368 + 1152 + 1008, 216 + 24 + 1008, 590 * 128, (288 + 288 + 3 * 7) * 5,
     288 + 288 + 2 * 7},
    {"tiny_gather.toml", 960 + 2000 + 20 * 9 * 16 + 12, 48 + 100 + 9 * 16 + 12, 583 * 128, 583 * 5,
     160 + 100 + 320 + 3},
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
        ASSERT_EQ(n.layers[i].n_inputs == 0, n.layers[i].kind == NPIM_LAYER_INPUT);
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
    std::mt19937_64 random(test_seed(20260101));
    const string whole = read(data_dir + "/tiny_residual.toml");
    const string bytes = "019-.,=[]{}\"# \nabc";
    for (int i = 0; i < 300; i++) {
        string text = whole;
        for (int j = 0; j < 3; j++) text[random() % text.size()] = bytes[random() % bytes.size()];
        const npim_status status = load_text(text);
        EXPECT_TRUE(status == NPIM_OK || status == NPIM_ECONFIG || status == NPIM_EUNSUPPORTED) << text;
    }
}

// Every name stands at its number, as the documents write it.
TEST_F(network_test, names_of_kinds_and_activations_match_their_enums) {
    const std::pair<npim_layer_kind, const char *> kinds[] = {{NPIM_LAYER_INPUT, "input"},
                                                              {NPIM_LAYER_CONV, "conv"},
                                                              {NPIM_LAYER_FC, "fc"},
                                                              {NPIM_LAYER_LSTM, "lstm"},
                                                              {NPIM_LAYER_MAXPOOL, "maxpool"},
                                                              {NPIM_LAYER_AVGPOOL, "avgpool"},
                                                              {NPIM_LAYER_GLOBALPOOL, "globalpool"},
                                                              {NPIM_LAYER_ADD, "add"},
                                                              {NPIM_LAYER_CONCAT, "concat"},
                                                              {NPIM_LAYER_ACTIVATION, "activation"},
                                                              {NPIM_LAYER_FLATTEN, "flatten"},
                                                              {NPIM_LAYER_SUB, "sub"},
                                                              {NPIM_LAYER_MUL, "mul"},
                                                              {NPIM_LAYER_SCALE, "scale"},
                                                              {NPIM_LAYER_LRN, "lrn"},
                                                              {NPIM_LAYER_GATHER, "gather"}};
    for (const auto &[kind, name] : kinds) EXPECT_STREQ(npim_layer_kind_names[kind], name);
    EXPECT_EQ(npim_layer_kind_names[std::size(kinds)], nullptr);
    const std::pair<npim_activation, const char *> activations[] = {
        {NPIM_ACTIVATION_NONE, "none"},
        {NPIM_ACTIVATION_RELU, "relu"},
        {NPIM_ACTIVATION_RELU6, "relu6"},
        {NPIM_ACTIVATION_SIGMOID, "sigmoid"},
        {NPIM_ACTIVATION_TANH, "tanh"},
        {NPIM_ACTIVATION_SOFTMAX, "softmax"},
        {NPIM_ACTIVATION_LEAKY_RELU, "leaky_relu"},
        {NPIM_ACTIVATION_HARDSWISH, "hardswish"},
        {NPIM_ACTIVATION_CLIP, "clip"}};
    for (const auto &[activation, name] : activations) EXPECT_STREQ(npim_activation_names[activation], name);
    EXPECT_EQ(npim_activation_names[std::size(activations)], nullptr);
}

TEST_F(network_test, works_without_an_error_to_fill) {
    EXPECT_EQ(npim_network_load(&n, (folder / "absent.toml").string().c_str(), nullptr), NPIM_ECONFIG);
}

} // namespace

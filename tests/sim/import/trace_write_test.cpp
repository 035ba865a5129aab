#include "sim/import/trace_write.h"

#include "tests/hw/support.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using std::string;

const string head = "name = \"t\"\n[network]\ninput = { channels = 6, height = 9, width = 7 }\n";

string layer(const string &name, const string &kind, const string &keys = "") {
    return "[[layer]]\nname = \"" + name + "\"\nkind = \"" + kind + "\"\n" + keys + "\n";
}

// Every kind, every activation, every key, and sizes that differ in each direction.
const string everything =
    head + layer("second", "input", "out = [3, 9, 7]") +
    layer("block_1/conv", "conv",
          "channels = 8\nkernel = [3, 2]\nstride = [1, 2]\npadding = [2, 0, 2, 1]\ndilation = [2, 1]\ngroups "
          "= 2\n"
          "inputs = [\"input\"]\nactivation = \"relu6\"") +
    layer("other", "conv",
          "channels = 8\nkernel = [3, 3]\nstride = [1, 2]\npadding = 1\ninputs = [\"second\"]") +
    layer("add", "add",
          "inputs = [\"block_1/conv\", \"other\"]\nactivation = \"clip\"\nclip_min = -0.1\nclip_max = 6") +
    layer("sub", "sub", "inputs = [\"add\", \"other\"]\nactivation = \"relu\"") +
    layer("mul", "mul", "inputs = [\"other\", \"sub\"]") +
    layer("all", "concat", "inputs = [\"mul\", \"add\"]") +
    layer("lrn", "lrn", "size = 4\nalpha = 1e-4\nbeta = 0.75\nk = 1.3") + layer("scale", "scale") +
    layer("leaky", "activation", "activation = \"leaky_relu\"\nalpha = -0.3") +
    layer("max", "maxpool", "kernel = [3, 2]\nstride = [3, 1]\npadding = [1, 0]\nceil_mode = true") +
    layer("avg", "avgpool",
          "kernel = 3\nstride = 2\npadding = 1\nceil_mode = true\ncount_include_pad = true") +
    layer("hard", "activation", "activation = \"hardswish\"") +
    layer("tanh", "activation", "activation = \"tanh\"") +
    layer("softmax", "activation", "activation = \"softmax\"") +
    layer("gather", "gather", "out = [5, 12, 1]") + layer("lstm", "lstm", "hidden = 3\nsteps = 12") +
    layer("mean", "globalpool") + layer("flat", "flatten") +
    layer("fc", "fc", "channels = 4\nactivation = \"sigmoid\"");

void expect_same(const npim_layer &a, const npim_layer &b) {
    SCOPED_TRACE(a.name);
    EXPECT_STREQ(a.name, b.name);
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.activation, b.activation);
    EXPECT_EQ(std::vector<uint32_t>(a.inputs, a.inputs + a.n_inputs),
              std::vector<uint32_t>(b.inputs, b.inputs + b.n_inputs));
    const auto numbers = [](const npim_layer &l) {
        return std::vector<uint32_t>{l.in_c,       l.in_h,       l.in_w,       l.out_c,       l.out_h,
                                     l.out_w,      l.kernel_h,   l.kernel_w,   l.stride_h,    l.stride_w,
                                     l.pad_top,    l.pad_left,   l.pad_bottom, l.pad_right,   l.groups,
                                     l.dilation_h, l.dilation_w, l.size,       l.ceil_bottom, l.ceil_right};
    };
    EXPECT_EQ(numbers(a), numbers(b));
    EXPECT_EQ(a.count_include_pad, b.count_include_pad);
    EXPECT_EQ(a.is_signed, b.is_signed);
    EXPECT_STREQ(a.tensors, b.tensors);
    const double x[] = {a.clip_min, a.clip_max, a.alpha, a.beta, a.k, a.scale};
    const double y[] = {b.clip_min, b.clip_max, b.alpha, b.beta, b.k, b.scale};
    EXPECT_EQ(std::memcmp(x, y, sizeof x), 0);
}

void expect_same(const npim_network &a, const npim_network &b) {
    EXPECT_STREQ(a.name, b.name);
    EXPECT_EQ(a.output, b.output);
    EXPECT_EQ(a.has_values, b.has_values);
    ASSERT_EQ(a.n_layers, b.n_layers);
    for (uint32_t l = 0; l < a.n_layers; l++) expect_same(a.layers[l], b.layers[l]);
}

class trace_write_test : public testing::Test {
  protected:
    trace_write_test() {
        string pattern = (fs::temp_directory_path() / "npim_trace_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~trace_write_test() override {
        for (npim_network *n : {&network, &back}) npim_network_fini(n);
        for (npim_tensors *t : {&tensors, &tensors_back}) npim_tensors_fini(t);
        fs::remove_all(folder);
    }

    // A network without tensors yet.
    void load(const string &path) {
        if (npim_network_load(&network, path.c_str(), &error) != NPIM_OK ||
            npim_tensors_init(&tensors, network.n_layers, &error) != NPIM_OK)
            throw std::runtime_error(error.message); // the test fails
    }
    void load_text(const string &text) {
        std::ofstream(folder / "from.toml") << text;
        load((folder / "from.toml").string());
    }
    npim_status write(const char *doc = "made by a test") {
        error = {};
        fs::create_directory(folder / "to");
        return npim_trace_write(&network, &tensors, doc, (folder / "to").c_str(), &error);
    }
    void read_back() {
        if (npim_network_load(&back, (folder / "to").c_str(), &error) != NPIM_OK)
            throw std::runtime_error(error.message);
    }

    template <class T> T *random_array(size_t n, double least, double most) {
        T *to = static_cast<T *>(std::malloc(n * sizeof(T)));
        for (size_t i = 0; i < n; i++)
            to[i] = static_cast<T>(std::uniform_real_distribution<double>(least, most)(random));
        return to;
    }
    double random_scale() {
        return std::ldexp(std::uniform_real_distribution<double>(0.5, 1.0)(random),
                          std::uniform_int_distribution<int>(-300, 300)(random));
    }
    // Codes and numbers for all layers that have any; every second weight layer without biases.
    void fill(bool in_integers) {
        network.has_values = in_integers;
        for (uint32_t l = 0; l < network.n_layers; l++) {
            npim_layer &x = network.layers[l];
            npim_layer_tensors &t = tensors.layers[l];
            const size_t outputs = npim_tensors_outputs(&x), all = size_t{x.out_c} * x.out_h * x.out_w;
            if (in_integers) x.scale = random_scale();
            if (in_integers) x.is_signed = random() % 2;
            if (outputs + (x.kind == NPIM_LAYER_SCALE) + (x.kind == NPIM_LAYER_GATHER) == 0) continue;
            std::snprintf(x.tensors, sizeof x.tensors, "%u_%s", l, npim_layer_kind_names[x.kind]);
            if (outputs) fill_weights(x, t, outputs, in_integers);
            if (x.kind == NPIM_LAYER_SCALE) {
                t.n_factor = random() % 2 ? x.out_c : all;
                t.factor = random_array<float>(t.n_factor, -1e-3, 1e-3);
                t.offset = random_array<float>(t.n_factor, -1e30, 1e30);
            }
            if (x.kind == NPIM_LAYER_GATHER)
                t.index = random_array<int32_t>(all, -1, 1.0 * x.in_c * x.in_h * x.in_w);
        }
    }
    void fill_weights(const npim_layer &x, npim_layer_tensors &t, size_t outputs, bool in_integers) {
        const size_t rows = npim_layer_rows(&x);
        t.weight_float = random_array<float>(outputs * rows, -2, 2);
        if (random() % 2) t.bias_float = random_array<float>(outputs, -2, 2);
        if (!in_integers) return;
        t.weight = random_array<int8_t>(outputs * rows, -127.9, 127.9);
        t.weight_scale = random_array<double>(outputs, 1e-9, 1e-2);
        if (t.bias_float) t.bias = random_array<int32_t>(outputs, -2e9, 2e9);
    }

    std::mt19937_64 random{test_seed(20261130)};
    fs::path folder;
    npim_network network{}, back{};
    npim_tensors tensors{}, tensors_back{};
    npim_error error{};
};

template <class T> void expect_same(const T *a, const T *b, size_t n, const char *what) {
    ASSERT_EQ(a == nullptr, b == nullptr) << what;
    if (a) {
        EXPECT_EQ(std::memcmp(a, b, n * sizeof(T)), 0) << what;
    }
}

TEST_F(trace_write_test, a_network_with_values_comes_back_to_the_bit) {
    for (int round = 0; round < 5; round++) {
        SCOPED_TRACE(round);
        load_text(everything);
        for (uint32_t l = 0; l < network.n_layers; l++) // where there are values, functions of sums bound
            network.layers[l].alpha *= std::uniform_real_distribution<double>(0.5, 1.0)(random);
        fill(true);
        ASSERT_EQ(write(), NPIM_OK) << error.message;
        read_back();
        expect_same(network, back);
        ASSERT_EQ(npim_tensors_load(&tensors_back, &back, (folder / "to").c_str(), &error), NPIM_OK)
            << error.message;
        EXPECT_TRUE(tensors_back.has_float);
        for (uint32_t l = 0; l < network.n_layers; l++) {
            const npim_layer &x = network.layers[l];
            SCOPED_TRACE(x.name);
            const npim_layer_tensors &a = tensors.layers[l], &b = tensors_back.layers[l];
            const size_t outputs = npim_tensors_outputs(&x),
                         weights = outputs ? outputs * npim_layer_rows(&x) : 0;
            expect_same(a.weight_float, b.weight_float, weights, "weight_float");
            expect_same(a.bias_float, b.bias_float, outputs, "bias_float");
            expect_same(a.weight, b.weight, weights, "weight");
            expect_same(a.weight_scale, b.weight_scale, outputs, "weight_scale");
            expect_same(a.bias, b.bias, outputs, "bias");
            EXPECT_EQ(a.n_factor, b.n_factor);
            expect_same(a.factor, b.factor, a.n_factor, "factor");
            expect_same(a.offset, b.offset, a.n_factor, "offset");
            expect_same(a.index, b.index, size_t{x.out_c} * x.out_h * x.out_w, "index");
        }
        for (npim_network *n : {&network, &back}) npim_network_fini(n);
        for (npim_tensors *t : {&tensors, &tensors_back}) npim_tensors_fini(t);
        fs::remove_all(folder / "to");
    }
}

TEST_F(trace_write_test, a_network_as_trained_keeps_its_stems) {
    load_text(everything);
    fill(false);
    ASSERT_EQ(write(), NPIM_OK) << error.message;
    read_back();
    expect_same(network, back);
    EXPECT_TRUE(fs::exists(folder / "to/tensors/2_conv.weight_float.npy"));
    EXPECT_FALSE(fs::exists(folder / "to/tensors/2_conv.weight.npy"));
}

TEST_F(trace_write_test, networks_without_tensors_come_back) {
    std::vector<fs::path> paths;
    for (const auto &entry : fs::directory_iterator(NPIM_SOURCE_DIR "/traces"))
        if (fs::exists(entry.path() / "network.toml")) paths.push_back(entry.path());
    for (const auto &entry : fs::directory_iterator(NPIM_TEST_DATA))
        if (entry.path().filename().string().rfind("tiny_", 0) == 0) paths.push_back(entry.path());
    EXPECT_GE(paths.size(), 20u);
    for (const fs::path &path : paths) {
        SCOPED_TRACE(path.string());
        load(path.string());
        if (network.has_values) { // its tensors have a test of their own
            npim_network_fini(&network);
            npim_tensors_fini(&tensors);
            continue;
        }
        ASSERT_EQ(write(), NPIM_OK) << error.message;
        read_back();
        expect_same(network, back);
        EXPECT_TRUE(fs::is_empty(folder / "to/tensors"));
        for (npim_network *n : {&network, &back}) npim_network_fini(n);
        npim_tensors_fini(&tensors);
        fs::remove_all(folder / "to");
    }
}

// The largest and smallest numbers, negative zero, and integers beyond those of TOML.
TEST_F(trace_write_test, numbers_at_their_limits_come_back) {
    const double numbers[] = {3.4028234663852886e38,
                              -3.4028234663852886e38,
                              1e30,
                              123456789012345680000.0,
                              5e-324,
                              -0.0,
                              1e-7,
                              100000.0,
                              1.0 / 3.0,
                              9007199254740993.0,
                              1e22,
                              1e23};
    for (const double number : numbers) {
        SCOPED_TRACE(number);
        load_text(head + layer("a", "activation", "activation = \"leaky_relu\"\nalpha = 1"));
        network.layers[1].alpha = number;
        ASSERT_EQ(write(), NPIM_OK) << error.message;
        read_back();
        EXPECT_EQ(std::memcmp(&back.layers[1].alpha, &number, sizeof number), 0) << back.layers[1].alpha;
        for (npim_network *n : {&network, &back}) npim_network_fini(n);
        npim_tensors_fini(&tensors);
        fs::remove_all(folder / "to");
    }
}

TEST_F(trace_write_test, any_line_about_the_origin_can_be_read) {
    for (const string &doc : {string(), string("\"quoted\" \\ and\nbroken\tlines\x01\x7f"),
                              string("na\xc3\xafve \xff"), string(5000, 'x'), string(5000, '"')}) {
        load_text(head + layer("a", "flatten"));
        ASSERT_EQ(write(doc.c_str()), NPIM_OK) << error.message;
        read_back();
        EXPECT_EQ(back.n_layers, 2u) << error.message;
        for (npim_network *n : {&network, &back}) npim_network_fini(n);
        npim_tensors_fini(&tensors);
        fs::remove_all(folder / "to");
    }
}

// Layers in the order in which they lie in memory, also where the file could list them otherwise.
TEST_F(trace_write_test, the_order_of_layers_stays) {
    load_text(head + layer("x", "conv", "channels = 2\nkernel = 1") +
              layer("z", "conv", "channels = 2\nkernel = 1\ninputs = [\"input\"]") +
              layer("y", "conv", "channels = 2\nkernel = 1\ninputs = [\"x\"]") +
              layer("a", "concat", "inputs = [\"z\", \"y\"]"));
    ASSERT_EQ(write(), NPIM_OK) << error.message;
    read_back();
    expect_same(network, back);
}

// --- refusals ---

TEST_F(trace_write_test, numbers_that_are_none_are_refused) {
    load_text(everything);
    for (double npim_layer::*number : {&npim_layer::clip_min, &npim_layer::clip_max, &npim_layer::alpha,
                                       &npim_layer::beta, &npim_layer::k, &npim_layer::scale})
        for (const double wrong : {double(NAN), double(INFINITY), -double(INFINITY)}) {
            double &value = network.layers[5].*number;
            const double right = value;
            value = wrong;
            EXPECT_EQ(write(), NPIM_ECONFIG);
            EXPECT_NE(string(error.message).find("is not a finite number"), string::npos) << error.message;
            EXPECT_TRUE(fs::is_empty(folder / "to"));
            value = right;
        }
}

TEST_F(trace_write_test, stems_that_lead_nowhere_are_refused) {
    load_text(everything);
    fill(false);
    for (const char *stem : {"", "../x", "a/b", "2_conv"}) {
        std::snprintf(network.layers[3].tensors, sizeof network.layers[3].tensors, "%s", stem);
        EXPECT_EQ(write(), NPIM_ECONFIG) << stem;
        EXPECT_NE(string(error.message).find("other"), string::npos) << error.message;
        EXPECT_TRUE(fs::is_empty(folder / "to"));
    }
}

TEST_F(trace_write_test, folders_that_cannot_be_written_are_named) {
    load_text(head + layer("a", "fc", "channels = 1"));
    fill(false);
    const auto refuses = [&](const string &path, const string &what) {
        error = {};
        EXPECT_EQ(npim_trace_write(&network, &tensors, "", path.c_str(), &error), NPIM_EUSAGE);
        EXPECT_NE(string(error.message).find(what), string::npos) << error.message;
    };
    refuses((folder / "absent").string(), "absent/tensors");
    refuses((folder / "from.toml").string(), "from.toml/tensors");
    refuses(string(5000, 'x'), "too long");
    fs::create_directories(folder / "full/tensors");
    refuses((folder / "full").string(), "full/tensors");
    fs::create_directories(folder / "taken/network.toml");
    refuses((folder / "taken").string(), "taken/network.toml: cannot write");
    // Nothing that is only half there looks like a trace.
    fs::create_directories(folder / "half");
    std::snprintf(network.layers[1].tensors, sizeof network.layers[1].tensors, "%s", string(95, 'n').c_str());
    const string deep = (folder / "half").string() + string(3980 - (folder / "half").string().size(), '/');
    error = {};
    EXPECT_EQ(npim_trace_write(&network, &tensors, "", deep.c_str(), &error), NPIM_EUSAGE) << error.message;
    EXPECT_FALSE(fs::exists(folder / "half/network.toml"));
}

} // namespace

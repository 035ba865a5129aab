#include "sim/values/tensors.h"

#include "tests/sim/values/npy_files.hpp"
#include "tests/sim/values/value_net.hpp"

#include <cmath>

using namespace npy_files;
using value_net::net;

namespace {

template <typename T> std::vector<T> filled(size_t n, T value) {
    return std::vector<T>(n, value);
}

struct tensors_test : folder_fixture {
    ~tensors_test() override { npim_tensors_fini(&tensors); }

    // One convolution, 2 x [3 x 1 x 2] in 2 groups, of 6 channels and 2 outputs.
    static net conv(bool is_signed = false) {
        net n({6, 1, 2}, 1.0, is_signed);
        net::window w;
        w.kernel_w = 2, w.groups = w.channels = 2;
        named(n.slide(NPIM_LAYER_CONV, 0, w));
        return n;
    }
    static void named(npim_layer &layer) { std::snprintf(layer.tensors, sizeof layer.tensors, "x.y"); }
    template <typename T>
    std::string file(const std::string &name, const std::vector<size_t> &shape,
                     const std::vector<T> &numbers) {
        return put("tensors/x.y." + name + ".npy", shape, numbers);
    }
    void conv_files() {
        file("weight", {2, 3, 1, 2}, std::vector<int8_t>{1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -127});
        file("weight_scale", {2}, std::vector<double>{0.5, 2.0});
    }
    npim_status load(net &n, const std::string &path = "") {
        npim_tensors_fini(&tensors);
        error = {};
        const npim_network network = n.network();
        const std::string from = path.empty() ? folder.string() : path;
        const npim_status status = npim_tensors_load(&tensors, &network, from.c_str(), &error);
        EXPECT_EQ(error.status, status);
        EXPECT_EQ(status == NPIM_OK, tensors.layers != nullptr);
        return status;
    }
    void refuses(net n, const std::string &path, const std::string &fragment) {
        EXPECT_EQ(load(n), NPIM_ECONFIG);
        complains(path, fragment);
    }
    npim_tensors tensors = {};
};

} // namespace

TEST_F(tensors_test, of_a_convolution) {
    net n = conv();
    conv_files();
    ASSERT_EQ(load(n), NPIM_OK) << error.message;
    EXPECT_EQ(tensors.n_layers, 2u);
    const npim_layer_tensors &t = tensors.layers[1];
    EXPECT_EQ(t.weight[0], 1);
    EXPECT_EQ(t.weight[11], -127);
    EXPECT_EQ(t.weight_scale[1], 2.0);
    EXPECT_EQ(t.bias, nullptr);
    EXPECT_EQ(t.weight_float, nullptr);
    EXPECT_FALSE(tensors.has_float);
    file("bias", {2}, std::vector<int32_t>{-7, INT32_MAX});
    file("bias_float", {2}, std::vector<float>{0.5F, 0.25F});
    file("weight_float", {2, 6}, filled(12, 0.125F));
    ASSERT_EQ(load(n), NPIM_OK) << error.message;
    EXPECT_EQ(tensors.layers[1].bias[1], INT32_MAX);
    EXPECT_EQ(tensors.layers[1].bias_float[0], 0.5F);
    EXPECT_EQ(tensors.layers[1].weight_float[11], 0.125F);
    EXPECT_TRUE(tensors.has_float);
    EXPECT_EQ(tensors.layers[0].weight, nullptr);
}

// Where network.toml says which files belong to the layer, none is missed in silence and none comes along.
TEST_F(tensors_test, that_are_recorded_must_be_there_and_no_others) {
    const auto of = [](std::initializer_list<npim_tensor_file> files) {
        net n = conv();
        for (npim_tensor_file f : files) n.layer(1).files |= 1u << f;
        return n;
    };
    const auto path = [&](const std::string &name) {
        return (folder / ("tensors/x.y." + name + ".npy")).string();
    };
    conv_files();
    net bare = of({NPIM_TENSOR_WEIGHT, NPIM_TENSOR_WEIGHT_SCALE});
    EXPECT_EQ(load(bare), NPIM_OK) << error.message;
    net biased = of({NPIM_TENSOR_WEIGHT, NPIM_TENSOR_WEIGHT_SCALE, NPIM_TENSOR_BIAS});
    refuses(biased, path("bias"), "missing");
    refuses(of({NPIM_TENSOR_WEIGHT, NPIM_TENSOR_WEIGHT_SCALE, NPIM_TENSOR_WEIGHT_FLOAT}),
            path("weight_float"), "missing");
    refuses(of({NPIM_TENSOR_WEIGHT, NPIM_TENSOR_WEIGHT_SCALE, NPIM_TENSOR_BIAS_FLOAT}), path("bias_float"),
            "missing");
    file("bias", {2}, std::vector<int32_t>{-7, 9});
    ASSERT_EQ(load(biased), NPIM_OK) << error.message;
    EXPECT_EQ(tensors.layers[1].bias[1], 9);
    EXPECT_TRUE(npim_tensors_has(&tensors.layers[1], NPIM_TENSOR_BIAS));
    EXPECT_FALSE(npim_tensors_has(&tensors.layers[1], NPIM_TENSOR_BIAS_FLOAT));
    refuses(bare, path("bias"), "one too many");
    std::filesystem::remove(path("weight_scale"));
    refuses(biased, path("weight_scale"), "missing");
    refuses(of({NPIM_TENSOR_WEIGHT, NPIM_TENSOR_BIAS}), path("weight_scale"), "needed");
}

TEST_F(tensors_test, of_an_lstm) {
    net n({2, 3, 1});
    named(n.lstm({0}, 3));
    EXPECT_EQ(npim_tensors_outputs(&n.layer(1)), 12u);
    EXPECT_EQ(npim_tensors_outputs(&n.layer(0)), 0u);
    file("weight", {12, 5}, filled<int8_t>(60, 3));
    file("weight_scale", {12}, filled(12, 0.5));
    EXPECT_EQ(load(n), NPIM_OK) << error.message;
    refuses(n, file("weight", {3, 20}, filled<int8_t>(60, 3)), "(3, 20): must be (12, 5)");
}

TEST_F(tensors_test, of_scales) {
    net n({2, 1, 3});
    named(n.add(NPIM_LAYER_SCALE, {0}));
    const auto both = [&](const std::vector<size_t> &shape, size_t count) {
        file("factor", shape, filled(count, 2.0F));
        return file("offset", shape, filled(count, -1.0F));
    };
    both({2}, 2);
    ASSERT_EQ(load(n), NPIM_OK) << error.message;
    EXPECT_EQ(tensors.layers[1].n_factor, 2u);
    EXPECT_EQ(tensors.layers[1].factor[1], 2.0F);
    EXPECT_EQ(tensors.layers[1].offset[1], -1.0F);
    EXPECT_TRUE(tensors.has_float); // no weights to be missed
    both({2, 1, 3}, 6);
    ASSERT_EQ(load(n), NPIM_OK) << error.message;
    EXPECT_EQ(tensors.layers[1].n_factor, 6u);
    refuses(n, file("offset", {2}, filled(2, 1.0F)), "(2,): must be of 6 elements");
    both({3}, 3);
    refuses(n, (folder / "tensors/x.y.factor.npy").string(), "(3,): must be of 6 elements");
    both({2}, 2);
    refuses(n, file("offset", {2}, std::vector<float>{0.0F, NAN}), "element 1 is not a finite number");
    both({2}, 2);
    refuses(n, file("factor", {2}, std::vector<float>{INFINITY, 0.0F}), "element 0 is not a finite number");
    std::filesystem::remove(folder / "tensors/x.y.offset.npy");
    file("factor", {2}, filled(2, 2.0F));
    refuses(n, (folder / "tensors/x.y.offset.npy").string(), "No such file");
}

TEST_F(tensors_test, of_gathers) {
    net n({2, 1, 3});
    npim_layer &y = n.add(NPIM_LAYER_GATHER, {0});
    y.out_c = 1, y.out_h = 2, y.out_w = 2;
    named(y);
    file("index", {1, 2, 2}, std::vector<int32_t>{0, 5, -1, 3});
    ASSERT_EQ(load(n), NPIM_OK) << error.message;
    EXPECT_EQ(tensors.layers[1].index[1], 5);
    refuses(n, file("index", {4}, std::vector<int32_t>{0, 5, 6, 3}), "index 6: outside -1..5");
    refuses(n, file("index", {4}, std::vector<int32_t>{0, 5, -2, 3}), "index -2: outside -1..5");
    refuses(n, file("index", {3}, std::vector<int32_t>{0, 5, 0}), "must be of 4 elements");
    refuses(n, file("index", {4}, std::vector<int64_t>{0, 1, 2, 3}), "type int64: must be int32");
}

TEST_F(tensors_test, shapes_and_types_of_weights) {
    conv_files();
    refuses(conv(), file("weight", {12}, filled<int8_t>(12, 1)),
            "layer conv1: the shape is (12,): must be (2, 6)");
    refuses(conv(), file("weight", {6, 2}, filled<int8_t>(12, 1)), "(6, 2): must be (2, 6)");
    refuses(conv(), file("weight", {2, 7}, filled<int8_t>(14, 1)), "(2, 7): must be (2, 6)");
    refuses(conv(), file("weight", {2, 6}, filled<uint8_t>(12, 1)), "type uint8: must be int8");
    refuses(conv(), file("weight", {2, 6}, filled<int8_t>(12, -128)), "a weight of -128");
    conv_files();
    refuses(conv(), file("weight_scale", {2}, filled<float>(2, 1)), "type float32: must be float64");
    refuses(conv(), file("weight_scale", {1}, filled<double>(1, 1)), "(1,): must be of 2 elements");
    for (double scale : {0.0, -1.0, double{NAN}, double{INFINITY}, 1e-101, 1e101})
        refuses(conv(), file("weight_scale", {2}, std::vector<double>{1.0, scale}), "scale 1 is ");
    conv_files();
    refuses(conv(), file("bias", {3}, filled<int32_t>(3, 1)), "(3,): must be of 2 elements");
    file("bias", {2}, filled<int32_t>(2, 1));
    refuses(conv(), file("weight_float", {2, 6}, filled(12, NAN)), "element 0 is not a finite number");
    file("weight_float", {2, 6}, filled(12, 1.0F));
    refuses(conv(), file("bias_float", {2}, std::vector<float>{1, -INFINITY}), "element 1 is not a finite");
}

TEST_F(tensors_test, missing_and_broken_files) {
    refuses(conv(), (folder / "tensors/x.y.weight.npy").string(), "No such file");
    conv_files();
    std::filesystem::remove(folder / "tensors/x.y.weight_scale.npy");
    refuses(conv(), (folder / "tensors/x.y.weight_scale.npy").string(), "No such file");
    refuses(conv(), put("tensors/x.y.weight_scale.npy", "text"), "not a .npy file");
    conv_files();
    // An optional file that is there must be good.
    refuses(conv(), put("tensors/x.y.bias.npy", ""), "not a .npy file");
    std::filesystem::remove(folder / "tensors/x.y.bias.npy");
    std::filesystem::create_directory(folder / "tensors/x.y.bias.npy");
    refuses(conv(), (folder / "tensors/x.y.bias.npy").string(), "not a regular file");
    std::filesystem::remove(folder / "tensors/x.y.bias.npy");
    std::filesystem::create_symlink("x.y.bias.npy", folder / "tensors/x.y.bias.npy"); // is itself
    refuses(conv(), (folder / "tensors/x.y.bias.npy").string(), "cannot be read");
}

// Sums that fit: 2^31 - 1 = 66311 x 127 x 255 + 1912. Word lines carry signed codes with 128 added: they
// reach 255 as well.
TEST_F(tensors_test, accumulators_of_32_bits) {
    const auto fc = [this](uint32_t rows, bool is_signed) {
        net n({rows, 1, 1}, 1.0, is_signed);
        named(n.fc(0, 1));
        file("weight", {1, rows}, filled<int8_t>(rows, -127));
        file("weight_scale", {1}, filled(1, 1.0));
        return n;
    };
    net n = fc(66311, false);
    EXPECT_EQ(load(n), NPIM_OK) << error.message;
    n = fc(66312, false);
    refuses(n, (folder / "tensors/x.y.weight.npy").string(), "output 0 could sum up to 2147514120");
    n = fc(66311, true);
    EXPECT_EQ(load(n), NPIM_OK) << error.message;
    n = fc(66312, true);
    EXPECT_EQ(load(n), NPIM_ECONFIG);
    // Hidden units are rows, too: one step of 66309 inputs, and 3 of them.
    n = net({66309, 1, 1});
    named(n.lstm({0}, 3));
    file("weight", {12, 66312}, filled<int8_t>(size_t{12} * 66312, 127));
    file("weight_scale", {12}, filled(12, 1.0));
    EXPECT_EQ(load(n), NPIM_ECONFIG);
    n = net({66308, 1, 1});
    named(n.lstm({0}, 3));
    file("weight", {12, 66311}, filled<int8_t>(size_t{12} * 66311, 127));
    EXPECT_EQ(load(n), NPIM_OK) << error.message;
}

TEST_F(tensors_test, what_is_no_network_with_values) {
    net n = conv();
    npim_network network = n.network();
    network.has_values = false;
    EXPECT_EQ(npim_tensors_load(&tensors, &network, "here", &error), NPIM_ECONFIG);
    complains("here: ", "has no values");
    n.layer(1).tensors[0] = '\0';
    EXPECT_EQ(load(n), NPIM_ECONFIG);
    complains("layer conv1: ", "conv needs the key tensors");
    const std::string long_path(5000, 'x');
    EXPECT_EQ(load(n, long_path), NPIM_ECONFIG);
    npim_tensors_fini(&tensors);
    npim_tensors_fini(&tensors);
}

// A whole trace: network.toml and its numbers, by the name of the file and of the folder.
TEST_F(tensors_test, beside_network_toml) {
    const std::string file_path = put("network.toml", R"(name = "t"
[network]
input = { channels = 6, height = 1, width = 2, scale = 0.5 }
[[layer]]
name = "c"
kind = "conv"
channels = 2
kernel = [1, 2]
groups = 2
scale = 1.0
signed = true
tensors = "x.y"
)");
    conv_files();
    for (const std::string &path : {file_path, folder.string(), folder.string() + "/"}) {
        npim_network network = {};
        ASSERT_EQ(npim_network_load(&network, path.c_str(), &error), NPIM_OK) << error.message;
        ASSERT_EQ(npim_tensors_load(&tensors, &network, path.c_str(), &error), NPIM_OK) << error.message;
        std::vector<float> image(12, 0.5F);
        const npim_images images = {1, 12, 0, image.data(), nullptr, 0};
        value_net::exact_products exact;
        const npim_products products = exact.products();
        int16_t codes[2];
        ASSERT_EQ(npim_forward(&network, &tensors, &images, &products, codes, nullptr, &error), NPIM_OK);
        EXPECT_EQ(codes[0], 5);    // 21 x 0.5 x 0.5, half up
        EXPECT_EQ(codes[1], -127); // -142 x 2 x 0.5
        npim_tensors_fini(&tensors);
        npim_network_fini(&network);
    }
    // In the folder where the program runs.
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder);
    net n = conv();
    EXPECT_EQ(load(n, "network.toml"), NPIM_OK) << error.message;
    EXPECT_EQ(load(n, "."), NPIM_OK) << error.message;
    std::filesystem::current_path(before);
}

// Models for the tests of the importer: written as text, or read from the data; and what they give.
#ifndef NPIM_TESTS_SIM_IMPORT_ONNX_FIXTURE_HPP
#define NPIM_TESTS_SIM_IMPORT_ONNX_FIXTURE_HPP

#include "sim/import/onnx.h"
#include "sim/values/forward_float.h"
#include "tests/sim/values/value_net.hpp"

#include <gtest/gtest.h>

#include <onnx/defs/parser.h>
#include <onnx/onnx_pb.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace import_test {

inline std::size_t elements(const npim_layer &l) {
    return std::size_t{l.out_c} * l.out_h * l.out_w;
}

// A model as the importer gives it.
struct imported {
    npim_network network = {};
    npim_tensors tensors = {};
    npim_onnx_folded folded = {};
    npim_error error = {};
    npim_status status;

    explicit imported(const std::string &path) {
        status = npim_onnx_read(&network, &tensors, &folded, path.c_str(), &error);
        EXPECT_EQ(status, error.status);
    }
    imported(const imported &) = delete;
    imported &operator=(const imported &) = delete;
    ~imported() {
        npim_network_fini(&network);
        npim_tensors_fini(&tensors);
    }

    const npim_layer &output() const { return network.layers[network.output]; }

    // "conv relu, gather, fc"
    std::string kinds() const {
        std::string all;
        for (uint32_t l = 1; l < network.n_layers; l++) {
            const npim_layer &layer = network.layers[l];
            all += std::string(l > 1 ? ", " : "") + npim_layer_kind_names[layer.kind];
            if (layer.activation) all += std::string(" ") + npim_activation_names[layer.activation];
        }
        return all;
    }

    // In real numbers, for any number of images.
    std::vector<float> run(std::vector<float> values) {
        const std::size_t n = values.size() / elements(network.layers[0]);
        const npim_images images = {n, elements(network.layers[0]), 0, values.data(), nullptr, 0};
        std::vector<float> out(n * elements(output()));
        EXPECT_EQ(
            npim_forward_float(&network, &tensors, &images, out.data(), nullptr, nullptr, nullptr, &error),
            NPIM_OK)
            << error.message;
        return out;
    }

    // In integers, once quantised: from the forward pass, which must give what the reference gives.
    std::vector<int16_t> codes(const npim_images &images) {
        value_net::exact_products exact;
        const npim_products products = exact.products();
        std::vector<int16_t> fast(images.n * elements(output())), plain(fast.size());
        EXPECT_EQ(npim_forward(&network, &tensors, &images, &products, fast.data(), nullptr, &error), NPIM_OK)
            << error.message;
        EXPECT_EQ(npim_reference(&network, &tensors, &images, nullptr, plain.data(), nullptr, &error),
                  NPIM_OK)
            << error.message;
        EXPECT_EQ(fast, plain);
        return fast;
    }
};

// The image of tests/data/onnx/make.py.
inline std::vector<float> image(std::size_t n) {
    std::vector<float> x(n);
    for (std::size_t i = 0; i < n; i++) x[i] = static_cast<float>((i * 7919 + 13) % 257) / 64 - 2;
    return x;
}

// Has a folder for models of its own.
class model_fixture : public testing::Test {
  protected:
    model_fixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_onnx_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~model_fixture() override { std::filesystem::remove_all(folder); }

    std::string write(const std::string &name, const std::string &bytes) const {
        std::ofstream(folder / name, std::ios::binary) << bytes;
        return (folder / name).string();
    }
    std::string save(const ONNX_NAMESPACE::ModelProto &model, const std::string &name = "model.onnx") const {
        return write(name, model.SerializeAsString());
    }

    // A graph in ONNX's own notation, as of its printer: "(float[n, 2] x) => (float[n, 2] y) { y = Relu(x)
    // }".
    static ONNX_NAMESPACE::ModelProto model(const std::string &graph, int opset = 13) {
        ONNX_NAMESPACE::ModelProto m;
        const std::string text =
            "<ir_version: 7, opset_import: [\"\" : " + std::to_string(opset) + "]> agraph " + graph;
        const auto status = ONNX_NAMESPACE::OnnxParser::Parse(m, text.c_str());
        EXPECT_TRUE(status.IsOK()) << status.ErrorMessage() << "\n" << text;
        return m;
    }

    static ONNX_NAMESPACE::TensorProto &hold(ONNX_NAMESPACE::ModelProto &m, const std::string &name,
                                             const std::vector<int64_t> &dims,
                                             const std::vector<float> &numbers) {
        auto &t = *m.mutable_graph()->add_initializer();
        t.set_name(name);
        t.set_data_type(ONNX_NAMESPACE::TensorProto::FLOAT);
        for (int64_t d : dims) t.add_dims(d);
        for (float x : numbers) t.add_float_data(x);
        return t;
    }

    // Refused with this status, and a message that begins with the file and has all parts.
    static void refused(const std::string &path, npim_status status,
                        std::initializer_list<std::string> parts) {
        imported m(path);
        EXPECT_EQ(m.status, status) << m.error.message;
        const std::string message = m.error.message;
        EXPECT_EQ(message.rfind(path + ": ", 0), 0u) << message;
        for (const auto &part : parts)
            EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks " << part;
        EXPECT_EQ(m.network.layers, nullptr);
        EXPECT_EQ(m.tensors.layers, nullptr);
    }
    void refused(const ONNX_NAMESPACE::ModelProto &model, npim_status status,
                 std::initializer_list<std::string> parts) const {
        refused(save(model), status, parts);
    }

    std::filesystem::path folder;
};

} // namespace import_test

#endif

// Networks with values made by hand, and exact products, for the tests of sim/values/.
#ifndef NPIM_TESTS_SIM_VALUES_VALUE_NET_HPP
#define NPIM_TESTS_SIM_VALUES_VALUE_NET_HPP

#include "sim/values/forward.h"
#include "sim/values/forward_float.h"
#include "sim/values/reference.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <list>
#include <string>
#include <vector>

namespace value_net {

using codes = std::vector<int16_t>;

struct extent {
    uint32_t c, h, w;
};

// A network that grows layer by layer. Layers get their shapes as the loader gives them; what is returned may
// be changed until the next layer is added.
class net {
  public:
    explicit net(extent image, double scale = 1.0, bool is_signed = false) {
        layers_.push_back({});
        data_.emplace_back();
        finish(0, "input", NPIM_LAYER_INPUT, {}, scale, is_signed);
        shape(layers_[0], image);
        layers_[0].in_c = image.c, layers_[0].in_h = image.h, layers_[0].in_w = image.w;
    }

    // A layer that keeps the shape of its first input.
    npim_layer &add(npim_layer_kind kind, const std::vector<uint32_t> &inputs, double scale = 1.0,
                    bool is_signed = true) {
        npim_layer layer = {};
        layers_.push_back(layer);
        data_.emplace_back();
        const auto index = static_cast<uint32_t>(layers_.size() - 1);
        finish(index, npim_layer_kind_names[kind] + std::to_string(index), kind, inputs, scale, is_signed);
        const npim_layer &from = layers_[inputs.empty() ? 0 : inputs[0]];
        npim_layer &y = layers_.back();
        shape(y, {from.out_c, from.out_h, from.out_w});
        y.in_c = from.out_c, y.in_h = from.out_h, y.in_w = from.out_w;
        if (kind == NPIM_LAYER_CONCAT) join(y);
        if (kind == NPIM_LAYER_FLATTEN) shape(y, {y.in_c * y.in_h * y.in_w, 1, 1});
        if (kind == NPIM_LAYER_GLOBALPOOL) shape(y, {y.in_c, 1, 1});
        return y;
    }

    // Kernel, stride, padding (top, left, bottom, right), dilation, groups and channels; shapes follow.
    struct window {
        uint32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
        uint32_t top = 0, left = 0, bottom = 0, right = 0;
        uint32_t dilation_h = 1, dilation_w = 1, groups = 1, channels = 0;
    };
    npim_layer &slide(npim_layer_kind kind, uint32_t from, const window &w, double scale = 1.0,
                      bool is_signed = true) {
        npim_layer &y = add(kind, {from}, scale, is_signed);
        y.kernel_h = w.kernel_h, y.kernel_w = w.kernel_w, y.stride_h = w.stride_h, y.stride_w = w.stride_w;
        y.pad_top = w.top, y.pad_left = w.left, y.pad_bottom = w.bottom, y.pad_right = w.right;
        y.dilation_h = w.dilation_h, y.dilation_w = w.dilation_w, y.groups = w.groups;
        if (w.channels) y.out_c = w.channels;
        y.out_h = (y.in_h + w.top + w.bottom - w.dilation_h * (w.kernel_h - 1) - 1) / w.stride_h + 1;
        y.out_w = (y.in_w + w.left + w.right - w.dilation_w * (w.kernel_w - 1) - 1) / w.stride_w + 1;
        return y;
    }
    npim_layer &fc(uint32_t from, uint32_t channels, double scale = 1.0, bool is_signed = true) {
        npim_layer &y = add(NPIM_LAYER_FC, {from}, scale, is_signed);
        shape(y, {channels, 1, 1});
        return y;
    }
    npim_layer &lstm(const std::vector<uint32_t> &inputs, uint32_t hidden, double scale = 1.0 / 127) {
        npim_layer &y = add(NPIM_LAYER_LSTM, inputs, scale, true);
        y.in_h = 0;
        for (uint32_t i : inputs) y.in_h += layers_[i].out_h;
        shape(y, {hidden, y.in_h, 1});
        return y;
    }

    // Tensors of the layer added last. One scale for all outputs, or one for each.
    void weights(const std::vector<int8_t> &weight, std::vector<double> scales = {1.0},
                 const std::vector<int32_t> &bias = {}) {
        const npim_layer &y = layers_.back();
        const size_t outputs =
            y.kind == NPIM_LAYER_LSTM ? size_t{NPIM_LSTM_GATES} * y.out_c : size_t{y.out_c};
        if (scales.size() == 1) scales.resize(outputs, scales[0]);
        ASSERT_EQ(weight.size(), outputs * npim_layer_rows(&y));
        ASSERT_EQ(scales.size(), outputs);
        data &d = data_.back();
        d.weight = weight, d.weight_scale = scales, d.bias = bias;
        ASSERT_TRUE(bias.empty() || bias.size() == outputs);
    }
    // The same weights and biases in real numbers, of all layers.
    void make_floats() {
        size_t l = 0;
        for (data &d : data_) {
            const npim_layer &y = layers_[l++];
            if (d.weight.empty()) continue;
            const double in_scale = layers_[y.inputs[0]].scale;
            const bool lstm = y.kind == NPIM_LAYER_LSTM; // there a weight_scale is that of products
            const size_t rows = d.weight.size() / d.weight_scale.size();
            d.weight_float.resize(d.weight.size()), d.bias_float.resize(d.bias.size());
            for (size_t i = 0; i < d.weight.size(); i++) {
                const double divisor = !lstm ? 1.0 : i % rows < y.in_c ? in_scale : y.scale;
                d.weight_float[i] = static_cast<float>(d.weight[i] * d.weight_scale[i / rows] / divisor);
            }
            for (size_t o = 0; o < d.bias.size(); o++)
                d.bias_float[o] = static_cast<float>(d.bias[o] * d.weight_scale[o] * (lstm ? 1.0 : in_scale));
        }
    }
    void factors(const std::vector<float> &factor, const std::vector<float> &offset) {
        data_.back().factor = factor, data_.back().offset = offset;
    }
    void index(const std::vector<int32_t> &index) { data_.back().index = index; }

    uint32_t last() const { return static_cast<uint32_t>(layers_.size() - 1); }
    npim_layer &layer(uint32_t i) { return layers_[i]; }

    npim_network network() {
        npim_network n = {};
        n.layers = layers_.data(), n.n_layers = static_cast<uint32_t>(layers_.size());
        n.output = n.n_layers - 1, n.has_values = true;
        return n;
    }
    // Borrows from this net.
    std::vector<npim_layer_tensors> tensors() {
        std::vector<npim_layer_tensors> all;
        for (data &d : data_) {
            npim_layer_tensors t = {};
            const auto pointer = [](auto &vector) { return vector.empty() ? nullptr : vector.data(); };
            t.weight = pointer(d.weight), t.weight_scale = pointer(d.weight_scale), t.bias = pointer(d.bias);
            t.weight_float = pointer(d.weight_float), t.bias_float = pointer(d.bias_float);
            t.factor = pointer(d.factor), t.offset = pointer(d.offset), t.n_factor = d.factor.size();
            t.index = pointer(d.index);
            all.push_back(t);
        }
        return all;
    }

  private:
    struct data {
        std::vector<int8_t> weight;
        std::vector<double> weight_scale;
        std::vector<int32_t> bias, index;
        std::vector<float> weight_float, bias_float, factor, offset;
    };
    static void shape(npim_layer &y, extent out) { y.out_c = out.c, y.out_h = out.h, y.out_w = out.w; }
    void finish(size_t i, const std::string &name, npim_layer_kind kind, const std::vector<uint32_t> &inputs,
                double scale, bool is_signed) {
        npim_layer &y = layers_[i];
        std::snprintf(y.name, sizeof y.name, "%s", name.c_str());
        y.kind = kind, y.scale = scale, y.is_signed = is_signed;
        for (uint32_t input : inputs) y.inputs[y.n_inputs++] = input;
        y.kernel_h = y.kernel_w = y.stride_h = y.stride_w = y.dilation_h = y.dilation_w = y.groups = 1;
    }
    void join(npim_layer &y) {
        y.in_c = 0;
        for (uint32_t i = 0; i < y.n_inputs; i++) y.in_c += layers_[y.inputs[i]].out_c;
        y.out_c = y.in_c;
    }
    std::vector<npim_layer> layers_;
    std::list<data> data_;
};

// Sums as they are, and a log of who asked for what. Checks that the calls come in their order.
struct exact_products {
    struct group {
        npim_product_layer layer;
        std::vector<uint64_t> numbers; // of the vectors, as they came
        bool ended;
    };
    std::vector<group> groups;
    npim_status begin_status = NPIM_OK, run_status = NPIM_OK;

    npim_products products() {
        return {this, begin, run, end, [](void *) {}};
    }

  private:
    static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
        auto &p = *static_cast<exact_products *>(engine);
        EXPECT_TRUE(p.groups.empty() || p.groups.back().ended);
        p.groups.push_back({*layer, {}, false});
        return p.begin_status ? npim_fail(error, p.begin_status, "begin refused") : NPIM_OK;
    }
    static npim_status run(void *engine, const npim_product_batch *b, npim_error *error) {
        auto &p = *static_cast<exact_products *>(engine);
        group &g = p.groups.back();
        EXPECT_FALSE(g.ended);
        const npim_product_layer &l = g.layer;
        for (size_t v = 0; v < b->n; v++) {
            g.numbers.push_back(b->first + v * b->stride);
            for (uint32_t o = 0; o < l.outputs; o++) {
                int32_t sum = 0;
                for (uint32_t r = 0; r < l.rows; r++) {
                    const int16_t code = b->inputs[v * l.rows + r];
                    EXPECT_GE(code, r < l.signed_from ? 0 : -127);
                    EXPECT_LE(code, r < l.signed_from ? 255 : 127);
                    sum += code * l.weight[size_t{o} * l.rows + r];
                }
                b->sums[v * l.outputs + o] = sum;
            }
        }
        return p.run_status ? npim_fail(error, p.run_status, "run refused") : NPIM_OK;
    }
    static void end(void *engine) {
        group &g = static_cast<exact_products *>(engine)->groups.back();
        EXPECT_FALSE(g.ended);
        g.ended = true;
    }
};

// What a pass said and gave.
struct outcome {
    npim_status status;
    std::string message;
    codes out; // of the output layer, all images
};

// Runs one of the two passes; values: any number of images.
enum class pass { forward, reference };
inline outcome run(net &n, std::vector<float> values, pass which, const npim_stop *stop = nullptr,
                   exact_products *log = nullptr, size_t first = 0) {
    const npim_network network = n.network();
    std::vector<npim_layer_tensors> layers = n.tensors();
    const npim_tensors tensors = {layers.data(), network.n_layers, false};
    const auto size = [](const npim_layer &l) { return size_t{l.out_c} * l.out_h * l.out_w; };
    const size_t elements = size(network.layers[0]), count = values.size() / elements;
    EXPECT_EQ(values.size() % elements, 0u);
    const npim_images images = {count, elements, first, values.data(), nullptr, 0};
    exact_products exact;
    const npim_products products = (log ? log : &exact)->products();
    outcome o{};
    o.out.resize(count * size(network.layers[network.output]));
    npim_error error = {};
    o.status = which == pass::forward
                   ? npim_forward(&network, &tensors, &images, &products, o.out.data(), stop, &error)
                   : npim_reference(&network, &tensors, &images, nullptr, o.out.data(), stop, &error);
    o.message = error.message;
    EXPECT_EQ(error.status, o.status);
    for (const auto &group : (log ? log : &exact)->groups) EXPECT_TRUE(group.ended);
    return o;
}

// The same in real numbers; observer: sees what the pass shows.
struct float_outcome {
    npim_status status;
    std::string message;
    std::vector<float> out;
};
inline float_outcome run_float(net &n, std::vector<float> values, const npim_stop *stop = nullptr,
                               npim_float_observer *observer = nullptr, void *context = nullptr) {
    const npim_network network = n.network();
    std::vector<npim_layer_tensors> layers = n.tensors();
    const npim_tensors tensors = {layers.data(), network.n_layers, true};
    const auto size = [](const npim_layer &l) { return size_t{l.out_c} * l.out_h * l.out_w; };
    const size_t elements = size(network.layers[0]), count = values.size() / elements;
    const npim_images images = {count, elements, 0, values.data(), nullptr, 0};
    float_outcome o{};
    o.out.resize(count * size(network.layers[network.output]));
    npim_error error = {};
    o.status = npim_forward_float(&network, &tensors, &images, o.out.data(), observer, context, stop, &error);
    o.message = error.message;
    EXPECT_EQ(error.status, o.status);
    return o;
}

} // namespace value_net

#endif

// Random networks of every kind of layer, for the tests that compare one pass with another.
#ifndef NPIM_TESTS_SIM_VALUES_RANDOM_NET_HPP
#define NPIM_TESTS_SIM_VALUES_RANDOM_NET_HPP

#include "tests/sim/values/value_net.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace value_net {

class random_net {
  public:
    explicit random_net(uint64_t seed) : random_(seed), n(image(), scale(), below(2)) {}

    // Any layer that fits onto what there is. A layer of its own scale needs no rounding of ties: constants
    // are no round numbers.
    void grow() {
        const auto kind = static_cast<npim_layer_kind>(1 + below(NPIM_LAYER_GATHER));
        const uint32_t from = below(n.last() + 1);
        switch (kind) {
        case NPIM_LAYER_CONV:
            return conv(from);
        case NPIM_LAYER_FC:
            return fc(from);
        case NPIM_LAYER_LSTM:
            return lstm(from);
        case NPIM_LAYER_MAXPOOL:
        case NPIM_LAYER_AVGPOOL:
            return pool(kind, from);
        case NPIM_LAYER_ADD:
        case NPIM_LAYER_SUB:
        case NPIM_LAYER_MUL:
        case NPIM_LAYER_CONCAT:
            return join(kind, from);
        case NPIM_LAYER_GATHER:
            return gather(from);
        case NPIM_LAYER_SCALE:
            return factors(from);
        default:
            return simple(kind, from);
        }
    }

    // Values that the image's codes stand for exactly, and some as far beyond them.
    std::vector<float> images(size_t count, int beyond = 20) {
        const npim_layer &input = n.layer(0);
        std::vector<float> values(count * input.out_c * input.out_h * input.out_w);
        for (float &v : values) {
            const int code =
                input.is_signed ? between(-127 - beyond, 127 + beyond) : between(-beyond, 255 + beyond);
            v = static_cast<float>(code * input.scale);
        }
        return values;
    }

    uint32_t below(uint32_t end) { return static_cast<uint32_t>(random_() % end); }
    int between(int from, int to) {
        return from + static_cast<int>(below(static_cast<uint32_t>(to - from + 1)));
    }
    double real(double from, double to) {
        return from + static_cast<double>(random_() >> 11) * 0x1p-53 * (to - from);
    }

  private:
    std::mt19937_64 random_;

    extent image() { return {1 + below(4), 1 + below(7), 1 + below(7)}; }
    double scale() { return real(0.01, 0.1); }

    int8_t weight() { return static_cast<int8_t>(between(-127, 127)); }

    void activate(npim_layer &y, bool may_bend) {
        static const npim_activation all[] = {NPIM_ACTIVATION_NONE,      NPIM_ACTIVATION_RELU,
                                              NPIM_ACTIVATION_RELU6,     NPIM_ACTIVATION_CLIP,
                                              NPIM_ACTIVATION_SIGMOID,   NPIM_ACTIVATION_TANH,
                                              NPIM_ACTIVATION_HARDSWISH, NPIM_ACTIVATION_LEAKY_RELU};
        y.activation = all[below(may_bend ? 8 : 4)];
        y.alpha = real(0.01, 0.5), y.clip_min = real(-3.0, 0.0), y.clip_max = real(0.1, 3.0);
        if (y.activation == NPIM_ACTIVATION_SIGMOID || y.activation == NPIM_ACTIVATION_TANH)
            y.scale = real(0.004, 0.008);
    }

    // The scale is such that sums reach the output's limits now and then.
    void fill(npim_layer &y, const npim_layer &from) {
        const auto rows = static_cast<size_t>(npim_layer_rows(&y));
        std::vector<int8_t> weight(rows * y.out_c);
        std::vector<double> scales(y.out_c);
        std::vector<int32_t> bias(below(2) ? y.out_c : 0);
        for (size_t o = 0; o < y.out_c; o++) {
            scales[o] =
                64.0 * y.scale / (from.scale * 70.0 * 70.0 * std::sqrt(double(rows))) * real(0.5, 2.0);
            for (size_t r = 0; r < rows; r++) weight[o * rows + r] = this->weight();
            if (bias.empty()) continue;
            bias[o] = between(-2000, 2000);
        }
        n.weights(weight, scales, bias);
    }

    void conv(uint32_t from) {
        const npim_layer x = n.layer(from);
        net::window w;
        w.kernel_h = 1 + below(3), w.kernel_w = 1 + below(3);
        w.dilation_h = 1 + below(2), w.dilation_w = 1 + below(2);
        w.stride_h = 1 + below(3), w.stride_w = 1 + below(3);
        w.top = below(4), w.left = below(4), w.bottom = below(4), w.right = below(4);
        w.bottom += w.dilation_h * (w.kernel_h - 1), w.right += w.dilation_w * (w.kernel_w - 1);
        std::vector<uint32_t> divisors;
        for (uint32_t d = 1; d <= x.out_c; d++)
            if (x.out_c % d == 0) divisors.push_back(d);
        w.groups = divisors[below(static_cast<uint32_t>(divisors.size()))];
        w.channels = w.groups * (1 + below(3));
        npim_layer &y = n.slide(NPIM_LAYER_CONV, from, w, scale(), below(2));
        activate(y, true);
        fill(y, x);
    }

    void fc(uint32_t from) {
        const npim_layer x = n.layer(from);
        npim_layer &y = n.fc(from, 1 + below(5), scale(), below(2));
        activate(y, true);
        fill(y, x);
    }

    // Of any tensor: its rows and columns become steps.
    void lstm(uint32_t from) {
        const npim_layer x = n.layer(from);
        npim_layer &steps = n.add(NPIM_LAYER_GATHER, {from}, x.scale, x.is_signed);
        steps.out_h = x.out_h * x.out_w, steps.out_w = 1;
        const uint32_t channels = x.out_c;
        std::vector<int32_t> index(size_t{channels} * x.out_h * x.out_w);
        for (size_t i = 0; i < index.size(); i++) index[i] = static_cast<int32_t>(i);
        n.index(index);
        const uint32_t hidden = 1 + below(4);
        n.lstm({n.last()}, hidden, real(1.0 / 140, 1.0 / 100));
        const size_t rows = channels + hidden, outputs = size_t{4} * hidden;
        std::vector<int8_t> weight(rows * outputs);
        std::vector<double> scales(outputs);
        std::vector<int32_t> bias(outputs);
        for (size_t o = 0; o < outputs; o++) {
            scales[o] = real(1e-5, 3e-4);
            bias[o] = between(-3000, 3000);
            for (size_t r = 0; r < rows; r++) weight[o * rows + r] = this->weight();
        }
        n.weights(weight, scales, bias);
    }

    void pool(npim_layer_kind kind, uint32_t from) {
        const npim_layer x = n.layer(from);
        net::window w;
        w.kernel_h = 1 + below(4), w.kernel_w = 1 + below(4);
        w.stride_h = 1 + below(3), w.stride_w = 1 + below(3);
        w.top = below(w.kernel_h), w.left = below(w.kernel_w);
        w.bottom = below(w.kernel_h), w.right = below(w.kernel_w);
        if (x.out_h + w.top + w.bottom < w.kernel_h) w.kernel_h = 1, w.top = w.bottom = 0;
        if (x.out_w + w.left + w.right < w.kernel_w) w.kernel_w = 1, w.left = w.right = 0;
        npim_layer &y = n.slide(kind, from, w, x.scale * real(0.5, 1.5), below(2));
        y.count_include_pad = kind == NPIM_LAYER_AVGPOOL && below(2);
        y.ceil_bottom = below(w.bottom + 1), y.ceil_right = below(w.right + 1);
    }

    // A partner of the same shape is made from the image when there is none.
    void join(npim_layer_kind kind, uint32_t from) {
        const npim_layer x = n.layer(from);
        std::vector<uint32_t> inputs = {from};
        const uint32_t most = kind == NPIM_LAYER_ADD || kind == NPIM_LAYER_CONCAT ? 4 : 2;
        for (uint32_t i = n.last() + 1; i-- > 0 && inputs.size() < most;) {
            const npim_layer &other = n.layer(i);
            if (i != from && other.out_h == x.out_h && other.out_w == x.out_w &&
                (kind == NPIM_LAYER_CONCAT || other.out_c == x.out_c))
                inputs.push_back(i);
        }
        if (inputs.size() == 1) {
            gather(from);
            npim_layer &y = n.layer(n.last());
            y.out_c = x.out_c, y.out_h = x.out_h, y.out_w = x.out_w;
            y.scale = x.scale, y.is_signed = x.is_signed;
            std::vector<int32_t> index(size_t{x.out_c} * x.out_h * x.out_w);
            for (int32_t &e : index) e = between(-1, static_cast<int>(index.size()) - 1);
            n.index(index);
            inputs.push_back(n.last());
        }
        double unit = 0.0;
        for (uint32_t i : inputs) unit = std::max(unit, n.layer(i).scale);
        if (kind == NPIM_LAYER_MUL) unit = 50.0 * n.layer(inputs[0]).scale * n.layer(inputs[1]).scale;
        npim_layer &y = n.add(kind, inputs, unit * real(0.7, 2.0), below(2));
        if (kind != NPIM_LAYER_CONCAT) activate(y, false);
    }

    void gather(uint32_t from) {
        const npim_layer x = n.layer(from);
        const int size = static_cast<int>(x.out_c * x.out_h * x.out_w);
        npim_layer &y = n.add(NPIM_LAYER_GATHER, {from}, x.scale * real(0.5, 1.5), below(2));
        y.out_c = 1 + below(4), y.out_h = 1 + below(5), y.out_w = 1 + below(5);
        std::vector<int32_t> index(size_t{y.out_c} * y.out_h * y.out_w);
        for (int32_t &i : index) i = between(-1, size - 1);
        n.index(index);
    }

    void factors(uint32_t from) {
        const npim_layer x = n.layer(from);
        npim_layer &y = n.add(NPIM_LAYER_SCALE, {from}, scale(), below(2));
        activate(y, false);
        std::vector<float> factor(below(2) ? x.out_c : x.out_c * x.out_h * x.out_w), offset(factor.size());
        for (float &f : factor) f = static_cast<float>(real(-2.0, 2.0));
        for (float &o : offset) o = static_cast<float>(real(-3.0, 3.0));
        n.factors(factor, offset);
    }

    // globalpool, activation, flatten, lrn
    void simple(npim_layer_kind kind, uint32_t from) {
        const npim_layer x = n.layer(from);
        npim_layer &y = n.add(kind, {from}, x.scale * real(0.5, 1.5), below(2));
        if (kind == NPIM_LAYER_LRN)
            y.size = 1 + below(5), y.alpha = real(0.01, 2.0), y.beta = real(0.3, 1.2), y.k = real(0.5, 2.0);
        if (kind != NPIM_LAYER_ACTIVATION) return;
        if (below(3) == 0) {
            y.activation = NPIM_ACTIVATION_SOFTMAX, y.scale = real(0.004, 0.008);
        } else {
            do activate(y, true);
            while (y.activation == NPIM_ACTIVATION_NONE);
        }
    }

  public:
    net n;
};

} // namespace value_net

#endif

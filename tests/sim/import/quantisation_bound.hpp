// How far the integers of a network may be from its real numbers: the errors of rounding, carried from layer
// to layer with what a layer can make of them. For images that calibrated it with the maximum, so that
// nothing is clipped.
#ifndef NPIM_TESTS_SIM_IMPORT_QUANTISATION_BOUND_HPP
#define NPIM_TESTS_SIM_IMPORT_QUANTISATION_BOUND_HPP

#include "sim/values/forward_float.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace import_test {

class quantisation_bound {
  public:
    quantisation_bound(const npim_network &network, const npim_tensors &tensors, const npim_images &images)
        : n_(network), t_(tensors), most_(network.n_layers, 0.0) {
        npim_error error = {};
        if (npim_forward_float(&network, &tensors, &images, nullptr, see, this, nullptr, &error) != NPIM_OK)
            return;
        for (uint32_t l = 0; l < network.n_layers; l++) error_.push_back(of(l));
    }

    double output() const { return error_.empty() ? 0.0 : error_[n_.output]; }

  private:
    const npim_network &n_;
    const npim_tensors &t_;
    std::vector<double> most_, error_; // largest magnitude and error of the layers' outputs

    static void see(void *context, uint32_t layer, size_t, const float *values) {
        auto &b = *static_cast<quantisation_bound *>(context);
        const npim_layer &l = b.n_.layers[layer];
        for (size_t e = 0; e < size_t{l.out_c} * l.out_h * l.out_w; e++)
            b.most_[layer] = std::max(b.most_[layer], std::fabs(static_cast<double>(values[e])));
    }

    double in(const npim_layer &l, uint32_t i = 0) const { return error_[l.inputs[i]]; }
    double size(const npim_layer &l, uint32_t i = 0) const { return most_[l.inputs[i]]; }

    // What an error is after a function: none of them is steeper.
    static double bent(const npim_layer &l, double e) {
        if (l.activation == NPIM_ACTIVATION_SIGMOID) return e / 4.0;
        if (l.activation == NPIM_ACTIVATION_HARDSWISH) return e * 1.5;
        return e * std::max(1.0, l.activation == NPIM_ACTIVATION_LEAKY_RELU ? l.alpha : 0.0);
    }

    // Of an LSTM: gates first, then step by step. Sigmoid and tanh are at most as steep as 1/4 and 1, and at
    // most 1.
    double recurrent(uint32_t layer) const {
        const npim_layer &l = n_.layers[layer];
        const npim_layer_tensors &t = t_.layers[layer];
        const size_t rows = l.in_c + l.out_c;
        double state = 0.0, hidden = 0.0;
        for (uint32_t step = 0; step < l.out_h; step++) {
            double gate = 0.0;
            for (size_t o = 0; o < size_t{4} * l.out_c; o++) {
                double sum = t.weight_scale[o] / 2.0;
                for (size_t r = 0; r < rows; r++)
                    sum += std::fabs(static_cast<double>(t.weight_float[o * rows + r])) *
                               (r < l.in_c ? in(l) : hidden) +
                           t.weight_scale[o] / 2.0 * 255;
                gate = std::max(gate, sum);
            }
            const double size = step + 1.0; // of the state
            state += size * gate / 4.0 + gate / 4.0 + gate + 0x1p-12;
            hidden = gate / 4.0 + state + l.scale * 0.5001;
        }
        return hidden;
    }

    // A normalised value changes by itself and by its divisor.
    double normalised(const npim_layer &l) const {
        const double least = std::pow(l.k, l.beta), squares = 2.0 * size(l) * l.size * in(l)*l.alpha / l.size;
        return in(l) / least + size(l) / least * l.beta * squares / l.k;
    }

    // A weight is half a step off, the bias half a unit.
    double dots(uint32_t layer) const {
        const npim_layer &l = n_.layers[layer];
        const npim_layer_tensors &t = t_.layers[layer];
        const auto rows = static_cast<size_t>(npim_layer_rows(&l));
        double worst = 0.0;
        for (size_t o = 0; o < l.out_c; o++) {
            double sum = 0.0, reach = size(l) + in(l), step = t.weight_scale[o];
            for (size_t r = 0; r < rows; r++)
                sum +=
                    std::fabs(static_cast<double>(t.weight_float[o * rows + r])) * in(l) + step / 2.0 * reach;
            worst = std::max(worst, sum + step * n_.layers[l.inputs[0]].scale / 2.0);
        }
        return worst;
    }

    double scaled(uint32_t layer) const {
        const npim_layer_tensors &t = t_.layers[layer];
        double steepest = 0.0;
        for (size_t i = 0; i < t.n_factor; i++)
            steepest = std::max(steepest, std::fabs(static_cast<double>(t.factor[i])));
        return steepest * in(n_.layers[layer]);
    }

    double joined(const npim_layer &l) const {
        double worst = 0.0, sum = 0.0;
        for (uint32_t i = 0; i < l.n_inputs; i++) {
            worst = std::max(worst, in(l, i));
            sum += in(l, i) + size(l, i) * 1e-6 +
                   l.scale * 255 * 0x1p-21; // factors have 20 bits behind the point
        }
        if (l.kind == NPIM_LAYER_CONCAT) return worst;
        if (l.kind != NPIM_LAYER_MUL) return sum;
        return size(l) * in(l, 1) + size(l, 1) * in(l) + in(l)*in(l, 1);
    }

    double of(uint32_t layer) const {
        const npim_layer &l = n_.layers[layer];
        const double rounding = l.scale * 0.5001 + most_[layer] * 1e-6;
        switch (l.kind) {
        case NPIM_LAYER_INPUT:
            return rounding;
        case NPIM_LAYER_CONV:
        case NPIM_LAYER_FC:
            return bent(l, dots(layer)) + rounding;
        case NPIM_LAYER_LSTM:
            return recurrent(layer);
        case NPIM_LAYER_LRN:
            return normalised(l) + rounding;
        case NPIM_LAYER_SCALE:
            return scaled(layer) + rounding;
        case NPIM_LAYER_ADD:
        case NPIM_LAYER_SUB:
        case NPIM_LAYER_MUL:
        case NPIM_LAYER_CONCAT:
            return joined(l) + rounding;
        default:
            return bent(l, in(l)) + rounding;
        }
    }
};

} // namespace import_test

#endif

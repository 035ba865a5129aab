#include "sim/import/onnx_draft.hpp"

#include <cmath>

namespace npim::importer {

namespace {

bool has_weights(const draft &d) {
    return d.layer.kind == NPIM_LAYER_CONV || d.layer.kind == NPIM_LAYER_FC;
}

// (f x + o) behind a layer of weights: weights times f, bias times f plus o.
void fold_into_weights(draft &into, const draft &scale) {
    const std::size_t outputs = scale.factor.size(), rows = into.weight.size() / outputs;
    into.bias.resize(outputs, 0.0F);
    for (std::size_t o = 0; o < outputs; o++) {
        for (std::size_t r = 0; r < rows; r++) into.weight[o * rows + r] *= scale.factor[o];
        into.bias[o] = into.bias[o] * scale.factor[o] + scale.offset[o];
    }
}

// One number per element from one per channel.
std::vector<float> stretched(const std::vector<float> &numbers, std::size_t n) {
    std::vector<float> all(n);
    for (std::size_t e = 0; e < n; e++) all[e] = numbers[e / (n / numbers.size())];
    return all;
}

void fold_into_scale(draft &into, draft scale) {
    const std::size_t n = std::max(into.factor.size(), scale.factor.size());
    for (draft *d : {&into, &scale}) {
        if (d->factor.size() == n) continue;
        d->factor = stretched(d->factor, n);
        d->offset = stretched(d->offset, n);
    }
    for (std::size_t i = 0; i < n; i++) {
        into.factor[i] *= scale.factor[i];
        into.offset[i] = into.offset[i] * scale.factor[i] + scale.offset[i];
    }
}

// Activations that are limits of codes go with sums as well.
bool is_range(npim_activation a) {
    return a == NPIM_ACTIVATION_RELU || a == NPIM_ACTIVATION_RELU6 || a == NPIM_ACTIVATION_CLIP;
}

bool takes_activation(const draft &d, npim_activation a) {
    if (d.layer.activation != NPIM_ACTIVATION_NONE || a == NPIM_ACTIVATION_SOFTMAX) return false;
    return has_weights(d) || (d.layer.kind == NPIM_LAYER_ADD && is_range(a));
}

// Tries to do without layer d, the only reader of `into`.
bool fold(draft &into, const draft &d) {
    const npim_layer &l = d.layer;
    if (l.kind == NPIM_LAYER_SCALE && into.layer.kind == NPIM_LAYER_SCALE) {
        fold_into_scale(into, d);
        return true;
    }
    if (l.kind == NPIM_LAYER_SCALE && has_weights(into) && into.layer.activation == NPIM_ACTIVATION_NONE &&
        d.factor.size() == into.layer.out_c) {
        fold_into_weights(into, d);
        return true;
    }
    if (l.kind != NPIM_LAYER_ACTIVATION || !takes_activation(into, l.activation)) return false;
    into.layer.activation = l.activation;
    into.layer.alpha = l.alpha;
    into.layer.clip_min = l.clip_min;
    into.layer.clip_max = l.clip_max;
    return true;
}

std::vector<bool> needed(const std::vector<draft> &layers, std::uint32_t output) {
    std::vector<bool> is(layers.size(), false);
    is[output] = true;
    for (std::size_t l = layers.size(); l-- > 0;)
        for (std::uint32_t i = 0; is[l] && i < layers[l].layer.n_inputs; i++)
            is[layers[l].layer.inputs[i]] = true;
    return is;
}

} // namespace

std::uint32_t simplify(std::vector<draft> &layers, std::uint32_t output, npim_onnx_folded &folded) {
    std::vector<bool> stays = needed(layers, output);
    for (std::size_t l = 1; l < layers.size(); l++) folded.unused += !stays[l];
    std::vector<std::uint32_t> readers(layers.size(), 0), now(layers.size());
    for (std::size_t l = 0; l < layers.size(); l++)
        for (std::uint32_t i = 0; stays[l] && i < layers[l].layer.n_inputs; i++)
            readers[layers[l].layer.inputs[i]]++;
    readers[output]++; // the host
    // now: the layer that has the result of another one. Inputs come first, so theirs is settled.
    for (std::uint32_t l = 0; l < layers.size(); l++) {
        now[l] = l;
        npim_layer &layer = layers[l].layer;
        for (std::uint32_t i = 0; stays[l] && i < layer.n_inputs; i++) layer.inputs[i] = now[layer.inputs[i]];
        if (!stays[l] || layer.n_inputs != 1) continue;
        const std::uint32_t from = layer.inputs[0];
        if (readers[from] != 1 || !fold(layers[from], layers[l])) continue;
        (layer.kind == NPIM_LAYER_SCALE ? folded.scales : folded.activations)++;
        now[l] = from;
        readers[from] = readers[l];
        stays[l] = false;
    }
    output = now[output];
    std::vector<std::uint32_t> number(layers.size());
    std::vector<draft> left;
    stays[0] = true;
    for (std::uint32_t l = 0; l < layers.size(); l++) {
        if (!stays[l]) continue;
        number[l] = static_cast<std::uint32_t>(left.size());
        npim_layer &layer = layers[l].layer;
        for (std::uint32_t i = 0; i < layer.n_inputs; i++) layer.inputs[i] = number[layer.inputs[i]];
        left.push_back(std::move(layers[l]));
    }
    layers = std::move(left);
    return number[output];
}

} // namespace npim::importer

#include "sim/import/onnx_draft.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace npim::importer {

namespace {

// Names of files: letters, digits and a few marks, and different even where case does not count.
std::string stem_of(const npim_layer &layer, std::size_t number) {
    std::string stem = std::to_string(number) + "_";
    for (const char *c = layer.name; *c && stem.size() < 64; c++)
        stem += std::isalnum(static_cast<unsigned char>(*c)) || *c == '-' ? *c : '_';
    return stem;
}

template <typename number> number *copy_of(const std::vector<number> &from) {
    if (from.empty()) return nullptr;
    auto *to = static_cast<number *>(std::malloc(from.size() * sizeof(number)));
    if (!to) throw std::bad_alloc();
    std::memcpy(to, from.data(), from.size() * sizeof(number));
    return to;
}

void check_finite(const draft &d) {
    for (const auto *numbers : {&d.weight, &d.bias, &d.factor, &d.offset})
        for (float x : *numbers)
            if (!std::isfinite(x))
                refuse(NPIM_ECONFIG, "layer %s: a weight is not finite once constants are folded in",
                       d.layer.name);
}

void fill(npim_layer_tensors &t, const draft &d) {
    t.weight_float = copy_of(d.weight);
    t.bias_float = copy_of(d.bias);
    t.factor = copy_of(d.factor);
    t.offset = copy_of(d.offset);
    t.n_factor = d.factor.size();
    t.index = copy_of(d.index);
}

} // namespace

void hand_over(const std::vector<draft> &layers, std::uint32_t output, const std::string &name,
               npim_network *network, npim_tensors *tensors) {
    const auto n = static_cast<std::uint32_t>(layers.size());
    network->layers = static_cast<npim_layer *>(std::calloc(n, sizeof *network->layers));
    if (!network->layers || npim_tensors_init(tensors, n, nullptr) != NPIM_OK) throw std::bad_alloc();
    network->n_layers = n;
    network->output = output;
    std::snprintf(network->name, sizeof network->name, "%s", name.c_str());
    for (std::uint32_t l = 0; l < n; l++) {
        check_finite(layers[l]);
        network->layers[l] = layers[l].layer;
        fill(tensors->layers[l], layers[l]);
        if (layers[l].weight.empty() && layers[l].factor.empty() && layers[l].index.empty()) continue;
        std::snprintf(network->layers[l].tensors, sizeof network->layers[l].tensors, "%s",
                      stem_of(layers[l].layer, l).c_str());
    }
    tensors->has_float = true;
}

} // namespace npim::importer

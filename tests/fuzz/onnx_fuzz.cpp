// Any bytes as an ONNX model: refused with a message, or a network that is whole: layers in order, shapes
// that fit, and as many weights as they need. Run by tests/fuzz/fuzz.sh.
#include "sim/import/onnx.h"

#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

// A folder of its own, so that external data cannot be anything of value.
struct scratch {
    std::string folder = "/tmp/npim_fuzz_XXXXXX", path;

    scratch() {
        demand(mkdtemp(folder.data()) != nullptr);
        path = folder + "/input.onnx";
    }
    ~scratch() {
        unlink(path.c_str());
        rmdir(folder.c_str());
    }
    void write(const uint8_t *bytes, size_t size) const {
        std::FILE *file = std::fopen(path.c_str(), "wb");
        demand(file && std::fwrite(bytes, 1, size, file) == size && std::fclose(file) == 0);
    }
};

size_t elements(const npim_layer &l) {
    return size_t{l.out_c} * l.out_h * l.out_w;
}

void check_finite(const float *numbers, size_t n) {
    for (size_t i = 0; i < n; i++) demand(std::isfinite(numbers[i]));
}

void check_layer(const npim_network &n, const npim_tensors &t, uint32_t index) {
    const npim_layer &l = n.layers[index];
    const npim_layer_tensors &own = t.layers[index];
    demand(elements(l) > 0 && elements(l) <= size_t{1} << 30 && std::memchr(l.name, '\0', sizeof l.name));
    for (uint32_t i = 0; i < l.n_inputs; i++) demand(l.inputs[i] < index);
    demand(index == 0 ? l.n_inputs == 0 : l.n_inputs > 0);
    if (index == 0) return;
    const npim_layer &from = n.layers[l.inputs[0]];
    demand(l.in_h == from.out_h && l.in_w == from.out_w);
    if (npim_layer_has_weights(&l)) {
        demand(own.weight_float != nullptr);
        check_finite(own.weight_float, npim_tensors_outputs(&l) * npim_layer_rows(&l));
        if (own.bias_float) check_finite(own.bias_float, npim_tensors_outputs(&l));
    }
    if (l.kind == NPIM_LAYER_SCALE) {
        demand(own.n_factor == l.out_c || own.n_factor == elements(l));
        check_finite(own.factor, own.n_factor);
        check_finite(own.offset, own.n_factor);
    }
    for (size_t e = 0; l.kind == NPIM_LAYER_GATHER && e < elements(l); e++)
        demand(own.index[e] >= -1 && own.index[e] < static_cast<int64_t>(elements(from)));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const scratch place;
    npim_network network = {};
    npim_tensors tensors = {};
    npim_error error = {};
    place.write(bytes, size);
    const npim_status status = npim_onnx_read(&network, &tensors, nullptr, place.path.c_str(), &error);
    demand(error.status == status && std::memchr(error.message, '\0', sizeof error.message));
    demand((error.message[0] == '\0') == (status == NPIM_OK));
    if (status != NPIM_OK) {
        demand(status == NPIM_ECONFIG || status == NPIM_EUNSUPPORTED);
        demand(!network.layers && !tensors.layers);
        return 0;
    }
    demand(network.n_layers > 1 && network.output < network.n_layers && tensors.n_layers == network.n_layers);
    for (uint32_t l = 0; l < network.n_layers; l++) check_layer(network, tensors, l);
    npim_tensors_fini(&tensors);
    npim_network_fini(&network);
    return 0;
}

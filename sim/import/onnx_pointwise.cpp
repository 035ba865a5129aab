#include "sim/import/onnx_node.hpp"

#include <cfloat>
#include <cmath>

namespace npim::importer {

namespace {

// x holds every element of its layer once.
bool is_all(const job &j, const value &x) {
    const std::size_t n = j.layers.at(x.layer).outputs();
    if (!x.index) return true;
    if (x.index->size() != n) return false;
    std::vector<bool> seen(n, false);
    for (std::int32_t at : *x.index) {
        if (at < 0 || seen[static_cast<std::size_t>(at)]) return false;
        seen[static_cast<std::size_t>(at)] = true;
    }
    return true;
}

draft activation(const job &j, npim_activation what) {
    draft d(NPIM_LAYER_ACTIVATION, j.name());
    d.layer.activation = what;
    return d;
}

// The activation of every element of x, in the order in which its layer has them.
value activated(job &j, const value &operand, draft d) {
    const value x = settled(j, operand);
    const npim_layer &from = j.layers.at(x.layer).layer;
    value y = x;
    y.layer = j.layers.add(std::move(d), {x.layer}, {from.out_c, from.out_h, from.out_w});
    return y;
}

// A bound of Clip: an operand since opset 11.
double bound(job &j, const char *key, std::size_t i, double preset) {
    const auto *a = j.opset() < 11 ? j.attribute(key, ONNX_NAMESPACE::AttributeProto::FLOAT) : nullptr;
    double x = a ? static_cast<double>(a->f()) : preset;
    if (j.opset() >= 11 && j.has(i)) {
        const constant &c = *j.fixed(i, key).fixed;
        if (c.n() != 1) j.wrong("%s must be one number", key);
        x = c.real(0);
    }
    if (std::isnan(x)) j.wrong("%s is not a number", key);
    return std::fmin(std::fmax(x, -FLT_MAX), FLT_MAX);
}

} // namespace

value settled(job &j, const value &x) {
    if (x.fixed) j.unsupported("a constant where a computed operand is needed");
    if (is_all(j, x)) return x;
    return j.layers.whole(j.layers.as(x, extent_of(x.dims), j.name()), x.dims);
}

void relu(job &j) {
    j.out(0, activated(j, j.computed(0), activation(j, NPIM_ACTIVATION_RELU)));
}

void leaky_relu(job &j) {
    draft d = activation(j, NPIM_ACTIVATION_LEAKY_RELU);
    d.layer.alpha = j.real("alpha", static_cast<double>(0.01F));
    j.out(0, activated(j, j.computed(0), d));
}

void clip(job &j) {
    const double least = bound(j, "min", 1, -FLT_MAX), most = bound(j, "max", 2, FLT_MAX);
    if (least >= most) j.unsupported("min %g is not below max %g", least, most);
    draft d = activation(j, NPIM_ACTIVATION_CLIP);
    d.layer.clip_min = least;
    d.layer.clip_max = most;
    if (least == 0.0 && most == 6.0) d = activation(j, NPIM_ACTIVATION_RELU6);
    if (least == 0.0 && most == static_cast<double>(FLT_MAX)) d = activation(j, NPIM_ACTIVATION_RELU);
    j.out(0, activated(j, j.computed(0), d));
}

void sigmoid(job &j) {
    j.out(0, activated(j, j.computed(0), activation(j, NPIM_ACTIVATION_SIGMOID)));
}

void tanh(job &j) {
    j.out(0, activated(j, j.computed(0), activation(j, NPIM_ACTIVATION_TANH)));
}

void hard_swish(job &j) {
    j.out(0, activated(j, j.computed(0), activation(j, NPIM_ACTIVATION_HARDSWISH)));
}

// max(0, min(1, alpha x + beta))
void hard_sigmoid(job &j) {
    const auto alpha = static_cast<float>(j.real("alpha", static_cast<double>(0.2F)));
    const auto beta = static_cast<float>(j.real("beta", 0.5));
    draft d = activation(j, NPIM_ACTIVATION_CLIP);
    d.layer.clip_max = 1.0;
    j.out(0, activated(j, affine(j, j.computed(0), {alpha}, {beta}), d));
}

// Over one axis, before opset 13 over all from an axis on. npim has it over the channels of a pixel.
void softmax(job &j) {
    const value &x = j.computed(0);
    const bool over_all = j.opset() < 13;
    const std::size_t axis = j.axis(j.integer("axis", over_all ? 1 : -1), x.dims.size());
    std::int64_t before = 1, n = 1, behind = 1;
    for (std::size_t a = 0; a < x.dims.size(); a++)
        (a < axis ? before : a == axis || over_all ? n : behind) *= x.dims[a];
    const shape blocks = {before, n, behind};
    value in = reshaped(x, blocks);
    extent out = {n, before, behind};
    if (before > 1) in = j.layers.move(in, permute(blocks, {1, 0, 2}, j.layers.moves));
    if (before == 1) {
        const npim_layer &from = j.layers.at(x.layer).layer;
        const bool natural = !x.index && from.out_c == n;
        out = natural ? extent{n, from.out_h, from.out_w} : extent{n, behind, 1};
    }
    const auto from = j.layers.as(in, out, j.name());
    value y = j.layers.whole(j.layers.add(activation(j, NPIM_ACTIVATION_SOFTMAX), {from}, out),
                             {n, before, behind});
    if (before > 1) y = j.layers.move(y, permute(y.dims, {1, 0, 2}, j.layers.moves));
    j.out(0, reshaped(y, x.dims));
}

void lrn(job &j) {
    const value &x = j.computed(0);
    draft d(NPIM_LAYER_LRN, j.name());
    const std::int64_t size = j.integer("size", 0);
    if (size < 1 || size > 65536) j.wrong("size = %lld: outside 1..65536", static_cast<long long>(size));
    if (x.dims.size() < 3 || x.dims.size() > 4 || x.dims[0] != 1)
        j.unsupported("input of shape %s: [1, c, l] and [1, c, h, w] are modelled", text(x.dims).c_str());
    d.layer.size = static_cast<std::uint32_t>(size);
    d.layer.alpha = j.real("alpha", static_cast<double>(0.0001F));
    d.layer.beta = j.real("beta", 0.75);
    d.layer.k = j.real("bias", 1.0);
    if (d.layer.k <= 0.0 || d.layer.alpha < 0.0)
        j.unsupported("a bias that is not above 0, or an alpha below 0");
    const extent out = extent_of(x.dims);
    j.out(0, j.layers.whole(j.layers.add(std::move(d), {j.layers.as(x, out, j.name())}, out), x.dims));
}

} // namespace npim::importer

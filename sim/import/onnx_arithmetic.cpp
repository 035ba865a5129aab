#include "sim/import/onnx_node.hpp"

#include <cmath>

namespace npim::importer {

namespace {

// One number, one per channel (dimension 1 of dims), or one per element.
struct operand {
    std::vector<float> numbers;

    float at(std::size_t e, std::size_t n, std::size_t channels) const {
        if (numbers.size() == n) return numbers[e];
        return numbers[numbers.size() == 1 ? 0 : e / (n / channels)];
    }
};

// Refuses what overflows: weights must be finite.
void check_finite(const job &j, const std::vector<float> &numbers) {
    for (float x : numbers)
        if (!std::isfinite(x)) j.wrong("a factor or an offset is not finite");
}

// Keeps one number per channel where all of a channel are the same.
std::vector<float> per_channel(const std::vector<float> &all, std::size_t channels) {
    const std::size_t plane = all.size() / channels;
    std::vector<float> first;
    for (std::size_t c = 0; c < channels; c++) {
        first.push_back(all[c * plane]);
        for (std::size_t e = c * plane; e < (c + 1) * plane; e++)
            if (all[e] != first[c]) return all;
    }
    return first;
}

// A constant operand for a result of shape dims.
operand stretched(job &j, std::size_t i, const shape &dims) {
    operand o{j.reals(i, "a constant operand")};
    const shape &own = j.in(i).dims;
    const std::size_t missing = dims.size() - own.size();
    const bool channels = dims.size() > 1 && dims[0] == 1 && missing <= 1 && o.numbers.size() > 1 &&
                          own[1 - missing] == dims[1] &&
                          static_cast<std::int64_t>(o.numbers.size()) == dims[1];
    if (o.numbers.size() == 1 || channels) return o;
    const movement m = stretch(own, dims, j.layers.moves);
    operand full;
    for (std::int32_t from : m.from) full.numbers.push_back(o.numbers[static_cast<std::size_t>(from)]);
    return full;
}

value stretched(job &j, const value &x, const shape &dims) {
    return x.dims == dims ? x : j.layers.move(x, stretch(x.dims, dims, j.layers.moves));
}

// The computed operand of a node with a constant one, and the constant.
struct pair {
    value x;
    operand c;
    bool constant_first;
};

pair constant_pair(job &j) {
    const bool first = j.is_fixed(0);
    const shape dims = broadcast(j.in(0).dims, j.in(1).dims);
    count(dims);
    return {stretched(j, j.in(first ? 1 : 0), dims), stretched(j, first ? 0 : 1, dims), first};
}

bool has_constant(job &j) {
    return j.is_fixed(0) || j.is_fixed(1);
}

value both(job &j, npim_layer_kind kind) {
    return combined(j, kind, j.in(0), j.in(1));
}

// f of every number
template <typename function> std::vector<float> each(std::vector<float> numbers, function f) {
    for (float &x : numbers) x = f(x);
    return numbers;
}

} // namespace

value affine(job &j, const value &operand_x, const std::vector<float> &factor,
             const std::vector<float> &offset) {
    const value x = settled(j, operand_x);
    const npim_layer from = j.layers.at(x.layer).layer;
    const std::size_t n = count(x.dims),
                      channels = x.dims.size() > 1 ? static_cast<std::size_t>(x.dims[1]) : n;
    const operand f{factor}, o{offset};
    check_finite(j, factor);
    check_finite(j, offset);
    draft d(NPIM_LAYER_SCALE, j.name());
    if (!x.index && from.out_c == channels && factor.size() < n && offset.size() < n) {
        for (std::size_t c = 0; c < channels; c++) {
            d.factor.push_back(f.at(c, channels, channels));
            d.offset.push_back(o.at(c, channels, channels));
        }
    } else {
        j.layers.moves.check(n);
        d.factor.resize(n);
        d.offset.resize(n);
        for (std::size_t e = 0; e < n; e++) {
            const std::size_t at = x.index ? static_cast<std::size_t>((*x.index)[e]) : e;
            d.factor[at] = f.at(e, n, channels);
            d.offset[at] = o.at(e, n, channels);
        }
        const auto short_factor = per_channel(d.factor, from.out_c),
                   short_offset = per_channel(d.offset, from.out_c);
        if (short_factor.size() == short_offset.size()) d.factor = short_factor, d.offset = short_offset;
    }
    value y = x;
    y.layer = j.layers.add(std::move(d), {x.layer}, {from.out_c, from.out_h, from.out_w});
    return y;
}

value combined(job &j, npim_layer_kind kind, value x, value y) {
    const shape dims = broadcast(x.dims, y.dims);
    x = settled(j, stretched(j, x, dims));
    y = settled(j, stretched(j, y, dims));
    const npim_layer a = j.layers.at(x.layer).layer, b = j.layers.at(y.layer).layer;
    const bool same_order = x.index == y.index || (x.index && y.index && *x.index == *y.index);
    const bool same = same_order && a.out_c == b.out_c && a.out_h == b.out_h && a.out_w == b.out_w;
    const extent out = same || !x.index ? extent{a.out_c, a.out_h, a.out_w} : extent_of(dims);
    const auto left = same ? x.layer : j.layers.as(x, out, j.name());
    const auto right = same ? y.layer : j.layers.as(y, out, j.name());
    value z = j.layers.whole(j.layers.add(draft(kind, j.name()), {left, right}, out), dims);
    if (same) z.index = x.index;
    return z;
}

void add(job &j) {
    if (!has_constant(j)) return j.out(0, both(j, NPIM_LAYER_ADD));
    const pair p = constant_pair(j);
    j.out(0, affine(j, p.x, {1.0F}, p.c.numbers));
}

void subtract(job &j) {
    if (!has_constant(j)) return j.out(0, both(j, NPIM_LAYER_SUB));
    const pair p = constant_pair(j);
    const float sign = p.constant_first ? 1.0F : -1.0F;
    j.out(0, affine(j, p.x, {-sign}, each(p.c.numbers, [&](float c) { return sign * c; })));
}

void multiply(job &j) {
    if (!has_constant(j)) return j.out(0, both(j, NPIM_LAYER_MUL));
    const pair p = constant_pair(j);
    j.out(0, affine(j, p.x, p.c.numbers, {0.0F}));
}

void divide(job &j) {
    if (!j.is_fixed(1)) j.unsupported("the divisor must be a constant");
    const pair p = constant_pair(j);
    j.out(0, affine(j, p.x, each(p.c.numbers, [](float c) { return 1.0F / c; }), {0.0F}));
}

// scale (x - mean) / sqrt(var + epsilon) + B
void batch_norm(job &j) {
    const value &x = j.computed(0);
    if (x.dims.size() < 2 || x.dims[0] != 1)
        j.unsupported("input of shape %s: [1, c, ...] is modelled", text(x.dims).c_str());
    if (j.integer("training_mode", 0) != 0) j.unsupported("training_mode is not modelled");
    if (j.opset() < 9 && j.integer("spatial", 1) == 0) j.unsupported("spatial = 0 is not modelled");
    j.real("momentum", 0.9);
    const double epsilon = j.real("epsilon", static_cast<double>(1e-5F));
    const auto scale = j.reals(1, "scale"), b = j.reals(2, "B"), mean = j.reals(3, "mean"),
               var = j.reals(4, "var");
    const auto channels = static_cast<std::size_t>(x.dims[1]);
    if (scale.size() != channels || b.size() != channels || mean.size() != channels || var.size() != channels)
        j.wrong("scale, B, mean and var must have %zu numbers", channels);
    std::vector<float> factor, offset;
    for (std::size_t c = 0; c < channels; c++) {
        const double f = static_cast<double>(scale[c]) / std::sqrt(static_cast<double>(var[c]) + epsilon);
        factor.push_back(static_cast<float>(f));
        offset.push_back(static_cast<float>(static_cast<double>(b[c]) - static_cast<double>(mean[c]) * f));
    }
    j.out(0, affine(j, x, factor, offset));
}

} // namespace npim::importer

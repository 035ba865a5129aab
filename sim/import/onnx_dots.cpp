#include "sim/import/onnx_node.hpp"

#include <algorithm>

namespace npim::importer {

namespace {

std::uint32_t small(const job &j, const char *what, std::int64_t x) {
    if (x < 1 || x > 65536) j.unsupported("%s = %lld: outside 1..65536", what, static_cast<long long>(x));
    return static_cast<std::uint32_t>(x);
}

// x [..., rows] times weight [outputs][rows]. A row is a fully connected layer, more are a convolution of one
// pixel.
value product(job &j, const value &x, std::vector<float> weight, std::int64_t outputs) {
    const std::int64_t rows = x.dims.back(), n = static_cast<std::int64_t>(count(x.dims)) / rows;
    shape dims = x.dims;
    dims.back() = outputs;
    draft d(n == 1 ? NPIM_LAYER_FC : NPIM_LAYER_CONV, j.name());
    d.weight = std::move(weight);
    small(j, "outputs", outputs);
    if (n == 1)
        return j.layers.whole(j.layers.add(std::move(d), {j.layers.in_order(x, j.name())}, {outputs, 1, 1}),
                              dims);
    small(j, "rows", n);
    const value columns = j.layers.move(reshaped(x, {n, rows}), permute({n, rows}, {1, 0}, j.layers.moves));
    const auto from = j.layers.as(columns, {rows, n, 1}, j.name());
    const value y = j.layers.whole(j.layers.add(std::move(d), {from}, {outputs, n, 1}), {outputs, n});
    return reshaped(j.layers.move(y, permute(y.dims, {1, 0}, j.layers.moves)), dims);
}

// [rows][outputs] to [outputs][rows]
std::vector<float> transposed(const std::vector<float> &w, std::size_t rows, std::size_t outputs) {
    std::vector<float> t(w.size());
    for (std::size_t r = 0; r < rows; r++)
        for (std::size_t o = 0; o < outputs; o++) t[o * rows + r] = w[r * outputs + o];
    return t;
}

// x is the whole output of a layer of its channels with a border of zeros: how far in it begins. False: it is
// not.
bool is_bordered(const job &j, const value &x, const extent &in, std::int64_t &top, std::int64_t &left) {
    const npim_layer &from = j.layers.at(x.layer).layer;
    const std::int64_t h = from.out_h, w = from.out_w;
    if (!x.index || from.out_c != in.c || h > in.h || w > in.w) return false;
    const auto first = std::find(x.index->begin(), x.index->end(), 0) - x.index->begin();
    top = first / in.w, left = first % in.w;
    if (top + h > in.h || left + w > in.w) return false;
    std::size_t e = 0;
    for (std::int64_t c = 0; c < in.c; c++)
        for (std::int64_t y = -top; y < in.h - top; y++)
            for (std::int64_t z = -left; z < in.w - left; z++) {
                const bool inside = y >= 0 && y < h && z >= 0 && z < w;
                if ((*x.index)[e++] != (inside ? (c * h + y) * w + z : -1)) return false;
            }
    return true;
}

// The layer that a convolution reads. A border of zeros before it becomes padding of its own.
std::uint32_t source_of(job &j, npim_layer &layer, const value &x, const extent &in) {
    std::int64_t top, left;
    if (!is_bordered(j, x, in, top, left)) return j.layers.as(x, in, j.name());
    const npim_layer &from = j.layers.at(x.layer).layer;
    layer.pad_top += static_cast<std::uint32_t>(top);
    layer.pad_left += static_cast<std::uint32_t>(left);
    layer.pad_bottom += static_cast<std::uint32_t>(in.h - top - from.out_h);
    layer.pad_right += static_cast<std::uint32_t>(in.w - left - from.out_w);
    return x.layer;
}

} // namespace

void conv(job &j) {
    const value &x = j.computed(0);
    const value &w = j.fixed(1, "weights");
    const std::size_t rank = x.dims.size();
    if (rank != 3 && rank != 4)
        j.unsupported("input of shape %s: 1-D and 2-D are modelled", text(x.dims).c_str());
    if (w.dims.size() != rank)
        j.wrong("weights of shape %s for an input of %s", text(w.dims).c_str(), text(x.dims).c_str());
    count(w.dims);
    draft d(NPIM_LAYER_CONV, j.name());
    const std::int64_t groups = j.integer("group", 1);
    d.layer.groups = small(j, "group", groups);
    small(j, "output channels", w.dims[0]);
    if (x.dims[1] % groups || w.dims[0] % groups || w.dims[1] != x.dims[1] / groups)
        j.wrong("weights of shape %s do not fit an input of %s in %lld groups", text(w.dims).c_str(),
                text(x.dims).c_str(), static_cast<long long>(groups));
    const std::vector<std::int64_t> kernel(w.dims.begin() + 2, w.dims.end());
    const windows s = slide(j, d.layer, x, kernel, w.dims[0]);
    d.weight = j.reals(1, "weights");
    if (j.has(2)) d.bias = j.reals(2, "bias");
    if (j.has(2) && d.bias.size() != static_cast<std::size_t>(w.dims[0]))
        j.wrong("%zu numbers of bias for %lld channels", d.bias.size(), static_cast<long long>(w.dims[0]));
    const auto from = source_of(j, d.layer, x, s.in);
    const auto layer = j.layers.add(std::move(d), {from}, s.out);
    j.out(0,
          j.layers.whole(layer, s.flat ? shape{1, s.out.c, s.out.h} : shape{1, s.out.c, s.out.h, s.out.w}));
}

// alpha A B + beta C
void gemm(job &j) {
    value a = j.computed(0);
    const value &b = j.fixed(1, "B");
    if (a.dims.size() != 2 || b.dims.size() != 2) j.wrong("A and B must have 2 dimensions");
    if (j.integer("transA", 0)) a = j.layers.move(a, permute(a.dims, {1, 0}, j.layers.moves));
    const bool is_transposed = j.integer("transB", 0) != 0;
    count(b.dims);
    const std::int64_t rows = b.dims[is_transposed ? 1 : 0], outputs = b.dims[is_transposed ? 0 : 1];
    if (a.dims[1] != rows) j.wrong("A %s and B %s do not fit", text(a.dims).c_str(), text(b.dims).c_str());
    std::vector<float> w = j.reals(1, "B");
    if (!is_transposed) w = transposed(w, static_cast<std::size_t>(rows), static_cast<std::size_t>(outputs));
    const auto alpha = static_cast<float>(j.real("alpha", 1.0)),
               beta = static_cast<float>(j.real("beta", 1.0));
    for (float &x : w) x *= alpha;
    value y = product(j, a, std::move(w), outputs);
    if (!j.has(2)) {
        j.out(0, y);
        return;
    }
    const value &c = j.in(2);
    if (broadcast(c.dims, y.dims) != y.dims)
        j.wrong("C %s does not fit %s", text(c.dims).c_str(), text(y.dims).c_str());
    const value full = j.layers.move(c, stretch(c.dims, y.dims, j.layers.moves));
    if (c.fixed) {
        j.reals(2, "C");
        std::vector<float> offset;
        for (std::size_t e = 0; e < full.fixed->n(); e++)
            offset.push_back(beta * static_cast<float>(full.fixed->real(e)));
        j.out(0, affine(j, y, {1.0F}, offset));
        return;
    }
    j.out(0, combined(j, NPIM_LAYER_ADD, y, beta == 1.0F ? full : affine(j, full, {beta}, {0.0F})));
}

void matmul(job &j) {
    const value &a = j.computed(0);
    const value &b = j.fixed(1, "the second operand");
    if (b.dims.size() != 2)
        j.unsupported("second operand of shape %s: a matrix is modelled", text(b.dims).c_str());
    count(b.dims);
    if (a.dims.empty() || a.dims.back() != b.dims[0])
        j.wrong("shapes %s and %s do not fit", text(a.dims).c_str(), text(b.dims).c_str());
    j.out(0, product(j, a,
                     transposed(j.reals(1, "the second operand"), static_cast<std::size_t>(b.dims[0]),
                                static_cast<std::size_t>(b.dims[1])),
                     b.dims[1]));
}

} // namespace npim::importer

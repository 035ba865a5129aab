#include "sim/import/onnx_node.hpp"

#include <algorithm>

namespace npim::importer {

namespace {

using proto = ONNX_NAMESPACE::TensorProto;

bool is_real(std::int64_t type) {
    return type == proto::FLOAT || type == proto::DOUBLE || type == proto::FLOAT16 || type == proto::BFLOAT16;
}

bool is_integer(std::int64_t type) {
    return type == proto::INT64 || type == proto::INT32 || type == proto::BOOL;
}

// Attribute until an opset, input 1 from then on; empty when absent.
std::vector<std::int64_t> axes_of(job &j, std::int64_t input_since) {
    if (j.opset() < input_since) return j.list("axes", {});
    return j.has(1) ? j.integers(1, "axes") : std::vector<std::int64_t>();
}

// An integer n for which a real x is: truncated as C does, kept within 64 bits.
std::int64_t truncated(double x) {
    return x >= 9e18 ? INT64_MAX : x <= -9e18 ? INT64_MIN : static_cast<std::int64_t>(x);
}

} // namespace

void identity(job &j) {
    j.out(0, j.in(0));
}

void dropout(job &j) {
    j.integer("seed", 0);
    if (j.opset() < 12) j.real("ratio", 0.5);
    if (j.has(1)) j.fixed(1, "ratio");
    if (j.has(2) && j.fixed(2, "training_mode").fixed->n() == 1 &&
        j.fixed(2, "training_mode").fixed->real(0) != 0)
        j.unsupported("training_mode is not modelled");
    j.out(0, j.in(0));
}

// Computed values are codes with a scale in the end, whatever their type in the model.
void cast(job &j) {
    const value &x = j.in(0);
    const std::int64_t to = j.integer("to", 0);
    if (!is_real(to) && !(x.fixed && is_integer(to)))
        j.unsupported("to type %lld: allowed are float, double, float16, bfloat16%s",
                      static_cast<long long>(to), x.fixed ? ", int64, int32, bool" : "");
    value y = x;
    if (x.fixed && x.fixed->is_integer == is_real(to)) {
        j.layers.moves.take(x.fixed->n());
        auto c = std::make_shared<constant>();
        c->is_integer = !is_real(to);
        for (std::size_t e = 0; e < x.fixed->n(); e++) {
            const double number = x.fixed->real(e);
            if (!c->is_integer)
                c->reals.push_back(static_cast<float>(number));
            else
                c->integers.push_back(to == proto::BOOL ? number != 0.0 : truncated(number));
        }
        y.fixed = std::move(c);
    }
    j.out(0, y);
}

void shape_of(job &j) {
    const shape &dims = j.in(0).dims;
    const auto rank = static_cast<std::int64_t>(dims.size());
    const auto place = [&](std::int64_t a) {
        return std::clamp<std::int64_t>(a < 0 ? a + rank : a, 0, rank);
    };
    const std::int64_t from = place(j.integer("start", 0)), to = place(j.integer("end", rank));
    auto c = std::make_shared<constant>();
    c->is_integer = true;
    for (std::int64_t a = from; a < to; a++) c->integers.push_back(dims[static_cast<std::size_t>(a)]);
    value y;
    y.dims = {static_cast<std::int64_t>(c->n())};
    y.fixed = std::move(c);
    j.out(0, y);
}

// 0 keeps a dimension, -1 is what is left.
void reshape(job &j) {
    const value &x = j.in(0);
    shape dims = j.integers(1, "shape");
    const bool zero_is_zero = j.integer("allowzero", 0) != 0;
    const std::size_t n = count(x.dims, x.fixed != nullptr);
    std::int64_t known = 1, open = -1;
    if (dims.size() > max_rank) j.unsupported("%zu dimensions: more than %zu", dims.size(), max_rank);
    for (std::size_t a = 0; a < dims.size(); a++) {
        if (dims[a] == 0 && !zero_is_zero && a < x.dims.size()) dims[a] = x.dims[a];
        if (dims[a] == -1 && open < 0)
            open = static_cast<std::int64_t>(a);
        else if (dims[a] < 0 || (dims[a] > 0 && known > max_elements / dims[a]))
            j.wrong("shape %s does not fit %s", text(dims).c_str(), text(x.dims).c_str());
        else
            known *= dims[a];
    }
    if (open >= 0) dims[static_cast<std::size_t>(open)] = known ? static_cast<std::int64_t>(n) / known : 0;
    if (count(dims, x.fixed != nullptr) != n)
        j.wrong("shape %s does not fit %s", text(dims).c_str(), text(x.dims).c_str());
    j.out(0, reshaped(x, dims));
}

void flatten(job &j) {
    const value &x = j.in(0);
    std::int64_t a = j.integer("axis", 1);
    const auto rank = static_cast<std::int64_t>(x.dims.size());
    if (a < -rank || a > rank)
        j.wrong("axis %lld: outside a shape of %zu dimensions", static_cast<long long>(a), x.dims.size());
    if (a < 0) a += rank;
    shape dims = {1, 1};
    for (std::int64_t i = 0; i < rank; i++) dims[i < a ? 0 : 1] *= x.dims[static_cast<std::size_t>(i)];
    j.out(0, reshaped(x, dims));
}

void transpose(job &j) {
    const value &x = j.in(0);
    std::vector<std::int64_t> preset;
    for (std::size_t a = x.dims.size(); a-- > 0;) preset.push_back(static_cast<std::int64_t>(a));
    std::vector<std::size_t> order;
    for (std::int64_t a : j.list("perm", preset)) order.push_back(j.axis(a, x.dims.size()));
    std::vector<std::size_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    if (order.size() != x.dims.size() || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
        j.wrong("perm is no order of %zu dimensions", x.dims.size());
    j.out(0, j.layers.move(x, permute(x.dims, order, j.layers.moves)));
}

void squeeze(job &j) {
    const value &x = j.in(0);
    const auto axes = axes_of(j, 13);
    std::vector<bool> gone(x.dims.size(), false);
    for (std::int64_t a : axes) gone[j.axis(a, x.dims.size())] = true;
    shape dims;
    for (std::size_t a = 0; a < x.dims.size(); a++) {
        if (gone[a] && x.dims[a] != 1) j.wrong("dimension %zu of %s is not 1", a, text(x.dims).c_str());
        if (!gone[a] && (!axes.empty() || x.dims[a] != 1)) dims.push_back(x.dims[a]);
    }
    j.out(0, reshaped(x, dims));
}

void unsqueeze(job &j) {
    const value &x = j.in(0);
    const auto axes = axes_of(j, 13);
    const std::size_t rank = x.dims.size() + axes.size();
    if (rank > max_rank) j.unsupported("%zu dimensions: more than %zu", rank, max_rank);
    std::vector<bool> added(rank, false);
    for (std::int64_t a : axes) {
        if (added[j.axis(a, rank)]) j.wrong("axis %lld twice", static_cast<long long>(a));
        added[j.axis(a, rank)] = true;
    }
    shape dims;
    auto next = x.dims.begin();
    for (std::size_t a = 0; a < rank; a++) dims.push_back(added[a] ? 1 : *next++);
    j.out(0, reshaped(x, dims));
}

void expand(job &j) {
    const value &x = j.in(0);
    const shape wanted = j.integers(1, "shape");
    count(wanted, x.fixed != nullptr);
    const shape dims = broadcast(x.dims, wanted);
    count(dims, x.fixed != nullptr);
    j.out(0, j.layers.move(x, stretch(x.dims, dims, j.layers.moves)));
}

} // namespace npim::importer

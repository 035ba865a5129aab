#include "sim/import/onnx_node.hpp"

#include <algorithm>

namespace npim::importer {

namespace {

using picks = std::vector<std::vector<std::int64_t>>;

picks everything(const job &j, const shape &dims) {
    picks all;
    for (std::int64_t d : dims) {
        j.layers.moves.check(static_cast<std::size_t>(d));
        all.push_back(all_of(d));
    }
    return all;
}

value selected(job &j, const value &x, const picks &wanted) {
    return j.layers.move(x, select(x.dims, wanted, j.layers.moves));
}

// Attribute until an opset, an input from then on.
std::vector<std::int64_t> parameter(job &j, const char *key, std::size_t input, std::int64_t input_since,
                                    std::vector<std::int64_t> preset) {
    if (j.opset() < input_since) return j.list(key, preset);
    return j.has(input) ? j.integers(input, key) : preset;
}

// from, from + step, ... before to, both clipped to an axis of n.
std::vector<std::int64_t> range(std::int64_t from, std::int64_t to, std::int64_t step, std::int64_t n) {
    from = from < -n ? -n : from;
    to = to < -n - 1 ? -n - 1 : to;
    if (from < 0) from += n;
    if (to < 0) to += n;
    from = std::clamp<std::int64_t>(from, 0, step > 0 ? n : n - 1);
    to = std::clamp<std::int64_t>(to, step > 0 ? 0 : -1, n);
    step = std::clamp<std::int64_t>(step, -n - 1, n + 1); // further steps lead outside as well
    std::vector<std::int64_t> all;
    for (; step > 0 ? from < to : from > to; from += step) all.push_back(from);
    return all;
}

// Where coordinate i of a padded axis of n comes from; -1: the constant.
std::int64_t padded(std::int64_t i, std::int64_t n, const std::string &mode) {
    if (i >= 0 && i < n) return i;
    if (mode == "edge") return i < 0 ? 0 : n - 1;
    if (mode == "wrap") return ((i % n) + n) % n;
    if (mode == "reflect" && n == 1) return 0;
    if (mode == "reflect") {
        const std::int64_t period = 2 * (n - 1), at = ((i % period) + period) % period;
        return at < n ? at : period - at;
    }
    return -1;
}

} // namespace

void slice(job &j) {
    const value &x = j.in(0);
    const auto starts = parameter(j, "starts", 1, 10, {}), ends = parameter(j, "ends", 2, 10, {});
    const auto axes =
        parameter(j, "axes", 3, 10, all_of(static_cast<std::int64_t>(std::min(starts.size(), max_rank))));
    const auto steps = parameter(j, "steps", 4, 10, std::vector<std::int64_t>(starts.size(), 1));
    if (starts.size() != ends.size() || starts.size() != axes.size() || starts.size() != steps.size())
        j.wrong("starts, ends, axes and steps must be of one length");
    if (axes.size() > x.dims.size())
        j.wrong("%zu axes of a shape of %zu dimensions", axes.size(), x.dims.size());
    picks wanted = everything(j, x.dims);
    for (std::size_t i = 0; i < axes.size(); i++) {
        const std::size_t a = j.axis(axes[i], x.dims.size());
        if (steps[i] == 0) j.wrong("a step of 0");
        wanted[a] = range(starts[i], ends[i], steps[i], x.dims[a]);
        if (wanted[a].empty() && !x.fixed)
            j.wrong("nothing is left of dimension %zu of %s", a, text(x.dims).c_str());
    }
    j.out(0, selected(j, x, wanted));
}

// The number that fills the border.
static double filler(job &j) {
    if (j.opset() < 11) return j.real("value", 0.0);
    if (!j.has(2)) return 0.0;
    const auto numbers = j.reals(2, "constant_value");
    return numbers.empty() ? 0.0 : static_cast<double>(numbers[0]);
}

void pad(job &j) {
    const value &x = j.in(0);
    const std::string mode = j.text("mode", "constant");
    if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap")
        j.unsupported("mode %s: allowed are constant, edge, reflect, wrap", mode.c_str());
    const auto pads = parameter(j, "pads", 1, 11, {});
    std::vector<std::int64_t> axes = all_of(static_cast<std::int64_t>(x.dims.size()));
    if (j.opset() >= 18 && j.has(3)) axes = j.integers(3, "axes");
    const double border = filler(j);
    if (pads.size() != 2 * axes.size()) j.wrong("%zu pads for %zu dimensions", pads.size(), axes.size());
    shape dims = x.dims;
    std::vector<std::int64_t> before(dims.size(), 0);
    for (std::size_t i = 0; i < axes.size(); i++) {
        const std::size_t a = j.axis(axes[i], dims.size());
        const std::int64_t first = pads[i], last = pads[i + axes.size()];
        if (std::max(first, last) > max_elements || std::min(first, last) < -max_elements)
            j.wrong("pads of more than 2^30");
        before[a] = first;
        dims[a] = x.dims[a] + first + last;
    }
    j.layers.moves.check(count(dims));
    picks wanted;
    for (std::size_t a = 0; a < dims.size(); a++) {
        wanted.push_back(all_of(dims[a]));
        for (auto &i : wanted[a]) i = padded(i - before[a], x.dims[a], mode);
    }
    movement m = select(x.dims, wanted, j.layers.moves);
    const bool fills = border != 0.0 && std::count(m.from.begin(), m.from.end(), -1) > 0;
    if (fills && x.fixed) j.unsupported("constants padded with %g", border);
    std::vector<float> offset(fills ? m.from.size() : 0);
    for (std::size_t e = 0; e < offset.size(); e++)
        offset[e] = m.from[e] < 0 ? static_cast<float>(border) : 0.0F;
    value y = j.layers.move(x, std::move(m));
    j.out(0, fills ? affine(j, y, {1.0F}, offset) : y);
}

void split(job &j) {
    const value &x = j.in(0);
    const std::size_t a = j.axis(j.integer("axis", 0), x.dims.size());
    const auto n = static_cast<std::int64_t>(j.node.output_size());
    if (j.opset() >= 18 && j.integer("num_outputs", n) != n)
        j.wrong("num_outputs is not %lld", static_cast<long long>(n));
    if (n == 0) j.wrong("no results");
    const std::int64_t part = (x.dims[a] + n - 1) / n; // the last one may be smaller
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(n), part);
    sizes.back() = x.dims[a] - (n - 1) * part;
    sizes = parameter(j, "split", 1, 13, sizes);
    if (static_cast<std::int64_t>(sizes.size()) != n)
        j.wrong("%zu parts for %lld results", sizes.size(), static_cast<long long>(n));
    std::int64_t from = 0;
    for (std::size_t i = 0; i < sizes.size(); i++) {
        if (sizes[i] <= 0 || sizes[i] > x.dims[a] - from)
            j.wrong("parts do not fit dimension %zu of %s", a, text(x.dims).c_str());
        picks wanted = everything(j, x.dims);
        wanted[a] = all_of(sizes[i]);
        for (auto &at : wanted[a]) at += from;
        from += sizes[i];
        if (j.is_wanted(i)) j.out(i, selected(j, x, wanted));
    }
    if (from != x.dims[a]) j.wrong("parts do not fill dimension %zu of %s", a, text(x.dims).c_str());
}

void gather(job &j) {
    const value &x = j.in(0);
    const value &indices = j.fixed(1, "indices");
    const auto at = j.integers(1, "indices");
    const std::size_t a = j.axis(j.integer("axis", 0), x.dims.size());
    picks wanted = everything(j, x.dims);
    wanted[a] = at;
    for (auto &i : wanted[a]) {
        if (i < -x.dims[a] || i >= x.dims[a])
            j.wrong("index %lld: outside dimension %zu of %s", static_cast<long long>(i), a,
                    text(x.dims).c_str());
        if (i < 0) i += x.dims[a];
    }
    shape dims(x.dims.begin(), x.dims.begin() + static_cast<std::ptrdiff_t>(a));
    dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
    dims.insert(dims.end(), x.dims.begin() + static_cast<std::ptrdiff_t>(a) + 1, x.dims.end());
    count(dims, x.fixed != nullptr);
    j.out(0, reshaped(selected(j, x, wanted), dims));
}

namespace {

// Elements before, at and behind an axis, for each operand of a concatenation.
struct joint {
    std::size_t axis = 0;
    shape dims; // of the result
    std::int64_t before = 1, behind = 1;
};

joint joint_of(job &j) {
    joint all;
    all.dims = j.in(0).dims;
    all.axis = j.axis(j.integer("axis", 0), all.dims.size());
    for (std::size_t i = 1; i < j.n_inputs(); i++) {
        shape dims = j.in(i).dims;
        if (dims.size() != all.dims.size())
            j.wrong("shapes %s and %s do not fit", text(all.dims).c_str(), text(dims).c_str());
        const std::int64_t more = dims[all.axis];
        dims[all.axis] = all.dims[all.axis];
        if (dims != all.dims)
            j.wrong("shapes %s and %s do not fit", text(all.dims).c_str(), text(dims).c_str());
        all.dims[all.axis] += more;
    }
    count(all.dims, j.is_fixed(0));
    for (std::size_t a = 0; a < all.dims.size(); a++) {
        if (a < all.axis) all.before *= all.dims[a];
        if (a > all.axis) all.behind *= all.dims[a];
    }
    return all;
}

// Elements of operand i that stand together.
std::int64_t run_of(job &j, const joint &all, std::size_t i) {
    return j.in(i).dims[all.axis] * all.behind;
}

value concat_constants(job &j, const joint &all) {
    auto c = std::make_shared<constant>();
    c->is_integer = true;
    for (std::size_t i = 0; i < j.n_inputs(); i++) c->is_integer &= j.in(i).fixed->is_integer;
    for (std::int64_t b = 0; b < all.before; b++) {
        for (std::size_t i = 0; i < j.n_inputs(); i++) {
            const std::int64_t run = run_of(j, all, i);
            j.layers.moves.take(static_cast<std::size_t>(run));
            for (std::int64_t e = b * run; e < (b + 1) * run; e++) {
                const auto at = static_cast<std::size_t>(e);
                if (c->is_integer)
                    c->integers.push_back(j.in(i).fixed->integers[at]);
                else
                    c->reals.push_back(static_cast<float>(j.in(i).fixed->real(at)));
            }
        }
    }
    value y;
    y.dims = all.dims;
    y.fixed = std::move(c);
    return y;
}

// Layers one after another; where that is not the order of the result, it is read in another one.
value concat_computed(job &j, const joint &all) {
    const bool channels = all.before == 1 && all.axis == 1 && all.dims.size() <= 4;
    std::vector<std::uint32_t> parts;
    extent out = extent_of(all.dims);
    out.c = channels ? out.c : 0;
    for (std::size_t i = 0; i < j.n_inputs(); i++) {
        extent part =
            channels ? extent_of(j.in(i).dims) : extent{static_cast<std::int64_t>(count(j.in(i).dims)), 1, 1};
        parts.push_back(j.layers.as(j.in(i), part, j.name()));
        if (!channels) out = {out.c + part.c, 1, 1};
    }
    const value y = j.layers.whole(j.layers.add(draft(NPIM_LAYER_CONCAT, j.name()), parts, out), all.dims);
    if (all.before == 1) return y;
    movement m;
    m.dims = all.dims;
    j.layers.moves.take(count(all.dims));
    for (std::int64_t b = 0; b < all.before; b++) {
        std::int64_t first = 0;
        for (std::size_t i = 0; i < j.n_inputs(); i++) {
            const std::int64_t run = run_of(j, all, i);
            for (std::int64_t e = 0; e < run; e++)
                m.from.push_back(static_cast<std::int32_t>(first + b * run + e));
            first += all.before * run;
        }
    }
    return j.layers.move(y, std::move(m));
}

} // namespace

void concat(job &j) {
    const joint all = joint_of(j);
    std::size_t constants = 0;
    for (std::size_t i = 0; i < j.n_inputs(); i++) constants += j.is_fixed(i);
    if (j.n_inputs() == 1)
        j.out(0, j.in(0));
    else
        j.out(0, constants == j.n_inputs() ? concat_constants(j, all) : concat_computed(j, all));
}

} // namespace npim::importer

#include "sim/import/onnx_node.hpp"

#include <algorithm>

namespace npim::importer {

namespace {

// ONNX has the gates in the order input, output, forget, cell; npim input, forget, cell, output.
constexpr std::size_t gate_of[] = {0, 2, 3, 1};

struct sizes {
    std::int64_t steps, features, hidden, directions;
};

// [directions][4 hidden][n] of one direction, in npim's order, into columns from `first` on.
void take_matrix(std::vector<float> &weight, const std::vector<float> &from, const sizes &s,
                 std::size_t direction, std::size_t n, std::size_t first) {
    const auto hidden = static_cast<std::size_t>(s.hidden),
               rows = static_cast<std::size_t>(s.features) + hidden;
    for (std::size_t g = 0; g < 4; g++)
        for (std::size_t u = 0; u < hidden; u++) {
            const float *row = &from[((direction * 4 + gate_of[g]) * hidden + u) * n];
            std::copy(row, row + n, &weight[(g * hidden + u) * rows + first]);
        }
}

void check_dims(const job &j, const value &x, const shape &wanted, const char *what) {
    if (x.dims != wanted)
        j.wrong("%s of shape %s instead of %s", what, text(x.dims).c_str(), text(wanted).c_str());
}

void check_zero(job &j, std::size_t i, const char *what) {
    if (!j.has(i)) return;
    for (float x : j.reals(i, what))
        if (x != 0.0F) j.unsupported("%s other than 0 is not modelled", what);
}

void check_plain(job &j, const sizes &s, const std::string &direction) {
    for (const char *key : {"activations", "activation_alpha", "activation_beta"})
        if (j.has_attribute(key) && std::string(key) != "activations")
            j.unsupported("attribute %s is not modelled", key);
    const auto *functions = j.attribute("activations", ONNX_NAMESPACE::AttributeProto::STRINGS);
    for (int i = 0; functions && i < functions->strings_size(); i++) {
        std::string f = functions->strings(i);
        std::transform(f.begin(), f.end(), f.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (f != (i % 3 == 0 ? "sigmoid" : "tanh")) j.unsupported("activation %s is not modelled", f.c_str());
    }
    if (j.integer("input_forget", 0) != 0) j.unsupported("input_forget is not modelled");
    if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
        j.wrong("direction %s: allowed are forward, reverse, bidirectional", direction.c_str());
    if (j.has(4))
        for (std::int64_t n : j.integers(4, "sequence_lens"))
            if (n != s.steps)
                j.unsupported("sequence_lens other than all %lld steps", static_cast<long long>(s.steps));
    check_zero(j, 5, "initial_h");
    check_zero(j, 6, "initial_c");
    check_zero(j, 7, "P (peepholes)");
}

sizes sizes_of(job &j, const value &x, bool batch_first, const std::string &direction) {
    if (x.dims.size() != 3 || x.dims[batch_first ? 0 : 1] != 1)
        j.unsupported("input of shape %s: a batch of 1 is modelled", text(x.dims).c_str());
    sizes s = {x.dims[batch_first ? 1 : 0], x.dims[2], 0, direction == "bidirectional" ? 2 : 1};
    const value &r = j.fixed(2, "R");
    if (r.dims.size() != 3) j.wrong("R of shape %s", text(r.dims).c_str());
    s.hidden = r.dims[2];
    if (s.hidden < 1 || s.hidden > 65536 || s.features > 65536 || s.steps > 65536)
        j.unsupported("%lld hidden units, %lld inputs, %lld steps: outside 1..65536",
                      static_cast<long long>(s.hidden), static_cast<long long>(s.features),
                      static_cast<long long>(s.steps));
    if (j.integer("hidden_size", s.hidden) != s.hidden) j.wrong("hidden_size is not that of R");
    check_dims(j, j.fixed(1, "W"), {s.directions, 4 * s.hidden, s.features}, "W");
    check_dims(j, r, {s.directions, 4 * s.hidden, s.hidden}, "R");
    if (j.has(3)) check_dims(j, j.fixed(3, "B"), {s.directions, 8 * s.hidden}, "B");
    return s;
}

// The steps as rows, from the last one on where it is reversed.
std::uint32_t steps_of(job &j, const value &x, const sizes &s, bool reversed) {
    std::vector<std::vector<std::int64_t>> picks = {all_of(s.steps), all_of(s.features)};
    if (reversed) std::reverse(picks[0].begin(), picks[0].end());
    const value in_order = j.layers.move(reshaped(x, {s.steps, s.features}),
                                         select({s.steps, s.features}, picks, j.layers.moves));
    const value columns = j.layers.move(in_order, permute(in_order.dims, {1, 0}, j.layers.moves));
    return j.layers.as(columns, {s.features, s.steps, 1}, j.name());
}

std::uint32_t one_direction(job &j, const value &x, const sizes &s, std::size_t direction, bool reversed) {
    const auto features = static_cast<std::size_t>(s.features), hidden = static_cast<std::size_t>(s.hidden);
    draft d(NPIM_LAYER_LSTM, j.name());
    d.weight.resize(4 * hidden * (features + hidden));
    take_matrix(d.weight, j.reals(1, "W"), s, direction, features, 0);
    take_matrix(d.weight, j.reals(2, "R"), s, direction, hidden, features);
    if (j.has(3)) {
        const auto b = j.reals(3, "B");
        for (std::size_t g = 0; g < 4; g++)
            for (std::size_t u = 0; u < hidden; u++)
                d.bias.push_back(b[(direction * 8 + gate_of[g]) * hidden + u] +
                                 b[(direction * 8 + 4 + gate_of[g]) * hidden + u]);
    }
    return j.layers.add(std::move(d), {steps_of(j, x, s, reversed)}, {s.hidden, s.steps, 1});
}

// Where the result of (direction, unit, step) is in the layer [directions x hidden][steps].
std::int32_t place(const sizes &s, std::int64_t direction, std::int64_t unit, std::int64_t step,
                   bool reversed) {
    return static_cast<std::int32_t>((direction * s.hidden + unit) * s.steps +
                                     (reversed ? s.steps - 1 - step : step));
}

// All steps, or the last one that each direction does.
value results(job &j, std::uint32_t layer, const sizes &s, bool reverse, bool batch_first, bool last) {
    movement m;
    const std::int64_t steps = last ? 1 : s.steps;
    m.dims = batch_first
                 ? (last ? shape{1, s.directions, s.hidden} : shape{1, steps, s.directions, s.hidden})
                 : (last ? shape{s.directions, 1, s.hidden} : shape{steps, s.directions, 1, s.hidden});
    j.layers.moves.take(count(m.dims));
    for (std::int64_t step = 0; step < steps; step++)
        for (std::int64_t direction = 0; direction < s.directions; direction++)
            for (std::int64_t unit = 0; unit < s.hidden; unit++)
                m.from.push_back(last ? place(s, direction, unit, s.steps - 1, false)
                                      : place(s, direction, unit, step, reverse || direction == 1));
    return j.layers.move(j.layers.whole(layer, {s.directions * s.hidden, s.steps}), std::move(m));
}

} // namespace

void lstm(job &j) {
    const value x = j.computed(0);
    const bool batch_first = j.integer("layout", 0) != 0;
    const std::string direction = j.text("direction", "forward");
    const sizes s = sizes_of(j, x, batch_first, direction);
    check_plain(j, s, direction);
    const bool reverse = direction == "reverse";
    std::uint32_t layer = one_direction(j, x, s, 0, reverse);
    if (s.directions == 2)
        layer = j.layers.add(draft(NPIM_LAYER_CONCAT, j.name()), {layer, one_direction(j, x, s, 1, true)},
                             {2 * s.hidden, s.steps, 1});
    if (j.is_wanted(0)) j.out(0, results(j, layer, s, reverse, batch_first, false));
    if (j.is_wanted(1)) j.out(1, results(j, layer, s, reverse, batch_first, true));
}

} // namespace npim::importer

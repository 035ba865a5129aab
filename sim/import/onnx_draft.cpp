#include "sim/import/onnx_draft.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace npim::importer {

namespace {

constexpr std::int64_t max_size = 65536; // of a key in network.toml
constexpr std::size_t max_moves = 64;
constexpr std::size_t max_uses = 8; // of a weight, on average
constexpr std::size_t name_room = NPIM_LAYER_NAME_SIZE - 16;

std::size_t elements(const extent &e) {
    return count({e.c, e.h, e.w});
}

bool is(const npim_layer &l, const extent &e) {
    return l.out_c == e.c && l.out_h == e.h && l.out_w == e.w;
}

} // namespace

draft::draft(npim_layer_kind kind, const std::string &name) {
    std::snprintf(layer.name, sizeof layer.name, "%s", name.c_str());
    layer.kind = kind;
    layer.kernel_h = layer.kernel_w = layer.stride_h = layer.stride_w = 1;
    layer.dilation_h = layer.dilation_w = layer.groups = 1;
}

std::size_t draft::outputs() const {
    return static_cast<std::size_t>(layer.out_c) * layer.out_h * layer.out_w;
}

// Each of a model's numbers and pixels may be moved some times, and a few million elements may be anyway.
static std::size_t movable(const extent &image, std::size_t held) {
    const std::size_t most = std::size_t{1} << 26;
    return std::min(most, (std::size_t{1} << 22) + max_moves * std::min(most, elements(image) + held));
}

drafts::drafts(const extent &image, std::size_t held)
    : moves(movable(image, held)), weights_left_((std::size_t{1} << 24) + max_uses * held) {
    if (image.c > max_size || image.h > max_size || image.w > max_size)
        refuse(NPIM_EUNSUPPORTED, "an image of more than 65536 channels, rows or columns");
    names_.insert("input");
    draft input(NPIM_LAYER_INPUT, "input");
    elements(image);
    input.layer.in_c = input.layer.out_c = static_cast<std::uint32_t>(image.c);
    input.layer.in_h = input.layer.out_h = static_cast<std::uint32_t>(image.h);
    input.layer.in_w = input.layer.out_w = static_cast<std::uint32_t>(image.w);
    all_.push_back(std::move(input));
}

// Visible characters, none that CSV and TOML need for themselves.
std::string drafts::free_name(const std::string &wanted) {
    std::string base =
        wanted.substr(wanted.find_first_not_of('/') == std::string::npos ? 0 : wanted.find_first_not_of('/'));
    base.resize(std::min(base.size(), name_room));
    for (char &c : base)
        if (c < '!' || c > '~' || c == ',' || c == '"' || c == '\\') c = '_';
    if (base.empty()) base = "layer";
    std::string name = base;
    for (unsigned i = 2; !names_.insert(name).second; i++) name = base + "_" + std::to_string(i);
    return name;
}

std::vector<std::int32_t> drafts::all_of_them(std::size_t elements) {
    moves.take(elements);
    std::vector<std::int32_t> index(elements);
    std::iota(index.begin(), index.end(), 0);
    return index;
}

// A layer must not read another one twice.
std::uint32_t drafts::copy(std::uint32_t layer) {
    draft gather(NPIM_LAYER_GATHER, std::string(all_[layer].layer.name) + "_copy");
    gather.index = all_of_them(all_[layer].outputs());
    const npim_layer &l = all_[layer].layer;
    return add(std::move(gather), {layer}, {l.out_c, l.out_h, l.out_w});
}

std::uint32_t drafts::add(draft d, std::vector<std::uint32_t> inputs, const extent &out) {
    if (all_.size() == NPIM_MAX_LAYERS) refuse(NPIM_EUNSUPPORTED, "more than %d layers", NPIM_MAX_LAYERS);
    if (inputs.size() > NPIM_MAX_INPUTS)
        refuse(NPIM_EUNSUPPORTED, "%zu operands: more than %d", inputs.size(), NPIM_MAX_INPUTS);
    elements(out);
    const std::size_t weights = d.weight.size() + d.factor.size();
    if (weights > weights_left_)
        refuse(NPIM_EUNSUPPORTED, "layers use the weights of the model more than %zu times over", max_uses);
    weights_left_ -= weights;
    for (auto i = inputs.begin(); i != inputs.end(); ++i)
        if (std::find(inputs.begin(), i, *i) != i) *i = copy(*i);
    npim_layer &l = d.layer;
    const npim_layer &from = all_[inputs[0]].layer;
    l.in_c = from.out_c, l.in_h = from.out_h, l.in_w = from.out_w;
    for (std::size_t i = 0; i < inputs.size(); i++) {
        l.inputs[i] = inputs[i];
        if (i > 0 && l.kind == NPIM_LAYER_CONCAT) l.in_c += all_[inputs[i]].layer.out_c;
    }
    l.n_inputs = static_cast<std::uint32_t>(inputs.size());
    l.out_c = static_cast<std::uint32_t>(out.c);
    l.out_h = static_cast<std::uint32_t>(out.h);
    l.out_w = static_cast<std::uint32_t>(out.w);
    std::snprintf(l.name, sizeof l.name, "%s", free_name(l.name).c_str());
    all_.push_back(std::move(d));
    return static_cast<std::uint32_t>(all_.size() - 1);
}

std::uint32_t drafts::as(const value &x, const extent &out, const std::string &name) {
    if (x.fixed) refuse(NPIM_EUNSUPPORTED, "a constant where a computed operand is needed");
    if (elements(out) != count(x.dims)) refuse(NPIM_ECONFIG, "shape %s does not fit", text(x.dims).c_str());
    if (!x.index && is(all_[x.layer].layer, out)) return x.layer;
    draft gather(NPIM_LAYER_GATHER, name + "_order");
    gather.index = x.index ? *x.index : all_of_them(elements(out));
    const auto same = gathers_.equal_range(x.layer);
    for (auto g = same.first; g != same.second; ++g)
        if (is(all_[g->second].layer, out) && all_[g->second].index == gather.index) return g->second;
    const std::uint32_t made = add(std::move(gather), {x.layer}, out);
    gathers_.emplace(x.layer, made);
    return made;
}

std::uint32_t drafts::in_order(const value &x, const std::string &name) {
    return !x.fixed && !x.index ? x.layer : as(x, extent_of(x.dims), name);
}

value drafts::whole(std::uint32_t layer, shape dims) const {
    value v;
    v.layer = layer;
    v.dims = std::move(dims);
    return v;
}

value drafts::move(const value &x, movement m) const {
    return moved(x, std::move(m), x.fixed ? 0 : all_[x.layer].outputs());
}

extent extent_of(const shape &dims) {
    shape kept = dims;
    if (kept.size() > 1 && kept[0] == 1) kept.erase(kept.begin());
    for (auto one = std::find(kept.begin(), kept.end(), 1); kept.size() > 3 && one != kept.end();
         one = std::find(kept.begin(), kept.end(), 1))
        kept.erase(one);
    if (kept.size() > 3)
        refuse(NPIM_EUNSUPPORTED, "shape %s: more than three dimensions of an image", text(dims).c_str());
    kept.resize(3, 1);
    return {kept[0], kept[1], kept[2]};
}

} // namespace npim::importer

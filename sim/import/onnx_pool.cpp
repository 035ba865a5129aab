#include "sim/import/onnx_node.hpp"

#include <algorithm>

namespace npim::importer {

namespace {

// One direction of a sliding window.
struct direction {
    std::int64_t in, kernel, stride, dilation, before = 0, after = 0, ceil = 0, out = 1;

    std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
};

// A window more for what is left over, unless it would begin behind the input; it ends in more padding.
void round_up(direction &d) {
    const std::int64_t padded = d.in + d.before + d.after;
    if ((padded - d.reach()) % d.stride == 0 || d.out * d.stride >= d.in + d.before) return;
    d.out++;
    d.ceil = (d.out - 1) * d.stride + d.reach() - padded;
    d.after += d.ceil;
}

// As many windows as strides, the padding for them on both sides, what is odd of it below or above.
void pad_same(direction &d, bool upper) {
    const std::int64_t out = (d.in + d.stride - 1) / d.stride;
    const std::int64_t total = std::max<std::int64_t>((out - 1) * d.stride + d.reach() - d.in, 0);
    d.before = upper ? total / 2 : total - total / 2;
    d.after = total - d.before;
}

void slide_one(const job &j, direction &d, bool pools, bool ceil_mode) {
    if (d.kernel < 1 || d.kernel > 65536 || d.stride < 1 || d.stride > 65536 || d.dilation < 1 ||
        d.dilation > 65536)
        j.wrong("kernel %lld, stride %lld, dilation %lld: outside 1..65536", static_cast<long long>(d.kernel),
                static_cast<long long>(d.stride), static_cast<long long>(d.dilation));
    if (d.before < 0 || d.after < 0 || d.before > 65536 || d.after > 65536)
        j.unsupported("pads of %lld and %lld: outside 0..65536", static_cast<long long>(d.before),
                      static_cast<long long>(d.after));
    if (pools && (d.before >= d.kernel || d.after >= d.kernel))
        j.unsupported("padding of a window or more: nothing to pool");
    if (d.reach() > d.in + d.before + d.after)
        j.wrong("the kernel reaches over %lld pixels, the padded input has %lld",
                static_cast<long long>(d.reach()), static_cast<long long>(d.in + d.before + d.after));
    d.out = (d.in + d.before + d.after - d.reach()) / d.stride + 1;
    if (ceil_mode) round_up(d);
}

std::vector<std::int64_t> numbers(job &j, const char *key, std::size_t n, std::int64_t preset) {
    auto all = j.list(key, std::vector<std::int64_t>(n, preset));
    if (all.size() != n) j.wrong("attribute %s: %zu numbers instead of %zu", key, all.size(), n);
    return all;
}

void set_padding(job &j, std::vector<direction> &d) {
    const std::string automatic = j.text("auto_pad", "NOTSET");
    const auto pads = numbers(j, "pads", 2 * d.size(), 0);
    for (std::size_t i = 0; i < d.size(); i++) {
        d[i].before = d[i].after = 0;
        if (automatic == "NOTSET") d[i].before = pads[i], d[i].after = pads[i + d.size()];
        const bool sane = d[i].stride >= 1 && d[i].kernel >= 1 && d[i].dilation >= 1 &&
                          d[i].kernel <= 65536 && d[i].dilation <= 65536;
        if (automatic.rfind("SAME_", 0) == 0 && sane) pad_same(d[i], automatic == "SAME_UPPER");
    }
    if (automatic != "NOTSET" && automatic != "VALID" && automatic != "SAME_UPPER" &&
        automatic != "SAME_LOWER")
        j.wrong("auto_pad %s: allowed are NOTSET, VALID, SAME_UPPER, SAME_LOWER", automatic.c_str());
}

bool is_map(const value &x) {
    return (x.dims.size() == 3 || x.dims.size() == 4) && x.dims[0] == 1;
}

value pooled(job &j, draft d, const windows &s) {
    const auto layer = j.layers.add(std::move(d), {j.layers.as(j.in(0), s.in, j.name())}, s.out);
    return j.layers.whole(layer, s.flat ? shape{1, s.out.c, s.out.h} : shape{1, s.out.c, s.out.h, s.out.w});
}

} // namespace

windows slide(job &j, npim_layer &layer, const value &x, std::vector<std::int64_t> kernel,
              std::int64_t channels) {
    const bool pools = layer.kind != NPIM_LAYER_CONV;
    if (!is_map(x))
        j.unsupported("input of shape %s: [1, c, l] and [1, c, h, w] are modelled", text(x.dims).c_str());
    const std::size_t n = x.dims.size() - 2;
    const auto shape_given = numbers(j, "kernel_shape", n, 0);
    if (kernel.empty()) kernel = shape_given;
    if (j.has_attribute("kernel_shape") && kernel != shape_given)
        j.wrong("kernel_shape is not that of the weights");
    const auto strides = numbers(j, "strides", n, 1), dilations = numbers(j, "dilations", n, 1);
    const bool ceil_mode = pools && j.integer("ceil_mode", 0) != 0;
    std::vector<direction> d;
    for (std::size_t i = 0; i < n; i++) d.push_back({x.dims[2 + i], kernel[i], strides[i], dilations[i]});
    set_padding(j, d);
    for (auto &one : d) slide_one(j, one, pools, ceil_mode);
    if (n == 1) d.push_back({1, 1, 1, 1});
    const auto is_dilated = [](const direction &one) { return one.dilation != 1; };
    if (pools && std::any_of(d.begin(), d.end(), is_dilated))
        j.unsupported("dilations of pooling are not modelled");
    const auto narrow = [](std::int64_t v) { return static_cast<std::uint32_t>(v); };
    layer.kernel_h = narrow(d[0].kernel), layer.kernel_w = narrow(d[1].kernel);
    layer.stride_h = narrow(d[0].stride), layer.stride_w = narrow(d[1].stride);
    layer.dilation_h = narrow(d[0].dilation), layer.dilation_w = narrow(d[1].dilation);
    layer.pad_top = narrow(d[0].before), layer.pad_left = narrow(d[1].before);
    layer.pad_bottom = narrow(d[0].after), layer.pad_right = narrow(d[1].after);
    layer.ceil_bottom = narrow(d[0].ceil), layer.ceil_right = narrow(d[1].ceil);
    return {{x.dims[1], d[0].in, d[1].in}, {channels, d[0].out, d[1].out}, n == 1};
}

void max_pool(job &j) {
    const value &x = j.computed(0);
    draft d(NPIM_LAYER_MAXPOOL, j.name());
    j.integer("storage_order", 0);
    const windows s = slide(j, d.layer, x, {}, x.dims.size() > 1 ? x.dims[1] : 1);
    j.out(0, pooled(j, std::move(d), s));
}

void average_pool(job &j) {
    const value &x = j.computed(0);
    draft d(NPIM_LAYER_AVGPOOL, j.name());
    d.layer.count_include_pad = j.integer("count_include_pad", 0) != 0;
    const windows s = slide(j, d.layer, x, {}, x.dims.size() > 1 ? x.dims[1] : 1);
    j.out(0, pooled(j, std::move(d), s));
}

static value global_average_of(job &j, const value &x, shape dims) {
    const extent in = {x.dims[1], x.dims[2], x.dims.size() > 3 ? x.dims[3] : 1};
    const auto from = j.layers.as(x, in, j.name());
    return j.layers.whole(j.layers.add(draft(NPIM_LAYER_GLOBALPOOL, j.name()), {from}, {in.c, 1, 1}), dims);
}

void global_average(job &j) {
    const value &x = j.computed(0);
    if (!is_map(x))
        j.unsupported("input of shape %s: [1, c, l] and [1, c, h, w] are modelled", text(x.dims).c_str());
    shape dims(x.dims.size(), 1);
    dims[1] = x.dims[1];
    j.out(0, global_average_of(j, x, dims));
}

void global_max(job &j) {
    const value &x = j.computed(0);
    if (!is_map(x))
        j.unsupported("input of shape %s: [1, c, l] and [1, c, h, w] are modelled", text(x.dims).c_str());
    draft d(NPIM_LAYER_MAXPOOL, j.name());
    const windows s = slide(j, d.layer, x, {x.dims.begin() + 2, x.dims.end()}, x.dims[1]);
    j.out(0, pooled(j, std::move(d), s));
}

// Over height and width it is a global average.
void reduce_mean(job &j) {
    const value &x = j.computed(0);
    std::vector<std::int64_t> axes;
    if (j.opset() < 18)
        axes = j.list("axes", {});
    else if (j.has(1))
        axes = j.integers(1, "axes");
    j.integer("noop_with_empty_axes", 0);
    if (!is_map(x))
        j.unsupported("input of shape %s: [1, c, l] and [1, c, h, w] are modelled", text(x.dims).c_str());
    std::set<std::size_t> over;
    for (std::int64_t a : axes) over.insert(j.axis(a, x.dims.size()));
    if (over != (x.dims.size() == 4 ? std::set<std::size_t>{2, 3} : std::set<std::size_t>{2}))
        j.unsupported("only the mean over all of height and width is modelled");
    shape dims = {1, x.dims[1]};
    if (j.integer("keepdims", 1) != 0) dims.resize(x.dims.size(), 1);
    j.out(0, global_average_of(j, x, dims));
}

} // namespace npim::importer

// Random graphs of the operators that the importer knows, and what they give: computed here once more, node
// by node from the definitions, on tensors as ONNX has them.
#ifndef NPIM_TESTS_SIM_IMPORT_RANDOM_MODEL_HPP
#define NPIM_TESTS_SIM_IMPORT_RANDOM_MODEL_HPP

#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace import_test {

class random_model {
  public:
    struct tensor {
        std::string name;
        std::vector<int64_t> dims; // always [1, c, h, w]
        std::vector<double> v;

        double at(int64_t c, int64_t y, int64_t x) const {
            if (y < 0 || x < 0 || y >= dims[2] || x >= dims[3]) return 0.0;
            return v[static_cast<std::size_t>((c * dims[2] + y) * dims[3] + x)];
        }
    };

    ONNX_NAMESPACE::ModelProto model;
    std::vector<float> image;
    tensor result;

    random_model(uint64_t seed, int nodes) : random_(seed) {
        model.set_ir_version(7);
        auto &opset = *model.add_opset_import();
        opset.set_version(13 + below(3));
        graph().set_name("random");
        tensor x{"x", {1, 1 + below(4), 2 + below(6), 2 + below(6)}, {}};
        for (int64_t i = 0; i < x.dims[1] * x.dims[2] * x.dims[3]; i++) {
            image.push_back(static_cast<float>(real(-2.0, 2.0)));
            x.v.push_back(static_cast<double>(image.back()));
        }
        declare(*graph().add_input(), x.name, x.dims);
        live_.push_back(x);
        for (int i = 0; i < nodes; i++) grow();
        result = live_.back();
        if (below(2)) classify();
        declare(*graph().add_output(), result.name, result.dims);
        ONNX_NAMESPACE::shape_inference::InferShapes(model); // the importer compares them with its own
    }

  private:
    std::mt19937_64 random_;
    std::vector<tensor> live_;
    int numbered_ = 0;

    ONNX_NAMESPACE::GraphProto &graph() { return *model.mutable_graph(); }
    int64_t below(int64_t end) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(end)); }
    double real(double from, double to) {
        return from + static_cast<double>(random_() >> 11) * 0x1p-53 * (to - from);
    }
    const tensor &any() {
        return live_[below(3) ? live_.size() - 1
                              : static_cast<std::size_t>(below(static_cast<int64_t>(live_.size())))];
    }

    static void declare(ONNX_NAMESPACE::ValueInfoProto &info, const std::string &name,
                        const std::vector<int64_t> &dims) {
        info.set_name(name);
        auto &type = *info.mutable_type()->mutable_tensor_type();
        type.set_elem_type(ONNX_NAMESPACE::TensorProto::FLOAT);
        for (int64_t d : dims) type.mutable_shape()->add_dim()->set_dim_value(d);
    }

    std::string fresh() { return "t" + std::to_string(numbered_++); }

    std::string hold(const std::vector<int64_t> &dims, std::vector<double> &numbers) {
        auto &t = *graph().add_initializer();
        t.set_name(fresh());
        t.set_data_type(ONNX_NAMESPACE::TensorProto::FLOAT);
        for (int64_t d : dims) t.add_dims(d);
        for (double &n : numbers) {
            t.add_float_data(static_cast<float>(n));
            n = static_cast<double>(static_cast<float>(n));
        }
        return t.name();
    }
    std::string hold(const std::vector<int64_t> &integers) {
        auto &t = *graph().add_initializer();
        t.set_name(fresh());
        t.set_data_type(ONNX_NAMESPACE::TensorProto::INT64);
        t.add_dims(static_cast<int64_t>(integers.size()));
        for (int64_t i : integers) t.add_int64_data(i);
        return t.name();
    }
    std::vector<double> numbers(int64_t n, double from, double to) {
        std::vector<double> all(static_cast<std::size_t>(n));
        for (double &x : all) x = real(from, to);
        return all;
    }

    ONNX_NAMESPACE::NodeProto &node(const std::string &op, const std::vector<std::string> &inputs) {
        auto &n = *graph().add_node();
        n.set_op_type(op);
        for (const auto &i : inputs) n.add_input(i);
        n.add_output(fresh());
        return n;
    }
    static void set(ONNX_NAMESPACE::NodeProto &n, const char *key, std::vector<int64_t> integers) {
        auto &a = *n.add_attribute();
        a.set_name(key);
        a.set_type(ONNX_NAMESPACE::AttributeProto::INTS);
        for (int64_t i : integers) a.add_ints(i);
    }
    static void set(ONNX_NAMESPACE::NodeProto &n, const char *key, int64_t integer) {
        auto &a = *n.add_attribute();
        a.set_name(key);
        a.set_type(ONNX_NAMESPACE::AttributeProto::INT);
        a.set_i(integer);
    }

    // A result whose elements are f(channel, row, column).
    void give(const ONNX_NAMESPACE::NodeProto &n, int64_t c, int64_t h, int64_t w,
              const std::function<double(int64_t, int64_t, int64_t)> &f) {
        tensor y{n.output(0), {1, c, h, w}, {}};
        for (int64_t i = 0; i < c; i++)
            for (int64_t r = 0; r < h; r++)
                for (int64_t q = 0; q < w; q++) y.v.push_back(f(i, r, q));
        live_.push_back(y);
    }

    void grow() {
        const tensor x = any();
        switch (below(14)) {
        case 0:
        case 1:
            return conv(x);
        case 2:
        case 3:
            return function(x);
        case 4:
            return pool(x, true);
        case 5:
            return pool(x, false);
        case 6:
        case 7:
            return join(x);
        case 8:
            return constant(x);
        case 9:
            return concat(x);
        case 10:
            return slice(x);
        case 11:
            return transpose(x);
        case 12:
            return pad(x);
        default:
            return norm(x);
        }
    }

    void conv(const tensor &x) {
        std::vector<int64_t> divisors;
        for (int64_t d = 1; d <= x.dims[1]; d++)
            if (x.dims[1] % d == 0) divisors.push_back(d);
        const int64_t groups =
            divisors[static_cast<std::size_t>(below(static_cast<int64_t>(divisors.size())))];
        const int64_t in = x.dims[1] / groups, per_group = 1 + below(3), out = groups * per_group;
        const int64_t kh = 1 + below(3), kw = 1 + below(3), dh = 1 + below(2), dw = 1 + below(2),
                      sh = 1 + below(2), sw = 1 + below(2);
        const int64_t top = below(3), left = below(3), bottom = below(2) + dh * (kh - 1),
                      right = below(2) + dw * (kw - 1);
        const double size = 1.5 / std::sqrt(static_cast<double>(in * kh * kw));
        std::vector<double> w = numbers(out * in * kh * kw, -size, size), b = numbers(out, -0.5, 0.5);
        std::vector<std::string> inputs = {x.name, hold({out, in, kh, kw}, w)};
        const bool has_bias = below(2);
        if (has_bias) inputs.push_back(hold({out}, b));
        auto &n = node("Conv", inputs);
        set(n, "group", groups);
        set(n, "dilations", {dh, dw});
        set(n, "strides", {sh, sw});
        set(n, "pads", {top, left, bottom, right});
        const int64_t h = (x.dims[2] + top + bottom - dh * (kh - 1) - 1) / sh + 1;
        const int64_t width = (x.dims[3] + left + right - dw * (kw - 1) - 1) / sw + 1;
        give(n, out, h, width, [&](int64_t o, int64_t r, int64_t q) {
            double sum = has_bias ? b[static_cast<std::size_t>(o)] : 0.0;
            for (int64_t i = 0; i < in; i++)
                for (int64_t ky = 0; ky < kh; ky++)
                    for (int64_t kx = 0; kx < kw; kx++)
                        sum += w[static_cast<std::size_t>(((o * in + i) * kh + ky) * kw + kx)] *
                               x.at(o / per_group * in + i, r * sh + ky * dh - top, q * sw + kx * dw - left);
            return sum;
        });
    }

    void map(const tensor &x, const ONNX_NAMESPACE::NodeProto &n, const std::function<double(double)> &f) {
        give(n, x.dims[1], x.dims[2], x.dims[3],
             [&](int64_t c, int64_t r, int64_t q) { return f(x.at(c, r, q)); });
    }

    void function(const tensor &x) {
        const auto sigmoid = [](double v) { return 1.0 / (1.0 + std::exp(-v)); };
        std::vector<double> low = {-1.25}, high = {1.5};
        switch (below(6)) {
        case 0:
            return map(x, node("Relu", {x.name}), [](double v) { return std::fmax(v, 0.0); });
        case 1:
            return map(x, node("Sigmoid", {x.name}), sigmoid);
        case 2:
            return map(x, node("Tanh", {x.name}), [](double v) { return std::tanh(v); });
        case 3:
            return map(x, node("LeakyRelu", {x.name}),
                       [](double v) { return v < 0.0 ? static_cast<double>(0.01F) * v : v; });
        case 4:
            return map(x, node("Clip", {x.name, hold({}, low), hold({}, high)}),
                       [](double v) { return std::fmin(std::fmax(v, -1.25), 1.5); });
        default:
            return map(x, node("HardSigmoid", {x.name}), [](double v) {
                return std::fmin(std::fmax(static_cast<double>(0.2F) * v + 0.5, 0.0), 1.0);
            });
        }
    }

    void pool(const tensor &x, bool largest) {
        const int64_t kh = 1 + below(std::min<int64_t>(3, x.dims[2])),
                      kw = 1 + below(std::min<int64_t>(3, x.dims[3]));
        const int64_t sh = 1 + below(3), sw = 1 + below(3);
        const int64_t top = below(kh), left = below(kw), bottom = below(kh), right = below(kw);
        const bool include = !largest && below(2);
        auto &n = node(largest ? "MaxPool" : "AveragePool", {x.name});
        set(n, "kernel_shape", {kh, kw});
        set(n, "strides", {sh, sw});
        set(n, "pads", {top, left, bottom, right});
        if (include) set(n, "count_include_pad", 1);
        give(n, x.dims[1], (x.dims[2] + top + bottom - kh) / sh + 1, (x.dims[3] + left + right - kw) / sw + 1,
             [&](int64_t c, int64_t r, int64_t q) {
                 double most = -INFINITY, sum = 0.0;
                 int inside = 0;
                 for (int64_t y = r * sh - top; y < r * sh - top + kh; y++)
                     for (int64_t z = q * sw - left; z < q * sw - left + kw; z++) {
                         if (y < 0 || z < 0 || y >= x.dims[2] || z >= x.dims[3]) continue;
                         most = std::fmax(most, x.at(c, y, z));
                         sum += x.at(c, y, z);
                         inside++;
                     }
                 return largest ? most : sum / (include ? static_cast<double>(kh * kw) : inside);
             });
    }

    // With a tensor of the same shape, or one that stretches to it.
    void join(const tensor &x) {
        std::vector<tensor> partners;
        for (const tensor &t : live_)
            if (t.dims[1] == x.dims[1] && (t.dims == x.dims || (t.dims[2] == 1 && t.dims[3] == 1)))
                partners.push_back(t);
        const tensor y = partners[static_cast<std::size_t>(below(static_cast<int64_t>(partners.size())))];
        const bool one = y.dims[2] == 1 && y.dims[3] == 1;
        const int64_t op = below(3);
        static const char *const names[] = {"Add", "Sub", "Mul"};
        give(node(names[op], {x.name, y.name}), x.dims[1], x.dims[2], x.dims[3],
             [&](int64_t c, int64_t r, int64_t q) {
                 const double a = x.at(c, r, q), b = one ? y.at(c, 0, 0) : y.at(c, r, q);
                 return op == 0 ? a + b : op == 1 ? a - b : a * b;
             });
    }

    void constant(const tensor &x) {
        const int64_t kind = below(3), op = below(4);
        const int64_t size = kind == 0 ? 1 : kind == 1 ? x.dims[1] : x.dims[1] * x.dims[2] * x.dims[3];
        std::vector<double> k = numbers(size, 0.5, 1.5);
        const std::string held = hold(kind == 0   ? std::vector<int64_t>{}
                                      : kind == 1 ? std::vector<int64_t>{x.dims[1], 1, 1}
                                                  : std::vector<int64_t>{x.dims[1], x.dims[2], x.dims[3]},
                                      k);
        static const char *const names[] = {"Add", "Sub", "Mul", "Div"};
        const bool first = op < 3 && below(2);
        auto &n = node(names[op], first ? std::vector<std::string>{held, x.name}
                                        : std::vector<std::string>{x.name, held});
        give(n, x.dims[1], x.dims[2], x.dims[3], [&](int64_t c, int64_t r, int64_t q) {
            const int64_t at = kind == 0 ? 0 : kind == 1 ? c : (c * x.dims[2] + r) * x.dims[3] + q;
            double a = x.at(c, r, q), b = k[static_cast<std::size_t>(at)];
            if (first) std::swap(a, b);
            return op == 0 ? a + b : op == 1 ? a - b : op == 2 ? a * b : a / b;
        });
    }

    void concat(const tensor &x) {
        const int64_t axis = 1 + below(3);
        std::vector<tensor> partners;
        for (const tensor &t : live_) {
            bool fits = true;
            for (int64_t a = 1; a < 4; a++)
                fits = fits && (a == axis ||
                                t.dims[static_cast<std::size_t>(a)] == x.dims[static_cast<std::size_t>(a)]);
            if (fits) partners.push_back(t);
        }
        const tensor y = partners[static_cast<std::size_t>(below(static_cast<int64_t>(partners.size())))];
        auto &n = node("Concat", {x.name, y.name});
        set(n, "axis", axis);
        std::vector<int64_t> dims = x.dims;
        dims[static_cast<std::size_t>(axis)] += y.dims[static_cast<std::size_t>(axis)];
        give(n, dims[1], dims[2], dims[3], [&](int64_t c, int64_t r, int64_t q) {
            int64_t place[] = {0, c, r, q};
            if (place[axis] < x.dims[static_cast<std::size_t>(axis)]) return x.at(c, r, q);
            place[axis] -= x.dims[static_cast<std::size_t>(axis)];
            return y.at(place[1], place[2], place[3]);
        });
    }

    void slice(const tensor &x) {
        const int64_t axis = 1 + below(3), size = x.dims[static_cast<std::size_t>(axis)];
        const int64_t from = below(size), to = from + 1 + below(size - from), step = 1 + below(2);
        auto &n = node("Slice", {x.name, hold({from}), hold({to}), hold({axis}), hold({step})});
        std::vector<int64_t> dims = x.dims;
        dims[static_cast<std::size_t>(axis)] = (to - from + step - 1) / step;
        give(n, dims[1], dims[2], dims[3], [&](int64_t c, int64_t r, int64_t q) {
            int64_t place[] = {0, c, r, q};
            place[axis] = from + place[axis] * step;
            return x.at(place[1], place[2], place[3]);
        });
    }

    void transpose(const tensor &x) {
        std::vector<int64_t> order = {1, 2, 3};
        std::shuffle(order.begin(), order.end(), random_);
        order.insert(order.begin(), 0);
        auto &n = node("Transpose", {x.name});
        set(n, "perm", order);
        const auto size = [&](std::size_t a) { return x.dims[static_cast<std::size_t>(order[a])]; };
        give(n, size(1), size(2), size(3), [&](int64_t c, int64_t r, int64_t q) {
            const int64_t place[] = {0, c, r, q};
            int64_t from[4] = {};
            for (std::size_t a = 0; a < 4; a++) from[order[a]] = place[a];
            return x.at(from[1], from[2], from[3]);
        });
    }

    void pad(const tensor &x) {
        const int64_t top = below(3), left = below(3), bottom = below(3), right = below(3);
        auto &n = node("Pad", {x.name, hold({0, 0, top, left, 0, 0, bottom, right})});
        give(n, x.dims[1], x.dims[2] + top + bottom, x.dims[3] + left + right,
             [&](int64_t c, int64_t r, int64_t q) { return x.at(c, r - top, q - left); });
    }

    void norm(const tensor &x) {
        const int64_t n = x.dims[1];
        std::vector<double> scale = numbers(n, 0.5, 1.5), b = numbers(n, -1, 1), mean = numbers(n, -1, 1),
                            var = numbers(n, 0.5, 2);
        const std::vector<std::string> inputs = {x.name, hold({n}, scale), hold({n}, b), hold({n}, mean),
                                                 hold({n}, var)};
        give(node("BatchNormalization", inputs), n, x.dims[2], x.dims[3],
             [&](int64_t c, int64_t r, int64_t q) {
                 const auto i = static_cast<std::size_t>(c);
                 return scale[i] * (x.at(c, r, q) - mean[i]) /
                            std::sqrt(var[i] + static_cast<double>(1e-5F)) +
                        b[i];
             });
    }

    // Flatten, Gemm, Softmax.
    void classify() {
        const tensor x = result;
        const auto rows = static_cast<int64_t>(x.v.size()), out = 1 + below(6);
        const std::string flat = node("Flatten", {x.name}).output(0);
        std::vector<double> w = numbers(rows * out, -1.0, 1.0), b = numbers(out, -1.0, 1.0), y;
        const std::string logits = node("Gemm", {flat, hold({rows, out}, w), hold({out}, b)}).output(0);
        double sum = 0.0;
        for (int64_t o = 0; o < out; o++) {
            y.push_back(b[static_cast<std::size_t>(o)]);
            for (int64_t r = 0; r < rows; r++)
                y.back() += x.v[static_cast<std::size_t>(r)] * w[static_cast<std::size_t>(r * out + o)];
        }
        const double most = *std::max_element(y.begin(), y.end());
        for (double &v : y) sum += v = std::exp(v - most);
        for (double &v : y) v /= sum;
        result = {node("Softmax", {logits}).output(0), {1, out}, y};
    }
};

} // namespace import_test

#endif

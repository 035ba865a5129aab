#include "sim/import/onnx_node.hpp"

#include <cmath>
#include <map>

namespace npim::importer {

namespace {

using attribute_proto = ONNX_NAMESPACE::AttributeProto;

value of_numbers(std::vector<float> numbers, shape dims) {
    auto c = std::make_shared<constant>();
    c->reals = std::move(numbers);
    value v;
    v.dims = std::move(dims);
    v.fixed = std::move(c);
    return v;
}

value of_integers(std::vector<std::int64_t> numbers, shape dims) {
    auto c = std::make_shared<constant>();
    c->is_integer = true;
    c->integers = std::move(numbers);
    value v;
    v.dims = std::move(dims);
    v.fixed = std::move(c);
    return v;
}

void constant_node(job &j) {
    if (const auto *a = j.attribute("value", attribute_proto::TENSOR))
        return j.out(0, read_tensor(a->t(), j.m.folder, j.name()));
    if (const auto *a = j.attribute("value_float", attribute_proto::FLOAT))
        return j.out(0, of_numbers({a->f()}, {}));
    if (const auto *a = j.attribute("value_int", attribute_proto::INT))
        return j.out(0, of_integers({a->i()}, {}));
    if (const auto *a = j.attribute("value_floats", attribute_proto::FLOATS))
        return j.out(0, of_numbers({a->floats().begin(), a->floats().end()}, {a->floats_size()}));
    if (j.has_attribute("value_ints")) {
        const auto all = j.list("value_ints", {});
        return j.out(0, of_integers(all, {static_cast<std::int64_t>(all.size())}));
    }
    j.unsupported("a constant that is neither a tensor nor numbers");
}

void constant_of_shape(job &j) {
    const shape dims = j.integers(0, "shape");
    const std::size_t n = count(dims, true);
    j.layers.moves.take(n);
    const auto *a = j.attribute("value", attribute_proto::TENSOR);
    const value one = a ? read_tensor(a->t(), j.m.folder, j.name()) : of_numbers({0.0F}, {1});
    if (one.fixed->n() != 1) j.wrong("value must be one number");
    j.out(0, one.fixed->is_integer ? of_integers(std::vector<std::int64_t>(n, one.fixed->integers[0]), dims)
                                   : of_numbers(std::vector<float>(n, one.fixed->reals[0]), dims));
}

// Integers wrap around, as they do in other programs; that needs unsigned arithmetic.
std::int64_t integer_result(const job &j, const std::string &op, std::int64_t a, std::int64_t b) {
    const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
    if (op == "Add") return static_cast<std::int64_t>(x + y);
    if (op == "Sub") return static_cast<std::int64_t>(x - y);
    if (op == "Mul") return static_cast<std::int64_t>(x * y);
    if (b == 0) j.wrong("a division by 0");
    return b == -1 ? static_cast<std::int64_t>(-x) : a / b;
}

double real_result(const std::string &op, double a, double b) {
    return op == "Add" ? a + b : op == "Sub" ? a - b : op == "Mul" ? a * b : a / b;
}

void arithmetic(job &j) {
    const shape dims = broadcast(j.in(0).dims, j.in(1).dims);
    const value a = moved(j.in(0), stretch(j.in(0).dims, dims, j.layers.moves), 0);
    const value b = moved(j.in(1), stretch(j.in(1).dims, dims, j.layers.moves), 0);
    const std::string &op = j.node.op_type();
    std::vector<float> reals;
    std::vector<std::int64_t> integers;
    const bool whole = a.fixed->is_integer && b.fixed->is_integer;
    for (std::size_t e = 0; e < a.fixed->n(); e++) {
        if (whole)
            integers.push_back(integer_result(j, op, a.fixed->integers[e], b.fixed->integers[e]));
        else
            reals.push_back(static_cast<float>(real_result(op, a.fixed->real(e), b.fixed->real(e))));
    }
    j.out(0, whole ? of_integers(integers, dims) : of_numbers(reals, dims));
}

void root(job &j) {
    const value &x = j.in(0);
    j.layers.moves.take(x.fixed->n());
    std::vector<float> reals;
    for (std::size_t e = 0; e < x.fixed->n(); e++)
        reals.push_back(static_cast<float>(std::sqrt(x.fixed->real(e))));
    j.out(0, of_numbers(reals, x.dims));
}

} // namespace

handler folder_of(const std::string &op) {
    static const std::map<std::string, handler> table = {
        {"Add", arithmetic}, {"Constant", constant_node}, {"ConstantOfShape", constant_of_shape},
        {"Div", arithmetic}, {"Mul", arithmetic},         {"Sqrt", root},
        {"Sub", arithmetic},
    };
    const auto found = table.find(op);
    return found == table.end() ? nullptr : found->second;
}

} // namespace npim::importer

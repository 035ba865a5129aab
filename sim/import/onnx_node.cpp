#include "sim/import/onnx_node.hpp"

#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace npim::importer {

namespace {

using attribute_proto = ONNX_NAMESPACE::AttributeProto;

[[noreturn]] void fail(npim_status status, const std::string &node, const char *format, va_list arguments) {
    char message[NPIM_MESSAGE_SIZE];
    std::vsnprintf(message, sizeof message, format, arguments);
    refuse(status, "%s: %s", node.c_str(), message);
}

} // namespace

void job::unsupported(const char *format, ...) const {
    va_list arguments;
    va_start(arguments, format);
    fail(NPIM_EUNSUPPORTED, label(node, m.opset), format, arguments);
}

void job::wrong(const char *format, ...) const {
    va_list arguments;
    va_start(arguments, format);
    fail(NPIM_ECONFIG, label(node, m.opset), format, arguments);
}

// PyTorch calls the convolution of module conv1 /conv1/Conv: what is the module's.
std::string job::name() const {
    const std::string name = node.name(), operator_part = "/" + node.op_type();
    if (name.empty()) return node.op_type() + (node.output_size() > 0 ? "_" + node.output(0) : "");
    const bool ends = name.size() > operator_part.size() + 1 &&
                      name.compare(name.size() - operator_part.size(), std::string::npos, operator_part) == 0;
    return ends ? name.substr(0, name.size() - operator_part.size()) : name;
}

bool job::has(std::size_t i) const {
    return i < n_inputs() && !node.input(static_cast<int>(i)).empty();
}

const value &job::in(std::size_t i) {
    if (!has(i)) wrong("input %zu is missing", i);
    const std::string &operand = node.input(static_cast<int>(i));
    const auto found = known_.find(operand);
    if (found == known_.end())
        unsupported("its input \"%s\" is a result that is not modelled", operand.c_str());
    asked_inputs_.insert(i);
    return found->second;
}

const value &job::computed(std::size_t i) {
    const value &v = in(i);
    if (v.fixed) unsupported("input %zu must not be a constant", i);
    return v;
}

const value &job::fixed(std::size_t i, const char *what) {
    const value &v = in(i);
    if (!v.fixed) unsupported("%s must be a constant", what);
    return v;
}

std::vector<float> job::reals(std::size_t i, const char *what) {
    const constant &c = *fixed(i, what).fixed;
    std::vector<float> all(c.n());
    for (std::size_t e = 0; e < all.size(); e++) {
        all[e] = static_cast<float>(c.real(e));
        if (!std::isfinite(all[e])) wrong("%s: element %zu is not finite", what, e);
    }
    return all;
}

std::vector<std::int64_t> job::integers(std::size_t i, const char *what) {
    const constant &c = *fixed(i, what).fixed;
    if (!c.is_integer) wrong("%s must be integers", what);
    return c.integers;
}

const attribute_proto *job::attribute(const char *key, int type) {
    asked_attributes_.insert(key);
    for (const auto &a : node.attribute()) {
        if (a.name() != key) continue;
        if (a.type() != type) wrong("attribute %s has the wrong type", key);
        return &a;
    }
    return nullptr;
}

bool job::has_attribute(const char *key) {
    for (const auto &a : node.attribute())
        if (a.name() == key) return true;
    return false;
}

std::int64_t job::integer(const char *key, std::int64_t preset) {
    const auto *a = attribute(key, attribute_proto::INT);
    return a ? a->i() : preset;
}

double job::real(const char *key, double preset) {
    const auto *a = attribute(key, attribute_proto::FLOAT);
    if (a && !std::isfinite(a->f())) wrong("attribute %s is not finite", key);
    return a ? static_cast<double>(a->f()) : preset;
}

std::string job::text(const char *key, const char *preset) {
    const auto *a = attribute(key, attribute_proto::STRING);
    return a ? a->s() : preset;
}

std::vector<std::int64_t> job::list(const char *key, std::vector<std::int64_t> preset) {
    const auto *a = attribute(key, attribute_proto::INTS);
    return a ? std::vector<std::int64_t>(a->ints().begin(), a->ints().end()) : preset;
}

void job::out(std::size_t i, value v) {
    if (is_wanted(i)) known_[node.output(static_cast<int>(i))] = std::move(v);
}

bool job::is_wanted(std::size_t i) const {
    return i < static_cast<std::size_t>(node.output_size()) && !node.output(static_cast<int>(i)).empty();
}

void job::finish() const {
    for (const auto &a : node.attribute())
        if (!asked_attributes_.count(a.name())) unsupported("attribute %s is not modelled", a.name().c_str());
    for (std::size_t i = 0; i < n_inputs(); i++)
        if (has(i) && !asked_inputs_.count(i))
            unsupported("input %zu (\"%s\") is not modelled", i, node.input(static_cast<int>(i)).c_str());
}

std::size_t job::axis(std::int64_t a, std::size_t rank) const {
    const auto n = static_cast<std::int64_t>(rank);
    if (a < -n || a >= n)
        wrong("axis %lld: outside a shape of %zu dimensions", static_cast<long long>(a), rank);
    return static_cast<std::size_t>(a < 0 ? a + n : a);
}

} // namespace npim::importer

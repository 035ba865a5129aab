// Inside sim/import/onnx*.cpp: what the names of an ONNX graph stand for. A name is a constant, or elements
// of a layer's output: so whatever only moves elements costs nothing until somebody needs another order.
#ifndef NPIM_SIM_IMPORT_ONNX_VALUE_HPP
#define NPIM_SIM_IMPORT_ONNX_VALUE_HPP

#include "hw/status.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace npim::importer {

// What the user has to know; becomes status and message at the C boundary.
struct refusal {
    npim_status status;
    std::string text;
};

[[noreturn]] void refuse(npim_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));

using shape = std::vector<std::int64_t>;

constexpr std::size_t max_rank = 8;
constexpr std::int64_t max_elements = std::int64_t{1} << 30; // as in network.toml

// Elements of a shape. Refuses more than max_elements, sizes below 0, and, unless empty is allowed, 0.
std::size_t count(const shape &dims, bool empty_allowed = false);

std::string text(const shape &dims); // "[1, 3, 224, 224]"

// Numbers that the model holds, or that follow from such ones.
struct constant {
    bool is_integer = false;
    std::vector<float> reals;           // where not is_integer
    std::vector<std::int64_t> integers; // where is_integer

    std::size_t n() const { return is_integer ? integers.size() : reals.size(); }
    double real(std::size_t i) const {
        return is_integer ? static_cast<double>(integers[i]) : static_cast<double>(reals[i]);
    }
};

using constant_ptr = std::shared_ptr<const constant>;
using index_ptr = std::shared_ptr<const std::vector<std::int32_t>>;

struct value {
    constant_ptr fixed;      // set: a constant, and layer and index mean nothing
    std::uint32_t layer = 0; // whose output it is
    shape dims;              // as the model sees it
    index_ptr index;         // element of the layer's output for each element, -1: 0; null: all in order
};

// How many elements may be moved one by one or folded in one model, so that no small file asks for much.
class budget {
  public:
    explicit budget(std::size_t elements) : left_(elements) {}

    // Both refuse when there are not enough left; check takes none, before there is room for them.
    void check(std::size_t elements) const;
    void take(std::size_t elements);

  private:
    std::size_t left_;
};

// Where every element of a result comes from.
struct movement {
    shape dims;
    std::vector<std::int32_t> from; // element of the source, -1: 0
};

// The result has along axis a the source's coordinates picks[a], -1: 0. The source's dims must be checked.
movement select(const shape &dims, const std::vector<std::vector<std::int64_t>> &picks, budget &left);

// Axis a of the result is axis order[a] of the source.
movement permute(const shape &dims, const std::vector<std::size_t> &order, budget &left);

// 0 .. n - 1
std::vector<std::int64_t> all_of(std::int64_t n);

// The elements of x where the movement says; layer_elements: of the layer of x.
value moved(const value &x, movement m, std::size_t layer_elements);

// The same elements in order under another shape of as many.
value reshaped(const value &x, shape dims);

// The common shape of two operands, as ONNX and NumPy stretch them; refuses shapes that do not fit.
shape broadcast(const shape &a, const shape &b);

// x stretched to dims. Refuses what does not fit.
movement stretch(const shape &x, const shape &dims, budget &left);

} // namespace npim::importer

#endif

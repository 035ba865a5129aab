// Inside sim/import/onnx*.cpp: one node in hand. Whatever of a node nobody has asked for is not modelled, so
// it is refused: a newer opset cannot change a meaning unseen.
#ifndef NPIM_SIM_IMPORT_ONNX_NODE_HPP
#define NPIM_SIM_IMPORT_ONNX_NODE_HPP

#include "sim/import/onnx_draft.hpp"
#include "sim/import/onnx_model.hpp"

#include <set>
#include <unordered_map>

namespace npim::importer {

using values = std::unordered_map<std::string, value>;

class job {
  public:
    const model &m;
    const operation &node;
    drafts &layers;

    job(const model &m_, const operation &node_, drafts &layers_, values &known)
        : m(m_), node(node_), layers(layers_), known_(known) {}

    std::int64_t opset() const { return m.opset; }
    std::string name() const;

    // Operands. Required ones are refused when absent.
    std::size_t n_inputs() const { return static_cast<std::size_t>(node.input_size()); }
    bool has(std::size_t i) const;
    const value &in(std::size_t i);
    const value &computed(std::size_t i);                // no constant
    const value &fixed(std::size_t i, const char *what); // a constant
    bool is_fixed(std::size_t i) { return has(i) && in(i).fixed; }
    std::vector<float> reals(std::size_t i, const char *what); // finite
    std::vector<std::int64_t> integers(std::size_t i, const char *what);

    // Attributes, or what they are when absent.
    bool has_attribute(const char *key);
    std::int64_t integer(const char *key, std::int64_t preset);
    double real(const char *key, double preset);
    std::string text(const char *key, const char *preset);
    std::vector<std::int64_t> list(const char *key, std::vector<std::int64_t> preset);
    const ONNX_NAMESPACE::AttributeProto *attribute(const char *key, int type);

    // Results; what is never set must not be used.
    void out(std::size_t i, value v);
    bool is_wanted(std::size_t i) const;

    // Refuses what nobody has asked for.
    void finish() const;

    // The axis counted from the front. Refuses what is outside -rank .. rank - 1.
    std::size_t axis(std::int64_t a, std::size_t rank) const;

    [[noreturn]] void unsupported(const char *format, ...) const __attribute__((format(printf, 2, 3)));
    [[noreturn]] void wrong(const char *format, ...) const __attribute__((format(printf, 2, 3)));

  private:
    values &known_;
    std::set<std::string> asked_attributes_;
    std::set<std::size_t> asked_inputs_;
};

// How an operator becomes layers, movements or constants.
using handler = void (*)(job &);

// sim/import/onnx_table.cpp: NULL for operators that are not modelled.
handler handler_of(const std::string &op);

// sim/import/onnx_fold.cpp: the same for nodes all of whose operands are constants; NULL: as for others.
handler folder_of(const std::string &op);

// sim/import/onnx_move.cpp
void identity(job &), dropout(job &), cast(job &), shape_of(job &), reshape(job &), flatten(job &);
void transpose(job &), squeeze(job &), unsqueeze(job &), expand(job &);

// sim/import/onnx_select.cpp
void slice(job &), pad(job &), split(job &), gather(job &), concat(job &);

// sim/import/onnx_dots.cpp
void conv(job &), gemm(job &), matmul(job &);

// sim/import/onnx_pool.cpp
void max_pool(job &), average_pool(job &), global_average(job &), global_max(job &), reduce_mean(job &);

// sim/import/onnx_pointwise.cpp
void relu(job &), leaky_relu(job &), clip(job &), sigmoid(job &), tanh(job &), hard_swish(job &);
void hard_sigmoid(job &), softmax(job &), lrn(job &);

// sim/import/onnx_arithmetic.cpp
void add(job &), subtract(job &), multiply(job &), divide(job &), batch_norm(job &);

// sim/import/onnx_lstm.cpp
void lstm(job &);

// sim/import/onnx_arithmetic.cpp: x times factor plus offset. Both hold one number, one for every channel
// (dimension 1 of x), or one for every element of x.
value affine(job &j, const value &x, const std::vector<float> &factor, const std::vector<float> &offset);

// sim/import/onnx_arithmetic.cpp: add, sub or mul of two computed values.
value combined(job &j, npim_layer_kind kind, value x, value y);

// sim/import/onnx_pointwise.cpp: x, read from a layer all of whose elements it holds once: what works element
// by element need not mind their order then.
value settled(job &j, const value &x);

// Sliding windows of conv and pooling, from kernel_shape, strides, dilations, pads and auto_pad.
struct windows {
    extent in, out;
    bool flat; // one dimension: [1, c, l]
};
// sim/import/onnx_pool.cpp. Fills the layer's kernel, stride, dilation and padding; kernel: empty:
// kernel_shape.
windows slide(job &j, npim_layer &layer, const value &x, std::vector<std::int64_t> kernel,
              std::int64_t channels);

} // namespace npim::importer

#endif

#include "sim/import/onnx.h"

#include "sim/import/onnx_node.hpp"

#include <filesystem>
#include <new>

namespace npim::importer {

namespace {

using value_info = ONNX_NAMESPACE::ValueInfoProto;

// Refuses an operator that is not modelled before anything is done.
void check_operators(const model &m) {
    for (const auto &node : m.proto.graph().node()) {
        const std::string where = label(node, m.opset);
        const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
        if (!standard || (!handler_of(node.op_type()) && !folder_of(node.op_type())))
            refuse(NPIM_EUNSUPPORTED, "%s: this operator is not supported", where.c_str());
    }
}

// What must be known of a dimension: its size, or that it is the batch, which is 1 then.
shape image_shape(const value_info &input) {
    if (!input.type().has_tensor_type() || !input.type().tensor_type().has_shape())
        refuse(NPIM_ECONFIG, "input \"%s\" has no shape", input.name().c_str());
    switch (input.type().tensor_type().elem_type()) {
    case onnx::TensorProto::FLOAT:
    case onnx::TensorProto::FLOAT16:
    case onnx::TensorProto::BFLOAT16:
    case onnx::TensorProto::DOUBLE:
        break;
    default:
        refuse(NPIM_EUNSUPPORTED,
               "input \"%s\": only images of real numbers (float, double, float16, bfloat16)",
               input.name().c_str());
    }
    const auto &declared = input.type().tensor_type().shape();
    shape dims;
    for (int a = 0; a < declared.dim_size(); a++) {
        if (!declared.dim(a).has_dim_value() && a > 0)
            refuse(
                NPIM_EUNSUPPORTED,
                "input \"%s\": dimension %d (\"%s\") has no size: only the first one, the batch, may be open",
                input.name().c_str(), a, declared.dim(a).dim_param().c_str());
        dims.push_back(declared.dim(a).has_dim_value() ? declared.dim(a).dim_value() : 1);
    }
    count(dims);
    return dims;
}

const value_info &only_input(const model &m, const values &known) {
    const value_info *image = nullptr;
    for (const auto &input : m.proto.graph().input()) {
        if (known.count(input.name())) continue;
        if (image)
            refuse(NPIM_EUNSUPPORTED, "inputs \"%s\" and \"%s\": a network has one", image->name().c_str(),
                   input.name().c_str());
        image = &input;
    }
    if (!image) refuse(NPIM_ECONFIG, "the graph has no input");
    return *image;
}

const value &only_output(const model &m, const values &known) {
    const auto &outputs = m.proto.graph().output();
    if (outputs.size() > 1)
        refuse(NPIM_EUNSUPPORTED, "outputs \"%s\" and \"%s\": a network has one", outputs[0].name().c_str(),
               outputs[1].name().c_str());
    if (outputs.size() == 0) refuse(NPIM_ECONFIG, "the graph has no output");
    const auto found = known.find(outputs[0].name());
    if (found == known.end())
        refuse(NPIM_ECONFIG, "output \"%s\": no node that is modelled gives it", outputs[0].name().c_str());
    if (found->second.fixed) refuse(NPIM_ECONFIG, "output \"%s\" is a constant", outputs[0].name().c_str());
    return found->second;
}

// Where the model itself says what shape something has, it must be the one that follows.
void check_shape(const value_info &declared, const values &known) {
    const auto found = known.find(declared.name());
    if (found == known.end() || !declared.type().has_tensor_type() ||
        !declared.type().tensor_type().has_shape())
        return;
    const auto &dims = declared.type().tensor_type().shape();
    bool fits = dims.dim_size() == static_cast<int>(found->second.dims.size());
    for (int a = 0; fits && a < dims.dim_size(); a++)
        fits = !dims.dim(a).has_dim_value() ||
               dims.dim(a).dim_value() == found->second.dims[static_cast<std::size_t>(a)];
    if (!fits)
        refuse(NPIM_ECONFIG, "\"%s\" has the shape %s, not the one that the model declares",
               declared.name().c_str(), text(found->second.dims).c_str());
}

void translate(const model &m, const operation &node, drafts &layers, values &known) {
    job j(m, node, layers, known);
    try {
        bool constants = true;
        for (std::size_t i = 0; i < j.n_inputs(); i++) {
            const auto found = known.find(node.input(static_cast<int>(i)));
            constants = constants && (!j.has(i) || (found != known.end() && found->second.fixed));
        }
        handler run = constants ? folder_of(node.op_type()) : nullptr;
        if (!run) run = handler_of(node.op_type());
        if (!run) j.unsupported("its operands must be constants");
        run(j);
        j.finish();
    } catch (const refusal &r) { // of something that does not know the node
        const std::string where = label(node, m.opset);
        if (r.text.rfind(where, 0) == 0) throw;
        throw refusal{r.status, where + ": " + r.text};
    }
}

// The network's name: the file's, of the characters that names may have.
std::string name_of(const std::string &path) {
    std::string name = std::filesystem::path(path).stem().string().substr(0, NPIM_LAYER_NAME_SIZE - 1);
    for (char &c : name)
        if (c < '!' || c > '~' || c == ',' || c == '"' || c == '\\') c = '_';
    return name.empty() ? "model" : name;
}

// Whether all that a node gives is known before there is an image.
bool is_constant(const operation &node, const values &known) {
    bool all = true;
    for (const auto &output : node.output()) {
        const auto found = known.find(output);
        all = all && (found == known.end() || found->second.fixed);
    }
    return all;
}

void read(const std::string &path, npim_network *network, npim_tensors *tensors, npim_onnx_folded &folded) {
    model m;
    load(m, path);
    check_operators(m);
    check(m);
    values known;
    std::size_t held = 0;
    for (const auto &tensor : m.proto.graph().initializer()) {
        known[tensor.name()] = read_tensor(tensor, m.folder, tensor.name());
        held += known[tensor.name()].fixed->n();
    }
    const value_info &image = only_input(m, known);
    const shape dims = image_shape(image);
    drafts layers(extent_of(dims), held);
    known[image.name()] = layers.whole(0, dims);
    for (const operation *node : m.order) {
        translate(m, *node, layers, known);
        folded.nodes++;
        folded.constants += is_constant(*node, known);
    }
    for (const auto &info : m.proto.graph().value_info()) check_shape(info, known);
    for (const auto &info : m.proto.graph().output()) check_shape(info, known);
    std::uint32_t output = layers.in_order(only_output(m, known), "output");
    output = simplify(layers.all(), output, folded);
    if (output == 0) refuse(NPIM_ECONFIG, "the output is the input: a network has one layer or more");
    hand_over(layers.all(), output, name_of(path), network, tensors);
}

} // namespace

} // namespace npim::importer

extern "C" npim_status npim_onnx_read(npim_network *network, npim_tensors *tensors, npim_onnx_folded *folded,
                                      const char *path, npim_error *error) {
    npim_status status = NPIM_OK;
    npim_onnx_folded counts = {};
    *network = {};
    *tensors = {};
    try {
        npim::importer::read(path, network, tensors, counts);
        if (folded) *folded = counts;
    } catch (const npim::importer::refusal &r) {
        status = npim_fail(error, r.status, "%s: %s", path, r.text.c_str());
    } catch (const std::bad_alloc &) {
        status = npim_fail(error, NPIM_ENOMEM, "%s: out of memory", path);
    } catch (const std::exception &e) {
        status = npim_fail(error, NPIM_ECONFIG, "%s: %s", path, e.what());
    }
    if (status != NPIM_OK) {
        npim_network_fini(network);
        npim_tensors_fini(tensors);
    }
    return status;
}

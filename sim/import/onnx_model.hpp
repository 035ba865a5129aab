// Inside sim/import/onnx*.cpp: the file of a model and the tensors in it.
#ifndef NPIM_SIM_IMPORT_ONNX_MODEL_HPP
#define NPIM_SIM_IMPORT_ONNX_MODEL_HPP

#include "sim/import/onnx_value.hpp"

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace npim::importer {

using operation = ONNX_NAMESPACE::NodeProto;

struct model {
    ONNX_NAMESPACE::ModelProto proto;
    std::string folder;                   // of external data
    std::int64_t opset = 0;               // of the standard operators
    std::vector<const operation *> order; // every node after those whose results it reads; they stay in proto
};

// Reads a file and checks what holds for every model: that it is one, that every name is defined once, before
// it is used and not by itself, and that the opset is none of old.
void load(model &m, const std::string &path);

// Checks nodes against the definitions of their operators, where libonnx knows the opset: how many operands
// and results, and which attributes of which type. Handlers check what they read all the same.
void check(const model &m);

// "node NAME (Conv, opset 13)"
std::string label(const operation &node, std::int64_t opset);

// A tensor as numbers. folder: where external data may lie; name is for messages. Refuses types that are no
// numbers, data of another length than the shape says, and files outside the folder.
value read_tensor(const ONNX_NAMESPACE::TensorProto &tensor, const std::string &folder,
                  const std::string &name);

} // namespace npim::importer

#endif

#include "sim/import/onnx_node.hpp"

#include <map>

namespace npim::importer {

// A new operator is a row here and its handler.
handler handler_of(const std::string &op) {
    static const std::map<std::string, handler> table = {
        {"Add", add},
        {"AveragePool", average_pool},
        {"BatchNormalization", batch_norm},
        {"Cast", cast},
        {"Clip", clip},
        {"Concat", concat},
        {"Conv", conv},
        {"Div", divide},
        {"Dropout", dropout},
        {"Expand", expand},
        {"Flatten", flatten},
        {"Gather", gather},
        {"Gemm", gemm},
        {"GlobalAveragePool", global_average},
        {"GlobalMaxPool", global_max},
        {"HardSigmoid", hard_sigmoid},
        {"HardSwish", hard_swish},
        {"Identity", identity},
        {"LRN", lrn},
        {"LSTM", lstm},
        {"LeakyRelu", leaky_relu},
        {"MatMul", matmul},
        {"MaxPool", max_pool},
        {"Mul", multiply},
        {"Pad", pad},
        {"ReduceMean", reduce_mean},
        {"Relu", relu},
        {"Reshape", reshape},
        {"Shape", shape_of},
        {"Sigmoid", sigmoid},
        {"Slice", slice},
        {"Softmax", softmax},
        {"Split", split},
        {"Squeeze", squeeze},
        {"Sub", subtract},
        {"Tanh", tanh},
        {"Transpose", transpose},
        {"Unsqueeze", unsqueeze},
    };
    const auto found = table.find(op);
    return found == table.end() ? nullptr : found->second;
}

} // namespace npim::importer

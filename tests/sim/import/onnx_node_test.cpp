// What of operators that are supported is not: refused by node, operator and opset.
#include "tests/sim/import/onnx_fixture.hpp"

namespace {

using namespace import_test;
using ONNX_NAMESPACE::ModelProto;

class OnnxNode : public model_fixture {
  protected:
    // One node of [1, 2, 4, 4] that is refused.
    void node(const std::string &call, npim_status status, const std::string &part, int opset = 13) {
        SCOPED_TRACE(call);
        ModelProto m = model("(float[n, 2, 4, 4] x) => (float[n, 2, 4, 4] y) { " + call + " }", opset);
        hold(m, "w", {2, 2, 3, 3}, std::vector<float>(36, 1.0F));
        hold(m, "v", {2, 2, 3}, std::vector<float>(12, 1.0F));
        hold(m, "b", {3}, {1, 2, 3});
        hold(m, "one", {1}, {1});
        hold(m, "m", {3, 2}, std::vector<float>(6, 1.0F));
        integers(m, "i2", {1, 2});
        integers(m, "i4", {0, 3, -1, 7});
        m.mutable_graph()->clear_output();
        m.mutable_graph()->add_output()->set_name("y");
        const std::string label = ", opset " + std::to_string(opset) + ")";
        refused(m, status, {"node y (", label, part});
    }
    static void integers(ModelProto &m, const std::string &name, const std::vector<int64_t> &numbers) {
        auto &t = *m.mutable_graph()->add_initializer();
        t.set_name(name);
        t.set_data_type(ONNX_NAMESPACE::TensorProto::INT64);
        t.add_dims(static_cast<int64_t>(numbers.size()));
        for (int64_t n : numbers) t.add_int64_data(n);
    }
};

TEST_F(OnnxNode, RefusesConvolutionsThatDoNotFit) {
    node("y = Conv<group = 2>(x, w)", NPIM_ECONFIG, "do not fit an input of [1, 2, 4, 4] in 2 groups");
    node("y = Conv<group = 3>(x, w)", NPIM_ECONFIG, "do not fit");
    node("y = Conv<group = 0>(x, w)", NPIM_EUNSUPPORTED, "group = 0");
    node("y = Conv(x, v)", NPIM_ECONFIG, "weights of shape [2, 2, 3]");
    node("y = Conv(x, w, b)", NPIM_ECONFIG, "3 numbers of bias for 2 channels");
    node("y = Conv(x, x)", NPIM_EUNSUPPORTED, "weights must be a constant");
    node("y = Conv<kernel_shape = [3, 2]>(x, w)", NPIM_ECONFIG, "kernel_shape");
    node("y = Conv<strides = [0, 1]>(x, w)", NPIM_ECONFIG, "stride 0");
    node("y = Conv<strides = [1]>(x, w)", NPIM_ECONFIG, "strides: 1 numbers instead of 2");
    node("y = Conv<pads = [0, 0, -1, 0]>(x, w)", NPIM_EUNSUPPORTED, "pads of 0 and -1");
    node("y = Conv<dilations = [2, 1]>(x, w)", NPIM_ECONFIG, "the kernel reaches over 5 pixels");
    node("y = Conv<auto_pad = \"SOME\">(x, w)", NPIM_ECONFIG, "auto_pad SOME");
    node("y = Conv<dilations = [4611686018427387904, 1], auto_pad = \"SAME_UPPER\">(x, w)", NPIM_ECONFIG,
         "outside 1..65536");
}

TEST_F(OnnxNode, RefusesPoolingThatIsNotModelled) {
    node("y = MaxPool<kernel_shape = [2, 2], dilations = [2, 1]>(x)", NPIM_EUNSUPPORTED,
         "dilations of pooling");
    node("y = MaxPool<kernel_shape = [2, 2], pads = [2, 0, 0, 0]>(x)", NPIM_EUNSUPPORTED,
         "padding of a window");
    node("y = AveragePool<kernel_shape = [5, 2]>(x)", NPIM_ECONFIG, "the kernel reaches over 5 pixels");
    node("y = ReduceMean<axes = [1]>(x)", NPIM_EUNSUPPORTED, "only the mean over all of height and width");
    node("a = Flatten(x) y = GlobalAveragePool(a)", NPIM_EUNSUPPORTED, "[1, 32]");
}

TEST_F(OnnxNode, RefusesProductsThatDoNotFit) {
    node("y = MatMul(x, m)", NPIM_ECONFIG, "[1, 2, 4, 4] and [3, 2]");
    node("y = MatMul(x, x)", NPIM_EUNSUPPORTED, "must be a constant");
    node("y = Gemm(x, m)", NPIM_ECONFIG, "2 dimensions");
    node("a = Flatten(x) y = Gemm(a, m)", NPIM_ECONFIG, "A [1, 32] and B [3, 2]");
}

TEST_F(OnnxNode, RefusesArithmeticThatIsNotModelled) {
    node("y = Div(x, x)", NPIM_EUNSUPPORTED, "the divisor must be a constant");
    node("y = Div(one, x)", NPIM_EUNSUPPORTED, "the divisor must be a constant");
    node("y = Add(x, b)", NPIM_ECONFIG, "[1, 2, 4, 4] and [3]");
    node("y = BatchNormalization(x, b, b, b, b)", NPIM_ECONFIG, "must have 2 numbers");
    node("y = BatchNormalization<training_mode = 1>(x, i2, i2, i2, i2)", NPIM_EUNSUPPORTED, "training_mode",
         14);
    node("y = Clip(x, one, one)", NPIM_EUNSUPPORTED, "min 1 is not below max 1");
    node("y = Clip(x, b)", NPIM_ECONFIG, "min must be one number");
    node("y = LRN<size = 0>(x)", NPIM_ECONFIG, "size = 0");
}

TEST_F(OnnxNode, RefusesMovementsThatDoNotFit) {
    node("y = Reshape(x, i2)", NPIM_ECONFIG, "shape [1, 2] does not fit [1, 2, 4, 4]");
    node("y = Reshape(x, i4)", NPIM_ECONFIG, "does not fit");
    node("y = Reshape(x, one)", NPIM_ECONFIG, "shape must be integers");
    node("y = Reshape(x, x)", NPIM_EUNSUPPORTED, "shape must be a constant");
    node("y = Transpose<perm = [0, 1, 2, 2]>(x)", NPIM_ECONFIG, "perm is no order");
    node("y = Transpose<perm = [0, 1, 2]>(x)", NPIM_ECONFIG, "perm is no order");
    node("y = Transpose<perm = [0, 1, 2, 9]>(x)", NPIM_ECONFIG, "axis 9");
    node("y = Squeeze(x, i2)", NPIM_ECONFIG, "dimension 1 of [1, 2, 4, 4] is not 1");
    node("y = Slice(x, i2, i4)", NPIM_ECONFIG, "one length");
    node("y = Slice(x, i2, i2)", NPIM_ECONFIG, "nothing is left of dimension 0");
    node("y = Pad(x, i2)", NPIM_ECONFIG, "2 pads for 4 dimensions");
    node("y = Pad<mode = \"odd\">(x, i2)", NPIM_EUNSUPPORTED, "mode odd");
    node("y, z = Split(x, i2)", NPIM_ECONFIG, "parts do not fit dimension 0");
    node("y = Gather<axis = 1>(x, i2)", NPIM_ECONFIG, "index 2");
    node("y = Concat<axis = 4>(x, x)", NPIM_ECONFIG, "axis 4");
    node("a = Flatten(x) y = Concat<axis = 1>(x, a)", NPIM_ECONFIG, "do not fit");
    node("y = Cast<to = 7>(x)", NPIM_EUNSUPPORTED, "to type 7");
}

TEST_F(OnnxNode, RefusesResultsThatAreNotModelled) {
    node("a, mask = Dropout(x) y = Cast<to = 1>(mask)", NPIM_EUNSUPPORTED,
         "\"mask\" is a result that is not modelled");
    node("a, i = MaxPool<kernel_shape = [2, 2]>(x) y = Cast<to = 1>(i)", NPIM_EUNSUPPORTED, "\"i\"");
}

TEST_F(OnnxNode, RefusesRecurrenceThatIsNotModelled) {
    const auto lstm = [&](const std::string &call, npim_status status, const std::string &part) {
        SCOPED_TRACE(call);
        ModelProto m = model("(float[5, 1, 2] x) => (float[1, 1, 3] y) { " + call + " }");
        hold(m, "w", {1, 12, 2}, std::vector<float>(24, 0.5F));
        hold(m, "r", {1, 12, 3}, std::vector<float>(36, 0.5F));
        hold(m, "state", {1, 1, 3}, {0, 0, 1});
        hold(m, "p", {1, 9}, std::vector<float>(9, 0.5F));
        integers(m, "short", {4});
        m.mutable_graph()->clear_output();
        m.mutable_graph()->add_output()->set_name("y");
        refused(m, status, {"(LSTM, opset 13)", part});
    };
    lstm("q, y = LSTM<hidden_size = 4>(x, w, r)", NPIM_ECONFIG, "hidden_size");
    lstm("q, y = LSTM(x, r, w)", NPIM_ECONFIG, "W of shape");
    lstm("q, y = LSTM(x, w, r, p)", NPIM_ECONFIG, "B of shape [1, 9] instead of [1, 24]");
    lstm("q, y = LSTM(x, w, r, , short)", NPIM_EUNSUPPORTED, "sequence_lens");
    lstm("q, y = LSTM(x, w, r, , , state)", NPIM_EUNSUPPORTED, "initial_h other than 0");
    lstm("q, y = LSTM(x, w, r, , , , state)", NPIM_EUNSUPPORTED, "initial_c other than 0");
    lstm("q, y = LSTM(x, w, r, , , , , p)", NPIM_EUNSUPPORTED, "P (peepholes)");
    lstm("q, y = LSTM<direction = \"sideways\">(x, w, r)", NPIM_ECONFIG, "direction sideways");
    lstm("q, y = LSTM<activations = [\"Relu\", \"Tanh\", \"Tanh\"]>(x, w, r)", NPIM_EUNSUPPORTED,
         "activation relu");
    lstm("q, y = LSTM<input_forget = 1>(x, w, r)", NPIM_EUNSUPPORTED, "input_forget");
    lstm("q, y = LSTM<clip = 3.0>(x, w, r)", NPIM_EUNSUPPORTED, "clip");
}

} // namespace

#include "tests/sim/import/onnx_fixture.hpp"

namespace {

using namespace import_test;
using ONNX_NAMESPACE::ModelProto;

// Which layers a graph becomes.
class OnnxSimplify : public model_fixture {
  protected:
    std::string kinds(ModelProto m) {
        hold(m, "w", {2, 2, 1, 1}, {1, 2, 3, 4});
        hold(m, "m", {8, 2}, std::vector<float>(16, 0.5F));
        hold(m, "c", {2, 1, 1}, {1, 2});
        hold(m, "k", {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
        hold(m, "zero", {}, {0});
        hold(m, "six", {}, {6});
        imported i(save(m));
        EXPECT_EQ(i.status, NPIM_OK) << i.error.message;
        folded = i.folded;
        return i.kinds();
    }
    // nodes, constants, scales, activations, unused
    std::vector<uint32_t> counts(const std::string &nodes) {
        kinds(graph(nodes));
        return {folded.nodes, folded.constants, folded.scales, folded.activations, folded.unused};
    }
    npim_onnx_folded folded = {};
    static ModelProto graph(const std::string &nodes, const std::string &out = "n, 2, 2, 2") {
        return model("(float[n, 2, 2, 2] x) => (float[" + out + "] y) { " + nodes + " }");
    }
};

TEST_F(OnnxSimplify, FoldsConstantsIntoWeights) {
    EXPECT_EQ(kinds(graph("a = Conv(x, w) b = Mul(a, c) d = Add(b, c) y = Relu(d)")), "conv relu");
    EXPECT_EQ(kinds(graph("a = Flatten(x) b = MatMul(a, m) y = Mul(b, six)", "n, 2")), "fc");
}

TEST_F(OnnxSimplify, CountsWhatItFolds) {
    using all = std::vector<uint32_t>;
    EXPECT_EQ(counts("y = Conv(x, w)"), (all{1, 0, 0, 0, 0}));
    EXPECT_EQ(counts("a = Conv(x, w) b = Mul(a, c) d = Add(b, c) y = Relu(d)"), (all{4, 0, 2, 1, 0}));
    EXPECT_EQ(counts("e = Add(c, c) a = Conv(x, w) b = Relu(a) y = Mul(b, e)"), (all{4, 1, 0, 1, 0}));
    EXPECT_EQ(counts("a = Conv(x, w) b = Tanh(x) y = Relu(a)"), (all{3, 0, 0, 1, 1})); // nobody reads b
}

TEST_F(OnnxSimplify, FoldsChainsOfConstantsIntoOneLayer) {
    EXPECT_EQ(kinds(graph("a = Sub(x, c) b = Div(a, c) y = Add(b, k)")), "scale");
    EXPECT_EQ(kinds(graph("a = Mul(x, k) y = Add(a, six)")), "scale");
}

TEST_F(OnnxSimplify, KeepsConstantsThatDoNotFold) {
    EXPECT_EQ(kinds(graph("a = Conv(x, w) b = Relu(a) y = Mul(b, c)")), "conv relu, scale");
    EXPECT_EQ(kinds(graph("a = Conv(x, w) y = Mul(a, k)")), "conv, scale"); // one number per pixel
    EXPECT_EQ(kinds(graph("a = Conv(x, w) b = Mul(a, c) y = Add(a, b)")), "conv, scale, add"); // read twice
}

TEST_F(OnnxSimplify, AttachesActivations) {
    EXPECT_EQ(kinds(graph("a = Conv(x, w) y = Sigmoid(a)")), "conv sigmoid");
    EXPECT_EQ(kinds(graph("a = Conv(x, w) y = Clip(a, zero, six)")), "conv relu6");
    EXPECT_EQ(kinds(graph("a = Conv(x, w) y = Clip(a, zero)")), "conv relu");
    EXPECT_EQ(kinds(graph("a = Add(x, x) b = Conv(a, w) d = Add(b, x) y = Relu(d)")),
              "gather, add, conv, add relu");
}

TEST_F(OnnxSimplify, KeepsActivationsThatDoNotGoWithALayer) {
    EXPECT_EQ(kinds(graph("a = Conv(x, w) b = Relu(a) y = Tanh(b)")), "conv relu, activation tanh");
    EXPECT_EQ(kinds(graph("a = Conv(x, w) b = Relu(a) y = Add(a, b)")), "conv, activation relu, add");
    EXPECT_EQ(kinds(graph("a = Conv(x, w) d = Add(a, x) y = Tanh(d)")), "conv, add, activation tanh");
    EXPECT_EQ(kinds(graph("a = Flatten(x) b = MatMul(a, m) y = Softmax(b)", "n, 2")),
              "fc, activation softmax");
    EXPECT_EQ(kinds(graph("a = GlobalAveragePool(x) y = Relu(a)", "n, 2, 1, 1")),
              "globalpool, activation relu");
}

// The host reads the output, so it counts as a reader.
TEST_F(OnnxSimplify, LeavesTheOutputAlone) {
    EXPECT_EQ(kinds(graph("y = Conv(x, w) b = Relu(y)")), "conv");
}

TEST_F(OnnxSimplify, NeedsNoLayerForMovementsThatEndInOrder) {
    EXPECT_EQ(kinds(graph("a = Conv(x, w) b = Transpose<perm = [0, 3, 1, 2]>(a) d = Relu(b) e = "
                          "Transpose<perm = [0, 2, 3, 1]>(d) y = Conv(e, w)")),
              "conv relu, conv");
    EXPECT_EQ(kinds(graph("a = Flatten(x) b = MatMul(a, m) y = Relu(b)", "n, 2")), "fc relu");
    EXPECT_EQ(kinds(graph("a = Identity(x) b = Dropout(a) y = Conv(b, w)")), "conv");
}

TEST_F(OnnxSimplify, MakesOneGatherForAllMovementsAndReaders) {
    EXPECT_EQ(kinds(graph("a = Transpose<perm = [0, 1, 3, 2]>(x) b = Transpose<perm = [0, 2, 1, 3]>(a) d = "
                          "Conv(b, w) e = Conv(b, w) y = Add(d, e)")),
              "gather, conv, conv, add");
}

TEST_F(OnnxSimplify, MakesABorderOfZerosPaddingOfAConvolution) {
    const std::string pad = "p = Constant<value = int64[8] {0, 0, 1, 2, 0, 0, 3, 0}>() ";
    EXPECT_EQ(kinds(graph(pad + "a = Pad(x, p) y = Conv<pads = [0, 1, 0, 0]>(a, w)", "n, 2, 6, 5")), "conv");
    EXPECT_EQ(kinds(graph(pad + "a = Pad<mode = \"edge\">(x, p) y = Conv(a, w)", "n, 2, 6, 4")),
              "gather, conv");
    EXPECT_EQ(kinds(graph(pad + "t = Transpose<perm = [0, 1, 3, 2]>(x) a = Pad(t, p) y = Conv(a, w)",
                          "n, 2, 6, 4")),
              "gather, conv");
    const std::string channel = "p = Constant<value = int64[8] {0, 1, 0, 0, 0, -1, 0, 0}>() ";
    EXPECT_EQ(kinds(graph(channel + "a = Pad(x, p) y = Conv(a, w)")), "gather, conv");
    EXPECT_EQ(kinds(graph(pad + "a = Pad(x, p) y = MaxPool<kernel_shape = [2, 2]>(a)", "n, 2, 5, 3")),
              "gather, maxpool");
}

} // namespace

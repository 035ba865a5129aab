#include "tests/sim/import/onnx_fixture.hpp"
#include "tests/sim/import/quantisation_bound.hpp"

#include "sim/import/quantise.h"
#include "sim/values/npy.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

using namespace import_test;
using ONNX_NAMESPACE::ModelProto;

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(NPIM_TEST_DATA "/onnx"))
        if (entry.path().extension() == ".onnx") names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

// What PyTorch computed, by tests/data/onnx/make.py.
class OnnxCase : public testing::TestWithParam<std::string> {};

TEST_P(OnnxCase, GivesWhatPyTorchGives) {
    const std::string stem = std::string(NPIM_TEST_DATA "/onnx/") + GetParam();
    imported m(stem + ".onnx");
    ASSERT_EQ(m.status, NPIM_OK) << m.error.message;
    npim_npy wanted = {};
    ASSERT_EQ(npim_npy_read(&wanted, (stem + ".npy").c_str(), &m.error), NPIM_OK) << m.error.message;
    const auto y = m.run(image(elements(m.network.layers[0])));
    ASSERT_EQ(wanted.n, y.size());
    for (std::size_t i = 0; i < y.size(); i++) {
        const double want = npim_npy_at(&wanted, i);
        EXPECT_NEAR(y[i], want, 3e-6 * (1.0 + std::fabs(want))) << "element " << i << " of " << m.kinds();
    }
    npim_npy_fini(&wanted);
}

// The same cases in integers: both passes agree, and rounding explains the distance to PyTorch.
TEST_P(OnnxCase, QuantisesToWhatPyTorchGives) {
    const std::string stem = std::string(NPIM_TEST_DATA "/onnx/") + GetParam();
    imported m(stem + ".onnx");
    ASSERT_EQ(m.status, NPIM_OK) << m.error.message;
    std::vector<float> x = image(elements(m.network.layers[0]));
    const npim_images images = {1, x.size(), 0, x.data(), nullptr, 0};
    ASSERT_EQ(npim_quantise(&m.network, &m.tensors, &images, NPIM_CALIBRATION_MAX, nullptr, &m.error),
              NPIM_OK)
        << m.error.message;
    const auto codes = m.codes(images);
    const double bound = quantisation_bound(m.network, m.tensors, images).output();
    npim_npy wanted = {};
    ASSERT_EQ(npim_npy_read(&wanted, (stem + ".npy").c_str(), &m.error), NPIM_OK) << m.error.message;
    ASSERT_EQ(wanted.n, codes.size());
    for (std::size_t i = 0; i < codes.size(); i++)
        EXPECT_NEAR(codes[i] * m.output().scale, npim_npy_at(&wanted, i), bound)
            << "element " << i << " of " << m.kinds();
    npim_npy_fini(&wanted);
}

INSTANTIATE_TEST_SUITE_P(All, OnnxCase, testing::ValuesIn(cases()),
                         [](const auto &one) { return one.param; });

TEST(OnnxCases, AreThere) {
    EXPECT_GE(cases().size(), 80u);
}

class Onnx : public model_fixture {};

TEST_F(Onnx, NamesNetworkAndLayersAfterFileAndNodes) {
    ModelProto m = model("(float[n, 1, 4, 4] x) => (float[n, 2, 2, 2] y) { y = Conv(x, w) }");
    hold(m, "w", {2, 1, 3, 3}, std::vector<float>(18, 1.0F));
    m.mutable_graph()->mutable_node(0)->set_name("/a, \"b\"/Conv");
    imported i(save(m, "a net.onnx"));
    ASSERT_EQ(i.status, NPIM_OK) << i.error.message;
    EXPECT_STREQ(i.network.name, "a_net");
    EXPECT_STREQ(i.network.layers[0].name, "input");
    EXPECT_STREQ(i.network.layers[1].name, "a___b_");
    EXPECT_STREQ(i.network.layers[1].tensors, "1_a___b_");
    EXPECT_FALSE(i.network.has_values);
    EXPECT_TRUE(i.tensors.has_float);
}

TEST_F(Onnx, GivesEveryLayerANameOfItsOwn) {
    ModelProto m =
        model("(float[n, 1, 4, 4] x) => (float[n, 1, 4, 4] y) { a = Sigmoid(x) b = Tanh(a) y = Sigmoid(b) }");
    for (auto &node : *m.mutable_graph()->mutable_node()) node.set_name("input");
    imported i(save(m));
    ASSERT_EQ(i.status, NPIM_OK) << i.error.message;
    EXPECT_STREQ(i.network.layers[1].name, "input_2");
    EXPECT_STREQ(i.network.layers[2].name, "input_3");
    EXPECT_STREQ(i.network.layers[3].name, "input_4");
}

TEST_F(Onnx, CutsLongNames) {
    ModelProto m = model("(float[n, 1, 4, 4] x) => (float[n, 1, 4, 4] y) { y = Sigmoid(x) }");
    m.mutable_graph()->mutable_node(0)->set_name(std::string(100000, 'n'));
    imported i(save(m, std::string(200, 'f') + ".onnx"));
    ASSERT_EQ(i.status, NPIM_OK) << i.error.message;
    EXPECT_EQ(std::string(i.network.name), std::string(95, 'f'));
    EXPECT_EQ(std::string(i.network.layers[1].name), std::string(80, 'n'));
}

TEST_F(Onnx, TakesNodesInAnyOrder) {
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { y = Tanh(b) b = Sigmoid(a) a = Relu(x) }");
    imported i(save(m));
    ASSERT_EQ(i.status, NPIM_OK) << i.error.message;
    EXPECT_EQ(i.kinds(), "activation relu, activation sigmoid, activation tanh");
}

TEST_F(Onnx, LeavesOutWhatNobodyReads) {
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { y = Tanh(x) a = Sigmoid(x) b = Relu(a) }");
    imported i(save(m));
    ASSERT_EQ(i.status, NPIM_OK) << i.error.message;
    EXPECT_EQ(i.kinds(), "activation tanh");
}

TEST_F(Onnx, TakesInputsThatAreInitialisersToo) {
    ModelProto m = model("(float[n, 2] x, float[2] b) => (float[n, 2] y) { y = Add(x, b) }");
    hold(m, "b", {2}, {1.0F, 2.0F});
    imported i(save(m));
    ASSERT_EQ(i.status, NPIM_OK) << i.error.message;
    EXPECT_EQ(i.run({0.5F, 0.25F}), (std::vector<float>{1.5F, 2.25F}));
}

// --- Bad input: every refusal names file, node, operator and opset, and leaves nothing.

TEST_F(Onnx, RefusesOperatorsByNameBeforeAnyWork) {
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { a = Nonsense(q) y = GRU(a) }");
    refused(m, NPIM_ECONFIG, {"nothing gives its input \"q\""});
    m = model("(float[n, 2] x) => (float[n, 2] y) { a = Conv(x) y = Einsum(a) }", 12);
    refused(m, NPIM_EUNSUPPORTED, {"node y (Einsum, opset 12): this operator is not supported"});
    m.mutable_graph()->mutable_node(1)->set_op_type("Relu");
    m.mutable_graph()->mutable_node(1)->set_domain("com.example");
    m.mutable_graph()->mutable_node(1)->set_name("last");
    refused(m, NPIM_EUNSUPPORTED, {"node last (com.example.Relu, opset 12): this operator is not supported"});
}

TEST_F(Onnx, RefusesWhatIsNoModel) {
    refused((folder / "none.onnx").string(), NPIM_ECONFIG, {"No such file"});
    refused(folder.string(), NPIM_ECONFIG, {"is a folder"});
    refused(write("empty.onnx", ""), NPIM_ECONFIG, {"is empty"});
    refused(write("text.onnx", "this is no model"), NPIM_ECONFIG, {"is no ONNX model"});
    refused(write("zeros.onnx", std::string(100, '\0')), NPIM_ECONFIG, {"is no ONNX model"});
    refused(save(ModelProto()), NPIM_ECONFIG, {"is empty"});
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x) }");
    m.clear_opset_import();
    refused(m, NPIM_ECONFIG, {"opset_import"});
    m = model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x) }", 6);
    refused(m, NPIM_EUNSUPPORTED, {"node y (Relu, opset 6)", "before 7"});
    m.mutable_graph()->clear_node();
    refused(m, NPIM_ECONFIG, {"without nodes"});
}

TEST_F(Onnx, RefusesEveryTruncation) {
    ModelProto m = model("(float[n, 1, 4, 4] x) => (float[n, 2, 2, 2] y) { y = Conv(x, w) }");
    hold(m, "w", {2, 1, 3, 3}, std::vector<float>(18, 1.0F));
    const std::string bytes = m.SerializeAsString();
    for (std::size_t n = 0; n < bytes.size(); n++) {
        imported i(write("cut.onnx", bytes.substr(0, n)));
        // Fields that are left out at the end may leave a model of its own; never a crash, never half a
        // network.
        if (i.status != NPIM_OK) {
            EXPECT_TRUE(i.status == NPIM_ECONFIG || i.status == NPIM_EUNSUPPORTED)
                << n << ": " << i.error.message;
            EXPECT_EQ(i.network.layers, nullptr);
        }
    }
}

TEST_F(Onnx, RefusesCyclesAndNamesGivenTwice) {
    refused(model("(float[n, 2] x) => (float[n, 2] y) { a = Add(x, b) b = Relu(a) y = Relu(b) }"),
            NPIM_ECONFIG, {"node a (Add, opset 13)", "cycle"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(y) }"), NPIM_ECONFIG, {"cycle"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x) y = Tanh(x) }"), NPIM_ECONFIG,
            {"\"y\" is defined twice"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { x = Relu(x) y = Tanh(x) }"), NPIM_ECONFIG,
            {"\"x\" is defined twice"});
}

TEST_F(Onnx, RefusesImagesOfUnknownOrHostileShape) {
    refused(model("(float[n, 3, h, 4] x) => (float[n, 3, h, 4] y) { y = Relu(x) }"), NPIM_EUNSUPPORTED,
            {"input \"x\"", "dimension 2 (\"h\")"});
    refused(model("(float[n, 3, 0, 4] x) => (float[n, 3, 0, 4] y) { y = Relu(x) }"), NPIM_ECONFIG,
            {"[1, 3, 0, 4]", "size 0"});
    refused(model("(float[n, 3, 1099511627776, 4] x) => (float[n, 3, 1, 4] y) { y = Relu(x) }"), NPIM_ECONFIG,
            {"more than 2^30 elements"});
    refused(model("(float[n, 3, 100000, 4] x) => (float[n, 3, 1, 4] y) { y = Relu(x) }"), NPIM_EUNSUPPORTED,
            {"65536"});
    refused(model("(float[n, 2, 2, 2, 2] x) => (float[n, 2, 2, 2, 2] y) { y = Relu(x) }"), NPIM_EUNSUPPORTED,
            {"three dimensions"});
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x) }");
    m.mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(1)
        ->set_dim_value(-2);
    refused(m, NPIM_ECONFIG, {"size -2"});
    m.mutable_graph()->mutable_input(0)->clear_type();
    refused(m, NPIM_ECONFIG, {"input \"x\" has no shape"});
    m.mutable_graph()->clear_input();
    refused(m, NPIM_ECONFIG, {"nothing gives its input \"x\""});
}

TEST_F(Onnx, RefusesOtherThanOneInputAndOneOutput) {
    refused(model("(float[n, 2] x, float[n, 2] z) => (float[n, 2] y) { y = Add(x, z) }"), NPIM_EUNSUPPORTED,
            {"inputs \"x\" and \"z\""});
    refused(model("(float[n, 2] x) => (float[n, 2] y, float[n, 2] z) { y = Relu(x) z = Tanh(x) }"),
            NPIM_EUNSUPPORTED, {"outputs \"y\" and \"z\""});
    refused(model("(float[n, 2] x) => (float[n, 2] q) { y = Relu(x) }"), NPIM_ECONFIG, {"output \"q\""});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Identity(x) }"), NPIM_ECONFIG,
            {"the output is the input"});
    ModelProto m = model("(float[n, 2] x) => (float[2] b) { y = Add(x, b) }");
    hold(m, "b", {2}, {1.0F, 2.0F});
    refused(m, NPIM_ECONFIG, {"output \"b\" is a constant"});
}

TEST_F(Onnx, RefusesShapesThatTheModelDeclaresOtherwise) {
    refused(model("(float[n, 2] x) => (float[n, 3] y) { y = Relu(x) }"), NPIM_ECONFIG,
            {"\"y\" has the shape [1, 2]"});
    refused(model("(float[n, 2] x) => (float[n, 2, 1] y) { y = Relu(x) }"), NPIM_ECONFIG, {"\"y\""});
}

TEST_F(Onnx, RefusesWeightsThatAreNotFinite) {
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        ModelProto m = model("(float[n, 1, 4, 4] x) => (float[n, 2, 2, 2] y) { y = Conv(x, w) }");
        std::vector<float> w(18, 1.0F);
        w[7] = bad;
        hold(m, "w", {2, 1, 3, 3}, w);
        refused(m, NPIM_ECONFIG, {"node y (Conv, opset 13)", "weights: element 7 is not finite"});
    }
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { y = Div(x, c) }");
    hold(m, "c", {2}, {1.0F, 0.0F});
    refused(m, NPIM_ECONFIG, {"node y (Div, opset 13)", "not finite"});
    m = model("(float[n, 2] x) => (float[n, 2] y) { a = Mul(x, c) y = Mul(a, c) }");
    hold(m, "c", {2}, {1.0F, 1e30F});
    refused(m, NPIM_ECONFIG, {"not finite"});
}

TEST_F(Onnx, RefusesWhatTheDefinitionOfAnOperatorDoesNotAllow) {
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x, x) }"), NPIM_ECONFIG,
            {"node y (Relu, opset 13)"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = LeakyRelu<alpha = 3>(x) }"), NPIM_ECONFIG,
            {"node y (LeakyRelu, opset 13)"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu<alpha = 3>(x) }"), NPIM_ECONFIG,
            {"node y (Relu, opset 13)"});
}

// libonnx does not know these opsets: what nobody here asks for is refused.
TEST_F(Onnx, RefusesWhatNewerOpsetsBring) {
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu<novelty = 3>(x) }", 99), NPIM_EUNSUPPORTED,
            {"node y (Relu, opset 99): attribute novelty is not modelled"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x, x) }", 99), NPIM_EUNSUPPORTED,
            {"input 1 (\"x\") is not modelled"});
    refused(model("(float[n, 2] x) => (float[n, 2] y) { y, z = Relu(x) w = Tanh(z) }", 99), NPIM_EUNSUPPORTED,
            {"node w (Tanh, opset 99)", "\"z\""});
    imported i(save(model("(float[n, 2] x) => (float[n, 2] y) { y = Relu(x) }", 99)));
    EXPECT_EQ(i.status, NPIM_OK) << i.error.message;
}

// What was an attribute is an input from opset 18 on.
TEST_F(Onnx, TakesTheFormsOfOpset18) {
    imported mean(
        save(model("(float[n, 2, 1, 2] x) => (float[n, 2] y) { a = Constant<value = int64[2] {2, 3}>() "
                   "y = ReduceMean<keepdims = 0>(x, a) }",
                   18)));
    ASSERT_EQ(mean.status, NPIM_OK) << mean.error.message;
    EXPECT_EQ(mean.run({1, 3, -4, 0}), (std::vector<float>{2, -2}));
    imported split(
        save(model("(float[n, 5] x) => (float[n, 2] y) { a, y = Split<num_outputs = 2, axis = 1>(x) }", 18)));
    ASSERT_EQ(split.status, NPIM_OK) << split.error.message;
    EXPECT_EQ(split.run({1, 2, 3, 4, 5}), (std::vector<float>{4, 5}));
    imported pad(save(model("(float[n, 2] x) => (float[n, 4] y) { p = Constant<value = int64[2] {2, 0}>() "
                            "a = Constant<value = int64[1] {-1}>() y = Pad(x, p, , a) }",
                            18)));
    ASSERT_EQ(pad.status, NPIM_OK) << pad.error.message;
    EXPECT_EQ(pad.run({1, 2}), (std::vector<float>{0, 0, 1, 2}));
}

// A small file must not ask for much.
TEST_F(Onnx, RefusesToGrowWithoutBounds) {
    ModelProto m = model("(float[n, 2] x) => (float[n, 2] y) { s = Constant<value = int64[3] {40000, 40000, "
                         "2}>() a = Expand(x, s) y = Relu(a) }");
    refused(m, NPIM_ECONFIG, {"node a (Expand, opset 13)", "2^30"});
    m = model("(float[n, 2] x) => (float[n, 2] y) { s = Constant<value = int64[2] {100000000, 2}>() a = "
              "Expand(x, s) y = Relu(a) }");
    refused(m, NPIM_EUNSUPPORTED, {"node a (Expand, opset 13)", "too many elements"});
    m = model("(float[n, 2] x) => (float[n, 2] y) { s = Constant<value = int64[1] {1073741824}>() a = "
              "ConstantOfShape(s) y = Add(x, a) }");
    refused(m, NPIM_EUNSUPPORTED, {"node a (ConstantOfShape, opset 13)", "too many elements"});
    m = model("(float[n, 2] x) => (float[n, 2] y) { s = Constant<value = int64[4] {0, 9000000000000000000, "
              "0, 0}>() a = Pad(x, s) y = Relu(a) }");
    refused(m, NPIM_ECONFIG, {"node a (Pad, opset 13)"});
}

// Nor must an image that is declared large, and never read.
TEST_F(Onnx, RefusesLargeImagesBeforeThereIsRoomForThem) {
    const std::string in = "(float[n, 16384, 256, 256] x) => (float[n, 16384, 256, 256] y) { ";
    ModelProto m = model(in + "y = Transpose<perm = [0, 1, 3, 2]>(x) }");
    refused(m, NPIM_EUNSUPPORTED, {"node y (Transpose, opset 13)", "too many elements"});
    m = model(in +
              "s = Constant<value = int64[1] {-1}>() a = Reshape(x, s) z = Constant<value = int64[1] {0}>() "
              "e = Constant<value = int64[1] {9}>() y = Slice(a, z, e) }");
    refused(m, NPIM_EUNSUPPORTED, {"node y (Slice, opset 13)", "too many elements"});
    m = model(in + "y = Add(x, k) }");
    hold(m, "k", {256}, std::vector<float>(256, 1.0F));
    refused(m, NPIM_EUNSUPPORTED, {"node y (Add, opset 13)", "too many elements"});
    m = model("(float[n, 2] x) => (float[n, 2] y) { p = Constant<value = int64[4] {0, 0, 0, 900000000}>() y "
              "= Pad(x, p) }");
    refused(m, NPIM_EUNSUPPORTED, {"node y (Pad, opset 13)", "too many elements"});
}

TEST_F(Onnx, RefusesToUseAWeightWithoutEnd) {
    std::string nodes;
    for (int i = 0; i < 40; i++)
        nodes += "a" + std::to_string(i + 1) + " = MatMul(a" + std::to_string(i) + ", w) ";
    ModelProto m = model("(float[n, 1000] a0) => (float[n, 1000] a40) { " + nodes + "}");
    hold(m, "w", {1000, 1000}, std::vector<float>(1000000, 0.5F));
    refused(m, NPIM_EUNSUPPORTED, {"node a25 (MatMul, opset 13)", "more than 8 times over"});
}

} // namespace

#!/usr/bin/env python3
"""Makes the models in this folder and what PyTorch says that they give, as NAME.onnx and NAME.npy.

Needs python3-onnx and python3-torch. The image is the same formula here and in the tests: see image(). Results are
computed in double precision from definitions that share nothing with ONNX but the meaning of the operators.
"""
import pathlib

import numpy
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent
CASES = {}


def image(*shape):
    count = int(numpy.prod(shape))
    return torch.tensor([(i * 7919 + 13) % 257 / 64 - 2 for i in range(count)], dtype=torch.float64).reshape(shape)


class Case:
    """A graph that grows node by node."""

    def __init__(self, name, shape, opset=13, batch="n"):
        self.random = numpy.random.RandomState(sum(map(ord, name)))
        self.name, self.opset, self.shape = name, opset, list(shape)
        self.declared = [batch if batch else shape[0]] + list(shape[1:])
        self.nodes, self.tensors, self.last = [], [], "x"
        self.x = image(*shape)

    def weight(self, *shape, scale=0.5):
        return torch.tensor(self.random.uniform(-scale, scale, shape).astype(numpy.float32)).double()

    def hold(self, tensor, dtype=numpy.float32, raw=True):
        name = f"t{len(self.tensors)}"
        array = numpy.asarray(tensor.numpy() if torch.is_tensor(tensor) else tensor).astype(dtype)
        if raw:
            self.tensors.append(numpy_helper.from_array(array, name))
        else:
            kind = helper.mapping.NP_TYPE_TO_TENSOR_TYPE[array.dtype]
            self.tensors.append(helper.make_tensor(name, kind, array.shape, array.flatten().tolist()))
        return name

    def ints(self, *numbers):
        return self.hold(numpy.array(numbers), numpy.int64)

    def node(self, op, inputs=None, outputs=None, **attributes):
        outputs = outputs or [f"v{len(self.nodes)}"]
        inputs = [self.last] if inputs is None else inputs
        self.nodes.append(helper.make_node(op, inputs, outputs, name=f"{op.lower()}_{len(self.nodes)}", **attributes))
        self.last = outputs[0]
        return self.last

    def done(self, y):
        y = y.detach()
        out = helper.make_tensor_value_info(self.last, TensorProto.FLOAT, None)
        out.type.tensor_type.shape.Clear()
        for a, d in enumerate(y.shape):
            dim = out.type.tensor_type.shape.dim.add()
            if not (a == 0 and d == 1):
                dim.dim_value = d
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.declared)],
            [out],
            self.tensors,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=7)
        onnx.save(model, FOLDER / f"{self.name}.onnx")
        numpy.save(FOLDER / f"{self.name}.npy", y.numpy().astype(numpy.float32))


def case(*shape, **options):
    def wrap(make):
        c = Case(make.__name__, shape, **options)
        CASES[c.name] = shape
        c.done(make(c))
        return make

    return wrap


def conv(c, w, b=None, **attributes):
    c.node("Conv", [c.last, c.hold(w)] + ([c.hold(b)] if b is not None else []), **attributes)


@case(1, 3, 7, 6)
def conv_padded(c):
    w, b = c.weight(4, 3, 3, 3), c.weight(4)
    conv(c, w, b, pads=[1, 1, 1, 1], kernel_shape=[3, 3])
    return F.conv2d(c.x, w, b, padding=1)


@case(1, 2, 9, 8)
def conv_asymmetric(c):
    w, b = c.weight(3, 2, 3, 2), c.weight(3)
    conv(c, w, b, pads=[0, 1, 2, 0], strides=[2, 3])
    return F.conv2d(F.pad(c.x, (1, 0, 0, 2)), w, b, stride=(2, 3))


@case(1, 2, 9, 10)
def conv_dilated(c):
    w = c.weight(3, 2, 3, 2)
    conv(c, w, dilations=[2, 3], pads=[1, 2, 1, 2])
    return F.conv2d(c.x, w, padding=(1, 2), dilation=(2, 3))


@case(1, 6, 5, 5)
def conv_grouped(c):
    w, b = c.weight(4, 3, 3, 3), c.weight(4)
    conv(c, w, b, group=2, strides=[2, 2])
    return F.conv2d(c.x, w, b, groups=2, stride=2)


@case(1, 3, 6, 5)
def conv_depthwise(c):
    w, b = c.weight(6, 1, 3, 3), c.weight(6)
    conv(c, w, b, group=3, pads=[1, 1, 1, 1])
    return F.conv2d(c.x, w, b, groups=3, padding=1)


@case(1, 2, 6, 7)
def conv_same_upper(c):
    w = c.weight(2, 2, 3, 4)
    conv(c, w, auto_pad="SAME_UPPER", strides=[2, 2])
    return F.conv2d(F.pad(c.x, (1, 2, 0, 1)), w, stride=2)


@case(1, 2, 6, 7)
def conv_same_lower(c):
    w = c.weight(2, 2, 3, 4)
    conv(c, w, auto_pad="SAME_LOWER", strides=[2, 2])
    return F.conv2d(F.pad(c.x, (2, 1, 1, 0)), w, stride=2)


@case(1, 2, 6, 7)
def conv_valid(c):
    w = c.weight(2, 2, 3, 4)
    conv(c, w, auto_pad="VALID", strides=[2, 1])
    return F.conv2d(c.x, w, stride=(2, 1))


@case(1, 3, 11)
def conv_1d(c):
    w, b = c.weight(4, 3, 5), c.weight(4)
    conv(c, w, b, pads=[2, 1], strides=[2])
    return F.conv1d(F.pad(c.x, (2, 1)), w, b, stride=2)


@case(1, 12)
def gemm_plain(c):
    w, b = c.weight(12, 5), c.weight(5)
    c.node("Gemm", [c.last, c.hold(w), c.hold(b)])
    return c.x @ w + b


@case(1, 12)
def gemm_scaled(c):
    w, b = c.weight(5, 12), c.weight(1, 1)
    c.node("Gemm", [c.last, c.hold(w), c.hold(b)], transB=1, alpha=0.5, beta=2.0)
    return 0.5 * c.x @ w.T + 2 * b


@case(5, 3, batch=None)
def gemm_columns(c):
    w, b = c.weight(5, 4), c.weight(3, 4)
    c.node("Gemm", [c.last, c.hold(w), c.hold(b)], transA=1)
    return c.x.T @ w + b


@case(1, 10)
def matmul_row(c):
    w, b = c.weight(10, 4), c.weight(4)
    c.node("MatMul", [c.last, c.hold(w)])
    c.node("Add", [c.hold(b), c.last])
    return c.x @ w + b


@case(1, 5, 6)
def matmul_rows(c):
    w, b = c.weight(6, 4), c.weight(4)
    c.node("MatMul", [c.last, c.hold(w)])
    c.node("Add", [c.last, c.hold(b)])
    c.node("Relu")
    return F.relu(c.x @ w + b)


def norm(c, channels):
    numbers = [c.weight(channels) + 1, c.weight(channels), c.weight(channels), c.weight(channels) + 1]
    c.node("BatchNormalization", [c.last] + [c.hold(n) for n in numbers], epsilon=0.01)
    scale, bias, mean, var = numbers
    return lambda x: F.batch_norm(x, mean, var, scale, bias, eps=float(numpy.float32(0.01)))


@case(1, 2, 5, 5)
def norm_folded(c):
    w, b = c.weight(4, 2, 3, 3), c.weight(4)
    conv(c, w, b)
    f = norm(c, 4)
    c.node("Relu")
    return F.relu(f(F.conv2d(c.x, w, b)))


@case(1, 3, 4, 5)
def norm_kept(c):
    f = norm(c, 3)
    c.node("Relu")
    g = norm(c, 3)
    return g(F.relu(f(c.x)))


@case(1, 6)
def norm_flat(c):
    w = c.weight(6, 4)
    c.node("Gemm", [c.last, c.hold(w)])
    f = norm(c, 4)
    return f(c.x @ w)


def function(name, op, f, opset=13, shape=(1, 3, 4, 5), inputs=lambda c: [], **attributes):
    c = Case(name, shape, opset)
    c.node(op, [c.last] + inputs(c), **attributes)
    c.done(f(c.x))


function("relu", "Relu", F.relu)
function("leaky_relu", "LeakyRelu", lambda x: torch.where(x < 0, x * float(numpy.float32(0.2)), x), alpha=0.2)
function("leaky_relu_preset", "LeakyRelu", lambda x: F.leaky_relu(x, float(numpy.float32(0.01))))
function("relu6", "Clip", F.relu6, inputs=lambda c: [c.hold(numpy.float32(0)), c.hold(numpy.float32(6))])
function("clip", "Clip", lambda x: x.clamp(-0.5, 1.25), inputs=lambda c: [c.hold(numpy.float32(-0.5)), c.hold(numpy.float32(1.25))])
function("clip_below", "Clip", lambda x: x.clamp(min=-1), inputs=lambda c: [c.hold(numpy.float32(-1))])
function("clip_above", "Clip", lambda x: x.clamp(max=0.75), inputs=lambda c: ["", c.hold(numpy.float32(0.75))])
function("clip_attributes", "Clip", lambda x: x.clamp(-1, 0.5), opset=10, min=-1.0, max=0.5)
function("sigmoid", "Sigmoid", torch.sigmoid)
function("tanh", "Tanh", torch.tanh)
function("hard_swish", "HardSwish", F.hardswish, opset=14)
function("hard_sigmoid", "HardSigmoid", F.hardsigmoid, alpha=1 / 6, beta=0.5)
function("softmax_row", "Softmax", lambda x: F.softmax(x, -1), shape=(1, 9))
function("softmax_channels", "Softmax", lambda x: F.softmax(x, 1), axis=1)
function("softmax_columns", "Softmax", lambda x: F.softmax(x, -1))
function("softmax_flat", "Softmax", lambda x: F.softmax(x.flatten(1), 1).reshape(x.shape), opset=11)
function("max_pool", "MaxPool", lambda x: F.max_pool2d(x, 2), shape=(1, 2, 6, 7), kernel_shape=[2, 2], strides=[2, 2])
function("max_pool_padded", "MaxPool", lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 1)), shape=(1, 2, 7, 6), kernel_shape=[3, 2], strides=[2, 1], pads=[1, 1, 1, 1])
function("max_pool_ceil", "MaxPool", lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True), shape=(1, 2, 8, 6), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
function("max_pool_ceil_dropped", "MaxPool", lambda x: F.max_pool2d(x, 2, 3, 1, ceil_mode=True), shape=(1, 1, 5, 7), kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1)
function("max_pool_same", "MaxPool", lambda x: F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=-99.0), 3, 2), shape=(1, 2, 6, 8), kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
function("max_pool_1d", "MaxPool", lambda x: F.max_pool1d(x, 3, 2, 1), shape=(1, 2, 9), kernel_shape=[3], strides=[2], pads=[1, 1])
function("average_pool", "AveragePool", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=False), shape=(1, 2, 7, 6), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
function("average_pool_include", "AveragePool", lambda x: F.avg_pool2d(x, 3, 2, 1, count_include_pad=True), shape=(1, 2, 7, 6), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
function("average_pool_ceil", "AveragePool", lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False), shape=(1, 2, 8, 6), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], ceil_mode=1)
function("average_pool_ceil_include", "AveragePool", lambda x: F.avg_pool2d(x, 4, 3, 1, ceil_mode=True, count_include_pad=True), shape=(1, 2, 9, 6), kernel_shape=[4, 4], strides=[3, 3], pads=[1, 1, 1, 1], ceil_mode=1, count_include_pad=1)
function("average_pool_1d", "AveragePool", lambda x: F.avg_pool1d(x, 3, 2), shape=(1, 2, 9), kernel_shape=[3], strides=[2])
function("global_average", "GlobalAveragePool", lambda x: x.mean((2, 3), keepdim=True))
function("global_max", "GlobalMaxPool", lambda x: x.amax((2, 3), keepdim=True))
function("reduce_mean", "ReduceMean", lambda x: x.mean((2, 3)), axes=[-1, 2], keepdims=0)


def lrn(x, size, alpha, beta, k):
    before = (size - 1) // 2
    padded = F.pad(x * x, (0, 0, 0, 0, before, size - 1 - before))
    squares = sum(padded[:, i : i + x.shape[1]] for i in range(size))
    return x / (k + alpha / size * squares) ** beta


function("lrn_odd", "LRN", lambda x: lrn(x, 3, 0.5, 0.75, 2), shape=(1, 6, 3, 4), size=3, alpha=0.5, beta=0.75, bias=2.0)
function("lrn_even", "LRN", lambda x: lrn(x, 4, 1, 0.5, 1), shape=(1, 6, 3, 4), size=4, alpha=1.0, beta=0.5)


@case(1, 2, 5, 4)
def add_branches(c):
    w, v = c.weight(3, 2, 1, 1), c.weight(3, 2, 3, 3)
    c.node("Conv", ["x", c.hold(w)], ["a"])
    c.node("Conv", ["x", c.hold(v)], ["b"], pads=[1, 1, 1, 1])
    c.node("Add", ["a", "b"])
    c.node("Relu")
    return F.relu(F.conv2d(c.x, w) + F.conv2d(c.x, v, padding=1))


@case(1, 2, 5, 4)
def subtract_branches(c):
    w = c.weight(2, 2, 1, 1)
    c.node("Conv", ["x", c.hold(w)], ["a"])
    c.node("Sub", ["a", "x"])
    return F.conv2d(c.x, w) - c.x


@case(1, 4, 3, 2)
def multiply_gate(c):
    """Squeeze and excitation: one number per channel stretches over its pixels."""
    w = c.weight(4, 4, 1, 1)
    c.node("GlobalAveragePool", ["x"])
    c.node("Conv", [c.last, c.hold(w)])
    c.node("Sigmoid")
    c.node("Mul", ["x", c.last])
    return c.x * torch.sigmoid(F.conv2d(c.x.mean((2, 3), keepdim=True), w))


@case(1, 2, 3, 4)
def twice_itself(c):
    c.node("Add", ["x", "x"])
    a = c.last
    c.node("Mul", [a, a])
    b = c.last
    c.node("Concat", [b, a, b], axis=1)
    a = 2 * c.x
    return torch.cat([a * a, a, a * a], 1)


@case(1, 3, 4, 2)
def constants(c):
    mean, std = c.weight(3, 1, 1), c.weight(1, 3, 1, 1) + 1
    full, one = c.weight(3, 4, 2), numpy.float32(1.5)
    c.node("Sub", [c.last, c.hold(mean)])
    c.node("Div", [c.last, c.hold(std)])
    c.node("Mul", [c.last, c.hold(full)])
    c.node("Sub", [c.hold(one), c.last])
    return 1.5 - (c.x - mean) / std * full


@case(1, 2, 1, 3)
def constant_stretches(c):
    k = c.weight(1, 1, 4, 1)
    c.node("Mul", [c.last, c.hold(k)])
    return c.x * k


@case(1, 2, 4, 3)
def concat_channels(c):
    w = c.weight(3, 2, 1, 1)
    c.node("Conv", ["x", c.hold(w)], ["a"])
    c.node("Relu", ["a"])
    c.node("Concat", ["x", c.last, "a"], axis=-3)
    a = F.conv2d(c.x, w)
    return torch.cat([c.x, F.relu(a), a], 1)


@case(1, 2, 4, 3)
def concat_rows(c):
    c.node("Relu", ["x"])
    c.node("Concat", ["x", c.last], axis=2)
    w = c.weight(2, 2, 3, 3)
    conv(c, w)
    return F.conv2d(torch.cat([c.x, F.relu(c.x)], 2), w)


@case(1, 4, 5, 3)
def split_halves(c):
    c.node("Split", ["x", c.ints(1, 3)], ["a", "b"], axis=1)
    c.node("Sigmoid", ["a"], ["s"])
    c.node("Mul", ["b", "s"])
    return c.x[:, 1:] * torch.sigmoid(c.x[:, :1])


@case(1, 3, 6, 7)
def slices(c):
    c.node("Slice", [c.last, c.ints(-2, 5), c.ints(-100, 1), c.ints(2, 3), c.ints(-2, -2)])
    c.node("Relu")
    c.node("Slice", [c.last, c.ints(1), c.ints(2**62), c.ints(1)])
    return F.relu(c.x[:, :, [4, 2, 0]][:, :, :, [5, 3]])[:, 1:]


@case(1, 3, 6, 7, opset=9)
def slices_attributes(c):
    c.node("Slice", starts=[1, -3], ends=[4, 2**31 - 1], axes=[2, 3])
    return c.x[:, :, 1:4, -3:]


@case(1, 6, 3, 4)
def channel_shuffle(c):
    c.node("Reshape", [c.last, c.ints(1, 2, 3, 3, 4)])
    c.node("Transpose", perm=[0, 2, 1, 3, 4])
    c.node("Reshape", [c.last, c.ints(0, -1, 3, 4)])
    w = c.weight(6, 2, 1, 1)
    conv(c, w, group=3)
    x = c.x.reshape(1, 2, 3, 3, 4).transpose(1, 2).reshape(1, 6, 3, 4)
    return F.conv2d(x, w, groups=3)


@case(1, 2, 3, 4)
def rows_last(c):
    """As models that began with channels last do: another order before the classifier."""
    v, w = c.weight(3, 2, 1, 1), c.weight(36, 5)
    conv(c, v)
    c.node("Transpose", perm=[0, 2, 3, 1])
    c.node("Flatten")
    c.node("MatMul", [c.last, c.hold(w)])
    return F.conv2d(c.x, v).permute(0, 2, 3, 1).flatten(1) @ w


@case(1, 2, 3, 4)
def shape_chain(c):
    """Reshape to a shape that the model computes."""
    w, v = c.weight(2, 2, 3, 3), c.weight(24, 3)
    c.node("Conv", ["x", c.hold(w)], ["a"], pads=[1, 1, 1, 1])
    c.node("Shape", ["a"])
    c.node("Gather", [c.last, c.hold(numpy.array(0), numpy.int64)])
    c.node("Unsqueeze", [c.last, c.ints(0)], ["n"])
    c.node("Constant", [], ["rest"], value=numpy_helper.from_array(numpy.array([-1], numpy.int64)))
    c.node("Concat", ["n", "rest"], ["shape"], axis=0)
    c.node("Reshape", ["a", "shape"])
    c.node("Relu")
    c.node("Gemm", [c.last, c.hold(v)])
    return F.relu(F.conv2d(c.x, w, padding=1)).flatten(1) @ v


@case(1, 1, 3, 4)
def squeezes(c):
    c.node("Squeeze", [c.last, c.ints(1)])
    c.node("Unsqueeze", [c.last, c.ints(-1, 0)])
    c.node("Squeeze")
    c.node("Unsqueeze", [c.last, c.ints(0, 1)])
    w = c.weight(2, 1, 2, 2)
    conv(c, w)
    return F.conv2d(c.x, w)


def padded(name, f, pads, mode="constant", value=None, opset=13):
    c = Case(name, (1, 2, 4, 5), opset)
    c.node("Relu")
    inputs = [c.last, c.ints(*pads)] + ([c.hold(numpy.float32(value))] if value is not None else [])
    c.node("Pad", inputs, mode=mode)
    w = c.weight(2, 2, 3, 3)
    conv(c, w, strides=[2, 2])
    c.done(F.conv2d(f(F.relu(c.x)), w, stride=2))


padded("pad_zero", lambda x: F.pad(x, (1, 3, 2, 0)), [0, 0, 2, 1, 0, 0, 0, 3])
padded("pad_number", lambda x: F.pad(x, (1, 1, 1, 1), value=1.5), [0, 0, 1, 1, 0, 0, 1, 1], value=1.5)
padded("pad_reflect", lambda x: F.pad(x, (2, 1, 1, 3), mode="reflect"), [0, 0, 1, 2, 0, 0, 3, 1], "reflect")
padded("pad_edge", lambda x: F.pad(x, (2, 1, 1, 3), mode="replicate"), [0, 0, 1, 2, 0, 0, 3, 1], "edge")
padded("pad_crop", lambda x: F.pad(x, (-1, 1, 2, -1)), [0, 0, 2, -1, 0, 0, -1, 1])


@case(1, 2, 4, 5, opset=10)
def pad_attributes(c):
    c.node("Pad", pads=[0, 0, 1, 0, 0, 0, 0, 2], value=0.25)
    return F.pad(c.x, (0, 2, 1, 0), value=0.25)


@case(1, 2, 3, 3)
def nothing(c):
    c.node("Identity")
    c.node("Dropout")
    c.node("Cast", to=TensorProto.DOUBLE)
    c.node("Relu")
    c.node("Cast", to=TensorProto.FLOAT16)
    return F.relu(c.x)


def held(name, dtype, raw):
    c = Case(name, (1, 2, 4, 4))
    w, b = c.weight(3, 2, 2, 2), c.weight(3)
    half = [torch.tensor(t.numpy().astype(dtype).astype(numpy.float64)) for t in (w, b)]
    c.node("Conv", [c.last, c.hold(w, dtype, raw), c.hold(b, dtype, raw)])
    c.done(F.conv2d(c.x, *half))


for kind in (numpy.float16, numpy.float32, numpy.float64):
    held(f"held_{kind.__name__}_raw", kind, True)
    held(f"held_{kind.__name__}_fields", kind, False)


def lstm(name, direction, last, seq=5, features=3, hidden=4):
    c = Case(name, (seq, 1, features), batch=None)
    n = 2 if direction == "bidirectional" else 1
    torch.manual_seed(len(name))
    m = torch.nn.LSTM(features, hidden, bidirectional=n == 2).double()
    order = [0, 3, 1, 2]  # input, forget, cell, output to input, output, forget, cell

    def gates(t):
        return torch.cat([t.chunk(4)[g] for g in order])

    sides = ["", "_reverse"][:n]
    w = torch.stack([gates(getattr(m, f"weight_ih_l0{s}")) for s in sides])
    r = torch.stack([gates(getattr(m, f"weight_hh_l0{s}")) for s in sides])
    b = torch.stack([torch.cat([gates(getattr(m, f"bias_{k}_l0{s}")) for k in ("ih", "hh")]) for s in sides])
    tensors = [c.hold(t.detach()) for t in (w, r, b)]
    c.node("LSTM", [c.last] + tensors, ["y", "h"], hidden_size=hidden, direction=direction)
    c.last = "h" if last else "y"
    if not last:
        c.node("Transpose", perm=[0, 2, 1, 3])
        c.node("Reshape", [c.last, c.ints(0, 0, -1)])
    y, (h, _) = m(c.x.flip(0) if direction == "reverse" else c.x)
    c.done(h if last else y.flip(0) if direction == "reverse" else y)


lstm("lstm_forward", "forward", False)
lstm("lstm_reverse", "reverse", False)
lstm("lstm_both", "bidirectional", False)
lstm("lstm_forward_last", "forward", True)
lstm("lstm_reverse_last", "reverse", True)
lstm("lstm_both_last", "bidirectional", True)


@case(1, 4, 2, 2)
def lstm_zero_state(c):
    """Steps from a map, and a state of zeros that the model makes."""
    features, hidden = 4, 3
    w, r = c.weight(1, 4 * hidden, features), c.weight(1, 4 * hidden, hidden)
    c.node("Reshape", [c.last, c.ints(features, 4)])
    c.node("Transpose", perm=[1, 0])
    steps = c.node("Unsqueeze", [c.last, c.ints(1)])
    c.node("ConstantOfShape", [c.ints(1, 1, hidden)], ["zero"])
    c.node("LSTM", [steps, c.hold(w), c.hold(r), "", "", "zero", "zero"], ["y"], hidden_size=hidden)
    h = state = torch.zeros(hidden, dtype=torch.float64)
    out = []
    for x in c.x.reshape(features, 4).T:
        i, o, f, g = (w[0] @ x + r[0] @ h).chunk(4)
        state = torch.sigmoid(f) * state + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(state)
        out.append(h)
    return torch.stack(out).reshape(4, 1, 1, hidden)


@case(1, 3, 8, 8)
def small_resnet(c):
    """A bit of everything that classifiers are made of."""
    w = [c.weight(4, 3, 3, 3), c.weight(4, 4, 3, 3), c.weight(8, 4, 1, 1), c.weight(5, 8)]
    conv(c, w[0], pads=[1, 1, 1, 1])
    f = norm(c, 4)
    c.node("Relu", None, ["a"])
    conv(c, w[1], pads=[1, 1, 1, 1])
    g = norm(c, 4)
    c.node("Add", ["a", c.last])
    c.node("Relu")
    c.node("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    conv(c, w[2])
    c.node("GlobalAveragePool")
    c.node("Flatten")
    c.node("Gemm", [c.last, c.hold(w[3])], transB=1)
    c.node("Softmax")
    a = F.relu(f(F.conv2d(c.x, w[0], padding=1)))
    a = F.relu(a + g(F.conv2d(a, w[1], padding=1)))
    return F.softmax(F.conv2d(F.max_pool2d(a, 2), w[2]).mean((2, 3)) @ w[3].T, -1)

#include "sim/import/onnx_model.hpp"

#include <onnx/checker.h>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace npim::importer {

namespace {

using names = std::unordered_map<std::string, std::size_t>; // who defines them

constexpr int max_nodes = 65536;
constexpr std::int64_t oldest_opset = 7; // before it, operands were stretched by an attribute

void parse(model &m, const std::string &path) {
    std::error_code code;
    if (std::filesystem::is_directory(path, code)) refuse(NPIM_ECONFIG, "is a folder, not an ONNX model");
    const auto size = std::filesystem::file_size(path, code);
    if (code) refuse(NPIM_ECONFIG, "%s", code.message().c_str());
    if (size == 0) refuse(NPIM_ECONFIG, "is empty");
    if (size > INT_MAX) refuse(NPIM_ECONFIG, "larger than 2 GiB: weights must be external data");
    std::ifstream in(path, std::ios::binary);
    if (!in) refuse(NPIM_ECONFIG, "%s", std::strerror(errno));
    const google::protobuf::LogSilencer silent; // errors are for whoever called
    google::protobuf::io::IstreamInputStream stream(&in);
    google::protobuf::io::CodedInputStream coded(&stream);
    coded.SetTotalBytesLimit(INT_MAX);
    if (!m.proto.ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage())
        refuse(NPIM_ECONFIG, "is no ONNX model, or cut short");
    if (!m.proto.has_graph() || m.proto.graph().node_size() == 0)
        refuse(NPIM_ECONFIG, "is no ONNX model, or one without nodes");
    if (m.proto.graph().node_size() > max_nodes)
        refuse(NPIM_EUNSUPPORTED, "%d nodes: more than %d", m.proto.graph().node_size(), max_nodes);
}

void find_opset(model &m) {
    for (const auto &set : m.proto.opset_import())
        if (set.domain().empty() || set.domain() == "ai.onnx") m.opset = set.version();
    if (m.opset == 0) refuse(NPIM_ECONFIG, "says no version of the operators (opset_import)");
}

// Names of the graph's inputs and initialisers, and of the results of nodes. Node i is i + 1; others 0.
names definitions(const model &m) {
    names by;
    const auto define = [&](const std::string &name, std::size_t who) {
        if (!name.empty() && !by.emplace(name, who).second)
            refuse(NPIM_ECONFIG, "\"%s\" is defined twice", name.c_str());
    };
    const auto &graph = m.proto.graph();
    std::unordered_set<std::string> held;
    for (const auto &tensor : graph.initializer()) {
        define(tensor.name(), 0);
        held.insert(tensor.name());
    }
    for (const auto &input : graph.input()) // old models list initialisers as inputs, too
        if (!held.count(input.name())) define(input.name(), 0);
    for (int i = 0; i < graph.node_size(); i++)
        for (const auto &result : graph.node(i).output()) define(result, static_cast<std::size_t>(i) + 1);
    return by;
}

// Nodes whose operands are all there come first, as listed as far as possible.
void sort(model &m) {
    const auto &graph = m.proto.graph();
    const names by = definitions(m);
    const auto n = static_cast<std::size_t>(graph.node_size());
    std::vector<std::vector<std::size_t>> readers(n);
    std::vector<std::size_t> missing(n, 0);
    std::set<std::size_t> ready;
    for (std::size_t i = 0; i < n; i++) {
        const auto &node = graph.node(static_cast<int>(i));
        for (const auto &operand : node.input()) {
            if (operand.empty()) continue;
            const auto at = by.find(operand);
            if (at == by.end())
                refuse(NPIM_ECONFIG, "%s: nothing gives its input \"%s\"", label(node, m.opset).c_str(),
                       operand.c_str());
            if (at->second == 0) continue;
            readers[at->second - 1].push_back(i);
            missing[i]++;
        }
    }
    for (std::size_t i = 0; i < n; i++)
        if (missing[i] == 0) ready.insert(i);
    while (!ready.empty()) {
        const std::size_t i = *ready.begin();
        ready.erase(ready.begin());
        m.order.push_back(&graph.node(static_cast<int>(i)));
        for (std::size_t reader : readers[i])
            if (--missing[reader] == 0) ready.insert(reader);
    }
    for (std::size_t i = 0; i < n; i++)
        if (missing[i] > 0)
            refuse(NPIM_ECONFIG, "%s: waits for its own result: the graph has a cycle",
                   label(graph.node(static_cast<int>(i)), m.opset).c_str());
}

// Whether libonnx has the operators of that opset as they are; of a later one it may know older definitions.
bool is_known(std::int64_t opset) {
    const auto &ranges = ONNX_NAMESPACE::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
    const auto range = ranges.find("");
    return range != ranges.end() && opset <= range->second.second;
}

} // namespace

void check(const model &m) {
    if (!is_known(m.opset)) return;
    ONNX_NAMESPACE::checker::CheckerContext context;
    context.set_ir_version(static_cast<int>(m.proto.ir_version()));
    context.set_opset_imports({{"", static_cast<int>(m.opset)}});
    context.set_model_dir(m.folder);
    const ONNX_NAMESPACE::checker::LexicalScopeContext scope;
    for (const auto &node : m.proto.graph().node()) {
        try {
            ONNX_NAMESPACE::checker::check_node(node, context, scope);
        } catch (const std::exception &e) { // its messages have several lines
            std::string first = e.what();
            first.resize(std::min(first.find('\n'), first.size()));
            refuse(NPIM_ECONFIG, "%s: %s", label(node, m.opset).c_str(), first.c_str());
        }
    }
}

std::string label(const operation &node, std::int64_t opset) {
    std::string name = node.name();
    if (name.empty() && node.output_size() > 0) name = node.output(0);
    return "node " + name + " (" + (node.domain().empty() ? "" : node.domain() + ".") + node.op_type() +
           ", opset " + std::to_string(opset) + ")";
}

void load(model &m, const std::string &path) {
    parse(m, path);
    m.folder = std::filesystem::path(path).parent_path().string();
    find_opset(m);
    if (m.opset < oldest_opset)
        refuse(NPIM_EUNSUPPORTED, "%s: opsets before %lld are not supported",
               label(m.proto.graph().node(0), m.opset).c_str(), static_cast<long long>(oldest_opset));
    sort(m);
}

} // namespace npim::importer

// Graphs, maps and programs in one line, for the tests of the mapper.
#ifndef NPIM_TESTS_SIM_MAPPING_FIXTURE_HPP
#define NPIM_TESTS_SIM_MAPPING_FIXTURE_HPP

#include "hw/edram.h"
#include "sim/lower.h"
#include "tests/hw/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace mapping {

using assignments = std::vector<const char *>;

inline const std::array<const char *, 4> arch_names = {"neural-pim", "isaac", "cascade", "isaac-16bit"};

inline const std::array<const char *, 10> small_networks = {
    "tiny_fc.toml",        "tiny_conv.toml",    "tiny_chain.toml", "tiny_residual.toml", "tiny_concat.toml",
    "tiny_depthwise.toml", "tiny_grouped.toml", "tiny_lstm.toml",  "tiny_digital.toml",  "tiny_gather.toml"};

inline const std::array<const char *, 3> large_networks = {"traces/googlenet", "traces/mobilenet_v1",
                                                           "traces/mobilenet_v2"};

// A trace of the project, or the text of one: what holds a line end.
class network {
  public:
    explicit network(const std::string &source) {
        const bool text = source.find('\n') != std::string::npos;
        const std::string path = text                              ? write(source)
                                 : source.rfind("traces/", 0) == 0 ? NPIM_SOURCE_DIR "/" + source
                                                                   : NPIM_TEST_DATA "/" + source;
        const npim_status status = npim_network_load(&core, path.c_str(), &error);
        if (text) std::filesystem::remove_all(std::filesystem::path(path).parent_path());
        if (status != NPIM_OK) throw std::runtime_error(error.message); // the test fails
    }
    ~network() { npim_network_fini(&core); }
    network(const network &) = delete;
    network &operator=(const network &) = delete;

    npim_network core{};
    npim_error error{};

  private:
    static std::string write(const std::string &text) {
        std::string folder = (std::filesystem::temp_directory_path() / "npim_network_XXXXXX").string();
        if (!mkdtemp(folder.data())) ADD_FAILURE() << "no folder " << folder;
        std::ofstream(folder + "/t.toml") << text;
        return folder + "/t.toml";
    }
};

class graph {
  public:
    explicit graph(const std::string &source) : net(source) {
        status = npim_graph_build(&core, &net.core, nullptr, &error);
    }
    ~graph() { npim_graph_fini(&core); }

    const npim_node &node(uint32_t n) const { return core.nodes[n]; }
    const npim_layer &layer(uint32_t n) const { return net.core.layers[core.nodes[n].layer]; }
    // All nodes of the layer of that name, in channel order.
    std::vector<uint32_t> nodes(const std::string &name) const {
        std::vector<uint32_t> found;
        for (uint32_t n = 0; n < core.n_nodes; n++)
            if (layer(n).name == name && node(n).kind != NPIM_NODE_OUTPUT) found.push_back(n);
        return found;
    }
    uint32_t only(const std::string &name) const {
        const auto found = nodes(name);
        EXPECT_EQ(found.size(), 1u) << name;
        return found.empty() ? 0 : found[0];
    }
    std::vector<npim_edge> inputs(uint32_t n) const {
        return {core.edges + node(n).first_edge, core.edges + node(n).first_edge + node(n).n_edges};
    }

    network net;
    npim_graph core{};
    npim_error error{};
    npim_status status;
};

// An architecture with assignments, loaded once for all tests of a process; nobody changes it.
inline std::shared_ptr<const npim_arch> load_arch(const std::string &name, const assignments &sets) {
    static std::map<std::string, std::shared_ptr<const npim_arch>> loaded;
    std::string key = name;
    for (const char *set : sets) key += std::string(" ") + set;
    auto &found = loaded[key];
    if (found) return found;
    const std::shared_ptr<npim_arch> arch(new npim_arch(), [](npim_arch *a) {
        npim_arch_fini(a);
        delete a;
    });
    const std::string path = NPIM_SOURCE_DIR "/sim/arch/" + name + ".toml";
    npim_error error{};
    if (npim_arch_load(arch.get(), path.c_str(), sets.data(), sets.size(), &error) != NPIM_OK)
        throw std::runtime_error(error.message);
    return found = arch;
}

// A network on an architecture.
class system {
  public:
    system(const std::string &source, const std::string &arch_name, const assignments &sets = {},
           npim_status expected = NPIM_OK)
        : g(source), arch(load_arch(arch_name, sets)) {
        if (g.status != NPIM_OK) throw std::runtime_error(g.error.message);
        status = npim_map_make(&map, arch.get(), &g.net.core, &g.core, nullptr, &error);
        EXPECT_EQ(status, expected) << error.message;
    }
    ~system() {
        npim_program_fini(&program);
        npim_map_fini(&map);
    }

    const npim_program &lower() {
        EXPECT_EQ(npim_lower(&program, &map, &error), NPIM_OK) << error.message;
        return program;
    }
    const npim_placement &at(uint32_t n) const { return map.placements[n]; }
    std::vector<npim_part> parts(uint32_t n) const {
        return {map.parts + at(n).first_part, map.parts + at(n).first_part + at(n).n_parts};
    }
    uint32_t arrays_per_tile() const { return arch->tile.pes * arch->pe.arrays; }
    uint64_t edram_B() const {
        return static_cast<const npim_edram_config *>(npim_arch_block(arch.get(), "edram")->config)->size_B;
    }

    graph g;
    std::shared_ptr<const npim_arch> arch;
    npim_map map{};
    npim_program program{};
    npim_error error{};
    npim_status status;
};

// Calls check for every network on every architecture.
template <class Networks, class Check> void on_all(const Networks &networks, Check check) {
    for (const char *arch : arch_names)
        for (const char *net : networks) {
            SCOPED_TRACE(std::string(net) + " on " + arch);
            system s(net, arch);
            if (s.status == NPIM_OK) check(s);
        }
}

// The rows (or columns) that window i reads along one dimension, by definition: border positions count as the
// nearest ones inside.
inline std::set<uint32_t> read_positions(uint32_t i, uint32_t stride, uint32_t pad, uint32_t kernel,
                                         uint32_t dilation, uint32_t size) {
    std::set<uint32_t> found;
    for (uint32_t k = 0; k < kernel; k++) {
        const int64_t at = int64_t{i} * stride + int64_t{k} * dilation - pad;
        found.insert(static_cast<uint32_t>(std::clamp<int64_t>(at, 0, int64_t{size} - 1)));
    }
    return found;
}

// The first and the last input channel that channel c of a digital layer reads, by definition.
inline std::pair<uint32_t, uint32_t> channels_read(const npim_layer &x, uint32_t c) {
    if (x.kind == NPIM_LAYER_GATHER || x.activation == NPIM_ACTIVATION_SOFTMAX) return {0, x.in_c - 1};
    if (x.kind != NPIM_LAYER_LRN) return {c, c};
    const uint32_t below = (x.size - 1) / 2, above = x.size / 2;
    return {c - std::min(c, below), std::min(c + above, x.in_c - 1)};
}

// The edge to the latest node that makes what lies at the node's own first channel.
inline const npim_edge &own_edge(const npim_graph &graph, uint32_t n) {
    const npim_node &node = graph.nodes[n];
    const npim_edge *found = nullptr;
    for (const npim_edge *e = graph.edges + node.first_edge; e < graph.edges + node.first_edge + node.n_edges;
         e++)
        if (e->consumer_c <= node.own_c && e->consumer_c + e->channels > node.own_c)
            if (!found || found->producer < e->producer) found = e;
    if (!found) throw std::runtime_error("no edge with the node's own channels");
    return *found;
}

// Calls visit(slot, tile) for every slot of a program.
template <class Visit> void each_slot(const npim_program &p, Visit visit) {
    for (uint32_t t = 0; t < p.n_tiles; t++)
        for (uint32_t i = 0; i < p.tiles[t].n_slots; i++) visit(p.tiles[t].slots[i], t);
}

// Calls visit(y, x) for every window of a slot.
template <class Visit> void each_window(const npim_program_slot &s, Visit visit) {
    for (uint32_t y = s.row; y < s.out_h; y += s.row_step)
        for (uint32_t x = s.x_from; x < s.x_to; x++) visit(y, x);
}

inline uint64_t ceil_of(uint64_t a, uint64_t b) {
    return a / b + (a % b != 0);
}

} // namespace mapping

#endif

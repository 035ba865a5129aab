// A token simulation of buffers of limited size, written without the mapper's geometry: nodes fire windows in
// raster order, a pixel is made only when every buffer that it enters has a place for it.
#ifndef NPIM_TESTS_SIM_TOKEN_GAME_HPP
#define NPIM_TESTS_SIM_TOKEN_GAME_HPP

#include "tests/sim/mapping_fixture.hpp"

namespace mapping {

// Per window of an edge's consumer: how many pixels it reads up to, and the oldest that it or a later one
// reads. By definition of a window, over all of its pixels. Steps of a recurrent node read what there is, no
// border.
struct window_needs {
    window_needs(const npim_graph &g, const npim_edge &e) {
        const npim_node &v = g.nodes[e.consumer];
        const uint32_t in_h = g.nodes[e.producer].out_h;
        const uint64_t n = uint64_t{v.out_h} * v.out_w;
        end.resize(n);
        oldest.resize(n + 1);
        oldest[n] = uint64_t{in_h} * v.in_w;
        for (uint64_t i = n; i-- > 0;) {
            const uint32_t y = static_cast<uint32_t>(i / v.out_w);
            const auto rows = read_positions(y, v.stride_h, e.pad_top, v.kernel_h, v.dilation_h, in_h);
            const auto columns = read_positions(static_cast<uint32_t>(i % v.out_w), v.stride_w, v.pad_left,
                                                v.kernel_w, v.dilation_w, v.in_w);
            oldest[i] = oldest[i + 1];
            if (v.recurrent && (y < e.pad_top || y - e.pad_top >= in_h)) continue;
            end[i] = uint64_t{*rows.rbegin()} * v.in_w + *columns.rbegin() + 1;
            oldest[i] = std::min(oldest[i + 1], uint64_t{*rows.begin()} * v.in_w + *columns.begin());
        }
    }
    std::vector<uint64_t> end, oldest;
};

class token_game {
  public:
    token_game(const npim_graph &graph, std::vector<uint32_t> capacity)
        : g(graph), capacity_px(std::move(capacity)), fired(graph.n_nodes) {
        for (uint32_t e = 0; e < g.n_edges; e++) needs.emplace_back(g, g.edges[e]);
    }

    // Fires enabled nodes in random order, a few times in a row, until none is; true when all is done.
    bool play(std::mt19937_64 &random) {
        std::vector<uint32_t> enabled;
        do {
            enabled.clear();
            for (uint32_t n = 0; n < g.n_nodes; n++)
                if (can_fire(n)) enabled.push_back(n);
            if (enabled.empty()) break;
            const uint32_t n = enabled[random() % enabled.size()];
            for (uint64_t runs = random() % 40; runs > 0 && can_fire(n); runs--) fired[n]++;
        } while (true);
        for (uint32_t n = 0; n < g.n_nodes; n++)
            if (fired[n] < windows(n)) return false;
        return true;
    }

  private:
    uint64_t windows(uint32_t n) const { return uint64_t{g.nodes[n].out_h} * g.nodes[n].out_w; }
    bool can_fire(uint32_t n) const {
        const npim_node &v = g.nodes[n];
        if (fired[n] == windows(n)) return false;
        for (uint32_t e = v.first_edge; e < v.first_edge + v.n_edges; e++)
            if (fired[g.edges[e].producer] < needs[e].end[fired[n]]) return false;
        for (uint32_t e = 0; e < g.n_edges; e++) {
            const uint32_t to = g.edges[e].consumer;
            const uint64_t next =
                fired[to] + (to == n); // a step has read its window when it gives its output
            if (g.edges[e].producer == n && fired[n] >= needs[e].oldest[next] + capacity_px[e]) return false;
        }
        return true;
    }

    const npim_graph &g;
    std::vector<uint32_t> capacity_px;
    std::vector<window_needs> needs;
    std::vector<uint64_t> fired;
};

inline std::vector<uint32_t> minima(const npim_graph &graph) {
    std::vector<uint32_t> found;
    for (uint32_t e = 0; e < graph.n_edges; e++) found.push_back(graph.edges[e].minimum_px);
    return found;
}

} // namespace mapping

#endif

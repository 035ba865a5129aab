#include "sim/hosting.h"

#include "mapping_fixture.hpp"

namespace {

using mapping::own_edge;
using mapping::system;

// Walks from producer to producer, all the way with the node's first channel.
uint32_t offset_of(const npim_graph &graph, uint32_t n) {
    uint32_t channel = 0;
    for (; graph.nodes[n].host != n; n = own_edge(graph, n).producer) {
        const npim_edge &edge = own_edge(graph, n);
        channel += graph.nodes[n].own_c; // of its input
        EXPECT_GE(channel, edge.consumer_c);
        channel = channel - edge.consumer_c + edge.producer_c;
    }
    return channel;
}

uint32_t row_of(const system &s, uint32_t n, uint32_t row) {
    for (; s.g.node(n).host != n; n = own_edge(s.g.core, n).producer) {
        const npim_node &node = s.g.node(n);
        const int64_t middle =
            int64_t{row} * node.stride_h + int64_t{(node.kernel_h - 1) / 2} * node.dilation_h;
        const int64_t read = std::clamp<int64_t>(middle - node.pad_top, 0, int64_t{node.in_h} - 1);
        row = static_cast<uint32_t>(read % s.at(own_edge(s.g.core, n).producer).replica_rows);
    }
    return row;
}

void check(const system &s) {
    npim_hosting h{};
    npim_error error{};
    ASSERT_EQ(npim_hosting_make(&h, &s.map, &error), NPIM_OK) << error.message;
    std::set<uint32_t> listed;
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
        EXPECT_EQ(h.offset[n], offset_of(s.g.core, n)) << n;
        for (uint32_t r = 0; r < s.at(n).replica_rows; r++)
            EXPECT_EQ(h.row[h.first_row[n] + r], row_of(s, n, r)) << n << " row " << r;
        if (s.g.node(n).host != n) continue;
        for (uint32_t last = n, at = h.next[n]; at < s.g.core.n_nodes; last = at, at = h.next[at]) {
            EXPECT_GT(at, last);
            EXPECT_EQ(s.g.node(at).host, n);
            listed.insert(at);
        }
    }
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) EXPECT_EQ(listed.count(n), s.g.node(n).host != n) << n;
    npim_hosting_fini(&h);
    npim_hosting_fini(&h);
}

TEST(hosting, is_a_walk_from_producer_to_producer) {
    mapping::on_all(mapping::small_networks, check);
    mapping::on_all(mapping::large_networks, check);
}

// A pooling behind a concatenation of 3 channels and 10 is two nodes, each beside its own layer.
TEST(hosting, channels_by_hand) {
    const system s(R"(name = "t"
[network]
input = { channels = 2, height = 4, width = 4 }
[[layer]]
name = "three"
kind = "conv"
channels = 3
kernel = 1
[[layer]]
name = "ten"
kind = "conv"
inputs = ["input"]
channels = 10
kernel = 1
[[layer]]
name = "both"
kind = "concat"
inputs = ["three", "ten"]
[[layer]]
name = "pool"
kind = "maxpool"
kernel = 2
stride = 2
)",
                   "isaac");
    npim_hosting h{};
    npim_error error{};
    ASSERT_EQ(npim_hosting_make(&h, &s.map, &error), NPIM_OK) << error.message;
    const auto pools = s.g.nodes("pool");
    ASSERT_EQ(pools.size(), 2u);
    uint32_t from, to;
    npim_hosting_channels(&h, pools[1], 4, 9, &from, &to);
    EXPECT_EQ(from, 4u);
    EXPECT_EQ(to, 9u);
    npim_hosting_channels(&h, pools[1], 4, 90, &from, &to);
    EXPECT_EQ(to, 10u);
    npim_hosting_channels(&h, pools[0], 3, 9, &from, &to); // it has 0, 1 and 2
    EXPECT_EQ(from, 0u);
    EXPECT_EQ(to, 0u);
    npim_hosting_fini(&h);
}

} // namespace

#include "sim/graph_parts.h"

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

// A graph of nodes of 1 x 1 pixels, all of one layer.
struct growing : testing::Test {
    growing() {
        std::strcpy(layer.name, "it");
        layer.kind = NPIM_LAYER_ADD;
        layer.line = 7;
        network.layers = &layer;
        network.n_layers = 1;
    }
    ~growing() override { npim_graph_fini(&graph); }
    uint32_t node(uint32_t h = 1, uint32_t w = 1) {
        npim_node n{};
        n.kind = NPIM_NODE_ADD;
        n.out_h = h, n.out_w = w, n.pad_top = 3;
        uint32_t index = 99;
        EXPECT_EQ(npim_graph_add_node(&b, n, &index), NPIM_OK);
        return index;
    }
    npim_status edge(uint32_t from, uint32_t to) {
        npim_edge e{};
        e.producer = from, e.consumer = to, e.channels = 1;
        return npim_graph_add_edge(&b, e);
    }
    npim_layer layer{};
    npim_network network{};
    npim_graph graph{};
    npim_error error{};
    npim_graph_builder b{&graph, &network, nullptr, 0, 0, 0, 0, &error};
};

TEST_F(growing, nodes_host_themselves_and_own_the_edges_behind_them) {
    for (uint32_t n = 0; n < 100; n++) { // far beyond the first room
        EXPECT_EQ(node(), n);
        for (uint32_t e = 0; e < n % 3; e++) ASSERT_EQ(edge(n - 1, n), NPIM_OK);
    }
    ASSERT_EQ(graph.n_nodes, 100u);
    uint32_t next = 0;
    for (uint32_t n = 0; n < 100; n++) {
        EXPECT_EQ(graph.nodes[n].host, n);
        EXPECT_EQ(graph.nodes[n].first_edge, next);
        EXPECT_EQ(graph.nodes[n].n_edges, n % 3);
        for (uint32_t e = next; e < next + n % 3; e++) EXPECT_EQ(graph.edges[e].consumer, n);
        next += n % 3;
    }
    EXPECT_EQ(graph.n_edges, next);
}

TEST_F(growing, pieces_of_an_input_become_edges_channel_by_channel) {
    const uint32_t first = node(), second = node(), sum = node();
    npim_pieces from{};
    ASSERT_EQ(npim_graph_add_piece(&b, &from, {first, 4, 2}), NPIM_OK);
    ASSERT_EQ(npim_graph_add_piece(&b, &from, {second, 0, 5}), NPIM_OK);
    ASSERT_EQ(npim_graph_connect(&b, sum, &from, 10), NPIM_OK);
    ASSERT_EQ(npim_graph_connect_rows(&b, sum, &from, 0, 8), NPIM_OK);
    npim_pieces_fini(&from);
    const npim_edge wanted[] = {{first, sum, 4, 10, 2, 3, 0, 0},
                                {second, sum, 0, 12, 5, 3, 0, 0},
                                {first, sum, 4, 0, 2, 8, 0, 0},
                                {second, sum, 0, 2, 5, 8, 0, 0}};
    ASSERT_EQ(graph.n_edges, 4u);
    for (int e = 0; e < 4; e++) {
        const npim_edge &a = graph.edges[e], &w = wanted[e];
        EXPECT_EQ((std::vector<uint32_t>{a.producer, a.consumer, a.producer_c, a.consumer_c, a.channels,
                                         a.pad_top}),
                  (std::vector<uint32_t>{w.producer, w.consumer, w.producer_c, w.consumer_c, w.channels,
                                         w.pad_top}))
            << e;
    }
}

TEST_F(growing, ends_at_so_many_edges) {
    node();
    node();
    for (uint32_t e = 0; e < NPIM_MAX_EDGES; e++) ASSERT_EQ(edge(0, 1), NPIM_OK);
    EXPECT_EQ(edge(0, 1), NPIM_EUNSUPPORTED);
    EXPECT_STREQ(
        error.message,
        "line 7: layer it (add): the network has more than 32768 connections between parts of layers");
    EXPECT_EQ(graph.n_edges, NPIM_MAX_EDGES);
}

TEST_F(growing, ends_at_so_many_pixels) {
    node(1u << 15, 1u << 14); // 2^29 pixels, as many windows
    node(1u << 15, 1u << 14);
    EXPECT_EQ(edge(0, 1), NPIM_OK);
    EXPECT_EQ(edge(0, 1), NPIM_OK);
    EXPECT_EQ(edge(0, 1), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("more than 2147483648 pixels"), std::string::npos)
        << error.message;
    EXPECT_EQ(graph.n_edges, 2u);
}

} // namespace

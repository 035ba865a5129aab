#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::graph;
using std::string;

const string head = "name = \"t\"\n[network]\ninput = { channels = 6, height = 9, width = 7 }\n";

string layer(const string &name, const string &kind, const string &keys = "") {
    return "[[layer]]\nname = \"" + name + "\"\nkind = \"" + kind + "\"\n" + keys + "\n";
}

string conv(const string &name, int channels, const string &inputs) {
    return layer(name, "conv",
                 "channels = " + std::to_string(channels) + "\nkernel = 1\ninputs = [" + inputs + "]");
}

using origin = std::pair<uint32_t, uint32_t>; // layer, channel

// Where a channel of a layer's output is made, looking through concatenation and flattening.
origin origin_of(const npim_network &n, uint32_t l, uint32_t c) {
    const npim_layer &x = n.layers[l];
    if (x.kind == NPIM_LAYER_FLATTEN) return origin_of(n, x.inputs[0], c);
    if (x.kind != NPIM_LAYER_CONCAT) return {l, c};
    uint32_t i = 0;
    for (; c >= n.layers[x.inputs[i]].out_c; i++) c -= n.layers[x.inputs[i]].out_c;
    return origin_of(n, x.inputs[i], c);
}

// What a node must read: of every input, channel by channel.
std::multiset<std::pair<uint32_t, origin>> wanted(const graph &g, uint32_t n) {
    const npim_node &v = g.node(n);
    const npim_layer &x = g.layer(n);
    std::multiset<std::pair<uint32_t, origin>> found;
    if (v.kind == NPIM_NODE_INPUT) return found;
    const bool output = v.kind == NPIM_NODE_OUTPUT;
    for (uint32_t i = 0; i < (output ? 1 : x.n_inputs); i++)
        for (uint32_t c = 0; c < (v.recurrent ? x.in_c : v.in_c); c++)
            found.insert({c, origin_of(g.net.core, output ? v.layer : x.inputs[i],
                                       v.kind == NPIM_NODE_WEIGHTS ? c : v.c_from - v.own_c + c)});
    for (uint32_t u = 0; v.recurrent && x.out_h > 1 && u < x.out_c; u++)
        found.insert({x.in_c + u, {v.layer, u}});
    return found;
}

std::multiset<std::pair<uint32_t, origin>> connected(const graph &g, uint32_t n) {
    std::multiset<std::pair<uint32_t, origin>> found;
    for (const npim_edge &e : g.inputs(n))
        for (uint32_t c = 0; c < e.channels; c++) {
            const npim_node &from = g.node(e.producer);
            EXPECT_LT(e.producer_c + c, from.channels);
            found.insert({e.consumer_c + c, {from.layer, from.c_from + e.producer_c + c}});
        }
    return found;
}

// Step by step: each input channel comes from one edge, the hidden units from the step before.
void check_steps(const graph &g, uint32_t n) {
    const npim_layer &x = g.layer(n);
    for (uint32_t y = 0; y < x.out_h; y++) {
        std::vector<uint32_t> times(x.in_c + x.out_c);
        for (const npim_edge &e : g.inputs(n)) {
            const bool reads = y >= e.pad_top && y - e.pad_top < g.node(e.producer).out_h;
            EXPECT_EQ(npim_graph_reads(&g.core, &e, y), reads);
            for (uint32_t c = e.consumer_c; reads && c < e.consumer_c + e.channels; c++) times[c]++;
            if (e.producer == n) {
                EXPECT_EQ(e.pad_top, 1u);
            } else {
                EXPECT_LT(e.producer, n);
            }
        }
        for (uint32_t c = 0; c < times.size(); c++) EXPECT_EQ(times[c], c < x.in_c || y > 0 ? 1u : 0u) << c;
    }
}

void check_edges(const graph &g) {
    uint32_t next = 0;
    for (uint32_t n = 0; n < g.core.n_nodes; n++) {
        SCOPED_TRACE(string("node ") + std::to_string(n) + " of " + g.layer(n).name);
        EXPECT_EQ(g.node(n).first_edge, next);
        next += g.node(n).n_edges;
        EXPECT_EQ(connected(g, n), wanted(g, n));
        for (const npim_edge &e : g.inputs(n)) {
            EXPECT_EQ(e.consumer, n);
            EXPECT_EQ(g.node(e.producer).out_w, g.node(n).in_w);
            if (g.node(n).recurrent) continue; // see check_steps
            EXPECT_LT(e.producer, n);
            EXPECT_EQ(g.node(e.producer).out_h, g.node(n).in_h);
            EXPECT_EQ(e.pad_top, g.node(n).pad_top);
        }
        if (g.node(n).recurrent) check_steps(g, n);
    }
    EXPECT_EQ(next, g.core.n_edges);
}

// The nodes of a layer share its channels without gaps; wiring has none.
void check_nodes(const graph &g) {
    std::vector<uint32_t> made(g.net.core.n_layers);
    for (uint32_t n = 0; n + 1 < g.core.n_nodes; n++) {
        const npim_node &v = g.node(n);
        EXPECT_EQ(v.c_from, made[v.layer]) << g.layer(n).name;
        made[v.layer] += v.channels;
        const bool hosts_itself = v.kind == NPIM_NODE_WEIGHTS || v.kind == NPIM_NODE_INPUT;
        if (hosts_itself)
            EXPECT_EQ(v.host, n);
        else
            EXPECT_LE(v.host, n);
        EXPECT_EQ(g.node(v.host).host, v.host);
    }
    for (uint32_t l = 0; l < g.net.core.n_layers; l++) {
        const npim_layer &x = g.net.core.layers[l];
        const bool wiring = x.kind == NPIM_LAYER_CONCAT || x.kind == NPIM_LAYER_FLATTEN;
        EXPECT_EQ(made[l], wiring ? 0 : x.out_c) << x.name;
    }
    EXPECT_EQ(g.node(0).kind, NPIM_NODE_INPUT);
    EXPECT_EQ(g.node(g.core.n_nodes - 1).kind, NPIM_NODE_OUTPUT);
}

void check(const string &source) {
    graph g(source);
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    check_edges(g);
    check_nodes(g);
}

TEST(graph, every_channel_of_every_input_is_connected_exactly_once) {
    for (const char *name : mapping::small_networks) {
        SCOPED_TRACE(name);
        check(name);
    }
    for (const char *name : mapping::large_networks) {
        SCOPED_TRACE(name);
        check(name);
    }
}

// Layers of random kinds on random earlier ones; whatever nobody reads is concatenated at the end.
string random_network(std::mt19937_64 &random) {
    const auto pick = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
    string text = head;
    std::vector<std::pair<string, int>> made = {{"input", 6}}; // all maps of 9 x 7
    std::set<string> unread = {"input"};
    const auto use = [&](size_t i) {
        unread.erase(made[i].first);
        return "\"" + made[i].first + "\"";
    };
    for (int i = 0; i < 9; i++) {
        const string name = "l" + std::to_string(i);
        const size_t a = static_cast<size_t>(pick(0, static_cast<int>(made.size()) - 1)),
                     b = static_cast<size_t>(pick(0, static_cast<int>(made.size()) - 1));
        int channels = made[a].second;
        switch (pick(0, 6)) {
        case 0:
            text += layer(name, "maxpool", "kernel = 3\nstride = 1\npadding = 1\ninputs = [" + use(a) + "]");
            break;
        case 1:
            if (a == b) continue;
            channels += made[b].second;
            text += layer(name, "concat", "inputs = [" + use(a) + ", " + use(b) + "]");
            break;
        case 2:
            if (a == b || made[a].second != made[b].second) continue;
            text += layer(name, pick(0, 1) ? "add" : "mul", "inputs = [" + use(a) + ", " + use(b) + "]");
            break;
        case 3:
            text += layer(name, "lrn",
                          "alpha = 1\nbeta = 1\nk = 1\nsize = " + std::to_string(pick(1, 7)) +
                              "\ninputs = [" + use(a) + "]");
            break;
        case 4:
            text += layer(name, "activation", "activation = \"softmax\"\ninputs = [" + use(a) + "]");
            break;
        case 5:
            channels = pick(1, 9);
            text += layer(name, "gather",
                          "out = [" + std::to_string(channels) + ", 9, 7]\ninputs = [" + use(a) + "]");
            break;
        default:
            channels = pick(1, 9);
            text += conv(name, channels, use(a));
        }
        made.emplace_back(name, channels);
        unread.insert(name);
    }
    string all;
    if (made.size() == 1) return text + conv("only", 2, "\"input\"");
    for (const string &name : unread) all += (all.empty() ? "\"" : ", \"") + name + "\"";
    return text + (unread.size() > 1 ? layer("all", "concat", "inputs = [" + all + "]") : "");
}

TEST(graph, random_networks_are_connected) {
    std::mt19937_64 random(test_seed(71));
    for (int i = 0; i < 80; i++) {
        const string text = random_network(random);
        SCOPED_TRACE(text);
        check(text);
    }
}

TEST(graph, a_concatenation_becomes_channel_ranges) {
    graph g("tiny_concat.toml");
    EXPECT_TRUE(g.nodes("concat").empty());
    const auto edges = g.inputs(g.only("last"));
    ASSERT_EQ(edges.size(), 2u);
    EXPECT_EQ(edges[0].producer, g.only("short"));
    EXPECT_EQ(edges[1].producer, g.only("long_3"));
    EXPECT_EQ(edges[0].consumer_c, 0u);
    EXPECT_EQ(edges[0].channels, 6u);
    EXPECT_EQ(edges[1].consumer_c, 6u);
    EXPECT_EQ(edges[1].channels, 10u);
}

TEST(graph, an_addition_is_split_where_either_input_is) {
    // 3 + 5 channels on one side, 4 + 4 on the other: parts of 3, 1 and 4.
    graph g(head + conv("a", 3, "\"input\"") + conv("b", 5, "\"input\"") + conv("c", 4, "\"input\"") +
            conv("d", 4, "\"input\"") + layer("ab", "concat", "inputs = [\"a\", \"b\"]") +
            layer("cd", "concat", "inputs = [\"c\", \"d\"]") +
            layer("sum", "add", "inputs = [\"ab\", \"cd\"]") +
            layer("pool", "maxpool", "kernel = 2\nstride = 2"));
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    const auto sums = g.nodes("sum"), pools = g.nodes("pool");
    ASSERT_EQ(sums.size(), 3u);
    ASSERT_EQ(pools.size(), 3u);
    const uint32_t channels[] = {3, 1, 4}, first[] = {0, 3, 4};
    const char *hosts[] = {"c", "c", "d"}; // the later producer
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_EQ(g.node(sums[i]).channels, channels[i]);
        EXPECT_EQ(g.node(sums[i]).c_from, first[i]);
        EXPECT_EQ(g.node(pools[i]).channels, channels[i]);
        EXPECT_EQ(g.node(sums[i]).host, g.only(hosts[i]));
        EXPECT_EQ(g.node(pools[i]).host, g.only(hosts[i]));
    }
    EXPECT_EQ(g.inputs(sums[1])[0].producer_c, 0u); // channel 3 is b's first and c's last
    EXPECT_EQ(g.inputs(sums[1])[1].producer_c, 3u);
}

TEST(graph, a_fully_connected_layer_is_a_convolution_over_its_whole_map) {
    for (const string &flatten : {layer("f1", "flatten") + layer("f2", "flatten"), string()}) {
        graph g(head + flatten + layer("fc", "fc", "channels = 5"));
        ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
        const npim_node &fc = g.node(g.only("fc"));
        EXPECT_EQ(fc.kernel_h, 9u);
        EXPECT_EQ(fc.kernel_w, 7u);
        EXPECT_EQ(fc.in_c, 6u);
        EXPECT_EQ(fc.out_h * fc.out_w, 1u);
        EXPECT_EQ(fc.groups, 1u);
        EXPECT_EQ(g.core.n_nodes, 3u);
    }
}

TEST(graph, units_on_the_image_itself_have_no_host) {
    graph g(head + layer("p", "avgpool", "kernel = 3\nstride = 2") +
            layer("a", "activation", "activation = \"tanh\"") + layer("g", "globalpool") +
            conv("c", 4, "\"g\""));
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    EXPECT_EQ(g.node(g.only("p")).host, g.only("p"));
    EXPECT_EQ(g.node(g.only("a")).host, g.only("p"));
    EXPECT_EQ(g.node(g.only("g")).host, g.only("p"));
    EXPECT_EQ(g.node(g.only("a")).kind, NPIM_NODE_UNIT);
    const npim_node &all = g.node(g.only("g"));
    EXPECT_EQ(all.kernel_h * 100 + all.kernel_w, 403u); // the whole map of 4 x 3
    EXPECT_EQ(all.stride_h * 100 + all.stride_w, 403u);
}

// Four channels: one below, two above. 3 + 5 channels, so that each part reads some of the other.
TEST(graph, a_normalisation_reads_the_channels_around) {
    graph g(head + conv("a", 3, "\"input\"") + conv("b", 5, "\"input\"") +
            layer("ab", "concat", "inputs = [\"a\", \"b\"]") +
            layer("n", "lrn", "size = 4\nalpha = 1\nbeta = 1\nk = 1") +
            layer("c", "conv", "channels = 2\nkernel = 1"));
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    const auto parts = g.nodes("n");
    ASSERT_EQ(parts.size(), 2u);
    struct expected {
        const char *host;
        uint32_t c_from, channels, in_c, own_c, of_a, of_b;
    };
    const expected by_hand[] = {{"a", 0, 3, 5, 0, 3, 2}, {"b", 3, 5, 6, 1, 1, 5}};
    for (size_t i = 0; i < 2; i++) {
        const expected &x = by_hand[i];
        const npim_node &v = g.node(parts[i]);
        EXPECT_EQ(v.kind, NPIM_NODE_UNIT);
        EXPECT_EQ(v.host, g.only(x.host));
        EXPECT_EQ((std::array{v.c_from, v.channels, v.in_c, v.own_c}),
                  (std::array{x.c_from, x.channels, x.in_c, x.own_c}));
        const auto edges = g.inputs(parts[i]);
        ASSERT_EQ(edges.size(), 2u);
        EXPECT_EQ(edges[0].channels, x.of_a);
        EXPECT_EQ(edges[0].producer_c, 3 - x.of_a);
        EXPECT_EQ(edges[1].channels, x.of_b);
        EXPECT_EQ(edges[1].consumer_c, x.of_a);
        EXPECT_EQ(edges[1].producer_c, 0u);
    }
    uint32_t from, to;
    npim_graph_channels(&g.node(parts[1]), 0, 1, &from, &to); // channel 3 of the layer: 2 to 5
    EXPECT_EQ(from, 0u);
    EXPECT_EQ(to, 4u);
    npim_graph_channels(&g.node(parts[1]), 4, 5, &from, &to); // channel 7: 6 and 7
    EXPECT_EQ(from, 4u);
    EXPECT_EQ(to, 6u);
}

TEST(graph, a_softmax_reads_all_channels_and_other_functions_their_own) {
    for (const char *function : {"softmax", "tanh"}) {
        graph g(head + conv("a", 3, "\"input\"") + conv("b", 5, "\"input\"") +
                layer("ab", "concat", "inputs = [\"a\", \"b\"]") +
                layer("s", "activation", string("activation = \"") + function + "\""));
        ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
        const auto parts = g.nodes("s");
        ASSERT_EQ(parts.size(), 2u);
        const bool all = string(function) == "softmax";
        EXPECT_EQ(g.node(parts[0]).in_c, all ? 8u : 3u);
        EXPECT_EQ(g.node(parts[1]).in_c, all ? 8u : 5u);
        EXPECT_EQ(g.node(parts[1]).own_c, all ? 3u : 0u);
        EXPECT_EQ(g.inputs(parts[0]).size(), all ? 2u : 1u);
        EXPECT_EQ(g.node(parts[1]).host, g.only("b"));
    }
}

TEST(graph, kinds_run_on_their_units) {
    graph g(head + conv("a", 3, "\"input\"") + conv("b", 3, "\"input\"") +
            layer("sub", "sub", "inputs = [\"a\", \"b\"]") +
            layer("mul", "mul", "inputs = [\"sub\", \"b\"]") + layer("scale", "scale") +
            layer("gather", "gather", "out = [3, 1, 1]"));
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    EXPECT_EQ(g.node(g.only("sub")).kind, NPIM_NODE_ADD);
    EXPECT_EQ(g.node(g.only("mul")).kind, NPIM_NODE_ADD);
    EXPECT_EQ(g.node(g.only("scale")).kind, NPIM_NODE_UNIT);
    EXPECT_EQ(g.node(g.only("gather")).kind, NPIM_NODE_MOVE);
}

// Whatever its shape, also behind a concatenation and a flatten: all pixels, all channels, on one tile.
TEST(graph, every_window_of_a_gather_reads_the_whole_map) {
    for (const auto &[c, h, w] :
         {std::array{10u, 9u, 7u}, {1u, 1u, 1u}, {630u, 1u, 1u}, {2u, 1u, 400u}, {3u, 20u, 2u}})
        for (const string &between : {string(), layer("f", "flatten")}) {
            graph g(head + conv("a", 4, "\"input\"") + conv("b", 6, "\"input\"") +
                    layer("ab", "concat", "inputs = [\"a\", \"b\"]") + between +
                    layer("g", "gather",
                          "out = [" + std::to_string(c) + ", " + std::to_string(h) + ", " +
                              std::to_string(w) + "]") +
                    layer("r", "activation", "activation = \"relu\""));
            ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
            const uint32_t n = g.only("g");
            const npim_node &v = g.node(n);
            EXPECT_EQ((std::array{v.channels, v.out_h, v.out_w}), (std::array{c, h, w}));
            EXPECT_EQ((std::array{v.in_c, v.in_h, v.in_w}), (std::array{10u, 9u, 7u}));
            EXPECT_EQ(v.host, n);
            EXPECT_EQ(g.node(g.only("r")).host, n);
            ASSERT_EQ(g.inputs(n).size(), 2u);
            for (uint32_t y = 0; y < h; y++)
                EXPECT_EQ(
                    mapping::read_positions(y, v.stride_h, v.pad_top, v.kernel_h, v.dilation_h, 9).size(),
                    9u);
            for (uint32_t x = 0; x < w; x++)
                EXPECT_EQ(
                    mapping::read_positions(x, v.stride_w, v.pad_left, v.kernel_w, v.dilation_w, 7).size(),
                    7u);
            for (const npim_edge &e : g.inputs(n)) EXPECT_EQ(e.window_px, 63u);
        }
}

TEST(graph, only_a_fully_connected_layer_reads_a_flattened_map) {
    const string readers[] = {
        conv("x", 4, "\"f\""), layer("x", "activation", "activation = \"relu\"\ninputs = [\"f\"]"),
        layer("x", "maxpool", "kernel = 1\nstride = 1\ninputs = [\"f\"]"),
        layer("f2", "flatten") + conv("x", 4, "\"f2\""), layer("f2", "flatten") + layer("x", "globalpool")};
    for (const string &reader : readers) {
        graph g(head + layer("f", "flatten") + reader);
        EXPECT_EQ(g.status, NPIM_EUNSUPPORTED) << reader;
        EXPECT_NE(string(g.error.message).find("layer x "), string::npos) << g.error.message;
        EXPECT_EQ(g.core.nodes, nullptr);
        EXPECT_EQ(g.core.edges, nullptr);
    }
    // So does the host, pixel by pixel.
    check(head + conv("c", 5, "\"input\"") + layer("f", "flatten"));
    // Of one pixel it is a plain list of channels.
    graph g(head + layer("g", "globalpool") + layer("f", "flatten") + conv("x", 4, "\"f\""));
    EXPECT_EQ(g.status, NPIM_OK) << g.error.message;
}

// --- limits ---

void refuses(const string &text, const string &layer_name, const string &what) {
    const graph g(text);
    const string message = g.error.message;
    EXPECT_EQ(g.status, NPIM_EUNSUPPORTED);
    EXPECT_EQ(g.core.nodes, nullptr);
    EXPECT_NE(message.find("layer " + layer_name + " "), string::npos) << message;
    EXPECT_NE(message.find("more than " + what), string::npos) << message;
}

// c0 and what a pooling makes of it, together c1, and so on: each step doubles the channels and the nodes.
string doubling(int steps, const string &before = "") {
    string text = head + before + layer("c0", "conv", "channels = 1\nkernel = 1");
    for (int i = 0; i < steps; i++) {
        const string from = "c" + std::to_string(i), pool = "p" + std::to_string(i);
        text += layer(pool, "maxpool", "kernel = 3\nstride = 1\npadding = 1\ninputs = [\"" + from + "\"]");
        text += layer("c" + std::to_string(i + 1), "concat", "inputs = [\"" + from + "\", \"" + pool + "\"]");
    }
    return text + layer("relu", "activation", "activation = \"relu\"") + layer("end", "globalpool");
}

// One edge into c0, 2^13 - 1 into its poolings, 2^13 each into those at the end and to the host.
TEST(graph, concatenations_double_up_to_so_many_edges_and_no_more) {
    const graph g(doubling(13));
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    EXPECT_EQ(g.core.n_edges, 1u + 8191 + 3 * 8192);
    EXPECT_EQ(g.core.n_edges, NPIM_MAX_EDGES);
    refuses(doubling(13, conv("more", 1, "\"input\"")), "end", "32768 connections");
    refuses(doubling(14), "end", "32768 connections");
    refuses(doubling(24), "c15", "32768 parts");
}

// Four edges of 2^28 pixels and windows each. Whoever gets as far as the windows is stopped there.
TEST(graph, carries_so_many_pixels_and_no_more) {
    for (const auto &[width, expected] :
         {std::pair("16384", NPIM_EINTERRUPTED), {"16385", NPIM_EUNSUPPORTED}}) {
        string text = "name = \"t\"\n[network]\ninput = { channels = 1, height = 16384, width = ";
        text += string(width) + " }\n";
        for (const char *name : {"a", "b", "c"}) text += layer(name, "activation", "activation = \"relu\"");
        const mapping::network net(text);
        int polls = 1 + static_cast<int>(net.core.n_layers);
        const npim_stop stop = {[](void *left) { return --*static_cast<int *>(left) < 0; }, &polls};
        npim_graph g{};
        npim_error error{};
        EXPECT_EQ(npim_graph_build(&g, &net.core, &stop, &error), expected) << error.message;
        EXPECT_EQ(g.nodes, nullptr);
        const bool named =
            string(error.message).find("layer c (activation): the network has more than 2147483648 ") !=
            string::npos;
        EXPECT_EQ(named, expected == NPIM_EUNSUPPORTED) << error.message;
    }
}

} // namespace

#include "sim/skew.h"
#include "tests/sim/token_game.hpp"

namespace {

using mapping::graph;
using mapping::minima;
using mapping::token_game;
using std::string;

string layer(const string &name, const string &kind, const string &keys = "") {
    return "[[layer]]\nname = \"" + name + "\"\nkind = \"" + kind + "\"\n" + keys + "\n";
}

string image(int height, int width) {
    return "name = \"t\"\n[network]\ninput = { channels = 2, height = " + std::to_string(height) +
           ", width = " + std::to_string(width) + " }\n";
}

string conv(int kernel_h, int kernel_w, const string &keys) {
    return "channels = 2\nkernel = [" + std::to_string(kernel_h) + ", " + std::to_string(kernel_w) + "]\n" +
           keys;
}

struct chain_case {
    int height, width, kernel_h, kernel_w, dilation, stride, padding;
};

// (kernel_h - 1) x dilation x width + (kernel_w - 1) x dilation + 1: the window and no more.
TEST(skew, a_plain_chain_holds_its_windows) {
    const chain_case cases[] = {{9, 7, 3, 3, 1, 1, 1},   {9, 7, 3, 3, 1, 1, 0},  {13, 11, 5, 2, 1, 1, 1},
                                {12, 12, 3, 3, 2, 1, 2}, {9, 10, 2, 3, 3, 2, 1}, {8, 8, 1, 1, 1, 1, 0},
                                {8, 9, 1, 1, 1, 2, 0},   {9, 7, 1, 5, 1, 1, 0},  {10, 6, 5, 1, 1, 3, 0},
                                {7, 7, 7, 7, 1, 1, 0},   {7, 5, 2, 2, 1, 4, 0},  {1, 9, 1, 3, 1, 1, 0}};
    for (const chain_case &c : cases) {
        const string keys = "dilation = " + std::to_string(c.dilation) +
                            "\nstride = " + std::to_string(c.stride) +
                            "\npadding = " + std::to_string(c.padding);
        SCOPED_TRACE(keys);
        graph g(image(c.height, c.width) + layer("a", "conv", conv(c.kernel_h, c.kernel_w, keys)) +
                layer("b", "conv", conv(1, 1, "")));
        ASSERT_EQ(g.core.n_edges, 3u);
        const int window = (c.kernel_h - 1) * c.dilation * c.width + (c.kernel_w - 1) * c.dilation + 1;
        EXPECT_EQ(g.core.edges[0].window_px, static_cast<uint32_t>(window));
        EXPECT_EQ(g.core.edges[0].minimum_px, static_cast<uint32_t>(window));
        EXPECT_EQ(g.core.edges[1].minimum_px, 1u);
        EXPECT_EQ(g.core.edges[2].minimum_px, 1u); // to the host
    }
}

TEST(skew, a_window_is_never_larger_than_the_map) {
    graph g(image(2, 3) + layer("a", "conv", conv(5, 5, "padding = 2")) + layer("fc", "fc", "channels = 3"));
    EXPECT_EQ(g.core.edges[0].window_px, 6u); // all of 2 x 3
    EXPECT_EQ(g.core.edges[0].minimum_px, 6u);
    EXPECT_EQ(g.core.edges[1].minimum_px, 6u);
}

// A border wider than the kernel: rows 0 and 1 both read row 0, so it stays until the second has read it.
TEST(skew, a_wide_border_keeps_its_first_row) {
    graph g(image(4, 5) + layer("a", "conv", conv(1, 1, "padding = [1, 0]")));
    EXPECT_EQ(g.core.edges[0].window_px, 1u);
    EXPECT_EQ(g.core.edges[0].minimum_px, 5u);
}

uint32_t minimum_between(const graph &g, const string &producer, const string &consumer) {
    for (const npim_edge &e : g.inputs(g.only(consumer)))
        if (e.producer == g.only(producer)) return e.minimum_px;
    ADD_FAILURE() << "no edge from " << producer << " to " << consumer;
    return 0;
}

// The 3x3 branch with its border answers pixel i when pixel i + width + 1 has come.
TEST(skew, of_the_small_networks_by_hand) {
    graph residual("tiny_residual.toml");
    EXPECT_EQ(minimum_between(residual, "conv_a", "add"), 8u + 1 + 1);
    EXPECT_EQ(minimum_between(residual, "conv_b", "add"), 1u);
    EXPECT_EQ(minimum_between(residual, "conv_a", "conv_b"), 2u * 8 + 3);
    graph concat("tiny_concat.toml");
    EXPECT_EQ(minimum_between(concat, "short", "last"), 2u * (8 + 1)); // one more waits before "short"
    EXPECT_EQ(minimum_between(concat, "long_3", "last"), 1u);
    EXPECT_EQ(minimum_between(concat, "input", "short"), 1u);
}

// How many of the edges that hold a skew get the network stuck when one pixel is taken away.
int tight_edges(const graph &g, std::mt19937_64 &random, int *skewed) {
    int stuck = 0;
    *skewed = 0;
    for (uint32_t e = 0; e < g.core.n_edges; e++) {
        if (g.core.edges[e].minimum_px == g.core.edges[e].window_px) continue;
        auto capacity = minima(g.core);
        capacity[e]--;
        ++*skewed;
        stuck += !token_game(g.core, capacity).play(random);
    }
    return stuck;
}

TEST(skew, one_pixel_less_deadlocks) {
    std::mt19937_64 random(test_seed(81));
    for (const char *name : {"tiny_residual.toml", "tiny_concat.toml"}) {
        graph g(name);
        int skewed;
        EXPECT_EQ(tight_edges(g, random, &skewed), 1) << name;
        EXPECT_EQ(skewed, 1) << name;
    }
}

TEST(skew, one_pixel_less_than_a_window_deadlocks) {
    std::mt19937_64 random(test_seed(82));
    for (const char *name : mapping::small_networks) {
        graph g(name);
        for (uint32_t e = 0; e < g.core.n_edges; e++) {
            auto capacity = minima(g.core);
            capacity[e] = g.core.edges[e].window_px - 1;
            EXPECT_FALSE(token_game(g.core, capacity).play(random)) << name << " edge " << e;
        }
    }
}

TEST(skew, minimum_buffers_and_more_never_deadlock) {
    std::mt19937_64 random(test_seed(83));
    for (const char *name : mapping::small_networks) {
        graph g(name);
        for (int i = 0; i < 20; i++) {
            auto capacity = minima(g.core);
            if (i % 2)
                for (uint32_t &px : capacity) px += static_cast<uint32_t>(random() % 4);
            EXPECT_TRUE(token_game(g.core, capacity).play(random)) << name;
        }
    }
}

// Branches of random depth that meet in additions, strided and dilated windows among them, and gathers.
string random_network(std::mt19937_64 &random) {
    const auto pick = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
    int n = 0, h = pick(3, 12), w = pick(3, 12);
    string text = image(h, w), last = "input";
    for (int block = pick(1, 3); block > 0; block--) {
        std::set<string> ends;
        for (int branch = pick(2, 3); branch > 0; branch--) {
            string at = last;
            for (int depth = pick(0, 3); depth > 0; depth--) {
                const int half_h = pick(0, 2), half_w = pick(0, 2), dilation = pick(1, 2);
                string name = "l";
                name += std::to_string(n++);
                if (pick(0, 5) == 0)
                    text += layer(name, "gather",
                                  "out = [2, " + std::to_string(h) + ", " + std::to_string(w) +
                                      "]\ninputs = [\"" + at + "\"]");
                else
                    text +=
                        layer(name, "conv",
                              conv(2 * half_h + 1, 2 * half_w + 1,
                                   "dilation = " + std::to_string(dilation) + "\npadding = [" +
                                       std::to_string(half_h * dilation) + ", " +
                                       std::to_string(half_w * dilation) + "]\ninputs = [\"" + at + "\"]"));
                at = name;
            }
            ends.insert(at);
        }
        if (ends.size() == 1) continue;
        string inputs, name = "l" + std::to_string(n++);
        for (const string &end : ends) inputs += (inputs.empty() ? "\"" : ", \"") + end + "\"";
        text += layer(name, "add", "inputs = [" + inputs + "]");
        const int kernel_h = pick(1, 2), kernel_w = pick(1, 2);
        text += layer(name + "s", "conv", conv(kernel_h, kernel_w, "padding = 1\nstride = 2"));
        h = (h + 2 - kernel_h) / 2 + 1;
        w = (w + 2 - kernel_w) / 2 + 1;
        last = name + "s";
    }
    return text + layer("fc", "fc", "channels = 1\ninputs = [\"" + (n ? last : "input") + "\"]");
}

TEST(skew, random_networks_never_deadlock_at_their_minimum) {
    std::mt19937_64 random(test_seed(84));
    int skewed = 0, tight = 0, played = 0;
    for (int i = 0; i < 80; i++) {
        const string text = random_network(random);
        std::unique_ptr<graph> g;
        try {
            g = std::make_unique<graph>(text);
        } catch (const std::runtime_error &) {
            continue; // a branch that ended nowhere
        }
        ASSERT_EQ(g->status, NPIM_OK) << g->error.message;
        played++;
        for (int order = 0; order < 3; order++)
            ASSERT_TRUE(token_game(g->core, minima(g->core)).play(random)) << text;
        int here;
        tight += tight_edges(*g, random, &here);
        skewed += here;
        for (uint32_t e = 0; e < g->core.n_edges; e++) {
            const npim_node &from = g->node(g->core.edges[e].producer);
            EXPECT_LE(g->core.edges[e].minimum_px, from.out_h * from.out_w) << text;
        }
    }
    EXPECT_GT(played, 40);
    EXPECT_GT(skewed, 50);
    std::cout << tight << " of " << skewed << " skews are tight\n";
    EXPECT_GT(4 * tight, skewed); // the others could do with less, by another order of windows
}

// All rows of the second half of a sequence are there before its first step: one step calls for the next.
TEST(skew, a_sequence_may_come_all_at_once) {
    const int steps = 65536;
    graph g(
        image(steps - 1, 1) + layer("first", "conv", conv(65535, 1, "")) +
        layer("rest", "conv", conv(1, 1, "inputs = [\"input\"]")) +
        layer("l", "lstm", "inputs = [\"first\", \"rest\"]\nhidden = 2\nsteps = " + std::to_string(steps)));
    ASSERT_EQ(g.status, NPIM_OK) << g.error.message;
    EXPECT_EQ(minimum_between(g, "rest", "l"), steps - 1u);
    EXPECT_EQ(minimum_between(g, "first", "l"), 1u);
    EXPECT_EQ(minimum_between(g, "l", "l"), 1u);
}

} // namespace

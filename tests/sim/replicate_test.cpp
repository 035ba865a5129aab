#include "sim/replicate.h"
#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::ceil_of;
using mapping::system;

// Weight nodes made up in the test.
struct made_up {
    explicit made_up(size_t n) : nodes(n), placements(n) {
        graph.nodes = nodes.data();
        graph.n_nodes = static_cast<uint32_t>(n);
        map.graph = &graph;
        map.placements = placements.data();
        for (npim_node &v : nodes) v.kind = NPIM_NODE_WEIGHTS;
    }
    void set(size_t n, uint32_t out_h, uint32_t out_w, uint32_t arrays, uint64_t interval_ps) {
        nodes[n].out_h = out_h;
        nodes[n].out_w = out_w;
        nodes[n].host = static_cast<uint32_t>(n);
        placements[n].arrays = arrays;
        placements[n].interval_ps = interval_ps;
    }
    std::vector<npim_node> nodes;
    std::vector<npim_placement> placements;
    npim_graph graph{};
    npim_map map{};
};

made_up random_nodes(std::mt19937_64 &random, uint32_t most_columns) {
    const auto pick = [&](uint32_t to) { return 1 + static_cast<uint32_t>(random() % to); };
    made_up m(pick(5));
    for (size_t n = 0; n < m.nodes.size(); n++)
        m.set(n, pick(12), pick(most_columns), pick(9), 100 * pick(4));
    return m;
}

struct choice {
    uint32_t rows = 1, bands = 1;
};

uint64_t time_of(const made_up &m, size_t n, choice c) {
    return ceil_of(m.nodes[n].out_h, c.rows) * ceil_of(m.nodes[n].out_w, c.bands) *
           m.placements[n].interval_ps;
}

// The rule, one replica after the other: the slowest node (the first of them) gets replicas until it is
// faster, rows before columns; the end is when it cannot or may not.
std::vector<choice> greedy(const made_up &m, uint64_t budget) {
    std::vector<choice> chosen(m.nodes.size());
    uint64_t used = 0;
    for (const npim_placement &p : m.placements) used += p.arrays;
    while (used <= budget) {
        size_t slow = 0;
        for (size_t n = 1; n < chosen.size(); n++)
            if (time_of(m, n, chosen[n]) > time_of(m, slow, chosen[slow])) slow = n;
        choice c = chosen[slow];
        const uint64_t before = time_of(m, slow, c);
        while (c.rows < m.nodes[slow].out_h && time_of(m, slow, c) == before) c.rows++;
        while (c.bands < m.nodes[slow].out_w && time_of(m, slow, c) == before) c.bands++;
        if (time_of(m, slow, c) == before) return chosen;
        const uint64_t more = uint64_t{c.rows} * c.bands - uint64_t{chosen[slow].rows} * chosen[slow].bands;
        used += more * m.placements[slow].arrays;
        if (used <= budget) chosen[slow] = c;
    }
    return chosen;
}

TEST(replicate, follows_the_rule_within_its_budget) {
    std::mt19937_64 random(test_seed(101));
    for (int i = 0; i < 3000; i++) {
        made_up m = random_nodes(random, 6);
        const uint64_t budget = random() % 800;
        const auto expected = greedy(m, budget);
        const uint64_t used = npim_replicate(&m.map, budget);
        uint64_t least = 0, sum = 0;
        for (size_t n = 0; n < m.nodes.size(); n++) {
            const npim_placement &p = m.placements[n];
            ASSERT_EQ(p.replica_rows, expected[n].rows);
            ASSERT_EQ(p.replica_bands, expected[n].bands);
            EXPECT_EQ(p.replica_images, 1u);
            EXPECT_EQ(npim_map_replicas(&p), p.replica_rows * p.replica_bands);
            EXPECT_EQ(npim_map_windows(&m.map, static_cast<uint32_t>(n)) * p.interval_ps,
                      time_of(m, n, expected[n]));
            least += p.arrays;
            sum += uint64_t{p.arrays} * npim_map_replicas(&p);
        }
        EXPECT_EQ(used, sum);
        if (least > budget)
            EXPECT_EQ(used, least);
        else
            EXPECT_LE(used, budget);
    }
}

// Of all ways to spend the budget on maps of one column none is faster: for every time there is a smallest
// number of replicas that keeps it.
TEST(replicate, no_other_split_is_faster) {
    std::mt19937_64 random(test_seed(102));
    for (int i = 0; i < 2000; i++) {
        made_up m = random_nodes(random, 1);
        const uint64_t budget = 20 + random() % 200;
        if (npim_replicate(&m.map, budget) > budget) continue;
        uint64_t slowest = 0;
        std::set<uint64_t> times;
        for (size_t n = 0; n < m.nodes.size(); n++) {
            slowest = std::max(slowest, time_of(m, n, {m.placements[n].replica_rows, 1}));
            for (uint32_t r = 1; r <= m.nodes[n].out_h; r++) times.insert(time_of(m, n, {r, 1}));
        }
        for (const uint64_t time : times) { // in ascending order: the first one that can be paid is the best
            uint64_t cost = 0;
            for (size_t n = 0; n < m.nodes.size(); n++) {
                uint32_t r = 1;
                while (r < m.nodes[n].out_h && time_of(m, n, {r, 1}) > time) r++;
                cost += time_of(m, n, {r, 1}) > time ? budget + 1 : uint64_t{r} * m.placements[n].arrays;
            }
            if (cost > budget) continue;
            EXPECT_EQ(slowest, time);
            break;
        }
    }
}

TEST(replicate, by_hand) {
    made_up m(2);
    m.set(0, 7, 4, 2, 100); // 28 windows
    m.set(1, 3, 3, 5, 100); // 9 windows
    const struct {
        uint64_t budget, used;
        uint32_t rows, bands, other_rows;
    } cases[] = {
        {6, 7, 1, 1, 1},   // not even one each
        {7, 7, 1, 1, 1},   //
        {8, 7, 1, 1, 1},   // a replica takes 2
        {9, 9, 2, 1, 1},   // ceil(7 / 2) = 4 rows
        {11, 11, 3, 1, 1}, // 3 rows
        {13, 13, 4, 1, 1}, // 2 rows: 8 windows, now the other is the slowest
        {17, 13, 4, 1, 1}, //
        {18, 18, 4, 1, 2}, // 2 rows of 3
        {23, 18, 4, 1, 2}, // 5 and 6 replicas are no faster than 4: the next is 7
        {24, 24, 7, 1, 2}, // 1 row: 4 windows; the other has 6
        {28, 24, 7, 1, 2}, //
        {29, 29, 7, 1, 3}, // 3 windows
        {42, 29, 7, 1, 3}, // then bands: 7 replicas more at once
        {43, 43, 7, 2, 3},
    };
    for (const auto &x : cases) {
        EXPECT_EQ(npim_replicate(&m.map, x.budget), x.used) << x.budget;
        EXPECT_EQ(m.placements[0].replica_rows, x.rows) << x.budget;
        EXPECT_EQ(m.placements[0].replica_bands, x.bands) << x.budget;
        EXPECT_EQ(m.placements[1].replica_rows, x.other_rows) << x.budget;
    }
    // Without a limit the slowest ends with one window.
    EXPECT_EQ(npim_replicate(&m.map, UINT32_MAX), 28u * 2 + 9 * 5);
}

// A recurrent layer of 5 steps, 100 ps apart but for the last, 20 ps: 420 ps for a sequence, shared by its
// replicas.
TEST(replicate, recurrent_layers_by_image) {
    made_up m(2);
    m.set(0, 5, 1, 3, 20);
    m.nodes[0].recurrent = true;
    m.placements[0].loop_ps = 100;
    m.set(1, 3, 1, 2, 50); // 150 ps
    const struct {
        uint64_t budget, used;
        uint32_t images, other_rows;
    } cases[] = {
        {5, 5, 1, 1},   {7, 5, 1, 1},   {8, 8, 2, 1}, // 210 ps
        {11, 11, 3, 1},                               // 140 ps: now the other is slower
        {13, 13, 3, 2},                               // 100 ps
        {16, 16, 4, 2}, {19, 19, 5, 2},               // 84 ps
        {20, 19, 5, 2}, {21, 21, 5, 3},               // 50 ps
        {33, 33, 9, 3},                               // 46.7 ps: the other cannot go on
    };
    for (const auto &x : cases) {
        EXPECT_EQ(npim_replicate(&m.map, x.budget), x.used) << x.budget;
        EXPECT_EQ(m.placements[0].replica_images, x.images) << x.budget;
        EXPECT_EQ(m.placements[0].replica_rows, 1u) << x.budget;
        EXPECT_EQ(m.placements[1].replica_rows, x.other_rows) << x.budget;
        EXPECT_EQ(npim_map_replicas(&m.placements[0]), x.images);
    }
    EXPECT_EQ(npim_map_image_ps(&m.map, 0), 420u);
    EXPECT_DOUBLE_EQ(npim_map_pace_ps(&m.map, 0), 420.0 / 9);
    // Alone it takes what there is, up to the limit.
    made_up alone(1);
    alone.set(0, 5, 1, 3, 20);
    alone.nodes[0].recurrent = true;
    alone.placements[0].loop_ps = 100;
    EXPECT_EQ(npim_replicate(&alone.map, 10), 9u);
    EXPECT_EQ(npim_replicate(&alone.map, 1000), 3u * NPIM_MAX_SEQUENCES);
}

// Pixels of the input that replica (0, middle band) reads in one round of rows, one by one.
uint64_t round_px(const system &s, uint32_t n) {
    const npim_node &v = s.g.node(n);
    const npim_placement &p = s.at(n);
    const uint64_t width = ceil_of(v.out_w, p.replica_bands), from = p.replica_bands / 2 * width;
    std::set<std::pair<uint64_t, int64_t>> pixels;
    for (uint64_t x = from; x < std::min<uint64_t>(v.out_w, from + width); x++)
        for (uint32_t ky = 0; ky < v.kernel_h; ky++)
            for (uint32_t kx = 0; kx < v.kernel_w; kx++) {
                const int64_t column = static_cast<int64_t>(x * v.stride_w + kx) - v.pad_left;
                if (column >= 0 && column < v.in_w) pixels.insert({ky, column});
            }
    return pixels.size();
}

// 64 channels of 160 columns on cascade, whose tiles have 32 KB: one round of three rows takes 30 KB.
TEST(replicate, rows_too_long_for_a_tile_are_shared_in_bands) {
    const auto text = [](uint32_t width) {
        return "name = \"t\"\n[network]\ninput = { channels = 64, height = 96, width = " +
               std::to_string(width) +
               " }\n[[layer]]\nname = \"c\"\nkind = \"conv\"\nchannels = 64\nkernel = 3\npadding = 1\n";
    };
    const system narrow(text(40), "cascade", {"chip.tiles=12", "system.chips=1"}),
        wide(text(160), "cascade", {"chip.tiles=12", "system.chips=1"});
    EXPECT_EQ(narrow.at(narrow.g.only("c")).replica_bands, 1u);
    EXPECT_LE(2 * round_px(narrow, narrow.g.only("c")) * 64 + 2 * 64, narrow.edram_B());
    const uint32_t n = wide.g.only("c");
    EXPECT_GT(wide.at(n).replica_rows, 1u);
    EXPECT_EQ(wide.at(n).replica_bands, 2u);
    EXPECT_LE(2 * round_px(wide, n) * 64 + 2 * 64, wide.edram_B());
    // No faster with rows alone, but for the share that bands may cost.
    const uint64_t replicas = npim_map_replicas(&wide.at(n));
    EXPECT_LE(static_cast<double>(npim_map_windows(&wide.map, n)),
              1.06 * static_cast<double>(ceil_of(96, replicas) * 160));
}

// Rows and bands of a node without weights: as many as its host's, at most one for each row and column, and
// none with nothing to do.
TEST(replicate, hosted_nodes_follow_their_host) {
    mapping::on_all(mapping::small_networks, [](const system &s) {
        for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
            const npim_node &v = s.g.node(n);
            if (v.host == n) continue;
            const npim_placement &p = s.at(n), &host = s.at(v.host);
            EXPECT_EQ(p.replica_images, host.replica_images);
            EXPECT_EQ(p.replica_rows, std::min(host.replica_rows, v.out_h));
            EXPECT_LE(p.replica_bands, host.replica_bands);
            const uint32_t bands = std::min(host.replica_bands, v.out_w);
            EXPECT_EQ(ceil_of(v.out_w, p.replica_bands), ceil_of(v.out_w, bands));
        }
    });
}

// Every replica of every node has a row and a column to make.
TEST(replicate, no_replica_is_idle) {
    const auto check = [](const system &s) {
        for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
            EXPECT_LE(s.at(n).replica_rows, s.g.node(n).out_h);
            uint32_t next = 0;
            for (uint32_t band = 0; band < s.at(n).replica_bands; band++) {
                uint32_t from, to;
                npim_map_band(&s.map, n, band, &from, &to);
                EXPECT_EQ(from, next);
                EXPECT_LT(from, to) << s.g.layer(n).name << " band " << band;
                next = to;
            }
            EXPECT_EQ(next, s.g.node(n).out_w);
        }
    };
    mapping::on_all(mapping::small_networks, check);
    mapping::on_all(mapping::large_networks, check);
}

} // namespace

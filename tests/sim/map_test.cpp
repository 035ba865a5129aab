#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::ceil_of;
using mapping::graph;
using mapping::system;
using std::string;

double slowest_ps(const system &s) {
    double slowest = 0;
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
        const npim_node &v = s.g.node(n);
        if (v.kind != NPIM_NODE_WEIGHTS) continue;
        const double windows = static_cast<double>(ceil_of(v.out_h, s.at(n).replica_rows) *
                                                   ceil_of(v.out_w, s.at(n).replica_bands));
        double image_ps = windows * static_cast<double>(s.at(n).interval_ps);
        if (v.recurrent) // but for the first, steps wait for the loop
            image_ps += (windows - 1) *
                        (static_cast<double>(s.at(n).loop_ps) - static_cast<double>(s.at(n).interval_ps));
        slowest = std::max(slowest, image_ps / s.at(n).replica_images);
    }
    return slowest;
}

double array_ps(const system &s) {
    double busy = 0;
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++)
        if (s.g.node(n).kind == NPIM_NODE_WEIGHTS)
            busy += static_cast<double>(npim_layer_positions(&s.g.layer(n))) * s.at(n).arrays *
                    static_cast<double>(s.at(n).interval_ps);
    return busy;
}

void check(const system &s) {
    const uint64_t whole = s.arrays_per_tile();
    EXPECT_EQ(s.map.chips, 1u);
    EXPECT_EQ(s.map.n_tiles, s.arch->chip.tiles);
    EXPECT_LE(s.map.used_tiles + s.map.buffer_tiles, s.map.n_tiles);
    uint64_t used = 0, least = 0;
    uint32_t tiles = 0;
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
        used += uint64_t{s.at(n).arrays} * npim_map_replicas(&s.at(n));
        least += s.at(n).arrays;
    }
    for (uint32_t i = 0; i < s.map.n_parts; i++) tiles = std::max(tiles, s.map.parts[i].tile + 1);
    EXPECT_EQ(s.map.used_arrays, used);
    EXPECT_EQ(s.map.minimum_arrays, least);
    EXPECT_EQ(s.map.used_tiles, tiles);
    EXPECT_LE(used, whole * s.map.n_tiles);
    EXPECT_NEAR(npim_map_pipeline_bound(&s.map) * slowest_ps(s), 1e12, 1.0);
    EXPECT_NEAR(npim_map_work_conserving_bound(&s.map) * array_ps(s),
                1e12 * static_cast<double>(whole * s.map.n_tiles), 1e3 * static_cast<double>(whole));
    EXPECT_LE(npim_map_pipeline_bound(&s.map), npim_map_work_conserving_bound(&s.map) * (1 + 1e-12));
}

TEST(map, counts_and_bounds_follow_from_the_placements) {
    mapping::on_all(mapping::small_networks, check);
    mapping::on_all(mapping::large_networks, check);
}

TEST(map, intervals_are_those_of_one_replica_alone) {
    mapping::on_all(mapping::small_networks, [](const system &s) {
        for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
            if (s.at(n).arrays == 0) continue;
            const auto parts = s.parts(n);
            const uint64_t cycles_ps = s.arch->plan.n_cycles * s.arch->plan.cycle_ps;
            EXPECT_GE(s.at(n).interval_ps, cycles_ps);
            if (parts[0].array_to < s.at(n).arrays) continue;
            EXPECT_EQ(s.at(n).interval_ps, npim_pe_plan_interval_ps(&s.arch->plan, &parts[0].shape));
        }
    });
}

// conv1 6 x 5, pool, conv2 3 x 2, fc: with a replica for each position, neural-pim's 2 cycles of 123 ns.
TEST(map, a_small_network_ends_with_one_window_per_replica) {
    system s("tiny_chain.toml", "neural-pim");
    for (const char *name : {"conv1", "conv2", "fc"}) {
        const uint32_t n = s.g.only(name);
        EXPECT_EQ(npim_map_windows(&s.map, n), 1u) << name;
        EXPECT_EQ(s.at(n).interval_ps, 246000u) << name;
    }
    EXPECT_NEAR(npim_map_pipeline_bound(&s.map), 1e12 / 246000, 1e-3);
    // 112 columns on 1 array, 160 and 144 on 2, for 30, 6 and 1 windows.
    const double arrays = 280.0 * 64, busy = 30 + 6 * 2 + 2;
    EXPECT_EQ(s.at(s.g.only("fc")).arrays, 2u);
    EXPECT_NEAR(npim_map_work_conserving_bound(&s.map), arrays / busy * 1e12 / 246000, 1.0);
}

// A pool's storage, by hand: rows of running results only.
TEST(map, storage_of_a_pooling_unit_is_its_running_rows) {
    system s("tiny_chain.toml", "neural-pim");
    const uint32_t pool = s.g.only("pool"), conv2 = s.g.only("conv2");
    const npim_edge *edge = &s.g.core.edges[s.g.node(pool).first_edge];
    // 2 x 2 windows side by side, rows of 2 results.
    EXPECT_EQ(npim_map_storage_B(&s.map, edge, 1, 7, 7), 2u * 7);
    EXPECT_EQ(npim_map_storage_B(&s.map, edge, 1, 1, 7), 1u * 7);
    EXPECT_EQ(npim_map_storage_B(&s.map, edge, 3, 30, 7), 3u * 2 * 7);
    edge = &s.g.core.edges[s.g.node(conv2).first_edge];
    EXPECT_EQ(npim_map_storage_B(&s.map, edge, 3, 30, 7), 30u * 7);
    graph overlapping("name = \"t\"\n[network]\ninput = { channels = 1, height = 9, width = 9 }\n[[layer]]\n"
                      "name = \"p\"\nkind = \"maxpool\"\nkernel = 3\nstride = 2\n"
                      "[[layer]]\nname = \"c\"\nkind = \"fc\"\nchannels = 1\n");
    s.map.graph = &overlapping.core; // 3 x 3 windows by 2: two rows of 4 are open at a time
    EXPECT_EQ(npim_map_storage_B(&s.map, &overlapping.core.edges[0], 1, 21, 1), 8u);
    s.map.graph = &s.g.core;
}

TEST(map, a_round_is_what_replicas_side_by_side_read) {
    system s("tiny_residual.toml", "neural-pim"); // maps of 8 x 8
    const npim_edge *conv_b = &s.g.core.edges[s.g.node(s.g.only("conv_b")).first_edge];
    EXPECT_EQ(npim_map_rounds_px(&s.map, conv_b, 8, 1, 1), 3u * 8);
    EXPECT_EQ(npim_map_rounds_px(&s.map, conv_b, 8, 2, 1), 4u * 8);
    EXPECT_EQ(npim_map_rounds_px(&s.map, conv_b, 8, 1, 2), 4u * 8);
    EXPECT_EQ(npim_map_rounds_px(&s.map, conv_b, 8, 6, 1), 8u * 8);
    EXPECT_EQ(npim_map_rounds_px(&s.map, conv_b, 8, 8, 1), 8u * 8); // the whole map
    EXPECT_EQ(npim_map_rounds_px(&s.map, conv_b, 5, 2, 1), 4u * 5); // a band with its margins
    const npim_edge *direct = &s.g.core.edges[s.g.node(s.g.only("add")).first_edge + 1];
    EXPECT_EQ(direct->minimum_px, 10u);
    EXPECT_EQ(npim_map_rounds_px(&s.map, direct, 8, 1, 1), 10u); // a row of 8 is less than the minimum
    EXPECT_EQ(npim_map_rounds_px(&s.map, direct, 8, 2, 1), 16u);
    EXPECT_EQ(npim_map_rounds_px(&s.map, direct, 3, 1, 1), 3u + 2);
}

// Slides the minimum over a raster of rows and counts what lies in any of the bands.
TEST(map, the_minimum_of_a_band_is_the_most_of_its_pixels_in_the_minimum_of_the_rows) {
    for (uint32_t width = 1; width <= 7; width++)
        for (uint32_t px = 1; px <= 3 * width; px++)
            for (uint32_t columns = 1; columns <= width; columns++) {
                uint32_t most = 0;
                for (uint32_t from = 0; from + columns <= width; from++)
                    for (uint32_t first = 0; first < width; first++) {
                        uint32_t inside = 0;
                        for (uint32_t i = first; i < first + px; i++)
                            inside += i % width >= from && i % width < from + columns;
                        most = std::max(most, inside);
                    }
                npim_edge edge{};
                edge.minimum_px = px;
                EXPECT_EQ(npim_map_minimum_px(&edge, width, columns), most)
                    << px << " of rows of " << width << ", band of " << columns;
            }
}

// Columns by marking what every window of the replicas reads.
TEST(map, columns_are_those_that_the_windows_read) {
    mapping::on_all(mapping::small_networks, [](const system &s) {
        for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
            const npim_node &v = s.g.node(n);
            const npim_placement &p = s.at(n);
            if (v.kind != NPIM_NODE_WEIGHTS) continue;
            for (uint32_t first = 0; first < npim_map_replicas(&p); first++)
                for (uint32_t last = first; last < npim_map_replicas(&p); last++) {
                    std::set<uint32_t> read;
                    const uint64_t width = ceil_of(v.out_w, p.replica_bands);
                    for (uint32_t r = first; r <= last; r++)
                        for (uint64_t x = r % p.replica_bands * width;
                             x < std::min<uint64_t>(v.out_w, (r % p.replica_bands + 1) * width); x++)
                            for (uint32_t k = 0; k < v.kernel_w; k++) {
                                const int64_t at = static_cast<int64_t>(x * v.stride_w + k * v.dilation_w) -
                                                   static_cast<int64_t>(v.pad_left);
                                if (at >= 0 && at < v.in_w) read.insert(static_cast<uint32_t>(at));
                            }
                    uint32_t from, to;
                    npim_map_columns(&s.map, n, first, last, &from, &to);
                    if (first / p.replica_bands != last / p.replica_bands || read.empty()) {
                        EXPECT_EQ(from, 0u);
                        EXPECT_EQ(to, v.in_w);
                    } else {
                        EXPECT_EQ(from, *read.begin());
                        EXPECT_EQ(to, *read.rbegin() + 1);
                    }
                }
        }
    });
}

struct refusal {
    const char *net, *arch;
    mapping::assignments sets;
    const char *message;
};

// 2^25 weights of 16 columns on 128 x 128: 32 row chunks x 1024 column blocks.
TEST(map, what_does_not_fit_is_refused_with_the_numbers) {
    const refusal cases[] = {
        {"big_fc.toml",
         "neural-pim",
         {"system.chips=1"},
         "takes 32768 arrays on 512 tiles, 1 chip has 280 tiles of 64 arrays: at least 2 chips"},
        {"big_fc.toml", "isaac", {"system.chips=1"}, "1 chip has 177 tiles of 96 arrays: at least 2 chips"},
        {"big_fc.toml",
         "isaac-16bit",
         {"system.chips=1"},
         "1 chip has 168 tiles of 96 arrays: at least 2 chips"},
        {"big_fc.toml",
         "neural-pim",
         {"chip.tiles=3", "system.chips=7"},
         "7 chips have 21 tiles of 64 arrays: at least 171 chips"},
        {"tiny_fc.toml",
         "neural-pim",
         {"chip.tiles=1", "tile.pes=1", "pe.arrays=1", "system.chips=1"},
         "tiny_fc on neural-pim: one replica of every layer takes 2 arrays on 2 tiles, 1 chip has 1 tiles of "
         "1 arrays: at least 2 chips"}};
    for (const refusal &x : cases) {
        system s(x.net, x.arch, x.sets, NPIM_EFIT);
        EXPECT_NE(string(s.error.message).find(x.message), string::npos) << s.error.message;
        EXPECT_EQ(s.error.status, NPIM_EFIT);
        EXPECT_EQ(s.map.placements, nullptr);
        EXPECT_EQ(s.map.parts, nullptr);
        EXPECT_EQ(s.map.buffers, nullptr);
        EXPECT_EQ(s.map.tiles, nullptr);
    }
    system fits("big_fc.toml", "cascade"); // 64 x 1024 arrays of 75776
    EXPECT_EQ(fits.map.minimum_arrays, 65536u);
}

TEST(map, takes_the_last_array) {
    // 18 arrays in tiles of 3: exactly 6 tiles; with 5 they do not fit.
    const string net = "name = \"t\"\n[network]\ninput = { channels = 1100, height = 1, width = 1 }\n"
                       "[[layer]]\nname = \"c\"\nkind = \"fc\"\nchannels = 10\n";
    system exact(net, "neural-pim", {"tile.pes=1", "pe.arrays=3", "chip.tiles=6"});
    EXPECT_EQ(exact.map.used_tiles, 6u);
    EXPECT_EQ(exact.map.used_arrays, 18u);
    system small(net, "neural-pim", {"tile.pes=1", "pe.arrays=3", "chip.tiles=5", "system.chips=1"},
                 NPIM_EFIT);
    EXPECT_NE(string(small.error.message).find("takes 18 arrays on 6 tiles, 1 chip has 5 tiles"),
              string::npos)
        << small.error.message;
}

// Tiles whose buffers do not fit need buffer tiles, and those must exist.
TEST(map, buffers_that_do_not_fit_need_tiles) {
    const mapping::assignments tight = {"block.edram.size_B=64", "chip.tiles=40"};
    system s("tiny_residual.toml", "neural-pim", tight);
    EXPECT_GT(s.map.buffer_tiles, 0u);
    check(s);
    system none("tiny_residual.toml", "neural-pim",
                {"block.edram.size_B=64", "chip.tiles=4", "system.chips=1"}, NPIM_EFIT);
    EXPECT_NE(string(none.error.message).find(" tiles"), string::npos) << none.error.message;
    EXPECT_NE(string(none.error.message).find("1 chip has 4"), string::npos) << none.error.message;
}

// Less eDRAM or fewer tiles never make the pipeline faster.
TEST(map, more_tiles_are_never_slower) {
    double before = 0;
    for (const char *tiles : {"chip.tiles=150", "chip.tiles=200", "chip.tiles=280", "chip.tiles=400"}) {
        const system s("traces/googlenet", "neural-pim", {tiles});
        const double bound = npim_map_pipeline_bound(&s.map);
        EXPECT_GE(bound, before) << tiles;
        before = bound;
    }
}

TEST(map, fini_is_safe_on_nothing_and_twice) {
    npim_map map{};
    npim_map_fini(&map);
    npim_map_fini(&map);
    EXPECT_EQ(map.parts, nullptr);
}

} // namespace

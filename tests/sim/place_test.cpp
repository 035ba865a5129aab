#include "sim/place.h"
#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::system;

// Pooling and addition on the image itself, a layer larger than a tile, one whose row chunks are more than a
// tile, depthwise layers, and units behind a concatenation.
const std::string mixed = R"(name = "mixed"
[network]
input = { channels = 24, height = 11, width = 9 }
[[layer]]
name = "image_pool"
kind = "maxpool"
kernel = 3
stride = 1
padding = 1
[[layer]]
name = "image_sum"
kind = "add"
inputs = ["input", "image_pool"]
[[layer]]
name = "wide"
kind = "conv"
channels = 700
kernel = 3
padding = 1
[[layer]]
name = "wide_pool"
kind = "maxpool"
kernel = 3
stride = 2
padding = 1
[[layer]]
name = "depthwise"
kind = "conv"
inputs = ["image_sum"]
channels = 24
kernel = 3
stride = 2
padding = 1
groups = 24
[[layer]]
name = "both"
kind = "concat"
inputs = ["wide_pool", "depthwise"]
[[layer]]
name = "relu"
kind = "activation"
activation = "relu"
[[layer]]
name = "half"
kind = "avgpool"
kernel = 2
stride = 2
[[layer]]
name = "fc"
kind = "fc"
channels = 30
)";

// Every array of every replica once; every channel finished once.
void check_replica(const system &s, uint32_t n, uint32_t replica) {
    uint32_t arrays = 0, psum = 0;
    std::vector<uint32_t> finished(s.g.node(n).channels);
    const npim_part *before = nullptr;
    const auto parts = s.parts(n);
    for (const npim_part &p : parts) {
        if (p.replica != replica) continue;
        for (uint32_t c = p.out_from; c < p.out_to; c++) finished.at(c)++;
        if (before) {
            EXPECT_NE(p.tile, before->tile);
        }
        before = &p;
        if (s.g.node(n).kind != NPIM_NODE_WEIGHTS) continue;
        EXPECT_EQ(p.array_from, arrays);
        EXPECT_GT(p.array_to, p.array_from);
        EXPECT_EQ(p.psum_in, psum);
        arrays = p.array_to;
        psum = p.psum_out;
    }
    EXPECT_EQ(arrays, s.at(n).arrays);
    EXPECT_EQ(psum, 0u);
    for (const uint32_t times : finished) ASSERT_EQ(times, 1u) << s.g.layer(n).name << " " << replica;
}

void check_partition(const system &s) {
    uint32_t next = 0;
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
        SCOPED_TRACE(s.g.layer(n).name);
        const npim_node_kind kind = s.g.node(n).kind;
        EXPECT_EQ(s.at(n).first_part, next);
        next += s.at(n).n_parts;
        if (kind == NPIM_NODE_INPUT || kind == NPIM_NODE_OUTPUT) {
            EXPECT_EQ(s.at(n).n_parts, 0u);
            continue;
        }
        uint32_t replica = 0;
        for (const npim_part &p : s.parts(n)) {
            EXPECT_EQ(p.node, n);
            EXPECT_TRUE(p.replica == replica || p.replica == replica + 1);
            replica = p.replica;
        }
        EXPECT_EQ(replica + 1, npim_map_replicas(&s.at(n)));
        for (uint32_t r = 0; r <= replica; r++) check_replica(s, n, r);
    }
    EXPECT_EQ(next, s.map.n_parts);
}

void check_tiles(const system &s, uint32_t n_tiles) {
    std::map<uint32_t, uint32_t> arrays;
    uint32_t most = 0;
    for (uint32_t i = 0; i < s.map.n_parts; i++) {
        const npim_part &p = s.map.parts[i];
        arrays[p.tile] += p.array_to - p.array_from;
        most = std::max(most, p.tile + 1);
    }
    EXPECT_EQ(n_tiles, most);
    for (uint32_t t = 0; t < n_tiles; t++) {
        EXPECT_EQ(s.map.tiles[t].arrays, arrays[t]) << "tile " << t;
        EXPECT_LE(arrays[t], s.arrays_per_tile());
    }
}

// Which channel of its host's output a channel of a node without weights is, along its latest producers.
uint32_t channel_of_host(const system &s, uint32_t n, uint32_t c) {
    while (s.g.node(n).host != n) {
        const npim_edge &latest = mapping::own_edge(s.g.core, n);
        c += s.g.node(n).own_c - latest.consumer_c + latest.producer_c;
        n = latest.producer;
    }
    return c;
}

bool finishes(const system &s, uint32_t n, uint32_t tile, uint32_t channel) {
    const auto parts = s.parts(n);
    return std::any_of(parts.begin(), parts.end(), [&](const npim_part &p) {
        return p.tile == tile && p.out_from <= channel && channel < p.out_to;
    });
}

// What a part without weights reads: all that its channels read.
void check_channels_read(const system &s, const npim_part &p) {
    const npim_node &v = s.g.node(p.node);
    const npim_layer &x = s.g.layer(p.node);
    const uint32_t first = v.c_from - v.own_c; // of the layer's input, where the node's input begins
    if (v.kind == NPIM_NODE_MOVE) {
        EXPECT_EQ(p.in_from, 0u);
        EXPECT_EQ(p.in_to, v.in_c);
        return;
    }
    EXPECT_EQ(p.in_from + first, mapping::channels_read(x, v.c_from + p.out_from).first) << x.name;
    EXPECT_EQ(p.in_to + first, mapping::channels_read(x, v.c_from + p.out_to - 1).second + 1) << x.name;
}

// Units run on the tiles that finish the channels that they read last, or on one tile when that is the image
// or when they gather.
void check_hosted(const system &s) {
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
        const uint32_t host = s.g.node(n).host;
        if (s.g.node(n).n_edges == 0 || s.g.node(n).kind == NPIM_NODE_WEIGHTS) continue;
        for (const npim_part &p : s.parts(n)) {
            check_channels_read(s, p);
            if (host == n) {
                EXPECT_EQ(s.at(n).n_parts, 1u);
                continue;
            }
            for (const uint32_t c : {p.out_from, p.out_to - 1})
                EXPECT_TRUE(finishes(s, host, p.tile, channel_of_host(s, n, c)))
                    << s.g.layer(n).name << " channel " << c << " on tile " << p.tile;
        }
    }
}

// Partial sums leave a tile only where the row chunks of a column block are more than a tile has arrays, or
// where whole blocks would leave more than an eighth of it idle.
void check_chains(const system &s) {
    const uint32_t whole = s.arrays_per_tile();
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) {
        const npim_placement &at = s.at(n);
        const uint32_t block = at.groups_per_array ? 1 : at.row_chunks;
        const bool may = at.arrays > whole && (block > whole || whole % block * 8 > whole);
        for (const npim_part &p : s.parts(n))
            if (!may) {
                EXPECT_EQ(p.psum_in + p.psum_out, 0u) << s.g.layer(n).name;
            }
        if (at.arrays > 0 && at.arrays <= whole) {
            EXPECT_EQ(at.n_parts, npim_map_replicas(&at)) << s.g.layer(n).name;
        }
    }
}

void check(const system &s, uint32_t n_tiles) {
    check_partition(s);
    check_tiles(s, n_tiles);
    check_hosted(s);
}

// Both ways to place what the mapper has chosen.
void check_both(system &s) {
    uint32_t tiles = 0;
    check(s, s.map.used_tiles);
    ASSERT_EQ(npim_place(&s.map, false, &tiles, &s.error), NPIM_OK) << s.error.message;
    check(s, tiles);
    check_chains(s);
    ASSERT_EQ(npim_place(&s.map, true, &tiles, &s.error), NPIM_OK) << s.error.message;
    check(s, tiles);
}

TEST(place, every_array_and_every_channel_once) {
    mapping::on_all(mapping::small_networks, check_both);
    mapping::on_all(std::array<const char *, 1>{mixed.c_str()}, check_both);
}

// Two concatenations cut at different channels are added: the parts of the sum begin inside their host's
// channels. Tiles of 2 arrays hold 16 channels each.
TEST(place, units_follow_the_channels_of_their_host) {
    std::string text = "name = \"t\"\n[network]\ninput = { channels = 3, height = 4, width = 3 }\n";
    const std::pair<const char *, int> convolutions[] = {{"a", 50}, {"b", 30}, {"c", 20}, {"d", 60}};
    for (const auto &[name, channels] : convolutions)
        text +=
            std::string("[[layer]]\nname = \"") + name +
            "\"\nkind = \"conv\"\nkernel = 1\ninputs = [\"input\"]\nchannels = " + std::to_string(channels) +
            "\n";
    text += "[[layer]]\nname = \"ab\"\nkind = \"concat\"\ninputs = [\"a\", \"b\"]\n"
            "[[layer]]\nname = \"cd\"\nkind = \"concat\"\ninputs = [\"c\", \"d\"]\n"
            "[[layer]]\nname = \"sum\"\nkind = \"add\"\ninputs = [\"ab\", \"cd\"]\n"
            "[[layer]]\nname = \"pool\"\nkind = \"maxpool\"\nkernel = 2\nstride = 1\n";
    for (const char *tiles : {"chip.tiles=20", "chip.tiles=100"}) {
        system s(text, "neural-pim", {"tile.pes=1", "pe.arrays=2", tiles});
        check_both(s);
    }
}

TEST(place, every_array_and_every_channel_of_large_networks_once) {
    mapping::on_all(mapping::large_networks, check_both);
}

// A part shares a tile only while the buffers of all parts there fit its eDRAM.
TEST(place, shared_tiles_hold_their_buffers) {
    const auto check_storage = [](const system &s) {
        std::map<uint32_t, uint32_t> parts;
        for (uint32_t i = 0; i < s.map.n_parts; i++)
            parts[s.map.parts[i].tile] += s.g.node(s.map.parts[i].node).kind == NPIM_NODE_WEIGHTS;
        for (const auto &[tile, n] : parts)
            if (n > 1) {
                EXPECT_LE(s.map.tiles[tile].needed_B, s.edram_B()) << "tile " << tile;
            }
    };
    mapping::on_all(mapping::small_networks, check_storage);
    mapping::on_all(mapping::large_networks, check_storage);
    mapping::on_all(std::array<const char *, 1>{mixed.c_str()}, check_storage);
}

// 24 x 9 = 216 rows and 700 x 16 columns on neural-pim: 2 row chunks, 88 column blocks, 176 arrays; a tile
// has 64.
TEST(place, a_large_layer_by_hand) {
    system s(mixed, "neural-pim");
    const uint32_t wide = s.g.only("wide");
    EXPECT_EQ(s.at(wide).row_chunks, 2u);
    EXPECT_EQ(s.at(wide).arrays, 176u);
    const uint32_t arrays[] = {64, 64, 48}, outputs[] = {256, 256, 188};
    const auto parts = s.parts(wide);
    ASSERT_GE(parts.size(), 3u);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(parts[i].array_to - parts[i].array_from, arrays[i]);
        EXPECT_EQ(parts[i].out_to - parts[i].out_from, outputs[i]);
        EXPECT_EQ(parts[i].in_from, 0u);
        EXPECT_EQ(parts[i].in_to, 24u);
    }
}

// Chains where tiles have 5 arrays: 9 row chunks of 128 rows.
TEST(place, row_chunks_of_more_than_a_tile_form_a_chain) {
    system s("name = \"t\"\n[network]\ninput = { channels = 1100, height = 2, width = 2 }\n"
             "[[layer]]\nname = \"c\"\nkind = \"conv\"\nkernel = 1\nchannels = 10\n",
             "neural-pim", {"tile.pes=1", "pe.arrays=5", "chip.tiles=5"});
    const uint32_t c = s.g.only("c");
    ASSERT_EQ(s.at(c).arrays, 18u); // 9 chunks for 8 outputs, 9 for the other 2
    const auto parts = s.parts(c);
    ASSERT_EQ(parts.size(), 4u);
    const uint32_t psum_out[] = {8, 2, 2, 0}, finished[] = {0, 8, 0, 2};
    for (size_t i = 0; i < 4; i++) {
        EXPECT_EQ(parts[i].psum_out, psum_out[i]) << i;
        EXPECT_EQ(parts[i].out_to - parts[i].out_from, finished[i]) << i;
    }
}

TEST(place, goes_beyond_the_last_tile_to_say_how_many_it_takes) {
    system s("tiny_residual.toml", "isaac");
    for (const char *name : {"conv_a", "conv_b"}) { // 64 arrays each, 96 on a tile
        s.map.placements[s.g.only(name)].replica_rows = 8;
        s.map.placements[s.g.only(name)].replica_bands = 8;
    }
    s.map.n_tiles = 1;
    uint32_t tiles = 0;
    ASSERT_EQ(npim_place(&s.map, false, &tiles, &s.error), NPIM_OK);
    EXPECT_GT(tiles, 1u);
    check_partition(s);
    check_tiles(s, tiles);
}

TEST(place, refuses_more_parts_than_it_can_count) {
    system s("tiny_conv.toml", "isaac");
    uint32_t tiles = 0;
    s.map.placements[s.g.only("conv")].replica_rows =
        NPIM_MAX_PARTS - 1; // and the image and the host: one each
    EXPECT_EQ(npim_place(&s.map, false, &tiles, &s.error), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(s.error.message).find("more than 4194304 parts"), std::string::npos)
        << s.error.message;
}

// Chains of n layers; of what each layer without weights looks at, most lies before it.
std::string chain(int n, const std::string &kind, const std::string &keys) {
    std::string text = "name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8 }\n[[layer]]\n"
                       "name = \"first\"\nkind = \"conv\"\nkernel = 1\nchannels = 16\n";
    for (int i = 1; i < n; i++)
        text += "[[layer]]\nname = \"l" + std::to_string(i) + "\"\nkind = \"" + kind + "\"\n" + keys;
    return text;
}

TEST(place, long_chains_take_no_long) {
    const std::string window = "kernel = 3\npadding = 1\n";
    const system convs(chain(2000, "conv", window + "channels = 16\n"), "isaac");
    const system pools(chain(2000, "maxpool", window + "stride = 1\n"), "isaac");
    for (const system *s : {&convs, &pools}) {
        EXPECT_EQ(s->g.core.n_nodes, 2002u);
        for (uint32_t n = 1; n <= 2000; n++) EXPECT_GT(s->at(n).n_parts, 0u);
    }
    EXPECT_EQ(pools.g.node(2000).host, 1u);
}

} // namespace

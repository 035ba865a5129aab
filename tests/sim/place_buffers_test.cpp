#include "sim/place.h"
#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::assignments;
using mapping::ceil_of;
using mapping::system;

// What the parts of one tile keep of one edge.
struct hull {
    uint32_t from = UINT32_MAX, to = 0;
    std::set<uint32_t> rows, columns;
};

std::map<std::pair<uint32_t, uint32_t>, hull> hulls(const system &s) {
    std::map<std::pair<uint32_t, uint32_t>, hull> found;
    for (uint32_t i = 0; i < s.map.n_parts; i++) {
        const npim_part &p = s.map.parts[i];
        const npim_node &v = s.g.node(p.node);
        for (uint32_t e = v.first_edge; e < v.first_edge + v.n_edges; e++) {
            const npim_edge &edge = s.g.core.edges[e];
            const uint32_t from = std::max(p.in_from, edge.consumer_c),
                           to = std::min(p.in_to, edge.consumer_c + edge.channels);
            if (from >= to) continue;
            hull &h = found[{p.tile, e}];
            h.from = std::min(h.from, from);
            h.to = std::max(h.to, to);
            const npim_placement &at = s.at(p.node);
            h.rows.insert(p.replica / at.replica_bands);
            const uint64_t width = ceil_of(v.out_w, at.replica_bands), band = p.replica % at.replica_bands;
            for (uint64_t x = band * width; x < std::min<uint64_t>(v.out_w, (band + 1) * width); x++)
                for (uint32_t k = 0; k < v.kernel_w; k++) {
                    const uint64_t column = x * v.stride_w + k * v.dilation_w;
                    if (column >= v.pad_left && column - v.pad_left < v.in_w)
                        h.columns.insert(static_cast<uint32_t>(column - v.pad_left));
                }
        }
    }
    return found;
}

// One buffer for each edge of which a tile reads something, for the channels between the first and the last.
void check_coverage(const system &s) {
    auto expected = hulls(s);
    EXPECT_EQ(s.map.n_buffers, expected.size());
    for (uint32_t i = 0; i < s.map.n_buffers; i++) {
        const npim_map_buffer &b = s.map.buffers[i];
        ASSERT_EQ(expected.count({b.tile, b.edge}), 1u) << "twice, or nobody reads it";
        const hull h = expected[{b.tile, b.edge}];
        expected.erase({b.tile, b.edge});
        EXPECT_EQ(b.in_from, h.from);
        EXPECT_EQ(b.in_to, h.to);
        EXPECT_EQ(b.rows, h.rows.size());
        EXPECT_EQ(b.x_from, *h.columns.begin());
        EXPECT_EQ(b.x_to, *h.columns.rbegin() + 1);
        EXPECT_EQ(b.pixel_B, (h.to - h.from) * s.arch->data.activation_B);
    }
}

// A pooling unit keeps rows of running results: one for each replica or each window that overlaps.
uint64_t stored_B(const system &s, const npim_map_buffer &b, uint64_t px) {
    const npim_node &v = s.g.node(s.g.core.edges[b.edge].consumer);
    if (v.kind == NPIM_NODE_POOL)
        px = std::min(px, std::max<uint64_t>(b.rows, ceil_of(v.kernel_h, v.stride_h)) * v.out_w);
    return px * b.pixel_B;
}

// The edge's minimum, of which at most so many pixels lie in the columns that are read here.
uint64_t minimum_px(const system &s, const npim_map_buffer &b) {
    const npim_edge &edge = s.g.core.edges[b.edge];
    const uint64_t width = s.g.node(edge.consumer).in_w, columns = b.x_to - b.x_from;
    return edge.minimum_px / width * columns + std::min(edge.minimum_px % width, columns);
}

// Pixels that the buffer's rows of windows, side by side, read from top to bottom.
uint64_t round_px(const system &s, const npim_map_buffer &b) {
    const npim_edge &edge = s.g.core.edges[b.edge];
    const npim_node &v = s.g.node(edge.consumer);
    std::set<uint32_t> rows; // of an input that never ends
    for (uint32_t y = 0; y < b.rows; y++)
        for (uint32_t k = 0; k < v.kernel_h; k++) rows.insert(y * v.stride_h + k * v.dilation_h);
    uint64_t span = *rows.rbegin() + 1;
    if (v.stride_h > (v.kernel_h - 1) * v.dilation_h + 1) // rows between windows are never sent
        span = uint64_t{b.rows} * ((v.kernel_h - 1) * v.dilation_h + 1);
    uint64_t px =
        std::max<uint64_t>(minimum_px(s, b), std::min<uint64_t>(span, v.in_h) * (b.x_to - b.x_from));
    // A sequence for every replica that makes one, so that they need not wait for each other.
    const npim_node &from = s.g.node(edge.producer);
    const uint32_t sequences =
        s.at(edge.consumer).replica_images > 1 ? 1 : s.at(edge.producer).replica_images;
    if ((sequences > 1 || v.recurrent) && edge.producer != edge.consumer)
        px = std::max(px, uint64_t{sequences} * from.out_h * from.out_w);
    return px;
}

void check_capacities(const system &s) {
    for (uint32_t i = 0; i < s.map.n_buffers; i++) {
        const npim_map_buffer &b = s.map.buffers[i];
        const npim_edge &edge = s.g.core.edges[b.edge];
        const uint32_t extra = s.arch->run.extra_windows * s.g.node(edge.consumer).stride_w;
        EXPECT_EQ(b.minimum_px, minimum_px(s, b) + extra);
        if (s.arch->run.minimum_buffers) {
            EXPECT_EQ(b.capacity_px, b.minimum_px);
        } else {
            EXPECT_GE(b.capacity_px, b.minimum_px);
            EXPECT_LE(b.capacity_px, std::max<uint64_t>(b.minimum_px, 2 * round_px(s, b)));
        }
    }
}

// Buffers lie one behind the other; they fill the eDRAM at most, unless they do not fit even at their
// minimum. What does not fit is counted in buffer tiles.
void check_storage(const system &s) {
    std::vector<uint64_t> address(s.map.n_tiles), minimum(s.map.n_tiles), outputs(s.map.n_tiles);
    for (uint32_t i = 0; i < s.map.n_parts; i++) {
        const npim_part &p = s.map.parts[i];
        outputs[p.tile] += uint64_t{2} * (p.out_to - p.out_from) * s.arch->data.activation_B;
    }
    for (uint32_t i = 0; i < s.map.n_buffers; i++) {
        const npim_map_buffer &b = s.map.buffers[i];
        EXPECT_EQ(b.address, address[b.tile]);
        address[b.tile] += stored_B(s, b, b.capacity_px);
        minimum[b.tile] += stored_B(s, b, b.minimum_px);
    }
    uint64_t overflow_B = 0;
    for (uint32_t t = 0; t < s.map.n_tiles; t++) {
        const uint64_t needed_B = minimum[t] + outputs[t];
        EXPECT_EQ(s.map.tiles[t].needed_B, needed_B);
        EXPECT_EQ(s.map.tiles[t].buffers_B, address[t]);
        EXPECT_LE(address[t] + outputs[t], std::max(s.edram_B(), needed_B)) << "tile " << t;
        overflow_B += needed_B > s.edram_B() ? needed_B - s.edram_B() : 0;
    }
    EXPECT_EQ(s.map.buffer_tiles, ceil_of(overflow_B, s.edram_B()));
}

void check(const system &s) {
    check_coverage(s);
    check_capacities(s);
    check_storage(s);
}

TEST(place_buffers, hold_their_minimum_and_fill_the_edram_at_most) {
    mapping::on_all(mapping::small_networks, check);
    mapping::on_all(mapping::large_networks, check);
}

TEST(place_buffers, at_their_minimum_and_some_windows_more) {
    for (const char *minimum : {"run.minimum_buffers=true", "run.minimum_buffers=false"})
        for (const char *extra : {"run.extra_windows=0", "run.extra_windows=1", "run.extra_windows=7"})
            for (const char *net : {"tiny_chain.toml", "tiny_residual.toml", "tiny_depthwise.toml"})
                for (const char *arch : mapping::arch_names) {
                    SCOPED_TRACE(std::string(net) + " on " + arch + " with " + minimum + " " + extra);
                    check(system(net, arch, {minimum, extra}));
                }
}

// 8 x 8 pixels of 8 channels: the edge into a 3x3 window keeps 2 rows and 3 pixels, the direct one into the
// addition 10 pixels; one window more is one pixel more.
TEST(place_buffers, of_a_residual_network_by_hand) {
    for (uint32_t extra = 0; extra < 3; extra++) {
        const std::string set = "run.extra_windows=" + std::to_string(extra);
        system s("tiny_residual.toml", "neural-pim", {"run.minimum_buffers=true", set.c_str()});
        const uint32_t conv_b = s.g.only("conv_b"), add = s.g.only("add"), conv_a = s.g.only("conv_a");
        for (uint32_t i = 0; i < s.map.n_buffers; i++) {
            const npim_map_buffer &b = s.map.buffers[i];
            const npim_edge &edge = s.g.core.edges[b.edge];
            if (edge.consumer != conv_b && edge.consumer != add) continue;
            const uint32_t window = edge.consumer == conv_b ? 19 : edge.producer == conv_a ? 10 : 1;
            EXPECT_EQ(b.capacity_px, window + extra);
        }
    }
}

// The smaller the eDRAM, the more buffer tiles.
TEST(place_buffers, overflow_into_buffer_tiles) {
    uint32_t before = 0;
    for (const char *size : {"block.edram.size_B=32768", "block.edram.size_B=1024", "block.edram.size_B=512",
                             "block.edram.size_B=256"}) {
        SCOPED_TRACE(size);
        system s("traces/mobilenet_v2", "cascade", {size, "chip.tiles=4096"});
        check(s);
        EXPECT_GE(s.map.buffer_tiles, before);
        before = s.map.buffer_tiles;
    }
    EXPECT_GT(before, 0u);
}

// The eDRAM that is left goes to buffers that want it: with enough of it every buffer holds two rounds.
TEST(place_buffers, are_raised_to_two_rounds_where_there_is_room) {
    const system s("tiny_residual.toml", "isaac", {"block.edram.size_B=1000000"});
    for (uint32_t i = 0; i < s.map.n_buffers; i++)
        EXPECT_EQ(s.map.buffers[i].capacity_px, 2 * round_px(s, s.map.buffers[i]));
}

} // namespace

#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::each_slot;
using mapping::each_window;
using mapping::read_positions;
using mapping::system;

using pixel_map = std::vector<std::vector<uint32_t>>; // [row][column]

pixel_map blank(const npim_node &v) {
    return pixel_map(v.out_h, std::vector<uint32_t>(v.out_w));
}

// The windows of all slots of a node finish every channel of every position once.
void check_windows(const system &s) {
    std::vector<pixel_map> finished;
    for (uint32_t n = 0; n < s.g.core.n_nodes; n++) finished.push_back(blank(s.g.node(n)));
    uint32_t slots = 0;
    each_slot(s.program, [&](const npim_program_slot &slot, uint32_t) {
        slots++;
        each_window(slot, [&](uint32_t y, uint32_t x) { finished[slot.node].at(y).at(x) += slot.outputs; });
    });
    EXPECT_EQ(slots, s.map.n_parts);
    for (uint32_t n = s.program.n_hosts; n + 1 < s.g.core.n_nodes; n++) // each replica by image makes all
        for (const auto &row : finished[n])
            for (const uint32_t channels : row)
                ASSERT_EQ(channels, s.g.node(n).channels * s.at(n).replica_images) << n;
}

// Of each buffer the pixels that some window on its tile reads: per row from the first to the last column.
void check_buffer_rows(const system &s, const npim_map_buffer &b, const npim_program_buffer &buffer) {
    const npim_edge &edge = s.g.core.edges[b.edge];
    const npim_node &v = s.g.node(edge.consumer), &from = s.g.node(edge.producer);
    std::vector<uint32_t> first(from.out_h, UINT32_MAX), end(from.out_h);
    const npim_program_tile &tile = s.program.tiles[b.tile];
    for (uint32_t i = 0; i < tile.n_slots; i++) {
        const npim_program_slot &slot = tile.slots[i];
        if (slot.node != edge.consumer) continue;
        EXPECT_EQ(buffer.window.image_first, slot.image);
        EXPECT_EQ(buffer.window.image_step, slot.image_step);
        std::set<uint32_t> columns;
        for (uint32_t x = slot.x_from; x < slot.x_to; x++)
            columns.merge(read_positions(x, v.stride_w, v.pad_left, v.kernel_w, v.dilation_w, v.in_w));
        for (uint32_t y = slot.row; y < slot.out_h; y += slot.row_step) {
            const auto rows =
                read_positions(y, v.stride_h, edge.pad_top, v.kernel_h, v.dilation_h, from.out_h);
            for (uint32_t row = *rows.begin(); row <= *rows.rbegin(); row++) { // with what dilation skips
                first[row] = std::min(first[row], *columns.begin());
                end[row] = std::max(end[row], *columns.rbegin() + 1);
            }
        }
    }
    ASSERT_EQ(buffer.window.height, from.out_h);
    for (uint32_t y = 0; y < from.out_h; y++) {
        if (end[y] > 0) {
            EXPECT_EQ(buffer.window.row_from[y], first[y]);
        }
        EXPECT_EQ(end[y] > 0, buffer.window.row_from[y] < buffer.window.row_to[y]);
        if (end[y] > 0) {
            EXPECT_EQ(buffer.window.row_to[y], end[y]);
        }
    }
}

// From a buffer of the map to that of the program: numbered per tile in the same order.
std::vector<const npim_program_buffer *> program_buffers(const system &s) {
    std::vector<uint32_t> next(s.map.n_tiles);
    std::vector<const npim_program_buffer *> found;
    for (uint32_t b = 0; b < s.map.n_buffers; b++)
        found.push_back(&s.program.tiles[s.map.buffers[b].tile].buffers[next[s.map.buffers[b].tile]++]);
    return found;
}

void check_buffers(const system &s) {
    const auto buffers = program_buffers(s);
    for (uint32_t b = 0; b < s.map.n_buffers; b++) {
        const npim_map_buffer &m = s.map.buffers[b];
        const npim_program_buffer &p = *buffers[b];
        const npim_placement &producer = s.at(s.g.core.edges[m.edge].producer);
        EXPECT_EQ(p.edge, m.edge);
        EXPECT_EQ(p.address, m.address);
        EXPECT_EQ(p.window.capacity, m.capacity_px);
        EXPECT_EQ(p.pad_top, s.g.core.edges[m.edge].pad_top);
        EXPECT_EQ(p.window.n_replicas, producer.replica_rows);
        EXPECT_EQ(p.window.n_image_replicas, producer.replica_images);
        EXPECT_EQ(p.window.image_step, s.at(s.g.core.edges[m.edge].consumer).replica_images);
        EXPECT_EQ(p.window.n_bands, producer.replica_bands);
        EXPECT_EQ(p.window.band_x[0], 0u);
        EXPECT_EQ(p.window.band_x[p.window.n_bands], s.g.node(s.g.core.edges[m.edge].producer).out_w);
        check_buffer_rows(s, m, p);
    }
}

struct arrival {
    std::multiset<uint32_t> pieces;
    uint64_t bytes = 0;
    pixel_map covered;
};

// What each buffer gets from each replica of its producer; tile and number of the buffer, replica.
using arrivals = std::map<std::array<uint32_t, 3>, arrival>;

arrivals collect(const system &s) {
    arrivals found;
    const auto add = [&](const npim_program_slot &slot, uint32_t) {
        for (uint32_t i = 0; i < slot.n_destinations; i++) {
            const npim_program_destination &d = slot.destinations[i];
            if (d.tile == NPIM_HOST_TILE) continue;
            arrival &a = found[{d.tile, d.buffer, slot.replica}];
            EXPECT_EQ(s.g.core.edges[s.program.tiles[d.tile].buffers[d.buffer].edge].producer, slot.node);
            a.pieces.insert(d.piece);
            a.bytes += d.bytes;
            if (a.covered.empty()) a.covered = blank(s.g.node(slot.node));
            each_window(slot, [&](uint32_t y, uint32_t x) { a.covered[y][x]++; });
        }
    };
    for (uint32_t i = 0; i < s.program.n_hosts; i++) add(s.program.hosts[i], 0);
    each_slot(s.program, add);
    return found;
}

// Every pixel of the producer reaches the buffer from exactly one replica, in as many pieces as the buffer
// waits for, which together are all of its channels.
void check_arrivals(const system &s) {
    arrivals found = collect(s);
    std::vector<uint32_t> next(s.map.n_tiles);
    for (uint32_t b = 0; b < s.map.n_buffers; b++) {
        const npim_map_buffer &m = s.map.buffers[b];
        const uint32_t number = next[m.tile]++, producer = s.g.core.edges[m.edge].producer;
        const npim_program_buffer &buffer = s.program.tiles[m.tile].buffers[number];
        const uint32_t bands = s.at(producer).replica_bands, images = s.at(producer).replica_images;
        const bool same_images = images > 1 && images == buffer.window.image_step;
        pixel_map replicas = blank(s.g.node(producer));
        for (uint32_t r = 0; r < npim_map_replicas(&s.at(producer)); r++) {
            if (same_images && r != buffer.window.image_first) {
                EXPECT_EQ(found.count({m.tile, number, r}), 0u) << "images that are never read here";
                continue;
            }
            const arrival &a = found[{m.tile, number, r}];
            const uint32_t n = buffer.window.n_pieces[r];
            ASSERT_EQ(a.pieces.size(), n);
            uint32_t piece = 0;
            for (const uint32_t p : a.pieces) EXPECT_EQ(p, piece++);
            EXPECT_EQ(a.bytes, m.pixel_B);
            for (uint32_t y = 0; y < replicas.size(); y++)
                for (uint32_t x = 0; x < replicas[y].size(); x++) {
                    ASSERT_TRUE(a.covered[y][x] == 0 || a.covered[y][x] == n);
                    if (a.covered[y][x] == 0) continue;
                    replicas[y][x]++;
                    ASSERT_EQ(y % buffer.window.n_replicas, images > 1 ? 0 : r / bands);
                    ASSERT_GE(x, buffer.window.band_x[r % bands]);
                    ASSERT_LT(x, buffer.window.band_x[r % bands + 1]);
                }
            found.erase({m.tile, number, r});
        }
        for (const auto &row : replicas)
            for (const uint32_t times : row) ASSERT_EQ(times, same_images ? 1u : images);
    }
    EXPECT_TRUE(found.empty());
}

// A slot reads of every edge what its rows of weights need, from buffers of its own tile.
void check_inputs(const system &s) {
    std::vector<uint32_t> next(s.map.n_tiles);
    for (uint32_t i = 0; i < s.map.n_parts; i++) {
        const npim_part &part = s.map.parts[i];
        const npim_program_tile &tile = s.program.tiles[part.tile];
        const npim_program_slot &slot = tile.slots[next[part.tile]++];
        EXPECT_EQ(slot.node, part.node);
        EXPECT_EQ(slot.replica, part.replica);
        EXPECT_EQ(slot.arrays, part.array_to - part.array_from);
        const npim_node &v = s.g.node(part.node);
        uint64_t bytes = 0;
        for (uint32_t k = 0; k < slot.n_inputs; k++) {
            ASSERT_LT(slot.inputs[k].buffer, tile.n_buffers);
            EXPECT_EQ(s.g.core.edges[tile.buffers[slot.inputs[k].buffer].edge].consumer, part.node);
            bytes += slot.inputs[k].pixel_B;
        }
        const uint64_t times = v.kind == NPIM_NODE_ADD || v.recurrent ? s.g.layer(part.node).n_inputs : 1;
        uint64_t channels = times * (part.in_to - part.in_from);
        if (v.recurrent) { // the hidden units, behind the channels of a step, come from the layer itself
            const uint32_t c = s.g.layer(part.node).in_c;
            channels =
                times * (std::min(part.in_to, c) - std::min(part.in_from, c)) +
                (s.g.layer(part.node).out_h > 1 ? std::max(part.in_to, c) - std::max(part.in_from, c) : 0);
        }
        EXPECT_EQ(bytes, channels * s.arch->data.activation_B);
    }
}

void check_host(const system &s) {
    const npim_node &result = s.g.node(s.g.core.n_nodes - 1);
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < s.program.n_hosts; i++) {
        const npim_program_slot &host = s.program.hosts[i];
        const npim_node &image = s.g.node(i);
        uint64_t image_px = 0;
        each_window(host, [&](uint32_t, uint32_t) { image_px++; });
        EXPECT_EQ(image.kind, NPIM_NODE_INPUT);
        EXPECT_EQ(host.layer, image.layer);
        EXPECT_EQ(image_px, uint64_t{image.out_h} * image.out_w);
        EXPECT_EQ(host.outputs, image.channels);
    }
    EXPECT_NE(s.g.node(s.program.n_hosts).kind, NPIM_NODE_INPUT);
    each_slot(s.program, [&](const npim_program_slot &slot, uint32_t) {
        for (uint32_t i = 0; i < slot.n_destinations; i++) {
            if (slot.destinations[i].tile != NPIM_HOST_TILE) continue;
            if (slot.image > 0) continue; // of the first image
            each_window(slot, [&](uint32_t, uint32_t) { bytes += slot.destinations[i].bytes; });
        }
    });
    EXPECT_EQ(s.program.host_B, bytes);
    EXPECT_EQ(bytes, uint64_t{result.in_h} * result.in_w * result.in_c * s.arch->data.activation_B);
}

// Destinations of one group carry the same channels; groups ascend from 0 without gaps; nobody twice.
void check_groups(const npim_program_slot &slot) {
    std::set<std::pair<uint32_t, uint32_t>> seen;
    uint32_t group = 0;
    for (uint32_t i = 0; i < slot.n_destinations; i++) {
        const npim_program_destination &d = slot.destinations[i];
        EXPECT_GT(d.bytes, 0u);
        EXPECT_LE(d.bytes, slot.output_B);
        EXPECT_TRUE(d.group == group || (i > 0 && d.group == group + 1));
        if (i > 0 && d.group == group) {
            EXPECT_EQ(d.bytes, slot.destinations[i - 1].bytes);
        }
        group = d.group;
        EXPECT_TRUE(seen.insert({d.tile, d.buffer}).second);
    }
    EXPECT_EQ(slot.n_groups, slot.n_destinations ? group + 1 : 0);
}

// Partial sums go to a slot of the same replica on another tile that waits for as many.
void check_psums(const system &s, const npim_program_slot &slot, uint32_t tile) {
    if (slot.psum_out_B == 0) return;
    ASSERT_LT(slot.psum_tile, s.program.n_tiles);
    ASSERT_LT(slot.psum_slot, s.program.tiles[slot.psum_tile].n_slots);
    const npim_program_slot &to = s.program.tiles[slot.psum_tile].slots[slot.psum_slot];
    EXPECT_NE(slot.psum_tile, tile);
    EXPECT_EQ(to.node, slot.node);
    EXPECT_EQ(to.replica, slot.replica);
    EXPECT_EQ(to.psum_in * s.arch->data.psum_B, slot.psum_out_B);
}

void check(system &s) {
    s.lower();
    check_windows(s);
    check_buffers(s);
    check_arrivals(s);
    check_inputs(s);
    check_host(s);
    uint32_t psums_in = 0, psums_out = 0;
    each_slot(s.program, [&](const npim_program_slot &slot, uint32_t tile) {
        check_groups(slot);
        check_psums(s, slot, tile);
        psums_in += slot.psum_in > 0;
        psums_out += slot.psum_out_B > 0;
    });
    for (uint32_t i = 0; i < s.program.n_hosts; i++) check_groups(s.program.hosts[i]);
    EXPECT_EQ(psums_in, psums_out);
}

TEST(lower, small_networks_on_every_architecture) {
    mapping::on_all(mapping::small_networks, check);
}

TEST(lower, googlenet) {
    for (const char *arch : {"neural-pim", "cascade"}) {
        system s("traces/googlenet", arch);
        check(s);
    }
}

TEST(lower, mobilenets) {
    for (const char *net : {"traces/mobilenet_v1", "traces/mobilenet_v2"}) {
        system s(net, "isaac");
        check(s);
    }
}

// Tiles of a few arrays: column blocks and row chunks of one replica on several tiles.
TEST(lower, layers_split_over_many_small_tiles) {
    for (const char *arrays : {"pe.arrays=1", "pe.arrays=2", "pe.arrays=3", "pe.arrays=5"})
        for (const char *net : mapping::small_networks) {
            SCOPED_TRACE(std::string(net) + " with " + arrays);
            system s(net, "cascade", {"tile.pes=1", arrays, "chip.tiles=60"});
            if (s.status == NPIM_OK) check(s);
        }
}

// Two layers of 3 arrays each on 3 tiles of 2: the second chain begins behind the first one on its tile.
TEST(lower, chains_that_share_a_tile) {
    const std::string conv = "kind = \"conv\"\nkernel = 1\nchannels = 5\ninputs = [\"input\"]\n";
    system s("name = \"t\"\n[network]\ninput = { channels = 160, height = 1, width = 1 }\n"
             "[[layer]]\nname = \"a\"\n" +
                 conv + "[[layer]]\nname = \"b\"\n" + conv +
                 "[[layer]]\nname = \"both\"\nkind = \"concat\"\ninputs = [\"a\", \"b\"]\n",
             "cascade", {"tile.pes=1", "pe.arrays=2", "chip.tiles=3"});
    check(s);
    ASSERT_EQ(s.program.tiles[1].n_slots, 2u);
    EXPECT_EQ(s.program.tiles[0].slots[0].psum_slot, 0u);
    EXPECT_EQ(s.program.tiles[1].slots[1].psum_tile, 2u);
    EXPECT_EQ(s.program.tiles[1].slots[1].psum_slot, 0u);
    EXPECT_EQ(s.program.host_B, 10u);
}

// tiny_fc on cascade: 160 rows are 3 chunks, 5 outputs one column block; on tiles of one array a chain.
TEST(lower, a_chain_by_hand) {
    system s("tiny_fc.toml", "cascade", {"tile.pes=1", "pe.arrays=1", "chip.tiles=3"});
    const npim_program &p = s.lower();
    for (uint32_t t = 0; t < 3; t++) {
        ASSERT_EQ(p.tiles[t].n_slots, 1u);
        const npim_program_slot &slot = p.tiles[t].slots[0];
        EXPECT_EQ(slot.psum_in, t > 0 ? 5u : 0u);
        EXPECT_EQ(slot.psum_out_B, t < 2 ? 5u * 4 : 0u);
        EXPECT_EQ(slot.outputs, t < 2 ? 0u : 5u);
        EXPECT_EQ(slot.n_destinations, t < 2 ? 0u : 1u);
        ASSERT_EQ(p.tiles[t].n_buffers, 1u);
        EXPECT_EQ(p.tiles[t].buffers[0].window.n_pieces[0], 1u);
        if (t < 2) {
            EXPECT_EQ(slot.psum_tile, t + 1);
        }
    }
    EXPECT_EQ(p.host_B, 5u);
    // 64 rows are channels 0 to 3, the next 64 channels 4 to 7, the last 32 channels 8 and 9.
    const npim_program_slot &host = p.hosts[0];
    ASSERT_EQ(host.n_destinations, 3u);
    std::map<uint32_t, uint32_t> bytes;
    for (uint32_t i = 0; i < 3; i++) bytes[host.destinations[i].tile] = host.destinations[i].bytes;
    EXPECT_EQ(bytes, (std::map<uint32_t, uint32_t>{{0, 4}, {1, 4}, {2, 2}}));
    EXPECT_EQ(host.n_groups, 3u);
}

} // namespace

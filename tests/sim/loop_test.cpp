#include "sim/loop.h"

#include "mapping_fixture.hpp"
#include "one_lstm.hpp"
#include "replay_fixture.hpp"

namespace {

using mapping::system;
using one_lstm_alone::clk;
using one_lstm_alone::lstm;
using one_lstm_alone::tile;

uint64_t loop_of(const system &s) {
    return npim_loop_ps(&s.map, s.g.only("lstm"), 0);
}

TEST(loop, a_cell_by_hand) {
    npim_program_cell cell{};
    npim_loop_cell(7, &cell);
    EXPECT_EQ(cell.gates, 28u);
    EXPECT_EQ(cell.state, 21u);
    EXPECT_EQ(cell.tanh, 7u);
    EXPECT_EQ(cell.outputs, 7u);
    npim_loop_cell(0, &cell);
    EXPECT_EQ(cell.gates + cell.state + cell.tanh + cell.outputs, 0u);
}

const lstm on_one_tile[] = {{1, 1, 2}, {3, 2, 3}, {24, 9, 4}, {40, 20, 5}, {60, 64, 2}};

TEST(loop, of_one_tile_is_the_closed_form) {
    for (const std::string &arch : architectures)
        for (const lstm &l : on_one_tile) {
            SCOPED_TRACE(arch + l.network());
            const system s(l.network(), arch, {"chip.tiles=1"});
            const tile t{one_layer_alone::of(arch), l.h};
            const uint32_t chunks = (l.c + l.h + t.m.array_rows - 1) / t.m.array_rows;
            const uint64_t loop_ps = t.read_ps(l.c, l.h) + t.matrix_ps(chunks) + t.cell_ps() + t.write_ps();
            EXPECT_EQ(loop_of(s), loop_ps);
            const npim_placement &at = s.at(s.g.only("lstm"));
            EXPECT_EQ(at.loop_ps, loop_ps);
            EXPECT_EQ(npim_loop_alone_ps(&s.map, &s.map.parts[at.first_part]), loop_ps);
            const uint64_t image_ps = (l.steps - 1) * loop_ps + at.interval_ps;
            EXPECT_EQ(npim_map_image_ps(&s.map, s.g.only("lstm")), image_ps);
            EXPECT_DOUBLE_EQ(npim_map_pipeline_bound(&s.map), 1e12 / static_cast<double>(image_ps));
        }
}

// 66 rows on two arrays of 64, one to a tile: the second one has all hidden units, and waits for nobody else.
TEST(loop, of_a_chain_passes_the_adder_lanes) {
    const system s(lstm{64, 2, 3}.network(), "cascade", {"tile.pes=1", "pe.arrays=1", "chip.tiles=2"});
    const tile t{one_layer_alone::of("cascade"), 2};
    EXPECT_EQ(loop_of(s), t.read_ps(0, 2) + t.matrix_ps(1) + t.lanes_ps(8) + t.cell_ps() + t.write_ps());
}

// 63 rows and 2: the hidden unit in row 63 waits for the chain over both tiles.
TEST(loop, of_a_chain_goes_the_longest_way) {
    const system s(lstm{63, 2, 3}.network(), "cascade", {"tile.pes=1", "pe.arrays=1", "chip.tiles=2"});
    const tile t{one_layer_alone::of("cascade"), 2};
    const uint64_t sums_ps = (4 + one_lstm_alone::flits(8 * 4)) * clk,
                   ways_ps = t.lanes_ps(8) + t.cell_ps() + t.write_ps();
    // One hidden unit comes back over a router, out of one eDRAM and into the other.
    const uint64_t back_ps = (3 + 3 + 4 + one_lstm_alone::flits(1)) * clk;
    const uint64_t first_ps = t.read_ps(63, 1) + t.matrix_ps(1) + sums_ps + ways_ps + back_ps;
    const uint64_t last_ps = t.read_ps(0, 1) + t.matrix_ps(1) + ways_ps;
    EXPECT_GT(first_ps, last_ps);
    EXPECT_EQ(loop_of(s), first_ps);
}

// Four units are 16 columns on two arrays: each tile has two units and needs those of the other.
TEST(loop, of_two_column_blocks_crosses_the_network) {
    const lstm l{5, 4, 3};
    const tile t{one_layer_alone::of("neural-pim"), 2};
    const uint64_t own_ps = t.read_ps(5, 4) + t.matrix_ps(1) + t.cell_ps() + t.write_ps();
    const system near(l.network(), "neural-pim", {"tile.pes=1", "pe.arrays=1", "chip.tiles=2"});
    EXPECT_EQ(loop_of(near), own_ps + t.send_ps(1));
    // Four tiles with a router each: two routers on the way.
    const system far(l.network(), "neural-pim",
                     {"tile.pes=1", "pe.arrays=1", "chip.tiles=2", "chip.tiles_per_router=1"});
    EXPECT_EQ(loop_of(far), own_ps + t.send_ps(2));
    const system ideal(l.network(), "neural-pim",
                       {"tile.pes=1", "pe.arrays=1", "chip.tiles=2", "system.ideal_links=true"});
    EXPECT_EQ(loop_of(ideal), loop_of(near)); // packets take their time, they only never wait
}

TEST(loop, the_slowest_replica_counts) {
    const system s("tiny_lstm.toml", "cascade");
    const uint32_t n = s.g.only("lstm");
    ASSERT_GT(s.at(n).replica_images, 1u);
    uint64_t slowest_ps = 0;
    for (uint32_t r = 0; r < s.at(n).replica_images; r++)
        slowest_ps = std::max(slowest_ps, npim_loop_ps(&s.map, n, r));
    EXPECT_EQ(npim_loop_slowest_ps(&s.map, n), slowest_ps);
    EXPECT_EQ(s.at(n).loop_ps, slowest_ps);
    EXPECT_GE(slowest_ps, s.at(n).interval_ps);
}

TEST(loop, arrays_that_cut_hidden_units_are_refused) {
    const lstm l{5, 8, 3};
    for (const char *columns : {"pe.array_columns=96", "pe.array_columns=120"}) {
        const system s(l.network(), "neural-pim", {columns}, NPIM_EUNSUPPORTED);
        const std::string message = s.error.message;
        for (const char *part : {"lstm on neural-pim", "multiple of 64", columns + 17})
            EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
    const system fits(lstm{5, 1, 3}.network(), "neural-pim", {"pe.array_columns=96"}); // one block, no cut
    const system whole(l.network(), "neural-pim", {"pe.array_columns=192"});
}

// --- the same in a replay ---

struct placed {
    const char *name, *arch;
    lstm l;
    std::vector<std::string> sets;
};

class loop_replay : public replay_fixture, public testing::WithParamInterface<placed> {};

std::string name_of(const testing::TestParamInfo<placed> &tested) {
    return test_name(std::string(tested.param.name) + "_" + tested.param.arch);
}

using loop_one_tile = loop_replay;

// The first step reads no hidden units; the inputs of the others are there long before. The only thing in the
// way is the output of the step before, on its way to the host out of the same bank.
TEST_P(loop_one_tile, TakesTheTimeOfTheClosedForm) {
    const placed &p = GetParam();
    replay(write_network(p.l.network()), p.arch, p.sets);
    if (HasFatalFailure()) return;
    const tile t{one_layer_alone::of(p.arch), p.l.h};
    const one_layer_alone::layer arriving{p.l.c, p.l.steps, 1, 1, 1, 1, 0};
    const uint64_t first_ps = one_layer_alone::first_window_ps(arriving, 1);
    const uint64_t rest_ps = t.matrix_ps(1) + t.cell_ps() + t.write_ps();
    EXPECT_EQ(counts(1).first_ps, first_ps);
    EXPECT_EQ(counts(1).last_ps, first_ps + t.read_ps(p.l.c, 0) + rest_ps +
                                     (p.l.steps - 1) * (t.read_ps(p.l.c, p.l.h, p.l.h) + rest_ps));
    EXPECT_EQ(counts(1).windows, p.l.steps);
    EXPECT_EQ(counts(1).activation_words, uint64_t{5} * p.l.h * p.l.steps);
    EXPECT_EQ(counts(1).adder_words, uint64_t{4} * p.l.h * p.l.steps);
    EXPECT_EQ(counts(1).bus_B, uint64_t{p.l.c + p.l.h} * p.l.steps + uint64_t{p.l.h} * (p.l.steps - 1));
    EXPECT_EQ(measurement().link_B, uint64_t{p.l.c + p.l.h} * p.l.steps); // hidden units stay on their tile
}

std::vector<placed> one_tile() {
    std::vector<placed> all;
    for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
        all.push_back({"one_step", arch, {3, 2, 1}, {"chip.tiles=1"}});
        all.push_back({"two_steps", arch, {3, 2, 2}, {"chip.tiles=1"}});
        all.push_back({"seven_steps", arch, {24, 9, 7}, {"chip.tiles=1"}});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Tiny, loop_one_tile, testing::ValuesIn(one_tile()), name_of);

using loop_many_tiles = loop_replay;

// From step to step nothing but the loop; before them the first step, on the chain's first tile.
TEST_P(loop_many_tiles, StepsAreALoopApart) {
    const placed &p = GetParam();
    replay(write_network(p.l.network()), p.arch, p.sets);
    if (HasFatalFailure()) return;
    const uint64_t loop_ps = npim_loop_ps(&state->map, 1, 0);
    const bool chain = state->map.parts[0].psum_out > 0;
    const tile t{one_layer_alone::of(p.arch), chain ? p.l.h : p.l.h / 2};
    const uint64_t arrived_ps = one_layer_alone::first_window_ps({p.l.c, p.l.steps, 1, 1, 1, 1, 0}, 1);
    uint64_t written_ps = arrived_ps + t.read_ps(p.l.c, 0) + t.matrix_ps(1) + t.cell_ps() + t.write_ps();
    if (chain) written_ps += (4 + one_lstm_alone::flits(p.l.h * 4 * 4)) * clk + t.lanes_ps(p.l.h * 4);
    const uint64_t steps_ps = counts(1).last_ps - written_ps;
    EXPECT_EQ(counts(1).windows, 2 * p.l.steps);
    EXPECT_GE(steps_ps, (p.l.steps - 1) * loop_ps);
    EXPECT_LE(steps_ps,
              (p.l.steps - 1) * (loop_ps + 8 * clk)); // packets to the host share the tile's way out
}

INSTANTIATE_TEST_SUITE_P(
    Tiny, loop_many_tiles,
    testing::Values(placed{"chain", "cascade", {64, 2, 6}, {"tile.pes=1", "pe.arrays=1", "chip.tiles=2"}},
                    placed{"blocks", "neural-pim", {5, 4, 6}, {"tile.pes=1", "pe.arrays=1", "chip.tiles=2"}},
                    placed{"blocks", "isaac", {5, 4, 6}, {"tile.pes=1", "pe.arrays=1", "chip.tiles=2"}}),
    name_of);

// --- replicas: image i on replica i mod R ---

class loop_replicas : public replay_fixture, public testing::WithParamInterface<std::string> {};

TEST_P(loop_replicas, SequencesRunSideBySide) {
    const lstm l{3, 2, 9};
    replay(write_network(l.network()), GetParam(), {"chip.tiles=2", "run.images=8"});
    if (HasFatalFailure()) return;
    const npim_placement &at = state->map.placements[1];
    ASSERT_EQ(at.replica_images, 2u);
    ASSERT_EQ(at.n_parts, 2u);
    EXPECT_NE(state->map.parts[0].tile, state->map.parts[1].tile);
    EXPECT_EQ(counts(1).windows, 8u * 9);
    EXPECT_DOUBLE_EQ(result().bound, 2e12 / static_cast<double>(8 * at.loop_ps + at.interval_ps));
    // After the first image, which goes alone, they come in pairs.
    const uint64_t *done = measurement().completed_ps;
    const uint64_t sequence_ps = 8 * at.loop_ps + at.interval_ps;
    EXPECT_LT(done[2] - done[1], sequence_ps / 4);
    EXPECT_NEAR(static_cast<double>(done[7] - done[1]), 3.0 * static_cast<double>(sequence_ps),
                0.1 * static_cast<double>(sequence_ps));
    EXPECT_GE(done[7] - done[1], 3 * sequence_ps);
}

TEST_P(loop_replicas, OneReplicaTakesOneAfterTheOther) {
    const lstm l{3, 2, 9};
    replay(write_network(l.network()), GetParam(), {"chip.tiles=1", "run.images=4"});
    if (HasFatalFailure()) return;
    const npim_placement &at = state->map.placements[1];
    ASSERT_EQ(at.replica_images, 1u);
    const uint64_t *done = measurement().completed_ps;
    for (uint32_t i = 2; i < 4; i++) EXPECT_GE(done[i] - done[i - 1], 8 * at.loop_ps + at.interval_ps);
}

INSTANTIATE_TEST_SUITE_P(All, loop_replicas, testing::ValuesIn(architectures),
                         [](const testing::TestParamInfo<std::string> &tested) {
                             return test_name(tested.param);
                         });

} // namespace

#include "sim/measure.hpp"

#include "hw/units.h"
#include "replay_fixture.hpp"

#include <map>

namespace {

class measure_test : public replay_fixture {
  protected:
    // The links by name.
    std::map<std::string, npim_link_result> links() const {
        std::map<std::string, npim_link_result> all;
        for (uint32_t i = 0; i < measurement().n_links; i++)
            all[measurement().links[i].name] = measurement().links[i];
        return all;
    }
};

const std::vector<std::string> one_array = {"chip.tiles=1", "tile.pes=1", "pe.arrays=1"};

// tiny_conv: 4 channels, 6 x 6, 3 x 3 with a border of one, 8 outputs. Counted by hand.
TEST_F(measure_test, CountsEveryEventOfOneConvolutionOnce) {
    replay("tiny_conv", "neural-pim", one_array);
    if (HasFatalFailure()) return;
    // 2, 3, 3, 3, 3, 2 rows or columns of a window lie inside: 16 x 16 pixels of 4 B in all.
    const npim_layer_counts &input = counts(0), &conv = counts(1);
    EXPECT_EQ(conv.windows, 36u);
    EXPECT_EQ(conv.ad_conversions, 36.0 * 8);
    EXPECT_EQ(conv.activation_words, 36u * 8);
    EXPECT_EQ(conv.pooling_words + conv.adder_words, 0u);
    EXPECT_EQ(input.edram_B, 6u * 6 * 4);               // written by the host
    EXPECT_EQ(conv.edram_B, 16u * 16 * 4 + 2 * 36 * 8); // windows read, outputs written and read
    EXPECT_EQ(conv.bus_B, 16u * 16 * 4 + 36 * 8);
    EXPECT_EQ(input.bus_B, 0u);
    EXPECT_EQ(input.flit_hops, 6u * (1 + 6)); // a row of 24 B in one packet, one router
    EXPECT_EQ(conv.flit_hops, 36u * (1 + 2)); // 8 B to the host
    EXPECT_EQ(input.host_B, 144u);
    EXPECT_EQ(conv.host_B, 288u);
    EXPECT_EQ(conv.busy_ps, 36u * 246000);
    EXPECT_EQ(input.windows, 0u);
    EXPECT_EQ(input.first_ps, 0u);
    EXPECT_EQ(measurement().edram_B, input.edram_B + conv.edram_B);
    EXPECT_EQ(measurement().bus_B, conv.bus_B);
    EXPECT_EQ(measurement().flit_hops, input.flit_hops + conv.flit_hops);
}

TEST_F(measure_test, TwoImagesCountTwiceAsMuch) {
    replay("tiny_conv", "cascade", {"chip.tiles=1", "tile.pes=1", "pe.arrays=1", "run.images=2"});
    if (HasFatalFailure()) return;
    EXPECT_EQ(counts(1).windows, 72u);
    EXPECT_EQ(counts(1).edram_B, 2u * (16 * 16 * 4 + 2 * 36 * 8));
    EXPECT_EQ(counts(0).host_B, 2u * 144);
    EXPECT_EQ(counts(1).flit_hops, 2u * 36 * 3);
    EXPECT_GT(measurement().completed_ps[1], measurement().completed_ps[0]);
    EXPECT_EQ(measurement().end_ps, measurement().completed_ps[1]);
}

TEST_F(measure_test, LinksCarryWhatCrossesThem) {
    replay("tiny_conv", "neural-pim", one_array);
    if (HasFatalFailure()) return;
    const auto all = links();
    EXPECT_EQ(all.size(), 2u + 4 + 4 + 4); // the host's two; one router: sides, tiles, injection
    const npim_link_result &in = all.at("host-chip_0"), &out = all.at("chip_0-host");
    EXPECT_EQ(in.bytes, 144u);
    EXPECT_EQ(out.bytes, 288u);
    EXPECT_NEAR(in.busy_ns, 144 / 6.4, 1e-9);
    EXPECT_NEAR(out.busy_ns, 288 / 6.4, 1e-9);
    EXPECT_EQ(all.at("chip_0.router_000.local0").flits, 6u * 7);
    EXPECT_EQ(all.at("chip_0.router_000.west").flits, 36u * 3);
    EXPECT_EQ(all.at("chip_0.router_000.inject0").flits, 36u * 3);
    EXPECT_NEAR(all.at("chip_0.router_000.west").busy_ns, 36 * 3 * 0.833, 1e-9);
    EXPECT_EQ(all.at("chip_0.router_000.east").flits, 0u);
    // Rows of 3.75 ns on the host's link queue for 7 flits of 0.833 ns: the i-th waits i times the excess.
    EXPECT_NEAR(all.at("chip_0.router_000.local0").wait_ns, 15 * (7 * 0.833 - 3.75), 1e-9);
    EXPECT_EQ(out.wait_ns, 0.0);
}

// On ideal links the same flits and bytes travel, but nobody waits and nothing is busy.
TEST_F(measure_test, IdealLinksCountAndNeverWait) {
    replay("tiny_residual", "isaac", {"system.ideal_links=true"});
    if (HasFatalFailure()) return;
    EXPECT_GT(measurement().flit_hops, 0u);
    EXPECT_EQ(counts(0).host_B, 4u * 8 * 8);
    EXPECT_EQ(counts(state->network.output).host_B, 10u);
    for (const auto &[name, link] : links()) EXPECT_EQ(link.busy_ns + link.wait_ns, 0.0) << name;
}

TEST_F(measure_test, LimitsNameTheBusiestOfEachKind) {
    replay("tiny_conv", "neural-pim", one_array);
    if (HasFatalFailure()) return;
    const npim_limit *limits = measurement().limits;
    EXPECT_STREQ(limits[NPIM_LIMIT_HOST].name, "chip_0-host");
    EXPECT_NEAR(limits[NPIM_LIMIT_HOST].images_per_s, 6.4e9 / 288, 1.0);
    EXPECT_STREQ(limits[NPIM_LIMIT_LINK].name, "chip_0.router_000.west");
    EXPECT_NEAR(limits[NPIM_LIMIT_LINK].images_per_s, 1e12 / (36 * 3 * 833), 1.0);
    EXPECT_STREQ(limits[NPIM_LIMIT_UNIT].name, "chip_0.tile_000.neural_adc");
    EXPECT_NEAR(limits[NPIM_LIMIT_UNIT].images_per_s, 1e12 / (36 * 3844), 1.0); // 4 at 1.0407 GS/s
    // Bank 0: 6 writes of a row, 36 windows (32 B and more: two accesses), 36 outputs written and read.
    EXPECT_STREQ(limits[NPIM_LIMIT_MEMORY].name, "chip_0.tile_000.edram bank 0");
    EXPECT_NEAR(limits[NPIM_LIMIT_MEMORY].images_per_s, 1e12 / (833 * (6 + 16 + 20 + 16 + 36 + 36)), 1.0);
}

// What belongs to a layer is what its windows need, however many replicas share them.
TEST_F(measure_test, ReplicasShareTheWork) {
    replay("tiny_conv", "neural-pim");
    if (HasFatalFailure()) return;
    EXPECT_GT(npim_map_replicas(&state->map.placements[1]), 1u);
    EXPECT_EQ(counts(1).windows, 36u);
    EXPECT_EQ(counts(1).ad_conversions, 36.0 * 8);
    EXPECT_EQ(counts(1).bus_B, 16u * 16 * 4 + 36 * 8);
    EXPECT_EQ(counts(1).host_B, 288u);
    EXPECT_EQ(counts(0).host_B, 144u); // a multicast crosses the host's link once
}

TEST_F(measure_test, PoolingAndAdditionAreCountedInWords) {
    replay("tiny_chain", "isaac");
    if (HasFatalFailure()) return;
    EXPECT_EQ(counts(2).windows, 3u * 2);
    EXPECT_EQ(counts(2).pooling_words, 7u * 3 * 2 * 4); // 2 x 2 windows of 7 channels
    EXPECT_EQ(counts(1).activation_words, 7u * 6 * 5);
    EXPECT_EQ(counts(4).activation_words, 9u);
    EXPECT_EQ(counts(2).ad_conversions, 0.0);
}

TEST_F(measure_test, AdditionTakesOneWordForEachOutput) {
    replay("tiny_residual", "cascade");
    if (HasFatalFailure()) return;
    EXPECT_EQ(counts(3).adder_words, 8u * 8 * 8);
    EXPECT_EQ(counts(3).activation_words, 8u * 8 * 8); // relu behind the addition
}

} // namespace

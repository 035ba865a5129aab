// Lanes beside the engine of the same layer: every output, every vector, to the last unit.
#ifndef NPIM_TESTS_SIM_VALUES_LANE_FIXTURE_HPP
#define NPIM_TESTS_SIM_VALUES_LANE_FIXTURE_HPP

#include "sim/values/lane.h"
#include "tests/sim/values/layer_fixture.hpp"

#include <memory>

// Lanes of a layer on the hardware of an engine that has been calibrated on it.
struct test_lanes {
    const npim_hardware hardware;
    const test_layer &layer;
    npim_engine_base base{};
    npim_error error{};

    test_lanes(const npim_hardware &h, const test_layer &l, npim_figures &figures) : hardware(h), layer(l) {
        base.hardware = &hardware;
        base.figures = figures.layers;
        base.isa = NPIM_ISA_PORTABLE;
        EXPECT_EQ(npim_cells_init(&base.cells, &hardware, &l.network, NPIM_ISA_PORTABLE, &error), NPIM_OK)
            << error.message;
    }
    ~test_lanes() { npim_cells_fini(&base.cells); }
    test_lanes(const test_lanes &) = delete;
    test_lanes &operator=(const test_lanes &) = delete;

    uint32_t chunks() const { return (layer.rows + hardware.crossbar.rows - 1) / hardware.crossbar.rows; }

    // Traces of one output for all vectors; n_chunks 0: all chunks.
    std::vector<npim_lane_trace> run(uint32_t output, uint32_t group = 0, bool exact = false,
                                     uint32_t first_chunk = 0, uint32_t n_chunks = 0) {
        const npim_lane_place place = {1, group, output, first_chunk, n_chunks ? n_chunks : chunks()};
        const npim_product_layer l = layer.of_group(group);
        npim_lane lane{};
        EXPECT_EQ(npim_lane_init(&lane, &base, &l, &place, exact, &error), NPIM_OK) << error.message;
        std::vector<npim_lane_trace> traces(layer.n);
        uint32_t first_row = 0;
        EXPECT_EQ(npim_lane_rows(&lane, &first_row),
                  std::min(layer.rows, (first_chunk + place.n_chunks) * hardware.crossbar.rows) -
                      first_chunk * hardware.crossbar.rows);
        for (size_t v = 0; v < layer.n; v++)
            npim_lane_run(&lane, v, layer.inputs.data() + v * layer.rows + first_row, &traces[v]);
        npim_lane_fini(&lane);
        npim_lane_fini(&lane);
        return traces;
    }
};

// The results of lanes of all groups are the engine's sums; those of single chunks add up to them.
inline void expect_lanes_of_the_engine(const npim_hardware &hardware, const test_layer &layer) {
    test_engine engine(hardware, layer, npim_isa_best());
    test_lanes lanes(hardware, layer, engine.figures);
    for (uint32_t group = 0; group < layer.groups; group++) {
        const std::vector<int32_t> sums = layer.run(engine.products, group, 7);
        for (uint32_t o = group % 2; o < layer.outputs; o += 3) { // every lane is programmed anew
            const auto traces = lanes.run(o, group);
            std::vector<std::vector<npim_lane_trace>> single;
            for (uint32_t c = 0; o % 4 == 0 && c < lanes.chunks(); c++)
                single.push_back(lanes.run(o, group, false, c, 1));
            for (size_t v = 0; v < layer.n; v++) {
                ASSERT_EQ(traces[v].result, sums[v * layer.outputs + o])
                    << "group " << group << " output " << o << " vector " << v;
                int64_t added = 0;
                for (const auto &one : single) {
                    ASSERT_EQ(one[v].chunk, one[v].result);
                    ASSERT_EQ(one[v].so_far[one[v].cycles - 1], one[v].chunk);
                    added += one[v].chunk;
                }
                if (!single.empty()) {
                    ASSERT_EQ(added, traces[v].result);
                    ASSERT_EQ(single[0][v].chunk, traces[v].chunk);
                }
            }
        }
    }
}

// In ideal mode they are the exact sums.
inline void expect_exact_lanes(const npim_hardware &hardware, const test_layer &layer) {
    test_engine engine(hardware, layer);
    test_lanes lanes(hardware, layer, engine.figures);
    for (uint32_t group = 0; group < layer.groups; group++)
        for (uint32_t o = 0; o < layer.outputs; o += 2) {
            const auto traces = lanes.run(o, group, true);
            for (size_t v = 0; v < layer.n; v++)
                ASSERT_EQ(traces[v].result, layer.exact(v, o, group)) << o << " " << v;
        }
}

// Sizes that do not divide, one and several chunks, blocks and groups, both signs.
template <class Check> void on_layers(const Check &check) {
    uint64_t seed = 100;
    for (bool is_signed : {false, true}) {
        SCOPED_TRACE(is_signed);
        check(test_layer(++seed, 300, 19, 9, is_signed));
        check(test_layer(++seed, 64, 8, 5, is_signed));
        check(test_layer(++seed, 1, 1, 4, is_signed));
        check(test_layer(++seed, 27, 5, 6, is_signed, 3));
    }
}

#endif

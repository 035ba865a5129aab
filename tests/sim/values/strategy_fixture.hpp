// The parts of an engine set up by hand, for the tests of sim/values/strategy_*.c.
#ifndef NPIM_TESTS_SIM_VALUES_STRATEGY_FIXTURE_HPP
#define NPIM_TESTS_SIM_VALUES_STRATEGY_FIXTURE_HPP

#include "sim/values/strategy_b.h"
#include "sim/values/strategy_c.h"
#include "tests/sim/values/layer_fixture.hpp"

// Base of an engine on group 0 of a layer.
struct test_base {
    const npim_hardware hardware;
    npim_error error{};
    npim_figures figures{};
    npim_engine_base base{};

    test_base(const npim_hardware &h, const test_layer &layer) : hardware(h) {
        EXPECT_EQ(npim_figures_init(&figures, layer.network.n_layers, &error), NPIM_OK);
        base.hardware = &hardware;
        base.figures = figures.layers;
        base.isa = NPIM_ISA_PORTABLE;
        EXPECT_EQ(npim_cells_init(&base.cells, &hardware, &layer.network, NPIM_ISA_PORTABLE, &error), NPIM_OK)
            << error.message;
        base.layer = layer.of_group(0);
        base.n_chunks = npim_cells_chunks(&base.cells, &base.layer);
    }
    ~test_base() {
        npim_cells_fini(&base.cells);
        npim_figures_fini(&figures);
    }
};

// Strategy C, programmed, and a lane for all vectors of the layer.
struct test_c {
    test_base own;
    npim_strategy_c c{};
    npim_c_lane lane{};
    npim_product_batch batch{};
    std::vector<npim_c_chunk> chunks;
    std::vector<int16_t> lines, digits;
    std::vector<int32_t> raw, sums;
    std::vector<double> result, variance, factor, in_V, line, spread;
    std::vector<float> normal;
    std::vector<uint16_t> code;

    test_c(const npim_hardware &h, const test_layer &layer, int32_t step = 1) : own(h, layer) {
        const size_t n = layer.n, outputs = layer.outputs;
        c.base = own.base;
        c.cycles = npim_dataflow_cycles(&h.dataflow);
        c.step = step;
        chunks.resize(c.base.n_chunks);
        c.chunks = chunks.data();
        EXPECT_EQ(npim_neural_circuits_program(&c.circuits, &own.hardware, 1, c.base.n_chunks * outputs,
                                               &own.error),
                  NPIM_OK)
            << own.error.message;
        EXPECT_EQ(npim_c_program(&c, &own.error), NPIM_OK) << own.error.message;
        lines.resize(n * h.crossbar.rows);
        digits.resize(n * h.crossbar.rows);
        const size_t all = npim_c_lines(&c), some = 1 + n / 3; // bit lines; vectors of a part
        raw.resize(std::max(n * outputs, some * all));
        sums.resize(n * outputs);
        result.resize(n * outputs);
        variance.resize(n * outputs);
        factor.resize(outputs);
        normal.resize(all);
        line.resize(some * all);
        spread.resize(some * all);
        in_V.resize(n);
        code.resize(n);
        batch = {0, 1, n, layer.inputs.data(), sums.data()};
        lane = {&batch,
                0,
                lines.data(),
                digits.data(),
                raw.data(),
                result.data(),
                variance.data(),
                factor.data(),
                normal.data(),
                some,
                line.data(),
                spread.data(),
                in_V.data(),
                code.data(),
                0,
                nullptr};
    }
    ~test_c() {
        for (npim_c_chunk &one : chunks) {
            npim_fixed_matrix_fini(&one.weight);
            npim_fixed_matrix_fini(&one.variance);
            std::free(one.share);
            std::free(one.own);
        }
        npim_neural_circuits_fini(&c.circuits);
    }
    void take(uint32_t chunk) {
        lane.chunk = chunk;
        npim_word_lines(&c.base.layer, &batch, chunk * own.hardware.crossbar.rows,
                        npim_engine_rows(&c.base, chunk), lines.data());
    }
};

// The same of strategy B.
struct test_b {
    test_base own;
    npim_strategy_b b{};
    npim_b_lane lane{};
    std::vector<npim_b_chunk> chunks;
    std::vector<int16_t> lines, digits;
    std::vector<int32_t> raw, sums;
    std::vector<double> sum, variance, group;
    std::vector<float> normal;
    uint32_t slots;

    test_b(const npim_hardware &h, const test_layer &layer) : own(h, layer) {
        const size_t n = layer.n, all = size_t{layer.outputs} * h.columns_per_weight;
        b.base = own.base;
        EXPECT_EQ(npim_b_layout_make(&b.layout, &own.hardware, &own.error), NPIM_OK) << own.error.message;
        slots = 2 * b.layout.groups;
        chunks.resize(b.base.n_chunks);
        b.chunks = chunks.data();
        EXPECT_EQ(npim_b_program(&b, &own.error), NPIM_OK) << own.error.message;
        lines.resize(n * h.crossbar.rows);
        digits.resize(n * h.crossbar.rows);
        raw.resize(n * all);
        sum.resize(n * all);
        variance.resize(n * all);
        normal.resize(all + slots);
        group.resize(n * layer.outputs * slots);
        sums.resize(n * layer.outputs);
        lane.batch = {0, 1, n, layer.inputs.data(), sums.data()};
        lane.lines = lines.data();
        lane.digits = digits.data();
        lane.raw = raw.data();
        lane.sum = sum.data();
        lane.variance = variance.data();
        lane.normal = normal.data();
        lane.group = group.data();
    }
    ~test_b() {
        for (npim_b_chunk &one : chunks) {
            npim_fixed_matrix_fini(&one.level);
            npim_fixed_matrix_fini(&one.variance);
        }
    }
    void take(uint32_t chunk) {
        lane.chunk = chunk;
        npim_word_lines(&b.base.layer, &lane.batch, chunk * own.hardware.crossbar.rows,
                        npim_engine_rows(&b.base, chunk), lines.data());
    }
};

// Conductances of group 0's cells of an array as the engines get them: value [rows][columns].
inline std::vector<double> cells_of(npim_engine_base &base, uint32_t chunk, uint32_t block,
                                    npim_cells_array *array, std::vector<double> *squares = nullptr) {
    const size_t n = size_t{base.hardware->crossbar.rows} * base.hardware->crossbar.columns;
    std::vector<double> value(n), squared(n);
    npim_error error{};
    EXPECT_EQ(npim_cells_program(&base.cells, &base.layer, chunk, block, array, value.data(), squared.data(),
                                 &error),
              NPIM_OK);
    if (squares) *squares = squared;
    return value;
}

#endif

#include "sim/values/cells.h"

#include "hw/kernel/normals.h"

#include "tests/sim/values/layer_fixture.hpp"

namespace {

struct cells_of {
    npim_cells cells{};
    npim_error error{};
    const npim_hardware hardware;
    npim_status status;
    cells_of(const npim_hardware &h, const npim_network &network, npim_isa isa = NPIM_ISA_PORTABLE)
        : hardware(h) {
        status = npim_cells_init(&cells, &hardware, &network, isa, &error);
    }
    ~cells_of() { npim_cells_fini(&cells); }
};

struct programmed {
    npim_cells_array array{};
    std::vector<double> value, squares;
};

programmed program(cells_of &c, const npim_product_layer &layer, uint32_t chunk, uint32_t block) {
    programmed p;
    p.value.resize(size_t{c.hardware.crossbar.rows} * c.hardware.crossbar.columns);
    p.squares.resize(p.value.size());
    npim_error error{};
    EXPECT_EQ(npim_cells_program(&c.cells, &layer, chunk, block, &p.array, p.value.data(), p.squares.data(),
                                 &error),
              NPIM_OK)
        << error.message;
    return p;
}

TEST(cells, perfect_ones_hold_the_levels_of_the_weights) {
    const npim_hardware h = hardware_of(NPIM_STRATEGY_C);
    const test_layer layer(1, 300, 19, 1);
    cells_of c(h, layer.network);
    ASSERT_EQ(c.status, NPIM_OK) << c.error.message;
    const npim_product_layer l = layer.of_group(0);
    EXPECT_EQ(npim_cells_chunks(&c.cells, &l), 3u);
    EXPECT_EQ(npim_cells_blocks(&c.cells, &l), 3u); // 8 outputs each
    for (uint32_t chunk = 0; chunk < 3; chunk++)
        for (uint32_t block = 0; block < 3; block++) {
            const programmed p = program(c, l, chunk, block);
            EXPECT_EQ(p.array.first_row, 128 * chunk);
            EXPECT_EQ(p.array.rows, chunk < 2 ? 128u : 44u);
            EXPECT_EQ(p.array.first_output, 8 * block);
            EXPECT_EQ(p.array.outputs, block < 2 ? 8u : 3u);
            EXPECT_EQ(p.array.columns, 16 * p.array.outputs);
            for (uint32_t r = 0; r < p.array.rows; r++)
                for (uint32_t o = 0; o < p.array.outputs; o++) {
                    double weight = 0;
                    for (uint32_t k = 0; k < 16; k++)
                        weight += npim_hardware_column_weight(&h, k) *
                                  p.value[size_t{r} * p.array.columns + o * 16 + k];
                    ASSERT_EQ(weight, l.weight[(p.array.first_output + o) * 300 + p.array.first_row + r]);
                }
        }
}

// The law of hw/rram.h with deviates of npim_normals, array by array; stuck cells are the model's own.
TEST(cells, analog_ones_follow_the_cell_model) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 32);
    h.mode = NPIM_MODE_ANALOG;
    h.seed = 99;
    h.cell.sigma = 0.4;
    h.cell.stuck_on_rate = 0.05;
    h.cell.stuck_off_rate = 0.1;
    h.cell.drift_nu = 0.1;
    h.cell.drift_time_s = 50;
    const test_layer layer(1, 40, 11, 1, false, 3);
    npim_rram rram{};
    npim_error error{};
    ASSERT_EQ(npim_rram_init(&rram, &h.cell, &error), NPIM_OK) << error.message;
    for (int isa = 0; isa < NPIM_ISAS; isa++) {
        if (!npim_isa_supported(npim_isa(isa))) continue;
        cells_of c(h, layer.network, npim_isa(isa));
        uint32_t number = 0, stuck_cells = 0;
        for (uint32_t group = 0; group < 3; group++)
            for (uint32_t chunk = 0; chunk < 2; chunk++)
                for (uint32_t block = 0; block < 2; block++, number++) {
                    const programmed p = program(c, layer.of_group(group), chunk, block);
                    const npim_random random{99, number};
                    std::vector<float> normal(32 * 128);
                    npim_normals(NPIM_ISA_PORTABLE, &random, NPIM_DRAW_VARIATION, 0, normal.size(),
                                 normal.data());
                    for (uint32_t r = 0; r < p.array.rows; r++)
                        for (uint32_t k = 0; k < p.array.columns; k++) {
                            const size_t index = size_t{r} * 128 + k;
                            bool stuck;
                            double g_S = npim_rram_conductance_S(&rram, &random, 0, index, &stuck);
                            const double deviation = std::fmax(0.0, 1 + 0.4 * double(normal[index]));
                            if (!stuck)
                                g_S = npim_rram_nominal_S(&rram, c.cells.crossbar.levels[index]) * deviation *
                                      rram.drift;
                            stuck_cells += stuck;
                            ASSERT_EQ(c.cells.crossbar.g_S[index], g_S) << "array " << number;
                            const double level = g_S / rram.step_S;
                            ASSERT_NEAR(p.value[size_t{r} * p.array.columns + k], level - 1.0 / 99, 1e-12);
                            ASSERT_NEAR(p.squares[size_t{r} * p.array.columns + k], level * level, 1e-12);
                        }
                }
        EXPECT_GT(stuck_cells, 100u);
    }
    npim_rram_fini(&rram);
}

// Wires replace the conductances of the whole array by effective ones; level 0 is taken off behind them.
TEST(cells, wires_make_effective_conductances) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C, 16);
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = 0.1;
    h.crossbar.columns = 40;
    h.crossbar.word_line_ohm = 2000;
    h.crossbar.bit_line_ohm = 3000;
    const test_layer layer(1, 9, 2, 1); // not all rows, not all columns
    cells_of c(h, layer.network);
    ASSERT_EQ(c.status, NPIM_OK) << c.error.message;
    const programmed p = program(c, layer.of_group(0), 0, 0);
    npim_rram rram{};
    npim_wires wires{};
    npim_error error{};
    ASSERT_EQ(npim_rram_init(&rram, &h.cell, &error), NPIM_OK);
    ASSERT_EQ(npim_wires_init(&wires, 16, 40, 2000, 3000, &error), NPIM_OK);
    std::vector<double> g_S(16 * 40), effective_S(16 * 40);
    const npim_random random{1, 0};
    std::vector<float> normal(16 * 40);
    npim_normals(NPIM_ISA_PORTABLE, &random, NPIM_DRAW_VARIATION, 0, normal.size(), normal.data());
    for (size_t i = 0; i < normal.size(); i++)
        g_S[i] = npim_rram_nominal_S(&rram, c.cells.crossbar.levels[i]) * (1 + 0.1 * double(normal[i]));
    ASSERT_EQ(npim_wires_effective(&wires, g_S.data(), effective_S.data(), &error), NPIM_OK);
    for (uint32_t r = 0; r < 9; r++)
        for (uint32_t k = 0; k < 32; k++) {
            EXPECT_EQ(c.cells.crossbar.g_S[r * 40 + k], effective_S[r * 40 + k]);
            EXPECT_NEAR(p.value[r * 32 + k], effective_S[r * 40 + k] / rram.step_S - 1.0 / 99, 1e-12);
        }
    npim_wires_fini(&wires);
    npim_rram_fini(&rram);
    npim_hardware quantised = h; // perfect devices have none
    quantised.mode = NPIM_MODE_QUANTISED;
    cells_of q(quantised, layer.network);
    EXPECT_EQ(program(q, layer.of_group(0), 0, 0).value[0], q.cells.crossbar.levels[0]);
}

TEST(cells, arrays_of_later_layers_have_numbers_of_their_own) {
    npim_hardware h = hardware_of(NPIM_STRATEGY_C);
    test_layer layer(1, 300, 19, 1, false, 2);
    layer.layers.push_back(layer.layers[1]);
    layer.layers.push_back(layer.layers[1]);
    layer.layers[2].kind = NPIM_LAYER_MAXPOOL;
    layer.network.layers = layer.layers.data();
    layer.network.n_layers = 4;
    cells_of c(h, layer.network);
    ASSERT_EQ(c.status, NPIM_OK);
    EXPECT_EQ(c.cells.first[1], 0u);
    EXPECT_EQ(c.cells.first[2], 18u); // 2 groups x 3 chunks x 3 blocks
    EXPECT_EQ(c.cells.first[3], 18u);
}

TEST(cells, too_many_arrays_are_refused) {
    const npim_hardware h = hardware_of(NPIM_STRATEGY_C);
    test_layer layer(1, 2, 2, 1);
    layer.layers[1].in_c = 1u << 31;
    layer.layers[1].out_c = 1u << 31;
    cells_of c(h, layer.network);
    EXPECT_EQ(c.status, NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(c.error.message).find("layer layer"), std::string::npos) << c.error.message;
}

} // namespace

#include "sim/values/neural_circuits.h"

#include "tests/sim/arch_fixture.hpp"

#include <cmath>

namespace {

class neural_circuits : public arch_fixture {
  protected:
    ~neural_circuits() override {
        npim_neural_circuits_fini(&c);
        npim_hardware_fini(&h);
    }
    // Cells do not vary unless the sets say so.
    void take(std::vector<const char *> sets = {}) {
        sets.insert(sets.begin(), "block.rram.sigma=0");
        load("neural-pim", sets);
        npim_neural_circuits_fini(&c);
        npim_hardware_fini(&h);
        ASSERT_EQ(npim_hardware_init(&h, arch, NPIM_MODE_ANALOG, &error), NPIM_OK) << error.message;
    }
    npim_status program(uint32_t layer, uint64_t results) {
        error = {};
        return npim_neural_circuits_program(&c, &h, layer, results, &error);
    }
    npim_hardware h{};
    npim_neural_circuits c{};
};

// Without variation the circuits do what the rule says: keep 2^-4 of the past, add (1 - 2^-4) 2^k / 255.
TEST_F(neural_circuits, perfect_shift_and_adds_follow_the_rule) {
    take();
    ASSERT_EQ(program(1, 3), NPIM_OK) << error.message;
    EXPECT_EQ(c.nominal.keep, 1.0 / 16);
    for (uint64_t i = 0; i < 3; i++) {
        const npim_shift_add_row *row = npim_neural_row(&c, i);
        EXPECT_NEAR(row->keep, 1.0 / 16, 1e-12);
        EXPECT_NEAR(row->offset_V, 0.0, 1e-12);
        for (int k = 0; k < 8; k++) EXPECT_NEAR(row->slice[k], 15.0 / 16 * (1 << k) / 255, 1e-12) << k;
    }
}

// A row's numbers give what evaluating its circuit gives.
TEST_F(neural_circuits, varied_shift_and_adds_are_their_circuits) {
    take({"block.rram.sigma=0.1", "run.seed=5"});
    ASSERT_EQ(program(3, 10), NPIM_OK) << error.message;
    const npim_circuit *circuit = &h.sa->converter.circuit;
    const npim_circuit_variation variation{0.1, 0, 0, 0, 0, 0};
    const npim_random inputs{1, 2};
    std::vector<double> node_V(circuit->n_neurons), out_V(circuit->n_neurons);
    for (uint32_t i = 0; i < 10; i++) {
        const npim_shift_add_row *row = npim_neural_row(&c, i);
        const npim_random random{5, 0x80000000u + 3 * 4096 + i};
        npim_instance instance;
        ASSERT_EQ(npim_instance_init(&instance, circuit, &variation, &random, &error), NPIM_OK);
        double in_V[9], expected_V = row->offset_V;
        for (uint32_t s = 0; s < 9; s++) {
            in_V[s] = npim_random_uniform(&inputs, NPIM_DRAW_INPUT, i * 9 + s) * circuit->vdd_V;
            expected_V += (s < 8 ? row->slice[s] : row->keep) * (in_V[s] - 0.5 * circuit->vdd_V);
        }
        npim_instance_eval(&instance, in_V, 0, node_V.data(), out_V.data());
        EXPECT_NEAR(out_V.back() - 0.5 * circuit->vdd_V, expected_V, 1e-12);
        EXPECT_NE(row->keep, 1.0 / 16);
        npim_instance_fini(&instance);
    }
}

TEST_F(neural_circuits, tables_are_their_converters) {
    take({"block.rram.sigma=0.05"});
    ASSERT_EQ(program(2, 100), NPIM_OK) << error.message;
    const npim_converter *converter = &h.adc->converter;
    const npim_circuit_variation variation{0.05, 0, 0, 0, 0, 0};
    std::vector<double> scratch_V(2 * converter->circuit.n_neurons), in_V;
    for (int i = 0; i <= 300; i++) in_V.push_back(converter->circuit.vdd_V * i / 300);
    std::vector<uint16_t> codes(in_V.size()), expected(in_V.size());
    for (uint32_t i : {0u, 7u, 15u}) {
        const npim_random random{1, 0x90000000u + 2 * 4096 + i};
        npim_instance instance;
        ASSERT_EQ(npim_instance_init(&instance, &converter->circuit, &variation, &random, &error), NPIM_OK);
        npim_converter_codes(converter, &instance, in_V.data(), in_V.size(), 0, scratch_V.data(),
                             expected.data());
        npim_converter_table_codes(npim_neural_table(&c, i), in_V.data(), in_V.size(), codes.data());
        EXPECT_EQ(codes, expected) << i;
        npim_instance_fini(&instance);
    }
    EXPECT_EQ(c.half_V, 0.5 * converter->circuit.vdd_V);
    EXPECT_GT(c.full_scale_V, 0.0);
}

TEST_F(neural_circuits, take_turns_and_stay_for_a_layer) {
    take({"block.rram.sigma=0.05"});
    ASSERT_EQ(program(2, 5000), NPIM_OK);
    EXPECT_EQ(npim_neural_row(&c, 0), npim_neural_row(&c, 4096));
    EXPECT_NE(npim_neural_row(&c, 0), npim_neural_row(&c, 4095));
    EXPECT_EQ(npim_neural_table(&c, 3), npim_neural_table(&c, 35));
    EXPECT_NE(npim_neural_table(&c, 3), npim_neural_table(&c, 4));
    const npim_shift_add_row *rows = c.rows;
    const double keep = c.rows[0].keep;
    ASSERT_EQ(program(2, 5000), NPIM_OK);
    EXPECT_EQ(c.rows, rows);
    ASSERT_EQ(program(3, 5000), NPIM_OK);
    EXPECT_NE(c.rows[0].keep, keep);
    ASSERT_EQ(program(2, 5000), NPIM_OK);
    EXPECT_EQ(c.rows[0].keep, keep);
}

TEST_F(neural_circuits, without_designs_there_is_the_rule) {
    take();
    npim_hardware bare = h;
    bare.sa = bare.adc = nullptr;
    ASSERT_EQ(npim_neural_circuits_program(&c, &bare, 1, 10, &error), NPIM_OK);
    EXPECT_EQ(npim_neural_row(&c, 17), &c.nominal);
    EXPECT_EQ(c.tables, nullptr);
    npim_neural_circuits_fini(&c);
}

TEST_F(neural_circuits, what_is_not_a_passive_row_of_8_slices_is_refused) {
    take();
    h.slices = 4;
    h.crossbar.cell_bits = 2;
    EXPECT_EQ(program(1, 1), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("4 of 2"), std::string::npos) << error.message;
    h.slices = 8;
    h.crossbar.cell_bits = 1;
    h.sa->converter.circuit.neurons[0].kind = NPIM_NEURON_INVERTER;
    EXPECT_EQ(program(1, 1), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("passive"), std::string::npos) << error.message;
    EXPECT_EQ(c.rows, nullptr);
}

} // namespace

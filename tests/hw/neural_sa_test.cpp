#include "hw/neural_sa.h"
#include <cstdlib>

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace {

struct NeuralSa {
    npim_neural_sa core;
    explicit NeuralSa(uint32_t dac_bits, double noise_V = 0) {
        npim_neural_sa_config config = {dac_bits, 3.03, 141, noise_V};
        npim_error error;
        if (npim_neural_sa_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~NeuralSa() { npim_neural_sa_fini(&core); }
    operator npim_neural_sa *() { return &core; }
};

const npim_random source = {8, 1};

/* Feeding the digits of a value, least significant first, leaves gain x value. */
TEST(NeuralSa, AccumulatesTheValueOfItsDigits) {
    for (uint32_t bits : {1u, 2u, 4u, 8u})
        for (uint32_t value : {0u, 1u, 0x80u, 0x5au, 0xffu}) {
            NeuralSa sa(bits);
            double acc_V = 0;
            uint32_t cycles = 8 / bits;
            for (uint32_t c = 0; c < cycles; c++) {
                double v_V = 0.01 * (value >> c * bits & ((1u << bits) - 1));
                npim_neural_sa_eval(&sa.core, &v_V, 1, nullptr, 0, &acc_V);
            }
            EXPECT_NEAR(acc_V, npim_neural_sa_gain(&sa.core, cycles) * value * 0.01, 1e-15)
                << bits << " " << value;
            EXPECT_EQ(sa.core.v_acc_V, acc_V);
            EXPECT_EQ(sa.core.n_steps, cycles);
        }
}

TEST(NeuralSa, GainByHand) {
    EXPECT_DOUBLE_EQ(npim_neural_sa_gain(NeuralSa(4), 2), 15.0 / 256);
    EXPECT_DOUBLE_EQ(npim_neural_sa_gain(NeuralSa(1), 8), 1.0 / 256);
    EXPECT_DOUBLE_EQ(npim_neural_sa_gain(NeuralSa(8), 1), 255.0 / 256);
}

TEST(NeuralSa, IsConvexAndNeverLeavesTheInputRange) {
    NeuralSa sa(1);
    double acc_V = 0;
    for (int c = 1; c <= 60; c++) {
        double v_V = 0.5;
        npim_neural_sa_eval(&sa.core, &v_V, 1, nullptr, 0, &acc_V);
        EXPECT_DOUBLE_EQ(acc_V, 0.5 * (1 - std::ldexp(1.0, -c)));
        EXPECT_LE(acc_V, 0.5);
    }
}

TEST(NeuralSa, MixWeighsSlicesByTheirSignificance) {
    double v_V[] = {0.1, 0.2, 0.4};
    EXPECT_DOUBLE_EQ(npim_neural_sa_mix_V(v_V, 3, 1), (0.1 + 0.4 + 1.6) / 7);
    EXPECT_DOUBLE_EQ(npim_neural_sa_mix_V(v_V, 3, 2), (0.1 + 0.8 + 6.4) / 21);
    EXPECT_EQ(npim_neural_sa_mix_V(v_V, 1, 1), 0.1);
    EXPECT_EQ(npim_neural_sa_mix_V(v_V, 0, 1), 0.0);
    std::vector<double> ones(8, 1.0);
    EXPECT_EQ(npim_neural_sa_mix_V(ones.data(), 8, 1), 1.0);
}

TEST(NeuralSa, NoiseHasItsStandardDeviationAndNeedsASource) {
    constexpr size_t n = 20000;
    NeuralSa sa(4, 0.35e-3);
    std::vector<double> v_V(n, 0.0), acc_V(n, 0.0);
    npim_neural_sa_eval(&sa.core, v_V.data(), n, nullptr, 0, acc_V.data());
    EXPECT_EQ(acc_V, v_V);
    npim_neural_sa_eval(&sa.core, v_V.data(), n, &source, 0, acc_V.data());
    double sum2 = 0;
    for (double v : acc_V) sum2 += v * v;
    EXPECT_NEAR(std::sqrt(sum2 / n), 0.35e-3, 5 * 0.35e-3 / std::sqrt(2.0 * n));
    double one_V = 0;
    npim_neural_sa_eval(&sa.core, v_V.data(), 1, &source, 500, &one_V);
    EXPECT_EQ(one_V, acc_V[500]);
}

TEST(NeuralSa, EnergyOfATilesUnits) {
    NeuralSa sa(4);
    npim_work work = {512, 512, 0, 123000};
    /* 512 units, one step per 123 ns: 12.6 mW */
    EXPECT_NEAR(npim_neural_sa_ops.energy_pJ(&sa.core, &work) / 123, 12.6, 0.02);
    EXPECT_EQ(npim_neural_sa_ops.latency_ps(&sa.core, &work), 123000u);
    EXPECT_EQ(npim_neural_sa_ops.area_um2(&sa.core), 141.0);
}

// 2^k unit cells for slice k and 17 for acc: at 4 bit a cycle the weights of the sum itself.
struct unit_ladder {
    unit_ladder() {
        circuit.bits = 1;
        circuit.vdd_V = 1.2;
        circuit.n_inputs = 9;
        circuit.n_neurons = circuit.n_outputs = 1;
        circuit.n_cells = 255 + 17;
        circuit.cells = static_cast<npim_cell *>(std::calloc(circuit.n_cells, sizeof(npim_cell)));
        circuit.neurons = static_cast<npim_neuron *>(std::calloc(1, sizeof(npim_neuron)));
        circuit.neurons[0].n_cells = circuit.n_cells;
        for (uint32_t i = 0; i < circuit.n_cells; i++) {
            uint16_t k = 8;
            if (i < 255)
                for (k = 0; i >= (2u << k) - 1;) k++;
            circuit.cells[i] = {k, 1, false};
        }
        npim_error error{};
        EXPECT_EQ(npim_circuit_check(&circuit, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_instance_init(&instance, &circuit, nullptr, nullptr, &error), NPIM_OK);
    }
    ~unit_ladder() {
        npim_instance_fini(&instance);
        npim_circuit_fini(&circuit);
    }
    npim_circuit circuit{};
    npim_instance instance{};
};

TEST(NeuralSa, APerfectLadderIsTheBehaviouralModel) {
    NeuralSa by_circuit(4), by_model(4);
    unit_ladder ladder;
    const double full_V = 0.5;
    double scratch_V[2], acc_V = 0, expected_V = 0;
    for (uint64_t cycle = 0; cycle < 6; cycle++) {
        double slice_V[8];
        for (uint32_t k = 0; k < 8; k++)
            slice_V[k] = full_V * (2 * npim_random_uniform(&source, NPIM_DRAW_INPUT, 8 * cycle + k) - 1);
        const double mixed_V = npim_neural_sa_mix_V(slice_V, 8, 1);
        npim_neural_sa_eval(&by_model.core, &mixed_V, 1, nullptr, 0, &expected_V);
        npim_neural_sa_step(&by_circuit.core, &ladder.instance, slice_V, full_V, cycle, scratch_V, &acc_V);
        EXPECT_NEAR(acc_V, expected_V, 1e-14);
        EXPECT_EQ(by_circuit.core.v_acc_V, acc_V);
        EXPECT_NEAR(by_circuit.core.v_in_V, mixed_V, 1e-15);
    }
    EXPECT_EQ(by_circuit.core.n_steps, 6u);
}

TEST(NeuralSa, ACircuitIsLimitedToItsRails) {
    NeuralSa sa(4);
    unit_ladder ladder;
    double scratch_V[2], acc_V = 0;
    const double far_V[8] = {9, 9, 9, 9, 9, 9, 9, 9};
    for (int i = 0; i < 20; i++)
        npim_neural_sa_step(&sa.core, &ladder.instance, far_V, 0.5, 0, scratch_V, &acc_V);
    EXPECT_NEAR(acc_V, 0.5, 1e-12);
}

} // namespace

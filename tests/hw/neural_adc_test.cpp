#include "hw/neural_adc.h"
#include <cstdlib>

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace {

constexpr double published_rate_GSps = 256.0 / 246.0;

struct NeuralAdc {
    npim_neural_adc core;
    explicit NeuralAdc(double rate_GSps = published_rate_GSps, uint32_t stages = 2, bool bipolar = true,
                       double noise_V = 0) {
        npim_neural_adc_config config = {8, bipolar, 0.5, noise_V, 7.5, 1200, rate_GSps, stages};
        npim_error error;
        if (npim_neural_adc_init(&core, &config, &error) != NPIM_OK) ADD_FAILURE() << error.message;
    }
    ~NeuralAdc() { npim_neural_adc_fini(&core); }
};

const npim_random source = {8, 1};

struct Row {
    double count;
    uint32_t units, stages;
    double rate_GSps;
    uint64_t busy_ps, latency_ps;
};

TEST(NeuralAdc, Times) {
    for (Row row : {Row{256, 1, 2, published_rate_GSps, 246000, 246961},
                    {512, 2, 2, published_rate_GSps, 246000, 246961},
                    {1, 1, 2, 1.0, 1000, 2000},
                    {1, 1, 1, 1.0, 1000, 1000},
                    {1, 1, 5, 0.5, 2000, 10000},
                    {3, 2, 2, 1.0, 1500, 2500},
                    {0.125, 1, 2, 1.0, 125, 1125},
                    {0, 1, 2, 1.0, 0, 0}}) {
        NeuralAdc adc(row.rate_GSps, row.stages);
        npim_work work = {row.count, row.units, 0, 123000};
        EXPECT_EQ(npim_neural_adc_ops.busy_ps(&adc.core, &work), row.busy_ps) << row.count;
        EXPECT_EQ(npim_neural_adc_ops.latency_ps(&adc.core, &work), row.latency_ps) << row.count;
    }
}

TEST(NeuralAdc, EnergyIsPerConversionHoweverMany) {
    NeuralAdc adc;
    npim_work work = {512, 2, 0, 0};
    EXPECT_NEAR(npim_neural_adc_ops.energy_pJ(&adc.core, &work) / 246, 15.6, 0.02); /* mW per tile */
    work = {1, 64, 0, 0};
    EXPECT_EQ(npim_neural_adc_ops.energy_pJ(&adc.core, &work), 7.5);
    EXPECT_EQ(npim_neural_adc_ops.area_um2(&adc.core), 1200.0);
}

TEST(NeuralAdc, QuantisesAndCountsClipping) {
    NeuralAdc adc;
    double v_V[] = {0.25, 0.5, -0.5, 0.51, -2.0, 0.0};
    int32_t codes[6];
    npim_neural_adc_eval(&adc.core, v_V, 6, &source, 0, codes);
    int32_t expected[] = {64, 127, -127, 127, -127, 0}; /* 63.5 is a tie: to even */
    for (int i = 0; i < 6; i++) EXPECT_EQ(codes[i], expected[i]) << i;
    EXPECT_EQ(adc.core.n_conversions, 6u);
    EXPECT_EQ(adc.core.n_clipped, 2u);
    EXPECT_EQ(adc.core.code, 64u + 127u); /* probe counts from the smallest code */
    npim_neural_adc_reset(&adc.core);
    EXPECT_EQ(adc.core.n_clipped, 0u);
}

TEST(NeuralAdc, UnipolarUsesAllCodes) {
    NeuralAdc adc(1, 1, false);
    double v_V[] = {0.5, -0.1};
    int32_t codes[2];
    npim_neural_adc_eval(&adc.core, v_V, 2, nullptr, 0, codes);
    EXPECT_EQ(codes[0], 255);
    EXPECT_EQ(codes[1], 0);
    EXPECT_EQ(adc.core.n_clipped, 1u);
    EXPECT_EQ(adc.core.code, 255u);
}

/* The signal to noise ratio of an ideal converter with 255 codes and a full-scale sine: close to 6.02 x 8
 * + 1.76. */
TEST(NeuralAdc, IdealSineSnr) {
    NeuralAdc adc;
    constexpr size_t n = 8192;
    std::vector<double> v_V(n);
    std::vector<int32_t> codes(n);
    for (size_t i = 0; i < n; i++)
        v_V[i] = 0.5 * std::sin(6.283185307179586 * 1021.0 * static_cast<double>(i) / n);
    npim_neural_adc_eval(&adc.core, v_V.data(), n, nullptr, 0, codes.data());
    double signal = 0, error = 0;
    for (size_t i = 0; i < n; i++) {
        signal += v_V[i] * v_V[i];
        error += std::pow(codes[i] * 0.5 / 127 - v_V[i], 2);
    }
    EXPECT_NEAR(10 * std::log10(signal / error), 20 * std::log10(127 * 2) + 1.76, 0.3);
}

TEST(NeuralAdc, NoiseActsAtTheInput) {
    constexpr size_t n = 20000;
    NeuralAdc adc(1, 2, true, 0.02); /* 5.08 steps: rounding adds 1/12 */
    std::vector<double> v_V(n, 0.1);
    std::vector<int32_t> codes(n);
    npim_neural_adc_eval(&adc.core, v_V.data(), n, &source, 0, codes.data());
    double sum = 0, sum2 = 0;
    for (int32_t c : codes) sum += c - 25.4, sum2 += (c - 25.4) * (c - 25.4);
    double sigma = std::sqrt(5.08 * 5.08 + 1.0 / 12);
    EXPECT_NEAR(sum / n, 0, 5 * sigma / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(sum2 / n), sigma, 5 * sigma / std::sqrt(2.0 * n));
    int32_t one;
    npim_neural_adc_eval(&adc.core, v_V.data(), 1, &source, 19999, &one);
    EXPECT_EQ(one, codes[19999]);
    npim_neural_adc_eval(&adc.core, v_V.data(), 1, nullptr, 0, &one);
    EXPECT_EQ(one, 25);
}

// Three comparators at 1/4, 1/2 and 3/4 of the supply, of a thermometer code of 2 bit: a node falls as the
// input rises, and a latch is high below half the supply. 4 (1 - x) + 2 r = 3 at the threshold.
struct flash {
    flash() {
        npim_circuit &c = converter.circuit;
        converter.kind = NPIM_CODE_THERMOMETER;
        converter.bits = 2;
        c.bits = 3;
        c.vdd_V = 1;
        c.n_inputs = 1;
        c.n_rails = 2;
        c.rail_V = static_cast<double *>(std::calloc(2, sizeof(double)));
        c.rail_V[1] = 1;
        c.n_neurons = c.n_outputs = 3;
        c.n_cells = 5;
        c.cells = static_cast<npim_cell *>(std::calloc(5, sizeof(npim_cell)));
        c.neurons = static_cast<npim_neuron *>(std::calloc(3, sizeof(npim_neuron)));
        c.cells[0] = {0, 4, true}, c.cells[1] = {1, 2, false};
        c.cells[2] = {0, 4, true};
        c.cells[3] = {0, 4, true}, c.cells[4] = {2, 2, false};
        c.neurons[0] = {0, 2, NPIM_NEURON_LATCH, 0};
        c.neurons[1] = {2, 1, NPIM_NEURON_LATCH, 0};
        c.neurons[2] = {3, 2, NPIM_NEURON_LATCH, 0};
        npim_error error{};
        EXPECT_EQ(npim_converter_check(&converter, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_instance_init(&instance, &c, nullptr, nullptr, &error), NPIM_OK);
    }
    ~flash() {
        npim_instance_fini(&instance);
        npim_converter_fini(&converter);
    }
    npim_converter converter{};
    npim_instance instance{};
};

TEST(NeuralAdc, ACircuitConvertsOverItsFullScale) {
    flash f;
    NeuralAdc adc(8, true, 0.5);
    double scratch_V[6];
    const struct {
        double v_V;
        int32_t code;
    } cases[] = {{-0.5, -2},  {-0.2501, -2}, {-0.2499, -1}, {-0.0001, -1}, {0.0001, 0},
                 {0.2499, 0}, {0.2501, 1},   {0.5, 1},      {-7, -2},      {7, 1}};
    for (const auto &x : cases) {
        EXPECT_EQ(npim_neural_adc_convert(&adc.core, &f.converter, &f.instance, 1.0, x.v_V, 0, scratch_V),
                  x.code)
            << x.v_V;
        EXPECT_EQ(adc.core.code, static_cast<uint32_t>(x.code + 2));
        EXPECT_EQ(adc.core.v_in_V, x.v_V);
    }
    EXPECT_EQ(adc.core.n_conversions, 10u);
    EXPECT_EQ(adc.core.n_clipped, 2u);
    // Half the full scale of the circuit: the block's -0.5..0.5 V reach its middle codes alone.
    EXPECT_EQ(npim_neural_adc_convert(&adc.core, &f.converter, &f.instance, 0.4, -0.5, 0, scratch_V), -1);
    EXPECT_EQ(npim_neural_adc_convert(&adc.core, &f.converter, &f.instance, 0.4, 0.5, 0, scratch_V), 0);
}

} // namespace

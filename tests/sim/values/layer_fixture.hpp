// One layer of random codes and weights on hardware that a test describes, and engines run on it.
#ifndef NPIM_TESTS_SIM_VALUES_LAYER_FIXTURE_HPP
#define NPIM_TESTS_SIM_VALUES_LAYER_FIXTURE_HPP

#include "hw/random.h"
#include "sim/values/engine.h"
#include "sim/values/model.h"
#include "sim/values/word_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

// Hardware of a strategy as the three architectures have it: quantised, seed 1, cells that do not vary.
inline npim_hardware hardware_of(npim_strategy strategy, uint32_t rows = 128) {
    npim_hardware h{};
    h.mode = NPIM_MODE_QUANTISED;
    h.seed = 1;
    const bool differential = strategy != NPIM_STRATEGY_B;
    h.dataflow.strategy = strategy;
    h.dataflow.input_bits = h.dataflow.weight_bits = h.dataflow.output_bits = 8;
    h.dataflow.dac_bits = strategy == NPIM_STRATEGY_C ? 4 : 1;
    h.dataflow.cell_bits = 1;
    h.dataflow.rows = rows;
    h.dataflow.differential = differential;
    h.crossbar.rows = rows;
    h.crossbar.columns = 128;
    h.crossbar.cell_bits = 1;
    h.crossbar.weight_bits = 8;
    h.crossbar.coding = differential ? NPIM_CODING_DIFFERENTIAL : NPIM_CODING_TWOS;
    h.cell.cell_bits = 1;
    h.cell.g_on_S = 2e-6;
    h.cell.on_off_ratio = 100;
    h.cell.read_V = 0.2;
    h.cell.drift_reference_s = 1;
    h.slices = 8;
    h.columns_per_weight = differential ? 16 : 8;
    npim_dataflow_conversions(&h.dataflow, h.adc_bits, NPIM_MAX_BITS, &h.n_bits);
    h.buffer_bits = 6;
    h.code_bits = 8;
    return h;
}

// A fully connected layer (or one of several groups) and the vectors that it sees.
struct test_layer {
    npim_network network{};
    std::vector<npim_layer> layers;
    std::vector<int8_t> weight;  // [groups][outputs][rows]
    std::vector<int16_t> inputs; // [vectors][rows], of every group alike
    uint32_t rows, outputs, groups, signed_from;
    size_t n;

    test_layer(uint64_t seed, uint32_t n_rows, uint32_t n_outputs, size_t vectors, bool is_signed = false,
               uint32_t n_groups = 1)
        : rows(n_rows), outputs(n_outputs), groups(n_groups), signed_from(is_signed ? 0 : n_rows),
          n(vectors) {
        const npim_random random{seed, 77};
        layers.resize(2);
        layers[0].kind = NPIM_LAYER_INPUT;
        npim_layer &l = layers[1];
        l.kind = n_groups == 1 ? NPIM_LAYER_FC : NPIM_LAYER_CONV;
        std::strcpy(l.name, "layer");
        l.in_c = n_rows * n_groups;
        l.in_h = l.in_w = l.out_h = l.out_w = l.kernel_h = l.kernel_w = 1;
        l.out_c = n_outputs * n_groups;
        l.groups = n_groups;
        l.n_inputs = 1;
        network.layers = layers.data();
        network.n_layers = 2;
        network.output = 1;
        for (size_t i = 0; i < size_t{n_rows} * n_outputs * n_groups; i++)
            weight.push_back(int8_t(int(npim_random_bits(&random, NPIM_DRAW_WEIGHT, i) % 255) - 127));
        for (size_t i = 0; i < n_rows * vectors; i++) {
            const uint64_t bits = npim_random_bits(&random, NPIM_DRAW_INPUT, i);
            inputs.push_back(int16_t(is_signed ? int(bits % 255) - 127 : int(bits % 256)));
        }
    }
    test_layer(const test_layer &) = delete;
    test_layer &operator=(const test_layer &) = delete;

    npim_product_layer of_group(uint32_t group) const {
        npim_product_layer l{};
        l.layer = 1;
        l.group = group;
        l.groups = groups;
        l.rows = rows;
        l.outputs = outputs;
        l.weight = weight.data() + size_t{group} * outputs * rows;
        l.signed_from = signed_from;
        return l;
    }

    int64_t exact(size_t vector, uint32_t output, uint32_t group = 0) const {
        int64_t sum = 0;
        for (uint32_t r = 0; r < rows; r++)
            sum += int64_t{inputs[vector * rows + r]} * weight[(size_t{group} * outputs + output) * rows + r];
        return sum;
    }

    // All sums of a group; batch: vectors at a time.
    std::vector<int32_t> run(const npim_products &products, uint32_t group = 0,
                             size_t batch = SIZE_MAX) const {
        std::vector<int32_t> sums(n * outputs, -1);
        const npim_product_layer layer = of_group(group);
        npim_error error{};
        EXPECT_EQ(products.begin(products.engine, &layer, &error), NPIM_OK) << error.message;
        for (size_t first = 0; first < n; first += std::min(batch, n - first)) {
            npim_product_batch b{};
            b.first = first;
            b.stride = 1;
            b.n = std::min(batch, n - first);
            b.inputs = inputs.data() + first * rows;
            b.sums = sums.data() + first * outputs;
            EXPECT_EQ(products.run(products.engine, &b, &error), NPIM_OK) << error.message;
        }
        products.end(products.engine);
        return sums;
    }
};

// An engine calibrated on the vectors of a layer.
struct test_engine {
    npim_figures figures{};
    npim_products products{};
    const npim_hardware hardware;

    test_engine(const npim_hardware &h, const test_layer &layer, npim_isa isa = NPIM_ISA_PORTABLE)
        : hardware(h) {
        npim_error error{};
        npim_products calibration{};
        EXPECT_EQ(npim_figures_init(&figures, layer.network.n_layers, &error), NPIM_OK);
        EXPECT_EQ(npim_calibration_init(&calibration, h.crossbar.rows, &figures, isa, &error), NPIM_OK);
        for (uint32_t group = 0; group < layer.groups; group++) layer.run(calibration, group);
        npim_products_fini(&calibration);
        EXPECT_EQ(npim_engine_init(&products, &hardware, &layer.network, &figures, isa, &error), NPIM_OK)
            << error.message;
    }
    ~test_engine() {
        npim_products_fini(&products);
        npim_figures_fini(&figures);
    }
    test_engine(const test_engine &) = delete;
    test_engine &operator=(const test_engine &) = delete;

    npim_layer_figures &seen() { return figures.layers[1]; }

    // The second model's sums.
    std::vector<int32_t> plain(const test_layer &layer, uint32_t group = 0) const {
        npim_model model{&hardware, figures.layers};
        std::vector<int32_t> sums;
        const npim_product_layer l = layer.of_group(group);
        for (size_t v = 0; v < layer.n; v++)
            for (uint32_t o = 0; o < layer.outputs; o++)
                sums.push_back(
                    int32_t(npim_model_dot(&model, 1, group, o, l.rows, l.signed_from,
                                           layer.inputs.data() + v * l.rows, l.weight + size_t{o} * l.rows)));
        return sums;
    }
};

// Variance of the exact sums over the mean squared error, dB.
inline double sinad_dB(const test_layer &layer, const std::vector<int32_t> &sums, uint32_t group = 0) {
    double sum = 0, squares = 0, errors = 0;
    for (size_t i = 0; i < sums.size(); i++) {
        const double exact = double(layer.exact(i / layer.outputs, uint32_t(i % layer.outputs), group));
        sum += exact;
        squares += exact * exact;
        errors += (sums[i] - exact) * (sums[i] - exact);
    }
    const double n = double(sums.size());
    return errors == 0 ? 150.0 : 10 * std::log10((squares / n - sum / n * sum / n) / (errors / n));
}

#endif

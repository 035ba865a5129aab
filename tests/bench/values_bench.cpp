#include "machine_limits.hpp"
#include "sim/values/engine.h"

#include <benchmark/benchmark.h>

#include <cstring>
#include <random>
#include <stdexcept>
#include <vector>

namespace {

constexpr uint32_t rows = 1152, outputs = 256, vectors = 1000, array_rows = 128;

// Strategies A and C as their architectures have them: 128 rows, differential cells of 1 bit that vary,
// analog, and nothing else.
npim_hardware hardware_of(npim_strategy strategy) {
    npim_hardware h{};
    h.mode = NPIM_MODE_ANALOG;
    h.seed = 1;
    h.dataflow.strategy = strategy;
    h.dataflow.input_bits = h.dataflow.weight_bits = h.dataflow.output_bits = h.code_bits = 8;
    h.dataflow.dac_bits = strategy == NPIM_STRATEGY_C ? 4 : 1;
    h.dataflow.cell_bits = 1;
    h.dataflow.rows = h.crossbar.rows = array_rows;
    h.dataflow.differential = 1;
    h.crossbar.columns = 128;
    h.crossbar.cell_bits = h.cell.cell_bits = 1;
    h.crossbar.weight_bits = h.slices = 8;
    h.crossbar.coding = NPIM_CODING_DIFFERENTIAL;
    h.columns_per_weight = 16;
    h.cell.g_on_S = 2e-6;
    h.cell.on_off_ratio = 100;
    h.cell.read_V = 0.2;
    h.cell.drift_reference_s = 1;
    h.cell.sigma = 0.025;
    h.n_bits = 1;
    h.adc_bits[0] = 8;
    return h;
}

// One layer, and inputs so large that codes of strategy C stand for `step` products, 4000 at most.
struct bench {
    npim_layer layers[2]{};
    npim_network network{};
    npim_figures figures{};
    npim_products products{};
    const npim_hardware hardware;
    std::vector<int8_t> weight = std::vector<int8_t>(size_t{rows} * outputs);
    std::vector<int16_t> inputs = std::vector<int16_t>(size_t{vectors} * rows);
    std::vector<int32_t> sums = std::vector<int32_t>(size_t{vectors} * outputs);
    npim_product_layer layer{};

    bench(const npim_hardware &h, double step) : hardware(h) {
        std::mt19937_64 bits{1};
        for (int8_t &w : weight) w = static_cast<int8_t>(static_cast<int>(bits() % 255) - 127);
        for (int16_t &x : inputs) x = static_cast<int16_t>(bits() % uint64_t(256 * step / 4000));
        layers[1].kind = NPIM_LAYER_FC;
        std::strcpy(layers[1].name, "layer");
        layers[1].in_c = rows, layers[1].out_c = outputs;
        layers[1].in_h = layers[1].in_w = layers[1].out_h = layers[1].out_w = 1;
        layers[1].kernel_h = layers[1].kernel_w = layers[1].groups = layers[1].n_inputs = 1;
        network.layers = layers, network.n_layers = 2, network.output = 1;
        layer.layer = layer.groups = 1;
        layer.rows = layer.signed_from = rows, layer.outputs = outputs, layer.weight = weight.data();
        npim_error error{};
        if (npim_figures_init(&figures, 2, &error) != NPIM_OK) throw std::runtime_error(error.message);
        figures.layers[1].n_results = 1; // 4 standard deviations are 128 codes
        figures.layers[1].square_sum = 32 * step * 32 * step;
        figures.layers[1].largest = INT32_MAX;
        if (npim_engine_init(&products, &hardware, &network, &figures, npim_isa_best(), &error) != NPIM_OK ||
            products.begin(products.engine, &layer, &error) != NPIM_OK)
            throw std::runtime_error(error.message);
    }
    ~bench() {
        products.end(products.engine);
        npim_products_fini(&products);
        npim_figures_fini(&figures);
    }
    bench(const bench &) = delete;
    bench &operator=(const bench &) = delete;

    void run() {
        npim_product_batch batch{};
        npim_error error{};
        batch.stride = 1, batch.n = vectors, batch.inputs = inputs.data(), batch.sums = sums.data();
        if (products.run(products.engine, &batch, &error) != NPIM_OK) throw std::runtime_error(error.message);
        benchmark::DoNotOptimize(sums.data());
        benchmark::ClobberMemory();
    }
};

// Multiply-accumulates: one per weight and input, as in the kernels' benchmarks.
void measure(benchmark::State &state, const npim_hardware &h, double step = 4000) {
    bench b(h, step);
    const double start_s = machine_limits::cpu_s();
    for (auto _ : state) b.run();
    state.counters["MAC/s"] = double{rows} * outputs * vectors * static_cast<double>(state.iterations()) /
                              (machine_limits::cpu_s() - start_s);
}

void values_samples(benchmark::State &state, npim_strategy strategy, double noise, double droop) {
    npim_hardware h = hardware_of(strategy);
    h.line_noise = noise;
    h.line_droop = droop;
    measure(state, h);
}
BENCHMARK_CAPTURE(values_samples, a, NPIM_STRATEGY_A, 0, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(values_samples, a_noisy, NPIM_STRATEGY_A, 0.001, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(values_samples, a_drooping, NPIM_STRATEGY_A, 0, 0.001)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(values_samples, c, NPIM_STRATEGY_C, 0, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(values_samples, c_noisy, NPIM_STRATEGY_C, 0.001, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(values_samples, c_drooping, NPIM_STRATEGY_C, 0, 0.001)->Unit(benchmark::kMillisecond);

// Strategy C with codes of so many products: one fixed-point matrix, or two.
void values_fixed_point(benchmark::State &state) {
    measure(state, hardware_of(NPIM_STRATEGY_C), static_cast<double>(state.range(0)));
}
BENCHMARK(values_fixed_point)->Arg(4000)->Arg(400)->Unit(benchmark::kMillisecond);

} // namespace

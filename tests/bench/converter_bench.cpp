#include "hw/converter_table.h"
#include "sim/design/neural_adc.h"

#include <benchmark/benchmark.h>

#include <fstream>
#include <random>
#include <stdexcept>
#include <vector>

namespace {

// The 8-bit converter of about 400 cells, nominal or varied, with its table and random voltages.
struct made_converter {
    npim_inverter inverter{};
    npim_converter converter{};
    npim_instance instance{};
    npim_converter_table table{};
    std::vector<double> in_V, scratch_V;
    std::vector<uint16_t> codes;

    explicit made_converter(double sigma) : in_V(1 << 16), codes(in_V.size()) {
        std::ifstream in(NPIM_SOURCE_DIR "/tests/data/inverter_sc.txt");
        inverter.vdd_V = 1;
        for (double &out_V : inverter.out_V) in >> out_V;
        npim_adc_options options = npim_adc_default_options(&inverter);
        options.multiplicity = 4;
        npim_circuit_variation variation{};
        variation.sigma = sigma;
        const npim_random random = {1, 0};
        npim_error error{};
        if (npim_adc_design(&converter, &options, nullptr, &error) != NPIM_OK ||
            npim_instance_init(&instance, &converter.circuit, &variation, &random, &error) != NPIM_OK ||
            npim_converter_table_init(&table, &converter, &instance, &error) != NPIM_OK)
            throw std::runtime_error(error.message);
        std::mt19937_64 bits(2);
        for (double &v : in_V) v = std::uniform_real_distribution<>(0, 1)(bits);
        scratch_V.resize(2 * converter.circuit.n_neurons);
    }
    ~made_converter() {
        npim_converter_table_fini(&table);
        npim_instance_fini(&instance);
        npim_converter_fini(&converter);
    }
    made_converter(const made_converter &) = delete;
    made_converter &operator=(const made_converter &) = delete;
};

double sigma_of(const benchmark::State &state) {
    return static_cast<double>(state.range(0)) / 1000;
}

// Conversions by the table, in voltages of no order; the argument is sigma in thousandths.
void converter_table(benchmark::State &state) {
    made_converter m(sigma_of(state));
    for (auto _ : state) {
        npim_converter_table_codes(&m.table, m.in_V.data(), m.in_V.size(), m.codes.data());
        benchmark::DoNotOptimize(m.codes.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(m.in_V.size()));
}
BENCHMARK(converter_table)->Arg(0)->Arg(25);

// The same by evaluating the circuit.
void converter_circuit(benchmark::State &state) {
    made_converter m(sigma_of(state));
    for (auto _ : state) {
        npim_converter_codes(&m.converter, &m.instance, m.in_V.data(), m.in_V.size(), 0, m.scratch_V.data(),
                             m.codes.data());
        benchmark::DoNotOptimize(m.codes.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(m.in_V.size()));
}
BENCHMARK(converter_circuit)->Arg(25);

// What an instance's table takes to make.
void converter_table_init(benchmark::State &state) {
    const made_converter m(sigma_of(state));
    for (auto _ : state) {
        npim_converter_table table;
        if (npim_converter_table_init(&table, &m.converter, &m.instance, nullptr) != NPIM_OK) break;
        npim_converter_table_fini(&table);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(converter_table_init)->Arg(0)->Arg(25);

} // namespace

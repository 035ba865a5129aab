#include "hw/crossbar.h"
#include "hw/wires.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <vector>

namespace {

std::vector<double> random_conductances(size_t n) {
    std::mt19937_64 bits(1);
    std::vector<double> g_S(n);
    for (double &g : g_S) g = std::uniform_real_distribution<>(2e-8, 2e-6)(bits);
    return g_S;
}

// What the wires of one square array take to solve; the argument is its side.
void wires_effective(benchmark::State &state) {
    const auto side = static_cast<uint32_t>(state.range(0));
    const auto g_S = random_conductances(size_t{side} * side);
    std::vector<double> effective_S(g_S.size());
    npim_wires wires;
    npim_error error{};
    if (npim_wires_init(&wires, side, side, 1, 2.5, &error) != NPIM_OK)
        throw std::runtime_error(error.message);
    for (auto _ : state) {
        if (npim_wires_effective(&wires, g_S.data(), effective_S.data(), nullptr) != NPIM_OK) break;
        benchmark::DoNotOptimize(effective_S.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
    npim_wires_fini(&wires);
}
BENCHMARK(wires_effective)->Arg(32)->Arg(64)->Arg(128)->Arg(256)->Unit(benchmark::kMillisecond);

// A product with the effective conductances of that array, in double precision.
void wires_product(benchmark::State &state) {
    const auto side = static_cast<uint32_t>(state.range(0));
    const npim_crossbar_config config = {side, side, 1, 8, NPIM_CODING_DIFFERENTIAL, 18.31, 25, 1, 2.5};
    npim_crossbar crossbar;
    npim_error error{};
    if (npim_crossbar_init(&crossbar, &config, &error) != NPIM_OK) throw std::runtime_error(error.message);
    const auto g_S = random_conductances(size_t{side} * side);
    std::copy(g_S.begin(), g_S.end(), crossbar.g_S);
    std::vector<double> v_V(side, 0.2), i_A(side);
    for (auto _ : state) {
        npim_crossbar_eval(&crossbar, v_V.data(), i_A.data(), nullptr);
        benchmark::DoNotOptimize(i_A.data());
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations());
    npim_crossbar_fini(&crossbar);
}
BENCHMARK(wires_product)->Arg(128)->Unit(benchmark::kMicrosecond);

} // namespace

#include "mapped.hpp"

#include <benchmark/benchmark.h>

namespace {

// The mapper alone: budget, replicas, tiles and buffers.
void placement(benchmark::State &state, const std::string &net, const std::string &arch) {
    mapped m(net, arch);
    for (auto _ : state) m.place();
    state.counters["tiles"] = m.map.used_tiles;
    state.counters["parts"] = m.map.n_parts;
}

[[maybe_unused]] const bool registered = [] {
    for (const char *net : {"googlenet", "mobilenet_v1"})
        for (const char *arch : {"isaac", "cascade", "neural-pim"})
            benchmark::RegisterBenchmark((std::string("placement/") + net + "/" + arch).c_str(), placement,
                                         net, arch)
                ->Unit(benchmark::kMillisecond);
    return true;
}();

} // namespace

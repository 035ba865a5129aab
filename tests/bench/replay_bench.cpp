#include "fresh_context.hpp"
#include "mapped.hpp"
#include "sim/replay.h"

#include <benchmark/benchmark.h>

namespace {

// The simulation of a mapped network, without loading, mapping and reports.
void replay(benchmark::State &state, const std::string &net, const std::string &arch,
            const std::vector<const char *> &sets) {
    mapped m(net, arch, sets);
    m.place();
    const npim_replay_options options = {};
    double events = 0.0, simulated_s = 0.0;
    for (auto _ : state) {
        npim_measurement measurement{};
        {
            fresh_context context;
            m.check(npim_replay(&measurement, &m.map, &options, &m.error));
        }
        events += static_cast<double>(measurement.events);
        simulated_s += static_cast<double>(measurement.end_ps) * 1e-12;
        npim_measurement_fini(&measurement);
    }
    state.counters["events"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
    state.counters["slowdown"] = // seconds of wall clock for one simulated
        benchmark::Counter(simulated_s, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

[[maybe_unused]] const bool registered = [] {
    for (const char *net : {"googlenet", "mobilenet_v1"})
        for (const char *arch : {"isaac", "cascade", "neural-pim"})
            for (const char *images : {"run.images=1", "run.images=4"})
                benchmark::RegisterBenchmark(
                    (std::string("replay/") + net + "/" + arch + "/" + (images + 4)).c_str(), replay, net,
                    arch, std::vector<const char *>{images})
                    ->Unit(benchmark::kMillisecond);
    // The same few windows on ever more chips: those that are idle cost nothing.
    for (const char *chips : {"system.chips=1", "system.chips=4", "system.chips=16", "system.chips=64"})
        benchmark::RegisterBenchmark((std::string("idle_chips/neural-pim/") + (chips + 7)).c_str(), replay,
                                     "../tests/data/tiny_chain.toml", "neural-pim",
                                     std::vector<const char *>{chips})
            ->Unit(benchmark::kMillisecond);
    // Ever more windows on the same chips.
    for (const char *images : {"run.images=2", "run.images=4", "run.images=8", "run.images=16"})
        benchmark::RegisterBenchmark((std::string("windows/mobilenet_v1/neural-pim/") + (images + 4)).c_str(),
                                     replay, "mobilenet_v1", "neural-pim",
                                     std::vector<const char *>{images, "system.chips=4"})
            ->Unit(benchmark::kMillisecond);
    return true;
}();

} // namespace

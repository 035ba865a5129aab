#include "fresh_context.hpp"
#include "mapped.hpp"
#include "sim/replay.h"

#include <benchmark/benchmark.h>

namespace {

// The simulation of a mapped network, without loading, mapping and reports.
void replay(benchmark::State &state, const std::string &net, const std::string &arch, const char *images) {
    mapped m(net, arch, {images});
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
                    arch, images)
                    ->Unit(benchmark::kMillisecond);
    return true;
}();

} // namespace

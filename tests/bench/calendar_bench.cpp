#include "hw/calendar.h"

#include <benchmark/benchmark.h>

namespace {

// Every reservation right behind the last one: a saturated resource.
void calendar_append(benchmark::State &state) {
    npim_calendar calendar = {};
    uint64_t at = 0;
    for (auto _ : state) at = npim_calendar_reserve(&calendar, at, 833);
    benchmark::DoNotOptimize(at);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(calendar_append);

// Reservations that lie `apart` as time goes on, so that so many intervals are kept; every other one is asked
// for at the present and takes the first gap.
void calendar_gaps(benchmark::State &state) {
    const uint64_t apart = 10000, kept = static_cast<uint64_t>(state.range(0));
    npim_calendar calendar = {};
    uint64_t now = 0;
    for (auto _ : state) {
        npim_calendar_forget(&calendar, now);
        benchmark::DoNotOptimize(npim_calendar_reserve(&calendar, now + kept * apart, 833));
        benchmark::DoNotOptimize(npim_calendar_reserve(&calendar, now, apart - 2000));
        now += apart;
    }
    state.SetItemsProcessed(2 * state.iterations());
}
BENCHMARK(calendar_gaps)->Arg(1)->Arg(8)->Arg(NPIM_CALENDAR_GAPS - 1);

} // namespace

// npim_bench: how long the hot paths and whole replays take. libsystemc brings main() and calls sc_main().
// Compare two builds with the compare.py of Google Benchmark, or look at the counters: they are rates.
#include <benchmark/benchmark.h>
#include <systemc>

int sc_main(int argc, char **argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    return benchmark::RunSpecifiedBenchmarks() > 0 ? 0 : 1;
}

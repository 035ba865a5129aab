#include "hw/kernel/adc_lines.h"
#include "hw/kernel/matrix.h"
#include "hw/kernel/normals.h"
#include "machine_limits.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>
#include <random>
#include <stdexcept>
#include <vector>

namespace {

constexpr uint32_t rows = 1152, outputs = 256, vectors = 1000;
constexpr uint32_t array_rows = 128, array_outputs = 8, per_weight = 16, cycles = 8;
constexpr uint32_t chunks = rows / array_rows, blocks = outputs / array_outputs;
constexpr double products_per_mac = per_weight * cycles;

enum devices { perfect, varied, varied_and_noisy };

// 1152 x 256 weights of 8 bit in differential cells of 1 bit, and converters of 7 bit, which take two levels
// to a code: bit lines have up to 128.
struct arrays {
    std::vector<npim_adc_lines> lines{chunks * blocks};
    std::vector<int16_t> inputs = std::vector<int16_t>(size_t{vectors} * rows);
    std::mt19937_64 bits{1};

    explicit arrays(devices d) {
        npim_adc_line_config config{};
        config.rows = array_rows;
        config.outputs = array_outputs;
        config.columns_per_weight = per_weight;
        for (uint32_t c = 0; c < per_weight; c++) config.column_weight[c] = (c % 2 ? -1 : 1) * (1 << c / 2);
        config.digit_bits = 1;
        config.cycles = cycles;
        config.step = 2;
        config.code_max = 127;
        config.read_sigma = d == varied_and_noisy ? 0.02 : 0.0;
        for (npim_adc_lines &l : lines) program(l, config, d);
        for (int16_t &x : inputs) x = static_cast<int16_t>(bits() % 256);
    }
    ~arrays() {
        for (npim_adc_lines &l : lines) npim_adc_lines_fini(&l);
    }
    arrays(const arrays &) = delete;
    arrays &operator=(const arrays &) = delete;

    void program(npim_adc_lines &l, const npim_adc_line_config &config, devices d) {
        constexpr double off = 1.0 / 99;
        constexpr size_t columns = array_outputs * per_weight;
        std::normal_distribution<> normal(1, d == perfect ? 0 : 0.025);
        std::vector<double> value(array_rows * columns), squares(value.size());
        for (size_t i = 0; i < value.size(); i += per_weight) {
            const int weight = static_cast<int>(bits() % 255) - 127;
            for (size_t c = 0; c < per_weight; c++) {
                const int magnitude = c % 2 ? -weight : weight,
                          level = magnitude > 0 ? magnitude >> c / 2 & 1 : 0;
                const double g = (level + off) * normal(bits);
                value[i + c] = d == perfect ? level : g - off;
                squares[i + c] = g * g;
            }
        }
        npim_error error{};
        if (npim_adc_lines_init(&l, &config, value.data(), squares.data(), &error) != NPIM_OK)
            throw std::runtime_error(error.message);
    }

    void run(npim_isa isa, std::vector<int32_t> &sums, npim_drive &drive) const {
        const uint64_t counters = npim_adc_lines_counters(&lines[0].config);
        uint64_t clipped = 0;
        npim_error error{};
        for (uint32_t c = 0; c < chunks; c++) {
            npim_status status = npim_drive_set(&drive, inputs.data() + size_t{c} * array_rows, rows, vectors,
                                                array_rows, 1, cycles, &error);
            for (uint32_t b = 0; status == NPIM_OK && b < blocks; b++) {
                const npim_adc_line_noise noise = {
                    {1, 2}, NPIM_DRAW_READ, (c * blocks + b) * counters, chunks * blocks * counters};
                status =
                    npim_adc_lines_run(isa, &lines[c * blocks + b], &drive, &noise,
                                       sums.data() + size_t{b} * array_outputs, outputs, &clipped, &error);
            }
            if (status != NPIM_OK) throw std::runtime_error(error.message);
        }
    }
};

bool skips(benchmark::State &state, npim_isa isa) {
    if (npim_isa_supported(isa)) return false;
    state.SkipWithError("not on this machine");
    return true;
}

// Rates of a benchmark, by the time that its thread has had, and over the machine's own limits.
class meter {
  public:
    explicit meter(benchmark::State &state) : state_(state), start_s_(machine_limits::cpu_s()) {}
    void stop() { s_ = machine_limits::cpu_s() - start_s_; }
    void rate(const char *name, double each) { state_.counters[name] = each * iterations() / s_; }
    void over(const char *name, double products, double limit) {
        if (limit > 0.0) state_.counters[name] = products * iterations() / s_ / limit;
    }

  private:
    double iterations() const { return static_cast<double>(state_.iterations()); }
    benchmark::State &state_;
    double start_s_, s_ = 0;
};

// Multiply-accumulates: one per weight and input, each of 128 cell products and one conversion. The other
// counters: the rate of cell products over that of the machine's own limits.
void kernel_adc_lines(benchmark::State &state, devices d, npim_isa isa) {
    if (skips(state, isa)) return;
    const arrays a(d);
    std::vector<int32_t> sums(size_t{vectors} * outputs);
    npim_drive drive{};
    meter m(state);
    for (auto _ : state) {
        a.run(isa, sums, drive);
        benchmark::DoNotOptimize(sums.data());
        benchmark::ClobberMemory();
    }
    m.stop();
    npim_drive_fini(&drive);
    constexpr double macs = double{rows} * outputs * vectors;
    m.rate("MAC/s", macs);
    m.over("of_popcount", macs * products_per_mac, machine_limits::popcount());
    m.over("of_vnni", macs * products_per_mac, machine_limits::vnni());
    m.over("of_sgemm", macs * products_per_mac, machine_limits::sgemm());
}
BENCHMARK_CAPTURE(kernel_adc_lines, perfect_avx512, perfect, NPIM_ISA_AVX512)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_adc_lines, varied_avx512, varied, NPIM_ISA_AVX512)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_adc_lines, noisy_avx512, varied_and_noisy, NPIM_ISA_AVX512)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_adc_lines, perfect_avx2, perfect, NPIM_ISA_AVX2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_adc_lines, varied_avx2, varied, NPIM_ISA_AVX2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_adc_lines, noisy_avx2, varied_and_noisy, NPIM_ISA_AVX2)
    ->Unit(benchmark::kMillisecond);

// The limits themselves, as multiply-accumulates.
void kernel_limits(benchmark::State &state) {
    for (auto _ : state) benchmark::ClobberMemory();
    state.counters["popcount_MAC/s"] = machine_limits::popcount() / products_per_mac;
    state.counters["vnni_MAC/s"] = machine_limits::vnni() / products_per_mac;
    state.counters["sgemm_MAC/s"] = machine_limits::sgemm() / products_per_mac;
    state.SetLabel(machine_limits::sgemm_kernel());
}
BENCHMARK(kernel_limits);

// The exact product of the same size.
void kernel_matrix(benchmark::State &state, npim_isa isa) {
    if (skips(state, isa)) return;
    std::mt19937_64 bits(1);
    std::vector<int8_t> weight(size_t{rows} * outputs);
    std::vector<int16_t> inputs(size_t{vectors} * rows);
    std::vector<int32_t> sums(size_t{vectors} * outputs);
    for (int8_t &w : weight) w = static_cast<int8_t>(static_cast<int>(bits() % 255) - 127);
    for (int16_t &x : inputs) x = static_cast<int16_t>(bits() % 256);
    npim_matrix matrix{};
    if (npim_matrix_init_i8(&matrix, weight.data(), rows, outputs, nullptr) != NPIM_OK) return;
    meter m(state);
    for (auto _ : state) {
        npim_matrix_multiply(isa, &matrix, inputs.data(), rows, vectors, sums.data(), outputs);
        benchmark::DoNotOptimize(sums.data());
        benchmark::ClobberMemory();
    }
    m.stop();
    npim_matrix_fini(&matrix);
    constexpr double macs = double{rows} * outputs * vectors;
    m.rate("MAC/s", macs);
    m.over("of_vnni", macs, machine_limits::vnni());
}
BENCHMARK_CAPTURE(kernel_matrix, portable, NPIM_ISA_PORTABLE)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_matrix, avx2, NPIM_ISA_AVX2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(kernel_matrix, avx512, NPIM_ISA_AVX512)->Unit(benchmark::kMillisecond);

template <class Real>
void draw(benchmark::State &state, npim_isa isa,
          void (*normals)(npim_isa, const npim_random *, npim_draw, uint64_t, size_t, Real *)) {
    if (skips(state, isa)) return;
    const npim_random random = {1, 2};
    std::vector<Real> out(1 << 14);
    uint64_t first = 0;
    for (auto _ : state) {
        normals(isa, &random, NPIM_DRAW_VARIATION, first, out.size(), out.data());
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
        first += out.size();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(out.size()));
}

void kernel_normals(benchmark::State &state) {
    draw(state, static_cast<npim_isa>(state.range(0)), npim_normals);
}
BENCHMARK(kernel_normals)->DenseRange(NPIM_ISA_PORTABLE, NPIM_ISA_AVX512);

void kernel_normals_f64(benchmark::State &state) {
    draw(state, static_cast<npim_isa>(state.range(0)), npim_normals_f64);
}
BENCHMARK(kernel_normals_f64)->DenseRange(NPIM_ISA_PORTABLE, NPIM_ISA_AVX512);

} // namespace

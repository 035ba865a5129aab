// One operation of a processing element in closed form, written from the modelling rules alone: times from
// the formulas of each way to digitise, energy term by term. It asks no block and no plan.
#ifndef NPIM_TESTS_SIM_CLOSED_FORM_HPP
#define NPIM_TESTS_SIM_CLOSED_FORM_HPP

#include "hw/pe_plan.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace closed_form {

inline constexpr uint64_t clk = 833; // ps

inline uint64_t ceil_div(uint64_t a, uint64_t b) {
    return (a + b - 1) / b;
}

// K rows and N outputs of G dot products side by side, all on arrays of their own.
struct product {
    uint64_t K, N, G;
};

// What differs between the architectures.
struct numbers {
    const char *name;
    char strategy;                           // A, B or C
    uint64_t array_rows, array_columns, cpw; // columns per weight
    uint64_t n, t_ps, bytes;                 // input cycles and their length, bytes of a word
    double dac_uW;
};

inline constexpr numbers isaac = {"isaac", 'A', 128, 128, 16, 8, 100000, 1, 3.906};
inline constexpr numbers isaac_16bit = {"isaac-16bit", 'A', 128, 128, 8, 16, 100000, 2, 3.906};
inline constexpr numbers neural_pim = {"neural-pim", 'C', 128, 128, 16, 2, 123000, 1, 5.86};
inline constexpr numbers cascade = {"cascade", 'B', 64, 64, 8, 8, 110000, 1, 1.953};

// The counts that the energy formulas are made of.
struct counts {
    double rb, cb, dots, columns;
    uint64_t fullest_columns;
};

inline counts count(const numbers &a, const product &p) {
    const uint64_t rb = ceil_div(p.K, a.array_rows), cb = ceil_div(p.N * a.cpw, a.array_columns);
    const double dots = static_cast<double>(rb * p.N * p.G);
    return {static_cast<double>(rb), static_cast<double>(cb), dots, dots * static_cast<double>(a.cpw),
            std::min(p.N * a.cpw, a.array_columns)};
}

// Bytes read from the input registers, and written into them: every byte once for each PE of eight arrays.
inline double read_B(const numbers &a, const product &p) {
    return static_cast<double>(p.K * p.G * a.bytes) * count(a, p).cb;
}
inline double written_B(const numbers &a, const product &p) {
    return static_cast<double>(p.K * p.G * a.bytes) * std::max(1.0, count(a, p).cb / 8);
}

inline npim_pe_shape shape(const numbers &a, const product &p) {
    const counts c = count(a, p);
    npim_pe_shape s{};
    s.rows = static_cast<double>(p.K * p.G) * c.cb;
    s.cells = static_cast<double>(p.K * p.N * p.G * a.cpw);
    s.columns = c.columns;
    s.dots = c.dots;
    s.input_B = read_B(a, p);
    s.load_B = written_B(a, p);
    s.result_B = c.dots * static_cast<double>(a.bytes);
    s.columns_per_array = static_cast<double>(c.fullest_columns);
    s.dots_per_array = static_cast<double>(c.fullest_columns / a.cpw);
    return s;
}

// --- energy, pJ

inline double power_pJ(double uW, uint64_t ps) {
    return uW * static_cast<double>(ps) / 1e6;
}

// DAC, cells and input registers: alike in all.
inline double common_pJ(const numbers &a, const product &p) {
    const double n = static_cast<double>(a.n);
    const double driven = static_cast<double>(p.K * p.G) * count(a, p).cb;
    const double cells = static_cast<double>(p.K * p.N * p.G * a.cpw);
    return n * driven * power_pJ(a.dac_uW, a.t_ps) + n * cells * power_pJ(0.01831, a.t_ps) +
           (read_B(a, p) + written_B(a, p)) * 0.484;
}

// Accumulations in the output register, and two accesses of every byte of the results.
inline double output_pJ(const numbers &a, const product &p, double accumulations) {
    return accumulations * 0.0225 + 2 * count(a, p).dots * static_cast<double>(a.bytes) * 0.875;
}

// Strategy A: n dots cpw conversions of 1.5625 pJ, each shifted and added, sampled before.
inline double isaac_pJ(const numbers &a, const product &p) {
    const double conversions = static_cast<double>(a.n) * count(a, p).columns;
    return common_pJ(a, p) + conversions * (0.98e-3 + 1.5625 + 0.0195) + output_pJ(a, p, conversions);
}

// Strategy C: n NNS+A steps and one conversion for each dot product; adder lanes 0.0417 pJ per sum.
inline double neural_pim_pJ(const product &p) {
    const counts c = count(neural_pim, p);
    const double n = 2;
    return common_pJ(neural_pim, p) + n * c.columns * 0.98e-3 + n * c.dots * 3.03 + c.dots * 7.5 +
           c.dots * 0.0417 + output_pJ(neural_pim, p, c.dots);
}

// Strategy B: bit lines amplified, written and read in every cycle; two sums and five conversions of 9, 8, 8,
// 7 and 6 bits for each dot product; adder lanes as above.
inline double cascade_pJ(const product &p) {
    const counts c = count(cascade, p);
    const double conversions_pJ = 1.969 + 1.67 + 1.67 + 1.42 + 1.20;
    return common_pJ(cascade, p) + 8 * c.columns * (0.02 + 0.17 + power_pJ(0.01831, 110000)) +
           2 * c.dots * 0.05 + c.dots * conversions_pJ + 5 * c.dots * 0.0195 + c.dots * 0.0417 +
           output_pJ(cascade, p, 5 * c.dots);
}

inline double conversions(const numbers &a, const product &p) {
    const counts c = count(a, p);
    if (a.strategy == 'A') return static_cast<double>(a.n) * c.columns;
    return a.strategy == 'B' ? 5 * c.dots : c.dots;
}

inline double energy_pJ(const numbers &a, const product &p) {
    if (a.strategy == 'C') return neural_pim_pJ(p);
    return a.strategy == 'B' ? cascade_pJ(p) : isaac_pJ(a, p);
}

// --- time, ps

// When the shared units begin, given when they could; an idle tile begins at once.
struct shared_units {
    virtual ~shared_units() = default;
    virtual uint64_t convert(uint64_t ready_ps, uint64_t) { return ready_ps; }
    virtual uint64_t add(uint64_t ready_ps, uint64_t) { return ready_ps; }
};

struct timing {
    uint64_t cycles_ps, converted_ps, done_ps;
};

// n cycles, then the last column through converter, shift-and-add and register, each in whole cycles.
inline timing isaac_time(const numbers &a, const product &p, uint64_t start_ps) {
    const double convert_ps = static_cast<double>(count(a, p).fullest_columns) / 1.28e-3;
    const uint64_t cycles_ps = start_ps + a.n * a.t_ps;
    return {cycles_ps, cycles_ps + static_cast<uint64_t>(std::llround(convert_ps)), cycles_ps + 3 * a.t_ps};
}

// Two cycles, the pipeline of two converters of 1.0407 GS/s, four adder lanes, one clock into the register.
inline timing neural_pim_time(const product &p, uint64_t start_ps, shared_units &units) {
    const double dots = count(neural_pim, p).dots;
    const uint64_t busy_ps = static_cast<uint64_t>(std::llround(dots / 2 / 1.0407e-3));
    const uint64_t latency_ps = static_cast<uint64_t>(std::llround((dots / 2 + 1) / 1.0407e-3));
    const uint64_t add_ps = ceil_div(static_cast<uint64_t>(dots), 4) * clk;
    const uint64_t cycles_ps = start_ps + 246000, convert_ps = units.convert(cycles_ps, busy_ps);
    return {cycles_ps, convert_ps + busy_ps, units.add(convert_ps + latency_ps, add_ps) + add_ps + clk};
}

// Eight cycles, a clock for the sums, ten converters of 1.2 GS/s, a clock each for shift-and-add and
// register, with four adder lanes between them.
inline timing cascade_time(const product &p, uint64_t start_ps, shared_units &units) {
    const double dots = count(cascade, p).dots;
    const uint64_t busy_ps = static_cast<uint64_t>(std::llround(5 * dots / 10 / 1.2e-3));
    const uint64_t add_ps = ceil_div(static_cast<uint64_t>(dots), 4) * clk;
    const uint64_t cycles_ps = start_ps + 880000, convert_ps = units.convert(cycles_ps + clk, busy_ps);
    const uint64_t converted_ps = convert_ps + busy_ps;
    return {cycles_ps, converted_ps, units.add(converted_ps + clk, add_ps) + add_ps + clk};
}

inline timing time(const numbers &a, const product &p, uint64_t start_ps, shared_units &units) {
    if (a.strategy == 'C') return neural_pim_time(p, start_ps, units);
    return a.strategy == 'B' ? cascade_time(p, start_ps, units) : isaac_time(a, p, start_ps);
}

} // namespace closed_form
#endif

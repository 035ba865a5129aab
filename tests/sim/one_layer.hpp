// When one layer alone on one tile is done, by arithmetic: written from the modelling rules and from the
// published figures of the three architectures, not from the program.
#ifndef NPIM_TESTS_SIM_ONE_LAYER_HPP
#define NPIM_TESTS_SIM_ONE_LAYER_HPP

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

namespace one_layer_alone {

inline constexpr uint64_t clk = 833, link_latency_ps = 50000;
inline constexpr uint32_t packet_B = 64;

inline uint64_t ceil_div(uint64_t a, uint64_t b) {
    return (a + b - 1) / b;
}

inline uint64_t at_rate(double count, double per_ns) {
    return static_cast<uint64_t>(std::llround(count * 1e3 / per_ns));
}

inline uint64_t flits(uint64_t bytes) {
    return 1 + ceil_div(bytes, 4);
}

// One convolution (fully connected: the kernel is the image) whose weights fit a tile.
struct layer {
    uint32_t c, h, w, n, kernel, stride, pad;
    uint32_t out_h() const { return (h + 2 * pad - kernel) / stride + 1; }
    uint32_t out_w() const { return (w + 2 * pad - kernel) / stride + 1; }
    uint64_t windows() const { return uint64_t{out_h()} * out_w(); }
    // Input columns that any window reads.
    uint32_t columns() const { return std::min(w, (out_w() - 1) * stride + kernel - pad); }
    // The part of the window at output index i that is not padding, along one dimension.
    uint32_t inside(uint32_t i, uint32_t size) const {
        const uint32_t from = std::max(i * stride, pad) - pad;
        return std::min(i * stride + kernel - pad, size) - from;
    }
};

struct machine {
    std::string name;
    uint32_t array_rows;
    uint64_t step_ps;  // every stage takes whole steps
    uint64_t input_ps; // all input cycles of one operation
    uint32_t bus_B;

    uint64_t dots(const layer &l) const {
        return l.n * ceil_div(uint64_t{l.c} * l.kernel * l.kernel, array_rows);
    }
    uint64_t align(uint64_t ps) const { return step_ps ? ceil_div(ps, step_ps) * step_ps : ps; }

    // From the last input cycle until the results are in the output register.
    uint64_t convert_ps(const layer &l) const {
        const double d = static_cast<double>(dots(l));
        const uint64_t sum_chunks = ceil_div(dots(l), 4) * clk, register_write = clk;
        if (name == "isaac") return 3 * step_ps; // ADC, shift-and-add, output register
        if (name == "cascade") // two sums, five conversions on ten ADCs of 1.2 GS/s, shift-and-add
            return clk + at_rate(5 * d / 10, 1.2) + clk + sum_chunks + register_write;
        return at_rate(d / 2 + 1, 1.0407) + sum_chunks + register_write; // 2 NNADCs of two stages
    }
};

inline machine of(const std::string &arch) {
    if (arch == "isaac") return {arch, 128, 100000, 800000, 48};
    if (arch == "cascade") return {arch, 64, 0, 880000, 24};
    return {arch, 128, 0, 246000, 24};
}

struct instants {
    uint64_t complete_ps; // the first window is in the eDRAM
    uint64_t start_ps;    // its first input cycle
    uint64_t written_ps;  // the last output is in the eDRAM
    uint64_t latency_ps;  // and at the host
};

// Pixels in raster order, as many of a row in one packet as fit; each packet crosses the chip link, the
// routers (which take longer than the chip link, so packets queue) and a bank.
inline uint64_t first_window_ps(const layer &l, uint32_t hops) {
    const uint32_t last_y = l.inside(0, l.h) - 1, last_x = l.inside(0, l.w) - 1;
    const uint32_t n_max = std::max(1u, packet_B / l.c);
    uint64_t link_free = 0, noc_free = 0;
    for (uint32_t y = 0;; y++) {
        for (uint32_t x = 0; x < l.columns(); x += n_max) {
            uint64_t there = 0, left = uint64_t{std::min(n_max, l.columns() - x)} * l.c;
            for (uint64_t part; left > 0; left -= part) {
                part = std::min<uint64_t>(left, packet_B);
                link_free += at_rate(static_cast<double>(part), 6.4);
                noc_free = std::max(link_free + link_latency_ps + 3 * clk, noc_free) + flits(part) * clk;
                there = noc_free + (hops - 1) * 4 * clk + (ceil_div(part, 32) + 2) * clk;
            }
            if (y == last_y && x + n_max > last_x) return there;
        }
    }
}

inline instants run(const machine &m, const layer &l, uint32_t hops) {
    const uint64_t window_B = uint64_t{l.inside(0, l.h)} * l.inside(0, l.w) * l.c;
    const uint64_t bank_ps = (ceil_div(window_B, 32) + 2) * clk;
    const uint64_t bus_ps = (3 + ceil_div(window_B, m.bus_B)) * clk; // from the first word on
    instants t{};
    t.complete_ps = first_window_ps(l, hops);
    t.start_ps = t.complete_ps + m.align(std::max(bank_ps, bus_ps));
    const uint64_t last_ps = t.start_ps + (l.windows() - 1) * m.input_ps;
    const uint64_t done_ps = last_ps + m.input_ps + m.convert_ps(l);
    const uint64_t active_ps = done_ps + m.align(ceil_div(l.n, 2) * clk);
    t.written_ps = active_ps + m.align((ceil_div(l.n, m.bus_B) + ceil_div(l.n, 32) + 2) * clk);
    const uint64_t read_ps = t.written_ps + (ceil_div(l.n, 32) + 2) * clk;
    const uint64_t tail_ps = read_ps + clk + (4 * hops - 1) * clk + flits(l.n) * clk;
    t.latency_ps = tail_ps + at_rate(l.n, 6.4) + link_latency_ps;
    return t;
}

} // namespace one_layer_alone

#endif

// An LSTM alone on a chip, by arithmetic: written from the modelling rules, not from the program.
#ifndef NPIM_TESTS_SIM_ONE_LSTM_HPP
#define NPIM_TESTS_SIM_ONE_LSTM_HPP

#include "tests/sim/one_layer.hpp"

namespace one_lstm_alone {

using one_layer_alone::ceil_div;
using one_layer_alone::clk;
using one_layer_alone::flits;

// A sequence of `steps` rows of c channels through h hidden units.
struct lstm {
    uint32_t c, h, steps;
    std::string network() const {
        return "name = \"one\"\n[network]\ninput = { channels = " + std::to_string(c) +
               ", height = " + std::to_string(steps) +
               ", width = 1 }\n[[layer]]\nname = \"lstm\"\nkind = \"lstm\"\nhidden = " + std::to_string(h) +
               "\nsteps = " + std::to_string(steps) + "\n";
    }
};

// One tile of the machine, and what it does for so many of the hidden units.
struct tile {
    one_layer_alone::machine m;
    uint32_t units;

    uint64_t lanes_ps(uint64_t words) const {
        return m.align(ceil_div(words, m.name == "isaac" ? 1 : 4) * clk);
    }
    uint64_t activation_ps(uint64_t words) const { return m.align(ceil_div(words, 2) * clk); }

    // Two banks of 32 B a clock, two clocks latency; the bus follows them word by word.
    // sent_B: bytes that leave the bank for somewhere else before.
    uint64_t read_ps(uint64_t x_B, uint64_t h_B, uint64_t sent_B = 0) const {
        const uint64_t before = ceil_div(sent_B, 32);
        return m.align((before + 3 + ceil_div(x_B, m.bus_B) + ceil_div(h_B, m.bus_B)) * clk);
    }
    // The dot products of the gates, in so many row chunks.
    uint64_t matrix_ps(uint32_t chunks) const {
        return m.input_ps + m.convert_ps({m.array_rows * chunks, 1, 1, 4 * units, 1, 1, 0});
    }
    // sigmoid and tanh of four gates; f x c, i x g and their sum; tanh(c); o x tanh(c).
    uint64_t cell_ps() const {
        return activation_ps(4 * units) + lanes_ps(3 * units) + activation_ps(units) + lanes_ps(units);
    }
    uint64_t write_ps() const { return m.align((ceil_div(units, m.bus_B) + ceil_div(units, 32) + 2) * clk); }
    // Out of one eDRAM, over so many routers, into another.
    uint64_t send_ps(uint32_t routers) const {
        return 2 * (ceil_div(units, 32) + 2) * clk + (4 * routers + flits(units)) * clk;
    }
};

} // namespace one_lstm_alone

#endif

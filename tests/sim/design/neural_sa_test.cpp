#include "sim/design/neural_sa.h"

#include "sim/design/sa_sinad.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

namespace {

struct ladder {
    explicit ladder(const npim_ladder_options &options) {
        EXPECT_EQ(npim_ladder_design(&circuit, &options, &error), NPIM_OK) << error.message;
        EXPECT_EQ(npim_circuit_check(&circuit, &error), NPIM_OK) << error.message;
    }
    ~ladder() { npim_circuit_fini(&circuit); }
    ladder(const ladder &) = delete;
    ladder &operator=(const ladder &) = delete;
    npim_circuit circuit{};
    npim_error error{};
};

npim_ladder_options options_of(uint32_t dac_bits, uint32_t multiplicity, uint32_t cell_bits = 3) {
    npim_ladder_options options = npim_ladder_default_options();
    options.dac_bits = dac_bits;
    options.multiplicity = multiplicity;
    options.cell_bits = cell_bits;
    return options;
}

// The weights of the divider are those of the sum: 2^k / 255 x (1 - 2^-P), and 2^-P for acc.
TEST(neural_sa_design, shares_are_those_of_the_convex_sum) {
    for (const uint32_t dac_bits : {1u, 2u, 4u, 8u})
        for (uint32_t multiplicity = 1; multiplicity <= 16; multiplicity++)
            for (uint32_t cell_bits = 1; cell_bits <= 8; cell_bits++) {
                ladder l(options_of(dac_bits, multiplicity, cell_bits));
                npim_instance at{};
                ASSERT_EQ(npim_instance_init(&at, &l.circuit, nullptr, nullptr, &l.error), NPIM_OK);
                const double keep = std::ldexp(1.0, -static_cast<int>(dac_bits));
                for (uint32_t k = 0; k < 8; k++)
                    EXPECT_NEAR(npim_instance_weight(&at, 0, k),
                                std::ldexp(1.0, static_cast<int>(k)) / 255 * (1 - keep), 1e-14);
                EXPECT_NEAR(npim_instance_weight(&at, 0, 8), keep, 1e-14);
                npim_instance_fini(&at);
            }
}

// Levels of an input differ by one at most and none is 0; fewer cells could not hold the units.
TEST(neural_sa_design, takes_as_few_cells_as_the_units_need) {
    EXPECT_EQ(ladder(options_of(1, 4)).circuit.n_cells, 297u);
    EXPECT_EQ(ladder(options_of(1, 1)).circuit.n_cells, 79u);
    EXPECT_EQ(ladder(options_of(2, 4)).circuit.n_cells, 200u);
    EXPECT_EQ(ladder(options_of(4, 4)).circuit.n_cells, 161u);
    EXPECT_EQ(ladder(options_of(1, 8)).circuit.n_cells, 589u);
    ladder l(options_of(2, 3));
    std::map<uint32_t, std::map<uint32_t, uint32_t>> levels;
    for (uint32_t i = 0; i < l.circuit.n_cells; i++)
        levels[l.circuit.cells[i].source][l.circuit.cells[i].level]++;
    ASSERT_EQ(levels.size(), 9u);
    for (const auto &[source, count] : levels) {
        EXPECT_LE(count.rbegin()->first - count.begin()->first, 1u);
        EXPECT_GT(count.begin()->first, 0u);
        EXPECT_LE(count.rbegin()->first, 7u);
        uint32_t units = 0, cells = 0;
        for (const auto &[level, n] : count) {
            units += level * n;
            cells += n;
        }
        EXPECT_EQ(units, source == 8 ? 3u * 85 : 3u << source);
        EXPECT_EQ(cells, (units + 6) / 7);
    }
}

// The published recipe at sigma 0.025: 50 dB with about 300 cells, and 3 dB for twice of them.
TEST(neural_sa_design, sinad_of_100_varied_ladders) {
    double before_dB = 0;
    for (const uint32_t multiplicity : {1u, 2u, 4u, 8u, 16u}) {
        ladder l(options_of(1, multiplicity));
        const npim_sa_task task = {1, 0.5};
        npim_sa_trial trial = npim_sa_default_trial(&task);
        npim_sa_figures figures{};
        ASSERT_EQ(npim_sa_measure(&l.circuit, &trial, &figures, &l.error), NPIM_OK) << l.error.message;
        EXPECT_GT(figures.sinad_dB.nominal, 140) << "float precision";
        if (before_dB > 0) {
            EXPECT_NEAR(figures.sinad_dB.median - before_dB, 3, 1.5) << multiplicity;
        }
        before_dB = figures.sinad_dB.median;
        if (multiplicity != 4) continue;
        EXPECT_GE(figures.sinad_dB.median, 50);
        EXPECT_GE(figures.sinad_dB.p10, 47);
    }
}

TEST(neural_sa_design, impossible_topologies_are_refused) {
    const struct {
        npim_ladder_options options;
        const char *message;
    } cases[] = {{options_of(3, 4), "dac_bits = 3"},
                 {options_of(0, 4), "dac_bits = 0"},
                 {options_of(1, 0), "multiplicity = 0"},
                 {options_of(1, 17), "multiplicity = 17"},
                 {options_of(1, 4, 0), "cell_bits = 0"},
                 {options_of(1, 4, 9), "cell_bits = 9"},
                 {{1, 4, 3, 0}, "vdd_V = 0"},
                 {{1, 4, 3, std::nan("")}, "vdd_V"}};
    for (const auto &x : cases) {
        npim_circuit circuit{};
        npim_error error{};
        EXPECT_EQ(npim_ladder_design(&circuit, &x.options, &error), NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message).find(x.message), std::string::npos) << error.message;
        EXPECT_EQ(circuit.cells, nullptr);
    }
}

} // namespace

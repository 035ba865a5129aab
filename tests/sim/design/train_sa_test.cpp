#include "net_fixture.hpp"

#include "sim/design/train_sa.h"

namespace {

struct made_sa {
    explicit made_sa(uint32_t dac_bits) : options(npim_train_sa_default(dac_bits, &inverter)) {}
    ~made_sa() { npim_circuit_fini(&result.circuit); }
    made_sa(const made_sa &) = delete;
    made_sa &operator=(const made_sa &) = delete;
    npim_status train() {
        npim_circuit_fini(&result.circuit);
        error = {};
        return npim_train_sa(&options, &result, &error);
    }
    void shorten() {
        options.hidden = 4;
        options.multiplicity = 8;
        options.steps = 400;
        options.batch = 128;
        options.copies = 2;
        options.sweeps = 1;
        options.runs = 2;
    }
    npim_sa_figures measure() {
        npim_sa_trial trial = npim_sa_default_trial(&options.task);
        npim_sa_figures figures{};
        EXPECT_EQ(npim_sa_measure(&result.circuit, &trial, &figures, &error), NPIM_OK) << error.message;
        return figures;
    }
    npim_inverter inverter = curve();
    npim_train_sa_options options;
    npim_train_sa_result result{};
    npim_error error{};
};

TEST(train_sa, a_short_training_accumulates) {
    made_sa made(2);
    made.shorten();
    ASSERT_EQ(made.train(), NPIM_OK) << made.error.message;
    EXPECT_EQ(made.result.circuit.n_inputs, 9u);
    EXPECT_EQ(made.result.circuit.n_neurons, 5u);
    EXPECT_EQ(made.result.circuit.n_cells, 4u * 2 * (9 * 8 + 16) + 2 * (4 * 8 + 8));
    EXPECT_EQ(made.result.runs, 2u);
    for (int run = 0; run < 2; run++)
        EXPECT_LE(made.result.varied_dB[run], made.result.varied_dB[made.result.best]);
    const npim_sa_figures figures = made.measure();
    EXPECT_GT(figures.sinad_dB.nominal, 22); // a row of one level each has 7
    EXPECT_GT(figures.corrected_dB.nominal, figures.sinad_dB.nominal);
}

TEST(train_sa, the_seed_fixes_every_bit) {
    made_sa made(4), same(4), other(4);
    for (made_sa *m : {&made, &same, &other}) {
        m->shorten();
        m->options.steps = 40;
        m->options.sweeps = 0;
    }
    other.options.seed++;
    ASSERT_EQ(made.train(), NPIM_OK);
    ASSERT_EQ(same.train(), NPIM_OK);
    ASSERT_EQ(other.train(), NPIM_OK);
    const auto levels = [](const made_sa &m) {
        std::vector<int> all;
        for (uint32_t i = 0; i < m.result.circuit.n_cells; i++)
            all.push_back(m.result.circuit.cells[i].level);
        return all;
    };
    EXPECT_EQ(levels(made), levels(same));
    EXPECT_NE(levels(made), levels(other));
}

TEST(train_sa, refuses_options_out_of_range) {
    made_sa made(1);
    made.shorten();
    const npim_train_sa_options good = made.options;
    std::vector<npim_train_sa_options> bad(9, good);
    bad[0].task.dac_bits = 3;
    bad[1].task.range = 0.6;
    bad[2].hidden = 0;
    bad[3].multiplicity = 0;
    bad[4].cell_bits = 0;
    bad[5].sigma = -1;
    bad[6].steps = 0;
    bad[7].runs = 0;
    bad[8].rate = std::nan("");
    for (size_t i = 0; i < bad.size(); i++) {
        made.options = bad[i];
        EXPECT_EQ(made.train(), NPIM_ECONFIG) << i;
        EXPECT_NE(made.error.message[0], '\0');
        EXPECT_EQ(made.result.circuit.cells, nullptr);
    }
}

// The shipped training: 16 hidden rows, multiplicity 8, 3 bit, best of 5 seeds.
void expect_figures(uint32_t dac_bits, double nominal_dB, double varied_dB) {
    made_sa made(dac_bits);
    ASSERT_EQ(made.train(), NPIM_OK) << made.error.message;
    for (uint32_t run = 0; run < made.result.runs; run++)
        std::cout << "run " << run << ": " << made.result.sinad_dB[run] << " dB nominal, "
                  << made.result.varied_dB[run] << " dB at sigma 0.025\n";
    const npim_sa_figures figures = made.measure();
    std::cout << "seed " << made.options.seed << ", best of " << made.result.runs << ": "
              << made.result.circuit.n_cells << " cells: " << figures.sinad_dB.nominal << " dB nominal ("
              << figures.corrected_dB.nominal << " corrected), " << figures.sinad_dB.median << " dB (p10 "
              << figures.sinad_dB.p10 << ", " << figures.corrected_dB.median
              << " corrected) at sigma 0.025\n";
    EXPECT_GE(figures.sinad_dB.nominal, nominal_dB);
    EXPECT_GE(figures.sinad_dB.median, varied_dB);
}

TEST(train_sa, SlowOneBitPerCycle) {
    expect_figures(1, 36, 32); // asked for: 29 and 28
}

TEST(train_sa, SlowTwoBitPerCycle) {
    expect_figures(2, 39, 36);
}

TEST(train_sa, SlowFourBitPerCycle) {
    expect_figures(4, 40, 37);
}

} // namespace

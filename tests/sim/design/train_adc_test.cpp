#include "net_fixture.hpp"

#include "sim/design/characterize_adc.h"
#include "sim/design/train_adc.h"

namespace {

struct made_adc {
    explicit made_adc(npim_code_kind kind) : options(npim_train_adc_default(kind, &inverter)) {}
    ~made_adc() { npim_converter_fini(&result.converter); }
    made_adc(const made_adc &) = delete;
    made_adc &operator=(const made_adc &) = delete;
    npim_status train() {
        npim_converter_fini(&result.converter);
        error = {};
        return npim_train_adc(&options, &result, &error);
    }
    void shorten() {
        options.bits = 2;
        options.hidden = 3;
        options.steps = 200;
        options.batch = 64;
        options.copies = 2;
        options.sweeps = 1;
        options.runs = 2;
    }
    npim_adc_figures measure() {
        npim_adc_trial trial = npim_adc_default_trial(inverter.vdd_V);
        npim_adc_figures figures{};
        EXPECT_EQ(npim_adc_characterize(&result.converter, &trial, &figures, &error), NPIM_OK)
            << error.message;
        return figures;
    }
    npim_inverter inverter = curve();
    npim_train_adc_options options;
    npim_train_adc_result result{};
    npim_error error{};
};

TEST(train_adc, short_trainings_convert_in_every_code) {
    const npim_code_kind kinds[] = {NPIM_CODE_BINARY, NPIM_CODE_GRAY, NPIM_CODE_THERMOMETER};
    const uint32_t wires[] = {2, 2, 3};
    for (int i = 0; i < 3; i++) {
        made_adc made(kinds[i]);
        made.shorten();
        ASSERT_EQ(made.train(), NPIM_OK) << made.error.message;
        const npim_circuit &c = made.result.converter.circuit;
        EXPECT_EQ(npim_converter_check(&made.result.converter, &made.error), NPIM_OK) << made.error.message;
        EXPECT_EQ(c.n_outputs, wires[i]);
        EXPECT_EQ(c.n_cells, 3u * 2 * (4 + 8) + wires[i] * 2 * (3 * 4 + 4));
        instance_of instance(&c);
        std::vector<double> scratch(2 * c.n_neurons);
        const double in_V[] = {0.01, 0.125, 0.22, 0.28, 0.375, 0.47, 0.53, 0.625, 0.72, 0.78, 0.875, 0.99};
        uint16_t codes[12];
        npim_converter_codes(&made.result.converter, &instance.at, in_V, 12, 0, scratch.data(), codes);
        for (int k = 0; k < 12; k++) EXPECT_EQ(codes[k], k / 3) << "code " << i << " at " << in_V[k];
    }
}

TEST(train_adc, one_bit_is_a_comparator) {
    made_adc made(NPIM_CODE_GRAY);
    made.shorten();
    made.options.bits = 1;
    made.options.hidden = 1;
    made.options.runs = 1;
    ASSERT_EQ(made.train(), NPIM_OK) << made.error.message;
    EXPECT_EQ(made.result.converter.circuit.n_outputs, 1u);
}

TEST(train_adc, the_seed_fixes_every_bit) {
    made_adc made(NPIM_CODE_GRAY), same(NPIM_CODE_GRAY);
    for (made_adc *m : {&made, &same}) {
        m->shorten();
        m->options.steps = 30;
        ASSERT_EQ(m->train(), NPIM_OK);
    }
    const npim_circuit &a = made.result.converter.circuit, &b = same.result.converter.circuit;
    ASSERT_EQ(a.n_cells, b.n_cells);
    for (uint32_t i = 0; i < a.n_cells; i++) EXPECT_EQ(a.cells[i].level, b.cells[i].level);
}

TEST(train_adc, refuses_options_out_of_range) {
    made_adc made(NPIM_CODE_GRAY);
    made.shorten();
    const npim_train_adc_options good = made.options;
    std::vector<npim_train_adc_options> bad(8, good);
    bad[0].kind = NPIM_CODE_PIPELINE;
    bad[1].bits = 0;
    bad[2].bits = NPIM_TRAIN_ADC_MAX_BITS + 1;
    bad[3].hidden = 0;
    bad[4].multiplicity = 0;
    bad[5].sigma = 0.51;
    bad[6].batch = 0;
    bad[7].runs = NPIM_TRAIN_MAX_RUNS + 1;
    for (size_t i = 0; i < bad.size(); i++) {
        made.options = bad[i];
        EXPECT_EQ(made.train(), NPIM_ECONFIG) << i;
        EXPECT_NE(made.error.message[0], '\0');
        EXPECT_EQ(made.result.converter.circuit.cells, nullptr);
    }
}

npim_adc_figures figures_of(npim_code_kind kind, uint32_t multiplicity, uint32_t runs) {
    made_adc made(kind);
    made.options.multiplicity = multiplicity;
    made.options.runs = runs;
    EXPECT_EQ(made.train(), NPIM_OK) << made.error.message;
    for (uint32_t run = 0; run < made.result.runs; run++)
        std::cout << "run " << run << ": ENOB " << made.result.enob_bit[run] << " nominal, "
                  << made.result.varied_bit[run] << " at sigma 0.025\n";
    const npim_adc_figures f = made.measure();
    std::cout << "seed " << made.options.seed << ", best of " << runs << ": "
              << made.result.converter.circuit.n_cells << " cells: ENOB " << f.enob_bit.nominal
              << " nominal, " << f.enob_bit.median << " (p10 " << f.enob_bit.p10 << ") at sigma 0.025; DNL "
              << f.dnl_lsb.median << ", INL " << f.inl_lsb.median << " LSB, missing "
              << f.missing_codes.median << "\n";
    return f;
}

// The shipped training: 16 hidden rows, multiplicity 4, 3 bit.
TEST(train_adc, SlowGray) {
    const npim_adc_figures f = figures_of(NPIM_CODE_GRAY, 4, 5);
    EXPECT_GE(f.enob_bit.nominal, 3.9); // asked for: 3.8
    EXPECT_GE(f.enob_bit.median, 3.85); // asked for: 3.75
    EXPECT_EQ(f.missing_codes.nominal, 0);
    EXPECT_EQ(f.missing_codes.median, 0);
}

TEST(train_adc, SlowThermometer) {
    const npim_adc_figures f = figures_of(NPIM_CODE_THERMOMETER, 1, 1);
    EXPECT_GE(f.enob_bit.nominal, 3.9);
    EXPECT_GE(f.enob_bit.median, 3.8);
    EXPECT_EQ(f.missing_codes.median, 0);
}

// The wires of the binary code toggle together, which one hidden layer does not do well.
TEST(train_adc, SlowBinary) {
    const npim_adc_figures f = figures_of(NPIM_CODE_BINARY, 4, 3);
    EXPECT_GE(f.enob_bit.nominal, 3.4);
    EXPECT_GE(f.enob_bit.median, 3.3);
    EXPECT_EQ(f.missing_codes.nominal, 0);
}

} // namespace

#include "sim/reproduce/dot_product.h"

#include "section_fixture.hpp"

#include <vector>

namespace {

using bits = std::vector<uint32_t>;

struct dot_product : section_fixture {
    void SetUp() override {
        section_fixture::SetUp();
        ASSERT_EQ(npim_dot_designs(designs, &error), NPIM_OK) << error.message;
    }

    // Planned, run and measured.
    npim_dot_point measured(size_t strategy, const npim_dot_setting &setting) {
        npim_dot_point p{};
        EXPECT_EQ(npim_dot_plan(&study, &designs[strategy], &setting, &error), NPIM_OK) << error.message;
        make_runs();
        EXPECT_EQ(npim_dot_measure(&p, &study, &designs[strategy], &setting, &error), NPIM_OK)
            << error.message;
        return p;
    }

    npim_dot_design designs[NPIM_N_STRATEGIES]{};
};

bits bits_of(const npim_dot_point &p) {
    return bits(p.bits, p.bits + p.n_bits);
}

TEST_F(dot_product, a_dac_takes_half_as_much_again_at_4_bit) {
    for (const npim_dot_design &d : designs) {
        EXPECT_DOUBLE_EQ(npim_dot_dac_power_uW(&d, 1, 128), 3.906); // as ISAAC's file has it
        EXPECT_DOUBLE_EQ(npim_dot_dac_power_uW(&d, 4, 128), 5.859);
        EXPECT_DOUBLE_EQ(npim_dot_dac_power_uW(&d, 7, 128), 7.812);
        EXPECT_DOUBLE_EQ(npim_dot_dac_power_uW(&d, 1, 64), 1.953); // as CASCADE's file has it
        EXPECT_DOUBLE_EQ(npim_dot_dac_power_uW(&d, 4, 512), 4 * 5.859);
    }
}

// What is known of the published designs: 16 bit under A and B, and the 8-bit ones.
TEST_F(dot_product, published_cases) {
    const struct {
        npim_dot_case what;
        uint64_t conversions;
        bits resolutions;
    } known[] = {
        {{"", "isaac-16bit", {nullptr}}, 128, {8}},
        {{"",
          "isaac-16bit",
          {"data.encoded=false", "block.sar_adc.bits=9", "block.sar_adc.energy_pJ=0", nullptr}},
         128,
         {9}},
        {{"", "isaac-2bit", {nullptr}}, 32, {8}},
        {{"", "isaac", {nullptr}}, 128, {8}},
        {{"", "cascade", {"data.input_bits=16", "data.weight_bits=16", nullptr}},
         10,
         {10, 10, 9, 9, 9, 9, 8, 8, 7, 6}},
        {{"", "cascade", {nullptr}}, 5, {9, 8, 8, 7, 6}},
        {{"", "neural-pim", {nullptr}}, 1, {8}},
    };
    begin();
    for (const auto &k : known)
        ASSERT_EQ(npim_dot_plan_case(&study, &k.what, &error), NPIM_OK) << error.message;
    make_runs();
    for (const auto &k : known) {
        npim_dot_point p{};
        SCOPED_TRACE(k.what.arch);
        ASSERT_EQ(npim_dot_measure_case(&p, &study, &k.what, &error), NPIM_OK) << error.message;
        EXPECT_EQ(p.conversions, k.conversions);
        EXPECT_EQ(p.simulated, static_cast<double>(k.conversions));
        EXPECT_EQ(bits_of(p), k.resolutions);
    }
}

// Of one dot product on one array of 128 rows, in 8 cycles of 100 ns: from powers and energies of the facts.
TEST_F(dot_product, energies_by_hand) {
    begin();
    const double row_uW = 3.906, cell_nW = 18.31, cycles = 8, ns = 100;
    const npim_dot_point a = measured(NPIM_ISAAC, npim_dot_base);
    EXPECT_NEAR(a.group_pJ[NPIM_GROUP_DAC], cycles * 128 * row_uW * ns * 1e-3 / 8,
                1e-9); // 8 outputs share it
    EXPECT_NEAR(a.group_pJ[NPIM_GROUP_ARRAY], cycles * 128 * 16 * cell_nW * ns * 1e-6, 1e-9);
    EXPECT_NEAR(a.group_pJ[NPIM_GROUP_ADC], 128 * 1.67, 1e-9);
    EXPECT_EQ(a.latency_ns, 1400);
    const npim_dot_point b = measured(NPIM_CASCADE, npim_dot_base);
    EXPECT_EQ(bits_of(b), (bits{10, 9, 9, 8, 7}));
    EXPECT_NEAR(b.group_pJ[NPIM_GROUP_DAC], cycles * 128 * row_uW * ns * 1e-3 / 16, 1e-9);
    EXPECT_NEAR(b.group_pJ[NPIM_GROUP_ADC], 2.379 + 2 * 1.969 + 1.67 + 1.42, 1e-9);
    const npim_dot_point c = measured(NPIM_NEURAL_PIM, npim_dot_base);
    EXPECT_NEAR(c.group_pJ[NPIM_GROUP_ADC], 7.5, 1e-9);
    EXPECT_NEAR(c.group_pJ[NPIM_GROUP_ANALOG], cycles * (3.03 + 16 * 0.98e-3), 1e-9);
    for (const auto &p : {a, b, c}) {
        double sum = 0;
        for (size_t g = NPIM_GROUP_DAC; g <= NPIM_GROUP_REGISTER; g++) sum += p.group_pJ[g];
        EXPECT_DOUBLE_EQ(p.energy_pJ, sum);
        EXPECT_DOUBLE_EQ(p.energy_mac_pJ, sum / 128);
    }
}

// 4 bits a cycle: two cycles, so a quarter of what cycles cost with 1 bit, the driver at 1.5 times its power.
TEST_F(dot_product, fine_dacs_save_cycles) {
    begin();
    npim_dot_setting fine = npim_dot_base;
    fine.dac_bits = 4;
    const npim_dot_point one = measured(NPIM_NEURAL_PIM, npim_dot_base),
                         four = measured(NPIM_NEURAL_PIM, fine);
    EXPECT_NEAR(four.group_pJ[NPIM_GROUP_DAC], 1.5 / 4 * one.group_pJ[NPIM_GROUP_DAC], 1e-9);
    EXPECT_NEAR(four.group_pJ[NPIM_GROUP_ANALOG], one.group_pJ[NPIM_GROUP_ANALOG] / 4, 1e-9);
    EXPECT_NEAR(four.group_pJ[NPIM_GROUP_ADC], one.group_pJ[NPIM_GROUP_ADC], 1e-12);
    EXPECT_NEAR(one.latency_ns - four.latency_ns, 600, 1e-6);
}

// The table of SAR converters ends at 10 bit: the closed form alone, and no run.
TEST_F(dot_product, what_has_no_energy_is_not_run) {
    begin();
    npim_dot_setting s = npim_dot_base;
    for (const auto &[dac, is_a_run, is_b_run] :
         {std::tuple(2u, true, true), std::tuple(3u, true, false), std::tuple(4u, false, false)}) {
        s.dac_bits = dac;
        for (size_t strategy : {NPIM_ISAAC, NPIM_CASCADE, NPIM_NEURAL_PIM}) {
            const size_t n = study.runs.n;
            ASSERT_EQ(npim_dot_plan(&study, &designs[strategy], &s, &error), NPIM_OK);
            const bool is_run = strategy == NPIM_ISAAC ? is_a_run : strategy != NPIM_CASCADE || is_b_run;
            EXPECT_EQ(study.runs.n, n + is_run) << dac << ", " << strategy;
        }
    }
    npim_dot_point p{};
    ASSERT_EQ(npim_dot_measure(&p, &study, &designs[NPIM_ISAAC], &s, &error), NPIM_OK);
    EXPECT_EQ(p.conversions, 32u);
    EXPECT_EQ(bits_of(p), bits{11});
    EXPECT_TRUE(std::isnan(p.simulated) && std::isnan(p.energy_pJ) && std::isnan(p.energy_mac_pJ) &&
                std::isnan(p.latency_ns) && std::isnan(p.group_pJ[NPIM_GROUP_ADC]));
}

// What the replays change of a design beside what is swept: the introduction of the section names it all.
TEST_F(dot_product, what_is_set_beside_the_settings_is_named) {
    begin();
    npim_dot_setting wide = npim_dot_base;
    wide.cell_bits = 2;
    for (const npim_dot_setting &setting : {npim_dot_base, wide})
        for (const npim_dot_design &d : designs)
            ASSERT_EQ(npim_dot_plan(&study, &d, &setting, &error), NPIM_OK) << error.message;
    std::string intro;
    for (size_t i = 0; i < npim_n_study_sections; i++)
        if (npim_study_sections[i].make == npim_dataflows_make) intro = npim_study_sections[i].text;
    for (const char *word : {"64 processing elements", "block.crossbar.coding=biased", "100 ns", "3.906 uW",
                             "1.5 times that for 4 bit"})
        EXPECT_NE(intro.find(word), std::string::npos) << word;
    ASSERT_EQ(study.runs.n, 6u);
    for (size_t i = 0; i < study.runs.n; i++) {
        const std::string command = study.runs.items[i].command;
        SCOPED_TRACE(command);
        EXPECT_NE(command.find("tile.pes=64 "), std::string::npos);
        EXPECT_NE(command.find("pe.cycle_ns=100 "), std::string::npos);
        EXPECT_NE(command.find("block.dac.power_uW=3.906"), std::string::npos);
        const bool is_b = command.find("--arch cascade") != std::string::npos;
        const bool is_wide = command.find("data.cell_bits=2") != std::string::npos;
        EXPECT_EQ(command.find("block.crossbar.coding=biased") != std::string::npos, is_b && is_wide);
    }
}

TEST_F(dot_product, a_count_that_is_not_the_closed_form_is_an_invariant_broken) {
    const auto layer = [](int conversions) {
        return R"({"layers": [{"name": "input", "macs": 0}, {"name": "fc", "macs": 32768, "latency_ns": 1,
                   "ad_conversions": )" +
               std::to_string(conversions) +
               R"(, "energy_event_pJ": {"dac": 1, "array": 1, "analog": 1, "adc": 1, "digital": 1,
                   "register": 1}}]})";
    };
    const struct {
        std::string document;
        npim_status status;
    } cases[] = {{layer(4 * 64 * 128), NPIM_OK},
                 {layer(4 * 64 * 128 + 1), NPIM_EINVARIANT},
                 {layer(4 * 64 * 64), NPIM_EINVARIANT},
                 {R"({"layers": []})", NPIM_EINVARIANT},
                 {R"({"layers": [{"macs": 1, "ad_conversions": 32768, "latency_ns": 1}]})", NPIM_EINVARIANT}};
    for (const auto &c : cases) {
        begin(answering(c.document));
        ASSERT_EQ(npim_dot_plan(&study, &designs[NPIM_ISAAC], &npim_dot_base, &error), NPIM_OK);
        make_runs();
        npim_dot_point p{};
        EXPECT_EQ(npim_dot_measure(&p, &study, &designs[NPIM_ISAAC], &npim_dot_base, &error), c.status)
            << c.document;
        if (c.status != NPIM_OK) {
            EXPECT_NE(std::string(error.message).find("dot_product --arch isaac"), std::string::npos)
                << error.message;
        }
    }
}

TEST_F(dot_product, resolutions_as_text) {
    char text[NPIM_DOT_TEXT_SIZE];
    npim_dot_point p{};
    npim_dot_bits_text(&p, text);
    EXPECT_STREQ(text, "");
    p.n_bits = 3;
    p.bits[0] = 10;
    p.bits[1] = p.bits[2] = 9;
    npim_dot_bits_text(&p, text);
    EXPECT_STREQ(text, "10,9,9");
    p.n_bits = NPIM_MAX_BITS;
    for (uint32_t &b : p.bits) b = 32;
    npim_dot_bits_text(&p, text);
    EXPECT_EQ(std::string(text).size(), size_t{3 * NPIM_MAX_BITS - 1});
}

TEST_F(dot_product, an_architecture_that_is_not_there) {
    begin();
    const npim_dot_case wrong = {"", "no-such", {nullptr}};
    EXPECT_EQ(npim_dot_plan_case(&study, &wrong, &error), NPIM_ECONFIG);
    npim_dot_point p{};
    EXPECT_EQ(npim_dot_measure_case(&p, &study, &wrong, &error), NPIM_ECONFIG);
}

} // namespace

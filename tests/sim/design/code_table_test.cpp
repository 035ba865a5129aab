#include "sim/design/code_table.h"

#include "spice_fixture.hpp"

#include <algorithm>
#include <memory>
#include <sstream>

namespace {

struct code_table_test : testing::Test {
    ~code_table_test() override {
        npim_code_table_fini(&table);
        npim_design_fini(design.get());
    }
    void make(npim_design_kind kind, uint32_t bits, double v_max_V = 0) {
        npim_design_request r{};
        r.kind = kind;
        r.code = NPIM_CODE_THERMOMETER;
        r.bits = bits;
        r.dac_bits = 1;
        r.multiplicity = 4;
        r.cell_bits = 3;
        r.v_max_V = v_max_V;
        npim_design_request_complete(&r);
        npim_design_fini(design.get());
        ASSERT_EQ(npim_design_make(design.get(), &r, circuits_folder().c_str(), &error), NPIM_OK)
            << error.message;
    }
    void measure(const npim_sampling &sampling) {
        npim_code_table_fini(&table);
        ASSERT_EQ(npim_code_table_measure(&table, design.get(), &sampling, &error), NPIM_OK) << error.message;
    }
    static std::string owned(char *text) {
        const std::string copy = text ? text : "no memory";
        std::free(text);
        return copy;
    }
    std::unique_ptr<npim_design> design = std::make_unique<npim_design>();
    npim_code_table table{};
    npim_error error{};
};

TEST_F(code_table_test, transitions_of_a_good_converter_are_where_they_belong) {
    for (const auto &[bits, v_max_V] : {std::pair(4u, 0.0), {4u, 0.2}, {8u, 0.0}}) {
        make(NPIM_DESIGN_NEURAL_ADC, bits, v_max_V);
        measure({0.025, 0, 1, {}, nullptr});
        ASSERT_EQ(table.n_codes, 1u << bits);
        const double full_V = v_max_V > 0 ? 2 * v_max_V : 1, lsb_V = full_V / table.n_codes;
        for (uint32_t c = 1; c < table.n_codes; c++) {
            ASSERT_NEAR(table.transition_V[c], 0.5 - full_V / 2 + c * lsb_V, 0.3 * lsb_V)
                << bits << ", " << c;
            ASSERT_LT(std::fabs(table.dnl_lsb[c]), 0.2);
            ASSERT_LT(std::fabs(table.inl_lsb[c]), 0.2);
        }
        EXPECT_EQ(table.samples, 0u);
    }
}

// The worst of the columns is what characterize says.
TEST_F(code_table_test, it_agrees_with_the_figures) {
    make(NPIM_DESIGN_NEURAL_ADC, 8);
    const npim_sampling sampling = {0.05, 9, 5, {}, nullptr};
    measure(sampling);
    npim_characterization figures;
    ASSERT_EQ(npim_characterize(&figures, design.get(), &sampling, &error), NPIM_OK);
    double dnl = 0, inl = 0;
    for (uint32_t c = 0; c < table.n_codes; c++) {
        dnl = std::max(dnl, std::fabs(table.dnl_lsb[c]));
        inl = std::max(inl, std::fabs(table.inl_lsb[c]));
    }
    std::sort(table.sinad_dB, table.sinad_dB + table.samples);
    for (size_t i = 0; i < figures.n_figures; i++) {
        const std::string key = figures.figures[i].key;
        if (key == "dnl_lsb") {
            EXPECT_DOUBLE_EQ(figures.figures[i].spread.nominal, dnl);
        }
        if (key == "inl_lsb") {
            EXPECT_DOUBLE_EQ(figures.figures[i].spread.nominal, inl);
        }
        if (key == "sinad_dB") {
            EXPECT_DOUBLE_EQ(figures.figures[i].spread.median, table.sinad_dB[4]);
        }
    }
}

// The deciles of a code are those of the circuits, measured one by one.
TEST_F(code_table_test, spreads_of_a_code_are_those_of_the_samples) {
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    const npim_sampling sampling = {0.05, 11, 5, {}, nullptr};
    measure(sampling);
    const npim_adc_trial trial = npim_design_trial(design.get(), &sampling);
    std::vector<double> inl_of_9;
    std::vector<double> in_V(trial.ramp_points);
    std::vector<uint16_t> codes(trial.ramp_points);
    const double length_V = trial.full_scale_V * (1 + 2 * trial.overdrive_share);
    for (uint32_t i = 0; i < trial.ramp_points; i++)
        in_V[i] = 0.5 + length_V * ((i + 0.5) / trial.ramp_points - 0.5);
    for (uint32_t k = 0; k < sampling.samples; k++) {
        const npim_random random = {sampling.seed, k};
        npim_instance instance;
        ASSERT_EQ(
            npim_instance_init(&instance, &design->converter.circuit, &trial.variation, &random, &error),
            NPIM_OK);
        std::vector<double> scratch(2 * design->converter.circuit.n_neurons), inl(table.n_codes);
        npim_static_figures figures;
        npim_converter_codes(&design->converter, &instance, in_V.data(), in_V.size(), 0, scratch.data(),
                             codes.data());
        ASSERT_EQ(npim_static_test(codes.data(), codes.size(), 4, nullptr, inl.data(), &figures, &error),
                  NPIM_OK);
        inl_of_9.push_back(inl[9]);
        npim_instance_fini(&instance);
    }
    std::sort(inl_of_9.begin(), inl_of_9.end());
    EXPECT_DOUBLE_EQ(table.inl[9].median, inl_of_9[5]);
    EXPECT_DOUBLE_EQ(table.inl[9].p10, inl_of_9[1]);
    EXPECT_DOUBLE_EQ(table.inl[9].p90, inl_of_9[9]);
    EXPECT_DOUBLE_EQ(table.inl[9].nominal, table.inl_lsb[9]);
}

TEST_F(code_table_test, csv_has_a_row_for_each_code) {
    make(NPIM_DESIGN_NEURAL_ADC, 4); // of 3 bit, the nominal DNL and INL are 0
    measure({0.025, 2, 1, {}, nullptr});
    std::istringstream lines(owned(npim_code_table_csv(&table)));
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(line, "code,transition_V,dnl_lsb,inl_lsb,dnl_median_lsb,dnl_p10_lsb,dnl_p90_lsb,inl_median_lsb,"
                    "inl_p10_lsb,inl_p90_lsb");
    uint32_t c = 0;
    for (; std::getline(lines, line); c++) {
        double number[10];
        std::istringstream cells(line);
        for (double &n : number) {
            std::string cell;
            ASSERT_TRUE(std::getline(cells, cell, ','));
            n = std::stod(cell);
        }
        ASSERT_TRUE(cells.eof()) << line;
        EXPECT_EQ(number[0], c);
        const npim_spread &d = table.dnl[c], &i = table.inl[c];
        const double expected[] = {table.transition_V[c],
                                   table.dnl_lsb[c],
                                   table.inl_lsb[c],
                                   d.median,
                                   d.p10,
                                   d.p90,
                                   i.median,
                                   i.p10,
                                   i.p90};
        for (size_t k = 0; k < 9; k++) EXPECT_EQ(number[k + 1], expected[k]) << c << ", column " << k + 1;
    }
    EXPECT_EQ(c, 16u);
}

// The same numbers, column by column; without samples there are no deciles.
TEST_F(code_table_test, json_is_the_csv_by_columns) {
    make(NPIM_DESIGN_NEURAL_ADC, 4);
    for (const uint32_t samples : {2u, 0u}) {
        measure({0.025, samples, 1, {}, nullptr});
        cJSON *json = cJSON_CreateObject();
        ASSERT_TRUE(npim_code_table_to_json(&table, json));
        const cJSON *codes = cJSON_GetObjectItem(json, "codes");
        std::istringstream lines(owned(npim_code_table_csv(&table)));
        std::string head, line, name, cell;
        ASSERT_TRUE(std::getline(lines, head));
        EXPECT_EQ(cJSON_GetArraySize(codes), samples ? 9 : 3);
        for (int c = 0; std::getline(lines, line); c++) {
            std::istringstream names(head), cells(line);
            std::getline(names, name, ',');
            std::getline(cells, cell, ',');
            while (std::getline(names, name, ',') && std::getline(cells, cell, ',')) {
                const cJSON *column = cJSON_GetObjectItem(codes, name.c_str());
                ASSERT_EQ(cJSON_GetArraySize(column), 16) << name;
                EXPECT_EQ(cJSON_GetArrayItem(column, c)->valuedouble, std::stod(cell)) << name << ", " << c;
            }
        }
        cJSON_Delete(json);
    }
}

TEST_F(code_table_test, the_histogram_is_drawn_where_there_are_samples) {
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    measure({0.025, 2, 1, {}, nullptr});
    EXPECT_NE(owned(npim_code_table_plot(&table)).find("SINAD"), std::string::npos);
    measure({0.025, 0, 1, {}, nullptr});
    const std::string script = owned(npim_code_table_plot(&table));
    EXPECT_EQ(script.find("SINAD"), std::string::npos);
    EXPECT_NE(script.find("layout 2,1"), std::string::npos);
}

TEST_F(code_table_test, a_shift_and_add_has_no_codes) {
    make(NPIM_DESIGN_NEURAL_SA, 8);
    const npim_sampling sampling = {0.025, 0, 1, {}, nullptr};
    EXPECT_EQ(npim_code_table_measure(&table, design.get(), &sampling, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("neural-sa has no codes"), std::string::npos);
    make(NPIM_DESIGN_NEURAL_ADC, 3);
    const npim_sampling wild = {0.6, 1, 1, {}, nullptr};
    EXPECT_EQ(npim_code_table_measure(&table, design.get(), &wild, &error), NPIM_ECONFIG);
    EXPECT_EQ(table.sinad_dB, nullptr);
    npim_code_table_fini(&table);
}

} // namespace

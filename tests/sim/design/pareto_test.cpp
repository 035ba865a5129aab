#include "sim/design/pareto.h"

#include "spice_fixture.hpp"

#include <memory>
#include <sstream>

namespace {

struct pareto_test : testing::Test {
    npim_status make(npim_design_kind kind, uint32_t bits, const npim_sampling &sampling) {
        request.kind = kind;
        request.code = NPIM_CODE_THERMOMETER;
        request.bits = bits;
        request.dac_bits = 1;
        request.cell_bits = 3;
        npim_design_request_complete(&request);
        return npim_pareto_make(pareto.get(), &request, &sampling, circuits_folder().c_str(), &error);
    }
    static double value(const npim_pareto_row &row, const std::string &key) {
        for (size_t i = 0; i < row.n_figures; i++)
            if (row.figures[i].key == key) return row.figures[i].spread.median;
        ADD_FAILURE() << key;
        return 0;
    }
    static std::string owned(char *text) {
        const std::string copy = text ? text : "no memory";
        std::free(text);
        return copy;
    }
    npim_design_request request{};
    std::unique_ptr<npim_pareto> pareto = std::make_unique<npim_pareto>();
    npim_error error{};
};

// A row is what the circuit of that multiplicity gives when it is measured alone.
TEST_F(pareto_test, rows_are_designs) {
    const npim_sampling sampling = {0.05, 5, 3, {}, nullptr};
    ASSERT_EQ(make(NPIM_DESIGN_NEURAL_ADC, 4, sampling), NPIM_OK) << error.message;
    const uint32_t multiplicities[] = {1, 2, 3, 4, 6, 8, 12, 16};
    for (uint32_t i = 0; i < NPIM_PARETO_ROWS; i++) {
        const npim_pareto_row &row = pareto->rows[i];
        EXPECT_EQ(row.multiplicity, multiplicities[i]);
        npim_design_request one = request;
        one.multiplicity = multiplicities[i];
        const auto design = std::make_unique<npim_design>();
        npim_characterization alone;
        ASSERT_EQ(npim_design_make(design.get(), &one, circuits_folder().c_str(), &error), NPIM_OK);
        ASSERT_EQ(npim_characterize(&alone, design.get(), &sampling, &error), NPIM_OK);
        EXPECT_EQ(row.cells, design->converter.circuit.n_cells);
        EXPECT_EQ(row.area_um2, design->area_um2);
        EXPECT_EQ(value(row, "enob_bit"), npim_characterization_find(&alone, "enob_bit")->median);
        EXPECT_EQ(row.settle.steps, 0u);
        npim_design_fini(design.get());
    }
}

TEST_F(pareto_test, more_cells_cost_more_and_err_less) {
    for (const npim_design_kind kind : {NPIM_DESIGN_NEURAL_SA, NPIM_DESIGN_NEURAL_ADC}) {
        ASSERT_EQ(make(kind, 8, {0.025, 30, 1, {}, nullptr}), NPIM_OK) << error.message;
        const std::string key = kind == NPIM_DESIGN_NEURAL_ADC ? "enob_bit" : "sinad_dB";
        for (uint32_t i = 1; i < NPIM_PARETO_ROWS; i++) {
            EXPECT_GT(pareto->rows[i].cells, pareto->rows[i - 1].cells);
            EXPECT_GT(pareto->rows[i].area_um2, pareto->rows[i - 1].area_um2);
        }
        EXPECT_GT(value(pareto->rows[7], key), value(pareto->rows[3], key));
        EXPECT_GT(value(pareto->rows[3], key), value(pareto->rows[0], key));
    }
}

TEST_F(pareto_test, text_csv_and_json_have_a_row_each) {
    ASSERT_EQ(make(NPIM_DESIGN_NEURAL_ADC, 3, {0.025, 3, 1, {}, nullptr}), NPIM_OK) << error.message;
    const std::string text = owned(npim_pareto_text(pareto.get()));
    EXPECT_NE(text.find("sigma 0.025, 3 samples, seed 1\n"), std::string::npos) << text;
    EXPECT_EQ(text.find("energy_pJ"), std::string::npos) << "nobody ran a transient";
    std::istringstream lines(owned(npim_pareto_csv(pareto.get())));
    std::string head, line;
    ASSERT_TRUE(std::getline(lines, head));
    EXPECT_EQ(head.rfind("multiplicity,cells,inverters,latches,area_um2,cell_power_uW,dnl_nominal_lsb,", 0),
              0u)
        << head;
    size_t rows = 0;
    for (; std::getline(lines, line); rows++)
        EXPECT_EQ(std::count(line.begin(), line.end(), ','), std::count(head.begin(), head.end(), ','));
    EXPECT_EQ(rows, static_cast<size_t>(NPIM_PARETO_ROWS));
    cJSON *json = npim_pareto_json(pareto.get());
    const cJSON *array = cJSON_GetObjectItem(json, "rows");
    ASSERT_EQ(cJSON_GetArraySize(array), NPIM_PARETO_ROWS);
    const cJSON *last = cJSON_GetArrayItem(array, NPIM_PARETO_ROWS - 1);
    EXPECT_EQ(cJSON_GetObjectItem(last, "multiplicity")->valuedouble, 16);
    EXPECT_EQ(cJSON_GetObjectItem(cJSON_GetObjectItem(last, "enob_bit"), "median")->valuedouble,
              value(pareto->rows[7], "enob_bit"));
    cJSON_Delete(json);
}

TEST_F(pareto_test, a_transient_run_adds_time_and_energy) {
    NEEDS_NGSPICE();
    request.settle = true;
    ASSERT_EQ(make(NPIM_DESIGN_NEURAL_SA, 8, {0.025, 1, 1, {}, nullptr}), NPIM_OK) << error.message;
    for (const npim_pareto_row &row : pareto->rows) {
        EXPECT_EQ(row.settle.steps, 64u);
        EXPECT_GT(row.settle.energy_pJ, 0);
    }
    EXPECT_NE(owned(npim_pareto_text(pareto.get())).find("energy_pJ"), std::string::npos);
}

TEST_F(pareto_test, what_cannot_be_made_is_said) {
    EXPECT_EQ(make(NPIM_DESIGN_NEURAL_ADC, 11, {0.025, 1, 1, {}, nullptr}), NPIM_EUSAGE);
    EXPECT_EQ(make(NPIM_DESIGN_NEURAL_ADC, 4, {0.7, 1, 1, {}, nullptr}), NPIM_ECONFIG);
}

} // namespace

#include "sim/design/sa_table.h"

#include "spice_fixture.hpp"

#include <memory>
#include <sstream>

namespace {

struct sa_table_test : testing::Test {
    sa_table_test() {
        npim_design_request r{};
        r.kind = NPIM_DESIGN_NEURAL_SA;
        r.bits = 8;
        r.dac_bits = 1;
        r.multiplicity = 4;
        r.cell_bits = 3;
        EXPECT_EQ(npim_design_make(design.get(), &r, circuits_folder().c_str(), &error), NPIM_OK)
            << error.message;
    }
    ~sa_table_test() override {
        npim_sa_table_fini(&table);
        npim_design_fini(design.get());
    }
    void measure(const npim_sampling &sampling) {
        npim_sa_table_fini(&table);
        ASSERT_EQ(npim_sa_table_measure(&table, design.get(), &sampling, &error), NPIM_OK) << error.message;
    }
    static std::string owned(char *text) {
        const std::string copy = text ? text : "no memory";
        std::free(text);
        return copy;
    }
    std::unique_ptr<npim_design> design = std::make_unique<npim_design>();
    npim_sa_table table{};
    npim_error error{};
};

TEST_F(sa_table_test, the_samples_are_those_behind_the_spreads) {
    const npim_sampling sampling = {0.05, 11, 3, {}, nullptr};
    measure(sampling);
    npim_characterization figures;
    ASSERT_EQ(npim_characterize(&figures, design.get(), &sampling, &error), NPIM_OK);
    ASSERT_EQ(table.samples, 11u);
    const npim_spread *sinad = npim_characterization_find(&figures, "sinad_dB");
    EXPECT_EQ(table.details.sinad_dB[0], sinad->nominal);
    std::vector<double> sorted(table.details.sinad_dB + 1, table.details.sinad_dB + 12);
    std::sort(sorted.begin(), sorted.end());
    EXPECT_EQ(sorted[5], sinad->median);
    // The first sample's errors, once more from its results.
    double squares = 0;
    for (uint32_t i = 0; i < table.vectors; i++) {
        const double off = table.details.varied_V[i] - table.details.wanted_V[i];
        squares += off * off;
        ASSERT_NEAR(table.details.nominal_V[i], table.details.wanted_V[i], 1e-9);
    }
    EXPECT_NEAR(1e3 * std::sqrt(squares / table.vectors), table.details.rms_error_mV[1], 1e-9);
}

TEST_F(sa_table_test, csv_has_a_row_for_each_circuit) {
    measure({0.05, 3, 3, {}, nullptr});
    std::istringstream lines(owned(npim_sa_table_csv(&table)));
    std::vector<std::string> rows;
    for (std::string line; std::getline(lines, line);) rows.push_back(line);
    ASSERT_EQ(rows.size(), 5u);
    EXPECT_EQ(rows[0], "circuit,sinad_dB,sinad_corrected_dB,rms_error_mV");
    double sinad_dB = 0;
    ASSERT_EQ(std::sscanf(rows[1].c_str(), "nominal,%lf,", &sinad_dB), 1) << rows[1];
    EXPECT_EQ(sinad_dB, table.details.sinad_dB[0]); // to the bit
    EXPECT_EQ(rows[4].rfind("2,", 0), 0u) << rows[4];
}

TEST_F(sa_table_test, the_histogram_is_drawn_where_there_are_samples) {
    measure({0.05, 3, 3, {}, nullptr});
    EXPECT_NE(owned(npim_sa_table_plot(&table)).find("SINAD"), std::string::npos);
    measure({0.05, 0, 3, {}, nullptr});
    const std::string script = owned(npim_sa_table_plot(&table));
    EXPECT_EQ(script.find("SINAD"), std::string::npos);
    EXPECT_NE(script.find("nominal circuit"), std::string::npos);
}

TEST_F(sa_table_test, a_converter_has_another_table) {
    design->request.kind = NPIM_DESIGN_NEURAL_ADC;
    const npim_sampling sampling = {0.05, 3, 3, {}, nullptr};
    EXPECT_EQ(npim_sa_table_measure(&table, design.get(), &sampling, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("neural-adc"), std::string::npos) << error.message;
    EXPECT_EQ(table.details.sinad_dB, nullptr);
}

} // namespace

#include "sim/reproduce/dataflows_parts.h"

#include "section_fixture.hpp"

#include <cstddef>
#include <vector>

namespace {

struct dataflows : section_fixture {};

// The claims of the captions, one by one, on the tables.
struct dataflowsSlow : section_fixture {
    std::vector<double> column(const char *name, const std::string &key) const {
        std::vector<double> values;
        const npim_table *t = table(name);
        for (size_t r = 0; r < npim_table_rows(t); r++) values.push_back(number(t, r, key));
        return values;
    }

    void expect_what_is_said_of_dacs() const {
        const char *const counts = "dataflow_dac_conversions", *const costs = "dataflow_dac_energy";
        using bits = std::vector<double>;
        EXPECT_EQ(column(counts, "a_resolution_bit"), (bits{8, 9, 10, 11, 12, 13, 14, 15}));
        EXPECT_EQ(column(counts, "b_finest_bit"), (bits{10, 10, 11, 12, 13, 14, 15, 15}));
        EXPECT_EQ(column(counts, "c_conversions"), bits(8, 1));
        EXPECT_EQ(column(counts, "c_resolution_bit"), bits(8, 8));
        const auto a = column(costs, "a_energy_pJ"), b = column(costs, "b_energy_pJ"),
                   c = column(costs, "c_energy_pJ");
        // C alone has a cost above 3 bit, B above 2 bit none.
        for (size_t r = 0; r < 8; r++) {
            EXPECT_EQ(std::isnan(a[r]), r + 1 > 3) << r;
            EXPECT_EQ(std::isnan(b[r]), r + 1 > 2) << r;
            EXPECT_FALSE(std::isnan(c[r])) << r;
        }
        for (const auto &energy : {a, b, c}) { // "1.6 to 1.7 times less"
            EXPECT_GE(energy[0] / energy[1], 1.6);
            EXPECT_LE(energy[0] / energy[1], 1.7);
        }
        for (size_t r = 4; r < 7; r++) EXPECT_GT(c[r], c[r - 1]); // two cycles with 4 to 7 bit
        EXPECT_LT(b[0], std::fmin(a[0], c[0]));
    }

    void expect_what_is_said_of_cells() const {
        const char *const counts = "dataflow_cell_conversions", *const costs = "dataflow_cell_energy";
        using bits = std::vector<double>;
        EXPECT_EQ(column(counts, "a_conversions"), (bits{128, 64, 32, 16}));
        EXPECT_EQ(column(counts, "a_resolution_bit"), (bits{8, 9, 11, 15}));
        EXPECT_EQ(column(counts, "b_finest_bit"), (bits{10, 10, 12, 15}));
        EXPECT_EQ(column(counts, "cell_bits").back(), 8); // 256 levels
        for (const char *key : {"a_energy_pJ", "b_energy_pJ", "c_energy_pJ"}) {
            const auto energy = column(costs, key);
            for (size_t r = 1; r < energy.size(); r++)
                if (!std::isnan(energy[r])) {
                    EXPECT_LT(energy[r], energy[r - 1]) << key;
                }
        }
    }

    void expect_what_is_said_of_arrays_and_inputs() const {
        const char *const arrays = "dataflow_array_conversions";
        for (const char *key : {"a_conversions", "b_conversions", "c_conversions"})
            for (const double n : column(arrays, key)) EXPECT_EQ(n, column(arrays, key)[0]) << key;
        const auto a = column(arrays, "a_resolution_bit"), b = column(arrays, "b_finest_bit"),
                   a_ns = column("dataflow_array_energy", "a_latency_ns");
        for (size_t r = 1; r < a.size(); r++) {
            EXPECT_EQ(a[r], a[r - 1] + 1);
            EXPECT_EQ(b[r], b[r - 1] + 1);
            EXPECT_EQ(a_ns[r] > a_ns[r - 1], r > 2); // above 128 rows
            for (const char *key : {"b_latency_ns", "c_latency_ns"}) {
                const auto ns = column("dataflow_array_energy", key);
                if (!std::isnan(ns[r])) {
                    EXPECT_LT(ns[r], ns[r - 1]) << key;
                }
            }
            for (const char *key : {"a_energy_mac_pJ", "b_energy_mac_pJ", "c_energy_mac_pJ"}) {
                const auto pJ = column("dataflow_array_energy", key);
                if (!std::isnan(pJ[r])) {
                    EXPECT_LT(pJ[r], pJ[r - 1]) << key;
                }
            }
        }
        // Linear: one slope up to 8 bit and one above, with a step between them.
        for (const char *key : {"a_energy_pJ", "b_energy_pJ", "c_energy_pJ"}) {
            const auto pJ = column("dataflow_input_energy", key); // 2, 4, 6, 8, 12, 16 bit
            const double slope = (pJ[3] - pJ[0]) / 6, near = *key == 'b' ? 0.15 : 1e-6;
            for (const double other :
                 {(pJ[1] - pJ[0]) / 2, (pJ[2] - pJ[1]) / 2, (pJ[3] - pJ[2]) / 2, (pJ[5] - pJ[4]) / 4})
                EXPECT_NEAR(other, slope, near * slope) << key;
            EXPECT_GT((pJ[4] - pJ[3]) / 4, 1.05 * slope) << key;
        }
    }

    void expect_what_is_said_of_blocks() const {
        const npim_table *t = table("dataflow_blocks");
        EXPECT_GT(number(t, 0, "adc_percent"), 50);
        for (size_t r = 2; r < 4; r++) { // C
            EXPECT_LT(number(t, r, "adc_percent"), 20);
            for (const char *key : {"array_pJ", "analog_pJ", "adc_pJ", "digital_pJ", "register_pJ"})
                EXPECT_GT(number(t, r, "dac_pJ"), number(t, r, key)) << key;
        }
        EXPECT_NEAR(number(t, 1, "dac_pJ"), number(t, 0, "dac_pJ") / 2, 1e-9);
    }
};

TEST_F(dataflows, a_sweep_varies_one_setting) {
    npim_dot_sweep sweep{};
    sweep.values[1] = 7;
    sweep.n = 2;
    sweep.offset = offsetof(npim_dot_setting, input_bits);
    const npim_dot_setting s = npim_dot_sweep_setting(&sweep, 1);
    EXPECT_EQ(s.input_bits, 7u);
    EXPECT_EQ(s.dac_bits, npim_dot_base.dac_bits);
    EXPECT_EQ(s.cell_bits, npim_dot_base.cell_bits);
    EXPECT_EQ(s.array, npim_dot_base.array);
}

// A second closed form, for weights of 8 bit; what = 0: the number, else the finest resolution.
double closed_form(char strategy, double dac, double cell, double rows, double inputs, bool resolution) {
    const double n = std::ceil(inputs / dac), m = std::ceil(8 / cell), lines = std::log2(rows);
    const double bit_line = lines + dac + cell - (dac > 1 && cell > 1 ? 0 : 1);
    const double groups = std::fmax(1, std::floor((n + m - 1) / 3));
    if (strategy == 'a') return resolution ? bit_line : 2 * n * m; // W_P and W_N
    if (strategy == 'b') return resolution ? bit_line - 1 + std::ceil(std::log2(groups)) : groups;
    return resolution ? 8 : 1;
}

TEST_F(dataflowsSlow, all_points_are_those_of_a_second_closed_form) {
    begin();
    ASSERT_EQ(npim_dataflows_plan(&study, &error), NPIM_OK) << error.message;
    make_runs();
    ASSERT_EQ(npim_dataflows_make(&study, &error), NPIM_OK) << error.message;
    expect_sound();
    size_t points = 0, simulated = 0;
    for (const char *name : {"dataflow_dac_conversions", "dataflow_cell_conversions",
                             "dataflow_array_conversions", "dataflow_input_conversions"}) {
        const npim_table *t = table(name);
        for (size_t r = 0; r < npim_table_rows(t); r++) {
            const double dac = number(t, r, "dac_bits"), cell = number(t, r, "cell_bits"),
                         rows = number(t, r, "array_rows"), inputs = number(t, r, "input_bits");
            for (const char strategy : {'a', 'b', 'c'}) {
                SCOPED_TRACE(std::string(name) + ", row " + std::to_string(r) + ", " + strategy);
                const std::string key(1, strategy);
                const double count = closed_form(strategy, dac, cell, rows, inputs, false);
                const double finest = closed_form(strategy, dac, cell, rows, inputs, true);
                EXPECT_EQ(number(t, r, key + "_conversions"), count);
                EXPECT_EQ(number(t, r, key + (strategy == 'b' ? "_finest_bit" : "_resolution_bit")), finest);
                const double counted = number(t, r, key + "_simulated");
                EXPECT_EQ(std::isnan(counted), finest > 10);
                if (!std::isnan(counted)) {
                    EXPECT_EQ(counted, count);
                }
                points++;
                simulated += !std::isnan(counted);
            }
        }
    }
    expect_what_is_said_of_dacs();
    expect_what_is_said_of_cells();
    expect_what_is_said_of_arrays_and_inputs();
    expect_what_is_said_of_blocks();
    EXPECT_EQ(points, 3u * (8 + 4 + 5 + 6));
    EXPECT_GT(simulated, 45u);
    const npim_table *cases = table("dataflow_cases");
    for (size_t r = 0; r < npim_table_rows(cases); r++)
        EXPECT_EQ(number(cases, r, "conversions"), number(cases, r, "simulated_conversions"));
    for (const char *key : {"dac_bits", "cell_bits", "array_rows", "input_bits"})
        EXPECT_TRUE(cJSON_IsArray(cJSON_GetObjectItem(cJSON_GetObjectItem(study.json, "dataflows"), key)));
}

} // namespace

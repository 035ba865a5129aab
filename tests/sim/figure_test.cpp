#include "sim/figure.h"

#include "arch_fixture.hpp"
#include "sim/describe.h"
#include "summary_fixture.hpp"

#include <cmath>
#include <set>

namespace {

const npim_figure &find(const npim_figure_table &table, const std::string &key) {
    for (size_t i = 0; i < table.n; i++)
        if (table.rows[i].key == key) return table.rows[i];
    ADD_FAILURE() << "no figure " << key;
    return table.rows[0];
}

struct figure_test : summary_fixture {
    static double total(const json_object &document, const std::string &key) {
        return npim_figure_value(&find(npim_result_figures, key), parse_json(document.text()).get());
    }
};

TEST_F(figure_test, totals_are_the_numbers_of_the_document) {
    const json_ptr document = parse_json(summary().text());
    size_t n = 0;
    for (size_t i = 0; i < npim_result_figures.n; i++) {
        const npim_figure &figure = npim_result_figures.rows[i];
        if (figure.value) continue;
        EXPECT_EQ(npim_figure_value(&figure, document.get()),
                  cJSON_GetObjectItem(document.get(), figure.key)->valuedouble)
            << figure.key;
        n++;
    }
    EXPECT_GE(n, 17u);
}

// A million multiply-accumulates: two million operations for 4, 5 and 10 uJ, 5000 times a second on 20 mm2.
TEST_F(figure_test, efficiencies_by_hand) {
    EXPECT_DOUBLE_EQ(total(summary(), "efficiency_event_TOPS_per_W"), 0.5);
    EXPECT_DOUBLE_EQ(total(summary(), "efficiency_nameplate_TOPS_per_W"), 0.4);
    EXPECT_DOUBLE_EQ(total(summary(), "efficiency_total_TOPS_per_W"), 0.2);
    EXPECT_DOUBLE_EQ(total(summary(), "throughput_TOPS"), 0.01);
    EXPECT_DOUBLE_EQ(total(summary(), "throughput_TOPS_per_mm2"), 0.0005);
}

TEST_F(figure_test, what_is_not_there_or_not_finite_is_no_number) {
    EXPECT_TRUE(std::isnan(total(summary().set("energy_event_uJ", "0"), "efficiency_event_TOPS_per_W")));
    EXPECT_TRUE(std::isnan(total(summary().set("macs", ""), "efficiency_event_TOPS_per_W")));
    EXPECT_TRUE(std::isnan(total(summary().set("latency_ns", ""), "latency_ns")));
    for (size_t i = 0; i < npim_layer_figures.n; i++)
        EXPECT_TRUE(std::isnan(npim_figure_value(&npim_layer_figures.rows[i], nullptr)));
}

TEST_F(figure_test, the_energy_of_a_layer_is_that_of_its_groups) {
    const json_ptr conv = parse_json(layer("conv", 50, 3, 4, 7).text());
    const npim_figure *rows = npim_layer_figures.rows;
    ASSERT_EQ(npim_layer_figures.n, 3u);
    EXPECT_EQ(npim_figure_value(&rows[0], conv.get()), 50);
    EXPECT_EQ(npim_figure_value(&rows[1], conv.get()), 7);
    EXPECT_EQ(npim_figure_value(&rows[2], conv.get()), 7);
}

// Keys are unique, end in the unit that the scale starts from, and say which way is better.
TEST_F(figure_test, tables) {
    for (const auto *table : {&npim_result_figures, &npim_layer_figures, &npim_arch_figures}) {
        std::set<std::string> keys;
        for (size_t i = 0; i < table->n; i++) {
            const npim_figure &figure = table->rows[i];
            const std::string key = figure.key, unit = figure.unit;
            EXPECT_TRUE(keys.insert(key).second) << key << " twice";
            if (figure.scale == 1.0 && !unit.empty() && unit.find('/') == std::string::npos) {
                EXPECT_EQ(key.substr(key.size() - unit.size()), unit) << key;
            }
        }
    }
    EXPECT_EQ(find(npim_layer_figures, "latency_ns").scale, 1e-3);      // ns, us
    EXPECT_EQ(find(npim_layer_figures, "energy_event_pJ").scale, 1e-6); // pJ, uJ
    const std::pair<const char *, npim_better> known[] = {
        {"latency_ns", NPIM_BETTER_LOWER},      {"throughput_images_per_s", NPIM_BETTER_HIGHER},
        {"energy_total_uJ", NPIM_BETTER_LOWER}, {"efficiency_event_TOPS_per_W", NPIM_BETTER_HIGHER},
        {"ad_conversions", NPIM_BETTER_LOWER},  {"area_mm2", NPIM_BETTER_LOWER},
        {"chips", NPIM_BETTER_NEITHER}};
    for (const auto &[key, better] : known) EXPECT_EQ(find(npim_result_figures, key).better, better) << key;
}

struct figures_of_archs : arch_fixture {};

TEST_F(figures_of_archs, are_those_of_describe) {
    const npim_arch &cascade = load("cascade");
    const json_ptr document(npim_describe_json(&cascade), cJSON_Delete);
    const auto value = [&document](const char *key) {
        return npim_figure_value(&find(npim_arch_figures, key), document.get());
    };
    EXPECT_EQ(value("tiles"), 296);
    EXPECT_EQ(value("arrays_per_tile"), 256);
    EXPECT_EQ(value("conversions_per_result"), 5);
    EXPECT_EQ(value("peak_TOPS"), npim_arch_peak_TOPS(&cascade));
    EXPECT_DOUBLE_EQ(value("peak_TOPS_per_W"), npim_arch_peak_TOPS(&cascade) / npim_arch_chip_W(&cascade));
    EXPECT_DOUBLE_EQ(value("peak_TOPS_per_mm2"),
                     npim_arch_peak_TOPS(&cascade) / npim_arch_chip_area_mm2(&cascade));
    for (size_t i = 0; i < npim_arch_figures.n; i++)
        EXPECT_GT(npim_figure_value(&npim_arch_figures.rows[i], document.get()), 0.0)
            << npim_arch_figures.rows[i].key;
}

} // namespace

#include "sim/reproduce/sinad_parts.h"

#include "infer_fixture.hpp"
#include "sim/reproduce/noise.h"

namespace {

// Neural-PIM keeps accuracy everywhere, CASCADE loses it between 20 and 10 dB, ISAAC is never accurate.
struct sinad_accuracy : infer_fixture {
    void make(bool quick) {
        begin();
        study.quick = quick;
        ASSERT_EQ(npim_noise_plan(&study, &error), NPIM_OK) << error.message;
        answer_infer([](const std::string &command) {
            const std::string arch = word_behind(command, "--arch");
            const bool noisy = level_of(command) > 0.0;
            const double dB = noisy ? 10 : 20;
            if (arch == "neural-pim") return answer{0.95, 0.95, {dB}};
            if (arch == "cascade") return answer{noisy ? 0.85 : 0.95, 0.95, {dB}};
            return answer{0.1, 0.95, {noisy ? dB : 75}};
        });
        ASSERT_EQ(npim_sinad_accuracy(&study, &error), NPIM_OK) << error.message;
        expect_sound();
    }
};

struct sinad_accuracySlow : sinad_accuracy {};

TEST_F(sinad_accuracy, puts_the_knee_in_table_chart_and_json) {
    make(true);
    const npim_table *knees = table("knees");
    ASSERT_EQ(npim_table_rows(knees), 3u);
    EXPECT_EQ(text(knees, 1, "architecture"), "CASCADE");
    EXPECT_EQ(text(knees, 1, "knee"), "found");
    EXPECT_NEAR(number(knees, 1, "knee_dB"), 19, 1e-9); // 0.94, from 0.85 to 0.95
    EXPECT_NEAR(number(knees, 1, "designed_sinad_dB"), 20, 1e-9);
    EXPECT_NEAR(number(knees, 1, "margin_dB"), 1, 1e-9);
    EXPECT_NEAR(number(knees, 1, "int8_percent"), 95, 1e-9);
    EXPECT_NEAR(number(knees, 1, "lowest_percent"), 85, 1e-9);
    EXPECT_EQ(text(knees, 0, "knee"), "accuracy is kept at no level");
    EXPECT_NEAR(number(knees, 0, "designed_sinad_dB"), 75, 1e-9);
    EXPECT_EQ(text(knees, 2, "knee"), "accuracy is kept at every level");
    EXPECT_TRUE(std::isnan(number(knees, 2, "knee_dB")));

    EXPECT_NE(caption("knees").find("Here at 19.0 to 19.0 dB, whatever the architecture."), std::string::npos)
        << caption("knees");
    EXPECT_NE(caption("accuracy_converter_noise").find("mean of 1 seed; "), std::string::npos)
        << caption("accuracy_converter_noise");

    const npim_table *curve = table("accuracy_converter_noise");
    size_t marks = 0, published = 0;
    for (size_t r = 0; r < npim_table_rows(curve); r++) {
        if (!std::isnan(number(curve, r, "knee_percent"))) {
            marks++;
            EXPECT_EQ(text(curve, r, "architecture"), "CASCADE");
            EXPECT_NEAR(number(curve, r, "sinad_dB"), 19, 1e-9);
            EXPECT_NEAR(number(curve, r, "knee_percent"), 94, 1e-9);
        }
        if (!std::isnan(number(curve, r, "published_percent"))) {
            published++;
            EXPECT_EQ(number(curve, r, "sinad_dB"), 50);
        }
    }
    EXPECT_EQ(marks, 1u);
    EXPECT_EQ(published, 2u); // both ends of a line
    const npim_chart *chart = nullptr;
    for (size_t i = 0; i < study.n_exhibits; i++)
        if (&study.exhibits[i].table == curve) chart = &study.exhibits[i].chart;
    ASSERT_NE(chart, nullptr);
    ASSERT_EQ(chart->n_marks, 1u);
    EXPECT_NEAR(chart->marks[0].value, 94, 1e-9);

    // What is above 60 dB is no point of the chart.
    for (size_t r = 0; r < npim_table_rows(curve); r++) {
        const double dB = number(curve, r, "sinad_dB"), drawn_dB = number(curve, r, "drawn_dB");
        EXPECT_TRUE(dB <= 60 ? drawn_dB == dB : std::isnan(drawn_dB)) << r;
    }

    const cJSON *json = cJSON_GetObjectItem(study.json, "accuracy_sinad");
    EXPECT_NEAR(npim_document_number(json, "knee_dB.converter_noise.cascade"), 19, 1e-9);
    EXPECT_TRUE(std::isnan(npim_document_number(json, "knee_dB.converter_noise.neural_pim")));
    EXPECT_EQ(npim_document_number(json, "accuracy_int8"), 0.95);
    EXPECT_NEAR(npim_document_number(json, "designed.cascade.sinad_dB"), 20, 1e-9);
}

// One curve of every architecture in every chart, each point in one column.
TEST_F(sinad_accuracySlow, draws_each_kind_of_noise) {
    make(false);
    EXPECT_EQ(npim_table_rows(table("knees")), 9u);
    for (const char *name : {"accuracy_converter_noise", "accuracy_read_noise", "accuracy_programming"}) {
        SCOPED_TRACE(name);
        const npim_table *t = table(name);
        for (size_t r = 0; r < npim_table_rows(t); r++) {
            size_t values = 0;
            for (const char *key : {"isaac_percent", "cascade_percent", "neural_pim_percent", "knee_percent",
                                    "published_percent"})
                values += !std::isnan(number(t, r, key));
            EXPECT_EQ(values, 1u) << r;
            const std::string who = text(t, r, "architecture");
            const char *own = who == "ISAAC"        ? "isaac_percent"
                              : who == "CASCADE"    ? "cascade_percent"
                              : who == "Neural-PIM" ? "neural_pim_percent"
                                                    : "published_percent";
            EXPECT_TRUE(!std::isnan(number(t, r, own)) || !std::isnan(number(t, r, "knee_percent"))) << r;
        }
    }
    const cJSON *knees = cJSON_GetObjectItem(cJSON_GetObjectItem(study.json, "accuracy_sinad"), "knee_dB");
    EXPECT_EQ(cJSON_GetArraySize(knees), 3);
}

} // namespace

#include "section_fixture.hpp"

namespace {

struct breakdown : section_fixture {
    void make() {
        begin();
        ASSERT_EQ(npim_breakdown_make(&study, &error), NPIM_OK) << error.message;
        expect_sound();
    }
};

// uJ of an image of VGG-16 under event accounting, from a model of its own.
TEST_F(breakdown, adds_up_to_the_energy_of_an_image) {
    make();
    const npim_table *t = table("energy_vgg16");
    ASSERT_EQ(npim_table_rows(t), 6u);
    const std::pair<const char *, double> expected[] = {
        {"ISAAC, event", 36905}, {"CASCADE, event", 11922}, {"Neural-PIM, event", 6998}};
    for (const auto &[name, uJ] : expected) {
        size_t found = 0;
        for (size_t r = 0; r < npim_table_rows(t); r++) {
            if (text(t, r, "architecture_and_accounting") != name) continue;
            found++;
            EXPECT_NEAR(number(t, r, "total_uJ"), uJ, 0.01 * uJ) << name;
        }
        EXPECT_EQ(found, 1u) << name;
    }
}

TEST_F(breakdown, shares_are_of_a_hundred) {
    make();
    const npim_table *t = table("energy_shares");
    ASSERT_EQ(npim_table_rows(t), 6u);
    for (size_t r = 0; r < 6; r++) {
        double sum = 0;
        for (size_t c = 1; c < t->n_columns; c++) sum += npim_table_at(t, r, c)->number;
        EXPECT_NEAR(sum, 100, 1e-9);
    }
    EXPECT_EQ(text(t, 0, "architecture_and_accounting"), "ISAAC, nameplate");
    EXPECT_NEAR(number(t, 0, "adc_percent"), 100 * 192 / 320.14, 0.01);
    EXPECT_NEAR(number(t, 0, "adc_percent"), 100 * npim_document_number(study.json, "adc_share_isaac"), 1e-9);
    EXPECT_NEAR(number(t, 3, "adc_percent"), 100 * npim_document_number(study.json, "adc_share.isaac_event"),
                1e-9);
}

TEST_F(breakdown, needs_no_run) {
    make();
    EXPECT_EQ(study.runs.n, 0u);
}

} // namespace

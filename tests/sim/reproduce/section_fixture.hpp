// A study whose runs are those of the program itself, or of a script that answers in its place.
#ifndef NPIM_TESTS_SIM_REPRODUCE_SECTION_FIXTURE_HPP
#define NPIM_TESTS_SIM_REPRODUCE_SECTION_FIXTURE_HPP

#include "sim/reproduce/sections.h"
#include "study_fixture.hpp"

#include <cmath>

class section_fixture : public study_fixture {
  protected:
    void begin(const std::string &program = NPIM_PROGRAM) {
        npim_study_fini(&study);
        ASSERT_EQ(
            npim_study_begin(&study, (folder + "/runs").c_str(), program.c_str(), true, nullptr, &error),
            NPIM_OK)
            << error.message;
    }

    // A program that prints this text, whatever it is asked.
    std::string answering(const std::string &text) { return script("cat <<END\n" + text + "\nEND\n"); }

    void make_runs() {
        ASSERT_EQ(npim_runs_make(&study.runs, 2, nullptr, nullptr, &error), NPIM_OK) << error.message;
    }

    const npim_table *table(const std::string &name) const {
        static const npim_table none{};
        const npim_exhibit *e = exhibit(name);
        return e ? &e->table : &none;
    }

    std::string caption(const std::string &name) const {
        const npim_exhibit *e = exhibit(name);
        return e ? e->caption : "";
    }

    // NAN for what is not there.
    static double number(const npim_table *t, size_t row, const std::string &key) {
        for (size_t c = 0; c < t->n_columns && row < npim_table_rows(t); c++)
            if (t->columns[c].key == key) return npim_table_at(t, row, c)->number;
        ADD_FAILURE() << "no " << key << " in row " << row;
        return NAN;
    }

    static std::string text(const npim_table *t, size_t row, const std::string &key) {
        for (size_t c = 0; c < t->n_columns && row < npim_table_rows(t); c++)
            if (t->columns[c].key == key && npim_table_at(t, row, c)->text)
                return npim_table_at(t, row, c)->text;
        return "";
    }

    // What every exhibit must be: whole rows, a caption, and a chart of its own columns.
    void expect_sound() const {
        EXPECT_GT(study.n_exhibits, 0u);
        for (size_t i = 0; i < study.n_exhibits; i++) {
            const npim_exhibit &e = study.exhibits[i];
            SCOPED_TRACE(e.name);
            EXPECT_FALSE(e.table.failed);
            EXPECT_GT(npim_table_rows(&e.table), 0u);
            EXPECT_EQ(e.table.n_cells % e.table.n_columns, 0u);
            EXPECT_GT(std::string(e.caption).size(), 20u);
            EXPECT_LT(std::string(e.caption).size(), size_t{NPIM_CAPTION_SIZE - 1}) << "cut";
            EXPECT_EQ(std::string(e.caption).find("nan"), std::string::npos) << e.caption;
            for (size_t s = 0; s < e.chart.n_series; s++) {
                EXPECT_LT(e.chart.series[s].column, e.table.n_columns);
                EXPECT_LT(e.chart.series[s].x_column, e.table.n_columns);
            }
            for (size_t k = 0; k < i; k++) EXPECT_STRNE(e.name, study.exhibits[k].name);
        }
    }
};

#endif

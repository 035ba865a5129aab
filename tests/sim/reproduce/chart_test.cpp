#include "sim/reproduce/chart.h"

#include "sim/design/gnuplot.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <unistd.h>

namespace {

const npim_column columns[] = {{"name", "Name", 0}, {"low", "low", 0}, {"high", "high", 0}};

class chart_of : public testing::TestWithParam<npim_chart_kind> {
  protected:
    void SetUp() override {
        npim_table_begin(&table, columns, 3);
        for (int i = 0; i < 7; i++) {
            npim_table_text(&table, i == 3 ? "a \"quote\" and \\ more" : "row");
            npim_table_number(&table, i == 5 ? std::numeric_limits<double>::quiet_NaN() : i + 1);
            npim_table_number(&table, 10 - i);
        }
    }
    void TearDown() override { npim_table_fini(&table); }

    npim_chart chart() const {
        npim_chart c{};
        c.kind = GetParam();
        c.x_label = "x";
        c.y_label = "times as good";
        c.series[0] = {1, "first", 2};
        c.series[1] = {2, "second", 2};
        c.n_series = 2;
        c.marks[0] = {3.5, "published 3.5"};
        c.n_marks = 1;
        return c;
    }
    std::string script(const npim_chart &c) const {
        char *text = npim_chart_script(&c, &table, "an_id");
        std::string copy = text ? text : "";
        free(text);
        return copy;
    }

    npim_table table{};
};

// gnuplot itself is the oracle: it must draw without complaint.
TEST_P(chart_of, is_drawn_by_gnuplot) {
    npim_error error{};
    if (npim_gnuplot_check(nullptr, &error) != NPIM_OK) GTEST_SKIP() << error.message;
    std::string path = (std::filesystem::temp_directory_path() / "npim_chart_XXXXXX").string();
    close(mkstemp(path.data()));
    npim_chart c = chart();
    for (const bool log_y : {false, true}) {
        c.log_y = log_y && GetParam() == NPIM_CHART_LINES;
        ASSERT_EQ(npim_gnuplot_draw(nullptr, script(c).c_str(), path.c_str(), &error), NPIM_OK)
            << error.message;
        std::ifstream file(path);
        std::ostringstream svg;
        svg << file.rdbuf();
        for (const char *word : {"first", "second", "published 3.5", "an_id"})
            EXPECT_NE(svg.str().find(word), std::string::npos) << word;
    }
    std::filesystem::remove(path);
}

TEST_P(chart_of, draws_no_more_rows_than_it_is_told) {
    npim_chart c = chart();
    const std::string all = script(c);
    c.rows = 2;
    const std::string two = script(c);
    const auto lines = [](const std::string &s) { return std::count(s.begin(), s.end(), '\n'); };
    EXPECT_EQ(lines(all) - lines(two), 5);
    c.rows = 99;
    EXPECT_EQ(script(c), all);
}

// Printed without colour, series must still differ: by dash and point, or by pattern.
TEST_P(chart_of, series_differ_by_more_than_colour) {
    const std::string text = script(chart());
    const char *const first = GetParam() == NPIM_CHART_LINES    ? "dashtype 1 pointtype 4"
                              : GetParam() == NPIM_CHART_RANGES ? "pointtype 7"
                                                                : "pattern 0";
    const char *const second = GetParam() == NPIM_CHART_LINES    ? "dashtype 2 pointtype 5"
                               : GetParam() == NPIM_CHART_RANGES ? "pointtype 8"
                                                                 : "pattern 1";
    EXPECT_NE(text.find(first), std::string::npos) << text;
    EXPECT_NE(text.find(second), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(kinds, chart_of,
                         testing::Values(NPIM_CHART_LINES, NPIM_CHART_BARS, NPIM_CHART_STACK,
                                         NPIM_CHART_RANGES));

} // namespace

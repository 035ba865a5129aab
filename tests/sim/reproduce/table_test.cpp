#include "sim/reproduce/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

const npim_column columns[] = {{"name", "Name", 0}, {"energy_pJ", "energy, pJ", 2}, {"share", "share", -1}};

class table : public testing::Test {
  protected:
    void SetUp() override { npim_table_begin(&core, columns, 3); }
    void TearDown() override { npim_table_fini(&core); }

    void row(const char *name, double energy, double share) {
        npim_table_text(&core, name);
        npim_table_number(&core, energy);
        npim_table_number(&core, share);
    }
    std::string written(void (*write)(const npim_table *, FILE *)) const {
        char *text = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        write(&core, out);
        fclose(out);
        std::string copy(text, size);
        free(text);
        return copy;
    }

    npim_table core{};
};

TEST_F(table, an_empty_one_is_its_header) {
    EXPECT_EQ(npim_table_rows(&core), 0u);
    EXPECT_EQ(written(npim_table_csv), "name,energy_pJ,share\n");
}

TEST_F(table, csv_numbers_read_back_and_texts_are_quoted) {
    row("plain", 0.1 + 0.2, 1.0 / 3.0);
    row("a, \"b\"\nc", NAN, -0.0);
    row(nullptr, 1e300, 5e-324);
    const std::string csv = written(npim_table_csv);
    const size_t line = csv.find('\n') + 1;
    EXPECT_EQ(std::strtod(csv.c_str() + csv.find(',', line) + 1, nullptr), 0.1 + 0.2);
    EXPECT_NE(csv.find("\"a, \"\"b\"\"\nc\",,-0\n"), std::string::npos) << csv;
    const size_t last = csv.rfind("\n,") + 2;
    EXPECT_EQ(std::strtod(csv.c_str() + last, nullptr), 1e300) << csv;
    EXPECT_EQ(std::strtod(csv.c_str() + csv.find(',', last) + 1, nullptr), 5e-324) << csv;
}

TEST_F(table, html_rounds_and_escapes) {
    row("<b>&\"", 1.005, 0.25);
    row("none", NAN, NAN);
    const std::string html = written(npim_table_html);
    EXPECT_NE(
        html.find("<td>&lt;b&gt;&amp;&quot;</td><td class=\"number\">1.00</td><td class=\"number\">0.25"),
        std::string::npos)
        << html;
    EXPECT_NE(html.find("<td>none</td><td class=\"number\">&ndash;</td>"), std::string::npos) << html;
}

TEST_F(table, cells_are_found_again_after_it_has_grown) {
    for (int i = 0; i < 500; i++) row("row", i, i * 0.5);
    ASSERT_EQ(npim_table_rows(&core), 500u);
    EXPECT_EQ(npim_table_at(&core, 499, 1)->number, 499.0);
    EXPECT_STREQ(npim_table_at(&core, 0, 0)->text, "row");
    EXPECT_FALSE(core.failed);
}

TEST_F(table, an_incomplete_row_is_none) {
    row("whole", 1, 1);
    npim_table_text(&core, "begun");
    EXPECT_EQ(npim_table_rows(&core), 1u);
}

} // namespace

#include "sim/reproduce/html.h"

#include "study_fixture.hpp"

namespace {

class html : public study_fixture {
  protected:
    void SetUp() override {
        static const npim_column columns[] = {{"a", "A & B", 1}};
        study_fixture::SetUp();
        begin(true);
        npim_exhibit *e = npim_study_exhibit(&study, "drawn", "Drawn <now>", columns, 1);
        npim_table_number(&e->table, 2.25);
        e->chart.n_series = 1;
        npim_exhibit_say(e, "what to see & why");
    }
    npim_status write(std::string &text) {
        char *buffer = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&buffer, &size);
        const npim_status status = npim_html_write(&study, folder.c_str(), out, &error);
        fclose(out);
        text.assign(buffer, size);
        free(buffer);
        return status;
    }
};

TEST_F(html, holds_the_pictures_themselves) {
    std::ofstream(folder + "/drawn.svg")
        << "<?xml version=\"1.0\"?>\n<!DOCTYPE x>\n<svg id=\"gnuplot_canvas\"><use "
           "xlink:href=\"#gpPt3\"/></svg>\n";
    std::string text;
    ASSERT_EQ(write(text), NPIM_OK) << error.message;
    EXPECT_NE(text.find("<svg id=\"drawn_gnuplot_canvas\"><use xlink:href=\"#drawn_gpPt3\"/></svg>"),
              std::string::npos);
    EXPECT_EQ(text.find("<?xml"), std::string::npos);
    EXPECT_EQ(text.find("<!DOCTYPE x>"), std::string::npos);
    EXPECT_NE(text.find("Drawn &lt;now&gt;"), std::string::npos);
    EXPECT_NE(text.find("what to see &amp; why"), std::string::npos);
    EXPECT_NE(text.find("drawn.csv"), std::string::npos);
    EXPECT_NE(text.find("<th>A &amp; B</th>"), std::string::npos);
    for (const char *outside : {"src=", "https:", "<script", "<link"})
        EXPECT_EQ(text.find(outside), std::string::npos) << outside;
}

TEST_F(html, every_section_is_there_in_order) {
    std::ofstream(folder + "/drawn.svg") << "<svg></svg>";
    std::string text;
    ASSERT_EQ(write(text), NPIM_OK);
    size_t at = 0;
    for (size_t i = 0; i < npim_n_study_sections; i++) {
        const size_t next = text.find("id=\"section_" + std::to_string(i) + "\"");
        ASSERT_NE(next, std::string::npos);
        EXPECT_GT(next, at);
        at = next;
    }
}

TEST_F(html, a_missing_picture_is_an_error) {
    std::string text;
    EXPECT_EQ(write(text), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("drawn.svg"), std::string::npos) << error.message;
}

} // namespace

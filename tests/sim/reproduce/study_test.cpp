#include "sim/reproduce/study.h"

#include "study_fixture.hpp"

#include <cmath>
#include <limits>
#include <set>

namespace {

class study_test : public study_fixture {};

TEST_F(study_test, loads_the_nine_networks) {
    begin(true);
    std::set<std::string> names;
    size_t quick = 0;
    for (const npim_study_network &n : study.networks) {
        names.insert(n.name);
        quick += n.quick;
        EXPECT_GT(n.graph.n_nodes, 0u) << n.name;
    }
    EXPECT_EQ(names.size(), 9u);
    EXPECT_EQ(quick, 3u);
}

TEST_F(study_test, a_number_is_found_by_its_path) {
    cJSON *document = cJSON_Parse(R"({"a": {"b": {"c_d": 2.5}}, "text": "x"})");
    EXPECT_EQ(npim_document_number(document, "a.b.c_d"), 2.5);
    for (const char *path : {"a", "a.b.c", "text", "a.b.c_d.e", "nothing"})
        EXPECT_TRUE(std::isnan(npim_document_number(document, path))) << path;
    EXPECT_TRUE(std::isnan(npim_document_number(nullptr, "a")));
    cJSON_Delete(document);
}

// One rule for all results: no null.
TEST_F(study_test, a_number_that_is_not_there_is_an_absent_member) {
    cJSON *object = cJSON_CreateObject();
    npim_json_number(object, "zero", 0.0);
    npim_json_number(object, "one", -1.5);
    for (const double none :
         {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()})
        npim_json_number(object, "none", none);
    EXPECT_EQ(npim_document_number(object, "zero"), 0.0);
    EXPECT_EQ(npim_document_number(object, "one"), -1.5);
    EXPECT_EQ(cJSON_GetArraySize(object), 2);
    EXPECT_TRUE(std::isnan(npim_document_number(object, "none")));
    cJSON_Delete(object);
}

TEST_F(study_test, exhibits_belong_to_the_section_at_work) {
    static const npim_column columns[] = {{"key", "title", 0}};
    begin(true);
    for (study.section = 0; study.section < 40; study.section++) {
        npim_exhibit *e = npim_study_exhibit(&study, "name", "title", columns, 1);
        ASSERT_NE(e, nullptr);
        EXPECT_EQ(e->section, study.section);
        npim_exhibit_say(e, "%d of %s", 7, std::string(3000, 'x').c_str());
        EXPECT_EQ(std::string(e->caption).rfind("7 of xxx", 0), 0u);
    }
    EXPECT_EQ(study.n_exhibits, 40u);
}

TEST_F(study_test, a_stop_ends_it) {
    begin(true);
    const npim_stop stop = {[](void *) { return true; }, nullptr};
    study.stop = &stop;
    EXPECT_EQ(npim_study_make(&study, 1, nullptr, &error), NPIM_EINTERRUPTED);
}

} // namespace

#include "sim/reproduce/manifest.h"

#include "sim/json.h"
#include "study_fixture.hpp"

namespace {

class manifest : public study_fixture {
  protected:
    void begin(const std::string &where, bool quick) {
        npim_study_fini(&study);
        ASSERT_EQ(
            npim_study_begin(&study, (folder + where).c_str(), fake_npim().c_str(), quick, nullptr, &error),
            NPIM_OK)
            << error.message;
        for (const char *command : {"describe isaac", "map alexnet --arch cascade"})
            ASSERT_EQ(npim_runs_add(&study.runs, &error, "%s", command), NPIM_OK) << error.message;
    }
    std::string text() const {
        static const char *const files[] = {"report.html", "bars.csv"};
        cJSON *root = npim_manifest_json(&study, files, 2);
        char *written = npim_json_text(root);
        std::string result = written ? written : "";
        free(written);
        cJSON_Delete(root);
        return result;
    }
};

TEST_F(manifest, names_program_command_and_runs) {
    begin("/runs", false);
    const std::string expected = R"({
  "program": "npim",
  "version": ")" NPIM_VERSION R"(",
  "command": "npim reproduce",
  "runs": [{
      "command": "describe isaac",
      "key": ")" + std::string(study.runs.items[0].key) +
                                 R"("
    }, {
      "command": "map alexnet --arch cascade",
      "key": ")" + std::string(study.runs.items[1].key) +
                                 R"("
    }],
  "files": ["report.html", "bars.csv"]
}
)";
    EXPECT_EQ(text(), expected);
}

TEST_F(manifest, lists_files_of_npim_reproduce_alone) {
    const auto n_files = [](const char *text) {
        cJSON *root = cJSON_Parse(text);
        const cJSON *files = npim_manifest_files(root);
        const int n = files ? cJSON_GetArraySize(files) : -1;
        cJSON_Delete(root);
        return n;
    };
    begin("/runs", true);
    EXPECT_EQ(n_files(text().c_str()), 2);
    EXPECT_EQ(n_files(R"({"command": "npim reproduce", "files": []})"), 0);
    for (const char *other :
         {R"({"command": "npim replay", "files": ["a"]})", R"({"files": ["a"]})", "[]", "{",
          R"({"command": "npim reproduce", "files": "a"})", R"({"command": 4, "files": ["a"]})"})
        EXPECT_EQ(n_files(other), -1) << other;
}

TEST_F(manifest, does_not_depend_on_where_the_runs_lie) {
    begin("/runs", true);
    const std::string first = text();
    begin("/others", true);
    EXPECT_EQ(text(), first);
    EXPECT_EQ(first.find(folder), std::string::npos);
    EXPECT_NE(first.find("\"npim reproduce --quick\""), std::string::npos);
}

TEST_F(manifest, may_have_no_run) {
    ASSERT_EQ(npim_study_begin(&study, folder.c_str(), fake_npim().c_str(), true, nullptr, &error), NPIM_OK);
    EXPECT_NE(text().find("\"runs\": []"), std::string::npos);
}

} // namespace

#include "sim/reproduce/run_file.h"

#include "study_fixture.hpp"

namespace {

class run_file : public study_fixture {
  protected:
    std::string path() const { return folder + "/kept.json"; }
    std::string read_back(const char *command) const {
        cJSON *document = npim_run_file_read(path().c_str(), command);
        char *text = document ? cJSON_PrintUnformatted(document) : nullptr;
        const std::string copy = text ? text : "nothing";
        free(text);
        cJSON_Delete(document);
        return copy;
    }
};

TEST_F(run_file, a_document_comes_back_as_it_was) {
    cJSON *document = cJSON_Parse(R"({"a":[0.1,1e300,-0,null,true],"b":{"c":"\u00e4\\n"}})");
    ASSERT_EQ(npim_run_file_write(path().c_str(), "describe isaac", document, &error), NPIM_OK)
        << error.message;
    char *text = cJSON_PrintUnformatted(document);
    EXPECT_EQ(read_back("describe isaac"), text);
    EXPECT_EQ(read_back("describe cascade"), "nothing");
    free(text);
    cJSON_Delete(document);
}

TEST_F(run_file, whatever_is_changed_is_noticed) {
    cJSON *document = cJSON_Parse(R"({"throughput": 1234.5, "name": "x"})");
    ASSERT_EQ(npim_run_file_write(path().c_str(), "c", document, &error), NPIM_OK);
    cJSON_Delete(document);
    const std::string good = read(path());
    for (size_t i = 0; i < good.size(); i++) {
        if (std::isspace(static_cast<unsigned char>(good[i]))) continue; // says nothing in JSON
        std::string bad = good;
        bad[i] = bad[i] == '7' ? '8' : '7';
        std::ofstream(path()) << bad;
        EXPECT_EQ(read_back("c"), "nothing") << i << ": " << bad;
        std::ofstream(path()) << good.substr(0, i);
        EXPECT_EQ(read_back("c"), "nothing") << i;
    }
    std::ofstream(path()) << good;
    EXPECT_NE(read_back("c"), "nothing");
}

TEST_F(run_file, a_place_that_cannot_be_written_is_an_error) {
    cJSON *document = cJSON_CreateObject();
    EXPECT_EQ(npim_run_file_write("/proc/none/kept.json", "c", document, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("/proc/none"), std::string::npos);
    cJSON_Delete(document);
}

} // namespace

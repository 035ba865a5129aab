#include "sim/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../hw/support.hpp"

namespace {

using json_ptr = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

std::string text_of(const cJSON *root) {
    char *text = npim_json_text(root);
    const std::string all = text ? text : "(null)";
    free(text);
    return all;
}

TEST(json, layout) {
    json_ptr root(cJSON_CreateObject(), cJSON_Delete);
    EXPECT_EQ(text_of(root.get()), "{}\n");
    cJSON_AddNumberToObject(root.get(), "n", -1.5);
    cJSON *list = cJSON_AddArrayToObject(root.get(), "list");
    EXPECT_EQ(text_of(root.get()), "{\n  \"n\": -1.5,\n  \"list\": []\n}\n");
    cJSON_AddItemToArray(list, cJSON_CreateTrue());
    cJSON_AddItemToArray(list, cJSON_CreateFalse());
    cJSON_AddItemToArray(list, cJSON_CreateNull());
    cJSON *inner = cJSON_CreateObject();
    cJSON_AddItemToArray(list, inner);
    cJSON_AddStringToObject(inner, "a \"b\"", "c\\\n\x01");
    EXPECT_EQ(text_of(root.get()), "{\n  \"n\": -1.5,\n  \"list\": [true, false, null, {\n"
                                   "      \"a \\\"b\\\"\": \"c\\\\\\n\\u0001\"\n    }]\n}\n");
}

TEST(json, no_document_is_no_text) {
    EXPECT_EQ(npim_json_text(nullptr), nullptr);
}

TEST(json, numbers_that_are_not_finite_become_null) {
    for (double value : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
        json_ptr number(cJSON_CreateNumber(value), cJSON_Delete);
        EXPECT_EQ(text_of(number.get()), "null\n");
    }
}

void expect_exact(double value) {
    json_ptr number(cJSON_CreateNumber(value), cJSON_Delete);
    const std::string text = text_of(number.get());
    const double again = std::strtod(text.c_str(), nullptr);
    EXPECT_EQ(memcmp(&again, &value, sizeof value), 0) << text;
    json_ptr parsed(cJSON_Parse(text.c_str()), cJSON_Delete);
    ASSERT_TRUE(cJSON_IsNumber(parsed.get())) << text;
    EXPECT_EQ(parsed->valuedouble, value);
}

TEST(json, numbers_read_back_exactly) {
    for (double value : {0.0, 1.0, -1.0, 0.1, 1.0 / 3.0, 230.58749999999998, 9007199254740992.0, 1e22, 1e-5,
                         std::numeric_limits<double>::max(), std::numeric_limits<double>::min(),
                         std::numeric_limits<double>::denorm_min()})
        expect_exact(value);
    std::mt19937_64 random(test_seed(20));
    for (int i = 0; i < 20000; i++) {
        const uint64_t bits = random();
        double value;
        std::memcpy(&value, &bits, sizeof value);
        if (std::isfinite(value)) expect_exact(value);
        expect_exact(
            std::nextafter(static_cast<double>(bits >> 40) / 1000.0, 1e9)); // one bit beside a short one
    }
}

// --- reading ---

struct json_read_test : testing::Test {
    json_read_test() {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_json_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~json_read_test() override { std::filesystem::remove_all(folder); }

    std::string write(const std::string &text) {
        std::ofstream(folder / "x.json", std::ios::binary) << text;
        return (folder / "x.json").string();
    }
    void refuse(const std::string &path, std::initializer_list<const char *> parts) {
        cJSON *root = reinterpret_cast<cJSON *>(this);
        EXPECT_EQ(npim_json_read(path.c_str(), &root, &error), NPIM_ECONFIG);
        EXPECT_EQ(root, nullptr);
        for (const char *part : parts)
            EXPECT_NE(std::string(error.message).find(part), std::string::npos) << error.message;
        EXPECT_EQ(npim_json_read(path.c_str(), &root, nullptr), NPIM_ECONFIG); // nobody asks why
    }

    std::filesystem::path folder;
    npim_error error{};
};

TEST_F(json_read_test, what_was_written_reads_back) {
    json_ptr root(cJSON_CreateObject(), cJSON_Delete);
    cJSON_AddNumberToObject(root.get(), "n", 230.58749999999998);
    cJSON_AddStringToObject(root.get(), "s", "a \"b\"");
    for (const std::string space : {"", " \t\r\n"}) {
        cJSON *read = nullptr;
        ASSERT_EQ(npim_json_read(write(space + text_of(root.get()) + space).c_str(), &read, &error), NPIM_OK)
            << error.message;
        EXPECT_TRUE(cJSON_Compare(read, root.get(), true));
        cJSON_Delete(read);
    }
}

TEST_F(json_read_test, no_document_or_more_than_one) {
    refuse(write(""), {"x.json:1: empty"});
    refuse(write(" \n "), {"x.json:", "not a (complete) JSON document"});
    refuse(write("{\n\"a\": 1,\n"), {"x.json:", "not a (complete) JSON document"});
    refuse(write("{\n\"a\": nil}"), {"x.json:2: not a (complete) JSON document"});
    refuse(write("{}\n{}"), {"x.json:2: not a (complete) JSON document"});
    refuse(write("{}x"), {"x.json:1: not a (complete) JSON document"});
    refuse(write(std::string("{}\0", 3)), {"x.json:1"});
    refuse(write(std::string(100000, '[')), {"x.json:1"}); // deep
    refuse(write("\x80\xff"), {"x.json:1: not a (complete) JSON document"});
}

TEST_F(json_read_test, files_that_are_none) {
    refuse((folder / "missing").string(), {"missing: cannot be read: No such file"});
    refuse(folder.string(), {"not a regular file"});
    refuse("/dev/zero", {"not a regular file"});
    refuse("", {"No such file"});
    const std::string large = write("{}");
    std::filesystem::resize_file(large, std::uintmax_t{NPIM_JSON_MAX_B} + 1);
    refuse(large, {"larger than 64 MiB"});
}

} // namespace

#include "sim/summary.h"

#include "../hw/support.hpp"
#include "sim/figure.h"
#include "sim/network.h"
#include "summary_fixture.hpp"

#include <random>

namespace {

struct summary_test : summary_fixture {
    npim_status read(const std::string &path) {
        cJSON *document = nullptr;
        error = {};
        const npim_status status = npim_summary_read(path.c_str(), &document, &error);
        root.reset(document);
        EXPECT_EQ(status == NPIM_OK, document != nullptr);
        return status;
    }
    void refuse(const std::string &path, std::initializer_list<std::string> parts) {
        EXPECT_EQ(read(path), NPIM_ECONFIG) << path;
        EXPECT_EQ(error.status, NPIM_ECONFIG);
        expect_message(parts);
    }
    // The document with one member changed is refused, and the message names file, member and what is
    // allowed.
    void refuse_member(const std::string &key, const std::string &value,
                       std::initializer_list<std::string> parts) {
        SCOPED_TRACE(key + ": " + value);
        refuse(results("r", summary().set(key, value)), parts);
        expect_message({"r/summary.json: " + key});
    }
    void refuse_layer(const std::string &key, const std::string &value,
                      std::initializer_list<std::string> parts) {
        SCOPED_TRACE(key + ": " + value);
        refuse(results("r", summary({layer("conv", 1, 2, 3, 4), layer("fc", 1, 2, 3, 4).set(key, value)})),
               parts);
        expect_message({"r/summary.json: layers[1]." + key});
    }

    json_ptr root{nullptr, cJSON_Delete};
};

TEST_F(summary_test, a_directory_or_its_file) {
    const std::string path = results("r", summary());
    for (const char *way : {"", "/", "///", "/summary.json", "/../r"}) {
        ASSERT_EQ(read(path + way), NPIM_OK) << error.message;
        EXPECT_EQ(npim_figure_value(&npim_result_figures.rows[0], root.get()), 2000.0);
    }
    ASSERT_EQ(read(results("none", summary({}))), NPIM_OK) << error.message; // no layers
}

TEST_F(summary_test, members_that_nobody_compares_may_be_anything) {
    ASSERT_EQ(read(results("r", summary().set("blocks", "\"x\"").set("new", "[null]"))), NPIM_OK)
        << error.message;
}

TEST_F(summary_test, places_without_results) {
    const std::string empty = (folder / "empty").string();
    std::filesystem::create_directories(empty);
    std::filesystem::create_directories(folder / "odd" / "summary.json");
    refuse(empty, {empty + ": not a results directory", "summary.json", "--out"});
    refuse((folder / "odd").string(), {"odd/summary.json", "not a regular file"});
    refuse((folder / "missing.json").string(), {"missing.json", "No such file"});
    refuse("/dev/zero", {"/dev/zero", "not a regular file"});
    refuse(std::string(5000, 'x'), {"too long"});
}

TEST_F(summary_test, a_file_that_is_cut_off) {
    const std::string text = summary().text();
    for (size_t n : {size_t{0}, size_t{1}, text.size() / 3, text.size() - 1}) {
        SCOPED_TRACE(n);
        refuse(write("r.json", text.substr(0, n)), {"r.json:"});
    }
    refuse(write("r.json", text.substr(0, text.size() / 2)), {"not a (complete) JSON document"});
    refuse(write("r.json", "[1, 2]"), {"r.json", "must be an object"});
    refuse(write("r.json", "7"), {"r.json", "must be an object"});
}

TEST_F(summary_test, every_member_is_needed) {
    for (const char *key : {"format", "network", "architecture", "chips", "images", "layers"})
        refuse_member(key, "", {"missing; must be"});
    for (size_t i = 0; i < npim_result_figures.n; i++)
        if (!npim_result_figures.rows[i].value)
            refuse_member(npim_result_figures.rows[i].key, "", {"missing; must be a"});
    for (const char *key : {"name", "latency_ns", "energy_event_pJ", "ad_conversions"})
        refuse_layer(key, "", {"missing; must be"});
}

TEST_F(summary_test, numbers_are_finite_and_not_negative) {
    const std::pair<const char *, const char *> wrong[] = {
        {"\"4\"", "is a text"}, {"null", "is null"},    {"true", "is true or false"},
        {"[4]", "is a list"},   {"{}", "is an object"}, {"-4", "is -4"},
        {"-1e-300", "is -1"},   {"1e999", "is inf"},    {"-1e999", "is -inf"},
    };
    for (const auto &[value, what] : wrong) {
        refuse_member("energy_event_uJ", value, {what, "must be a number, 0 or more"});
        refuse_member("macs", value, {what});
        refuse_layer("latency_ns", value, {what, "must be a number, 0 or more"});
        refuse_layer("energy_event_pJ", std::string("{\"adc\": 1, \"noc\": ") + value + "}", {what});
        refuse_member("chips", value, {what, "must be a whole number, 1 or more"});
        refuse_member("format", value, {what, "must be 1"});
    }
    for (const char *value : {"0", "1.5", "0.999"}) {
        refuse_member("chips", value, {"must be a whole number, 1 or more"});
        refuse_member("images", value, {"must be a whole number, 1 or more"});
    }
    refuse_layer("energy_event_pJ", "3", {"is 3; must be an object of numbers"});
    EXPECT_EQ(read(results("r", summary().set("energy_event_uJ", "0"))), NPIM_OK) << error.message;
}

TEST_F(summary_test, another_format_is_not_guessed_at) {
    for (const char *value : {"0", "2", "1.5", "\"1\""})
        refuse_member("format", value, {"must be 1, the only format that this npim knows"});
    // Said first, whatever else such a file may hold.
    refuse(results("r", json_object{{"format", "2"}}), {"format: is 2"});
}

TEST_F(summary_test, names_cannot_drive_a_terminal) {
    for (const char *value : {"\"\"", "\"a\\u001b[2J\"", "\"a\\nb\"", "\"a\\u007fb\"", "7"}) {
        refuse_member("network", value, {"without control characters"});
        refuse_member("architecture", value, {"without control characters"});
        refuse_layer("name", value, {"without control characters"});
    }
    refuse_member("network", "\"" + std::string(NPIM_LAYER_NAME_SIZE, 'x') + "\"", {"1 to 95 bytes"});
    EXPECT_EQ(read(results(
                  "r", summary().set("network", "\"" + std::string(NPIM_LAYER_NAME_SIZE - 1, 'x') + "\""))),
              NPIM_OK);
    EXPECT_EQ(read(results("r", summary().set("network", "\"r\\u00e9seau\""))), NPIM_OK);
}

TEST_F(summary_test, lists_of_layers) {
    refuse_member("layers", "{}", {"is an object; must be a list"});
    refuse_member("layers", "[3]", {"layers[0]: is 3; must be an object"});
    refuse(results("r", summary({layer("a", 1, 1, 1, 1), layer("b", 1, 1, 1, 1), layer("a", 1, 1, 1, 1)})),
           {"layers[2].name", "two layers of the name a"});
    std::vector<json_object> many;
    for (int i = 0; i <= NPIM_MAX_LAYERS; i++) many.push_back(layer("l" + std::to_string(i), 1, 1, 1, 1));
    refuse(results("r", summary(many)), {"layers: more than 4096"});
    many.pop_back();
    EXPECT_EQ(read(results("r", summary(many))), NPIM_OK) << error.message;
}

// Whatever the bytes: read, or refused with a message.
TEST_F(summary_test, mutations) {
    std::mt19937_64 random(test_seed(3001));
    const std::string text = summary().text(), bytes = "\"{}[],:0e-.9ntf\\u\n\x80\xff";
    const auto below = [&random](size_t n) {
        return std::uniform_int_distribution<size_t>(0, n - 1)(random);
    };
    for (int round = 0; round < 2000; round++) {
        std::string one = text;
        for (size_t n = 1 + below(3); n > 0; n--) {
            const size_t at = below(one.size());
            if (below(3) == 0)
                one.erase(at, below(30));
            else
                one[at] = bytes[below(bytes.size())];
            if (one.empty()) one = "{";
        }
        const npim_status status = read(write("m.json", one));
        EXPECT_TRUE(status == NPIM_OK || (status == NPIM_ECONFIG && error.message[0] != '\0')) << one;
        for (size_t i = 0; status == NPIM_OK && i < npim_result_figures.n; i++)
            EXPECT_FALSE(npim_figure_value(&npim_result_figures.rows[i], root.get()) < 0.0) << one;
    }
}

} // namespace

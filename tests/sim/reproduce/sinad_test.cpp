#include "infer_fixture.hpp"

#include <algorithm>

namespace {

// The rows of npim characterize dataflow, with SINADs of the test's own.
struct sinad : infer_fixture {
    template <typename function> static std::string dataflows(function sinad_dB) {
        std::ostringstream text;
        text << "{\"samples\": 7, \"rows\": [";
        const char *comma = "";
        for (const std::string strategy : {"C", "B", "A-range-aware", "A"}) // in another order
            for (const std::string data : {"sine", "uniform", "dnn"})
                for (const int bits : {4, 1, 2}) {
                    text << comma << R"({"strategy": ")" << strategy << R"(", "data": ")" << data
                         << R"(", "dac_bits": )" << bits << R"(, "sinad_dB": {"nominal": 150, "median": )"
                         << sinad_dB(strategy, data, bits) << R"(}, "sinad_per_column_dB": {"median": 77}})";
                    comma = ", ";
                }
        return text.str() + "]}";
    }
    void SetUp() override {
        infer_fixture::SetUp();
        begin();
        ASSERT_EQ(npim_sinad_plan(&study, &error), NPIM_OK) << error.message;
        answer_infer([](const std::string &) { return answer{0.9, 0.9, {30}}; });
    }
    // May be called again: what was made before is gone.
    template <typename function> void make(function sinad_dB) {
        size_t found = 0;
        for (size_t i = 0; i < study.runs.n; i++) {
            npim_run &run = study.runs.items[i];
            if (std::string(run.command).rfind("characterize dataflow", 0) != 0) continue;
            cJSON_Delete(run.document);
            run.document = cJSON_Parse(dataflows(sinad_dB).c_str());
            ASSERT_NE(run.document, nullptr);
            found++;
        }
        ASSERT_EQ(found, 1u);
        while (study.n_exhibits > 0) npim_table_fini(&study.exhibits[--study.n_exhibits].table);
        ASSERT_EQ(npim_sinad_make(&study, &error), NPIM_OK) << error.message;
        expect_sound();
    }
};

double of(const std::string &strategy, const std::string &data, int bits) {
    const double base = data == "uniform" ? 100 : data == "dnn" ? 200 : 300;
    return base + 10 * bits + (strategy == "A" ? 1 : strategy == "B" ? 2 : strategy == "C" ? 3 : 4);
}

TEST_F(sinad, of_every_dataflow_is_in_its_own_cell) {
    make(of);
    const npim_table *t = table("sinad");
    ASSERT_EQ(npim_table_rows(t), 9u);
    const cJSON *list = cJSON_GetObjectItem(cJSON_GetObjectItem(study.json, "sinad"), "dot_products");
    ASSERT_EQ(cJSON_GetArraySize(list), 9);
    size_t row = 0;
    for (const std::string data : {"uniform", "dnn", "sine"})
        for (const int bits : {1, 2, 4}) {
            SCOPED_TRACE(data + " " + std::to_string(bits));
            EXPECT_EQ(number(t, row, "a_dB"), of("A", data, bits));
            EXPECT_EQ(number(t, row, "a_range_aware_dB"), of("A-range-aware", data, bits));
            EXPECT_EQ(number(t, row, "b_dB"), of("B", data, bits));
            EXPECT_EQ(number(t, row, "c_dB"), of("C", data, bits));
            EXPECT_EQ(number(t, row, "c_per_column_dB"), 77);
            EXPECT_TRUE(std::isnan(number(t, row, "c_nominal_dB"))); // no error
            EXPECT_EQ(text(t, row, "order"), "C > B > A");
            const cJSON *o = cJSON_GetArrayItem(list, static_cast<int>(row));
            EXPECT_EQ(cJSON_GetObjectItem(o, "data")->valuestring, data);
            EXPECT_EQ(npim_document_number(o, "dac_bits"), bits);
            EXPECT_EQ(npim_document_number(o, "B"), of("B", data, bits));
            row++;
        }
    EXPECT_EQ(npim_document_number(study.json, "sinad.published_dB"), 50);
    EXPECT_EQ(npim_document_number(study.json, "sinad.samples"), 7);
}

// The caption says what this table shows, whatever it is.
TEST_F(sinad, the_caption_counts_its_own_table) {
    const auto says = [&](const std::string &words) {
        const std::string caption = study.exhibits[0].caption;
        EXPECT_NE(caption.find(words), std::string::npos) << words << " is not in: " << caption;
    };
    make(of); // C > B > A in all rows, and a range that follows the sums above all
    says("Of the 9 rows B is below C in 9, and the lowest of the three in 0.");
    says("above C in 0 of 3.");
    says("A is above C in 0 of 6; a converter whose range follows the sums lifts A in 6 of them.");
    make([](const std::string &strategy, const std::string &data, int bits) {
        if (strategy == "A-range-aware") return bits == 4 ? 60.0 : bits == 2 ? 30.0 : 5.0;
        if (strategy == "A") return data == "sine" || bits == 1 ? 50.0 : 25.0;
        if (strategy == "B") return data == "uniform" ? 45.0 : 10.0;
        return 40.0;
    });
    says("Of the 9 rows B is below C in 6, and the lowest of the three in 6.");
    says("above C in 3 of 3.");
    says("A is above C in 2 of 6; a converter whose range follows the sums lifts A in 5 of them.");
    make([](const std::string &, const std::string &, int) { return 5.0; }); // all equal
    says("Of the 9 rows B is below C in 0, and the lowest of the three in 0.");
}

TEST_F(sinad, orders_the_three_strategies) {
    const std::string names = "ABC";
    std::string sorted = names;
    do {
        make([&](const std::string &strategy, const std::string &, int) {
            return strategy.size() > 1 ? 99.0 : 10.0 * static_cast<double>(3 - sorted.find(strategy));
        });
        const std::string expected = {sorted[0], ' ', '>', ' ', sorted[1], ' ', '>', ' ', sorted[2]};
        EXPECT_EQ(text(table("sinad"), 4, "order"), expected);
    } while (std::next_permutation(sorted.begin(), sorted.end()));
    make([](const std::string &, const std::string &, int) { return 5.0; }); // all equal
    EXPECT_EQ(text(table("sinad"), 0, "order"), "A > B > C");
}

} // namespace

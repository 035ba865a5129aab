#include "sim/design/design_sections.h"

#include "spice_fixture.hpp"

#include <memory>

namespace {

struct design_sections_test : testing::Test {
    // Reads a text with one of the two functions.
    template <typename F> npim_status read(const std::string &text, F function) {
        npim_doc doc{};
        error = {};
        EXPECT_EQ(npim_doc_load(&doc, scratch.write("d.toml", "name = \"x\"\n" + text).c_str(), &error),
                  NPIM_OK)
            << error.message;
        const npim_status status = function(design.get(), &doc, "d.toml", &error);
        npim_doc_fini(&doc);
        return status;
    }
    template <typename F> static std::string put(F function) {
        char *text = nullptr;
        size_t n = 0;
        FILE *out = open_memstream(&text, &n);
        function(out);
        std::fclose(out);
        const std::string copy = text;
        std::free(text);
        return copy;
    }
    scratch_folder scratch;
    std::unique_ptr<npim_design> design = std::make_unique<npim_design>();
    npim_error error{};
};

TEST_F(design_sections_test, a_transient_run_there_and_back) {
    npim_design_transient settle{};
    settle.settle_ns = 1.0 / 3;
    settle.mean_settle_ns = 0.1;
    settle.energy_pJ = 1.68;
    settle.power_uW = 700;
    settle.steps = 64;
    snprintf(settle.netlist_sha256, sizeof settle.netlist_sha256, "%064d", 7);
    snprintf(settle.simulator, sizeof settle.simulator, "ngspice-39");
    const std::string text = put([&](FILE *out) { npim_settle_put(&settle, out); });
    EXPECT_NE(text.find("tag = \"D\""), std::string::npos) << text;
    ASSERT_EQ(read(text, npim_settle_read), NPIM_OK);
    EXPECT_EQ(design->settle.steps, 0u) << "the request did not ask for it";
    design->request.settle = true;
    ASSERT_EQ(read(text, npim_settle_read), NPIM_OK) << error.message;
    EXPECT_EQ(std::memcmp(&settle, &design->settle, sizeof settle), 0);
    EXPECT_EQ(read("", npim_settle_read), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("d.toml: settle"), std::string::npos) << error.message;
}

TEST_F(design_sections_test, trainings_there_and_back) {
    npim_design_training t{};
    t.runs = 5;
    t.best = 3;
    t.score = {34.5, 33, 32.25, 34.25};
    t.least = 1.0 / 3;
    t.most = 34.5;
    const std::string text = put([&](FILE *out) { npim_training_put(&t, out); });
    design->request.method = NPIM_DESIGN_TRAINED;
    ASSERT_EQ(read(text, npim_training_read), NPIM_OK) << error.message;
    EXPECT_EQ(std::memcmp(&t, &design->training, sizeof t), 0);
    EXPECT_EQ(read("", npim_training_read), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("training"), std::string::npos) << error.message;
    design->request.method = NPIM_DESIGN_SYNTHESISED;
    EXPECT_EQ(read("", npim_training_read), NPIM_OK) << error.message;
}

TEST_F(design_sections_test, counts_must_be_those_of_the_circuit) {
    small_circuit c = flash_2_bit(NPIM_NEURON_LATCH, 1, shipped_table("sc").inverter);
    design->converter.circuit = *c.done();
    npim_design_count(design.get());
    const std::string text = put([&](FILE *out) { npim_counts_put(design.get(), out); });
    EXPECT_NE(text.find("cells = 8\ninverters = 0\nlatches = 3\n"), std::string::npos) << text;
    EXPECT_EQ(read(text, npim_counts_read), NPIM_OK) << error.message;
    std::string wrong = text;
    wrong.replace(wrong.find("cells = 8"), 9, "cells = 9");
    EXPECT_EQ(read(wrong, npim_counts_read), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("counts.cells = 9: the circuit has 8"), std::string::npos)
        << error.message;
    EXPECT_EQ(read("", npim_counts_read), NPIM_ECONFIG);
}

} // namespace

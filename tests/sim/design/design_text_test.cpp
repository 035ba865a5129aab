#include "sim/design/design_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace {

std::string printed(const std::function<void(FILE *)> &put) {
    char *text = nullptr;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    put(out);
    std::fclose(out);
    const std::string copy(text, n);
    std::free(text);
    return copy;
}

struct design_text_test : testing::Test {
    design_text_test() {
        c.bits = 3;
        c.n_inputs = 2;
        c.n_rails = 3;
    }
    ~design_text_test() override { npim_circuit_fini(&c); }
    npim_status read(const std::string &text) {
        npim_circuit_fini(&c);
        c.n_inputs = 2;
        c.n_rails = 3;
        neuron = {};
        error = {};
        return npim_cells_read(&c, &neuron, text.c_str(), &error);
    }
    npim_circuit c{};
    npim_neuron neuron{};
    npim_error error{};
};

TEST_F(design_text_test, kinds_there_and_back) {
    const struct {
        npim_neuron_kind kind;
        uint32_t chain;
        const char *text;
    } kinds[] = {{NPIM_NEURON_PASSIVE, 0, "passive"},     {NPIM_NEURON_INVERTER, 1, "inverter"},
                 {NPIM_NEURON_INVERTER, 3, "inverter/3"}, {NPIM_NEURON_INVERTER, 99, "inverter/99"},
                 {NPIM_NEURON_RESIDUE, 0, "residue"},     {NPIM_NEURON_LATCH, 0, "latch"}};
    for (const auto &k : kinds) {
        const npim_neuron put = {0, 0, k.kind, k.chain};
        EXPECT_EQ(printed([&](FILE *out) { npim_neuron_kind_put(&put, out); }), k.text);
        npim_neuron got{};
        ASSERT_EQ(npim_neuron_kind_read(&got, k.text, &error), NPIM_OK) << error.message;
        EXPECT_EQ(got.kind, k.kind);
        EXPECT_EQ(got.chain, k.chain) << k.text;
    }
}

TEST_F(design_text_test, kinds_that_are_none) {
    const std::string endless(10000, 'x');
    for (const std::string bad :
         {"", "/", "Inverter", "inverters", "inverte", "inverter ", "inverter/", "inverter/x", "inverter/-1",
          "inverter/3 ", "inverter/3/3", "inverter/100", "inverter/99999999999", "latch/1", "passive/", "/3",
          " latch", endless.c_str()}) {
        EXPECT_EQ(npim_neuron_kind_read(&neuron, bad.c_str(), &error), NPIM_ECONFIG) << bad;
        EXPECT_NE(std::string(error.message).find("residue or latch"), std::string::npos) << error.message;
    }
}

TEST_F(design_text_test, cells_by_hand) {
    ASSERT_EQ(read("in0:7 !in1:0 rail2:3 !n0:255 n4:1"), NPIM_OK) << error.message;
    ASSERT_EQ(c.n_cells, 5u);
    EXPECT_EQ(neuron.first_cell, 0u);
    EXPECT_EQ(neuron.n_cells, 5u);
    const npim_cell wanted[] = {{0, 7, false}, {1, 0, true}, {4, 3, false}, {5, 255, true}, {9, 1, false}};
    for (int i = 0; i < 5; i++) {
        EXPECT_EQ(c.cells[i].source, wanted[i].source) << i;
        EXPECT_EQ(c.cells[i].level, wanted[i].level) << i;
        EXPECT_EQ(c.cells[i].complement, wanted[i].complement) << i;
    }
    npim_neuron next{};
    ASSERT_EQ(npim_cells_read(&c, &next, "n0:2", &error), NPIM_OK);
    EXPECT_EQ(next.first_cell, 5u);
    EXPECT_EQ(next.n_cells, 1u);
    ASSERT_EQ(read(""), NPIM_OK); // no cells: npim_circuit_check has a word on that
    EXPECT_EQ(neuron.n_cells, 0u);
}

TEST_F(design_text_test, words_that_are_no_cells) {
    for (const char *bad : {"in",
                            "in0",
                            "in0:",
                            ":7",
                            "0:7",
                            "in:7",
                            "in-1:7",
                            "in2:7",
                            "in000001:7",
                            "in00000000000000000000:7",
                            "in99999999999999999999:7",
                            "rail3:1",
                            "rail-1:1",
                            "n65531:1",
                            "n99999:1",
                            "n123456:1",
                            "in0:256",
                            "in0:-1",
                            "in0:7.5",
                            "in0:7x",
                            "in0:0x7",
                            "in0 :7",
                            "in0: 7",
                            "in0:7,in1:7",
                            "!!in0:7",
                            "! in0:7",
                            "In0:7",
                            "out0:7",
                            "inn0:7",
                            "in0:7\tin1:7",
                            "in0:7\n",
                            "%s:7",
                            "n%n:1",
                            "in0:99999999999"}) {
        EXPECT_EQ(read(std::string("in1:1 ") + bad), NPIM_ECONFIG) << bad;
        const std::string word(bad, std::strcspn(bad, " "));
        EXPECT_NE(std::string(error.message).find("\"" + word + "\""), std::string::npos) << error.message;
    }
    EXPECT_EQ(read(" in0:7"), NPIM_ECONFIG);
    EXPECT_EQ(read("in0:7  in1:7"), NPIM_ECONFIG);
    EXPECT_EQ(read(std::string(100000, '!')), NPIM_ECONFIG);
    c.n_rails = 0;
    EXPECT_EQ(npim_cells_read(&c, &neuron, "rail0:1", &error), NPIM_ECONFIG);
}

// The largest numbers that there can be: 16 bit of sources.
TEST_F(design_text_test, the_last_source) {
    ASSERT_EQ(read("n65529:1"), NPIM_OK) << error.message;
    EXPECT_EQ(c.cells[0].source, 65534);
}

TEST_F(design_text_test, random_cells_there_and_back) {
    const uint64_t seed = 77;
    std::cout << "seed " << seed << "\n";
    std::mt19937_64 draw(seed);
    for (int k = 0; k < 500; k++) {
        std::vector<npim_cell> cells(draw() % 40);
        npim_circuit put{};
        put.n_inputs = 1 + static_cast<uint32_t>(draw() % 64);
        put.n_rails = static_cast<uint32_t>(draw() % 65);
        for (npim_cell &cell : cells)
            cell = {static_cast<uint16_t>(draw() % (put.n_inputs + put.n_rails + 4096)),
                    static_cast<uint8_t>(draw()), draw() % 2 == 1};
        put.cells = cells.data();
        const npim_neuron row = {0, static_cast<uint32_t>(cells.size()), NPIM_NEURON_PASSIVE, 0};
        const std::string text = printed([&](FILE *out) { npim_cells_put(&put, &row, out); });
        npim_circuit got{};
        got.n_inputs = put.n_inputs;
        got.n_rails = put.n_rails;
        npim_neuron read_row{};
        ASSERT_EQ(npim_cells_read(&got, &read_row, text.c_str(), &error), NPIM_OK) << error.message;
        ASSERT_EQ(read_row.n_cells, cells.size()) << text;
        for (size_t i = 0; i < cells.size(); i++) {
            ASSERT_EQ(got.cells[i].source, cells[i].source) << text;
            ASSERT_EQ(got.cells[i].level, cells[i].level) << text;
            ASSERT_EQ(got.cells[i].complement, cells[i].complement) << text;
        }
        npim_circuit_fini(&got);
    }
}

} // namespace

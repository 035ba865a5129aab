#include "hw/converter.h"

#include "support.hpp"

#include <random>

namespace {

// Wires of a thermometer, and more: latched comparators at equal cells to the input's complement and a rail.
struct bare_converter {
    npim_converter converter{};
    explicit bare_converter(npim_code_kind kind, uint32_t bits, uint32_t n_coarse, uint32_t n_wires) {
        npim_circuit &c = converter.circuit;
        converter.kind = kind;
        converter.bits = bits;
        converter.n_coarse = n_coarse;
        c.bits = 8;
        c.vdd_V = 1;
        c.n_inputs = c.n_rails = 1;
        c.n_neurons = c.n_outputs = n_wires;
        c.n_cells = 2 * n_wires;
        c.rail_V = static_cast<double *>(std::calloc(1, sizeof(double)));
        c.neurons = static_cast<npim_neuron *>(std::calloc(n_wires, sizeof(npim_neuron)));
        c.cells = static_cast<npim_cell *>(std::calloc(c.n_cells, sizeof(npim_cell)));
        c.rail_V[0] = 1;
        for (uint32_t i = 0; i < n_wires; i++) { // A (1 - x) + B = (A + B) / 2 at x = (A + B) / (2 A)
            c.neurons[i] = {2 * i, 2, NPIM_NEURON_LATCH, 1};
            c.cells[2 * i] = {0, 200, true};
            c.cells[2 * i + 1] = {1, static_cast<uint8_t>(i), false};
        }
    }
    ~bare_converter() { npim_converter_fini(&converter); }
};

std::vector<double> wires_of(const std::vector<int> &high) {
    std::vector<double> volts;
    for (const int h : high) volts.push_back(h ? 0.9 : 0.1);
    return volts;
}

TEST(converter, binary_and_gray_codes) {
    for (uint32_t bits = 1; bits <= 12; bits++)
        for (uint32_t code = 0; code < 1u << bits; code++) {
            npim_converter binary{}, gray{};
            binary.circuit.vdd_V = gray.circuit.vdd_V = 1;
            binary.bits = gray.bits = bits;
            binary.kind = NPIM_CODE_BINARY;
            gray.kind = NPIM_CODE_GRAY;
            std::vector<int> b, g;
            for (uint32_t k = 0; k < bits; k++) {
                b.push_back(code >> k & 1);
                g.push_back((code ^ code >> 1) >> k & 1);
            }
            ASSERT_EQ(npim_converter_decode(&binary, wires_of(b).data()), code);
            ASSERT_EQ(npim_converter_decode(&gray, wires_of(g).data()), code);
        }
}

TEST(converter, a_thermometer_counts_bubbles_too) {
    npim_converter c{};
    c.circuit.vdd_V = 1;
    c.bits = 3;
    c.kind = NPIM_CODE_THERMOMETER;
    EXPECT_EQ(npim_converter_decode(&c, wires_of({0, 0, 0, 0, 0, 0, 0}).data()), 0u);
    EXPECT_EQ(npim_converter_decode(&c, wires_of({1, 1, 0, 1, 0, 0, 0}).data()), 3u);
    EXPECT_EQ(npim_converter_decode(&c, wires_of({1, 1, 1, 1, 1, 1, 1}).data()), 7u);
    const std::vector<double> half(7, 0.5); // not above half of the supply
    EXPECT_EQ(npim_converter_decode(&c, half.data()), 0u);
}

// An ideal pipeline with a wrong first stage: right as long as it is off by half a step at most.
TEST(converter, a_pipeline_corrects_its_first_stage) {
    const uint32_t bits = 8, n_coarse = 15, step = 16;
    npim_converter c{};
    c.circuit.vdd_V = 1;
    c.bits = bits;
    c.kind = NPIM_CODE_PIPELINE;
    c.n_coarse = n_coarse;
    ASSERT_EQ(npim_converter_wires(&c), 15u + 1 + 31);
    for (int code = 0; code < 256; code++)
        for (int error = -7; error <= 7; error++) { // of the thresholds, in LSB
            std::vector<int> wires;
            int k = 0;
            for (int j = 1; j <= 15; j++) {
                const bool passed = code >= 16 * j + error;
                wires.push_back(!passed);
                k += passed;
            }
            wires.push_back(code % 2); // the residue is no wire
            const int residue = code - 16 * k - 8;
            for (int i = -15; i <= 15; i++) wires.push_back(residue >= i);
            ASSERT_EQ(npim_converter_decode(&c, wires_of(wires).data()), static_cast<uint32_t>(code))
                << "error " << error;
        }
    std::vector<int> all(47, 0); // all of the first stage passed, nothing of the second: 240 - 8
    EXPECT_EQ(npim_converter_decode(&c, wires_of(all).data()), 15 * step - 8);
    for (size_t i = 16; i < 47; i++) all[i] = 1;
    EXPECT_EQ(npim_converter_decode(&c, wires_of(all).data()), 255u); // 263, limited
    for (size_t i = 0; i < 15; i++) all[i] = 1;
    EXPECT_EQ(npim_converter_decode(&c, wires_of(all).data()), 23u);
    for (size_t i = 16; i < 47; i++) all[i] = 0;
    EXPECT_EQ(npim_converter_decode(&c, wires_of(all).data()), 0u); // -8, limited
}

TEST(converter, codes_are_those_of_the_circuit) {
    const bare_converter bare(NPIM_CODE_THERMOMETER, 4, 0, 15);
    const npim_converter &c = bare.converter;
    npim_error error{};
    ASSERT_EQ(npim_converter_check(&c, &error), NPIM_OK) << error.message;
    npim_instance nominal{};
    ASSERT_EQ(npim_instance_init(&nominal, &c.circuit, nullptr, nullptr, &error), NPIM_OK);
    std::vector<double> in_V, scratch_V(30);
    std::vector<uint16_t> want, codes;
    for (int i = 0; i < 1000; i++) {
        in_V.push_back(0.49 + i * 6e-5 + 1e-7);
        uint16_t code = 0;
        for (int k = 0; k < 15; k++) code += in_V.back() > (200.0 + k) / 400.0;
        want.push_back(code);
    }
    codes.resize(in_V.size());
    npim_converter_codes(&c, &nominal, in_V.data(), in_V.size(), 0, scratch_V.data(), codes.data());
    EXPECT_EQ(codes, want);
    EXPECT_EQ(codes.front(), 0);
    EXPECT_EQ(codes.back(), 15);
    npim_instance_fini(&nominal);
}

TEST(converter, noise_goes_by_the_index) {
    const bare_converter bare(NPIM_CODE_THERMOMETER, 4, 0, 15);
    const npim_converter &c = bare.converter;
    npim_circuit_variation v{};
    v.node_F = 1e-16;
    v.temperature_K = 300;
    const npim_random random = {11, 0};
    npim_instance instance{};
    ASSERT_EQ(npim_instance_init(&instance, &c.circuit, &v, &random, nullptr), NPIM_OK);
    const std::vector<double> in_V(100, 0.515);
    std::vector<double> scratch_V(30);
    std::vector<uint16_t> all(100), part(50);
    npim_converter_codes(&c, &instance, in_V.data(), 100, 7, scratch_V.data(), all.data());
    npim_converter_codes(&c, &instance, in_V.data(), 50, 57, scratch_V.data(), part.data());
    EXPECT_EQ(std::vector<uint16_t>(all.begin() + 50, all.end()), part);
    EXPECT_NE(std::vector<uint16_t>(all.begin(), all.begin() + 50), part);
    npim_instance_fini(&instance);
}

TEST(converter, bad_ones_are_refused) {
    const struct {
        npim_code_kind kind;
        uint32_t bits, n_coarse, n_wires;
        const char *message;
    } cases[] = {{NPIM_CODE_THERMOMETER, 4, 0, 14, "14 outputs"},
                 {NPIM_CODE_BINARY, 4, 0, 5, "5 outputs"},
                 {NPIM_CODE_GRAY, 0, 0, 1, "bits = 0"},
                 {NPIM_CODE_BINARY, 13, 0, 13, "bits = 13"},
                 {NPIM_CODE_BINARY, 4, 3, 4, "n_coarse = 3"},
                 {NPIM_CODE_PIPELINE, 4, 0, 4, "n_coarse = 0"},
                 {NPIM_CODE_PIPELINE, 4, 4, 4, "n_coarse = 4"},
                 {NPIM_CODE_PIPELINE, 4, 15, 16, "n_coarse = 15"},
                 {NPIM_CODE_PIPELINE, 4, UINT32_MAX, 16, "n_coarse"},
                 {NPIM_CODE_PIPELINE, 4, 3, 10, "10 outputs"}};
    for (const auto &c : cases) {
        const bare_converter bare(c.kind, c.bits, c.n_coarse, c.n_wires);
        npim_error error{};
        EXPECT_EQ(npim_converter_check(&bare.converter, &error), NPIM_ECONFIG) << c.message;
        EXPECT_NE(std::string(error.message).find(c.message), std::string::npos) << error.message;
    }
    const bare_converter good(NPIM_CODE_PIPELINE, 4, 3, 11); // 3, the residue and 2 x 4 - 1
    EXPECT_EQ(npim_converter_check(&good.converter, nullptr), NPIM_OK);
    bare_converter unknown(NPIM_CODE_BINARY, 2, 0, 2);
    const int kind = 4;
    static_assert(sizeof kind == sizeof unknown.converter.kind, "an enumeration of C");
    std::memcpy(&unknown.converter.kind, &kind, sizeof kind);
    npim_error error{};
    EXPECT_EQ(npim_converter_check(&unknown.converter, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("code kind 4"), std::string::npos) << error.message;
    bare_converter broken(NPIM_CODE_BINARY, 2, 0, 2);
    broken.converter.circuit.vdd_V = -1;
    EXPECT_EQ(npim_converter_check(&broken.converter, nullptr), NPIM_ECONFIG);
    npim_converter_fini(&broken.converter);
    npim_converter_fini(&broken.converter);
}

} // namespace

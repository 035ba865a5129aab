#include "sim/values/hardware.h"

#include "tests/sim/arch_fixture.hpp"

namespace {

class hardware_of_arch : public arch_fixture {
  protected:
    ~hardware_of_arch() override { npim_hardware_fini(&h); }

    npim_status take(npim_mode mode = NPIM_MODE_QUANTISED) {
        npim_hardware_fini(&h);
        error = {};
        return npim_hardware_init(&h, arch, mode, &error);
    }
    void refused(npim_status status, npim_mode mode, const char *part) {
        EXPECT_EQ(take(mode), status);
        EXPECT_NE(std::string(error.message).find(part), std::string::npos) << error.message;
        EXPECT_EQ(h.sa, nullptr);
        EXPECT_EQ(h.adc, nullptr);
    }
    npim_hardware h{};
};

TEST_F(hardware_of_arch, neural_pim_has_two_digits_and_one_conversion) {
    load("neural-pim");
    ASSERT_EQ(take(), NPIM_OK) << error.message;
    EXPECT_EQ(h.dataflow.strategy, NPIM_STRATEGY_C);
    EXPECT_EQ(npim_dataflow_cycles(&h.dataflow), 2u);
    EXPECT_EQ(h.crossbar.rows, 128u);
    EXPECT_EQ(h.columns_per_weight, 16u);
    EXPECT_EQ(h.slices, 8u);
    EXPECT_EQ(h.code_bits, 8u);
    EXPECT_EQ(h.sa, nullptr); // circuits are for the analog mode
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_NE(h.sa, nullptr);
    EXPECT_NE(h.adc, nullptr);
}

TEST_F(hardware_of_arch, isaac_converts_every_bit_line_with_8_bit) {
    load("isaac", {"run.seed=7"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.dataflow.strategy, NPIM_STRATEGY_A);
    EXPECT_EQ(h.n_bits, 1u);
    EXPECT_EQ(h.adc_bits[0], 8u);
    EXPECT_EQ(h.seed, 7u);
    load("isaac", {"block.sar_adc.bits=9", "block.sar_adc.v_max_V=2", "block.sar_adc.noise_V=0.5"});
    ASSERT_EQ(take(NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    EXPECT_EQ(h.adc_bits[0], 8u); // what the dataflow asks for
    EXPECT_EQ(h.adc_noise, 0.25); // of the full scale
}

TEST_F(hardware_of_arch, cascade_buffers_6_bit_and_converts_five_groups) {
    load("cascade", {"block.analog_buffer.sigma=0.02"});
    ASSERT_EQ(take(), NPIM_OK) << error.message;
    EXPECT_EQ(h.dataflow.strategy, NPIM_STRATEGY_B);
    EXPECT_EQ(h.crossbar.coding, unsigned(NPIM_CODING_TWOS));
    EXPECT_EQ(h.buffer_bits, 6u);
    EXPECT_EQ(h.buffer_sigma, 0.02);
    ASSERT_EQ(h.n_bits, 5u);
    EXPECT_EQ(std::vector<uint32_t>(h.adc_bits, h.adc_bits + 5), (std::vector<uint32_t>{9, 8, 8, 7, 6}));
}

TEST_F(hardware_of_arch, circuits_vary_as_cells_do_up_to_a_half) {
    load("neural-pim", {"block.rram.sigma=0.1"});
    ASSERT_EQ(take(), NPIM_OK);
    EXPECT_EQ(h.circuit_sigma, 0.1);
    load("neural-pim", {"block.rram.sigma=0.9"});
    ASSERT_EQ(take(), NPIM_OK);
    EXPECT_EQ(h.circuit_sigma, 0.5);
}

TEST_F(hardware_of_arch, more_than_8_bit_have_no_values) {
    load("isaac-16bit");
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_QUANTISED, "16-bit inputs");
}

TEST_F(hardware_of_arch, noise_that_values_do_not_know_is_refused) {
    load("neural-pim", {"block.sample_hold.noise_V=0.001"});
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_ANALOG, "sample_hold.noise_V");
    EXPECT_EQ(take(NPIM_MODE_QUANTISED), NPIM_OK);
    load("neural-pim", {"block.neural_sa.noise_V=0.001"});
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_ANALOG, "neural_sa.noise_V");
    load("isaac", {"block.sample_hold.droop_V_per_us=0.1"});
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_ANALOG, "droop_V_per_us");
    load("cascade", {"block.tia.noise_V=0.001"});
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_ANALOG, "tia.noise_V");
    load("cascade", {"block.summing_amp.noise_V=0.001"});
    refused(NPIM_EUNSUPPORTED, NPIM_MODE_ANALOG, "summing_amp.noise_V");
}

TEST_F(hardware_of_arch, a_strategy_needs_its_blocks) {
    load("neural-pim");
    arch->dataflow.strategy = NPIM_STRATEGY_B;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "analog_buffer");
    arch->dataflow.strategy = NPIM_STRATEGY_A;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "sar_adc");
    load("isaac");
    arch->dataflow.strategy = NPIM_STRATEGY_C;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "neural_adc");
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (std::string(arch->blocks[b].ops->name) == "rram") arch->blocks[b].ops = arch->blocks[0].ops;
    refused(NPIM_ECONFIG, NPIM_MODE_QUANTISED, "rram");
}

TEST(hardware, columns_count_what_their_coding_says) {
    npim_hardware h{};
    h.crossbar.weight_bits = 8;
    h.crossbar.cell_bits = 2;
    h.slices = 4;
    h.crossbar.coding = NPIM_CODING_DIFFERENTIAL;
    EXPECT_EQ(npim_hardware_column_weight(&h, 0), 1);
    EXPECT_EQ(npim_hardware_column_weight(&h, 1), -1);
    EXPECT_EQ(npim_hardware_column_weight(&h, 6), 64);
    EXPECT_EQ(npim_hardware_column_weight(&h, 7), -64);
    EXPECT_EQ(npim_hardware_bias(&h), 0);
    h.crossbar.coding = NPIM_CODING_BIASED;
    EXPECT_EQ(npim_hardware_column_weight(&h, 3), 64);
    EXPECT_EQ(npim_hardware_bias(&h), 128);
    h.crossbar.coding = NPIM_CODING_TWOS;
    h.crossbar.cell_bits = 1;
    h.slices = 8;
    EXPECT_EQ(npim_hardware_column_weight(&h, 6), 64);
    EXPECT_EQ(npim_hardware_column_weight(&h, 7), -128);
    EXPECT_EQ(npim_hardware_bias(&h), 0);
}

} // namespace

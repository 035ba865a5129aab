#include "sim/arch_design.h"

#include "arch_fixture.hpp"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"

#include <cmath>

namespace {

class arch_design : public arch_fixture {
  protected:
    // Loads the design of the arch that is loaded; the message is empty when that worked.
    std::string load_design(const npim_block_ops &ops) {
        npim_error inner{};
        npim_design *design = nullptr;
        const npim_status status = npim_arch_design_load(arch, &ops, &design, &inner);
        there = design != nullptr;
        if (design) cells = design->converter.circuit.n_cells;
        if (design) npim_design_fini(design);
        std::free(design);
        EXPECT_EQ(status == NPIM_OK, inner.message[0] == '\0');
        return inner.message;
    }
    bool there = false;
    uint32_t cells = 0;
};

TEST_F(arch_design, the_shipped_ones_fit_their_blocks) {
    load("neural-pim");
    EXPECT_EQ(load_design(npim_neural_sa_ops), "");
    EXPECT_TRUE(there);
    EXPECT_GT(cells, 100u);
    EXPECT_EQ(load_design(npim_neural_adc_ops), "");
    EXPECT_TRUE(there);
    EXPECT_GT(cells, 300u);
}

TEST_F(arch_design, an_architecture_without_such_a_block_has_none) {
    load("isaac");
    EXPECT_EQ(load_design(npim_neural_adc_ops), "");
    EXPECT_FALSE(there);
}

TEST_F(arch_design, only_neural_blocks_take_one) {
    EXPECT_TRUE(npim_arch_takes_design(&npim_neural_sa_ops));
    EXPECT_TRUE(npim_arch_takes_design(&npim_neural_adc_ops));
    refuse_set("isaac", "block.sar_adc.design=neural_adc_8bit", {"unknown key block.sar_adc.design"});
}

TEST_F(arch_design, a_design_that_is_not_there_is_refused_at_once) {
    refuse_set("neural-pim", "block.neural_adc.design=nowhere",
               {"there is no circuit nowhere", "block.neural_adc.design"});
    refuse_set("neural-pim", "block.neural_sa.design=/no/such/file.toml",
               {"/no/such/file.toml", "block.neural_sa.design"});
}

TEST_F(arch_design, what_does_not_fit_is_refused_by_name) {
    const struct {
        const char *set;
        bool adc;
        const char *words[2];
    } cases[] = {
        {"block.neural_adc.design=neural_sa_4bit", true, {"is a neural-sa", "must be a neural-adc"}},
        {"block.neural_adc.bits=9", true, {"made for bits = 8", "must be 9"}},
        {"data.dac_bits=2", false, {"made for dac_bits = 4", "must be 2"}},
        {"data.cell_bits=2", false, {"8 slices of 1 bit", "4 of 2 bit"}},
    };
    for (const auto &x : cases) {
        load("neural-pim", {x.set});
        const std::string message = load_design(x.adc ? npim_neural_adc_ops : npim_neural_sa_ops);
        for (const char *word : x.words) EXPECT_NE(message.find(word), std::string::npos) << message;
        EXPECT_FALSE(there);
    }
}

TEST_F(arch_design, timing_can_come_from_the_transient_run) {
    load("neural-pim", {"block.neural_adc.timing_from=architecture"});
    const auto *adc =
        static_cast<const npim_neural_adc_config *>(npim_arch_block(arch, "neural_adc")->config);
    const double given_GSps = adc->rate_GSps;
    load("neural-pim", {"block.neural_adc.timing_from=design"});
    adc = static_cast<const npim_neural_adc_config *>(npim_arch_block(arch, "neural_adc")->config);
    npim_design *design = nullptr;
    ASSERT_EQ(npim_arch_design_load(arch, &npim_neural_adc_ops, &design, &error), NPIM_OK) << error.message;
    EXPECT_DOUBLE_EQ(adc->rate_GSps, 1 / design->settle.settle_ns);
    EXPECT_DOUBLE_EQ(adc->energy_pJ, design->settle.energy_pJ);
    EXPECT_NE(adc->rate_GSps, given_GSps);
    // 512 results in two cycles of 123 ns.
    char *text = nullptr;
    ASSERT_EQ(npim_arch_timing_text(arch, &text, &error), NPIM_OK) << error.message;
    const std::string needed =
        std::to_string(static_cast<int>(std::ceil(512 * design->settle.settle_ns / 246)));
    EXPECT_NE(std::string(text).find("take " + needed + " such converters"), std::string::npos) << text;
    EXPECT_NE(std::string(text).find("not supported by the circuit"), std::string::npos) << text;
    std::free(text);
    npim_design_fini(design);
    std::free(design);
}

TEST_F(arch_design, timing_that_cannot_be_is_refused) {
    refuse_set("neural-pim", "block.neural_adc.timing_from=facts", {"must be one of architecture, design"});
    refuse_set("neural-pim", "block.neural_adc.timing_from=1", {"block.neural_adc.timing_from"});
    load("isaac");
    char *text = nullptr;
    ASSERT_EQ(npim_arch_timing_text(arch, &text, &error), NPIM_OK);
    EXPECT_STREQ(text, "");
    std::free(text);
}

} // namespace

#include "sim/arch_blocks.h"

#include "arch_fixture.hpp"

namespace {

using arch_recipe = arch_fixture;

// The first stage of a block in the plan.
const npim_stage &stage(const npim_arch &arch, const std::string &block) {
    for (uint32_t s = 0; s < arch.plan.n_stages; s++)
        if (block == arch.stages[s].block) return arch.plan.stages[s];
    ADD_FAILURE() << "no stage " << block;
    return arch.plan.stages[0];
}

TEST_F(arch_recipe, stages_are_bound_to_their_blocks) {
    for (const char *name : {"neural-pim", "isaac", "cascade", "isaac-16bit"}) {
        load(name);
        for (uint32_t s = 0; s < arch->plan.n_stages; s++) {
            const npim_block_instance &block = arch->blocks[arch->stage_block[s]];
            EXPECT_STREQ(block.name, arch->stages[s].block);
            EXPECT_EQ(arch->plan.stages[s].core, block.core);
            EXPECT_EQ(arch->plan.stages[s].ops, block.ops);
        }
    }
}

TEST_F(arch_recipe, units_are_private_or_pooled) {
    load("isaac");
    EXPECT_FALSE(stage(*arch, "sar_adc").pooled);
    EXPECT_EQ(stage(*arch, "sar_adc").units, 1u);
    EXPECT_EQ(stage(*arch, "dac").units, 128u);
    EXPECT_EQ(stage(*arch, "shift_add").units, 1u); // 4 for 8 arrays
    load("neural-pim");
    EXPECT_TRUE(stage(*arch, "neural_adc").pooled);
    EXPECT_EQ(stage(*arch, "neural_adc").units, 2u);
    EXPECT_EQ(stage(*arch, "adder").units, 4u);
    EXPECT_EQ(stage(*arch, "neural_sa").units, 8u);
    load("cascade");
    EXPECT_TRUE(stage(*arch, "sar_adc").pooled);
    EXPECT_EQ(stage(*arch, "sar_adc").units, 10u);
    EXPECT_EQ(stage(*arch, "tia").units, 32u);
}

TEST_F(arch_recipe, converters_know_their_resolutions) {
    const npim_stage &adc = stage(load("cascade"), "sar_adc");
    EXPECT_TRUE(adc.converts);
    ASSERT_EQ(adc.n_bits, 5u);
    EXPECT_EQ(adc.bits[0], 9u);
    EXPECT_EQ(adc.bits[4], 6u);
    EXPECT_FALSE(stage(*arch, "shift_add").converts);
    EXPECT_EQ(stage(*arch, "shift_add").n_bits, 0u);
    EXPECT_EQ(stage(load("isaac"), "sar_adc").n_bits, 1u);
}

// Energy of a conversion from the SAR table: 9, 8, 8, 7, 6 bit are 7.93 pJ.
TEST_F(arch_recipe, cascade_converts_a_dot_product_with_7_93_pJ) {
    load("cascade");
    npim_pe_shape one{};
    one.dots = one.dots_per_array = 1;
    for (uint32_t s = 0; s < arch->plan.n_stages; s++)
        if (arch->plan.stages[s].converts) {
            EXPECT_NEAR(npim_pe_plan_energy_pJ(&arch->plan, s, &one), 7.93, 0.005);
        }
}

TEST_F(arch_recipe, cycles_and_steps) {
    load("neural-pim");
    EXPECT_EQ(arch->plan.n_cycles, 2u);
    EXPECT_EQ(arch->plan.cycle_ps, 123000u);
    EXPECT_EQ(arch->plan.step_ps, 0u);
    load("isaac-16bit");
    EXPECT_EQ(arch->plan.n_cycles, 16u);
    EXPECT_EQ(arch->plan.step_ps, 100000u);
    EXPECT_EQ(arch->plan.conversions_per_dot, 128.0);
}

TEST_F(arch_recipe, unknown_blocks_are_refused_with_an_offer) {
    refuse_edit("isaac", "block = \"sar_adc\"", "block = \"sar_acd\"",
                {"edited.toml:", "pe.stage[5].block = \"sar_acd\"", "did you mean sar_adc?"});
    refuse_edit("isaac", "block = \"sar_adc\"", "", {"edited.toml: pe.stage[5]", "block is missing"});
}

TEST_F(arch_recipe, stages_need_units_where_they_fire) {
    refuse_edit("isaac", "block = \"dac\"", "block = \"router\"",
                {"pe.stage[2].block", "it sits per router"});
    refuse_edit("isaac", "block = \"dac\"", "block = \"chip_link\"", {"it sits per chip"});
    refuse_set("isaac", "pe.stage[2].pace=own", {"pe.stage[2].block", "per row", "array or tile"});
}

TEST_F(arch_recipe, conversions_must_be_those_of_the_strategy) {
    EXPECT_EQ(load_file(arch_path("isaac"), {"data.strategy=B", "block.sar_adc.bits=10"}), NPIM_ECONFIG);
    expect_message({"data.strategy = \"B\"", "it makes 5 conversions per result", "make 128"});
    refuse_set("cascade", "pe.stage[7].per=dot", {"it makes 5 conversions per result", "make 1"});
}

TEST_F(arch_recipe, the_number_of_stages_is_bounded) {
    std::string many;
    for (int i = 0; i < 20; i++) many += "[[pe.stage]]\nblock = \"dac\"\nfires = \"cycle\"\nper = \"row\"\n";
    EXPECT_EQ(load_edited("isaac", "[[pe.stage]]", many + "[[pe.stage]]"), NPIM_ECONFIG);
    expect_message({"29 [[pe.stage]] tables: outside 1..16"});
    std::ofstream(folder / "no.toml") << "include = \"" << arch_path("isaac") << "\"\npe.stage = []\n";
    EXPECT_EQ(load_file((folder / "no.toml").string()), NPIM_ECONFIG);
}

} // namespace

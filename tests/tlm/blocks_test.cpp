#include "tlm/blocks.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

// Every alias wraps the ops of its own name; the table of hw/ names no block without a module.
TEST(Blocks, EveryBlockHasAModuleOfItsName) {
    std::set<std::string> names = {"edram", "router",
                                   "rram"}; // modules of their own; the cell model has none
    const auto add = [&](const npim_block_ops &ops, const char *alias) {
        EXPECT_STREQ(ops.name, alias);
        names.insert(alias);
    };
    const auto ops_of = [](auto *type) -> const npim_block_ops & {
        return std::remove_pointer_t<decltype(type)>::block_ops;
    };
#define NPIM_ADD(alias) add(ops_of(static_cast<npim::alias *>(nullptr)), #alias)
    NPIM_ADD(activation);
    NPIM_ADD(analog_buffer);
    NPIM_ADD(bus);
    NPIM_ADD(chip_link);
    NPIM_ADD(crossbar);
    NPIM_ADD(dac);
    NPIM_ADD(link);
    NPIM_ADD(neural_adc);
    NPIM_ADD(neural_sa);
    NPIM_ADD(pooling);
    NPIM_ADD(sample_hold);
    NPIM_ADD(sar_adc);
    NPIM_ADD(shift_add);
    NPIM_ADD(sram_register);
    NPIM_ADD(summing_amp);
    NPIM_ADD(tia);
    for (size_t i = 0; i < npim_n_blocks; i++)
        EXPECT_EQ(names.count(npim_blocks[i]->name), 1u) << npim_blocks[i]->name;
}

TEST(Blocks, AModuleIsBuiltFromItsConfig) {
    npim::dac one("one", npim_dac_config{4, 0.2, 5.86, 0.166});
    EXPECT_EQ(one.core.config.bits, 4u);
}

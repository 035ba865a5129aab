#include "sim/accounts.h"

#include "replay_fixture.hpp"

#include <limits>
#include <string>

namespace {

class accounts_test : public replay_fixture {
  protected:
    npim_status verdict() {
        error = {};
        return npim_accounts_check(&state->result, &error);
    }

    // The account is right, is not with `value` changed, and is right again; the message names it.
    void expect_law(const std::string &who, const std::string &what, double &value, double wrong) {
        ASSERT_EQ(verdict(), NPIM_OK) << error.message;
        const double right = value;
        value = wrong;
        EXPECT_EQ(verdict(), NPIM_EINVARIANT) << who << ", " << what;
        EXPECT_NE(std::string(error.message).find(": " + who + ": " + what + ": booked "), std::string::npos)
            << error.message << "\nlacks " << who << ": " << what;
        EXPECT_NE(std::string(error.message).find(", expected "), std::string::npos) << error.message;
        value = right;
    }
    void expect_law(const std::string &who, const std::string &what, double &value) {
        expect_law(who, what, value, value * (1 + 1e-8) + 1e-6);
    }
    void expect_blocks(const std::string &who, double *operations, double *event_pJ, double *nameplate_pJ) {
        for (uint32_t b = 0; b < state->arch.n_blocks; b++) {
            const std::string block = state->arch.blocks[b].name;
            expect_law(who, "operations of " + block, operations[b]);
            expect_law(who, "energy of " + block, event_pJ[b]);
            expect_law(who, "nameplate energy of " + block, nameplate_pJ[b]);
        }
    }
};

struct machine {
    const char *network, *arch;
    std::vector<std::string> sets;
};

class accounts_of_blocks : public accounts_test, public testing::WithParamInterface<machine> {};

TEST_P(accounts_of_blocks, BreakWithTheBooks) {
    const auto &[network, arch, sets] = GetParam();
    replay(network, arch, sets);
    if (HasFatalFailure()) return;
    npim_result &r = state->result;
    for (uint32_t l = 0; l < r.n_layers; l++)
        expect_blocks(state->network.layers[l].name, r.layers[l].operations, r.layers[l].event_pJ,
                      r.layers[l].nameplate_pJ);
    expect_blocks("all layers", r.block_operations, r.block_event_pJ, r.block_nameplate_pJ);
    expect_law("all layers", "energy of computing", r.compute_uJ);
    expect_law("all layers", "energy of movement", r.movement_uJ);
    expect_law("all layers", "energy of all blocks", r.event_uJ);
    expect_law("all layers", "nameplate energy of all blocks", r.nameplate_uJ);
    EXPECT_EQ(verdict(), NPIM_OK) << error.message;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, accounts_of_blocks,
    testing::Values(machine{"tiny_chain", "cascade", {"run.images=2"}},
                    machine{"tiny_residual", "neural-pim", {"run.images=3"}},
                    machine{"tiny_concat", "isaac", {"tile.pes=1", "pe.arrays=1", "chip.tiles=3"}},
                    machine{"tiny_depthwise", "isaac", {}}, machine{"tiny_grouped", "cascade", {}},
                    machine{"tiny_lstm", "neural-pim", {"run.images=3"}},
                    machine{"tiny_lstm", "cascade", {"tile.pes=1", "pe.arrays=1", "chip.tiles=6"}}),
    [](const testing::TestParamInfo<machine> &tested) {
        return test_name(std::string(tested.param.network) + "_" + tested.param.arch);
    });

// What a layer counted is what its energy follows from.
TEST_F(accounts_test, EveryCountHasItsEnergy) {
    replay("tiny_chain", "isaac", {"run.images=2"});
    if (HasFatalFailure()) return;
    const struct {
        const char *block;
        uint64_t npim_layer_counts::*count;
    } rows[] = {{"activation", &npim_layer_counts::activation_words},
                {"pooling", &npim_layer_counts::pooling_words},
                {"adder", &npim_layer_counts::adder_words},
                {"edram", &npim_layer_counts::edram_B},
                {"bus", &npim_layer_counts::bus_B},
                {"router", &npim_layer_counts::flit_hops},
                {"chip_link", &npim_layer_counts::link_B}};
    for (uint32_t l = 0; l < result().n_layers; l++)
        for (const auto &row : rows) {
            state->result.layers[l].counts.*row.count += 1;
            EXPECT_EQ(verdict(), NPIM_EINVARIANT) << row.block;
            EXPECT_NE(std::string(error.message).find(std::string("operations of ") + row.block + ": "),
                      std::string::npos)
                << error.message;
            state->result.layers[l].counts.*row.count -= 1;
            EXPECT_EQ(verdict(), NPIM_OK) << error.message;
        }
}

TEST_F(accounts_test, WhatIsNotANumberIsNotRight) {
    replay("tiny_fc", "neural-pim");
    if (HasFatalFailure()) return;
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 infinite = std::numeric_limits<double>::infinity();
    for (double wrong : {nan, infinite, -infinite}) {
        expect_law("all layers", "energy of all blocks", state->result.event_uJ, wrong);
        expect_law(
            "fc", "energy of crossbar",
            state->result.layers[1].event_pJ[npim_arch_block(&state->arch, "crossbar") - state->arch.blocks],
            wrong);
    }
}

} // namespace

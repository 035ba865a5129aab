// A run gives the same results with its tiles stage by stage and without, to the byte.
#include "program_fixture.hpp"

namespace {

class stages : public program_fixture {
  protected:
    // The JSON document of a replay.
    std::string result(const std::string &network, const std::string &arch, const words &options) {
        words all = {"replay", network_file(network), "--arch", arch_file(arch), "--json"};
        all.insert(all.end(), options.begin(), options.end());
        const std::string text = answer(all);
        EXPECT_NE(text.find("\"latency_ns\""), std::string::npos) << text;
        return text;
    }

    void expect_same(const std::string &arch) {
        for (const char *network : {"tiny_chain", "tiny_conv", "tiny_grouped", "tiny_residual", "tiny_fc"}) {
            SCOPED_TRACE(network);
            EXPECT_EQ(result(network, arch, {}), result(network, arch, {"--stages", "chip_0.tile_*"}));
        }
        const std::string plain = result("tiny_chain", arch, {"--images", "5"});
        EXPECT_NE(plain, result("tiny_chain", arch, {})) << "the number of images is seen";
        EXPECT_EQ(plain, result("tiny_chain", arch, {"--images", "5", "--stages", "chip_0.tile_000"}));
    }
};

TEST_F(stages, of_neural_pim_give_the_same_results) {
    expect_same("neural-pim");
}
TEST_F(stages, of_isaac_give_the_same_results) {
    expect_same("isaac");
}
TEST_F(stages, of_cascade_give_the_same_results) {
    expect_same("cascade");
}
TEST_F(stages, of_isaac_16bit_give_the_same_results) {
    expect_same("isaac-16bit");
}

// Few units, so that operations queue for them: results differ from those of the whole pool, but not by
// stages.
TEST_F(stages, of_a_tile_with_few_units_give_the_same_results) {
    const std::pair<const char *, words> rows[] = {
        {"neural-pim", {"--set", "block.neural_adc.units=1", "--set", "block.neural_adc.rate_GSps=0.1"}},
        {"neural-pim", {"--set", "block.adder.units=1"}},
        {"cascade", {"--set", "block.sar_adc.units=1"}}};
    for (const auto &[arch, sets] : rows) {
        SCOPED_TRACE(sets[1]);
        const std::string few = result("tiny_residual", arch, sets);
        EXPECT_NE(few, result("tiny_residual", arch, {}));
        words with = sets;
        with.insert(with.end(), {"--stages", "*"});
        EXPECT_EQ(few, result("tiny_residual", arch, with));
    }
}

TEST_F(stages, of_no_tile_are_refused) {
    refuse(2, {"replay", network_file("tiny_chain"), "--stages", "tile_*"},
           {"--stages tile_*: matches no tile (chip_0.tile_000"});
}

} // namespace

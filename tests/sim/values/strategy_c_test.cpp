// Strategy C as a whole: what it is laid out for, and how good the shipped design is.
#include "tests/sim/arch_fixture.hpp"
#include "tests/sim/values/layer_fixture.hpp"

namespace {

class strategy_c : public arch_fixture {
  protected:
    ~strategy_c() override { npim_hardware_fini(&h); }
    // Cells do not vary unless the sets say so.
    void take(npim_mode mode, std::vector<const char *> sets = {}) {
        sets.insert(sets.begin(), "block.rram.sigma=0");
        load("neural-pim", sets);
        npim_hardware_fini(&h);
        ASSERT_EQ(npim_hardware_init(&h, arch, mode, &error), NPIM_OK) << error.message;
    }
    npim_hardware h{};
};

TEST_F(strategy_c, v_max_is_what_full_scale_is_at_the_shift_and_add) {
    take(NPIM_MODE_ANALOG);
    const test_layer layer(1, 128, 8, 50);
    test_engine engine(h, layer);
    layer.run(engine.products);
    const npim_layer_figures &f = engine.seen();
    EXPECT_EQ(f.step, npim_engine_step(&f, 8));
    EXPECT_EQ(f.conversions, 8u * 50);
    // 1 V: half of it for 128 rows x 15 at a bit line; the shift-and-add takes 15 / 16 / 255 of slice 0, and
    // 1 / 16 of that is left of the first digit.
    EXPECT_NEAR(f.v_max_V, f.step * 128 * 0.5 / (128 * 15) * (15.0 / 16 / 255) / 16, 1e-12);
    EXPECT_GT(f.v_max_V, 0.01);
    EXPECT_LT(f.v_max_V, 0.05);
}

// An ideal converter clipping at 4 sigma makes about 40.7 dB of uniform data; the shipped design without
// variation comes near.
TEST_F(strategy_c, quantised_and_nominal_are_near_40_dB) {
    const test_layer layer(7, 128, 48, 300);
    take(NPIM_MODE_QUANTISED);
    const double quantised = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    EXPECT_NEAR(quantised, 40.7, 1.5);
    take(NPIM_MODE_ANALOG);
    const double nominal = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    EXPECT_NEAR(nominal, quantised, 0.5);
}

TEST_F(strategy_c, every_non_ideality_costs) {
    const test_layer layer(7, 128, 16, 200);
    take(NPIM_MODE_ANALOG);
    double last = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    const double nominal = last;
    for (const char *sigma : {"0.01", "0.025", "0.1"}) {
        take(NPIM_MODE_ANALOG, {(std::string("block.rram.sigma=") + sigma).c_str()});
        const double now = sinad_dB(layer, layer.run(test_engine(h, layer).products));
        EXPECT_LT(now, last - 1) << sigma;
        last = now;
    }
    for (const char *set : {"block.rram.read_sigma=0.2", "block.rram.stuck_on_rate=0.01",
                            "block.rram.stuck_off_rate=0.05", "block.neural_adc.noise_V=0.03"}) {
        take(NPIM_MODE_ANALOG, {set});
        EXPECT_LT(sinad_dB(layer, layer.run(test_engine(h, layer).products)), nominal - 1) << set;
    }
    take(NPIM_MODE_ANALOG, {"block.rram.drift_nu=0.05", "block.rram.drift_time_s=1000"}); // 0.71 of all
    EXPECT_LT(sinad_dB(layer, layer.run(test_engine(h, layer).products)), 15);
}

TEST_F(strategy_c, groups_share_the_circuits_of_their_layer) {
    take(NPIM_MODE_ANALOG, {"block.rram.sigma=0.025"});
    const test_layer layer(7, 9, 2, 10, true, 40);
    test_engine engine(h, layer);
    for (uint32_t group = 0; group < 40; group++) {
        const std::vector<int32_t> sums = layer.run(engine.products, group);
        EXPECT_GT(sinad_dB(layer, sums, group), 5) << group;
    }
    EXPECT_EQ(engine.seen().conversions, 40u * 2 * 10);
}

} // namespace

#include "net_fixture.hpp"

#include "sim/design/refine.h"

namespace {

struct refine_test : testing::Test {
    refine_test() : random(test_seed(31)) {
        made.randomise(random);
        for (size_t i = 0; i < set.samples.n; i++) set.samples.out[i] = 0.3 + 0.4 * set.samples.in[i];
        config.sweeps = 1000;
    }
    std::mt19937_64 random;
    npim_net_shape shape = shape_of(2, 3, 1, true, 2, 2);
    random_samples set{90, shape, random};
    made_net made{shape};
    npim_refine_config config{};
    double loss[2] = {-1, -1};
    npim_error error{};
};

TEST_F(refine_test, ends_where_no_single_level_helps) {
    npim_net_round(&made.net);
    const double before = rounded_loss(made.net, set.samples);
    ASSERT_EQ(npim_refine(&made.net, &set.samples, &config, loss, &error), NPIM_OK) << error.message;
    EXPECT_NEAR(loss[0], before, 1e-15);
    EXPECT_LT(loss[1], before);
    EXPECT_NEAR(loss[1], rounded_loss(made.net, set.samples), 1e-15);
    for (size_t i = 0; i < made.net.n_parameters; i++) {
        const double place = made.net.parameter[i];
        EXPECT_GE(place, 0);
        EXPECT_LE(place, 1);
        for (double by : {-1.0 / 14, 1.0 / 14}) {
            made.net.parameter[i] = std::min(1.0, std::max(0.0, place + by));
            EXPECT_GE(rounded_loss(made.net, set.samples), loss[1] * (1 - 1e-12)) << i;
        }
        made.net.parameter[i] = place;
    }
}

TEST_F(refine_test, no_sweep_only_rounds) {
    config.sweeps = 0;
    ASSERT_EQ(npim_refine(&made.net, &set.samples, &config, loss, &error), NPIM_OK) << error.message;
    EXPECT_TRUE(is_rounded(made.net));
    EXPECT_EQ(loss[0], loss[1]);
}

TEST_F(refine_test, copies_count_and_the_seed_fixes_every_bit) {
    config.sweeps = 2;
    config.copies = 3;
    config.sigma = 0.1;
    config.random = {9, 9};
    made_net same(shape);
    std::copy(made.net.parameter, made.net.parameter + made.net.n_parameters, same.net.parameter);
    ASSERT_EQ(npim_refine(&made.net, &set.samples, &config, loss, &error), NPIM_OK) << error.message;
    EXPECT_LT(loss[1], loss[0]);
    EXPECT_NE(loss[1], rounded_loss(made.net, set.samples));
    ASSERT_EQ(npim_refine(&same.net, &set.samples, &config, nullptr, &error), NPIM_OK);
    EXPECT_EQ(made.parameters(), same.parameters());
}

TEST_F(refine_test, refuses_values_out_of_range) {
    for (double sigma : {-0.1, 0.6, std::nan("")}) {
        config.sigma = sigma;
        EXPECT_EQ(npim_refine(&made.net, &set.samples, &config, loss, &error), NPIM_ECONFIG);
    }
    config.sigma = 0;
    made_net wider(shape_of(3, 1, 1, false));
    EXPECT_EQ(npim_refine(&wider.net, &set.samples, &config, loss, &error), NPIM_ECONFIG);
}

} // namespace

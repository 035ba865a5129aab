#include "net_fixture.hpp"

#include "sim/design/trainer.h"

namespace {

// Two inputs, of which the output shall be the inverted mean, at a quarter of the swing.
struct trainer_test : testing::Test {
    trainer_test() {
        for (npim_samples *s : {&set.samples, &check.samples})
            for (size_t i = 0; i < s->n; i++) s->out[i] = 0.5 - 0.25 * (s->in[i] + s->in[s->n + i] - 1);
        start(made.net);
        config.steps = 400;
        config.batch = 64;
        config.copies = 2;
        config.sigma = 0.02;
        config.rate = 0.02;
        config.rate_end = 0.0002;
        config.checks = 10;
        config.random = {5, 1};
    }
    static void start(npim_net &net) {
        for (uint32_t row = 0; row < 4; row++) {
            for (uint32_t column = 0; column < 2; column++) npim_net_set(&net, 0, row, column, 0.3);
            npim_net_set(&net, 0, row, 2, 0.2 * row - 0.3);
            npim_net_set(&net, 1, 0, row, 0.2);
        }
    }
    npim_status train(npim_net &net, double *loss = nullptr) {
        error = {};
        return npim_train(&net, &set.samples, &check.samples, &config, loss, &error);
    }
    std::mt19937_64 random{test_seed(21)};
    npim_net_shape shape = shape_of(2, 4, 1, false, 4, 8);
    random_samples set{1000, shape, random}, check{301, shape, random};
    made_net made{shape};
    npim_trainer_config config{};
    npim_error error{};
};

TEST_F(trainer_test, learns_and_leaves_whole_levels) {
    const double before = rounded_loss(made.net, check.samples);
    double loss = 0;
    ASSERT_EQ(train(made.net, &loss), NPIM_OK) << error.message;
    EXPECT_TRUE(is_rounded(made.net));
    EXPECT_LT(rounded_loss(made.net, check.samples), before / 10);
    EXPECT_LT(std::sqrt(loss), 0.02);
    EXPECT_GE(loss, 0.5 * rounded_loss(made.net, check.samples)); // variation does not help
}

// Without variation the loss that the trainer states is that of the network it leaves.
TEST_F(trainer_test, states_the_loss_of_what_it_leaves) {
    config.sigma = 0;
    config.copies = 1;
    double loss = 0;
    ASSERT_EQ(train(made.net, &loss), NPIM_OK) << error.message;
    EXPECT_NEAR(loss, rounded_loss(made.net, check.samples), 1e-15);
}

// More checks see the last step, too, and choose among more.
TEST_F(trainer_test, the_best_check_wins) {
    config.steps = 40;
    config.rate = config.rate_end = 0.3; // wild
    double once = 0, often = 0;
    config.checks = 1;
    made_net other(shape);
    start(other.net);
    ASSERT_EQ(train(other.net, &once), NPIM_OK);
    config.checks = 30;
    ASSERT_EQ(train(made.net, &often), NPIM_OK);
    EXPECT_LE(often, once);
}

TEST_F(trainer_test, the_seed_fixes_every_bit) {
    made_net same(shape), other(shape);
    start(same.net);
    start(other.net);
    ASSERT_EQ(train(made.net), NPIM_OK);
    ASSERT_EQ(train(same.net), NPIM_OK);
    EXPECT_EQ(made.parameters(), same.parameters());
    config.random.seed++;
    ASSERT_EQ(train(other.net), NPIM_OK);
    EXPECT_NE(made.parameters(), other.parameters());
}

TEST_F(trainer_test, few_steps_and_more_checks_than_steps) {
    for (uint32_t steps : {1u, 2u, 3u, 4u, 5u}) {
        config.steps = steps;
        config.checks = 100;
        EXPECT_EQ(train(made.net), NPIM_OK) << error.message;
        EXPECT_TRUE(is_rounded(made.net));
    }
}

TEST_F(trainer_test, refuses_values_out_of_range) {
    const npim_trainer_config good = config;
    std::vector<npim_trainer_config> bad(8, good);
    bad[0].steps = 0;
    bad[1].batch = 0;
    bad[2].copies = 0;
    bad[3].checks = 0;
    bad[4].sigma = -0.1;
    bad[5].sigma = 0.6;
    bad[6].sigma = std::nan("");
    bad[7].rate = -1;
    for (size_t i = 0; i < bad.size(); i++) {
        config = bad[i];
        EXPECT_EQ(train(made.net), NPIM_ECONFIG) << i;
        EXPECT_NE(error.message[0], '\0');
    }
    config = good;
    made_net wider(shape_of(3, 4, 1, false));
    EXPECT_EQ(train(wider.net), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("3 inputs"), std::string::npos) << error.message;
}

} // namespace

#include "net_fixture.hpp"

#include "sim/design/train_best.h"

namespace {

// Runs of one step; their circuits get the scores of a list.
struct train_best_test : testing::Test {
    train_best_test() {
        training.shape = shape;
        training.inverter = &inverter;
        training.samples = training.check = &set.samples;
        training.trainer.steps = training.trainer.batch = training.trainer.copies = 1;
        training.trainer.checks = 1;
        training.trainer.rate = 0.01;
        training.seed = 77;
        training.context = this;
        training.start = [](void *context, const npim_random *drawn, npim_net *net) {
            auto *self = static_cast<train_best_test *>(context);
            self->started.push_back(*drawn);
            npim_net_set(net, 0, 0, 0, npim_random_uniform(drawn, NPIM_DRAW_WEIGHT, 0));
        };
        training.judge = [](void *context, uint32_t run, const npim_circuit *made, double *score_of_run,
                            npim_error *failure) {
            auto *self = static_cast<train_best_test *>(context);
            self->levels.push_back({made->cells, made->cells + made->n_cells});
            *score_of_run = self->wanted.at(run);
            return *score_of_run < 0 ? npim_fail(failure, NPIM_EINVARIANT, "run %u", run) : NPIM_OK;
        };
    }
    ~train_best_test() override { npim_circuit_fini(&circuit); }
    npim_status train(const std::vector<double> &scores) {
        wanted = scores;
        started.clear();
        levels.clear();
        training.runs = static_cast<uint32_t>(scores.size());
        npim_circuit_fini(&circuit);
        error = {};
        return npim_train_best(&training, &circuit, score, &best, &error);
    }
    bool is_of_run(uint32_t run) const {
        const std::vector<npim_cell> &made = levels.at(run);
        return std::equal(made.begin(), made.end(), circuit.cells, circuit.cells + circuit.n_cells,
                          [](const npim_cell &a, const npim_cell &b) { return a.level == b.level; });
    }
    std::mt19937_64 random{test_seed(41)};
    npim_net_shape shape = shape_of(1, 1, 1, false, 8, 8);
    npim_inverter inverter = curve();
    random_samples set{10, shape, random};
    npim_training training{};
    std::vector<double> wanted;
    std::vector<npim_random> started;
    std::vector<std::vector<npim_cell>> levels;
    npim_circuit circuit{};
    double score[NPIM_TRAIN_MAX_RUNS] = {};
    uint32_t best = 99;
    npim_error error{};
};

TEST_F(train_best_test, takes_the_highest_score_and_the_earlier_of_equals) {
    ASSERT_EQ(train({3, 7, 5, 7, 0}), NPIM_OK) << error.message;
    EXPECT_EQ(best, 1u);
    EXPECT_TRUE(is_of_run(1));
    EXPECT_FALSE(is_of_run(0)); // they start apart
    EXPECT_EQ(std::vector<double>(score, score + 5), wanted);
    ASSERT_EQ(train({9, 1}), NPIM_OK);
    EXPECT_EQ(best, 0u);
    EXPECT_TRUE(is_of_run(0));
    ASSERT_EQ(train({1, 2}), NPIM_OK);
    EXPECT_TRUE(is_of_run(1));
}

TEST_F(train_best_test, every_run_has_a_block_of_the_seed) {
    ASSERT_EQ(train({1, 1, 1}), NPIM_OK);
    ASSERT_EQ(started.size(), 3u);
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_EQ(started[i].seed, 77u);
        EXPECT_EQ(started[i].block, i);
    }
}

TEST_F(train_best_test, a_failing_judge_ends_it_with_nothing_left) {
    EXPECT_EQ(train({2, -1, 3}), NPIM_EINVARIANT);
    EXPECT_STREQ(error.message, "run 1");
    EXPECT_EQ(circuit.cells, nullptr);
    EXPECT_EQ(levels.size(), 2u);
}

TEST_F(train_best_test, refuses_values_out_of_range) {
    EXPECT_EQ(train({}), NPIM_ECONFIG);
    EXPECT_EQ(train(std::vector<double>(NPIM_TRAIN_MAX_RUNS + 1, 1)), NPIM_ECONFIG);
    training.trainer.steps = 0;
    EXPECT_EQ(train({1}), NPIM_ECONFIG);
    training.trainer.steps = 1;
    training.shape.bits = 0;
    EXPECT_EQ(train({1}), NPIM_ECONFIG);
}

} // namespace

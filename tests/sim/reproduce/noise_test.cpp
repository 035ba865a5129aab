#include "sim/reproduce/noise.h"

#include "infer_fixture.hpp"

#include <algorithm>
#include <memory>
#include <set>

namespace {

struct noise : infer_fixture {
    static double sinad(const std::vector<double> &layers_dB) {
        std::unique_ptr<cJSON, decltype(&cJSON_Delete)> run(cJSON_Parse(document({1, 1, layers_dB}).c_str()),
                                                            cJSON_Delete);
        return npim_noise_sinad_dB(run.get());
    }
    void plan() { ASSERT_EQ(npim_noise_plan(&study, &error), NPIM_OK) << error.message; }
};

TEST_F(noise, is_one_number_for_all_layers) {
    EXPECT_NEAR(sinad({20, 20, 20}), 20, 1e-12); // where they agree, it is theirs
    EXPECT_NEAR(sinad({-3}), -3, 1e-12);
    EXPECT_NEAR(sinad({150, 150}), 150, 1e-9);
    // Noise over signal: 1/10 and 1/1000.
    EXPECT_NEAR(sinad({10, 30}), -10 * std::log10((0.1 + 0.001) / 2), 1e-12);
    // A layer without error halves the mean.
    EXPECT_NEAR(sinad({10, 150}), 10 + 10 * std::log10(2.0), 1e-9);
    EXPECT_NEAR(sinad({10, NAN}), 10, 1e-12); // one without signal has no say
    EXPECT_TRUE(std::isnan(sinad({NAN})));
    EXPECT_TRUE(std::isnan(sinad({})));
    EXPECT_TRUE(std::isnan(npim_noise_sinad_dB(nullptr)));
}

// Every run that is added reads its architecture: full sweeps take seconds.
struct noiseSlow : noise {};

TEST_F(noise, is_swept_in_a_few_runs_with_little_time) {
    begin();
    plan();
    const auto quick = commands();
    EXPECT_LE(quick.size(), 14u); // half a second to two seconds each
    EXPECT_EQ(std::set<std::string>(quick.begin(), quick.end()).size(), quick.size());
    for (const std::string arch : {"isaac", "cascade", "neural-pim"}) {
        const std::string designed = "infer digits --arch " + arch + " --mode analog --seed 1";
        EXPECT_EQ(std::count(quick.begin(), quick.end(), designed), 1) << designed;
    }
    for (const auto &command : quick) {
        const std::string set = word_behind(command, "--set");
        EXPECT_TRUE(set.empty() || set.find("adc.noise_V=") != std::string::npos) << command;
    }
}

TEST_F(noiseSlow, is_swept_one_kind_at_a_time) {
    begin();
    study.quick = false;
    plan();
    std::set<std::string> keys;
    for (const auto &command : commands()) {
        const std::string set = word_behind(command, "--set");
        if (!set.empty()) keys.insert(set.substr(0, set.find('=')));
    }
    EXPECT_EQ(keys, (std::set<std::string>{"block.neural_adc.noise_V", "block.rram.read_sigma",
                                           "block.rram.sigma", "block.sar_adc.noise_V"}));
}

// Accuracy falls by 0.2 for every 5 dB below 15; the noise of a level is so many dB.
TEST_F(noise, has_its_knee_between_the_points_around_it) {
    begin();
    plan();
    for (size_t a = 0; a < NPIM_STUDY_ARCHS; a++) {
        double levels[NPIM_NOISE_LEVELS];
        size_t n = 0;
        const auto arch = static_cast<npim_contender>(a);
        answer_infer([&](const std::string &) { return answer{0.99, 0.99, {40}}; });
        const npim_noise_curve flat = npim_noise_curve_make(&study, NPIM_NOISE_CONVERTER, arch);
        EXPECT_EQ(flat.knee.kind, NPIM_KNEE_KEPT);
        ASSERT_GE(flat.n, 3u);
        for (; n < flat.n; n++) levels[n] = flat.points[n].level;
        EXPECT_TRUE(std::isnan(levels[0]));
        EXPECT_TRUE(std::is_sorted(levels + 1, levels + n));
        // The first level keeps 30 dB, the second 10, all others 5.
        const auto dB = [&](double level) {
            return level == 0.0 ? 40.0 : level == levels[1] ? 30.0 : level == levels[2] ? 10.0 : 5.0;
        };
        answer_infer([&](const std::string &command) {
            const double at = dB(level_of(command));
            return answer{at > 15 ? 0.99 : 0.99 - 0.04 * (15 - at), 0.98, {at, at, at, at}};
        });
        const npim_noise_curve curve = npim_noise_curve_make(&study, NPIM_NOISE_CONVERTER, arch);
        EXPECT_EQ(curve.accuracy_int8, 0.98);
        EXPECT_NEAR(curve.points[0].sinad_dB, 40, 1e-12);
        EXPECT_NEAR(curve.points[2].sinad_dB, 10, 1e-12);
        EXPECT_NEAR(curve.points[2].accuracy, 0.79, 1e-12);
        EXPECT_EQ(curve.knee.kind, NPIM_KNEE_FOUND);
        // 0.97 is 0.9 of the way from 0.79 (10 dB) up to 0.99 (30 dB).
        EXPECT_NEAR(curve.knee.sinad_dB, 28, 1e-9);
    }
}

TEST_F(noise, without_error_is_no_point) {
    begin();
    plan();
    answer_infer([](const std::string &command) {
        return level_of(command) == 0.0 ? answer{0.99, 0.99, {150, 150}} : answer{0.5, 0.99, {3, 150}};
    });
    const npim_noise_curve curve = npim_noise_curve_make(&study, NPIM_NOISE_CONVERTER, NPIM_ISAAC);
    EXPECT_TRUE(std::isnan(curve.points[0].sinad_dB));
    EXPECT_EQ(curve.points[0].accuracy, 0.99);
    EXPECT_NEAR(curve.points[1].sinad_dB, 3 + 10 * std::log10(2.0), 1e-9);
    EXPECT_EQ(curve.knee.kind, NPIM_KNEE_LOST);
}

TEST_F(noiseSlow, is_the_mean_of_its_seeds) {
    begin();
    study.quick = false;
    plan();
    ASSERT_EQ(npim_noise_seeds(&study, NPIM_NOISE_CONVERTER), 2u);
    answer_infer([](const std::string &command) {
        const bool first = word_behind(command, "--seed") == "1";
        return answer{first ? 0.9 : 0.8, 0.95, {first ? 10.0 : 20.0}};
    });
    const npim_noise_curve curve = npim_noise_curve_make(&study, NPIM_NOISE_CONVERTER, NPIM_NEURAL_PIM);
    for (size_t i = 0; i < curve.n; i++) {
        EXPECT_NEAR(curve.points[i].accuracy, 0.85, 1e-12);
        EXPECT_NEAR(curve.points[i].sinad_dB, -10 * std::log10((0.1 + 0.01) / 2), 1e-9);
    }
    const npim_noise_curve read = npim_noise_curve_make(&study, NPIM_NOISE_READ, NPIM_NEURAL_PIM);
    ASSERT_EQ(npim_noise_seeds(&study, NPIM_NOISE_READ), 1u);
    EXPECT_NEAR(read.points[0].sinad_dB, 10, 1e-9);
}

// Real runs have what is read from them; more noise, less SINAD.
TEST_F(noise, of_the_program_itself) {
    begin();
    const char *const sets[] = {"", " --set block.neural_adc.noise_V=0.05"};
    double dB[2];
    for (const char *set : sets)
        ASSERT_EQ(npim_runs_add(&study.runs, &error,
                                "infer digits --arch neural-pim --mode analog --seed 1%s", set),
                  NPIM_OK)
            << error.message;
    make_runs();
    for (size_t i = 0; i < 2; i++) {
        const cJSON *run = study.runs.items[i].document;
        dB[i] = npim_noise_sinad_dB(run);
        EXPECT_GT(npim_document_number(run, "accuracy"), 0.9);
        EXPECT_GT(npim_document_number(run, "accuracy_int8"), 0.9);
    }
    EXPECT_GT(dB[0], dB[1] + 5);
    EXPECT_LT(dB[0], 60);
}

} // namespace

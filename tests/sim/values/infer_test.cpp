#include "sim/values/infer.h"

#include "tests/sim/arch_fixture.hpp"
#include "tests/sim/values/value_net.hpp"

#include "hw/random.h"

#include <algorithm>
#include <cstring>

namespace {

// A small network with two convolutions (the second in two groups), a pool and a classifier of 5.
struct small_net {
    value_net::net net{{2, 6, 6}, 1.0 / 255};
    std::vector<float> values;
    std::vector<npim_layer_tensors> layers;
    npim_network network{};
    npim_tensors tensors{};
    npim_images images{};

    small_net(uint64_t seed, size_t n) {
        using window = value_net::net::window;
        window first, second, pool;
        first.kernel_h = first.kernel_w = 3, first.top = first.left = first.bottom = first.right = 1;
        first.channels = 6;
        second.kernel_h = second.kernel_w = 3, second.groups = 2, second.channels = 8;
        pool.kernel_h = pool.kernel_w = pool.stride_h = pool.stride_w = 2;
        net.slide(NPIM_LAYER_CONV, 0, first, 0.02, false).activation = NPIM_ACTIVATION_RELU;
        give(seed, 1, 6, 18, 1.0 / 127);
        net.slide(NPIM_LAYER_CONV, 1, second, 0.05, true);
        give(seed, 2, 8, 27, 1.0 / 127);
        net.slide(NPIM_LAYER_MAXPOOL, 2, pool, 0.05, true);
        net.fc(3, 5, 0.1);
        give(seed, 4, 5, 32, 1.0 / 127);
        const npim_random random{seed, 9};
        for (size_t i = 0; i < n * 72; i++)
            values.push_back(float(npim_random_uniform(&random, NPIM_DRAW_INPUT, i)));
        net.make_floats();
        network = net.network();
        std::snprintf(network.name, sizeof network.name, "small");
        layers = net.tensors();
        tensors = {layers.data(), network.n_layers, false};
        images = {n, 72, 0, values.data(), nullptr, 0};
    }
    void give(uint64_t seed, uint32_t block, size_t outputs, size_t rows, double scale) {
        const npim_random random{seed, block};
        std::vector<int8_t> weight;
        std::vector<int32_t> bias;
        for (size_t i = 0; i < outputs * rows; i++) {
            weight.push_back(int8_t(int(npim_random_bits(&random, NPIM_DRAW_WEIGHT, i) % 255) - 127));
        }
        for (size_t o = 0; o < outputs; o++)
            bias.push_back(int32_t(npim_random_bits(&random, NPIM_DRAW_NOISE, o) % 2000) - 1000);
        net.weights(weight, {scale}, bias);
    }
};

class infer : public arch_fixture {
  protected:
    ~infer() override { npim_inference_fini(&result); }

    npim_status run(const small_net &n, npim_mode mode, uint32_t threads = 1, bool labelled = false) {
        npim_inference_fini(&result);
        npim_infer_request request{};
        request.mode = mode;
        request.arch = arch;
        request.isa = NPIM_ISA_PORTABLE;
        request.threads = threads;
        request.compare = true;
        request.labels = labelled ? labels.data() : nullptr;
        request.stop = stop;
        error = {};
        return npim_infer(&result, &request, &n.network, &n.tensors, &n.images, &error);
    }
    std::vector<int16_t> codes() const {
        return {result.codes, result.codes + result.images * result.elements};
    }
    npim_inference result{};
    std::vector<uint32_t> labels;
    const npim_stop *stop = nullptr;
};

TEST_F(infer, ideal_is_the_reference) {
    small_net n(3, 7);
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL), NPIM_OK) << error.message; // an architecture is not needed
    EXPECT_TRUE(result.compared);
    EXPECT_EQ(result.mismatches, 0u);
    EXPECT_EQ(result.images, 7u);
    EXPECT_EQ(result.elements, 5u);
    EXPECT_FALSE(result.labelled);
    EXPECT_EQ(codes(), value_net::run(n.net, n.values, value_net::pass::reference).out);
    EXPECT_EQ(result.macs, 7u * (6 * 36 * 18 + 8 * 16 * 27 + 5 * 32));
}

TEST_F(infer, codes_that_differ_are_an_error_with_their_number) {
    npim_inference some{};
    some.compared = true;
    EXPECT_EQ(npim_inference_check(&some, &error), NPIM_OK);
    some.mismatches = 17;
    EXPECT_EQ(npim_inference_check(&some, &error), NPIM_EINVARIANT);
    EXPECT_NE(std::string(error.message).find("17 output codes"), std::string::npos) << error.message;
}

TEST_F(infer, quantised_is_its_second_model_on_every_architecture) {
    for (const char *name : {"neural-pim", "isaac", "cascade"}) {
        SCOPED_TRACE(name);
        load(name);
        for (uint64_t seed = 1; seed <= 3; seed++) {
            small_net n(seed, 5);
            ASSERT_EQ(run(n, NPIM_MODE_QUANTISED), NPIM_OK) << error.message;
            EXPECT_TRUE(result.compared);
            EXPECT_EQ(result.mismatches, 0u) << "seed " << seed;
            for (uint32_t l : {1u, 2u, 4u}) {
                EXPECT_GT(npim_figures_sinad_dB(&result.figures.layers[l]), 15) << l;
                EXPECT_GT(result.figures.layers[l].conversions, 0u);
            }
            EXPECT_EQ(result.figures.layers[3].conversions, 0u);
        }
    }
}

TEST_F(infer, analog_follows_the_seed_and_no_thread) {
    for (const char *name : {"neural-pim", "isaac", "cascade"}) {
        SCOPED_TRACE(name);
        const std::vector<const char *> sets{"block.rram.sigma=0.05", "block.rram.read_sigma=0.05"};
        load(name, sets);
        small_net n(4, 40);
        ASSERT_EQ(run(n, NPIM_MODE_ANALOG), NPIM_OK) << error.message;
        EXPECT_FALSE(result.compared);
        const std::vector<int16_t> one = codes();
        const npim_layer_figures figures = result.figures.layers[2];
        for (uint32_t threads : {2u, 5u}) {
            ASSERT_EQ(run(n, NPIM_MODE_ANALOG, threads), NPIM_OK) << error.message;
            EXPECT_EQ(codes(), one);
            EXPECT_EQ(std::memcmp(&figures, &result.figures.layers[2], sizeof figures), 0);
        }
        load(name, {sets[0], sets[1], "run.seed=2"});
        ASSERT_EQ(run(n, NPIM_MODE_ANALOG), NPIM_OK);
        EXPECT_NE(codes(), one);
    }
}

// Images further on see the same noise and the same converters: the first 32 lay them out.
TEST_F(infer, more_images_do_not_change_the_first) {
    load("neural-pim", {"block.rram.sigma=0.05", "block.rram.read_sigma=0.05"});
    small_net few(4, 33), many(4, 50);
    ASSERT_EQ(run(few, NPIM_MODE_ANALOG), NPIM_OK) << error.message;
    const std::vector<int16_t> first = codes();
    ASSERT_EQ(run(many, NPIM_MODE_ANALOG), NPIM_OK);
    EXPECT_EQ(std::vector<int16_t>(result.codes, result.codes + 33 * 5), first);
}

TEST_F(infer, accuracy_counts_the_largest_output) {
    small_net n(5, 9);
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL), NPIM_OK) << error.message;
    for (size_t i = 0; i < 9; i++) {
        const int16_t *c = result.codes + i * 5;
        labels.push_back(uint32_t(std::max_element(c, c + 5) - c)); // the first of several
    }
    labels[2] = (labels[2] + 1) % 5;
    n.tensors.has_float = true;
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL, 1, true), NPIM_OK) << error.message;
    EXPECT_TRUE(result.labelled);
    EXPECT_EQ(result.right, 8u);
    EXPECT_EQ(result.right_int8, 8u);
    EXPECT_TRUE(result.has_float);
    EXPECT_GE(result.right_float, 6u); // the same weights, without rounding
    load("neural-pim", {"block.rram.stuck_on_rate=0.4"});
    ASSERT_EQ(run(n, NPIM_MODE_ANALOG, 1, true), NPIM_OK) << error.message;
    EXPECT_EQ(result.right_int8, 8u);
    EXPECT_LT(result.right, 7u);
}

// Nothing in a right program makes the two models differ: here a weight changes between them.
TEST_F(infer, differences_are_counted) {
    struct meddler {
        size_t calls = 0, at = SIZE_MAX;
        int8_t *weight = nullptr;
        static bool wanted(void *context) {
            auto *m = static_cast<meddler *>(context);
            if (m->calls++ == m->at) *m->weight = int8_t(*m->weight > 0 ? -127 : 127);
            return false;
        }
    } m;
    const npim_stop meddling{meddler::wanted, &m};
    small_net n(5, 9);
    m.weight = const_cast<int8_t *>(n.layers[4].weight);
    stop = &meddling;
    npim_infer_request request{};
    request.threads = 1;
    request.stop = stop;
    ASSERT_EQ(npim_infer(&result, &request, &n.network, &n.tensors, &n.images, &error), NPIM_OK);
    EXPECT_FALSE(result.compared);
    m.at = m.calls; // the first call of the reference
    m.calls = 0;
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL), NPIM_OK) << error.message;
    const std::vector<int16_t> before = codes();
    stop = nullptr;
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL), NPIM_OK) << error.message;
    EXPECT_EQ(result.mismatches, 0u);
    const std::vector<int16_t> after = codes();
    size_t differ = 0;
    for (size_t i = 0; i < before.size(); i++) differ += before[i] != after[i];
    EXPECT_GT(differ, 0u);
    stop = &meddling;
    m.calls = 0;
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL), NPIM_OK) << error.message;
    EXPECT_TRUE(result.compared);
    EXPECT_GT(result.mismatches, 0u);
    EXPECT_LE(result.mismatches, 9u); // of one output
}

TEST_F(infer, of_equal_outputs_the_first_counts) {
    small_net n(5, 4);
    std::fill_n(const_cast<int8_t *>(n.layers[4].weight), 160, int8_t{0});
    n.layers[4].bias = nullptr;
    labels = {0, 0, 0, 1};
    ASSERT_EQ(run(n, NPIM_MODE_IDEAL, 1, true), NPIM_OK) << error.message;
    EXPECT_EQ(result.right, 3u);
    EXPECT_EQ(result.right_int8, 3u);
}

TEST_F(infer, errors_come_through_and_leave_nothing) {
    small_net n(5, 3);
    load("isaac-16bit");
    EXPECT_EQ(run(n, NPIM_MODE_QUANTISED), NPIM_EUNSUPPORTED);
    EXPECT_NE(std::string(error.message).find("16-bit"), std::string::npos) << error.message;
    EXPECT_EQ(result.codes, nullptr);
    load("neural-pim");
    npim_stop at_once{[](void *) { return true; }, nullptr};
    stop = &at_once;
    for (npim_mode mode : {NPIM_MODE_IDEAL, NPIM_MODE_QUANTISED, NPIM_MODE_ANALOG}) {
        EXPECT_EQ(run(n, mode), NPIM_EINTERRUPTED);
        EXPECT_EQ(result.figures.layers, nullptr);
    }
}

} // namespace

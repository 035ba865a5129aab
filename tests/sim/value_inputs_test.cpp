#include "sim/value_inputs.h"

#include "sim/values/npy.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

namespace {

struct value_inputs : testing::Test {
    npim_value_inputs in{};
    npim_options o{};
    npim_error error{};

    ~value_inputs() override { npim_value_inputs_fini(&in); }
    npim_status read() {
        error = {};
        return npim_value_inputs_read(&in, &o, false, &error);
    }
    void refused(std::initializer_list<const char *> parts) {
        EXPECT_EQ(read(), NPIM_EUSAGE);
        for (const char *part : parts)
            EXPECT_NE(std::string(error.message).find(part), std::string::npos) << error.message;
    }
};

TEST_F(value_inputs, are_ideal_on_one_thread_unless_said) {
    EXPECT_FALSE(npim_value_inputs_wanted(&o));
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(in.request.mode, NPIM_MODE_IDEAL);
    EXPECT_EQ(in.request.threads, 1u);
    EXPECT_EQ(in.request.isa, npim_isa_best());
    o.image_file = "x.npy";
    EXPECT_TRUE(npim_value_inputs_wanted(&o));
    o.mode = "analog";
    o.threads = "256";
    ASSERT_EQ(read(), NPIM_OK);
    EXPECT_EQ(in.request.mode, NPIM_MODE_ANALOG);
    EXPECT_EQ(in.request.threads, 256u);
}

TEST_F(value_inputs, options_need_something_to_be_about) {
    o.mode = "analog";
    refused({"--mode analog", "--images"});
    o = {};
    o.threads = "2";
    refused({"--threads 2", "--images"});
    o = {};
    o.labels = "y.npy";
    refused({"--labels y.npy", "--images"});
    o.values = "random";
    refused({"--labels y.npy", "--images"});
    o.image_file = "x.npy";
    refused({"--values random", "--images x.npy", "one of them"});
    o = {};
    o.further[o.n_further++] = "words=w.npy";
    refused({"--images words=w.npy", "of which images"});
    o = {};
    o.values = "zero";
    refused({"--values zero", "must be random"});
    o.values = "random";
    o.mode = "analogue";
    refused({"--mode analogue", "ideal, quantised or analog"});
    o.mode = nullptr;
    for (const char *bad : {"0", "257", "", "1x", "-2", "0001"}) {
        o.threads = bad;
        refused({"--threads", "1..256"});
    }
}

TEST_F(value_inputs, as_many_images_are_simulated_as_the_file_has) {
    const std::string path = (std::filesystem::temp_directory_path() / "npim_value_inputs.npy").string();
    const std::vector<float> values(24);
    const size_t shape[] = {6, 4};
    ASSERT_EQ(npim_npy_write(path.c_str(), NPIM_NPY_F32, 2, shape, values.data(), &error), NPIM_OK);
    o.image_file = path.c_str();
    EXPECT_EQ(npim_value_inputs_count(&o, &error), NPIM_OK);
    ASSERT_EQ(o.n_assignments, 1u);
    EXPECT_STREQ(o.assignments[0], "run.images=6");
    const size_t none[] = {0, 4};
    ASSERT_EQ(npim_npy_write(path.c_str(), NPIM_NPY_F32, 2, none, values.data(), &error), NPIM_OK);
    EXPECT_EQ(npim_value_inputs_count(&o, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
    std::filesystem::remove(path);
    EXPECT_EQ(npim_value_inputs_count(&o, &error), NPIM_ECONFIG);
    o.image_file = nullptr;
    EXPECT_EQ(npim_value_inputs_count(&o, &error), NPIM_OK);
}

TEST_F(value_inputs, random_ones_leave_the_network_of_the_session_alone) {
    npim_session s{};
    ASSERT_EQ(npim_network_load(&s.network, NPIM_TEST_DATA "/tiny_residual.toml", &error), NPIM_OK);
    s.arch.run.seed = 3;
    s.arch.run.images = 4;
    s.options.values = "random";
    ASSERT_EQ(npim_value_inputs_load(&in, &s, &error), NPIM_OK) << error.message;
    EXPECT_EQ(in.images.n, 4u);
    EXPECT_EQ(in.request.arch, &s.arch);
    EXPECT_FALSE(s.network.has_values);
    EXPECT_EQ(s.network.layers[1].scale, 0.0);
    EXPECT_GT(in.network.layers[1].scale, 0.0);
    npim_value_inputs_fini(&in);
    s.options.values = nullptr;
    s.options.image_file = "x.npy";
    EXPECT_EQ(npim_value_inputs_load(&in, &s, &error), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("no values"), std::string::npos) << error.message;
    npim_network_fini(&s.network);
}

} // namespace

#include "sim/further_inputs.h"

#include "tests/sim/values/npy_files.hpp"

using namespace npy_files;

namespace {

// A network of an image of 2 and two further inputs of 1 and 3.
struct further_inputs : folder_fixture {
    npim_layer layers[4] = {};
    npim_network network = {};
    npim_images images = {};
    npim_options options = {};
    npim_further_files files = {};

    further_inputs() {
        const char *const names[] = {"input", "a/b", "conv", "c"};
        const uint32_t channels[] = {2, 1, 9, 3};
        for (int l = 0; l < 4; l++) {
            std::snprintf(layers[l].name, sizeof layers[l].name, "%s", names[l]);
            layers[l].kind = l == 2 ? NPIM_LAYER_CONV : NPIM_LAYER_INPUT;
            layers[l].out_c = channels[l], layers[l].out_h = layers[l].out_w = 1;
        }
        network.layers = layers, network.n_layers = 4;
        std::snprintf(network.name, sizeof network.name, "net");
        put<float>("x.npy", {2, 2}, {1, 2, 3, 4});
    }
    ~further_inputs() override { clear(); }
    void clear() {
        npim_images_fini(&images);
        npim_further_files_fini(&files);
        npim_further_files_fini(&files);
    }
    npim_status read(const npim_options *given) {
        clear();
        error = {};
        EXPECT_EQ(npim_images_read(&images, &network, path("x.npy").c_str(), &error), NPIM_OK)
            << error.message;
        return npim_further_read(&images, &network, path("x.npy").c_str(), given, &files, &error);
    }
    std::string path(const char *name) const { return (folder / name).string(); }
    bool says(const std::string &part) const {
        return std::string(error.message).find(part) != std::string::npos;
    }
};

TEST_F(further_inputs, lie_beside_the_images_or_are_named) {
    EXPECT_EQ(read(&options), NPIM_ECONFIG);
    EXPECT_TRUE(says("input a/b") && says("x.a_b.npy") && says("NAME=FILE")) << error.message;
    EXPECT_EQ(read(nullptr), NPIM_ECONFIG);
    EXPECT_FALSE(says("NAME=FILE")) << error.message;
    put<float>("x.a_b.npy", {2, 1}, {5, 6});
    EXPECT_EQ(read(&options), NPIM_ECONFIG);
    EXPECT_TRUE(says("input c")) << error.message;
    const std::string named = "c=" + put<float>("y.npy", {2, 3}, {1, 2, 3, 4, 5, 6});
    options.further[options.n_further++] = named.c_str();
    ASSERT_EQ(read(&options), NPIM_OK) << error.message;
    EXPECT_EQ(npim_images_input(&images, 1, 1)[0], 6);
    EXPECT_EQ(npim_images_input(&images, 3, 1)[2], 6);
    ASSERT_EQ(files.n, 2u);
    EXPECT_EQ(files.paths[0], path("x.a_b.npy"));
    EXPECT_EQ(files.paths[1], path("y.npy"));
    const std::string other = "a/b=" + put<float>("z.npy", {2, 1}, {8, 9});
    options.further[options.n_further++] = other.c_str();
    ASSERT_EQ(read(&options), NPIM_OK) << error.message;
    EXPECT_EQ(npim_images_input(&images, 1, 1)[0], 9) << "what is named goes first";
}

TEST_F(further_inputs, have_their_names) {
    for (const char *bad : {"conv=y.npy", "input=y.npy", "cc=y.npy", "a=y.npy"}) {
        options.n_further = 0;
        options.further[options.n_further++] = bad;
        EXPECT_EQ(read(&options), NPIM_EUSAGE) << bad;
        EXPECT_TRUE(says(bad) && says("a/b, c")) << error.message;
    }
    options.n_further = 0;
    options.further[options.n_further++] = "c=y.npy";
    options.further[options.n_further++] = "c=z.npy";
    EXPECT_EQ(read(&options), NPIM_EUSAGE);
    EXPECT_TRUE(says("c=y.npy") && says("c=z.npy")) << error.message;
    network.n_layers = 1;
    options.n_further = 1;
    EXPECT_EQ(read(&options), NPIM_EUSAGE);
    EXPECT_TRUE(says("no further inputs")) << error.message;
    options.n_further = 0;
    EXPECT_EQ(read(&options), NPIM_OK) << "none needed, none read";
    EXPECT_EQ(images.n_further, 0u);
}

} // namespace

#include "sim/values/images.h"

#include "tests/sim/values/npy_files.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>

using namespace npy_files;

namespace {

struct images_test : folder_fixture {
    images_test() { takes(2, 1, 3); }
    ~images_test() override { npim_images_fini(&images); }
    void takes(uint32_t c, uint32_t h, uint32_t w) {
        input = {};
        input.out_c = c, input.out_h = h, input.out_w = w;
        network.layers = &input, network.n_layers = 1;
        std::snprintf(network.name, sizeof network.name, "net");
    }
    npim_status read(const std::string &path) {
        npim_images_fini(&images);
        error = {};
        const npim_status status = npim_images_read(&images, &network, path.c_str(), &error);
        EXPECT_EQ(status == NPIM_OK, images.values != nullptr);
        return status;
    }
    void refuses(const std::string &path, const std::string &fragment) {
        EXPECT_EQ(read(path), NPIM_ECONFIG);
        complains(path, fragment);
    }
    std::vector<float> values() const { return {images.values, images.values + images.n * images.elements}; }
    // The labels, or none and a complaint.
    std::vector<uint32_t> labels(const std::string &path, size_t n, size_t classes,
                                 const std::string &fragment = "") {
        uint32_t *read = nullptr;
        error = {};
        const npim_status status = npim_labels_read(&read, path.c_str(), n, classes, &error);
        EXPECT_EQ(status, fragment.empty() ? NPIM_OK : NPIM_ECONFIG) << error.message;
        if (status != NPIM_OK) {
            EXPECT_EQ(read, nullptr);
            complains(path, fragment);
            return {};
        }
        const std::unique_ptr<uint32_t, decltype(&std::free)> owner(read, std::free);
        return {read, read + n};
    }
    npim_layer input = {};
    npim_network network = {};
    npim_images images = {};
};

template <typename T> std::vector<T> ramp(size_t n) {
    std::vector<T> numbers(n);
    for (size_t i = 0; i < n; i++) numbers[i] = static_cast<T>(i + 1);
    return numbers;
}

} // namespace

TEST_F(images_test, of_every_type) {
    const auto reads = [this](const std::string &path) {
        ASSERT_EQ(read(path), NPIM_OK) << error.message;
        EXPECT_EQ(images.n, 2u);
        EXPECT_EQ(images.elements, 6u);
        EXPECT_EQ(images.first, 0u);
        EXPECT_EQ(values(), ramp<float>(12));
    };
    const std::vector<size_t> shape = {2, 2, 1, 3};
    reads(put("i8.npy", shape, ramp<int8_t>(12)));
    reads(put("u8.npy", shape, ramp<uint8_t>(12)));
    reads(put("i16.npy", shape, ramp<int16_t>(12)));
    reads(put("u16.npy", shape, ramp<uint16_t>(12)));
    reads(put("i32.npy", shape, ramp<int32_t>(12)));
    reads(put("i64.npy", shape, ramp<int64_t>(12)));
    reads(put("f32.npy", shape, ramp<float>(12)));
    reads(put("f64.npy", shape, ramp<double>(12)));
    reads(put("flat.npy", {2, 6}, ramp<float>(12)));
}

TEST_F(images_test, shapes) {
    refuses(put("a.npy", {2, 2, 3, 1}, ramp<float>(12)),
            "(2, 2, 3, 1): network net takes (n, 2, 1, 3) or (n, 6)");
    refuses(put("b.npy", {2, 1, 2, 3}, ramp<float>(12)), "(2, 1, 2, 3)");
    refuses(put("c.npy", {4, 1, 3}, ramp<float>(12)), "(4, 1, 3)"); // not of one channel
    refuses(put("d.npy", {4, 3}, ramp<float>(12)), "(4, 3)");
    refuses(put("e.npy", {6}, ramp<float>(6)), "(6,)");
    refuses(put("f.npy", {}, ramp<float>(1)), "()");
    refuses(put("g.npy", {1, 2, 2, 1, 3}, ramp<float>(12)), "(1, 2, 2, 1, 3)");
    refuses(put("h.npy", {0, 2, 1, 3}, ramp<float>(0)), "no image");
    refuses(put("i.npy", {0, 6}, ramp<float>(0)), "no image");
    takes(1, 2, 3);
    EXPECT_EQ(read(put("j.npy", {2, 2, 3}, ramp<float>(12))), NPIM_OK) << error.message;
    EXPECT_EQ(read(put("k.npy", {2, 1, 2, 3}, ramp<float>(12))), NPIM_OK) << error.message;
    refuses(put("l.npy", {2, 3, 2}, ramp<float>(12)), "(n, 1, 2, 3), (n, 2, 3) or (n, 6)");
}

TEST_F(images_test, numbers_that_are_not_finite) {
    for (float bad : {NAN, INFINITY, -INFINITY}) {
        std::vector<float> numbers = ramp<float>(12);
        numbers[10] = bad;
        refuses(put("x.npy", {2, 6}, numbers), "image 1: element 4 is not a finite number");
    }
    std::vector<double> large = ramp<double>(6);
    large[0] = 1e300; // no float
    refuses(put("x.npy", {1, 6}, large), "image 0: element 0");
    large[0] = -3e38;
    EXPECT_EQ(read(put("x.npy", {1, 6}, large)), NPIM_OK);
}

TEST_F(images_test, files_that_are_none) {
    refuses((folder / "missing.npy").string(), "No such file");
    refuses(put("x.npy", "text"), "not a .npy file");
    npim_images_fini(&images);
    npim_images_fini(&images);
}

TEST_F(images_test, labels) {
    const std::vector<uint32_t> expected = {1, 2, 3};
    EXPECT_EQ(labels(put("u8.npy", {3}, ramp<uint8_t>(3)), 3, 4), expected);
    EXPECT_EQ(labels(put("i32.npy", {3}, ramp<int32_t>(3)), 3, 4), expected);
    EXPECT_EQ(labels(put("i64.npy", {3}, ramp<int64_t>(3)), 3, 4), expected);
    EXPECT_EQ(labels(put("none.npy", {0}, ramp<int64_t>(0)), 0, 4), std::vector<uint32_t>());
}

TEST_F(images_test, labels_that_do_not_fit) {
    labels(put("a.npy", {3}, ramp<int32_t>(3)), 4, 9, "(3,): (4,), one for each image");
    labels(put("b.npy", {3, 1}, ramp<int32_t>(3)), 3, 9, "(3, 1): (3,)");
    labels(put("c.npy", {3}, ramp<int32_t>(3)), 3, 3, "label 2 is 3: outside 0..2");
    labels(put("d.npy", {2}, std::vector<int64_t>{0, -1}), 2, 3, "label 1 is -1");
    labels(put("e.npy", {1}, std::vector<int64_t>{std::numeric_limits<int64_t>::max()}), 1, 3,
           "label 0 is 9223");
    labels(put("f.npy", {3}, ramp<float>(3)), 3, 9, "labels of type float32: must be whole numbers");
    labels((folder / "missing.npy").string(), 3, 9, "No such file");
}

TEST_F(images_test, of_further_inputs) {
    npim_layer layers[2] = {input, {}};
    layers[1].kind = NPIM_LAYER_INPUT;
    layers[1].out_c = 3, layers[1].out_h = 2, layers[1].out_w = 1;
    std::snprintf(layers[1].name, sizeof layers[1].name, "words");
    network.layers = layers, network.n_layers = 2;
    ASSERT_EQ(read(put("x.npy", {2, 6}, ramp<float>(12))), NPIM_OK);
    EXPECT_EQ(npim_images_input(&images, 1, 0), nullptr);
    const auto more = [&](const std::string &path) {
        error = {};
        return npim_images_read_further(&images, &network, 1, path.c_str(), &error);
    };
    EXPECT_EQ(more(put("short.npy", {1, 6}, ramp<float>(6))), NPIM_ECONFIG);
    complains((folder / "short.npy").string(), "words of 1 images: must be those of 2");
    EXPECT_EQ(more(put("wide.npy", {2, 7}, ramp<float>(14))), NPIM_ECONFIG);
    complains((folder / "wide.npy").string(), "words of the shape (2, 7)");
    EXPECT_EQ(images.n_further, 0u);
    ASSERT_EQ(more(put("y.npy", {2, 3, 2, 1}, ramp<int8_t>(12))), NPIM_OK) << error.message;
    ASSERT_EQ(images.n_further, 1u);
    EXPECT_EQ(npim_images_input(&images, 0, 1)[0], 7);
    EXPECT_EQ(npim_images_input(&images, 1, 1)[5], 12);
    EXPECT_EQ(npim_images_input(&images, 2, 0), nullptr);
    npim_images part = images; // the second image alone
    part.n = 1, part.first = 1, part.values += 6;
    EXPECT_EQ(npim_images_input(&part, 0, 0)[0], 7);
    EXPECT_EQ(npim_images_input(&part, 1, 0)[0], 7);
}

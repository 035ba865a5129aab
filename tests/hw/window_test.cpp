#include "hw/window.h"

#include "support.hpp"

#include <algorithm>
#include <random>

namespace {

// One dimension of a window layer.
struct layer {
    uint32_t stride, pad, kernel, dilation, size;
};

// The positions of the kernel for output index i; they may lie outside of the input.
std::vector<int64_t> positions(const layer &l, uint32_t i) {
    std::vector<int64_t> list;
    for (int64_t k = 0; k < l.kernel; k++)
        list.push_back(static_cast<int64_t>(i) * l.stride + k * l.dilation - l.pad);
    return list;
}

void expect_brute_force(const layer &l, uint32_t i) {
    SCOPED_TRACE("i " + std::to_string(i) + ", stride " + std::to_string(l.stride) + ", pad " +
                 std::to_string(l.pad) + ", kernel " + std::to_string(l.kernel) + ", dilation " +
                 std::to_string(l.dilation) + ", size " + std::to_string(l.size));
    const auto list = positions(l, i);
    const int64_t end = int64_t{l.size} - 1;
    const uint32_t first = npim_window_first(i, l.stride, l.pad, l.size);
    const uint32_t last = npim_window_last(i, l.stride, l.pad, l.kernel, l.dilation, l.size);
    EXPECT_EQ(first, std::clamp<int64_t>(*std::min_element(list.begin(), list.end()), 0, end));
    EXPECT_EQ(last, std::clamp<int64_t>(*std::max_element(list.begin(), list.end()), 0, end));
    uint32_t inside = 0;
    for (int64_t at : list) {
        if (at < 0 || at > end) continue;
        inside++;
        EXPECT_TRUE(first <= at && at <= last) << "reads " << at;
    }
    EXPECT_EQ(npim_window_inside(i, l.stride, l.pad, l.kernel, l.dilation, l.size), inside);
}

TEST(window, all_small_layers_read_what_their_kernels_cover) {
    for (uint32_t stride = 1; stride <= 3; stride++)
        for (uint32_t pad = 0; pad <= 4; pad++)
            for (uint32_t kernel = 1; kernel <= 4; kernel++)
                for (uint32_t dilation = 1; dilation <= 3; dilation++)
                    for (uint32_t size = 1; size <= 9; size++)
                        for (uint32_t i = 0; i < 12; i++)
                            expect_brute_force({stride, pad, kernel, dilation, size}, i);
}

TEST(window, random_large_layers) {
    std::mt19937_64 random(test_seed(20240712));
    const auto upto = [&](uint32_t n) { return static_cast<uint32_t>(1 + random() % n); };
    for (int n = 0; n < 20000; n++)
        expect_brute_force({upto(64), upto(64) - 1, upto(16), upto(32), upto(5000)}, upto(5000) - 1);
}

// 224 pixels, 7 x 7, stride 2, padding 3, as the first layer of ResNet: 112 outputs.
TEST(window, first_layer_of_resnet) {
    EXPECT_EQ(npim_window_first(0, 2, 3, 224), 0u);
    EXPECT_EQ(npim_window_last(0, 2, 3, 7, 1, 224), 3u);
    EXPECT_EQ(npim_window_inside(0, 2, 3, 7, 1, 224), 4u);
    EXPECT_EQ(npim_window_first(50, 2, 3, 224), 97u);
    EXPECT_EQ(npim_window_last(50, 2, 3, 7, 1, 224), 103u);
    EXPECT_EQ(npim_window_inside(50, 2, 3, 7, 1, 224), 7u);
    EXPECT_EQ(npim_window_first(111, 2, 3, 224), 219u);
    EXPECT_EQ(npim_window_last(111, 2, 3, 7, 1, 224), 223u) << "the sixth and seventh lie outside";
    EXPECT_EQ(npim_window_inside(111, 2, 3, 7, 1, 224), 5u);
}

TEST(window, a_window_in_the_padding_reads_nothing_but_names_an_edge) {
    EXPECT_EQ(npim_window_first(0, 1, 5, 8), 0u);
    EXPECT_EQ(npim_window_last(0, 1, 5, 3, 1, 8), 0u);
    EXPECT_EQ(npim_window_inside(0, 1, 5, 3, 1, 8), 0u);
    EXPECT_EQ(npim_window_first(13, 1, 5, 8), 7u);
    EXPECT_EQ(npim_window_last(13, 1, 5, 3, 1, 8), 7u);
    EXPECT_EQ(npim_window_inside(13, 1, 5, 3, 1, 8), 0u);
}

// Positions -1, 1, 3: index 0 lies between two of them.
TEST(window, dilation_leaves_holes_inside_of_the_range) {
    EXPECT_EQ(npim_window_first(0, 1, 1, 9), 0u);
    EXPECT_EQ(npim_window_last(0, 1, 1, 3, 2, 9), 3u);
    EXPECT_EQ(npim_window_inside(0, 1, 1, 3, 2, 9), 2u);
}

TEST(window, one_pixel) {
    EXPECT_EQ(npim_window_first(0, 1, 0, 1), 0u);
    EXPECT_EQ(npim_window_last(0, 1, 0, 1, 1, 1), 0u);
    EXPECT_EQ(npim_window_inside(0, 1, 0, 1, 1, 1), 1u);
}

TEST(window, products_beyond_32_bit_do_not_wrap) {
    EXPECT_EQ(npim_window_first(1u << 20, 1u << 12, 0, 100), 99u) << "2^32 is not 0";
    EXPECT_EQ(npim_window_last(0, 1, 0, (1u << 16) + 1, 1u << 16, 100), 99u);
    EXPECT_EQ(npim_window_last(UINT32_MAX, UINT32_MAX, 0, 1, 1, UINT32_MAX), UINT32_MAX - 1);
    EXPECT_EQ(npim_window_inside(1u << 20, 1u << 12, 0, 3, 1, 100), 0u);
}

} // namespace

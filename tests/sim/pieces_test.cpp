#include "sim/pieces.h"

#include "tests/hw/support.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace {

using channel = std::pair<uint32_t, uint32_t>; // node, its channel

struct pieces_test : testing::Test {
    ~pieces_test() override {
        npim_pieces_fini(&pieces);
        npim_pieces_fini(&pieces);
        npim_pieces_fini(&part);
    }
    npim_pieces pieces{}, part{};
};

// Channel by channel.
std::vector<channel> expand(const npim_pieces &p) {
    std::vector<channel> all;
    for (uint32_t i = 0; i < p.n; i++)
        for (uint32_t c = 0; c < p.items[i].channels; c++)
            all.emplace_back(p.items[i].node, p.items[i].node_c + c);
    return all;
}

TEST_F(pieces_test, none_have_no_channels) {
    EXPECT_EQ(npim_pieces_channels(&pieces), 0u);
    EXPECT_TRUE(npim_pieces_slice(&pieces, 0, 5, &part));
    EXPECT_EQ(part.n, 0u);
}

TEST_F(pieces_test, keep_their_order_however_many) {
    for (uint32_t i = 0; i < 100; i++) ASSERT_TRUE(npim_pieces_add(&pieces, {i, 2 * i, 1}));
    ASSERT_EQ(pieces.n, 100u);
    for (uint32_t i = 0; i < 100; i++) EXPECT_EQ(expand(pieces)[i], channel(i, 2 * i));
}

TEST_F(pieces_test, every_slice_of_random_pieces_is_what_its_channels_are) {
    std::mt19937_64 random(test_seed(20261131));
    for (int round = 0; round < 50; round++) {
        const uint32_t n = 1 + static_cast<uint32_t>(random() % 6);
        for (uint32_t i = 0; i < n; i++)
            ASSERT_TRUE(npim_pieces_add(&pieces, {static_cast<uint32_t>(random() % 3),
                                                  static_cast<uint32_t>(random() % 9),
                                                  1 + static_cast<uint32_t>(random() % 4)}));
        const std::vector<channel> all = expand(pieces);
        ASSERT_EQ(npim_pieces_channels(&pieces), all.size());
        uint32_t c = 0;
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t k = 0; k < pieces.items[i].channels; k++, c++) {
                EXPECT_EQ(npim_pieces_node(&pieces, c), all[c].first);
                EXPECT_EQ(npim_pieces_end(&pieces, c), c + pieces.items[i].channels - k);
            }
        for (uint32_t from = 0; from < all.size(); from++)
            for (uint32_t to = from; to <= all.size(); to++) {
                ASSERT_TRUE(npim_pieces_slice(&pieces, from, to - from, &part));
                EXPECT_EQ(expand(part), std::vector<channel>(all.begin() + from, all.begin() + to));
                for (uint32_t i = 0; i < part.n; i++) EXPECT_GT(part.items[i].channels, 0u);
                npim_pieces_fini(&part);
            }
        npim_pieces_fini(&pieces);
    }
}

TEST_F(pieces_test, slices_are_appended) {
    ASSERT_TRUE(npim_pieces_add(&pieces, {4, 1, 3}));
    ASSERT_TRUE(npim_pieces_slice(&pieces, 1, 2, &part));
    ASSERT_TRUE(npim_pieces_slice(&pieces, 0, 1, &part));
    EXPECT_EQ(expand(part), (std::vector<channel>{{4, 2}, {4, 3}, {4, 1}}));
}

} // namespace

#include "hw/window_buffer.h"

#include "support.hpp"
#include "window_buffer_model.hpp"

using namespace window_buffer_model;

namespace {

geometry random_geometry(std::mt19937_64 &random) {
    const auto upto = [&](uint32_t n) { return static_cast<uint32_t>(1 + random() % n); };
    geometry g;
    const uint32_t height = upto(9), width = upto(13);
    for (uint32_t y = 0; y < height; y++) {
        const uint32_t from = upto(width) - 1, to = from + upto(width - from);
        g.from.push_back(from);
        g.to.push_back(random() % 4 ? to : from); // a quarter of the rows is not read
    }
    g.from[random() % height] = 0; // one is, whatever the others are
    for (uint32_t y = 0; y < height; y++)
        if (g.from[y] == 0) g.to[y] = upto(width);
    g.n_image_replicas = random() % 3 ? 1 : upto(3);
    g.n_replicas = g.n_image_replicas > 1 ? 1 : upto(4);
    g.image_step = random() % 3 ? 1 : upto(4);
    g.image_first = upto(g.image_step) - 1;
    std::set<uint32_t> cuts = {0, width};
    for (uint32_t i = upto(3); i > 1; i--) cuts.insert(upto(width));
    g.band_x.assign(cuts.begin(), cuts.end());
    for (uint32_t i = 0; i < g.n_image_replicas * g.n_replicas * g.n_bands(); i++)
        g.n_pieces.push_back(upto(3));
    g.capacity = random() % 2 ? upto(3 * width) : width + upto(height * width);
    return g;
}

// At least one pixel can always arrive or be released, so every play ends.
TEST(window_buffer, random_rows_bands_pieces_and_releases_match_a_set_of_pixels) {
    std::mt19937_64 random(test_seed(20240713));
    for (int i = 0; i < 3000 && !testing::Test::HasFailure(); i++) {
        SCOPED_TRACE("play " + std::to_string(i));
        play(random, random_geometry(random)).run();
    }
}

// --- by hand

TEST(window_buffer, accepts_up_to_the_capacity_behind_the_oldest_needed) {
    holder h(plain(4, 5, 7));
    EXPECT_TRUE(npim_window_buffer_accepts(&h.b, 6));
    EXPECT_FALSE(npim_window_buffer_accepts(&h.b, 7)) << "no place at base + capacity";
    EXPECT_TRUE(npim_window_buffer_release(&h.b, 1));
    EXPECT_TRUE(npim_window_buffer_accepts(&h.b, 7));
    EXPECT_FALSE(npim_window_buffer_accepts(&h.b, 8));
    EXPECT_FALSE(npim_window_buffer_release(&h.b, 1)) << "did not move";
    EXPECT_FALSE(npim_window_buffer_release(&h.b, 0)) << "nor back";
    EXPECT_FALSE(npim_window_buffer_accepts(&h.b, 8));
}

// Rows 1 and 3 of four are read, columns 2..5 and 4..7: three rows of two images lie 5 pixels apart.
TEST(window_buffer, rows_that_nobody_reads_have_no_number) {
    geometry g = plain(4, 9, 100);
    g.from = {0, 2, 0, 4};
    g.to = {0, 5, 0, 7};
    holder h(g);
    const npim_columns none = npim_window_buffer_needs(&h.b, 0, 0),
                       some = npim_window_buffer_needs(&h.b, 0, 1);
    EXPECT_GE(none.from, none.to);
    EXPECT_EQ(some.from, 2u);
    EXPECT_EQ(some.to, 5u);
    EXPECT_EQ(npim_window_buffer_pixel(&h.b, 0, 1, 2), 0u);
    EXPECT_EQ(npim_window_buffer_pixel(&h.b, 0, 1, 4), 2u);
    EXPECT_EQ(npim_window_buffer_pixel(&h.b, 0, 3, 4), 7u);
    EXPECT_EQ(npim_window_buffer_row(&h.b, 1, 1), 2u);
    EXPECT_EQ(npim_window_buffer_pixel(&h.b, 1, 3, 6), 19u);
}

TEST(window_buffer, a_pixel_is_complete_with_its_last_piece) {
    geometry g = plain(1, 6, 6);
    g.n_pieces = {3};
    holder h(g);
    h.book(0, 0, 4, 1);
    h.book(0, 0, 2, 2);
    EXPECT_FALSE(h.complete(0, 0, 1));
    h.book(0, 0, 3, 0);
    EXPECT_TRUE(h.complete(0, 0, 2));
    EXPECT_FALSE(h.complete(0, 0, 3)) << "piece 2 has brought two columns";
    h.book(0, 2, 4, 2);
    EXPECT_TRUE(h.complete(0, 0, 3));
    EXPECT_FALSE(h.complete(0, 3, 4)) << "piece 0 has brought three";
}

TEST(window_buffer, columns_are_there_in_their_order) {
    geometry g = plain(1, 6, 6);
    g.band_x = {0, 4, 6};
    g.n_pieces = {2, 1};
    holder h(g);
    h.book(0, 0, 2, 0, 0, 50);
    h.book(0, 2, 2, 0, 0, 40);
    EXPECT_EQ(h.ready_ps(0, 2, 3), UINT64_MAX) << "the other piece has not been sent";
    h.book(0, 0, 4, 1, 0, 30);
    h.book(0, 4, 2, 0, 0, 7);
    EXPECT_EQ(h.ready_ps(0, 0, 1), 50u);
    EXPECT_EQ(h.ready_ps(0, 2, 3), 50u) << "not before columns 0 and 1";
    EXPECT_EQ(h.ready_ps(0, 4, 6), 7u) << "another band";
    EXPECT_EQ(h.ready_ps(0, 3, 5), 50u);
}

// Replica 0 sends one piece of the left band and two of the right one; replica 1 the other way round.
TEST(window_buffer, bands_and_replicas_have_their_own_pieces) {
    geometry g = plain(2, 5, 10);
    g.n_replicas = 2;
    g.band_x = {0, 2, 5};
    g.n_pieces = {1, 2, 2, 1};
    holder h(g);
    h.book(0, 2, 3, 0);
    h.book(0, 2, 3, 1);
    h.book(1, 2, 3, 0);
    EXPECT_TRUE(h.complete(0, 2, 5)) << "the right band does not wait for the left one";
    EXPECT_TRUE(h.complete(1, 2, 5));
    EXPECT_FALSE(h.complete(0, 1, 3));
    h.book(0, 0, 2, 0);
    EXPECT_TRUE(h.complete(0, 0, 5));
    h.book(1, 0, 2, 0);
    EXPECT_FALSE(h.complete(1, 0, 1));
    h.book(1, 0, 1, 1);
    EXPECT_TRUE(h.complete(1, 0, 1));
    EXPECT_FALSE(h.complete(1, 0, 5));
}

// Replica 0 makes images 0, 2, 4 in one piece, replica 1 the others in two.
TEST(window_buffer, replicas_by_image_have_their_own_pieces) {
    geometry g = plain(1, 2, 8);
    g.n_image_replicas = 2;
    g.n_pieces = {1, 2};
    holder h(g);
    for (uint32_t y = 0; y < 3; y++) {
        EXPECT_EQ(npim_window_buffer_producer(&h.b, 4, y), 0u);
        EXPECT_EQ(npim_window_buffer_producer(&h.b, 5, y), 1u);
    }
    h.book(0, 0, 2, 0, 0);
    h.book(0, 0, 2, 1, 1);
    EXPECT_TRUE(h.complete(0, 0, 2, 0));
    EXPECT_FALSE(h.complete(0, 0, 2, 1));
    h.book(0, 0, 2, 0, 1);
    EXPECT_TRUE(h.complete(0, 0, 2, 1));
}

// Images 1, 4, 7, ... lie one behind the other.
TEST(window_buffer, images_that_are_not_read_have_no_number) {
    geometry g = plain(2, 3, 9);
    g.image_first = 1;
    g.image_step = 3;
    holder h(g);
    for (uint64_t image = 0; image < 9; image++) {
        const npim_columns columns = npim_window_buffer_needs(&h.b, image, 0);
        EXPECT_EQ(columns.to, image % 3 == 1 ? 3u : 0u) << image;
        EXPECT_EQ(columns.from, 0u) << image;
    }
    EXPECT_EQ(npim_window_buffer_pixel(&h.b, 1, 0, 0), 0u);
    EXPECT_EQ(npim_window_buffer_pixel(&h.b, 4, 1, 2), 11u);
    EXPECT_EQ(npim_window_buffer_image_end(&h.b, 1), 6u);
    EXPECT_EQ(npim_window_buffer_image_end(&h.b, 7), 18u);
    const uint64_t read[] = {0, 0, 1, 1, 1, 2, 2, 2, 3};
    for (uint64_t images = 0; images < 9; images++)
        EXPECT_EQ(npim_window_buffer_images(&h.b, images), read[images]) << images;
    h.book(0, 0, 3, 0, 4 - 3);
    EXPECT_TRUE(npim_window_buffer_release(&h.b, npim_window_buffer_image_end(&h.b, 1)));
    h.book(0, 0, 3, 0, 4);
    EXPECT_TRUE(h.complete(0, 0, 3, 4));
}

TEST(window_buffer, late_columns_of_a_row_that_was_given_up_are_dropped) {
    holder h(plain(6, 4, 6)); // counters for four rows
    h.book(0, 0, 2);
    EXPECT_TRUE(npim_window_buffer_release(&h.b, 5));
    h.book(0, 2, 2); // would be the counters of row 4
    EXPECT_EQ(h.b.highest, 2u);
    h.book(1, 0, 4);
    h.book(2, 0, 3);
    EXPECT_TRUE(npim_window_buffer_release(&h.b, 12));
    EXPECT_FALSE(h.complete(4, 0, 1));
    h.book(4, 0, 1);
    EXPECT_TRUE(h.complete(4, 0, 1));
    EXPECT_FALSE(h.complete(4, 0, 2));
}

TEST(window_buffer, rows_far_ahead_are_never_complete) {
    holder h(plain(8, 2, 2)); // counters for three rows
    h.book(0, 0, 2);
    EXPECT_TRUE(h.complete(0, 0, 2));
    EXPECT_FALSE(h.complete(3, 0, 2)) << "row 3 will take the counters of row 0";
    EXPECT_FALSE(h.complete(0, 0, 2, 5));
}

TEST(window_buffer, one_pixel_passes_at_a_time) {
    holder h(plain(1, 1, 1));
    for (uint64_t image = 0; image < 100; image++) {
        EXPECT_TRUE(npim_window_buffer_accepts(&h.b, image));
        EXPECT_FALSE(npim_window_buffer_accepts(&h.b, image + 1));
        EXPECT_FALSE(h.complete(0, 0, 1, image));
        h.book(0, 0, 1, 0, image);
        EXPECT_TRUE(h.complete(0, 0, 1, image));
        EXPECT_TRUE(npim_window_buffer_release(&h.b, image + 1));
    }
}

TEST(window_buffer, the_description_is_copied) {
    geometry g = plain(2, 3, 6);
    holder h(g);
    g.from = g.to = {9, 9};
    g.band_x = {0, 0};
    g.n_pieces = {7};
    h.book(0, 0, 3);
    EXPECT_TRUE(h.complete(0, 0, 3));
}

TEST(window_buffer, empty_ones_are_refused) {
    const geometry good = plain(2, 3, 6);
    for (int fault = 0; fault < 5; fault++) {
        geometry g = good;
        if (fault == 0) g.to = g.from;
        npim_window_buffer_config config = g.config();
        if (fault == 1) config.capacity = 0;
        if (fault == 2) config.n_replicas = 0;
        if (fault == 3) config.n_bands = 0;
        if (fault == 4) config.image_first = config.image_step; // never read
        npim_window_buffer b{};
        npim_error error{};
        EXPECT_EQ(npim_window_buffer_init(&b, &config, &error), NPIM_EINVARIANT) << fault;
        EXPECT_NE(std::string(error.message).find("window buffer"), std::string::npos);
        npim_window_buffer_fini(&b);
        npim_window_buffer_fini(&b);
    }
    npim_window_buffer zeroed{};
    npim_window_buffer_fini(&zeroed);
}

} // namespace

// A credited buffer as a set of pixels, and a random play of producers and consumers that holds the buffer of
// hw/ against it.
#ifndef NPIM_TESTS_HW_WINDOW_BUFFER_MODEL_HPP
#define NPIM_TESTS_HW_WINDOW_BUFFER_MODEL_HPP

#include "hw/window_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace window_buffer_model {

// What is read of each row, and how the producer sends it.
struct geometry {
    std::vector<uint32_t> from, to; // columns that are read, by row
    uint32_t capacity = 1, n_replicas = 1;
    std::vector<uint32_t> band_x, n_pieces;
    uint32_t n_image_replicas = 1, image_first = 0, image_step = 1;

    uint32_t height() const { return static_cast<uint32_t>(from.size()); }
    uint32_t n_bands() const { return static_cast<uint32_t>(band_x.size() - 1); }
    bool reads(uint32_t y) const { return from[y] < to[y]; }
    // Pieces of a pixel, from the producer's replica that makes it.
    uint32_t pieces(uint32_t image, uint32_t y, uint32_t band) const {
        return n_pieces[((image % n_image_replicas) * n_replicas + y % n_replicas) * n_bands() + band];
    }
    bool reads_image(uint32_t image) const { return image % image_step == image_first; }
    npim_window_buffer_config config() const {
        return {height(),      from.data(),     to.data(),        capacity,    n_replicas, n_bands(),
                band_x.data(), n_pieces.data(), n_image_replicas, image_first, image_step};
    }
};

inline geometry plain(uint32_t height, uint32_t width, uint32_t capacity) {
    geometry g;
    g.from.assign(height, 0);
    g.to.assign(height, width);
    g.capacity = capacity;
    g.band_x = {0, width};
    g.n_pieces = {1};
    return g;
}

class holder {
  public:
    explicit holder(const geometry &g) {
        const npim_window_buffer_config config = g.config();
        npim_error error{};
        EXPECT_EQ(npim_window_buffer_init(&b, &config, &error), NPIM_OK) << error.message;
    }
    ~holder() { npim_window_buffer_fini(&b); }
    holder(const holder &) = delete;
    holder &operator=(const holder &) = delete;
    void book(uint32_t y, uint32_t x, uint32_t n = 1, uint32_t piece = 0, uint64_t image = 0,
              uint64_t at_ps = 0) {
        npim_window_buffer_book(&b, image, y, x, n, piece, at_ps);
    }
    uint64_t ready_ps(uint32_t y, uint32_t x_from, uint32_t x_to, uint64_t image = 0) const {
        return npim_window_buffer_ready_ps(&b, image, y, x_from, x_to);
    }
    bool complete(uint32_t y, uint32_t x_from, uint32_t x_to, uint64_t image = 0) const {
        return ready_ps(y, x_from, x_to, image) != UINT64_MAX;
    }
    npim_window_buffer b{};
};

// --- the model: pixels counted one by one, and when the pieces of those that were sent come

class model {
  public:
    model(const geometry &geometry, uint32_t n_images) : g(geometry) {
        uint32_t x_from = UINT32_MAX, x_to = 0;
        for (uint32_t y = 0; y < g.height(); y++) {
            if (!g.reads(y)) continue;
            x_from = std::min(x_from, g.from[y]);
            x_to = std::max(x_to, g.to[y]);
        }
        for (uint32_t image = g.image_first; image < n_images; image += g.image_step)
            for (uint32_t y = 0; y < g.height(); y++)
                for (uint32_t x = x_from; g.reads(y) && x < x_to; x++) numbers[{image, y, x}] = n_pixels++;
        width = x_to - x_from;
    }
    uint64_t number(uint32_t image, uint32_t y, uint32_t x) const { return numbers.at({image, y, x}); }
    uint32_t band(uint32_t x) const {
        uint32_t i = 0;
        while (x >= g.band_x[i + 1]) i++;
        return i;
    }
    // Columns are delivered in the order of their band.
    uint64_t ready_ps(uint32_t image, uint32_t y, uint32_t x_from, uint32_t x_to) const {
        uint64_t ready = 0;
        for (uint32_t x = std::max(g.from[y], g.band_x[band(x_from)]); x < x_to; x++)
            for (uint32_t piece = 0; piece < g.pieces(image, y, band(x)); piece++) {
                const auto found = arrival_ps.find({image, y, x, piece});
                if (found == arrival_ps.end()) return UINT64_MAX;
                ready = std::max(ready, found->second);
            }
        return ready;
    }

    const geometry g;
    std::map<std::tuple<uint32_t, uint32_t, uint32_t>, uint64_t> numbers;
    std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>, uint64_t> arrival_ps;
    uint64_t n_pixels = 0, base = 0, highest = 0, width = 0;
};

// One producer: a band of the rows (of the images) of a replica, one piece of each of its pixels, in order.
struct stream {
    uint32_t by_image, by_row, band, piece, image = 0, y = 0, x = 0;
};

class play {
  public:
    play(std::mt19937_64 &generator, const geometry &geometry)
        : random(generator), g(geometry), m(geometry, images), buffer(geometry) {
        for (uint32_t replica = 0; replica < g.n_image_replicas * g.n_replicas; replica++)
            for (uint32_t band = 0; band < g.n_bands(); band++)
                for (uint32_t piece = 0; piece < g.n_pieces[replica * g.n_bands() + band]; piece++) {
                    const uint32_t by_image = replica / g.n_replicas, by_row = replica % g.n_replicas;
                    streams.push_back({by_image, by_row, band, piece, by_image, by_row});
                    skip_images(streams.back());
                    if (streams.back().image < images) enter(streams.back());
                    if (streams.back().image >= images) streams.pop_back();
                }
    }

    void run() {
        while (!(streams.empty() && m.base == m.n_pixels) && !testing::Test::HasFailure()) {
            for (int i = 0; i < 4; i++) send();
            if (below(3) == 0) release();
            ask();
        }
    }

  private:
    static constexpr uint32_t images = 7;
    uint64_t below(uint64_t n) { return random() % n; }
    uint32_t end(const stream &s) const { return std::min(g.band_x[s.band + 1], g.to[s.y]); }

    // To the stream's next image that is read.
    void skip_images(stream &s) const {
        while (s.image < images && !g.reads_image(s.image)) {
            const npim_columns columns = npim_window_buffer_needs(&buffer.b, s.image, s.y);
            EXPECT_GE(columns.from, columns.to);
            s.image += g.n_image_replicas;
        }
    }

    // To the first column of the stream's next row that is read; past the last image when there is none.
    void enter(stream &s) const {
        for (;; s.y += g.n_replicas) {
            if (s.y >= g.height()) {
                s.y = s.by_row;
                if (s.y >= g.height()) s.image = images;
                s.image += g.n_image_replicas;
                skip_images(s);
                if (s.image >= images) return;
            }
            s.x = std::max(g.band_x[s.band], g.from[s.y]);
            if (s.x < end(s)) return;
        }
    }

    // Some neighbouring columns of a stream, if they have a place.
    void send() {
        if (streams.empty()) return;
        const size_t which = below(streams.size());
        stream &s = streams[which];
        const uint32_t n = static_cast<uint32_t>(1 + below(end(s) - s.x));
        const uint64_t last = m.number(s.image, s.y, s.x + n - 1);
        for (uint32_t x = s.x; x < s.x + n; x++) {
            ASSERT_GE(x, npim_window_buffer_needs(&buffer.b, s.image, s.y).from);
            ASSERT_LT(x, npim_window_buffer_needs(&buffer.b, s.image, s.y).to);
            const uint64_t pixel = npim_window_buffer_pixel(&buffer.b, s.image, s.y, x);
            ASSERT_EQ(pixel, m.number(s.image, s.y, x));
            ASSERT_EQ(npim_window_buffer_accepts(&buffer.b, pixel), pixel < m.base + g.capacity);
        }
        if (last >= m.base + g.capacity) return;
        const uint64_t at_ps = below(1000);
        buffer.book(s.y, s.x, n, s.piece, s.image, at_ps);
        for (uint32_t x = s.x; x < s.x + n; x++) m.arrival_ps[{s.image, s.y, x, s.piece}] = at_ps;
        if (last / m.width >= m.base / m.width) m.highest = std::max(m.highest, last + 1);
        ASSERT_EQ(buffer.b.highest, m.highest) << "late columns do not count";
        s.x += n;
        if (s.x == end(s)) {
            s.y += g.n_replicas;
            enter(s);
        }
        if (s.image >= images) streams.erase(streams.begin() + static_cast<std::ptrdiff_t>(which));
    }

    // Also back, to the same, and beyond what has come.
    void release() {
        const uint64_t most = std::min(m.n_pixels, m.base + 1 + below(g.capacity + m.width));
        const uint64_t to = below(4) ? most : below(m.n_pixels + 1) % (m.base + 1);
        ASSERT_EQ(npim_window_buffer_release(&buffer.b, to), to > m.base);
        m.base = std::max(m.base, to);
        ASSERT_EQ(buffer.b.base, m.base);
    }

    // About some range of columns that is read, of a row that is not given up yet.
    void ask() {
        for (int i = 0; i < 12; i++) {
            const uint32_t image = static_cast<uint32_t>(below(images)),
                           y = static_cast<uint32_t>(below(g.height()));
            if (!g.reads(y) || !g.reads_image(image)) continue;
            const uint64_t row = npim_window_buffer_row(&buffer.b, image, y);
            ASSERT_EQ(row, m.number(image, y, m_first()) / m.width);
            if (row < m.base / m.width) continue;
            const uint32_t x_from = static_cast<uint32_t>(g.from[y] + below(g.to[y] - g.from[y]));
            const uint32_t x_to = static_cast<uint32_t>(x_from + 1 + below(g.to[y] - x_from));
            ASSERT_EQ(buffer.ready_ps(y, x_from, x_to, image), m.ready_ps(image, y, x_from, x_to))
                << "image " << image << " row " << y << " columns " << x_from << " to " << x_to << " base "
                << m.base;
        }
    }
    uint32_t m_first() const { return std::get<2>(m.numbers.begin()->first); }

    std::mt19937_64 &random;
    geometry g;
    model m;
    holder buffer;
    std::vector<stream> streams;
};

} // namespace window_buffer_model
#endif

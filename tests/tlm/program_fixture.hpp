// Small hand-made programs, the units of the tiles that run them, and stand-ins for what lies around a tile.
#ifndef NPIM_TESTS_TLM_PROGRAM_FIXTURE_HPP
#define NPIM_TESTS_TLM_PROGRAM_FIXTURE_HPP

#include "hw/activation.h"
#include "hw/pooling.h"
#include "hw/shift_add.h"
#include "tlm/chip.hpp"
#include "traffic.hpp"

#include <functional>

namespace program_fixture {

using traffic::clk;
using traffic::run_to;

inline constexpr npim_edram_config small_edram = {4096, 2, 32, 2, 0.5375, 20.7, 0.0, 83000.0};
inline constexpr uint64_t cycles_ps = 20000; // two input cycles of 10 ns

// A recipe of two input cycles and one converter: an operation takes 20 ns and a clock for every dot product.
struct units {
    npim_shift_add adder{};
    npim_activation_unit activation{};
    npim_pooling pooling{};
    npim_pe_plan plan{};
    npim::chip_config chip;

    units() {
        const npim_shift_add_config adder_config = {0.05, 0, 60};
        const npim_activation_config activation_config = {4, 0.217, 0.26, 300};
        const npim_pooling_config pooling_config = {0.333, 0.4, 240};
        EXPECT_EQ(npim_shift_add_init(&adder, &adder_config, nullptr), NPIM_OK);
        EXPECT_EQ(npim_activation_ops.init(&activation, &activation_config, nullptr), NPIM_OK);
        EXPECT_EQ(npim_pooling_ops.init(&pooling, &pooling_config, nullptr), NPIM_OK);
        plan.n_cycles = 2;
        plan.cycle_ps = 10000;
        plan.n_stages = 1;
        npim_stage &stage = plan.stages[0];
        stage.ops = &npim_shift_add_ops;
        stage.core = &adder;
        stage.fires = NPIM_FIRES_RESULT;
        stage.pace = NPIM_PACE_OWN;
        stage.per = NPIM_PER_DOT;
        stage.ops_per = 1;
        stage.units = 1;
        stage.pooled = stage.converts = true;
        chip.tile.plan = &plan;
        chip.tile.edram = small_edram;
        chip.tile.bus = {192, 0.1215, 3.5, 45000};
        chip.tile.activation = {&npim_activation_ops, &activation, 2};
        chip.tile.pooling = {&npim_pooling_ops, &pooling, 1};
        chip.tile.adder = {&npim_shift_add_ops, &adder, 4};
        chip.router = {4, 8, 4.375, 42, 151000};
        chip.link = {4, 16, 1, 0};
        chip.chip_link = {6.4, 50, 0, 2600, 5720000};
    }
    units(const units &) = delete;
    units &operator=(const units &) = delete;
};

template <class T> T *one_more(T *&items, uint32_t &n) {
    items = static_cast<T *>(std::realloc(items, (n + 1) * sizeof(T)));
    return &(items[n++] = T{});
}

template <class T> const T *array_of(std::initializer_list<T> values) {
    T *items = static_cast<T *>(std::malloc(values.size() * sizeof(T)));
    std::copy(values.begin(), values.end(), items);
    return items;
}

// A program in the making; owns it.
class builder {
  public:
    explicit builder(uint32_t n_tiles, uint32_t images = 1) {
        program.tiles = static_cast<npim_program_tile *>(std::calloc(n_tiles, sizeof(npim_program_tile)));
        program.n_tiles = program.tiles_per_chip = n_tiles;
        program.images = images;
        input_layer();
    }
    ~builder() { npim_program_fini(&program); }
    builder(const builder &) = delete;
    builder &operator=(const builder &) = delete;

    // A buffer of a tile for a map of height x width pixels, all read, that arrive in n_pieces.
    uint32_t buffer(uint32_t tile, uint32_t height, uint32_t width, uint32_t capacity, uint64_t address = 0,
                    uint32_t n_pieces = 1) {
        npim_program_tile &t = program.tiles[tile];
        npim_program_buffer &b = *one_more(t.buffers, t.n_buffers);
        auto *from = static_cast<uint32_t *>(std::calloc(height, sizeof(uint32_t)));
        auto *to = static_cast<uint32_t *>(std::calloc(height, sizeof(uint32_t)));
        std::fill(to, to + height, width);
        b.window = {
            height, from, to, capacity, 1, 1, array_of<uint32_t>({0, width}), array_of<uint32_t>({n_pieces}),
            0,      0,    0};
        b.address = address;
        return t.n_buffers - 1;
    }

    // A slot that reads windows of kernel x kernel of a map of height x width; the reference is good until
    // the next slot of the tile.
    npim_program_slot &slot(uint32_t tile, npim_slot_kind kind, uint32_t height, uint32_t width,
                            uint32_t kernel = 1, uint32_t stride = 1) {
        npim_program_tile &t = program.tiles[tile];
        npim_program_slot &s = *one_more(t.slots, t.n_slots);
        s.kind = kind;
        s.layer = s.node = 1;
        s.shape.dots = s.shape.dots_per_array = 4;
        s.arrays = 1;
        s.interval_ps = cycles_ps;
        s.row_step = 1;
        s.in_w = width;
        s.out_h = (height - kernel) / stride + 1;
        s.x_to = (width - kernel) / stride + 1;
        s.kernel_h = s.kernel_w = kernel;
        s.stride_h = s.stride_w = stride;
        s.dilation_h = s.dilation_w = 1;
        s.unit_words = 4;
        s.outputs = 8;
        s.output_B = 8;
        return s;
    }

    static void input(npim_program_slot &s, uint32_t buffer, uint32_t pixel_B) {
        *one_more(s.inputs, s.n_inputs) = {buffer, pixel_B};
    }
    // Groups must come in order.
    static void destination(npim_program_slot &s, uint32_t tile, uint32_t buffer, uint32_t group = 0,
                            uint32_t bytes = 8, uint32_t piece = 0) {
        *one_more(s.destinations, s.n_destinations) = {tile, buffer, piece, group, bytes};
        s.n_groups = group + 1;
    }

    // The host's image.
    npim_program_slot &image(uint32_t height, uint32_t width, uint32_t pixel_B) {
        program.hosts[0].out_h = height;
        program.hosts[0].x_to = width;
        program.hosts[0].outputs = program.hosts[0].output_B = pixel_B;
        return program.hosts[0];
    }
    // One more input; the reference is good until the next one.
    npim_program_slot &input_layer() {
        npim_program_slot &s = *one_more(program.hosts, program.n_hosts);
        s.layer = s.node = program.n_hosts - 1;
        s.row_step = 1;
        return s;
    }

    npim_program program{};
};

// A consumer that notes what it gets, and takes as much as the test allows.
struct stub_consumer : npim::consumer {
    struct arrival {
        uint64_t time_ps;
        npim::delivery what;
    };
    struct waiter {
        uint32_t instance, port;
    };
    std::vector<arrival> arrivals;
    std::vector<waiter> waiters;
    bool open = true;
    uint32_t psum_places = UINT32_MAX;
    npim_columns wants = {0, UINT32_MAX}; // of every row

    npim_columns needs(uint32_t, const npim::window &) const override { return wants; }
    bool accepts(uint32_t, const npim::window &) const override { return open; }
    void wait_for(uint32_t, uint32_t instance, uint32_t port) override {
        waiters.push_back({instance, port});
    }
    void receive(const npim::delivery &what, uint64_t arrival_ps) override {
        arrivals.push_back({arrival_ps, what});
    }
    bool promise_psum(uint32_t, uint32_t instance, uint32_t port) override {
        if (psum_places > 0) return psum_places--, true;
        waiters.push_back({instance, port});
        return false;
    }
    // Lets everybody in who waits.
    void let_in(npim::sequencer &agenda, npim::task what = npim::SEND) {
        open = true;
        for (const waiter &w : waiters) agenda.put(npim::now_ps(), w.instance, w.port, what);
        waiters.clear();
    }
};

// In place of a network: what tiles and host send arrives at once.
class short_way : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
  public:
    tlm::tlm_target_socket<> in{"in"};
    uint32_t n_packets = 0;
    short_way(const sc_core::sc_module_name &name, const std::vector<npim::consumer *> &consumers,
              npim::consumer *host, uint32_t tiles_per_chip)
        : sc_module(name), consumers_(consumers), host_(host), tiles_per_chip_(tiles_per_chip) {
        in.bind(*this);
    }

  private:
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &p, tlm::tlm_phase &,
                                       sc_core::sc_time &delay) override {
        n_packets++;
        const npim::address at = npim::decompose(p.get_address());
        npim::consumer &to =
            at.chip == npim::host_chip ? *host_ : *consumers_[at.chip * tiles_per_chip_ + at.tile];
        to.receive(*static_cast<npim::delivery *>(p.get_extension<npim::packet_extension>()->message),
                   npim::now_ps() + npim::to_ps(delay));
        p.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    void b_transport(tlm::tlm_generic_payload &, sc_core::sc_time &) override {}
    unsigned transport_dbg(tlm::tlm_generic_payload &) override { return 0; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }

    const std::vector<npim::consumer *> &consumers_;
    npim::consumer *host_;
    const uint32_t tiles_per_chip_;
};

// Tiles of a program side by side: what they send arrives at once (direct), or at a sink each. Tile numbers
// beyond the program's are stubs; so is the host.
struct bench {
    units parts;
    npim::sequencer agenda{"sequencer"};
    uint64_t next_packet = 0;
    std::vector<std::unique_ptr<npim::tile>> tiles;
    std::vector<std::unique_ptr<traffic::sink>> sinks;
    std::vector<std::unique_ptr<short_way>> ways;
    std::vector<std::unique_ptr<traffic::source>> sources;
    std::deque<stub_consumer> stubs;
    stub_consumer host;
    std::vector<npim::consumer *> consumers;

    explicit bench(const npim_program &program, uint32_t n_stubs = 0, bool direct = true,
                   uint64_t step_ps = 0)
        : stubs(n_stubs) {
        parts.plan.step_ps = step_ps;
        npim::tile_config config = parts.chip.tile;
        config.tiles_per_chip = npim::max_tile; // all on one chip, stubs too
        for (uint32_t t = 0; t < program.n_tiles; t++) {
            const std::string number = std::to_string(t);
            tiles.push_back(std::make_unique<npim::tile>(("tile_" + number).c_str(), config, program.tiles[t],
                                                         t, program.images, agenda, next_packet));
            sources.push_back(std::make_unique<traffic::source>(("source_" + number).c_str()));
            if (direct) {
                ways.push_back(std::make_unique<short_way>(("way_" + number).c_str(), consumers, &host,
                                                           config.tiles_per_chip));
                tiles.back()->to_noc.bind(ways.back()->in);
            } else {
                sinks.push_back(std::make_unique<traffic::sink>(("sink_" + number).c_str()));
                tiles.back()->to_noc.bind(sinks.back()->in);
            }
            sources.back()->out.bind(tiles.back()->from_noc);
            consumers.push_back(tiles.back().get());
        }
        for (stub_consumer &stub : stubs) consumers.push_back(&stub);
        for (auto &one : tiles) one->connect(&consumers, &host);
    }

    npim::tile &tile(uint32_t i = 0) { return *tiles[i]; }

    // A whole pixel arrives; bytes = 0: it is already in the eDRAM.
    void pixel(uint32_t t, uint32_t buffer, uint32_t y, uint32_t x, uint64_t arrival_ps, uint32_t bytes = 0,
               uint64_t image = 0, uint32_t piece = 0) {
        npim::delivery what;
        what.at = {image, y, x};
        what.buffer = buffer;
        what.piece = piece;
        what.bytes = bytes;
        what.last = true;
        tiles[t]->receive(what, arrival_ps);
    }
    uint64_t read_B(uint32_t t = 0) const { return tiles[t]->memory.core.n_read_B; }
    void finish() {
        while (!agenda.idle()) run_to(npim::now_ps() + 1000000);
    }
};

// A slot's reads: not a picosecond before, all of them at that time.
struct read_step {
    uint64_t time_ps, read_B;
};

inline void expect_reads(bench &b, const std::vector<read_step> &steps) {
    uint64_t before_B = 0;
    for (const read_step &one : steps) {
        if (one.time_ps > 0) {
            run_to(one.time_ps - 1);
            EXPECT_EQ(b.read_B(), before_B) << "before " << one.time_ps;
        }
        run_to(one.time_ps);
        EXPECT_EQ(b.read_B(), one.read_B) << "at " << one.time_ps;
        before_B = one.read_B;
    }
}

} // namespace program_fixture

#endif

#include "tlm/tile_wave.hpp"

#include "program_fixture.hpp"

#include <cstring>
#include <map>

using namespace program_fixture;

namespace {

using history = std::vector<std::pair<uint64_t, uint64_t>>; // (time, value), the first at 0

// Keeps what every signal was when, by name.
struct recorder : npim::wave_sink {
    npim::wave wave{"**"};
    std::map<std::string, history> signals;

    void note(uint64_t time_ps, uint32_t signal, uint64_t value) {
        signals[wave.signals()[signal].name].emplace_back(time_ps, value);
    }
    void begin(uint64_t time_ps, const std::vector<uint64_t> &values) override {
        for (uint32_t i = 0; i < values.size(); i++) note(time_ps, i, values[i]);
    }
    void change(uint64_t time_ps, uint32_t signal, uint64_t value) override { note(time_ps, signal, value); }
    void end(uint64_t) override {}
    const history &operator[](const std::string &name) const { return signals.at("tile_0." + name); }
};

// A tile with its signals; slots without values.
struct watched {
    bench b;
    recorder out;
    std::unique_ptr<npim::tile_wave> wave;
    std::unique_ptr<npim::pe> modules;

    // given: where slot 0 gets values.
    explicit watched(const npim_program &program, const npim_lane_source *given = nullptr) : b(program) {
        const uint32_t n_slots = program.tiles[0].n_slots;
        npim::tile_wave_config config;
        config.plan = &b.parts.plan;
        config.stage_names = {"converter"};
        config.lanes.resize(n_slots);
        config.slot_titles.resize(n_slots, "layer");
        if (given) config.lanes[0].rows = {1};
        wave = std::make_unique<npim::tile_wave>(out.wave, b.tile(), config);
        modules = std::make_unique<npim::pe>("modules", &b.parts.plan, n_slots);
        EXPECT_EQ(wave->sees_values(0), given != nullptr);
        if (given) wave->give(0, *given);
        out.wave.open(&out, 0, UINT64_MAX);
        b.tile().attach(modules.get());
        wave->attach(*modules);
    }
    void finish() {
        b.finish();
        EXPECT_TRUE(out.wave.finish(npim::now_ps()));
    }
};

constexpr uint64_t read_ps = (1 + 2 + 1) * clk; // up to 24 B: one access, two clocks of latency, the bus

// Two windows of one pixel each, the second far later.
TEST(TileWave, ASlotWaitsReadsComputesAndRests) {
    builder p(1);
    p.buffer(0, 1, 2, 2);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 2);
    builder::input(s, 0, 6);
    watched w(p.program);
    w.b.pixel(0, 0, 0, 0, 1000);
    w.b.pixel(0, 0, 0, 1, 500000);
    w.finish();
    const uint64_t waits = npim::SLOT_WAITS + NPIM_STALL_INPUT;
    EXPECT_EQ(w.out["slot_0.state"], (history{{0, waits},
                                              {1000, npim::SLOT_READING},
                                              {1000 + read_ps, npim::SLOT_COMPUTING},
                                              {1000 + read_ps + cycles_ps, waits},
                                              {500000, npim::SLOT_READING},
                                              {500000 + read_ps, npim::SLOT_COMPUTING},
                                              {500000 + read_ps + cycles_ps, npim::SLOT_IDLE}}));
    EXPECT_EQ(w.out["slot_0.column"], (history{{0, 0}, {500000 + read_ps, 1}}));
    EXPECT_EQ(w.out["slot_0.image"], (history{{0, 0}}));
    // Four dot products take the converter 4 clocks after the cycles.
    EXPECT_EQ(w.out["converter.busy"], (history{{0, 0},
                                                {1000 + read_ps + cycles_ps, 1},
                                                {1000 + read_ps + cycles_ps + 4 * clk, 0},
                                                {500000 + read_ps + cycles_ps, 1},
                                                {500000 + read_ps + cycles_ps + 4 * clk, 0}}));
    EXPECT_EQ(w.out["converter.n_done"].back().second, 2u);
    EXPECT_EQ(w.out["edram.bank_0.busy"][1], (std::pair<uint64_t, uint64_t>{1000, 1}));
    EXPECT_EQ(w.out["edram.bank_0.busy"][2], (std::pair<uint64_t, uint64_t>{1000 + clk, 0}));
    EXPECT_EQ(w.out["bus.busy"][1], (std::pair<uint64_t, uint64_t>{1000 + 3 * clk, 1}));
    EXPECT_EQ(w.out["buffer_0.capacity"], (history{{0, 2}}));
}

// Back to back: the second is read while the first computes, and the third slot's operation queues for the
// converter.
TEST(TileWave, ComputingGoesOnWhileTheNextWindowIsRead) {
    builder p(1);
    p.buffer(0, 1, 2, 2);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 2);
    builder::input(s, 0, 6);
    watched w(p.program);
    for (uint32_t x = 0; x < 2; x++) w.b.pixel(0, 0, 0, x, 1000);
    w.finish();
    EXPECT_EQ(w.out["slot_0.state"], (history{{0, npim::SLOT_WAITS + NPIM_STALL_INPUT},
                                              {1000, npim::SLOT_READING},
                                              {1000 + read_ps, npim::SLOT_COMPUTING},
                                              {1000 + read_ps + 2 * cycles_ps, npim::SLOT_IDLE}}));
    EXPECT_EQ(w.out["slot_0.column"], (history{{0, 0}, {1000 + read_ps + cycles_ps, 1}}));
    EXPECT_EQ(w.out["converter.queue"], (history{{0, 0}}));
}

// Windows are asked for by their places.
TEST(TileWave, ShowsTheValuesThatItIsGiven) {
    builder p(1, 2);
    p.buffer(0, 1, 2, 4); // both images at once
    npim_program_slot &s = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 2);
    builder::input(s, 0, 6);
    const npim_lane_source source = {
        nullptr, [](void *, uint32_t image, uint32_t y, uint32_t x, npim_lane_values *values) {
            values->result = 1 + 100.0 * image + 10 * y + x;
        }};
    watched w(p.program, &source);
    for (uint32_t image = 0; image < 2; image++)
        for (uint32_t x = 0; x < 2; x++) w.b.pixel(0, 0, 0, x, 1000 + 500000 * image + 100000 * x, 0, image);
    w.finish();
    std::vector<double> sums;
    for (const auto &change : w.out["slot_0.converter.sum"]) {
        double sum;
        std::memcpy(&sum, &change.second, sizeof sum);
        sums.push_back(sum);
    }
    EXPECT_EQ(sums, (std::vector<double>{0, 1, 2, 101, 102}));
}

TEST(TileWave, ResultsQueueForASharedConverter) {
    builder p(1);
    for (uint32_t s = 0; s < 2; s++) {
        const uint32_t buffer = p.buffer(0, 1, 1, 1, s * 2048);
        npim_program_slot &slot = p.slot(0, NPIM_SLOT_CROSSBAR, 1, 1);
        builder::input(slot, buffer, 6);
    }
    watched w(p.program);
    w.b.pixel(0, 0, 0, 0, 1000);
    w.b.pixel(0, 1, 0, 0, 1000);
    w.finish();
    const history &queue = w.out["converter.queue"];
    ASSERT_EQ(queue.size(), 3u);
    EXPECT_EQ(queue[1].second, 1u);
    EXPECT_EQ(queue[2].second, 0u);
    const history &busy = w.out["converter.busy"];
    ASSERT_EQ(busy.size(), 3u) << "one after the other, without a gap";
    EXPECT_EQ(busy[2].first - busy[1].first, 8 * clk);
    EXPECT_EQ(queue[2].first, busy[1].first + 4 * clk) << "the second begins when the first is done";
}

TEST(TileWave, APoolingUnitShowsItsWindows) {
    builder p(1);
    p.buffer(0, 2, 2, 4);
    npim_program_slot &s = p.slot(0, NPIM_SLOT_POOL, 2, 2, 2);
    builder::input(s, 0, 6);
    watched w(p.program);
    for (uint32_t i = 0; i < 4; i++) w.b.pixel(0, 0, i / 2, i % 2, 1000);
    w.finish();
    const history &state = w.out["slot_0.state"];
    ASSERT_EQ(state.size(), 4u);
    EXPECT_EQ(state[1].second, npim::SLOT_READING);
    EXPECT_EQ(state[2].second, npim::SLOT_COMPUTING);
    EXPECT_EQ(state[3].second, npim::SLOT_IDLE);
    EXPECT_EQ(state[3].first - state[2].first, 32 * clk) << "2 x 2 pixels of 8 channels, a word per clock";
    EXPECT_EQ(w.out["pooling.busy"], (history{{0, 0}, {state[2].first, 1}, {state[3].first, 0}}));
}

TEST(TileWave, NamesHaveTheStallsInTheirOrder) {
    for (uint32_t i = 0; i < NPIM_N_STALLS; i++)
        EXPECT_EQ(npim::slot_activity_names[npim::SLOT_WAITS + i],
                  "wait_" + std::string(npim_stall_names[i]));
    EXPECT_STREQ(npim::slot_activity_names[npim::SLOT_COMPUTING], "computing");
    EXPECT_EQ(npim::slot_activity_names[npim::SLOT_WAITS + NPIM_N_STALLS], nullptr);
}

TEST(TileWave, OutOfScopeNothingIsSeen) {
    builder p(1);
    p.buffer(0, 1, 1, 1);
    builder::input(p.slot(0, NPIM_SLOT_CROSSBAR, 1, 1), 0, 6);
    bench b(p.program);
    npim::tile_wave_config config;
    config.plan = &b.parts.plan;
    config.stage_names = {"converter"};
    config.lanes.resize(1);
    config.slot_titles.resize(1);
    npim::wave other("tile_1.**"), one("tile_0.slot_0.state");
    EXPECT_FALSE(npim::tile_wave(other, b.tile(), config).seen());
    EXPECT_TRUE(npim::tile_wave(one, b.tile(), config).seen());
    EXPECT_EQ(one.signals().size(), 1u);
}

} // namespace

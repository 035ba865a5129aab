// The signals of one tile: its slots, the stages of their PEs with the values that pass them, the eDRAM's
// banks, the bus, the digital units, the input buffers and the network interface.
//
// What is booked ahead shows from its start to its end. Of a slot's state, "computing" is the time from the
// start of an operation until the arrays are free for the next one; in between, "reading" is the stall that
// results call memory, and a wait has the name of what was missing last.
#ifndef NPIM_TLM_TILE_WAVE_HPP
#define NPIM_TLM_TILE_WAVE_HPP

#include "tlm/calendar_span.hpp"
#include "tlm/drawn_values.hpp"
#include "tlm/given_values.hpp"
#include "tlm/pe.hpp"
#include "tlm/tile.hpp"

#include <deque>
#include <unordered_map>

namespace npim {

// A slot's state, in the order of the names.
enum slot_activity : uint32_t { SLOT_IDLE, SLOT_READING, SLOT_COMPUTING, SLOT_WAITS };

extern const char *const slot_activity_names[]; // "idle", ..., "wait_psum", nullptr

// What a tile's signals are made of beyond the tile. All is copied but the plan.
struct tile_wave_config {
    const npim_pe_plan *plan = nullptr;
    std::vector<std::string> stage_names; // of the plan's stages, each once
    value_config values{};
    std::vector<value_lane> lanes;        // of the slots
    std::vector<std::string> slot_titles; // "conv2/3x3 replica 4"
};

class tile_wave final : public tile_observer, public stage_observer, public block_observer {
  public:
    // Declares the tile's signals; wave and tile are borrowed.
    tile_wave(wave &shown, npim::tile &tile, const tile_wave_config &config);

    bool seen() const { return seen_; } // at least one signal is in scope

    // Does any signal in scope show a value that passes the stages of slot s?
    bool sees_values(uint32_t s) const;

    // Slot s gets its values from there; what source refers to is borrowed. Before attach.
    void give(uint32_t s, const npim_lane_source &source);

    // Watches the tile from now on; modules, which it runs on, are borrowed.
    void attach(pe &modules);

    void acted() override;
    void planned(uint32_t slot, uint64_t operation, const npim_pe_timing &timing,
                 const npim_stage_record *records, uint32_t n_records) override;
    void fired(uint32_t slot, uint64_t operation, const npim_stage_record &record) override;
    void worked(const block &module) override;

  private:
    struct slot_signals {
        uint32_t state, image, row, column, in_flight;
        std::vector<std::vector<uint32_t>> probes; // by stage, as in the table of its block
        uint64_t windows = 0;                      // begun
        uint64_t previous_free_ps = 0, start_ps = 0, free_ps = 0;
        std::unique_ptr<stage_values> values;
    };
    struct buffer_signals {
        uint32_t held, capacity, waiting;
    };
    // A variable that is looked at.
    struct sample {
        uint32_t signal;
        npim_kind kind;
        const void *address;
    };

    uint32_t add(const std::string &name, npim_kind kind, const char *unit, const std::string &doc,
                 const std::string &group, const char *const *names = nullptr);
    void add_slot(uint32_t s);
    void add_stages(uint32_t s);
    void add_module(const std::string &prefix, const std::string &group, const std::string &what,
                    uint32_t key, bool in_calendar);
    void add_shared();
    void add_memory();
    void add_units();
    void add_buffers();
    void add_calendar(const std::string &name, npim_calendar &calendar, const std::string &doc);
    void add_probes(const std::string &prefix, const npim_block_ops &ops, const void *core);

    void show(const sample &one);
    void show_slot(uint32_t s);
    void show_buffer(uint32_t b);
    value_window window_of(uint32_t s, uint64_t operation) const;

    wave &wave_;
    npim::tile &tile_;
    const tile_wave_config config_;
    const std::string prefix_, short_name_;
    bool seen_ = false;
    std::vector<slot_signals> slots_;
    std::vector<buffer_signals> buffers_;
    uint32_t queue_ = no_signal;
    std::vector<uint32_t> stage_queues_; // by stage
    std::deque<calendar_span> spans_;
    std::vector<std::pair<npim_calendar *, uint32_t>> calendars_;        // to watch
    std::vector<sample> samples_;                                        // looked at whenever the tile acts
    std::unordered_map<uint32_t, std::vector<uint32_t>> module_signals_; // by slot and stage
    std::unordered_map<const block *, std::vector<sample>> modules_;
};

} // namespace npim
#endif

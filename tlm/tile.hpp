// A tile in a replay: slots that wait for their windows, read them over bank and bus, run them on the PEs or
// on a digital unit, add partial sums, activate, write, and send the outputs to their consumers.
//
// One window of a slot passes through these instants:
//   ISSUE    input complete, input register free, output buffer free: bank and bus are reserved
//   READ     the window is in the input register: its places are given back, the plan is run
//   DONE     the digital result is in the output register
//   RESULT   with the partial sums of the tile before, where there is a chain of tiles (PSUM: they came in)
//   WRITTEN  activated and written to the eDRAM
//   SEND     all consumers have places: into the queue of the network interface
//   INJECT   the next packet of the queue leaves
//   ARRIVE   (at the consumer, when somebody observes it) the last byte is in the eDRAM; whose input this
//            completes has its ISSUE then
#ifndef NPIM_TLM_TILE_HPP
#define NPIM_TLM_TILE_HPP

#include "hw/bus.h"
#include "tlm/delivery.hpp"
#include "tlm/edram.hpp"
#include "tlm/meter.h"
#include "tlm/sequencer.hpp"

#include <deque>
#include <vector>

namespace npim {

// A digital unit of the tile: `units` of them work in parallel, one word per clock each.
struct digital_unit {
    const npim_block_ops *ops = nullptr;
    const void *core = nullptr;
    uint32_t units = 1;
    npim_event event = NPIM_EVENT_ACTIVATION; // what a meter counts its words as
};

struct tile_config {
    const npim_pe_plan *plan = nullptr; // borrowed
    npim_edram_config edram{};
    npim_bus_config bus{};
    digital_unit activation, pooling, adder;
    uint32_t adder_stage = UINT32_MAX; // stage of the plan that uses the adder lanes as well
    uint32_t packet_B = 64;            // largest payload
    uint32_t flit_B = 4;
    uint32_t tiles_per_chip = 1;
};

// Event counts of one slot: the ledger from which all energy follows.
struct slot_counts {
    uint64_t windows = 0;
    uint64_t edram_B = 0, bus_B = 0;
    uint64_t flit_hops = 0, link_B = 0;
    uint64_t host_B = 0;
    uint64_t activation_words = 0, pooling_words = 0, adder_words = 0;
    uint64_t first_ps = UINT64_MAX, last_ps = 0; // first issue, last write
    uint64_t image_ps = 0;                       // last write of the first image
    uint64_t stall_ps[NPIM_N_STALLS] = {};
};

// Runs the operations of a tile another way than by the plan alone, with the same result (tlm/pe.hpp).
class operation_runner {
  public:
    virtual ~operation_runner() = default;
    virtual npim_pe_timing run(uint32_t slot, const npim_pe_shape &shape, uint64_t start_ps,
                               npim_calendar *pools) = 0;
};

// Looks at a tile whenever something may have changed (tlm/tile_wave.hpp).
class tile_observer {
  public:
    virtual ~tile_observer() = default;
    virtual void acted() = 0;
};

class tile final : public sc_core::sc_module,
                   public tlm::tlm_fw_transport_if<>,
                   public tlm::tlm_bw_transport_if<>,
                   public consumer,
                   public actor {
  public:
    tlm::tlm_initiator_socket<> to_noc{"to_noc"};
    tlm::tlm_target_socket<> from_noc{"from_noc"};
    tlm::tlm_initiator_socket<> to_memory{"to_memory"}; // transactions of others than tiles
    npim::edram memory;

    tile(const sc_core::sc_module_name &name, const tile_config &config, const npim_program_tile &program,
         uint32_t number, uint32_t images, sequencer &agenda, uint64_t &next_packet);
    ~tile() override;

    // All consumers by tile number; must be set before the simulation starts.
    void connect(const std::vector<consumer *> *consumers, consumer *host) {
        consumers_ = consumers;
        host_ = host;
    }
    // Replays the operations of this tile stage by stage on real modules as well; borrowed.
    void attach(operation_runner *stages) { stages_ = stages; }
    // Counts over time what happens here; borrowed.
    void attach_meter(npim_meter *meter) { meter_ = meter; }

    void observe(tile_observer *observer) { observer_ = observer; } // borrowed; nullptr: nobody

    const npim_program_tile &program() const { return program_; }
    const slot_counts &counts(uint32_t slot) const { return slots_[slot].counts; }
    // Start of a crossbar slot's last operation, and of its last one on the image after which throughput is
    // measured (number images / 2).
    uint64_t last_start_ps(uint32_t slot) const { return slots_[slot].start_ps; }
    uint64_t warm_start_ps(uint32_t slot) const { return slots_[slot].warm_start_ps; }
    const npim_bus &bus() const { return bus_; }
    const npim_calendar &pool(uint32_t stage) const { return pools_[stage]; }
    const npim_calendar &unit_calendar(npim_slot_kind kind) const;

    // Empty when all windows are done and nothing is on its way; else who waits for what.
    std::string outstanding() const;

    npim_columns needs(uint32_t b, const window &at) const override;
    bool accepts(uint32_t b, const window &at) const override;
    void wait_for(uint32_t b, uint32_t instance, uint32_t port) override;
    void receive(const delivery &what, uint64_t arrival_ps) override;
    bool promise_psum(uint32_t slot, uint32_t instance, uint32_t port) override;
    void act(uint32_t kind, uint32_t port, uint32_t data) override;

  private:
    friend class tile_wave; // shows everything

    struct waiter {
        uint32_t instance, port;
    };

    struct input_buffer {
        npim_window_buffer window{};
        std::vector<uint32_t> slots;   // that read it
        std::vector<waiter> waiters;   // producers without a place
        uint64_t address = 0, end = 0; // first pixel number after all images
        uint64_t arrived = 0;          // for the observer: one more than the largest pixel number here
        uint32_t pad_top = 0;
    };

    // The windows that wait at one instant: n from the first on. Windows pass every instant in their order.
    struct line {
        window first;
        uint32_t n = 0;
    };

    // A destination that needs some columns of a row of outputs.
    struct branch {
        const npim_program_destination *to;
        consumer *receiver;
        npim_columns needed;
    };

    // All of them: asked once for every row, for consumers are many and far away in memory.
    struct row_branches {
        uint64_t image = UINT64_MAX;
        uint32_t y = 0;
        std::vector<branch> list;
    };

    // A window's output on its way from the PE to the consumers.
    struct slot_state {
        const npim_program_slot *program = nullptr;
        window next;                   // to issue
        bool finished = false;         // nothing more to issue
        bool reading = false;          // the input register is being filled
        bool issue_due = false;        // ISSUE has its time
        size_t times = 0;              // of its operations, in times_
        uint64_t start_ps = 0;         // of the last operation
        uint64_t warm_start_ps = 0;    // the same, up to image images / 2
        uint32_t rows_booked = 0;      // of the next window, over all inputs
        uint64_t ready_ps = 0;         // when those are there
        uint64_t free_ps = 0;          // when the arrays can start the next one
        uint64_t converted_ps[2] = {}; // of the last two operations: double-buffered accumulators
        uint32_t window_px = 0;        // pixels of the window being read
        uint64_t issue_ps = 0;         // of the window being read
        npim_stall waits_for = NPIM_STALL_INPUT;
        uint32_t in_flight = 0;     // windows issued whose outputs have not left
        uint32_t max_in_flight = 2; // two output windows and what the pipeline of the PE holds
        line computing, computed, writing, written;
        row_branches rows[2];       // one is being sent, the one before may still be in the queue
        uint64_t written_ps = 0;    // of the last one
        bool waits_to_send = false; // a consumer will ask for SEND
        uint64_t psums_promised = 0, psums_in = 0, psums_used = 0; // windows
        bool psum_sender_waits = false;
        waiter psum_sender{};
        bool waits_for_psum_place = false;
        slot_counts counts;
    };

    // Something in the queue of the network interface.
    struct message {
        uint32_t slot;
        window at;
        bool psum;
        uint64_t ready_ps;   // not before
        uint32_t group = 0;  // of destinations, being sent
        uint32_t sent_B = 0; // of that group's bytes
        bool read = false;   // out of the eDRAM
    };

    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) override;
    unsigned transport_dbg(tlm::tlm_generic_payload &payload) override;
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    void handle(uint32_t kind, uint32_t port, uint32_t data);
    void build_slot(uint32_t s);
    size_t times_of(uint32_t s);
    void build_buffer(uint32_t b);
    void put(uint64_t time_ps, uint32_t port, task what, uint32_t data = 0) {
        agenda_.put(time_ps, instance_, port, what, data);
    }
    uint64_t use_unit(npim_calendar &calendar, const digital_unit &unit, double words, uint64_t at_ps) const;
    // For the meter: an access of the eDRAM and a transfer over the bus, by when they were over.
    void note_access(uint64_t bytes, uint64_t done_ps) const;
    void note_transfer(uint64_t bytes, uint64_t done_ps) const;
    npim_calendar &lanes() {
        return config_.adder_stage < NPIM_MAX_STAGES ? pools_[config_.adder_stage] : adder_;
    }

    // tile.cpp: from the arriving pixel to the running operation
    static void show_arrived(input_buffer &buffer, uint32_t pixels);
    void expect(uint32_t s);
    void issue(uint32_t s);
    npim_stall output_stall(const slot_state &slot) const;
    uint64_t input_ready_ps(slot_state &slot) const;
    uint64_t read_bytes(slot_state &slot, const input_buffer &from, uint64_t bytes, uint64_t at_ps);
    uint64_t read_window(slot_state &slot, uint64_t at_ps);
    void read_done(uint32_t s);
    static void advance(const npim_program_slot &p, window &at);
    static window take(const slot_state &slot, line &from);
    void release_inputs(const slot_state &slot);
    uint64_t oldest_needed(const slot_state &slot, const input_buffer &buffer) const;
    static uint64_t oldest_read(const slot_state &slot, const input_buffer &buffer, uint32_t y, uint32_t x);
    void run_crossbars(uint32_t s, uint64_t image);
    void run_unit(uint32_t s);
    void account_stall(slot_state &slot, uint64_t start_ps) const;

    // tile_output.cpp: from the result to the consumers
    void done(uint32_t s);
    void results(uint32_t s);
    bool psum_ready(uint32_t s);
    void finish(uint32_t s, const window &at);
    uint64_t combine(slot_state &slot, uint64_t at_ps);
    uint64_t activate(slot_state &slot, uint32_t words, uint64_t at_ps);
    uint64_t add_up(slot_state &slot, uint32_t words, uint64_t at_ps);
    void written(uint32_t s);
    void note_done(slot_state &slot, const window &at, uint64_t at_ps) const;
    void send(uint32_t s);
    bool blocked(uint32_t s, const window &at);
    void deliver_here(slot_state &slot, const window &at);
    uint64_t output_address(uint32_t s) const;
    const std::vector<branch> &branches(slot_state &slot, const window &at) const;
    void enqueue(const message &what);
    void inject();
    uint64_t inject_outputs(message &what, uint64_t at_ps);
    uint64_t inject_psum(message &what, uint64_t at_ps);
    bool find_group(message &what);
    uint64_t transmit(slot_state &slot, uint32_t to_tile, const delivery &what, uint64_t packet,
                      uint64_t at_ps);
    void left(const message &what);

    const tile_config config_;
    const npim_program_tile &program_;
    const uint32_t number_, images_;
    sequencer &agenda_;
    const uint32_t instance_;
    uint64_t &next_packet_;
    const std::vector<consumer *> *consumers_ = nullptr;
    consumer *host_ = nullptr;
    operation_runner *stages_ = nullptr;
    tile_observer *observer_ = nullptr;
    npim_meter *meter_ = nullptr;

    npim_bus bus_{};
    npim_calendar pools_[NPIM_MAX_STAGES] = {};
    npim_calendar activation_{}, pooling_{}, adder_{};
    std::vector<slot_state> slots_;
    std::vector<npim_pe_times> times_; // of the shapes of the crossbar slots: most tiles have one
    std::vector<input_buffer> buffers_;
    std::deque<message> queue_;
    bool injecting_ = false;
    bool leaving_ = false; // the message at the head is gone when its last packet is
    payload_pool payloads_{1};
};

} // namespace npim
#endif

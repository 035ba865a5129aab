// Random initiators with a scoreboard, and small helpers that several tests share.
#ifndef NPIM_TESTS_TLM_TRAFFIC_HPP
#define NPIM_TESTS_TLM_TRAFFIC_HPP

#include "hw/units.h"
#include "tlm/payload.hpp"
#include "tlm/protocol_checker.hpp"
#include "tlm/timetable.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <random>

namespace traffic {

inline constexpr uint64_t clk = NPIM_CLOCK_PS;

inline uint64_t seed() {
    const char *text = std::getenv("NPIM_TEST_SEED");
    const uint64_t value = text ? std::strtoull(text, nullptr, 0) : 20240607;
    std::printf("seed %llu (NPIM_TEST_SEED)\n", static_cast<unsigned long long>(value));
    return value;
}

// A simulation of its own inside a test: what is built after it must be gone before it.
struct fresh_context {
    fresh_context() : outer(sc_core::sc_curr_simcontext) {
        sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
    }
    ~fresh_context() {
        delete sc_core::sc_curr_simcontext;
        sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = outer;
    }
    fresh_context(const fresh_context &) = delete;
    fresh_context &operator=(const fresh_context &) = delete;
    sc_core::sc_simcontext *outer;
};

// A piece of memory that is this initiator's alone.
struct region {
    npim::address base;
    uint32_t size_B;
};

struct options {
    uint32_t n_transactions;
    uint32_t n_parallel = 4;    // at most so many under way; each has its own part of every region
    uint32_t max_B = 128;       // <= 256
    uint32_t max_pause = 30;    // clocks between requests
    uint32_t invalid_of_16 = 1; // how many of 16 are to be refused
    uint32_t packets_of_16 = 0; // how many of 16 carry packet_extension
    uint32_t memory_B = 65536;  // size of the eDRAMs behind
};

// Reads and writes at random, answers responses in every legal way, and compares what it reads with what it
// wrote.
class initiator : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
  public:
    tlm::tlm_initiator_socket<> out{"out"};
    SC_HAS_PROCESS(initiator);
    initiator(const sc_core::sc_module_name &name, const options &o, std::vector<region> regions,
              uint64_t seed)
        : sc_module(name), o_(o), regions_(std::move(regions)), random_(seed), slots_(o.n_parallel) {
        out.bind(*this);
        for (slot &s : slots_)
            for (const region &r : regions_) s.memory.emplace_back(r.size_B / o.n_parallel, 0);
        SC_METHOD(run);
        sensitive << timetable_.event();
        dont_initialize();
    }
    void start_of_simulation() override { timetable_.put(0, ISSUE, 0, 0); }

    bool finished() const { return n_finished == o_.n_transactions && pool_.full(); }
    uint32_t n_finished = 0, n_refused = 0, n_wrong_data = 0, n_wrong_status = 0;

  private:
    enum kind : uint32_t { END_RESP, ISSUE };
    struct slot {
        tlm::tlm_generic_payload *payload = nullptr;
        std::vector<std::vector<unsigned char>> memory; // what its part of each region must hold
        unsigned char data[512] = {};
        uint32_t region = 0, at = 0;
        tlm::tlm_response_status expected{};
    };

    uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }

    void run() {
        npim::timetable::entry next{};
        while (timetable_.take(next)) {
            if (next.kind == END_RESP) end_response(slots_[next.data]);
            if (next.kind == ISSUE) issue_scheduled_ = false, issue();
        }
    }

    void schedule(uint64_t pause) {
        if (issue_scheduled_) return;
        issue_scheduled_ = true;
        timetable_.put(npim::now_ps() + pause * clk, ISSUE, 0, 0);
    }

    // Makes one refusal out of a good request.
    void spoil(slot &s, tlm::tlm_generic_payload &p, uint64_t tile_base) {
        static unsigned char enable = 0xff;
        switch (below(6)) {
        case 0:
            p.set_address(tile_base + o_.memory_B + below(1000));
            s.expected = tlm::TLM_ADDRESS_ERROR_RESPONSE;
            return;
        case 1:
            p.set_address(tile_base + o_.memory_B - 1);
            p.set_data_length(2);
            p.set_streaming_width(2);
            s.expected = tlm::TLM_ADDRESS_ERROR_RESPONSE;
            return;
        case 2:
            p.set_data_length(0);
            s.expected = tlm::TLM_BURST_ERROR_RESPONSE;
            return;
        case 3:
            p.set_data_length(8);
            p.set_streaming_width(4);
            s.expected = tlm::TLM_BURST_ERROR_RESPONSE;
            return;
        case 4:
            p.set_byte_enable_ptr(&enable);
            p.set_byte_enable_length(1);
            s.expected = tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
            return;
        default:
            p.set_command(tlm::TLM_IGNORE_COMMAND);
            s.expected = tlm::TLM_COMMAND_ERROR_RESPONSE;
        }
    }

    void prepare(slot &s) {
        const uint32_t index = static_cast<uint32_t>(&s - slots_.data());
        const bool packet = below(16) < o_.packets_of_16;
        s.region = below(static_cast<uint32_t>(regions_.size()));
        const region &r = regions_[s.region];
        const uint32_t part_B = r.size_B / o_.n_parallel;
        const uint32_t bytes = 1 + below(std::min(packet ? 64 : o_.max_B, part_B));
        s.at = below(part_B - bytes + 1);
        tlm::tlm_generic_payload &p =
            packet ? pool_.take_packet(random_() >> 1 | 1, bytes, 1 + (bytes + 3) / 4, nullptr)
                   : pool_.take();
        s.payload = &p;
        p.set_address(npim::compose({r.base.chip, r.base.tile, r.base.offset + index * part_B + s.at}));
        p.set_data_ptr(s.data);
        p.set_data_length(bytes);
        p.set_streaming_width(bytes);
        p.set_command(below(2) ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
        for (uint32_t i = 0; i < bytes; i++) s.data[i] = static_cast<unsigned char>(random_());
        s.expected = tlm::TLM_OK_RESPONSE;
        if (!packet && below(16) < o_.invalid_of_16)
            spoil(s, p, npim::compose({r.base.chip, r.base.tile, 0}));
    }

    void issue() {
        if (n_issued_ == o_.n_transactions || requesting_) return;
        slot *s = nullptr;
        for (slot &one : slots_)
            if (!one.payload) s = &one;
        if (!s) return;
        n_issued_++;
        prepare(*s);
        requesting_ = s;
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay = npim::from_ps(below(3) * clk);
        const tlm::tlm_sync_enum answer = out->nb_transport_fw(*s->payload, phase, delay);
        if (answer == tlm::TLM_COMPLETED)
            finish(*s);
        else if (answer == tlm::TLM_UPDATED)
            from_target(*s, phase);
        if (!requesting_) schedule(below(o_.max_pause));
    }

    void from_target(slot &s, const tlm::tlm_phase &phase) {
        if ((phase == tlm::END_REQ || phase == tlm::BEGIN_RESP) && requesting_ == &s) requesting_ = nullptr;
        schedule(below(o_.max_pause));
    }

    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &p, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override {
        slot *s = nullptr;
        for (slot &one : slots_)
            if (one.payload == &p) s = &one;
        if (!s) {
            ADD_FAILURE() << "an answer to nothing";
            return tlm::TLM_ACCEPTED;
        }
        from_target(*s, phase);
        if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
        const uint32_t how = below(3);
        const uint64_t later = below(2) ? 0 : below(40) * clk;
        if (how == 0) {
            timetable_.put(npim::now_ps() + later, END_RESP, 0, static_cast<uint32_t>(s - slots_.data()));
            return tlm::TLM_ACCEPTED;
        }
        delay += npim::from_ps(later);
        phase = tlm::END_RESP;
        finish(*s);
        return how == 1 ? tlm::TLM_UPDATED : tlm::TLM_COMPLETED;
    }

    void end_response(slot &s) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay = npim::from_ps(below(2) * clk);
        tlm::tlm_generic_payload &p = *s.payload;
        p.acquire();
        finish(s);
        out->nb_transport_fw(p, phase, delay);
        p.release();
    }

    void finish(slot &s) {
        tlm::tlm_generic_payload &p = *s.payload;
        if (requesting_ == &s) requesting_ = nullptr;
        unsigned char *memory = s.memory[s.region].data() + s.at;
        if (p.get_response_status() != s.expected) n_wrong_status++;
        if (s.expected != tlm::TLM_OK_RESPONSE)
            n_refused++;
        else if (p.is_write())
            std::copy_n(s.data, p.get_data_length(), memory);
        else if (!std::equal(memory, memory + p.get_data_length(), s.data))
            n_wrong_data++;
        n_finished++;
        s.payload = nullptr;
        p.release();
        schedule(below(o_.max_pause));
    }

    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    const options o_;
    const std::vector<region> regions_;
    std::mt19937_64 random_;
    std::vector<slot> slots_;
    slot *requesting_ = nullptr;
    uint32_t n_issued_ = 0;
    bool issue_scheduled_ = true;
    npim::payload_pool pool_{8};
    npim::timetable timetable_;
};

// Takes whatever comes and notes when; answers after a fixed time, or at once to packets.
class sink : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
  public:
    tlm::tlm_target_socket<> in{"in"};
    struct arrival {
        uint64_t time_ps, packet, address;
    };
    std::vector<arrival> arrivals;

    explicit sink(const sc_core::sc_module_name &name) : sc_module(name) { in.bind(*this); }

  private:
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &p, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override {
        if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;
        const auto *packet = p.get_extension<npim::packet_extension>();
        arrivals.push_back(
            {npim::now_ps() + npim::to_ps(delay), packet ? packet->packet : 0, p.get_address()});
        p.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    void b_transport(tlm::tlm_generic_payload &p, sc_core::sc_time &delay) override {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        nb_transport_fw(p, phase, delay);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload &) override { return 7; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }
};

// Hands over what the test tells it, and notes END_REQ and BEGIN_RESP.
class source : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
  public:
    tlm::tlm_initiator_socket<> out{"out"};
    npim::payload_pool pool{8};
    std::vector<uint64_t> end_req_ps, begin_resp_ps;

    explicit source(const sc_core::sc_module_name &name) : sc_module(name) { out.bind(*this); }

    tlm::tlm_sync_enum begin(tlm::tlm_generic_payload &p, sc_core::sc_time &delay) {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        return out->nb_transport_fw(p, phase, delay);
    }
    tlm::tlm_generic_payload &make(tlm::tlm_generic_payload &p, uint64_t address, uint32_t bytes, bool write,
                                   unsigned char *data) {
        p.set_address(address);
        p.set_data_ptr(data);
        p.set_data_length(bytes);
        p.set_streaming_width(bytes);
        p.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
        return p;
    }

  private:
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &p, tlm::tlm_phase &phase,
                                       sc_core::sc_time &) override {
        if (phase == tlm::END_REQ) end_req_ps.push_back(npim::now_ps());
        if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
        begin_resp_ps.push_back(npim::now_ps());
        p.release();
        return tlm::TLM_COMPLETED;
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};

// Everything due up to and at time_ps is done.
inline void run_to(uint64_t time_ps) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
    sc_core::sc_start(npim::until_ps(time_ps));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

inline void expect_clean(npim::protocol_checker &checker) {
    checker.finish();
    EXPECT_EQ(checker.n_violations(), 0u) << checker.first_message();
}

inline void expect_done(const initiator &one) {
    EXPECT_TRUE(one.finished()) << one.name() << ": " << one.n_finished << " finished";
    EXPECT_EQ(one.n_wrong_data, 0u) << one.name();
    EXPECT_EQ(one.n_wrong_status, 0u) << one.name();
}

} // namespace traffic
#endif

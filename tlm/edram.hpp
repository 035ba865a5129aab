// eDRAM buffer of a tile as a TLM-2.0 target with real storage: base protocol in four phases, b_transport,
// transport_dbg. Only the offset of an address counts (payload.hpp).
//
// Each bank has a queue of `depth` requests, which hold their place until the bank has served them; a request
// that finds it full gets its END_REQ when a place is free. The response comes when the last byte is there
// (npim_edram_access); an access belongs wholly to the bank of its first byte. Responses: TLM_COMMAND_ERROR
// for anything but read and write, TLM_BYTE_ENABLE_ERROR for byte enables, TLM_BURST_ERROR for a length of
// zero or beyond the size and for streaming, TLM_ADDRESS_ERROR for a range that ends beyond the size,
// TLM_GENERIC_ERROR without a data pointer. A payload with packet_extension is served at once, in annotated
// time, past the queues.
#ifndef NPIM_TLM_EDRAM_HPP
#define NPIM_TLM_EDRAM_HPP

#include "hw/edram.h"
#include "tlm/payload.hpp"
#include "tlm/signals.hpp"
#include "tlm/slots.hpp"
#include "tlm/timetable.hpp"

#include <array>
#include <cstdlib>

namespace npim {

class edram final : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
  public:
    npim_edram core{};
    tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND> in{"in"};

    SC_HAS_PROCESS(edram);
    // depth >= 1. A bad configuration is reported as an error. The storage starts as zeros.
    edram(const sc_core::sc_module_name &name, const npim_edram_config &config, uint32_t depth = 4);
    ~edram() override;

    double energy_pJ() const {
        return static_cast<double>(core.n_read_B + core.n_written_B) * core.config.energy_pJ_per_B;
    }
    std::vector<signal> signals() const;

    // Transactions under way in four phases; 0 at the end of a complete run.
    uint32_t n_under_way() const { return requests_.n_used(); }

  private:
    enum kind : uint32_t { PLACE_FREE, RESPONSE_TAKEN, RESPOND, ARRIVE };

    struct release_memory {
        void operator()(unsigned char *memory) const { std::free(memory); }
    };

    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) override;
    unsigned transport_dbg(tlm::tlm_generic_payload &payload) override;
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }

    tlm::tlm_response_status examine(const tlm::tlm_generic_payload &payload) const;
    uint64_t access(const tlm::tlm_generic_payload &payload, uint64_t at_ps);
    void move(tlm::tlm_generic_payload &payload, uint32_t bytes);
    void run();
    void serve_waiting();
    void respond();

    const uint32_t depth_;
    std::unique_ptr<unsigned char, release_memory> memory_;
    std::array<uint32_t, NPIM_EDRAM_MAX_BANKS> n_queued_{};
    slots<tlm::tlm_generic_payload *> requests_;
    slots<tlm::tlm_generic_payload *>::line waiting_, done_;
    uint32_t responding_ = no_slot;
    timetable timetable_;
};

} // namespace npim
#endif

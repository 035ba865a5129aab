// The host in a replay: sends the pixels of the images and receives the results.
//
// Where a network has several inputs, each goes at its own pace in an order of its own: one that finds no
// place waits alone.
//
// The first image goes alone, so that its latency is that of one image in the system; the others follow as
// fast as the consumers of the first layer have places.
#ifndef NPIM_TLM_HOST_HPP
#define NPIM_TLM_HOST_HPP

#include "tlm/delivery.hpp"
#include "tlm/sequencer.hpp"

#include <vector>

namespace npim {

class host final : public sc_core::sc_module,
                   public tlm::tlm_fw_transport_if<>,
                   public tlm::tlm_bw_transport_if<>,
                   public consumer,
                   public actor {
  public:
    tlm::tlm_initiator_socket<> to_chip{"to_chip"};
    tlm::tlm_target_socket<> from_chip{"from_chip"};

    // packet_B: largest payload of a packet; flit_B: of a flit. program is borrowed.
    host(const sc_core::sc_module_name &name, const npim_program &program, uint32_t packet_B, uint32_t flit_B,
         sequencer &agenda, uint64_t &next_packet);

    void connect(const std::vector<consumer *> *consumers) { consumers_ = consumers; }

    uint64_t n_complete() const { return n_complete_; } // images
    uint64_t completed_ps(uint64_t image) const { return completed_ps_[image]; }
    uint64_t started_ps(uint64_t image) const { return started_ps_[image]; } // its first packet
    // Of the network's input number i, or of all of them.
    struct totals {
        uint64_t sent_B = 0, flit_hops = 0;
        uint64_t link_B = 0;  // over chip links, its own included
        uint64_t edram_B = 0; // written at the receivers
    };
    const totals &sent(uint32_t i) const { return streams_[i].sent; }
    uint64_t sent_B() const;
    uint64_t received_B() const { return received_B_; }

    // Share of the images' pixels that were sent or done, 0..1.
    double share_sent(uint32_t images) const;

    // Empty when every image is back.
    std::string outstanding() const;

    npim_columns needs(uint32_t, const window &) const override { return {0, UINT32_MAX}; }
    bool accepts(uint32_t, const window &) const override { return true; }
    void wait_for(uint32_t, uint32_t, uint32_t) override {}
    void receive(const delivery &what, uint64_t arrival_ps) override;
    bool promise_psum(uint32_t, uint32_t, uint32_t) override { return false; }
    void act(uint32_t kind, uint32_t port, uint32_t data) override;

  private:
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &, tlm::tlm_phase &,
                                       sc_core::sc_time &) override {
        return tlm::TLM_ACCEPTED;
    }
    void b_transport(tlm::tlm_generic_payload &payload, sc_core::sc_time &delay) override;
    unsigned transport_dbg(tlm::tlm_generic_payload &) override { return 0; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    // A destination that needs some columns of a row.
    struct branch {
        const npim_program_destination *to;
        consumer *receiver;
        npim_columns needed;
    };

    // One input of the network on its way to the chips.
    struct stream {
        const npim_program_slot *program;
        window next;
        std::vector<branch> row; // those of the row of the next pixel, in the order of the program
        bool waits = false;      // somebody will ask for SEND
        totals sent;
    };

    bool may_send(const stream &from) const;
    void send(uint32_t i);
    uint32_t ready_pixels(uint32_t i, bool &wanted);
    void find_branches(stream &from) const;
    uint64_t transmit(stream &from, uint32_t n);
    uint64_t transmit_packet(stream &from, const npim_program_destination &to, const delivery &what,
                             uint64_t packet);
    static void advance(stream &from, uint32_t n);

    const npim_program &program_;
    const uint32_t packet_B_, flit_B_;
    sequencer &agenda_;
    const uint32_t instance_;
    uint64_t &next_packet_;
    const std::vector<consumer *> *consumers_ = nullptr;
    std::vector<stream> streams_;
    uint64_t n_complete_ = 0, received_B_ = 0;
    std::vector<uint64_t> arrived_B_, completed_ps_, started_ps_;
    payload_pool payloads_{1};
};

} // namespace npim
#endif

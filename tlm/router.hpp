// Router of the concentrated mesh: one npim_router, the links it feeds, and the injection links of its tiles.
//
// Ports are npim_port: in[NPIM_PORT_LOCAL + k] and out[NPIM_PORT_LOCAL + k] belong to local tile k.
//
// Time. A head that is at an input at t is at the next router's input router.latency_ps later at the
// earliest; the last flit time of it is the crossing of the output link, whose calendar decides. A tile's
// packet crosses its injection link first. Routers hand on heads; whatever leaves the mesh (to a tile, to a
// chip link) gets a packet when its tail is there.
//
// Packets (payloads with packet_extension): nb_transport_fw(BEGIN_REQ, delay) books the whole way at once and
// calls the receiver with the delay at which the tail has arrived; the receiver must answer TLM_COMPLETED.
// The call returns TLM_COMPLETED and in `delay` when the packet's tail has left this router, later by what it
// waits further on: the sender's next packet should not be handed over earlier, which makes competing
// senders alternate wherever their ways meet. The branches of a multicast are calls of the same packet number
// one right after the other; what they share is booked once.
// The sender orders packets that are handed over at the same time. Packets do not queue behind requests in
// four phases that wait for an END_REQ: a receiver of both must take a packet at any moment.
#ifndef NPIM_TLM_ROUTER_HPP
#define NPIM_TLM_ROUTER_HPP

#include "hw/link.h"
#include "hw/router.h"
#include "tlm/mesh.hpp"
#include "tlm/meter.h"
#include "tlm/relay.hpp"
#include "tlm/signals.hpp"

#include <array>
#include <vector>

namespace npim {

class router final : public relay {
  public:
    npim_router core{};

    // Bad configurations are reported as errors. The router sits at (x, y) of that chip's mesh.
    // ideal: its links have no limit, packets never wait for each other.
    router(const sc_core::sc_module_name &name, const npim_router_config &config,
           const npim_link_config &link, const mesh &place, uint32_t x, uint32_t y, bool ideal = false);
    ~router() override;

    void attach_meter(npim_meter *meter) { meter_ = meter; } // counts flits over time; borrowed

    const npim_link &link(uint32_t port) const { return links_[port]; } // that this router feeds
    npim_link &link(uint32_t port) { return links_[port]; }
    const npim_link &injection(uint32_t local) const { return injection_[local]; }
    npim_link &injection(uint32_t local) { return injection_[local]; }

    double energy_pJ() const { return static_cast<double>(core.n_flits) * core.config.energy_pJ; }
    std::vector<signal> signals() const;

  private:
    uint32_t route(uint32_t port, uint64_t address) const override;
    uint64_t enter(uint32_t port, uint32_t bytes, uint64_t at_ps) override;
    passage leave(uint32_t from, uint32_t to, uint32_t bytes, uint64_t at_ps) override;
    tlm::tlm_sync_enum carry(uint32_t port, tlm::tlm_generic_payload &payload, packet_extension &packet,
                             sc_core::sc_time &delay) override;
    void end_of_elaboration() override;

    // On the way of a packet: the router it is at, when its head is there, when its tail has left the router
    // at which it came in, and how long it has waited on this chip for links behind its sender's first.
    struct stop {
        router *at;
        uint64_t head_ps, free_ps, waited_ps;
    };

    uint32_t output_to(const destination &to) const;
    uint64_t reserve(npim_link &way, uint64_t earliest_ps, uint32_t n_flits, uint64_t packet, bool &shared);
    size_t shared_stops(const destination &to) const;
    void start_way(uint32_t port, uint64_t at_ps, const packet_extension &packet);
    uint64_t inject(uint32_t local, uint64_t at_ps, uint32_t n_flits, uint64_t packet);
    uint64_t cross(uint32_t port, uint64_t earliest_ps, uint32_t n_flits, uint64_t packet,
                   uint64_t *flit_hops = nullptr);
    uint32_t flits(uint32_t bytes) const;
    bool hands_on_heads(uint32_t port) const { return port < NPIM_PORT_LOCAL && heads_[port]; }
    router *next(uint32_t port) const { return port < NPIM_PORT_LOCAL ? next_[port] : nullptr; }

    // What every packet on its way touches comes first, next to core.
    std::vector<npim_link> links_;                 // by output port
    std::array<router *, NPIM_PORT_LOCAL> next_{}; // where the output leads straight to a router
    std::array<bool, NPIM_PORT_LOCAL> heads_{};
    std::vector<npim_link> injection_;                // by local tile
    std::vector<tlm::tlm_fw_transport_if<> *> ahead_; // whoever is bound there, or nullptr
    const mesh mesh_;
    const bool ideal_;
    // The way of the last branch of a packet that came in here; the next branch leaves it somewhere.
    std::vector<stop> way_;
    destination way_to_{};
    uint64_t way_packet_ = 0;
    uint32_t way_port_ = 0;
    uint64_t n_messages_ = 0; // in four phases
    npim_meter *meter_ = nullptr;
};

} // namespace npim
#endif

// Port to the host, or to the next chip, over one npim_chip_link: bytes cross it whole (store and forward),
// at its rate and after its latency, with one calendar per direction.
//
// in[OUTER] and out[OUTER] belong to the host (or to the chip further away), in[INNER] and out[INNER] to the
// gateway router of the chip: from in[OUTER] to out[INNER] is direction 0, into the chip.
//
// Packets: like the router's, one call; `delay` returns when the link can take the next one. A multicast's
// branches cross once. Messages in four phases: a header without data counts header_B.
#ifndef NPIM_TLM_HOST_PORT_HPP
#define NPIM_TLM_HOST_PORT_HPP

#include "hw/chip_link.h"
#include "tlm/relay.hpp"
#include "tlm/signals.hpp"

namespace npim {

class host_port final : public relay {
  public:
    enum end : uint32_t { OUTER, INNER };
    static constexpr uint32_t header_B = 4;

    npim_chip_link core{};

    // ideal: no latency and no limit, bytes are only
    // counted. A bad configuration is reported as an error.
    host_port(const sc_core::sc_module_name &name, const npim_chip_link_config &config, bool ideal = false);
    ~host_port() override;

    double energy_pJ() const { return static_cast<double>(core.n_B) * core.config.energy_pJ_per_B; }
    std::vector<signal> signals() const;

  private:
    struct crossing {
        uint64_t packet, done_ps, free_ps;
    };

    uint32_t route(uint32_t port, uint64_t address) const override;
    uint64_t enter(uint32_t port, uint32_t bytes, uint64_t at_ps) override;
    passage leave(uint32_t from, uint32_t to, uint32_t bytes, uint64_t at_ps) override;
    tlm::tlm_sync_enum carry(uint32_t port, tlm::tlm_generic_payload &payload, const packet_extension &packet,
                             sc_core::sc_time &delay) override;
    passage transfer(uint32_t to, uint64_t bytes, uint64_t at_ps);

    const bool ideal_;
    crossing last_[2] = {}; // packet, by direction
};

} // namespace npim
#endif

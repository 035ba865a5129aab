// Link between two chips, or the host and a chip, over one npim_chip_link: bytes cross it whole (store and
// forward), at its rate and after its latency, with one calendar per direction.
//
// in[NEAR] and out[NEAR] belong to the host or the gateway router of the chip with the lower number, in[FAR]
// and out[FAR] to the gateway router of the other one: from in[NEAR] to out[FAR] is direction 0.
//
// Packets: like the router's, one call; `delay` returns when the link can take the next one. A multicast's
// branches cross once. Messages in four phases: a header without data counts header_B.
#ifndef NPIM_TLM_CHIP_LINK_HPP
#define NPIM_TLM_CHIP_LINK_HPP

#include "hw/chip_link.h"
#include "tlm/meter.h"
#include "tlm/relay.hpp"
#include "tlm/signals.hpp"

namespace npim {

class chip_link final : public relay {
  public:
    enum end : uint32_t { NEAR, FAR };
    static constexpr uint32_t header_B = 4;

    npim_chip_link core{};

    // near_end and far_end name what it joins, for results. ideal: no latency and no limit, bytes are only
    // counted. A bad configuration is reported as an error.
    chip_link(const sc_core::sc_module_name &name, const npim_chip_link_config &config, bool ideal = false,
              std::string near_end = "near", std::string far_end = "far");
    ~chip_link() override;

    void attach_meter(npim_meter *meter) { meter_ = meter; } // counts bytes over time; borrowed

    const std::string &near_end() const { return near_end_; }
    const std::string &far_end() const { return far_end_; }
    double energy_pJ() const {
        return static_cast<double>(core.n_B[0] + core.n_B[1]) * core.config.energy_pJ_per_B;
    }
    std::vector<signal> signals() const;

  private:
    struct crossing {
        uint64_t packet, done_ps, free_ps, waited_ps;
    };

    uint32_t route(uint32_t port, uint64_t address) const override;
    uint64_t enter(uint32_t port, uint32_t bytes, uint64_t at_ps) override;
    passage leave(uint32_t from, uint32_t to, uint32_t bytes, uint64_t at_ps) override;
    tlm::tlm_sync_enum carry(uint32_t port, tlm::tlm_generic_payload &payload, packet_extension &packet,
                             sc_core::sc_time &delay) override;
    passage transfer(uint32_t to, uint64_t bytes, uint64_t at_ps);

    const bool ideal_;
    const std::string near_end_, far_end_;
    crossing last_[2] = {}; // packet, by direction
    npim_meter *meter_ = nullptr;
};

} // namespace npim
#endif

// One chip: tiles on a concentrated mesh of routers.
#ifndef NPIM_TLM_CHIP_HPP
#define NPIM_TLM_CHIP_HPP

#include "hw/chip_link.h"
#include "tlm/router.hpp"
#include "tlm/tile.hpp"

#include <memory>

namespace npim {

struct chip_config {
    tile_config tile;
    npim_router_config router{};
    npim_link_config link{};
    npim_chip_link_config chip_link{};
    uint32_t tiles_per_router = 4;
};

class chip final : public sc_core::sc_module {
  public:
    // Takes its tiles from the program, place.n_tiles from number place.chip x place.n_tiles on. program and
    // the plan within config are borrowed. Bad configurations are reported as errors.
    chip(const sc_core::sc_module_name &name, const chip_config &config, const npim_program &program,
         const mesh &place, sequencer &agenda, uint64_t &next_packet);
    ~chip() override;

    uint32_t n_tiles() const { return static_cast<uint32_t>(tiles_.size()); }
    npim::tile &tile(uint32_t i) { return *tiles_[i]; }
    const npim::tile &tile(uint32_t i) const { return *tiles_[i]; }
    uint32_t n_routers() const { return static_cast<uint32_t>(routers_.size()); }
    npim::router &router(uint32_t i) { return *routers_[i]; }
    const npim::router &router(uint32_t i) const { return *routers_[i]; }
    const mesh &place() const { return mesh_; }

    void attach_meter(npim_meter *meter); // of all tiles and routers; borrowed

    // The router whose port `side` leaves the chip.
    npim::router &gateway(npim_port side);

  private:
    void join_routers();
    void join_tiles();

    const mesh mesh_;
    std::vector<std::unique_ptr<npim::router>> routers_;
    std::vector<std::unique_ptr<npim::tile>> tiles_;
};

} // namespace npim
#endif

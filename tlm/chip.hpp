// A chip with its host: tiles on a concentrated mesh of routers, the host behind the west link.
#ifndef NPIM_TLM_CHIP_HPP
#define NPIM_TLM_CHIP_HPP

#include "tlm/host.hpp"
#include "tlm/host_port.hpp"
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
    // program and the plan within config are borrowed. Bad configurations are reported as errors.
    chip(const sc_core::sc_module_name &name, const chip_config &config, const npim_program &program,
         sequencer &agenda);

    npim::host &host() { return *host_; }
    const host_port &port() const { return *port_; }
    uint32_t n_tiles() const { return static_cast<uint32_t>(tiles_.size()); }
    npim::tile &tile(uint32_t i) { return *tiles_[i]; }
    const npim::tile &tile(uint32_t i) const { return *tiles_[i]; }
    uint32_t n_routers() const { return static_cast<uint32_t>(routers_.size()); }
    const npim::router &router(uint32_t i) const { return *routers_[i]; }
    const mesh &place() const { return mesh_; }

    // Empty when nothing is left to do or on its way; else who waits for what.
    std::string outstanding() const;

  private:
    void build_mesh(const chip_config &config);
    void join_routers();

    const mesh mesh_;
    uint64_t next_packet_ = 0;
    std::vector<std::unique_ptr<npim::router>> routers_;
    std::vector<std::unique_ptr<npim::tile>> tiles_;
    std::unique_ptr<host_port> port_;
    std::unique_ptr<npim::host> host_;
    std::vector<consumer *> consumers_;
};

} // namespace npim
#endif

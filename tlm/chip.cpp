#include "tlm/chip.hpp"

#include "hw/link.h"

#include <cstdio>

namespace npim {

static std::string numbered(const char *what, uint32_t number) {
    char name[32];
    std::snprintf(name, sizeof name, "%s_%03u", what, number);
    return name;
}

chip::chip(const sc_core::sc_module_name &name, const chip_config &config, const npim_program &program,
           sequencer &agenda)
    : sc_module(name), mesh_{0, 1, program.n_tiles, config.tiles_per_router} {
    tile_config of_tile = config.tile;
    of_tile.packet_B = config.link.packet_flits * config.link.flit_B;
    of_tile.flit_B = config.link.flit_B;
    of_tile.ideal_links = program.ideal_links;
    host_ =
        std::make_unique<npim::host>("host", program, of_tile.packet_B, of_tile.flit_B, agenda, next_packet_);
    for (uint32_t t = 0; t < program.n_tiles; t++) {
        tiles_.push_back(std::make_unique<npim::tile>(numbered("tile", t).c_str(), of_tile, program.tiles[t],
                                                      t, program.images, agenda, next_packet_));
        consumers_.push_back(tiles_.back().get());
    }
    for (auto &one : tiles_) one->connect(&consumers_, host_.get());
    host_->connect(&consumers_);
    port_ = std::make_unique<host_port>("host_port", config.chip_link, program.ideal_links);
    build_mesh(config);
}

// The mesh is complete: positions without tiles still route.
void chip::build_mesh(const chip_config &config) {
    for (uint32_t y = 0; y < mesh_.height(); y++)
        for (uint32_t x = 0; x < mesh_.width(); x++)
            routers_.push_back(std::make_unique<npim::router>(
                numbered("router", y * mesh_.width() + x).c_str(), config.router, config.link, mesh_, x, y));
    join_routers();
    for (uint32_t t = 0; t < n_tiles(); t++) {
        const destination at = mesh_.tile(t);
        npim::router &router = *routers_[at.y * mesh_.width() + at.x];
        tiles_[t]->to_noc.bind(router.in[at.port]);
        router.out[at.port].bind(tiles_[t]->from_noc);
    }
    const destination gate = mesh_.gateway(NPIM_PORT_WEST);
    npim::router &west = *routers_[gate.y * mesh_.width() + gate.x];
    host_->to_chip.bind(port_->in[host_port::OUTER]);
    port_->out[host_port::OUTER].bind(host_->from_chip);
    port_->out[host_port::INNER].bind(west.in[NPIM_PORT_WEST]);
    west.out[NPIM_PORT_WEST].bind(port_->in[host_port::INNER]);
}

void chip::join_routers() {
    for (uint32_t y = 0; y < mesh_.height(); y++) {
        for (uint32_t x = 0; x < mesh_.width(); x++) {
            npim::router &here = *routers_[y * mesh_.width() + x];
            if (x + 1 < mesh_.width()) {
                npim::router &east = *routers_[y * mesh_.width() + x + 1];
                here.out[NPIM_PORT_EAST].bind(east.in[NPIM_PORT_WEST]);
                east.out[NPIM_PORT_WEST].bind(here.in[NPIM_PORT_EAST]);
            }
            if (y + 1 < mesh_.height()) {
                npim::router &south = *routers_[(y + 1) * mesh_.width() + x];
                here.out[NPIM_PORT_SOUTH].bind(south.in[NPIM_PORT_NORTH]);
                south.out[NPIM_PORT_NORTH].bind(here.in[NPIM_PORT_SOUTH]);
            }
        }
    }
}

std::string chip::outstanding() const {
    for (const auto &one : tiles_) {
        const std::string left = one->outstanding();
        if (!left.empty()) return left;
    }
    return host_->outstanding();
}

} // namespace npim

#include "tlm/chip.hpp"

#include "tlm/teardown.hpp"

#include <cstdio>

namespace npim {

static std::string numbered(const char *what, uint32_t number) {
    char name[32];
    std::snprintf(name, sizeof name, "%s_%03u", what, number);
    return name;
}

// The mesh is complete: positions without tiles still route.
chip::chip(const sc_core::sc_module_name &name, const chip_config &config, const npim_program &program,
           const mesh &place, sequencer &agenda, uint64_t &next_packet)
    : sc_module(name), mesh_(place) {
    for (uint32_t i = 0; i < mesh_.n_tiles; i++) {
        const uint32_t number = mesh_.chip * mesh_.n_tiles + i;
        tiles_.push_back(std::make_unique<npim::tile>(numbered("tile", i).c_str(), config.tile,
                                                      program.tiles[number], number, program.images, agenda,
                                                      next_packet));
    }
    for (uint32_t y = 0; y < mesh_.height(); y++)
        for (uint32_t x = 0; x < mesh_.width(); x++)
            routers_.push_back(
                std::make_unique<npim::router>(numbered("router", y * mesh_.width() + x).c_str(),
                                               config.router, config.link, mesh_, x, y, program.ideal_links));
    join_routers();
    join_tiles();
}

chip::~chip() {
    destroy_backwards(routers_);
    destroy_backwards(tiles_);
}

void chip::attach_meter(npim_meter *meter) {
    for (auto &one : tiles_) one->attach_meter(meter);
    for (auto &one : routers_) one->attach_meter(meter);
}

npim::router &chip::gateway(npim_port side) {
    const destination gate = mesh_.gateway(side);
    return *routers_[gate.y * mesh_.width() + gate.x];
}

static void join(router &a, uint32_t port_of_a, router &b, uint32_t port_of_b) {
    a.out[port_of_a].bind(b.in[port_of_b]);
    b.out[port_of_b].bind(a.in[port_of_a]);
}

void chip::join_routers() {
    const uint32_t width = mesh_.width();
    for (uint32_t r = 0; r < n_routers(); r++) {
        if (r % width + 1 < width) join(*routers_[r], NPIM_PORT_EAST, *routers_[r + 1], NPIM_PORT_WEST);
        if (r + width < n_routers())
            join(*routers_[r], NPIM_PORT_SOUTH, *routers_[r + width], NPIM_PORT_NORTH);
    }
}

void chip::join_tiles() {
    for (uint32_t t = 0; t < n_tiles(); t++) {
        const destination at = mesh_.tile(t);
        npim::router &router = *routers_[at.y * mesh_.width() + at.x];
        tiles_[t]->to_noc.bind(router.in[at.port]);
        router.out[at.port].bind(tiles_[t]->from_noc);
    }
}

} // namespace npim

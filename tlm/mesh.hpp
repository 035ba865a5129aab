// Where things are on a chip and in the system of chips (plain numbers, no simulation).
//
// Tiles fill routers in row-major order; the mesh of r routers is ceil(sqrt(r)) wide and complete. Chips form
// a near-square mesh in the same way, linked side to side through the middle router of each side; the host is
// west of chip 0. Between chips a packet goes X first, then Y (Y first where the last row of chips has a
// hole).
#ifndef NPIM_TLM_MESH_HPP
#define NPIM_TLM_MESH_HPP

#include "hw/router.h"
#include "tlm/payload.hpp"

namespace npim {

// The smallest number whose square is not below n.
constexpr uint32_t square_side(uint32_t n) {
    uint32_t side = 0;
    while (side * side < n) side++;
    return side;
}

// The router and its output port at which a packet leaves the mesh of a chip.
struct destination {
    uint32_t x, y, port;
};

struct mesh {
    uint32_t chip = 0, n_chips = 1;
    uint32_t n_tiles = 1, tiles_per_router = 4;
    uint32_t columns = square_side(n_routers()); // follows from the others; kept, for every packet asks

    constexpr uint32_t n_routers() const { return (n_tiles + tiles_per_router - 1) / tiles_per_router; }
    constexpr uint32_t width() const { return columns; }
    constexpr uint32_t height() const { return (n_routers() + width() - 1) / width(); }

    // Router and local port of a tile.
    constexpr destination tile(uint32_t i) const {
        const uint32_t router = i / tiles_per_router;
        return {router % width(), router / width(), NPIM_PORT_LOCAL + i % tiles_per_router};
    }

    // The router whose port towards that side leaves the chip.
    constexpr destination gateway(npim_port side) const {
        switch (side) {
        case NPIM_PORT_WEST:
            return {0, height() / 2, side};
        case NPIM_PORT_EAST:
            return {width() - 1, height() / 2, side};
        case NPIM_PORT_NORTH:
            return {width() / 2, 0, side};
        default:
            return {width() / 2, height() - 1, side};
        }
    }

    // The side of this chip from which the way to another one starts.
    constexpr npim_port side_towards(uint32_t other) const {
        const uint32_t wide = square_side(n_chips);
        const uint32_t x = chip % wide, y = chip / wide, to_x = other % wide, to_y = other / wide;
        const bool hole = y * wide + to_x >= n_chips;
        if (x != to_x && !hole) return to_x < x ? NPIM_PORT_WEST : NPIM_PORT_EAST;
        return to_y < y ? NPIM_PORT_NORTH : NPIM_PORT_SOUTH;
    }

    // Where a packet for that address leaves this mesh; false when the system has no such tile or host.
    constexpr bool find(uint64_t value, destination &to) const {
        const address a = decompose(value);
        if (!is_address(value)) return false;
        if (a.chip == host_chip)
            to = gateway(chip == 0 ? NPIM_PORT_WEST : side_towards(0));
        else if (a.chip >= n_chips || a.tile >= n_tiles)
            return false;
        else
            to = a.chip == chip ? tile(a.tile) : gateway(side_towards(a.chip));
        return true;
    }
};

} // namespace npim
#endif

// The routers of one chip, bound to one another.
#ifndef NPIM_TESTS_TLM_ROUTER_GRID_HPP
#define NPIM_TESTS_TLM_ROUTER_GRID_HPP

#include "tlm/router.hpp"

#include "traffic.hpp"

#include <string>
#include <vector>

namespace router_grid {

inline constexpr npim_router_config isaac = {4, 8, 4.375, 42.0, 151000.0};
inline constexpr npim_link_config wire = {4, 16, 1, 0.0};

// With checkers in between if wanted.
struct grid {
    explicit grid(uint32_t n_tiles, bool checked = false) : place{0, 1, n_tiles, 4} {
        for (uint32_t y = 0; y < place.height(); y++)
            for (uint32_t x = 0; x < place.width(); x++)
                routers.push_back(std::make_unique<npim::router>(
                    ("router_" + std::to_string(x) + "_" + std::to_string(y)).c_str(), isaac, wire, place, x,
                    y));
        for (uint32_t y = 0; y < place.height(); y++)
            for (uint32_t x = 0; x < place.width(); x++) {
                if (x + 1 < place.width())
                    bind(at(x, y), NPIM_PORT_EAST, at(x + 1, y), NPIM_PORT_WEST, checked);
                if (y + 1 < place.height())
                    bind(at(x, y), NPIM_PORT_SOUTH, at(x, y + 1), NPIM_PORT_NORTH, checked);
            }
    }
    npim::router &at(uint32_t x, uint32_t y) { return *routers[y * place.width() + x]; }
    void join(npim::router &a, uint32_t from, npim::router &b, uint32_t to, bool checked) {
        if (!checked) {
            a.out[from].bind(b.in[to]);
            return;
        }
        checkers.push_back(
            std::make_unique<npim::protocol_checker>(sc_core::sc_gen_unique_name("between"), true));
        a.out[from].bind(checkers.back()->in);
        checkers.back()->out.bind(b.in[to]);
    }
    void bind(npim::router &a, uint32_t from, npim::router &b, uint32_t to, bool checked) {
        join(a, from, b, to, checked);
        join(b, to, a, from, checked);
    }
    npim::relay::target_socket &tile_in(uint32_t i) {
        const npim::destination d = place.tile(i);
        return at(d.x, d.y).in[d.port];
    }
    npim::relay::initiator_socket &tile_out(uint32_t i) {
        const npim::destination d = place.tile(i);
        return at(d.x, d.y).out[d.port];
    }
    npim::mesh place;
    std::vector<std::unique_ptr<npim::router>> routers;
    std::vector<std::unique_ptr<npim::protocol_checker>> checkers;
};

} // namespace router_grid

#endif

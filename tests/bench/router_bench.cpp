#include "fresh_context.hpp"
#include "tlm/payload.hpp"
#include "tlm/router.hpp"
#include "tlm/time.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

namespace {

constexpr npim_router_config router_config = {4, 8, 4.375, 42.0, 151000.0};
constexpr npim_link_config link_config = {4, 16, 1, 0.0};

// Sends packets and takes them at once: what is left is the routers' own time.
struct end : sc_core::sc_module, tlm::tlm_bw_transport_if<>, tlm::tlm_fw_transport_if<> {
    tlm::tlm_initiator_socket<> out{"out"};
    tlm::tlm_target_socket<> in{"in"};

    explicit end(const sc_core::sc_module_name &name) : sc_module(name) {
        out.bind(*this);
        in.bind(*this);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload &p, tlm::tlm_phase &,
                                       sc_core::sc_time &) override {
        p.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload &, tlm::tlm_phase &,
                                       sc_core::sc_time &) override {
        return tlm::TLM_ACCEPTED;
    }
    void b_transport(tlm::tlm_generic_payload &, sc_core::sc_time &) override {}
    unsigned transport_dbg(tlm::tlm_generic_payload &) override { return 0; }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload &, tlm::tlm_dmi &) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};

// A square mesh; the first and the last tile have ends.
struct grid {
    explicit grid(uint32_t side) : place{0, 1, 4 * side * side, 4} {
        for (uint32_t i = 0; i < side * side; i++)
            routers.push_back(std::make_unique<npim::router>(("router_" + std::to_string(i)).c_str(),
                                                             router_config, link_config, place, i % side,
                                                             i / side));
        for (uint32_t i = 0; i < side * side; i++) {
            if (i % side + 1 < side) bind(i, NPIM_PORT_EAST, i + 1, NPIM_PORT_WEST);
            if (i / side + 1 < side) bind(i, NPIM_PORT_SOUTH, i + side, NPIM_PORT_NORTH);
        }
        first.out.bind(routers.front()->in[NPIM_PORT_LOCAL]);
        routers.front()->out[NPIM_PORT_LOCAL].bind(first.in);
        last.out.bind(routers.back()->in[NPIM_PORT_LOCAL + 3]);
        routers.back()->out[NPIM_PORT_LOCAL + 3].bind(last.in);
        sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
    void bind(uint32_t a, uint32_t from, uint32_t b, uint32_t to) {
        routers[a]->out[from].bind(routers[b]->in[to]);
        routers[b]->out[to].bind(routers[a]->in[from]);
    }
    npim::mesh place;
    std::vector<std::unique_ptr<npim::router>> routers;
    end first{"first"}, last{"last"};
};

// Full packets from the first tile to the last, one behind the other; items are hops.
void router_hop(benchmark::State &state) {
    const uint32_t side = static_cast<uint32_t>(state.range(0)), n_tiles = 4 * side * side;
    fresh_context context;
    grid mesh(side);
    npim::payload_pool pool(2);
    unsigned char data[64] = {};
    sc_core::sc_time delay;
    uint64_t packet = 0;
    for (auto _ : state) {
        tlm::tlm_generic_payload &p = pool.take_packet(++packet, sizeof data, 17, nullptr);
        p.set_address(npim::compose({0, n_tiles - 1, 0}));
        p.set_data_ptr(data);
        p.set_data_length(sizeof data);
        p.set_streaming_width(sizeof data);
        p.set_command(tlm::TLM_WRITE_COMMAND);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        if (mesh.first.out->nb_transport_fw(p, phase, delay) != tlm::TLM_COMPLETED)
            state.SkipWithError("the packet did not go through");
        p.release();
    }
    state.SetItemsProcessed(state.iterations() * (2 * side - 1));
}
BENCHMARK(router_hop)->Arg(1)->Arg(4)->Arg(8);

} // namespace

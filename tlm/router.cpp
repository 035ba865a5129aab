#include "tlm/router.hpp"

#include <algorithm>

namespace npim {

using tlm::tlm_generic_payload;

// Numbers of messages without packet_extension: never those of packets.
static constexpr uint64_t message_bit = uint64_t{1} << 63;

router::router(const sc_core::sc_module_name &name, const npim_router_config &config,
               const npim_link_config &link, const mesh &place, uint32_t x, uint32_t y, bool ideal)
    : relay(name, NPIM_PORT_LOCAL + place.tiles_per_router), links_(in.size()),
      injection_(place.tiles_per_router), ahead_(out.size()), mesh_(place), ideal_(ideal) {
    way_.reserve(place.width() + place.height());
    npim_error error{};
    check(npim_router_init(&core, &config, &error), error, this->name());
    npim_router_place(&core, x, y);
    for (npim_link &one : links_) check(npim_link_init(&one, &link, &error), error, this->name());
    for (npim_link &one : injection_) check(npim_link_init(&one, &link, &error), error, this->name());
    if (config.ports < in.size())
        check(npim_fail(&error, NPIM_ECONFIG, "router.ports = %u: 4 neighbours and %u tiles need more",
                        config.ports, place.tiles_per_router),
              error, this->name());
    if (core.latency_ps < links_[0].flit_ps)
        check(npim_fail(&error, NPIM_ECONFIG,
                        "router.latency_clocks = %u: holds the link's %u clocks per flit",
                        config.latency_clocks, link.clocks),
              error, this->name());
    heads_[NPIM_PORT_WEST] = x > 0;
    heads_[NPIM_PORT_EAST] = x + 1 < place.width();
    heads_[NPIM_PORT_NORTH] = y > 0;
    heads_[NPIM_PORT_SOUTH] = y + 1 < place.height();
}

router::~router() {
    for (npim_link &one : links_) npim_link_fini(&one);
    for (npim_link &one : injection_) npim_link_fini(&one);
    npim_router_fini(&core);
}

// Virtual calls from router to router are what a hop would cost most, so direct neighbours are remembered.
void router::end_of_elaboration() {
    for (uint32_t port = 0; port < out.size(); port++) {
        if (out[port].size() == 0) continue;
        ahead_[port] = out[port].operator->();
        const auto *other = dynamic_cast<const side *>(ahead_[port]);
        if (other && hands_on_heads(port)) next_[port] = dynamic_cast<router *>(&other->owner());
    }
}

uint32_t router::output_to(const destination &to) const {
    if (to.x == core.x && to.y == core.y) return to.port;
    return npim_router_route(&core, to.x, to.y, 0);
}

uint32_t router::route(uint32_t, uint64_t address) const {
    destination to{};
    return mesh_.find(address, to) ? output_to(to) : no_port;
}

// Larger messages than a packet go as a train of packets that stays together.
uint32_t router::flits(uint32_t bytes) const {
    const uint32_t packet_B = npim_link_packet_B(&links_[0]);
    const uint32_t full = bytes / packet_B, rest = bytes % packet_B;
    return full * npim_link_flits(&links_[0], packet_B) +
           (rest > 0 || full == 0 ? npim_link_flits(&links_[0], rest) : 0);
}

// Reserves a link; what lies before the kernel's time nobody asks for any more.
uint64_t router::reserve(npim_link &way, uint64_t earliest_ps, uint32_t n_flits, uint64_t packet,
                         bool &shared) {
    if (ideal_) return npim_link_pass(&way, earliest_ps, n_flits, packet, &shared);
    npim_calendar_trim(&way.calendar, now_ps());
    return npim_link_reserve(&way, earliest_ps, n_flits, packet, &shared);
}

// The head is at the router's input when it has crossed the injection link.
uint64_t router::inject(uint32_t local, uint64_t at_ps, uint32_t n_flits, uint64_t packet) {
    bool shared = false;
    return reserve(injection_[local], at_ps, n_flits, packet, shared) + links_[0].flit_ps;
}

// Returns when the head starts to cross the output link.
uint64_t router::cross(uint32_t port, uint64_t earliest_ps, uint32_t n_flits, uint64_t packet,
                       uint64_t *flit_hops) {
    bool shared = false;
    const uint64_t start_ps = reserve(links_[port], earliest_ps, n_flits, packet, shared);
    if (!shared) core.n_flits += n_flits;
    if (!shared && flit_hops) *flit_hops += n_flits;
    if (!shared && meter_)
        npim_meter_event(meter_, NPIM_EVENT_FLIT_HOP, n_flits, start_ps,
                         start_ps + n_flits * links_[port].flit_ps);
    return start_ps;
}

uint64_t router::enter(uint32_t port, uint32_t bytes, uint64_t at_ps) {
    uint64_t head_ps = at_ps;
    if (port >= NPIM_PORT_LOCAL)
        head_ps = inject(port - NPIM_PORT_LOCAL, at_ps, flits(bytes), message_bit | ++n_messages_);
    return head_ps + core.latency_ps - links_[0].flit_ps;
}

// The next packet's head may come in right behind the tail of this one, whose last stages overlap with it; a
// tile waits until its packet has left, as it does with packets.
relay::passage router::leave(uint32_t from, uint32_t to, uint32_t bytes, uint64_t at_ps) {
    const uint64_t flit_ps = links_[to].flit_ps;
    const uint64_t start_ps = cross(to, at_ps, flits(bytes), message_bit | ++n_messages_);
    const uint64_t end_ps = start_ps + flits(bytes) * flit_ps;
    const uint64_t overlap_ps = from < NPIM_PORT_LOCAL ? core.latency_ps - flit_ps : 0;
    return {hands_on_heads(to) ? start_ps + flit_ps : end_ps, std::max(at_ps, end_ps - overlap_ps)};
}

// Steps that two ways from `from` have in common in one dimension.
static uint32_t shared_steps(uint32_t from, uint32_t a, uint32_t b) {
    if ((a < from) != (b < from)) return 0;
    return a < from ? from - std::max(a, b) : std::min(a, b) - from;
}

// How many stops of the last branch's way are on the way to that destination too, X first, then Y.
size_t router::shared_stops(const destination &to) const {
    size_t steps = shared_steps(core.x, to.x, way_to_.x);
    if (to.x == way_to_.x) steps += shared_steps(core.y, to.y, way_to_.y);
    return std::min(steps + 1, way_.size());
}

tlm::tlm_sync_enum router::carry(uint32_t port, tlm_generic_payload &payload, packet_extension &packet,
                                 sc_core::sc_time &delay) {
    destination to{};
    if (!mesh_.find(payload.get_address(), to)) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    const sc_core::sc_time entered = delay;
    const uint64_t now = now_ps(), flit_ps = links_[0].flit_ps;
    if (packet.packet == way_packet_ && port == way_port_)
        way_.resize(shared_stops(to));
    else
        start_way(port, now + to_ps(delay), packet);
    way_to_ = to;
    stop here = way_.back();
    uint32_t by = 0;
    uint64_t end_ps = 0;
    for (router *next = here.at; next; next = here.at->next(by)) {
        if (next != here.at) way_.push_back(here = {next, here.head_ps, here.free_ps, here.waited_ps});
        by = here.at->output_to(to);
        const uint64_t earliest_ps = here.head_ps + here.at->core.latency_ps - flit_ps;
        const uint64_t start_ps =
            here.at->cross(by, earliest_ps, packet.flits, packet.packet, packet.flit_hops);
        here.head_ps = start_ps + flit_ps;
        end_ps = start_ps + packet.flits * flit_ps;
        const uint64_t wait_ps = start_ps - earliest_ps;
        // What it waits further on holds it back here.
        here.free_ps = here.at == this ? end_ps : here.free_ps + wait_ps;
        if (here.at != this || port < NPIM_PORT_LOCAL) here.waited_ps += wait_ps;
    }
    const uint64_t before_ps = packet.waited_ps;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    delay = from_ps((here.at->hands_on_heads(by) ? here.head_ps : end_ps) - now);
    if (!here.at->ahead_[by])
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    else if (here.at->ahead_[by]->nb_transport_fw(payload, phase, delay) != tlm::TLM_COMPLETED)
        SC_REPORT_ERROR("/npim/invariant",
                        (std::string(here.at->name()) + ": a packet was not taken at once").c_str());
    const uint64_t further_ps = packet.waited_ps - before_ps;
    packet.waited_ps += here.waited_ps;
    delay = ideal_ ? entered : from_ps(here.free_ps + further_ps - now);
    return tlm::TLM_COMPLETED;
}

// A packet comes in; a tile's crosses its injection link first.
void router::start_way(uint32_t port, uint64_t at_ps, const packet_extension &packet) {
    const uint64_t head_ps =
        port < NPIM_PORT_LOCAL ? at_ps : inject(port - NPIM_PORT_LOCAL, at_ps, packet.flits, packet.packet);
    way_packet_ = packet.packet;
    way_port_ = port;
    way_.clear();
    way_.push_back({this, head_ps, 0, 0});
}

std::vector<signal> router::signals() const {
    std::vector<signal> list;
    add_signals(list, name(), npim_router_ops, &core);
    for (uint32_t port = 0; port < out.size(); port++)
        add_signals(list, out[port].name(), npim_link_ops, &links_[port]);
    for (uint32_t port = NPIM_PORT_LOCAL; port < in.size(); port++)
        add_signals(list, in[port].name(), npim_link_ops, &injection_[port - NPIM_PORT_LOCAL]);
    return list;
}

} // namespace npim

#include "tlm/relay.hpp"

#include <algorithm>

namespace npim {

using tlm::tlm_generic_payload;
using tlm::tlm_phase;
using tlm::tlm_sync_enum;

// Data on the way to the target, and on the way back.
static uint32_t request_B(const tlm_generic_payload &payload) {
    return payload.is_write() ? payload.get_data_length() : 0;
}

static uint32_t response_B(const tlm_generic_payload &payload) {
    return payload.is_read() && payload.is_response_ok() ? payload.get_data_length() : 0;
}

relay::relay(const sc_core::sc_module_name &name, uint32_t n_ports)
    : sc_module(name), in("in", n_ports), out("out", n_ports), requests_(n_ports), responses_(n_ports) {
    require_ps_resolution();
    for (uint32_t port = 0; port < n_ports; port++) {
        sides_.emplace_back(*this, port);
        in[port].bind(static_cast<tlm::tlm_fw_transport_if<> &>(sides_.back()));
        out[port].bind(static_cast<tlm::tlm_bw_transport_if<> &>(sides_.back()));
    }
    SC_METHOD(run);
    sensitive << timetable_.event();
    dont_initialize();
}

tlm_sync_enum relay::side::nb_transport_fw(tlm_generic_payload &payload, tlm_phase &phase,
                                           sc_core::sc_time &delay) {
    if (auto *packet = payload.get_extension<packet_extension>())
        return owner_.carry(port_, payload, *packet, delay);
    return owner_.forward(port_, payload, phase, delay);
}

tlm_sync_enum relay::side::nb_transport_bw(tlm_generic_payload &payload, tlm_phase &phase,
                                           sc_core::sc_time &delay) {
    return owner_.backward(port_, payload, phase, delay);
}

void relay::side::b_transport(tlm_generic_payload &payload, sc_core::sc_time &delay) {
    owner_.pass_blocking(port_, payload, delay);
}

unsigned relay::side::transport_dbg(tlm_generic_payload &payload) {
    const uint32_t to = owner_.output(port_, payload);
    return to == no_port ? 0 : owner_.out[to]->transport_dbg(payload);
}

uint32_t relay::output(uint32_t port, const tlm_generic_payload &payload) const {
    const uint32_t to = route(port, payload.get_address());
    return to != no_port && out[to].size() > 0 ? to : no_port;
}

void relay::pass_blocking(uint32_t port, tlm_generic_payload &payload, sc_core::sc_time &delay) {
    const uint32_t to = output(port, payload);
    if (to == no_port) {
        payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    const uint64_t decided_ps = enter(port, request_B(payload), now_ps() + to_ps(delay));
    delay = until_ps(leave(port, to, request_B(payload), decided_ps).send_ps);
    out[to]->b_transport(payload, delay);
    const uint64_t back_ps = enter(to, response_B(payload), now_ps() + to_ps(delay));
    delay = until_ps(leave(to, port, response_B(payload), back_ps).send_ps);
}

tlm_sync_enum relay::forward(uint32_t port, tlm_generic_payload &payload, const tlm_phase &phase,
                             const sc_core::sc_time &delay) {
    const uint64_t at_ps = now_ps() + to_ps(delay);
    if (phase == tlm::BEGIN_REQ) {
        if (!payload.has_mm()) SC_REPORT_ERROR("/npim/invariant", "a payload without memory manager");
        payload.acquire();
        put(at_ps, ENTER_REQUEST, transits_.take({&payload, port, no_port, 0, 0, false, false}));
    } else if (phase == tlm::END_RESP) {
        const uint32_t i = transits_.find(
            [&](const transit &t) { return t.payload == &payload && t.from == port && !t.answered; });
        if (i != no_slot) put(at_ps, RESPONSE_TAKEN, i);
    }
    return tlm::TLM_ACCEPTED; // phases that are not the base protocol's are ignored
}

tlm_sync_enum relay::backward(uint32_t port, tlm_generic_payload &payload, const tlm_phase &phase,
                              const sc_core::sc_time &delay) {
    const uint32_t i =
        transits_.find([&](const transit &t) { return t.payload == &payload && t.to == port && !t.closed; });
    if (i != no_slot) from_ahead(i, phase, delay);
    return tlm::TLM_ACCEPTED;
}

// END_REQ or BEGIN_RESP from the component that has the request.
void relay::from_ahead(uint32_t i, const tlm_phase &phase, const sc_core::sc_time &delay) {
    const uint64_t at_ps = now_ps() + to_ps(delay);
    if (phase == tlm::END_REQ || phase == tlm::BEGIN_RESP) put(at_ps, REQUEST_TAKEN, i);
    if (phase == tlm::BEGIN_RESP) put(at_ps, ENTER_RESPONSE, i);
}

void relay::put(uint64_t time_ps, kind what, uint32_t i) {
    transit &t = transits_[i];
    const bool behind = what == RESPONSE_TAKEN || what == END_REQUEST || what == ENTER_REQUEST;
    t.n_entries++;
    timetable_.put(time_ps, what, behind || t.to == no_port ? t.from : t.to, i);
}

void relay::run() {
    timetable::entry next{};
    while (timetable_.take(next)) {
        transits_[next.data].n_entries--;
        act(next.kind, next.data);
        finish(next.data);
    }
}

void relay::act(uint32_t what, uint32_t i) {
    const transit t = transits_[i];
    tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    passage passed{};
    switch (what) {
    case REQUEST_TAKEN:
        if (requests_[t.to].under_way == i) requests_[t.to].under_way = no_slot;
        return send_requests(t.to);
    case RESPONSE_TAKEN:
        transits_[i].answered = true;
        responses_[t.from].under_way = no_slot;
        return send_responses(t.from);
    case END_REQUEST:
        in[t.from]->nb_transport_bw(*t.payload, phase, delay);
        return;
    case END_RESPONSE:
        return end_response(i);
    case SEND_REQUEST:
        requests_[t.to].waiting.push(transits_, i);
        return send_requests(t.to);
    case SEND_RESPONSE:
        responses_[t.from].waiting.push(transits_, i);
        return send_responses(t.from);
    case ENTER_REQUEST:
        return enter_request(i);
    case ENTER_RESPONSE:
        return put(enter(t.to, response_B(*t.payload), now_ps()), LEAVE_RESPONSE, i);
    case LEAVE_REQUEST:
        passed = leave(t.from, t.to, request_B(*t.payload), now_ps());
        transits_[i].free_ps = passed.free_ps;
        put(passed.free_ps, END_REQUEST, i);
        return put(passed.send_ps, SEND_REQUEST, i);
    default: // LEAVE_RESPONSE; END_REQ comes before BEGIN_RESP
        passed = leave(t.to, t.from, response_B(*t.payload), now_ps());
        put(passed.free_ps, END_RESPONSE, i);
        return put(std::max(passed.send_ps, t.free_ps), SEND_RESPONSE, i);
    }
}

void relay::enter_request(uint32_t i) {
    transit &t = transits_[i];
    t.to = output(t.from, *t.payload);
    if (t.to != no_port) return put(enter(t.from, request_B(*t.payload), now_ps()), LEAVE_REQUEST, i);
    t.payload->set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    t.closed = true;
    put(now_ps(), END_REQUEST, i);
    put(now_ps(), SEND_RESPONSE, i);
}

void relay::send_requests(uint32_t port) {
    channel &line = requests_[port];
    if (line.under_way != no_slot || line.waiting.empty()) return;
    const uint32_t i = line.under_way = line.waiting.pop(transits_);
    tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm_sync_enum answer = out[port]->nb_transport_fw(*transits_[i].payload, phase, delay);
    if (answer == tlm::TLM_UPDATED) from_ahead(i, phase, delay);
    if (answer == tlm::TLM_COMPLETED) {
        from_ahead(i, tlm::BEGIN_RESP, delay);
        transits_[i].closed = true;
    }
}

void relay::send_responses(uint32_t port) {
    channel &line = responses_[port];
    if (line.under_way != no_slot || line.waiting.empty()) return;
    const uint32_t i = line.under_way = line.waiting.pop(transits_);
    tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm_sync_enum answer = in[port]->nb_transport_bw(*transits_[i].payload, phase, delay);
    if (answer != tlm::TLM_ACCEPTED) put(now_ps() + to_ps(delay), RESPONSE_TAKEN, i);
}

void relay::end_response(uint32_t i) {
    if (transits_[i].closed) return; // completed early
    transits_[i].closed = true;
    tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    out[transits_[i].to]->nb_transport_fw(*transits_[i].payload, phase, delay);
}

void relay::finish(uint32_t i) {
    const transit &t = transits_[i];
    if (!t.closed || !t.answered || t.n_entries > 0) return;
    t.payload->release();
    transits_.give(i);
}

} // namespace npim

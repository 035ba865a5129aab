#include "tlm/protocol_checker.hpp"

#include "tlm/time.hpp"

#include <cstring>
#include <numeric>

namespace npim {

using tlm::tlm_phase;
using tlm::tlm_sync_enum;

protocol_checker::protocol_checker(const sc_core::sc_module_name &name, bool packets_pass)
    : sc_module(name), packets_pass_(packets_pass) {
    in.bind(*this);
    out.bind(*this);
}

uint64_t protocol_checker::n_violations() const {
    return std::accumulate(n_.begin(), n_.end(), uint64_t{0});
}

void protocol_checker::violation(rule which, const payload &p, const char *what) {
    n_[static_cast<uint32_t>(which)]++;
    if (first_message_.empty())
        first_message_ = std::string(name()) + " at " + sc_core::sc_time_stamp().to_string() + ": " + what +
                         " (address " + std::to_string(p.get_address()) + ")";
}

void protocol_checker::finish() {
    for (const auto &[p, r] : under_way_) violation(rule::UNFINISHED, *p, "a transaction did not end");
    under_way_.clear();
}

uint64_t protocol_checker::sane_ps(const payload &p, const sc_core::sc_time &delay) {
    if (to_ps(delay) < max_delay_ps) return to_ps(delay);
    violation(rule::TIME, p, "the delay is negative or absurd");
    return 0;
}

// The record of a transaction under way; reports phases of others.
protocol_checker::record *protocol_checker::known(const payload &p) {
    const auto found = under_way_.find(&p);
    if (found == under_way_.end()) {
        const bool was_here = completed_.count(&p) > 0;
        violation(was_here ? rule::AFTER_COMPLETION : rule::PHASE_ORDER, p,
                  was_here ? "a phase after completion" : "a phase without BEGIN_REQ");
        return nullptr;
    }
    if (!p.has_mm() || p.get_ref_count() < 1) violation(rule::MEMORY_MANAGER, p, "no reference is held");
    return &found->second;
}

static bool has_content(const tlm::tlm_generic_payload &p) {
    return p.get_data_ptr() && p.get_data_length() > 0;
}

static void copy_content(const tlm::tlm_generic_payload &p, std::vector<unsigned char> &content) {
    content.clear();
    if (has_content(p)) content.assign(p.get_data_ptr(), p.get_data_ptr() + p.get_data_length());
}

void protocol_checker::same(const payload &p, const record &r) {
    const bool attributes =
        p.get_command() == r.command && p.get_address() == r.address && p.get_data_ptr() == r.data &&
        p.get_data_length() == r.length && p.get_byte_enable_ptr() == r.enables &&
        p.get_byte_enable_length() == r.enables_length && p.get_streaming_width() == r.width;
    const bool fixed = p.is_write() || r.at == state::RESPONDED;
    if (!attributes)
        violation(rule::PAYLOAD_CHANGED, p, "an attribute changed");
    else if (fixed && has_content(p) &&
             std::memcmp(p.get_data_ptr(), r.content.data(), r.content.size()) != 0)
        violation(rule::PAYLOAD_CHANGED, p, "the data changed");
    if (r.at == state::RESPONDED && p.get_response_status() != r.status)
        violation(rule::RESPONSE_STATUS, p, "the response status changed after the response");
}

void protocol_checker::advance(const payload &p, record &r, uint64_t time_ps) {
    if (time_ps < r.time_ps) violation(rule::TIME, p, "a phase lies before the one before it");
    r.time_ps = time_ps;
}

void protocol_checker::begin_request(const payload &p, uint64_t time_ps) {
    if (under_way_.count(&p) > 0) return violation(rule::PHASE_ORDER, p, "BEGIN_REQ of a payload under way");
    if (request_ && !passes(p))
        violation(rule::REQUEST_EXCLUSION, p, "BEGIN_REQ before the END_REQ of another");
    if (!p.has_mm() || p.get_ref_count() < 1)
        violation(rule::MEMORY_MANAGER, p, "no memory manager or no reference");
    if (p.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE)
        violation(rule::RESPONSE_STATUS, p, "BEGIN_REQ with a response status");
    completed_.erase(&p);
    record &r = under_way_[&p];
    r = {state::REQUESTED,
         p.get_command(),
         p.get_address(),
         p.get_data_ptr(),
         p.get_byte_enable_ptr(),
         p.get_data_length(),
         p.get_streaming_width(),
         p.get_byte_enable_length(),
         tlm::TLM_INCOMPLETE_RESPONSE,
         {},
         time_ps};
    copy_content(p, r.content);
    if (!passes(p)) request_ = &p;
}

void protocol_checker::end_request(const payload &p, uint64_t time_ps) {
    record *r = known(p);
    if (!r) return;
    if (r->at != state::REQUESTED) return violation(rule::PHASE_ORDER, p, "END_REQ out of order");
    same(p, *r);
    advance(p, *r, time_ps);
    r->at = state::ACCEPTED;
    if (request_ == &p) request_ = nullptr;
}

void protocol_checker::begin_response(const payload &p, uint64_t time_ps) {
    record *r = known(p);
    if (!r) return;
    if (r->at == state::RESPONDED) return violation(rule::PHASE_ORDER, p, "BEGIN_RESP twice");
    if (response_) violation(rule::RESPONSE_EXCLUSION, p, "BEGIN_RESP before the END_RESP of another");
    same(p, *r);
    advance(p, *r, time_ps);
    if (request_ == &p) request_ = nullptr; // END_REQ is implied
    response_ = &p;
    respond(p, *r);
}

// The target has answered, by BEGIN_RESP or at once.
void protocol_checker::respond(const payload &p, record &r) {
    r.at = state::RESPONDED;
    r.status = p.get_response_status();
    if (r.status == tlm::TLM_INCOMPLETE_RESPONSE) violation(rule::RESPONSE_STATUS, p, "no response status");
    copy_content(p, r.content);
}

void protocol_checker::end_response(const payload &p, uint64_t time_ps) {
    record *r = known(p);
    if (!r) return;
    if (r->at != state::RESPONDED) return violation(rule::PHASE_ORDER, p, "END_RESP out of order");
    same(p, *r);
    advance(p, *r, time_ps);
    complete(p);
}

void protocol_checker::complete(const payload &p) {
    if (request_ == &p) request_ = nullptr;
    if (response_ == &p) response_ = nullptr;
    under_way_.erase(&p);
    completed_.insert(&p);
    n_transactions_++;
}

void protocol_checker::phase(const payload &p, const tlm_phase &what, uint64_t time_ps, bool forward) {
    if (what == tlm::BEGIN_REQ && forward) return begin_request(p, time_ps);
    if (what == tlm::END_REQ && !forward) return end_request(p, time_ps);
    if (what == tlm::BEGIN_RESP && !forward) return begin_response(p, time_ps);
    if (what == tlm::END_RESP && forward) return end_response(p, time_ps);
    violation(rule::PHASE_ORDER, p, "a phase from the wrong side, or not of the base protocol");
}

// The answer to a call. The payload of a completed transaction may be gone: it is looked at only while known.
void protocol_checker::returned(const payload &p, tlm_sync_enum answer, const call &before,
                                const tlm_phase &after, const sc_core::sc_time &delay, bool forward) {
    if (answer == tlm::TLM_ACCEPTED) {
        if (after != before.phase || delay != before.delay)
            violation(rule::RETURN_VALUE, p, "TLM_ACCEPTED with another phase or delay");
        if (before.phase == tlm::BEGIN_REQ && passes(p))
            violation(rule::RETURN_VALUE, p, "a packet was not taken at once");
        return;
    }
    if (before.phase == tlm::END_RESP && answer == tlm::TLM_COMPLETED) return; // that it was already
    const uint64_t time_ps = now_ps() + sane_ps(p, delay);
    const auto found = under_way_.find(&p);
    const bool open = found != under_way_.end();
    if (answer == tlm::TLM_UPDATED) {
        if (open && before.phase == tlm::BEGIN_REQ && (after == tlm::END_REQ || after == tlm::BEGIN_RESP))
            return phase(p, after, time_ps, false);
        if (open && before.phase == tlm::BEGIN_RESP && after == tlm::END_RESP)
            return phase(p, after, time_ps, true);
        return violation(rule::RETURN_VALUE, p, "TLM_UPDATED to a phase that cannot follow");
    }
    const state due = forward ? state::REQUESTED : state::RESPONDED;
    if (!open || found->second.at != due || before.phase == tlm::END_REQ)
        return violation(rule::RETURN_VALUE, p, "TLM_COMPLETED where it is not allowed");
    if (forward) {
        same(p, found->second);
        respond(p, found->second);
    }
    advance(p, found->second, time_ps);
    complete(p);
}

tlm_sync_enum protocol_checker::nb_transport_fw(payload &p, tlm_phase &what, sc_core::sc_time &delay) {
    const call before{what, delay};
    phase(p, what, now_ps() + sane_ps(p, delay), true);
    const tlm_sync_enum answer = out->nb_transport_fw(p, what, delay);
    returned(p, answer, before, what, delay, true);
    return answer;
}

tlm_sync_enum protocol_checker::nb_transport_bw(payload &p, tlm_phase &what, sc_core::sc_time &delay) {
    const call before{what, delay};
    phase(p, what, now_ps() + sane_ps(p, delay), false);
    const tlm_sync_enum answer = in->nb_transport_bw(p, what, delay);
    returned(p, answer, before, what, delay, false);
    return answer;
}

void protocol_checker::b_transport(payload &p, sc_core::sc_time &delay) {
    if (p.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE)
        violation(rule::RESPONSE_STATUS, p, "b_transport with a response status");
    const uint64_t before_ps = now_ps() + sane_ps(p, delay);
    out->b_transport(p, delay);
    if (now_ps() + sane_ps(p, delay) < before_ps)
        violation(rule::TIME, p, "b_transport ends before it began");
    if (p.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE)
        violation(rule::RESPONSE_STATUS, p, "b_transport without a response status");
}

} // namespace npim

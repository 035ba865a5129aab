#include "tlm/pe.hpp"

#include "hw/units.h"

#include <cmath>

namespace npim {

pe::pe(const sc_core::sc_module_name &name, const npim_pe_plan *plan, uint32_t n_slots)
    : sc_module(name), plan_(plan), lanes_(size_t{n_slots} * plan->n_stages), n_operations_(n_slots),
      records_(NPIM_MAX_RECORDS) {
    for (uint32_t slot = 0; slot < n_slots; slot++)
        for (uint32_t stage = 0; stage < plan->n_stages; stage++)
            if (slot == 0 || !shared(stage)) build_lane(slot, stage);
    SC_METHOD(fire);
    sensitive << timetable_.event();
    dont_initialize();
}

void pe::build_lane(uint32_t slot, uint32_t stage) {
    const npim_stage &s = plan_->stages[stage];
    stage_lane &here = lanes_[lane(slot, stage)];
    const std::string prefix = shared(stage) ? "shared" : "slot_" + std::to_string(slot);
    const std::string name = prefix + "_" + std::to_string(stage) + "_" + s.ops->name;
    here.module = std::make_unique<block>(name.c_str(), *s.ops, s.core); // a state starts with its config
    here.socket = std::make_unique<tlm::tlm_initiator_socket<32, pe_protocol>>((name + "_socket").c_str());
    here.socket->bind(*this);
    here.socket->bind(here.module->in);
}

npim_pe_timing pe::run(uint32_t slot, const npim_pe_shape &shape, uint64_t start_ps, npim_calendar *pools) {
    uint32_t n = 0;
    const npim_pe_timing timing = npim_pe_plan_run(plan_, &shape, start_ps, pools, records_.data(), &n);
    const uint64_t operation = n_operations_[slot]++;
    if (observer_) observer_->planned(slot, operation, timing, records_.data(), n);
    for (uint32_t i = 0; i < n; i++) {
        if (records_[i].count == 0 &&
            shared(records_[i].stage)) { // the plan books nothing and waits for nobody
            n_firings_++;
            continue;
        }
        if (free_.empty()) {
            free_.push_back(static_cast<uint32_t>(firings_.size()));
            firings_.emplace_back();
        }
        const uint32_t index = free_.back();
        free_.pop_back();
        firing &one = firings_[index];
        one.index = index;
        one.record = records_[i];
        one.slot = slot;
        one.operation = operation;
        one.lane = lane(slot, one.record.stage);
        prepare(one, shape);
        timetable_.put(one.record.start_ps, 0, one.lane, index);
    }
    return timing;
}

// The work of a firing as transactions. A stage with a pace of its own keeps it; pieces of one firing follow
// each other, so their times are differences of the whole's.
void pe::prepare(firing &one, const npim_pe_shape &shape) const {
    npim_work works[NPIM_MAX_BITS];
    const npim_stage &s = plan_->stages[one.record.stage];
    const uint32_t n = npim_pe_plan_works(plan_, one.record.stage, &shape, works);
    npim_work whole = works[0];
    whole.count = npim_pe_plan_queued(plan_, one.record.stage, &shape);
    const bool own = s.pace == NPIM_PACE_OWN && s.fires != NPIM_FIRES_LOAD;
    const uint64_t total_ps = own ? s.ops->latency_ps(s.core, &whole) : one.record.duration_ps;
    one.pieces.assign(n, npim_txn{});
    one.energy_pJ = 0;
    one.n_open = n;
    for (uint32_t i = 0; i < n; i++) {
        npim_txn &piece = one.pieces[i];
        piece.work = works[i];
        piece.paced = !own || n > 1 || !s.pooled;
        piece.pace_ps = total_ps * (i + 1) / n - total_ps * i / n;
        if (s.pace == NPIM_PACE_STREAM) piece.overlap_ps = piece.pace_ps;
        if (own && n == 1) piece.overlap_ps = total_ps - npim_block_busy_ps(s.ops, s.core, &whole);
    }
}

void pe::fire() {
    timetable::entry next{};
    while (timetable_.take(next)) {
        firing &one = firings_[next.data];
        if (observer_) observer_->fired(one.slot, one.operation, one.record);
        for (npim_txn &piece : one.pieces) {
            piece.id = ++next_id_;
            piece.owner = &one;
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
            (*lanes_[one.lane].socket)->nb_transport_fw(piece, phase, delay);
        }
    }
}

tlm::tlm_sync_enum pe::nb_transport_bw(npim_txn &txn, tlm::tlm_phase &phase, sc_core::sc_time &) {
    if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;
    firing &one = *static_cast<firing *>(txn.owner);
    one.energy_pJ += txn.energy_pJ;
    if (--one.n_open == 0) finish(one);
    return tlm::TLM_COMPLETED;
}

void pe::finish(firing &one) {
    const uint64_t took_ps = now_ps() - one.record.start_ps;
    const bool own = plan_->stages[one.record.stage].pace == NPIM_PACE_OWN;
    const uint64_t expected_ps = one.record.duration_ps;
    if ((own ? npim_align_up(took_ps, plan_->step_ps) : took_ps) != expected_ps)
        disagree(one,
                 "took " + std::to_string(took_ps) + " ps, the plan says " + std::to_string(expected_ps));
    if (!(std::fabs(one.energy_pJ - one.record.energy_pJ) <= 1e-9 * std::fabs(one.record.energy_pJ)))
        disagree(one, "took " + std::to_string(one.energy_pJ) + " pJ, the plan says " +
                          std::to_string(one.record.energy_pJ));
    n_firings_++;
    free_.push_back(one.index);
}

void pe::disagree(const firing &one, const std::string &how) {
    if (disagreement_.empty()) disagreement_ = std::string(lanes_[one.lane].module->name()) + " " + how;
}

double pe::energy_pJ() const {
    double sum = 0;
    for (const stage_lane &here : lanes_)
        if (here.module) sum += here.module->energy_pJ();
    return sum;
}

void pe::check_agreement() const {
    if (!disagreement_.empty()) SC_REPORT_ERROR("/npim/invariant", disagreement_.c_str());
    if (free_.size() != firings_.size())
        SC_REPORT_ERROR("/npim/invariant", (std::string(name()) + ": stages that did not finish").c_str());
}

} // namespace npim

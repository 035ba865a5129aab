#include "tlm/block.hpp"

#include <cstdlib>

namespace npim {

block::block(const sc_core::sc_module_name &name, const npim_block_ops &ops, const void *config)
    : sc_module(name), core_(std::calloc(1, ops.core_size)), ops_(ops) {
    require_ps_resolution();
    npim_error error{};
    npim_status status =
        core_ ? ops.init(core_, config, &error) : npim_fail(&error, NPIM_ENOMEM, "out of memory");
    if (status != NPIM_OK) std::free(core_);
    check(status, error, this->name());
    in.bind(*this);
    out.bind(*this);
    SC_METHOD(run);
    sensitive << timetable_.event();
    dont_initialize();
}

block::~block() {
    ops_.fini(core_);
    std::free(core_);
}

std::vector<signal> block::work_signals() const {
    const std::string prefix = name();
    return {{prefix + ".busy", NPIM_KIND_BOOL, &busy_, "", nullptr, "units at work"},
            {prefix + ".txn_id", NPIM_KIND_U64, &txn_id_, "", nullptr, "number of the last work begun"},
            {prefix + ".n_done", NPIM_KIND_U64, &n_done_, "", nullptr, "pieces of work done"},
            {prefix + ".energy_pJ", NPIM_KIND_DOUBLE, &energy_pJ_, "pJ", nullptr, "energy so far"}};
}

std::vector<signal> block::signals() const {
    std::vector<signal> list = work_signals();
    add_signals(list, name(), ops_, core_);
    return list;
}

tlm::tlm_sync_enum block::nb_transport_fw(npim_txn &txn, tlm::tlm_phase &phase, sc_core::sc_time &delay) {
    if (phase == tlm::BEGIN_REQ) timetable_.put(now_ps() + to_ps(delay), ARRIVE, 0, work_.take(&txn));
    return tlm::TLM_ACCEPTED; // END_RESP asks for nothing: a result does not wait for it
}

tlm::tlm_sync_enum block::nb_transport_bw(npim_txn &, tlm::tlm_phase &phase, sc_core::sc_time &delay) {
    if (phase == tlm::END_REQ) timetable_.put(now_ps() + to_ps(delay), SENT, 0, 0);
    return tlm::TLM_ACCEPTED;
}

// One after the other in the caller's time, without contention: for loosely timed users.
void block::b_transport(npim_txn &txn, sc_core::sc_time &delay) {
    const uint64_t start_ps = now_ps() + to_ps(delay);
    book(txn, start_ps);
    evaluate(txn);
    n_done_++;
    delay = until_ps(txn.done_ps);
    if (out.size() > 0) out->b_transport(txn, delay);
}

void block::run() {
    timetable::entry next{};
    while (timetable_.take(next)) {
        if (next.kind == FREE) busy_ = false;
        if (next.kind == DONE) finish(next.data);
        if (next.kind == SENT) sending_ = false;
        if (next.kind == ARRIVE) waiting_.push(work_, next.data);
        send();
        begin();
    }
    if (observer_) observer_->worked(*this);
}

uint64_t block::occupancy_ps(const npim_txn &txn) const {
    return txn.paced ? txn.pace_ps - txn.overlap_ps : npim_block_busy_ps(&ops_, core_, &txn.work);
}

void block::book(npim_txn &txn, uint64_t start_ps) {
    txn.start_ps = start_ps;
    txn.done_ps = start_ps + (txn.paced ? txn.pace_ps : ops_.latency_ps(core_, &txn.work));
    const double energy_pJ = ops_.energy_pJ(core_, &txn.work);
    txn.energy_pJ += energy_pJ;
    energy_pJ_ += energy_pJ;
    count_ += txn.work.count;
    busy_ps_ += occupancy_ps(txn);
    txn_id_ = txn.id;
}

void block::begin() {
    if (busy_ || waiting_.empty() || !finished_.empty()) return;
    const uint32_t i = waiting_.pop(work_);
    npim_txn &txn = *work_[i];
    busy_ = true;
    timetable_.put(now_ps() + occupancy_ps(txn), FREE, 0, 0);
    book(txn, now_ps());
    timetable_.put(txn.done_ps, DONE, 0, i);
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    in->nb_transport_bw(txn, phase, delay);
}

void block::finish(uint32_t i) {
    evaluate(*work_[i]);
    n_done_++;
    finished_.push(work_, i);
}

void block::send() {
    while (!finished_.empty() && !sending_) {
        const uint32_t i = finished_.pop(work_);
        npim_txn &txn = *work_[i];
        work_.give(i);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        tlm::tlm_phase phase = out.size() > 0 ? tlm::BEGIN_REQ : tlm::BEGIN_RESP;
        sending_ = out.size() > 0;
        if (sending_)
            sending_ = out->nb_transport_fw(txn, phase, delay) == tlm::TLM_ACCEPTED;
        else
            in->nb_transport_bw(txn, phase, delay);
    }
}

} // namespace npim

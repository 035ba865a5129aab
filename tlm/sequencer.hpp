// Runs everything that is due in a system of tiles, in an order that depends on nothing but the entries.
//
// One SC_METHOD for the whole system, not one per tile: SystemC leaves open in which order processes run that
// are due at the same time (and its queue of timed events is not stable), but who reserves a shared link
// first must not depend on that, nor on which tiles are traced. Ties break by (time, instance, port, kind).
// Idle tiles cost nothing.
#ifndef NPIM_TLM_SEQUENCER_HPP
#define NPIM_TLM_SEQUENCER_HPP

#include "hw/agenda.h"
#include "tlm/report.hpp"
#include "tlm/time.hpp"

#include <cinttypes>
#include <vector>

namespace npim {

// Whoever has something to do at a time.
class actor {
  public:
    virtual ~actor() = default;
    // What and where is the actor's own business; `data` too.
    virtual void act(uint32_t kind, uint32_t port, uint32_t data) = 0;
};

class sequencer final : public sc_core::sc_module {
  public:
    SC_HAS_PROCESS(sequencer);
    explicit sequencer(const sc_core::sc_module_name &name) : sc_module(name) {
        npim_error error{};
        check(npim_agenda_init(&agenda_, 1024, &error), error, this->name());
        SC_METHOD(run);
        sensitive << event_;
        dont_initialize();
    }
    ~sequencer() override { npim_agenda_fini(&agenda_); }

    // Returns the actor's instance number: actors come in the order in which they join.
    uint32_t join(actor &member) {
        members_.push_back(&member);
        return static_cast<uint32_t>(members_.size() - 1);
    }

    // A time in the past is refused (NPIM_EINVARIANT); port < 2^24, kind < 2^8.
    void put(uint64_t time_ps, uint32_t instance, uint32_t port, uint32_t kind, uint32_t data = 0) {
        npim_error error; // set by who fails: clearing it, or making a string of name(), would cost most
        if (time_ps < wake_ps_) wake(time_ps);
        const npim_status status = npim_agenda_add(&agenda_, time_ps, instance, port, kind, data, &error);
        if (status != NPIM_OK) check(status, error, name());
    }

    uint64_t n_entries() const { return agenda_.next_sequence; } // ever
    bool idle() const { return agenda_.n == 0; }

  private:
    void wake(uint64_t time_ps) {
        if (time_ps < now_ps()) refuse(time_ps);
        wake_ps_ = time_ps;
        event_.notify(until_ps(time_ps));
    }

    void refuse(uint64_t time_ps) const {
        npim_error error{};
        check(npim_fail(&error, NPIM_EINVARIANT, "%" PRIu64 " ps has passed at %" PRIu64 " ps", time_ps,
                        now_ps()),
              error, name());
    }

    void run() {
        npim_due due{};
        const uint64_t now = now_ps();
        wake_ps_ = now; // entries that are put meanwhile are seen below
        while (npim_agenda_take(&agenda_, now, &due))
            members_[npim_due_instance(&due)]->act(npim_due_kind(&due), npim_due_port(&due), due.data);
        wake_ps_ = UINT64_MAX;
        if (agenda_.n > 0) wake(npim_agenda_next_ps(&agenda_));
    }

    npim_agenda agenda_{};
    std::vector<actor *> members_;
    sc_core::sc_event event_;
    uint64_t wake_ps_ = UINT64_MAX;
};

} // namespace npim
#endif

// What one module still has to do and when: npim_agenda with the event of the one SC_METHOD that does it.
// Entries due at the same time come in the order of kind, then port, then insertion.
#ifndef NPIM_TLM_TIMETABLE_HPP
#define NPIM_TLM_TIMETABLE_HPP

#include "hw/agenda.h"
#include "tlm/report.hpp"
#include "tlm/time.hpp"

namespace npim {

class timetable {
  public:
    struct entry {
        uint32_t kind, port, data;
    };

    timetable() {
        npim_error error{};
        check(npim_agenda_init(&agenda_, 64, &error), error, "timetable");
    }
    ~timetable() { npim_agenda_fini(&agenda_); }
    timetable(const timetable &) = delete;
    timetable &operator=(const timetable &) = delete;

    // time_ps must not lie in the past; port < 2^24.
    void put(uint64_t time_ps, uint32_t kind, uint32_t port, uint32_t data) {
        npim_error error{};
        check(npim_agenda_add(&agenda_, time_ps, kind, port, 0, data, &error), error, "timetable");
        event_.notify(until_ps(time_ps));
    }

    // Takes the next entry that is due; false when there is none, and then the event is set for the one
    // after.
    bool take(entry &next) {
        npim_due due{};
        if (npim_agenda_take(&agenda_, now_ps(), &due)) {
            next = {npim_due_instance(&due), npim_due_port(&due), due.data};
            return true;
        }
        const uint64_t next_ps = npim_agenda_next_ps(&agenda_);
        if (next_ps != UINT64_MAX) event_.notify(until_ps(next_ps));
        return false;
    }

    const sc_core::sc_event &event() const { return event_; }

  private:
    npim_agenda agenda_{};
    sc_core::sc_event event_;
};

} // namespace npim
#endif

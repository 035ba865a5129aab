// Shows the reservations of a calendar as a signal that is busy from their start to their end.
#ifndef NPIM_TLM_CALENDAR_SPAN_HPP
#define NPIM_TLM_CALENDAR_SPAN_HPP

#include "hw/calendar.h"
#include "tlm/wave.hpp"

namespace npim {

class calendar_span {
  public:
    // All are borrowed; this must stay where it is while the calendar is in use.
    calendar_span(wave &shown, uint32_t signal, npim_calendar &calendar) : wave_(shown), signal_(signal) {
        calendar.watch = &watch_;
    }
    calendar_span(const calendar_span &) = delete;
    calendar_span &operator=(const calendar_span &) = delete;

  private:
    static void booked(void *context, uint64_t from_ps, uint64_t to_ps) {
        const auto *self = static_cast<const calendar_span *>(context);
        self->wave_.span(self->signal_, from_ps, to_ps);
    }

    wave &wave_;
    const uint32_t signal_;
    const npim_calendar_watch watch_{booked, this};
};

} // namespace npim
#endif

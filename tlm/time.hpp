// The one place where integer picoseconds and sc_time meet. SystemC's default resolution of 1 ps is required.
#ifndef NPIM_TLM_TIME_HPP
#define NPIM_TLM_TIME_HPP

#include <cstdint>
#include <systemc>

namespace npim {

// Reports a fatal configuration of the kernel: a resolution other than 1 ps. Every module calls it when
// built.
inline void require_ps_resolution() {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1.0, sc_core::SC_PS))
        SC_REPORT_ERROR("/npim/config", "the time resolution must be 1 ps");
}

inline uint64_t to_ps(const sc_core::sc_time &time) {
    return time.value();
}

inline sc_core::sc_time from_ps(uint64_t time_ps) {
    return sc_core::sc_time::from_value(time_ps);
}

inline uint64_t now_ps() {
    return sc_core::sc_time_stamp().value();
}

// Annotated delay until time_ps, which must not lie in the past.
inline sc_core::sc_time until_ps(uint64_t time_ps) {
    return from_ps(time_ps - now_ps());
}

} // namespace npim
#endif

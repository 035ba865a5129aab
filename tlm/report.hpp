// Errors of hw/ as SystemC reports. SC_REPORT_ERROR throws; main catches the report once and turns its type
// back into the status, hence into the exit code.
#ifndef NPIM_TLM_REPORT_HPP
#define NPIM_TLM_REPORT_HPP

#include "hw/status.h"

#include <cstring>
#include <string>
#include <systemc>

namespace npim {

struct report_type {
    npim_status status;
    const char *type;
};

inline constexpr report_type report_types[] = {
    {NPIM_EUSAGE, "/npim/usage"},
    {NPIM_ECONFIG, "/npim/config"},
    {NPIM_EUNSUPPORTED, "/npim/unsupported"},
    {NPIM_EFIT, "/npim/fit"},
    {NPIM_ENOMEM, "/npim/memory"},
    {NPIM_EINTERRUPTED, "/npim/interrupted"},
    {NPIM_EINVARIANT, "/npim/invariant"},
};

// Nothing for NPIM_OK; otherwise reports "where: message" as an error (which throws sc_core::sc_report).
inline void check(npim_status status, const npim_error &error, const std::string &where) {
    if (status == NPIM_OK) return;
    const char *type = "/npim/invariant";
    for (const report_type &known : report_types)
        if (known.status == status) type = known.type;
    SC_REPORT_ERROR(type, (where + ": " + error.message).c_str());
}

// The status behind a report; a report that is not ours means a broken invariant.
inline npim_status status_of(const sc_core::sc_report &report) {
    for (const report_type &known : report_types)
        if (std::strcmp(known.type, report.get_msg_type()) == 0) return known.status;
    return NPIM_EINVARIANT;
}

} // namespace npim
#endif

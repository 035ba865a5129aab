#include "tlm/report.hpp"

#include <gtest/gtest.h>

TEST(Report, OkReportsNothing) {
    npim_error error{};
    EXPECT_NO_THROW(npim::check(NPIM_OK, error, "x"));
}

TEST(Report, StatusSurvivesTheWayThroughSystemC) {
    for (npim_status status : {NPIM_EUSAGE, NPIM_ECONFIG, NPIM_EUNSUPPORTED, NPIM_EFIT, NPIM_EINVARIANT,
                               NPIM_ENOMEM, NPIM_EINTERRUPTED}) {
        npim_error error{};
        (void)npim_fail(&error, status, "bits = %d", 33);
        try {
            npim::check(status, error, "chip.dac");
            FAIL() << "no report";
        } catch (const sc_core::sc_report &report) {
            EXPECT_EQ(npim::status_of(report), status);
            EXPECT_STREQ(report.get_msg(), "chip.dac: bits = 33");
        }
    }
}

TEST(Report, AStrangersReportIsABrokenInvariant) {
    try {
        SC_REPORT_ERROR("somebody", "else");
        FAIL();
    } catch (const sc_core::sc_report &report) {
        EXPECT_EQ(npim::status_of(report), NPIM_EINVARIANT);
    }
}

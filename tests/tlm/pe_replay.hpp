// Operations run on the modules of npim::pe and, beside them, on the plan: both must agree.
#ifndef NPIM_TESTS_TLM_PE_REPLAY_HPP
#define NPIM_TESTS_TLM_PE_REPLAY_HPP

#include "tests/tlm/traffic.hpp"
#include "tlm/pe.hpp"

namespace pe_replay {

// One operation: on which slot, decided when, to start when.
struct operation {
    uint32_t slot;
    npim_pe_shape shape;
    uint64_t issue_ps, start_ps;
};

// Runs operations on the modules, and on the plan with calendars of its own.
struct replay {
    uint64_t n_records = 0, done_ps = 0; // of the plan
    double plan_pJ = 0;
    npim_calendar plan_pools[NPIM_MAX_STAGES] = {}, pools[NPIM_MAX_STAGES] = {};

    // Shared stages from the start busy with the work of others.
    void load(uint32_t stage, uint64_t from_ps, uint64_t duration_ps) {
        npim_calendar_reserve(&plan_pools[stage], from_ps, duration_ps);
        npim_calendar_reserve(&pools[stage], from_ps, duration_ps);
    }

    void run(const npim_pe_plan &plan, npim::pe &pe, const std::vector<operation> &operations) {
        std::vector<npim_stage_record> records(NPIM_MAX_RECORDS);
        for (const operation &o : operations) {
            if (o.issue_ps > npim::now_ps()) traffic::run_to(o.issue_ps);
            uint32_t n = 0;
            const npim_pe_timing expected =
                npim_pe_plan_run(&plan, &o.shape, o.start_ps, plan_pools, records.data(), &n);
            const npim_pe_timing got = pe.run(o.slot, o.shape, o.start_ps, pools);
            EXPECT_EQ(got.start_ps, expected.start_ps);
            EXPECT_EQ(got.cycles_ps, expected.cycles_ps);
            EXPECT_EQ(got.converted_ps, expected.converted_ps);
            EXPECT_EQ(got.done_ps, expected.done_ps);
            n_records += n;
            for (uint32_t s = 0; s < plan.n_stages; s++)
                plan_pJ += npim_pe_plan_energy_pJ(&plan, s, &o.shape);
            done_ps = std::max(done_ps, expected.done_ps);
        }
        sc_core::sc_start();
    }

    void expect_same(const npim::pe &pe) const {
        EXPECT_NO_THROW(pe.check_agreement());
        EXPECT_EQ(pe.n_firings(), n_records);
        EXPECT_EQ(npim::now_ps(), done_ps) << "the last module ends when the plan says so";
        EXPECT_NEAR(pe.energy_pJ(), plan_pJ, 1e-9 * plan_pJ);
    }
};

// The report of check_agreement(); empty when there is none.
inline std::string disagreement(const npim::pe &pe) {
    try {
        pe.check_agreement();
    } catch (const sc_core::sc_report &report) {
        EXPECT_EQ(npim::status_of(report), NPIM_EINVARIANT);
        return report.get_msg();
    }
    return "";
}

} // namespace pe_replay
#endif

// Every architecture stage by stage on real modules, against the plan and against the closed form.
#include "arch_fixture.hpp"
#include "closed_form.hpp"
#include "tests/tlm/pe_replay.hpp"

namespace {

using closed_form::product;
using pe_replay::operation;

constexpr closed_form::numbers all[] = {closed_form::neural_pim, closed_form::isaac, closed_form::cascade,
                                        closed_form::isaac_16bit};
const product products[] = {{1, 1, 1}, {77, 93, 1}, {129, 9, 1}, {300, 20, 1}, {9, 1, 14}, {63, 27, 3}};

using pe_architectures = arch_fixture;

TEST_F(pe_architectures, an_operation_on_modules_takes_the_time_and_energy_of_the_formulas) {
    for (const auto &a : all) {
        load(a.name);
        for (const product &p : products) {
            SCOPED_TRACE(std::string(a.name) + " " + std::to_string(p.K) + " " + std::to_string(p.N));
            traffic::fresh_context context;
            npim::pe modules("stages", &arch->plan, 1);
            pe_replay::replay r;
            r.run(arch->plan, modules, {{0, closed_form::shape(a, p), 1000, 1234}});
            r.expect_same(modules);
            closed_form::shared_units idle;
            EXPECT_EQ(npim::now_ps(), closed_form::time(a, p, 1234, idle).done_ps);
            const double expected_pJ = closed_form::energy_pJ(a, p);
            EXPECT_NEAR(modules.energy_pJ(), expected_pJ, 1e-9 * expected_pJ);
        }
    }
}

TEST_F(pe_architectures, modules_wait_for_busy_pools_as_the_plan_does) {
    for (const auto &a : all) {
        load(a.name);
        for (const product &p : products) {
            SCOPED_TRACE(std::string(a.name) + " " + std::to_string(p.K) + " " + std::to_string(p.N));
            traffic::fresh_context context;
            npim::pe modules("stages", &arch->plan, 1);
            pe_replay::replay r;
            for (uint32_t s = 0; s < arch->plan.n_stages; s++) {
                r.load(s, 0, 900000);
                r.load(s, 900100 + s * 100, 100000);
            }
            r.run(arch->plan, modules, {{0, closed_form::shape(a, p), 0, 0}});
            r.expect_same(modules);
        }
    }
}

// Four slots of different sizes, each as fast as its arrays can, for several operations.
TEST_F(pe_architectures, slots_of_a_tile_share_its_converters) {
    for (const auto &a : all) {
        SCOPED_TRACE(a.name);
        load(a.name);
        traffic::fresh_context context;
        npim::pe modules("stages", &arch->plan, 4);
        std::vector<operation> operations;
        uint64_t interval_ps = a.n * a.t_ps;
        for (uint64_t i = 0; i < 6; i++)
            for (uint32_t slot = 0; slot < 4; slot++) {
                const uint64_t at_ps = 1000 + slot * 777 + i * interval_ps;
                operations.push_back({slot, closed_form::shape(a, products[1 + slot]), at_ps, at_ps});
            }
        pe_replay::replay r;
        r.run(arch->plan, modules, operations);
        r.expect_same(modules);
    }
}

// A tile of which every array works, as often as it can.
TEST_F(pe_architectures, a_full_tile_keeps_its_interval) {
    for (const auto &a : all) {
        SCOPED_TRACE(a.name);
        load(a.name);
        traffic::fresh_context context;
        npim::pe modules("stages", &arch->plan, 1);
        std::vector<operation> operations;
        const npim_pe_shape full = npim_arch_full_tile(arch);
        const uint64_t interval_ps = npim_pe_plan_interval_ps(&arch->plan, &full);
        for (uint64_t i = 0; i < 10; i++) operations.push_back({0, full, i * interval_ps, i * interval_ps});
        pe_replay::replay r;
        r.run(arch->plan, modules, operations);
        r.expect_same(modules);
        const npim_pe_timing one = npim_pe_plan_run(&arch->plan, &full, 0, nullptr, nullptr, nullptr);
        EXPECT_EQ(r.done_ps, one.done_ps + 9 * interval_ps) << "no operation waits for the one before";
    }
}

} // namespace

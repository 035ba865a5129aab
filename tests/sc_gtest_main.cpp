// main of the tests that use SystemC (libsystemc brings main itself and calls sc_main). ctest runs each test
// in a process of its own; run by hand, several tests share one, so every test gets a fresh simulation
// context.
#include <gtest/gtest.h>
#include <systemc>

namespace {

class fresh_context : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo &) override {
        outer_ = sc_core::sc_curr_simcontext;
        sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
    }
    void OnTestEnd(const testing::TestInfo &) override {
        delete sc_core::sc_curr_simcontext;
        sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = outer_;
    }
    sc_core::sc_simcontext *outer_ = nullptr;
};

} // namespace

int sc_main(int argc, char **argv) {
    testing::InitGoogleTest(&argc, argv);
    testing::UnitTest::GetInstance()->listeners().Append(new fresh_context);
    return RUN_ALL_TESTS();
}

#include "sim/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace {

// 0 when the signal, and nothing else, makes the stop wanted. In a process of its own.
int answer_to(int number) {
    const npim_stop *stop = npim_interrupt_catch();
    if (npim_stop_wanted(stop) || npim_interrupt_catch() != stop) return 1;
    if (std::raise(number) != 0 || !npim_stop_wanted(stop)) return 2;
    return npim_stop_wanted(npim_interrupt_catch()) ? 0 : 3; // catching again forgets nothing
}

TEST(interrupt, signals_are_wishes_to_stop) {
    for (int number : {SIGINT, SIGTERM})
        EXPECT_EXIT(std::_Exit(answer_to(number)), testing::ExitedWithCode(0), "") << number;
}

TEST(interrupt, others_are_left_alone) {
    EXPECT_EXIT(std::_Exit(answer_to(SIGHUP)), testing::KilledBySignal(SIGHUP), "");
}

} // namespace

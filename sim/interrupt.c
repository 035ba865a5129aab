#include "sim/interrupt.h"

#include <signal.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static bool is_interrupted(void *context) {
    (void)context;
    return interrupted != 0;
}

const npim_stop *npim_interrupt_catch(void) {
    static const npim_stop stop = {.wanted = is_interrupted};
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &stop;
}

// libsystemc brings main() and calls sc_main().
#include "sim/commands.h"

#include <cstdlib>
#include <systemc>

// The library prints its banner before sc_main() unless the environment says no; what the user has set stays.
__attribute__((constructor)) static void silence_banner() {
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
}

int sc_main(int argc, char **argv) {
    return npim_main(argc, argv);
}

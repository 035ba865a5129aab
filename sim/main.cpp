// libsystemc brings main() and calls this one.
#include "sim/commands.h"

#include <systemc>

int sc_main(int argc, char **argv) {
    return npim_main(argc, argv);
}

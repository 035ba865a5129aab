/* Where a bare name of a network or an architecture is looked up. */
#ifndef NPIM_SIM_FIND_H
#define NPIM_SIM_FIND_H

#include "hw/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_PATH_SIZE = 4096 };

/* A path (with a slash, beginning with a dot, or ending in .toml) is taken as it is. A bare name is looked up
 * in ./traces, beside the program, above it, in ../share/npim from there, and in the share folder of the
 * configured prefix; path gets the first that exists. So a checkout and an installation can be moved.
 * NPIM_ECONFIG, naming the places, when there is none. */
NPIM_MUST_USE npim_status npim_find_network(const char *name, char path[NPIM_PATH_SIZE], npim_error *error);

/* The same for architectures: ./sim/arch/NAME.toml, then beside the program and so on. */
NPIM_MUST_USE npim_status npim_find_arch(const char *name, char path[NPIM_PATH_SIZE], npim_error *error);

/* The same for peripheral circuits: ./sim/arch/circuits/NAME.toml, then beside the program and so on. */
NPIM_MUST_USE npim_status npim_find_circuit(const char *name, char path[NPIM_PATH_SIZE], npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

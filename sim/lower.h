/* From a mapping to what every tile has to do. */
#ifndef NPIM_SIM_LOWER_H
#define NPIM_SIM_LOWER_H

#include "sim/map.h"
#include "tlm/program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* program must be zeroed or finished. Fails only for lack of memory and when the stop of the map is wanted.
 */
NPIM_MUST_USE npim_status npim_lower(npim_program *program, const npim_map *map, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

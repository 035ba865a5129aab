/* What an architecture is, in numbers: for `npim describe`. Nothing here is typed in; all of it follows from
 * the blocks. */
#ifndef NPIM_SIM_DESCRIBE_H
#define NPIM_SIM_DESCRIBE_H

#include "sim/arch.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One object: name, doc, tiles, arrays_per_tile, power_W, area_mm2, tile_area_mm2, peak_TOPS,
 * capacity_weights, layer_step_ns, conversions {per_result, bits[]}, tile_power_mW, standby_W, tile_storage_B
 * (registers and eDRAM of one tile), bit_line_uA (npim_arch_bit_line_uA); groups[]: name, power_W, area_mm2
 * (on one chip), which add up to those of the chip; blocks[]: name, type, scope, group, count (per chip),
 * power_mW (in one tile; scope chip: on the chip), share (of the tile's power; 0 at scope chip), area_mm2 and
 * storage_B (as power_mW), source, tag (of the value that sets the power).
 * bits: one per conversion; strategy A, whose conversions are alike: one entry. NULL when memory runs out;
 * the caller frees it with cJSON_Delete. */
cJSON *npim_describe_json(const npim_arch *arch);

/* The same as a table for people. NULL when memory runs out; the caller frees it with free. */
char *npim_describe_text(const npim_arch *arch);

#ifdef __cplusplus
}
#endif
#endif

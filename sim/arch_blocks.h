/* The parts of reading an architecture file; only sim/arch.c calls them, in this order. path is the file as
 * the user named it, for messages. All return NPIM_ECONFIG with place, key, value and what is allowed. */
#ifndef NPIM_SIM_ARCH_BLOCKS_H
#define NPIM_SIM_ARCH_BLOCKS_H

#include "sim/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NPIM_ECONFIG with the place of the entry at key (path where the file leaves the key out) and a printf-style
 * reason: `isaac.toml:14: pe.cycle_ns = 0: outside ...`. */
npim_status npim_arch_refuse(const npim_arch *arch, const char *path, const char *key, npim_error *error,
                             const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Makes the block instances from the [block.*] tables of arch->doc and initialises them. Needs the plain
 * tables and the dataflow. On failure arch owns what was made; npim_arch_blocks_fini frees it. */
NPIM_MUST_USE npim_status npim_arch_blocks_read(npim_arch *arch, const char *path, npim_error *error);
void npim_arch_blocks_fini(npim_arch *arch);

/* Reads [[pe.stage]] and makes the plan from it. Needs the blocks. */
NPIM_MUST_USE npim_status npim_arch_recipe_read(npim_arch *arch, const char *path, npim_error *error);

/* What only makes sense together: blocks that a tile needs, codings, buffers that an address can reach. */
NPIM_MUST_USE npim_status npim_arch_check(const npim_arch *arch, const char *path, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* The circuit that a neural block of an architecture names: block.X.design. */
#ifndef NPIM_SIM_ARCH_DESIGN_H
#define NPIM_SIM_ARCH_DESIGN_H

#include "sim/arch.h"
#include "sim/design/design.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Does a block of that type take a design? neural_sa and neural_adc do. */
bool npim_arch_takes_design(const npim_block_ops *ops);

/* Reads the key `design` of a block, when it is there: a path, or a name in the folder `circuits` beside the
 * architecture's file, or else where npim_find_circuit looks. The file must be there, but is read only where
 * values or its timing are asked for: a study of other rates may change bits that the design was made for.
 * NPIM_ECONFIG when it is no string, empty or too long, and when there is no such file. */
NPIM_MUST_USE npim_status npim_arch_design_read(npim_arch *arch, npim_block_instance *block, const char *path,
                                                npim_error *error);

/* Reads the key `timing_from` of such a block: "architecture" (default), or "design", which puts the settling
 * time and the energy of the design's transient run in the place of the file's rate and energy: a converter
 * makes one conversion in the time of its slowest step. NPIM_ECONFIG for another word, without a design or a
 * transient run in it, or when a shift-and-add does not settle within an input cycle. */
NPIM_MUST_USE npim_status npim_arch_timing_read(npim_arch *arch, npim_block_instance *block, const char *path,
                                                npim_error *error);

/* What the transient runs say of the architecture's rates, in lines for people; "" where no design has one.
 * Errors as npim_arch_design_load. *text is from malloc. */
NPIM_MUST_USE npim_status npim_arch_timing_text(const npim_arch *arch, char **text, npim_error *error);

/* Loads the design that the first block of that type names; *design is NULL when there is none, else the
 * caller ends it with npim_design_fini and frees it. NPIM_ECONFIG, naming the key, when the file is bad, is
 * another circuit, or is made for other bits. */
NPIM_MUST_USE npim_status npim_arch_design_load(const npim_arch *arch, const npim_block_ops *ops,
                                                npim_design **design, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

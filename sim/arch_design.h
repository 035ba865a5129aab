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
 * architecture's file, or else where npim_find_circuit looks. The file is not opened: it is read where values
 * are computed. NPIM_ECONFIG when it is no string, empty or too long. */
NPIM_MUST_USE npim_status npim_arch_design_read(npim_arch *arch, npim_block_instance *block, const char *path,
                                                npim_error *error);

/* Loads the design that the first block of that type names; *design is NULL when there is none, else the
 * caller ends it with npim_design_fini and frees it. NPIM_ECONFIG, naming the key, when the file is bad, is
 * another circuit, or is made for other bits. */
NPIM_MUST_USE npim_status npim_arch_design_load(const npim_arch *arch, const npim_block_ops *ops,
                                                npim_design **design, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

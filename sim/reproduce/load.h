/* An architecture of the project by its name. */
#ifndef NPIM_SIM_REPRODUCE_LOAD_H
#define NPIM_SIM_REPRODUCE_LOAD_H

#include "sim/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Finds an architecture as npim_find_arch and loads it, with n assignments ("key=value") over its file. The
 * caller owns *arch and frees it with npim_free_arch. NPIM_ENOMEM, or the errors of npim_find_arch and
 * npim_arch_load; *arch is NULL then. */
NPIM_MUST_USE npim_status npim_load_arch(npim_arch **arch, const char *name, const char *const *assignments,
                                         size_t n, npim_error *error);
void npim_free_arch(npim_arch *arch); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif

/* Puts a set of finished files into a directory, all or none of them. */
#ifndef NPIM_SIM_REPLACE_H
#define NPIM_SIM_REPLACE_H

#include "hw/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Moves names[0 .. n_new-1] from the folder `from`, which holds nothing else, into the folder `to` of the
 * same disk, where files of all n names are replaced: those behind n_new by nothing; then `from` is gone. On
 * NPIM_EUSAGE, with the path and the reason, both folders are as they were. 1 <= n_new <= n. names[0] leaves
 * first and comes last: where it lies, the files belong together, even when the machine stopped in between.
 */
NPIM_MUST_USE npim_status npim_replace(const char *from, const char *to, const char *const *names,
                                       size_t n_new, size_t n, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

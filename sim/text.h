/* Text that grows while it is written. */
#ifndef NPIM_SIM_TEXT_H
#define NPIM_SIM_TEXT_H

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What put writes of subject, ended by a NUL. The caller frees it; NULL: no memory, or what was written is
 * not whole.
 */
char *npim_text_of(void (*put)(const void *subject, FILE *out), const void *subject);

#ifdef __cplusplus
}
#endif
#endif

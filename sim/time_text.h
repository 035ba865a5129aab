/* Times as people write them: "1us", "2.5 ns" without the space. */
#ifndef NPIM_SIM_TIME_TEXT_H
#define NPIM_SIM_TIME_TEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a decimal number with its unit (ps, ns, us, ms or s) at the start of text, exactly, in whole ps below
 * 10^18. Returns what follows it; NULL, with *time_ps as it was, when there is no such time or it is not a
 * whole number of ps. */
const char *npim_time_read(const char *text, uint64_t *time_ps);

/* A time of people's size: "1.5us". 32 bytes are always enough. What is written reads back exactly. */
void npim_time_text(uint64_t time_ps, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif

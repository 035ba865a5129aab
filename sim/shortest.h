/* Real numbers as text, short and exact. */
#ifndef NPIM_SIM_SHORTEST_H
#define NPIM_SIM_SHORTEST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_SHORTEST_SIZE = 32 };

/* Writes the fewest digits that read back as the same finite value into `to`, which has room for
 * NPIM_SHORTEST_SIZE characters; returns how many, without a terminator. The same for every locale. */
size_t npim_shortest(char *to, double value);

#ifdef __cplusplus
}
#endif
#endif

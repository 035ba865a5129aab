/* Where a curve of accuracy against SINAD bends. */
#ifndef NPIM_SIM_REPRODUCE_KNEE_H
#define NPIM_SIM_REPRODUCE_KNEE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Measured; a value that is not finite: not a point of the curve. */
typedef struct npim_knee_point {
    double sinad_dB, accuracy;
} npim_knee_point;

typedef enum npim_knee_kind {
    NPIM_KNEE_FOUND,
    NPIM_KNEE_KEPT, /* no point is below: the curve does not reach its knee */
    NPIM_KNEE_LOST  /* nor is any above the highest SINAD that is below: accuracy is nowhere kept */
} npim_knee_kind;

typedef struct npim_knee {
    npim_knee_kind kind;
    double sinad_dB; /* not a number unless found */
} npim_knee;

/* The SINAD down to which accuracy is at least `least` at every point that was measured: between the highest
 * SINAD at which it is lower and the next one above, on the straight line between the two. Points in any
 * order, not necessarily monotonic; of those at one SINAD, the least accurate counts. */
npim_knee npim_knee_find(const npim_knee_point *points, size_t n, double least);

#ifdef __cplusplus
}
#endif
#endif

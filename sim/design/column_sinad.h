/* SINAD of dot products that came through analog circuits: how much of the exact ones is in the results. */
#ifndef NPIM_SIM_DESIGN_COLUMN_SINAD_H
#define NPIM_SIM_DESIGN_COLUMN_SINAD_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Variance of the exact products of all columns over the mean squared error that is left when gain and offset
 * are corrected, by least squares; at most 150 dB, which stands for no error but that of arithmetic. */
typedef struct npim_column_sinad {
    double global_dB;     /* one gain and one offset for all columns */
    double per_column_dB; /* a gain and an offset for each */
} npim_column_sinad;

/* exact, result: [vectors][columns], both at least 1. Exact products that do not differ count as 150 dB. */
npim_column_sinad npim_column_sinad_of(const int32_t *exact, const double *result, uint32_t vectors,
                                       uint32_t columns);

#ifdef __cplusplus
}
#endif
#endif

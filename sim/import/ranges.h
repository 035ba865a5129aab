/* Where the numbers of a layer lie, and where to clip them: collected over calibration images. */
#ifndef NPIM_SIM_IMPORT_RANGES_H
#define NPIM_SIM_IMPORT_RANGES_H

#include "sim/import/quantise.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_RANGE_BINS = 4096 };

/* Magnitudes seen. Zeroed at first. */
typedef struct npim_range {
    double most;       /* the largest */
    bool has_negative; /* of the values themselves */
    uint64_t n, zeros; /* counted by npim_range_count, and how many of them are 0, which no clipping harms */
    uint64_t bins[NPIM_RANGE_BINS]; /* of 0 < magnitude <= most */
} npim_range;

/* Widens most. values: finite. */
void npim_range_widen(npim_range *range, const float *values, size_t n);

/* Counts values, once most is that of all of them. */
void npim_range_count(npim_range *range, const float *values, size_t n);

/* Magnitude that the largest code stands for, levels codes above 0: as calibration wants it. 0 when there was
 * nothing but zeros. max needs no counts. mse: a value within is as far from its code as one in a uniform
 * step is on average (step^2 / 12), one beyond is as far as the limit; limits are edges of bins. */
double npim_range_clip(const npim_range *range, npim_calibration calibration, uint32_t levels);

#ifdef __cplusplus
}
#endif
#endif

/* The transfer curve that all A/D converters share: uniform steps, rounding to nearest (ties to even),
 * clipping at full scale. Zero is always a code. */
#ifndef NPIM_HW_QUANTISER_H
#define NPIM_HW_QUANTISER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* bipolar: codes -(2^(bits-1) - 1) .. 2^(bits-1) - 1 for -v_max .. v_max; else 0 .. 2^bits - 1 for 0 ..
 * v_max. bits: 2..24 bipolar, 1..24 otherwise; v_max_V > 0. */
typedef struct npim_quantiser {
    uint32_t bits;
    bool bipolar;
    double v_max_V;
} npim_quantiser;

/* The largest code; the smallest one is its negative (bipolar) or 0. */
int32_t npim_quantiser_max_code(const npim_quantiser *quantiser);

/* One step, V. */
double npim_quantiser_lsb_V(const npim_quantiser *quantiser);

/* The code of v_V (not NaN). *clipped, if not NULL, becomes true when v_V lies more than half a step outside
 * the range and is left alone otherwise. */
int32_t npim_quantiser_code(const npim_quantiser *quantiser, double v_V, bool *clipped);

#ifdef __cplusplus
}
#endif
#endif

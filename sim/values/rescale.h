/* Multiplying an integer by a positive real constant in integers, as the digital units do it.
 *
 * The constant becomes factor / 2^shift with 2^30 <= factor < 2^31, rounded to nearest; the product is
 * rounded half up: floor((value x factor + 2^(shift - 1)) / 2^shift). */
#ifndef NPIM_SIM_VALUES_RESCALE_H
#define NPIM_SIM_VALUES_RESCALE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_rescale {
    int32_t factor;
    int32_t shift; /* may be negative: the product is then shifted left */
} npim_rescale;

/* constant: finite and > 0. Results whose magnitude passes 2^31 - 1 are kept there by npim_rescale_value, so
 * any constant is allowed. */
npim_rescale npim_rescale_of(double constant);

/* value: |value| < 2^40. Within +-(2^31 - 1). */
int32_t npim_rescale_value(npim_rescale rescale, int64_t value);

#ifdef __cplusplus
}
#endif
#endif

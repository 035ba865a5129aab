/* Time in integer picoseconds and the few unit conversions of the model.
 *
 * The digital clock is 833 ps by definition (1.2 GHz). Every other duration is rounded once per operation by
 * npim_rate_ps() or npim_ns_to_ps(), which plan and stages both call, so both agree to the picosecond. */
#ifndef NPIM_HW_UNITS_H
#define NPIM_HW_UNITS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_CLOCK_PS = 833 };

/* round(count x 1e12 / rate_Hz), the time of count operations at rate_Hz (> 0), in ps; half a ps rounds up.
 * count >= 0; results up to 2^53 ps (2.5 hours) are exact. */
uint64_t npim_rate_ps(double count, double rate_Hz);

/* round(time_ns x 1000), in ps; time_ns >= 0. */
uint64_t npim_ns_to_ps(double time_ns);

/* Energy of power_uW (>= 0) during duration_ps, in pJ: 1 uW x 1 ps = 1e-6 pJ. */
double npim_power_pJ(double power_uW, uint64_t duration_ps);

/* ceil(a / b) for b > 0. */
uint64_t npim_ceil_div(uint64_t a, uint64_t b);

/* The smallest multiple of step (0: no rounding) that is not below value. */
uint64_t npim_align_up(uint64_t value, uint64_t step);

#ifdef __cplusplus
}
#endif
#endif

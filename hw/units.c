#include "hw/units.h"

#include <math.h>

uint64_t npim_rate_ps(double count, double rate_Hz) {
    return (uint64_t)round(count * 1e12 / rate_Hz); /* round, not floor(x + 0.5): exact up to 2^53 */
}

uint64_t npim_ns_to_ps(double time_ns) {
    return (uint64_t)round(time_ns * 1e3);
}

double npim_power_pJ(double power_uW, uint64_t duration_ps) {
    return power_uW * 1e-6 * (double)duration_ps;
}

uint64_t npim_ceil_div(uint64_t a, uint64_t b) {
    return a / b + (a % b != 0);
}

uint64_t npim_align_up(uint64_t value, uint64_t step) {
    return step == 0 ? value : npim_ceil_div(value, step) * step;
}

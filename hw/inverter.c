#include "hw/inverter.h"

#include <math.h>

enum { SEGMENTS = NPIM_VTC_POINTS - 1 };

npim_status npim_inverter_check(const npim_inverter *inverter, npim_error *error) {
    const double slack_V = 1e-3; /* of a simulator's convergence */
    if (!(inverter->vdd_V > 0) || !isfinite(inverter->vdd_V))
        return npim_fail(error, NPIM_ECONFIG, "inverter: vdd_V = %g: above 0", inverter->vdd_V);
    for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++) {
        double out_V = inverter->out_V[i];
        if (!(out_V >= -slack_V && out_V <= inverter->vdd_V + slack_V))
            return npim_fail(error, NPIM_ECONFIG, "inverter: out_V[%u] = %g: outside 0..%g V", i, out_V,
                             inverter->vdd_V);
        if (i > 0 && !(out_V <= inverter->out_V[i - 1]))
            return npim_fail(error, NPIM_ECONFIG, "inverter: out_V[%u] = %g: above the %g V before it", i,
                             out_V, inverter->out_V[i - 1]);
    }
    return NPIM_OK;
}

/* The segment of an input, and where in it. */
static uint32_t segment(const npim_inverter *inverter, double in_V, double *part) {
    double at = in_V / inverter->vdd_V * SEGMENTS;
    if (!(at > 0)) at = 0; /* not a number, too */
    if (at > SEGMENTS) at = SEGMENTS;
    uint32_t i = (uint32_t)at;
    if (i == SEGMENTS) i--;
    *part = at - i;
    return i;
}

double npim_inverter_out_V(const npim_inverter *inverter, double in_V) {
    double part;
    uint32_t i = segment(inverter, in_V, &part);
    return inverter->out_V[i] + part * (inverter->out_V[i + 1] - inverter->out_V[i]);
}

double npim_inverter_in_V(const npim_inverter *inverter, double out_V) {
    const double *out = inverter->out_V;
    double step_V = inverter->vdd_V / SEGMENTS;
    if (out_V >= out[0]) return 0;
    if (out_V <= out[SEGMENTS]) return inverter->vdd_V;
    uint32_t low = 0, high = SEGMENTS; /* out[low] > out_V > out[high], or equal at one of them */
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (out[middle] > out_V)
            low = middle;
        else
            high = middle;
    }
    return (low + (out[low] - out_V) / (out[low] - out[high])) * step_V;
}

double npim_inverter_gain(const npim_inverter *inverter, double in_V) {
    double part;
    uint32_t i = segment(inverter, in_V, &part);
    return (inverter->out_V[i + 1] - inverter->out_V[i]) * SEGMENTS / inverter->vdd_V;
}

double npim_inverter_threshold_V(const npim_inverter *inverter) {
    double low_V = 0, high_V = inverter->vdd_V; /* out - in falls strictly */
    for (int i = 0; i < 60; i++) {
        double middle_V = 0.5 * (low_V + high_V);
        if (npim_inverter_out_V(inverter, middle_V) > middle_V)
            low_V = middle_V;
        else
            high_V = middle_V;
    }
    return 0.5 * (low_V + high_V);
}

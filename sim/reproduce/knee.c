#include "sim/reproduce/knee.h"

#include <math.h>
#include <stdbool.h>

/* 359 of 360 less 0.01 is not the same number by every way: two that differ by so little are one. */
static const double rounding = 1e-9;

static bool is_point(const npim_knee_point *p) {
    return isfinite(p->sinad_dB) && isfinite(p->accuracy);
}

/* The highest SINAD that is too low; NULL: there is none. */
static const npim_knee_point *highest_below(const npim_knee_point *points, size_t n, double least) {
    const npim_knee_point *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const npim_knee_point *p = &points[i];
        if (!is_point(p) || p->accuracy >= least - rounding) continue;
        if (!best || p->sinad_dB > best->sinad_dB ||
            (p->sinad_dB == best->sinad_dB && p->accuracy < best->accuracy))
            best = p;
    }
    return best;
}

/* The next SINAD above it. */
static const npim_knee_point *next_above(const npim_knee_point *points, size_t n, double sinad_dB) {
    const npim_knee_point *best = NULL;
    for (size_t i = 0; i < n; i++) {
        const npim_knee_point *p = &points[i];
        if (!is_point(p) || p->sinad_dB <= sinad_dB) continue;
        if (!best || p->sinad_dB < best->sinad_dB ||
            (p->sinad_dB == best->sinad_dB && p->accuracy < best->accuracy))
            best = p;
    }
    return best;
}

npim_knee npim_knee_find(const npim_knee_point *points, size_t n, double least) {
    const npim_knee_point *below = highest_below(points, n, least);
    if (!below) return (npim_knee){NPIM_KNEE_KEPT, (double)NAN};
    const npim_knee_point *above = next_above(points, n, below->sinad_dB);
    if (!above) return (npim_knee){NPIM_KNEE_LOST, (double)NAN};
    double share = fmin(1.0, (least - below->accuracy) / (above->accuracy - below->accuracy));
    return (npim_knee){NPIM_KNEE_FOUND, below->sinad_dB + share * (above->sinad_dB - below->sinad_dB)};
}

#include "sim/import/ranges.h"

#include <math.h>

static const double percentile = 0.9999;

void npim_range_widen(npim_range *range, const float *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double magnitude = fabs((double)values[i]);
        if (magnitude > range->most) range->most = magnitude;
        if (values[i] < 0.0F) range->has_negative = true;
    }
}

void npim_range_count(npim_range *range, const float *values, size_t n) {
    range->n += n;
    for (size_t i = 0; i < n; i++) {
        double magnitude = fabs((double)values[i]);
        if (magnitude == 0.0) {
            range->zeros++;
            continue;
        }
        double bin = ceil(magnitude / range->most * NPIM_RANGE_BINS) - 1.0;
        range->bins[bin < 0.0 ? 0 : bin < NPIM_RANGE_BINS ? (size_t)bin : NPIM_RANGE_BINS - 1]++;
    }
}

static double edge(const npim_range *range, uint32_t bins) {
    return range->most * bins / NPIM_RANGE_BINS;
}

/* The first edge that so many values are not above. */
static double clip_at_percentile(const npim_range *range) {
    double wanted = percentile * (double)range->n;
    uint64_t below = range->zeros;
    uint32_t bins = 0;
    while ((double)below < wanted && bins < NPIM_RANGE_BINS) below += range->bins[bins++];
    return bins ? edge(range, bins) : edge(range, 1);
}

/* From the outermost edge inwards, with the sums of what lies beyond. */
static double clip_at_least_error(const npim_range *range, uint32_t levels) {
    double best = range->most, least = INFINITY;
    double beyond = 0.0, sum = 0.0, squares = 0.0, within = (double)(range->n - range->zeros);
    for (uint32_t bins = NPIM_RANGE_BINS; bins > 0; bins--) {
        double limit = edge(range, bins), step = limit / levels;
        double error = within * step * step / 12.0 + squares - 2.0 * limit * sum + limit * limit * beyond;
        if (error < least) {
            least = error;
            best = limit;
        }
        double count = (double)range->bins[bins - 1], at = range->most * (bins - 0.5) / NPIM_RANGE_BINS;
        within -= count;
        beyond += count;
        sum += count * at;
        squares += count * at * at;
    }
    return best;
}

double npim_range_clip(const npim_range *range, npim_calibration calibration, uint32_t levels) {
    if (range->most == 0.0 || calibration == NPIM_CALIBRATION_MAX) return range->most;
    return calibration == NPIM_CALIBRATION_PERCENTILE ? clip_at_percentile(range)
                                                      : clip_at_least_error(range, levels);
}

/* Order statistics of Monte Carlo samples. */
#ifndef NPIM_SIM_DESIGN_STATISTICS_H
#define NPIM_SIM_DESIGN_STATISTICS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_spread {
    double nominal;          /* of the circuit without variation */
    double median, p10, p90; /* of the samples; the nominal value where there are none */
} npim_spread;

typedef struct npim_named_spread {
    const char *key; /* "enob_bit": with its unit */
    npim_spread spread;
} npim_named_spread;

enum { NPIM_MAX_SPREADS = 8 };

/* Sorts n values in place, ascending. Not-a-number is not allowed. */
void npim_sort(double *values, size_t n);

/* Quantile p of n > 0 sorted values: linear between neighbours, the smallest at 0, the largest at 1 and the
 * others at equal distances (type 7 of Hyndman and Fan 1996). p: 0..1. */
double npim_quantile(const double *sorted, size_t n, double p);

/* Sorts the samples and takes median and deciles of them. n may be 0. */
npim_spread npim_spread_of(double nominal, double *samples, size_t n);

#ifdef __cplusplus
}
#endif
#endif

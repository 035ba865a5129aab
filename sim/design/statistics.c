#include "sim/design/statistics.h"

#include <stdlib.h>

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void npim_sort(double *values, size_t n) {
    if (n > 1) qsort(values, n, sizeof *values, compare);
}

double npim_quantile(const double *sorted, size_t n, double p) {
    double at = p * (double)(n - 1);
    size_t low = (size_t)at;
    if (low + 1 >= n) return sorted[n - 1];
    return sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

npim_spread npim_spread_of(double nominal, double *samples, size_t n) {
    if (n == 0) return (npim_spread){nominal, nominal, nominal, nominal};
    npim_sort(samples, n);
    return (npim_spread){nominal, npim_quantile(samples, n, 0.5), npim_quantile(samples, n, 0.1),
                         npim_quantile(samples, n, 0.9)};
}

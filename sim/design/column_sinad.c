#include "sim/design/column_sinad.h"

#include "hw/elementary.h"

#include <stddef.h>

/* Every `stride`-th value of a matrix. */
typedef struct values {
    const int32_t *exact;
    const double *result;
    size_t n, stride;
} values;

static double ratio_dB(double signal, double error) {
    const double most = 1e15; /* 150 dB */
    double ratio = error > signal / most ? signal / error : most;
    return 10 / 2.302585092994045684 * npim_log(ratio);
}

/* What is left of the exact values when gain x result + offset is taken off. The residuals are squared one by
 * one: differences of sums would end at about 150 dB. */
static double squares_left(const values *at, double *signal) {
    double n = (double)at->n, mean_e = 0, mean_r = 0, ee = 0, rr = 0, er = 0, left = 0;
    for (size_t i = 0; i < at->n; i++) {
        mean_e += at->exact[i * at->stride] / n;
        mean_r += at->result[i * at->stride] / n;
    }
    for (size_t i = 0; i < at->n; i++) {
        double e = at->exact[i * at->stride] - mean_e, r = at->result[i * at->stride] - mean_r;
        ee += e * e;
        rr += r * r;
        er += e * r;
    }
    double gain = rr > 0 ? er / rr : 0;
    for (size_t i = 0; i < at->n; i++) {
        double e = at->exact[i * at->stride] - mean_e, r = at->result[i * at->stride] - mean_r;
        left += (e - gain * r) * (e - gain * r);
    }
    *signal = ee;
    return left;
}

npim_column_sinad npim_column_sinad_of(const int32_t *exact, const double *result, uint32_t vectors,
                                       uint32_t columns) {
    const values all = {exact, result, (size_t)vectors * columns, 1};
    double signal, of_column, left = 0, left_global = squares_left(&all, &signal);
    for (uint32_t c = 0; c < columns; c++) {
        const values column = {exact + c, result + c, vectors, columns};
        left += squares_left(&column, &of_column);
    }
    return (npim_column_sinad){ratio_dB(signal, left_global), ratio_dB(signal, left)};
}

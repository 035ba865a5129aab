#include "sim/values/fixed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int32_t npim_fixed_most(uint32_t rows, uint32_t largest_input) {
    uint64_t most = (uint64_t)INT32_MAX / ((uint64_t)rows * largest_input);
    return most < INT16_MAX ? (int32_t)most : INT16_MAX;
}

/* Nearest whole number, halves to even, of |x| < 2^51. Compilers make vectors of it, unlike of nearbyint. */
static double nearest(double x) {
    const double large = 0x1.8p52;
    return x + large - large;
}

/* One output in units of 1 / scale. */
static void round_output(const double *real, uint32_t rows, double scale, int16_t *fixed) {
    for (uint32_t r = 0; r < rows; r++) fixed[r] = (int16_t)nearest(real[r] * scale);
}

/* Largest error of an output's sum with inputs 0 .. 1. */
static double error_of(const double *real, uint32_t rows, double unit, const int16_t *fixed) {
    double up = 0.0, down = 0.0;
    for (uint32_t r = 0; r < rows; r++) {
        double error = fixed[r] * unit - real[r];
        up += error > 0.0 ? error : 0.0;
        down += error < 0.0 ? -error : 0.0;
    }
    return up > down ? up : down;
}

static double largest_of(const double *real, uint32_t rows) {
    double largest = 0.0;
    for (uint32_t r = 0; r < rows; r++) largest = fabs(real[r]) > largest ? fabs(real[r]) : largest;
    return largest;
}

static npim_status take_high(npim_fixed_matrix *m, const double *real, const npim_fixed_config *config,
                             int16_t *fixed, npim_error *error) {
    uint32_t rows = config->rows;
    int32_t most = npim_fixed_most(rows, config->largest_input);
    for (uint32_t o = 0; o < config->outputs; o++, real += rows) {
        double largest = largest_of(real, rows);
        m->unit[o] = config->exact || largest == 0.0 ? 1.0 : largest / most;
        round_output(real, rows, 1.0 / m->unit[o], fixed + (size_t)o * rows);
        double off = error_of(real, rows, m->unit[o], fixed + (size_t)o * rows);
        m->error = off > m->error ? off : m->error;
    }
    m->high_error = m->error;
    return npim_matrix_init_i16(&m->high, fixed, rows, config->outputs, error);
}

/* What rounding to high has left, in as small units as sums of 31 bit allow; in the place of high. */
static npim_status take_low(npim_fixed_matrix *m, const double *real, const npim_fixed_config *config,
                            int16_t *fixed, npim_error *error) {
    int bits = 15;
    int16_t *at = fixed;
    double unit = 0.0;
    uint32_t input = config->largest_low_input > 0 ? config->largest_low_input : config->largest_input;
    while ((1 << (bits - 1)) > npim_fixed_most(config->rows, input)) bits--;
    m->low_unit = ldexp(1.0, -bits);
    for (uint32_t o = 0; o < config->outputs; o++) {
        double scale = 1.0 / m->unit[o], units = 1 << bits;
        for (uint32_t r = 0; r < config->rows; r++, at++)
            *at = (int16_t)nearest((*real++ * scale - *at) * units);
        unit = m->unit[o] > unit ? m->unit[o] : unit;
    }
    m->error = 0.5 * config->rows * unit * m->low_unit;
    return npim_matrix_init_i16(&m->low, fixed, config->rows, config->outputs, error);
}

/* fixed: room for a matrix. */
static npim_status fill(npim_fixed_matrix *m, const double *real, const npim_fixed_config *config,
                        int16_t *fixed, npim_error *error) {
    npim_status status = take_high(m, real, config, fixed, error);
    if (status != NPIM_OK || m->error <= config->tolerance) return status;
    return take_low(m, real, config, fixed, error);
}

npim_status npim_fixed_matrix_init(npim_fixed_matrix *m, const double *real, const npim_fixed_config *config,
                                   npim_error *error) {
    size_t n = (size_t)config->rows * config->outputs;
    int16_t *fixed = malloc((n + 1) * sizeof *fixed);
    m->unit = malloc((config->outputs + (size_t)1) * sizeof *m->unit);
    npim_status status = fixed && m->unit ? fill(m, real, config, fixed, error)
                                          : npim_fail(error, NPIM_ENOMEM, "no memory for a row chunk");
    free(fixed);
    if (status != NPIM_OK) npim_fixed_matrix_fini(m);
    return status;
}

void npim_fixed_matrix_fini(npim_fixed_matrix *m) {
    npim_matrix_fini(&m->high);
    npim_matrix_fini(&m->low);
    free(m->unit);
    memset(m, 0, sizeof *m);
}

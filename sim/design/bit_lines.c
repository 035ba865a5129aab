#include "sim/design/bit_lines.h"

#include "hw/rram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLICES = NPIM_BIT_LINE_SLICES };

void npim_bit_lines_fini(npim_bit_lines *lines) {
    free(lines->sum);
    memset(lines, 0, sizeof *lines);
}

double npim_bit_lines_weight(const npim_bit_lines *lines, uint32_t cycle, uint32_t slice) {
    return ldexp(1, (int)(slice + lines->dac_bits * cycle));
}

/* Cells whose rows always get the same input are added: [n_inputs][slices][columns]. */
static void program(const npim_dot_products *p, const npim_rram *rram, const npim_random *random,
                    double *pairs) {
    uint32_t columns = p->shape.columns;
    for (uint32_t row = 0; row < p->shape.rows; row++)
        for (uint32_t k = 0; k < SLICES; k++)
            for (uint32_t c = 0; c < columns; c++) {
                int32_t weight = p->weight[(size_t)row * columns + c];
                uint32_t bit = (uint32_t)abs(weight) >> k & 1;
                uint64_t index = (((uint64_t)row * SLICES + k) * columns + c) * 2;
                double plus_S = npim_rram_conductance_S(rram, random, weight > 0 ? bit : 0, index, NULL);
                double minus_S = npim_rram_conductance_S(rram, random, weight < 0 ? bit : 0, index + 1, NULL);
                pairs[((size_t)npim_dot_input(p, row, c) * SLICES + k) * columns + c] +=
                    (plus_S - minus_S) / rram->step_S;
            }
}

static void add_row(double *restrict sum, const double *restrict pairs, double digit, size_t n) {
    for (size_t i = 0; i < n; i++) sum[i] += digit * pairs[i];
}

static void read(npim_bit_lines *lines, const npim_dot_products *p, const double *pairs) {
    size_t width = (size_t)SLICES * lines->columns;
    double *sum = lines->sum;
    for (uint32_t cycle = 0; cycle < lines->cycles; cycle++)
        for (uint32_t v = 0; v < lines->vectors; v++, sum += width)
            for (uint32_t i = 0; i < p->n_inputs; i++) {
                uint32_t input = p->input[(size_t)v * p->n_inputs + i];
                uint32_t digit = input >> (lines->dac_bits * cycle) & ((1u << lines->dac_bits) - 1);
                if (digit) add_row(sum, pairs + i * width, digit, width);
            }
}

static npim_status check(uint32_t dac_bits, const npim_bit_line_cells *cells, npim_error *error) {
    if (dac_bits != 1 && dac_bits != 2 && dac_bits != 4 && dac_bits != 8)
        return npim_fail(error, NPIM_EUSAGE, "dac_bits = %u: 1, 2, 4 or 8 bit in a cycle", dac_bits);
    if (!(cells->sigma >= 0 && cells->sigma <= 0.5))
        return npim_fail(error, NPIM_EUSAGE, "sigma = %g: 0..0.5", cells->sigma);
    if (!(cells->on_off_ratio >= 1.001 && cells->on_off_ratio <= 1e9))
        return npim_fail(error, NPIM_EUSAGE, "on_off_ratio = %g: 1.001..1e9", cells->on_off_ratio);
    return NPIM_OK;
}

npim_status npim_bit_lines_init(npim_bit_lines *lines, const npim_dot_products *products, uint32_t dac_bits,
                                const npim_bit_line_cells *cells, const npim_random *random,
                                npim_error *error) {
    memset(lines, 0, sizeof *lines);
    const npim_rram_config config = {.cell_bits = 1,
                                     .g_on_S = 2e-6,
                                     .on_off_ratio = cells->on_off_ratio,
                                     .read_V = 0.2,
                                     .sigma = cells->sigma,
                                     .drift_reference_s = 1};
    npim_rram rram;
    npim_status status = check(dac_bits, cells, error);
    if (status == NPIM_OK) status = npim_rram_init(&rram, &config, error);
    if (status != NPIM_OK) return status;
    const npim_dot_shape *shape = &products->shape;
    lines->dac_bits = dac_bits;
    lines->cycles = NPIM_BIT_LINE_INPUT_BITS / dac_bits;
    lines->vectors = shape->vectors;
    lines->columns = shape->columns;
    lines->full_scale = (double)shape->rows * ((1u << dac_bits) - 1);
    lines->n = (size_t)lines->cycles * shape->vectors * SLICES * shape->columns;
    lines->sum = calloc(lines->n, sizeof *lines->sum);
    double *pairs = calloc((size_t)products->n_inputs * SLICES * shape->columns, sizeof *pairs);
    if (lines->sum && pairs) {
        program(products, &rram, random, pairs);
        read(lines, products, pairs);
    } else {
        npim_bit_lines_fini(lines);
        status = npim_fail(error, NPIM_ENOMEM, "no memory for the partial sums of %u x %u dot products",
                           shape->vectors, shape->columns);
    }
    free(pairs);
    npim_rram_fini(&rram);
    return status;
}

void npim_bit_lines_add(const npim_bit_lines *lines, double *result) {
    const double *sum = lines->sum;
    memset(result, 0, (size_t)lines->vectors * lines->columns * sizeof *result);
    for (uint32_t cycle = 0; cycle < lines->cycles; cycle++)
        for (uint32_t v = 0; v < lines->vectors; v++)
            for (uint32_t k = 0; k < SLICES; k++, sum += lines->columns)
                add_row(result + (size_t)v * lines->columns, sum, npim_bit_lines_weight(lines, cycle, k),
                        lines->columns);
}

double npim_range_of(const double *values, size_t n, double sigmas, double most) {
    const double margin = 1.01;
    double squares = 0, largest = 0;
    if (sigmas == 0) return most;
    for (size_t i = 0; i < n; i++) {
        squares += values[i] * values[i];
        largest = fmax(largest, fabs(values[i]));
    }
    double range = fmin(fmin(sigmas * sqrt(squares / (double)n), margin * largest), most);
    return range > 0 ? range : most;
}

#include "sim/design/strategies.h"

#include <math.h>
#include <string.h>

enum { SLICES = NPIM_BIT_LINE_SLICES };

/* What one partial sum becomes; context belongs to the strategy, index is that of the sum. */
typedef double (*conversion)(const void *context, double sum, size_t index);

static void add_converted(const npim_bit_lines *lines, conversion convert, const void *context,
                          double *result) {
    size_t index = 0;
    memset(result, 0, (size_t)lines->vectors * lines->columns * sizeof *result);
    for (uint32_t cycle = 0; cycle < lines->cycles; cycle++)
        for (uint32_t v = 0; v < lines->vectors; v++)
            for (uint32_t k = 0; k < SLICES; k++) {
                double weight = npim_bit_lines_weight(lines, cycle, k);
                double *row = result + (size_t)v * lines->columns;
                for (uint32_t c = 0; c < lines->columns; c++, index++)
                    row[c] += weight * convert(context, lines->sum[index], index);
            }
}

static double digitised(const npim_quantiser *adc, double value) {
    return npim_quantiser_code(adc, value, NULL) * npim_quantiser_lsb_V(adc);
}

void npim_digitise(const npim_quantiser *adc, double *values, size_t n) {
    for (size_t i = 0; i < n; i++) values[i] = digitised(adc, values[i]);
}

double npim_strategy_most(const npim_bit_lines *lines) {
    double slices = (1u << SLICES) - 1, digits = (1u << NPIM_BIT_LINE_INPUT_BITS) - 1;
    double rows = lines->full_scale / ((1u << lines->dac_bits) - 1);
    return rows * slices * digits;
}

static double convert_a(const void *context, double sum, size_t index) {
    (void)index;
    return digitised(context, sum);
}

void npim_strategy_a(const npim_bit_lines *lines, double range_sigmas, double *result) {
    const npim_quantiser unit = {.bits = NPIM_STRATEGY_A_BITS, .bipolar = true, .v_max_V = 1};
    double range = npim_range_of(lines->sum, lines->n, range_sigmas, lines->full_scale);
    double codes = npim_quantiser_max_code(&unit), step = fmax(1, range / (codes + 1));
    const npim_quantiser adc = {.bits = NPIM_STRATEGY_A_BITS, .bipolar = true, .v_max_V = codes * step};
    add_converted(lines, convert_a, &adc, result);
}

/* The buffer cells of strategy B. */
typedef struct buffer {
    npim_quantiser levels;
    double sigma;
    const npim_random *random;
} buffer;

static double convert_b(const void *context, double sum, size_t index) {
    const buffer *b = context;
    double written = digitised(&b->levels, sum);
    if (!b->random || b->sigma == 0 || written == 0) return written;
    return written * fmax(0, 1 + b->sigma * npim_random_normal(b->random, NPIM_DRAW_VARIATION, index));
}

void npim_strategy_b(const npim_bit_lines *lines, double range_sigmas, double sigma,
                     const npim_random *random, double *result) {
    size_t n = (size_t)lines->vectors * lines->columns;
    const buffer cells = {
        .levels = {.bits = NPIM_STRATEGY_B_BUFFER_BITS,
                   .bipolar = true,
                   .v_max_V = npim_range_of(lines->sum, lines->n, range_sigmas, lines->full_scale)},
        .sigma = sigma,
        .random = random};
    add_converted(lines, convert_b, &cells, result);
    const npim_quantiser adc = {.bits = NPIM_STRATEGY_B_BITS,
                                .bipolar = true,
                                .v_max_V = npim_range_of(result, n, range_sigmas, npim_strategy_most(lines))};
    npim_digitise(&adc, result, n);
}

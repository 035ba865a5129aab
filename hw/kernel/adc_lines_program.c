#include "hw/kernel/adc_lines_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_ROWS = NPIM_DRIVE_WORD_ROWS, MAX_FRACTION_BITS = 14 };

/* What becomes of the values of an array, or of their squares. */
typedef struct fixed {
    double one;             /* what a set bit stands for */
    uint32_t fraction_bits; /* of the integers below */
    int16_t bit;            /* the same in their unit */
    int16_t *deviation;     /* [columns][words x 15] what is left */
    double *sums;           /* [4][columns] of negative and positive deviations and of both kinds of errors */
    double error;           /* of any sum of a column, in units of the values */
} fixed;

static uint32_t columns_of(const npim_adc_lines *lines) {
    return lines->config.outputs * lines->config.columns_per_weight;
}

/* Bit lines lie one after the other, one without cells after each weight's odd last one. */
static void set_bits(const npim_adc_lines *lines, const uint8_t *set) {
    uint32_t columns = columns_of(lines), per_weight = lines->config.columns_per_weight;
    size_t words = lines->binary.words, gap = per_weight % 2 * words;
    for (uint32_t row = 0; row < lines->config.rows; row++) {
        uint32_t *to = lines->binary.mask + row / WORD_ROWS, at = 0;
        for (uint32_t c = 0; c < columns; c++, to += words) {
            *to |= (*set++ * 0x10001u) << row % WORD_ROWS;
            if (++at == per_weight) to += gap, at = 0;
        }
    }
}

/* The mean of those that are set; 1 if there are none. */
static double mean_of(const double *value, const uint8_t *set, size_t n) {
    double sum = 0.0, count = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += value[i] * set[i]; /* no branches: which ones are set cannot be foretold */
        count += set[i];
    }
    return count > 0.0 ? sum / count : 1.0;
}

static void compare(const double *value, size_t n, double threshold, uint8_t *set) {
    for (size_t i = 0; i < n; i++) set[i] = value[i] > threshold;
}

/* Nearest whole number, halves to even, of |x| < 2^51. Compilers make vectors of it, unlike of nearbyint. */
static double nearest(double x) {
    const double large = 0x1.8p52;
    return x + large - large;
}

/* Are they levels of one bit, exactly? */
static bool are_bits(const double *value, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (value[i] != 0.0 && value[i] != 1.0) return false;
    return true;
}

static bool are_whole(const double *value, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (value[i] != nearest(value[i])) return false;
    return true;
}

/* Fills the deviations of one row, and adds to the sums of its columns. */
static void fix_row(const npim_adc_lines *lines, const double *value, const uint8_t *set, uint32_t row,
                    fixed *f) {
    uint32_t columns = columns_of(lines), per_weight = lines->config.columns_per_weight, at = 0;
    size_t stride = (size_t)lines->binary.words * WORD_ROWS, gap = per_weight % 2 * stride;
    double *low = f->sums, *high = low + columns, *under = high + columns, *over = under + columns;
    double scale = ldexp(1.0, (int)f->fraction_bits), bit = f->bit;
    int16_t *to = f->deviation + row;
    for (uint32_t c = 0; c < columns; c++, to += stride) {
        double exact = value[c] * scale, whole = nearest(exact), error = whole - exact;
        double deviation = whole - set[c] * bit;
        low[c] += deviation < 0.0 ? deviation : 0.0;
        high[c] += deviation > 0.0 ? deviation : 0.0;
        under[c] += error < 0.0 ? error : 0.0;
        over[c] += error > 0.0 ? error : 0.0;
        *to = fabs(deviation) <= INT16_MAX ? (int16_t)deviation : 0;
        if (++at == per_weight) to += gap, at = 0;
    }
}

/* The largest magnitude in two rows of sums. */
static double largest_of(const double *low, const double *high, uint32_t columns) {
    double largest = 0.0;
    for (uint32_t c = 0; c < columns; c++) {
        largest = -low[c] > largest ? -low[c] : largest;
        largest = high[c] > largest ? high[c] : largest;
    }
    return largest;
}

/* Fills the deviations with that many fraction bits; returns the largest sum that they can come to. */
static double fix_all(const npim_adc_lines *lines, const double *value, const uint8_t *set, fixed *f) {
    uint32_t columns = columns_of(lines);
    double scale = ldexp(1.0, (int)f->fraction_bits);
    f->bit = (int16_t)nearest(f->one * scale);
    memset(f->sums, 0, 4 * (size_t)columns * sizeof *f->sums);
    for (uint32_t row = 0; row < lines->config.rows; row++)
        fix_row(lines, value + (size_t)row * columns, set + (size_t)row * columns, row, f);
    f->error = largest_of(f->sums + 2 * (size_t)columns, f->sums + 3 * (size_t)columns, columns) / scale;
    return largest_of(f->sums, f->sums + columns, columns);
}

static npim_status make_room(const npim_adc_lines *lines, fixed *f, npim_error *error) {
    size_t n = (size_t)npim_binary_columns(lines) * lines->binary.words * WORD_ROWS;
    f->deviation = calloc(n > 0 ? n : 1, sizeof *f->deviation);
    return f->deviation ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for the cells of an array");
}

/* Has `x` at most 15 bits with a fraction of some? Takes fraction bits off until it has, or there are none.
 */
static bool make_fit(double x, uint32_t *fraction_bits) {
    for (; x > INT16_MAX && *fraction_bits > 0; x *= 0.5) --*fraction_bits;
    return x <= INT16_MAX;
}

/* With as many fraction bits as there is room for. */
static npim_status fix(const npim_adc_lines *lines, const double *value, const uint8_t *set, fixed *f,
                       bool *fits, npim_error *error) {
    npim_status status = make_room(lines, f, error);
    if (status != NPIM_OK) return status;
    f->sums = malloc(4 * (size_t)columns_of(lines) * sizeof *f->sums);
    if (!f->sums) return npim_fail(error, NPIM_ENOMEM, "no memory for the cells of an array");
    f->one = mean_of(value, set, (size_t)lines->config.rows * columns_of(lines));
    f->fraction_bits = MAX_FRACTION_BITS;
    *fits = make_fit(fabs(f->one) * (1 << MAX_FRACTION_BITS), &f->fraction_bits);
    for (uint32_t before = UINT32_MAX; *fits && before != f->fraction_bits;) {
        before = f->fraction_bits;
        *fits = make_fit(fix_all(lines, value, set, f), &f->fraction_bits);
    }
    free(f->sums);
    return NPIM_OK;
}

static npim_status fix_values(npim_adc_lines *lines, const double *value, const uint8_t *set, bool *fits,
                              npim_error *error) {
    npim_binary_lines *binary = &lines->binary;
    fixed f = {0};
    npim_status status = fix(lines, value, set, &f, fits, error);
    binary->deviation = f.deviation;
    binary->one = f.bit;
    binary->codes_per_unit = (float)(ldexp(1.0, -(int)f.fraction_bits) / lines->config.step);
    lines->fraction_bits = f.fraction_bits;
    lines->error_codes = f.error / lines->config.step;
    *fits = *fits && lines->error_codes <= 0.01;
    return status;
}

/* Without read noise they are 0. */
static npim_status fix_squares(npim_adc_lines *lines, const double *squares, const uint8_t *set, bool *fits,
                               npim_error *error) {
    const npim_adc_line_config *config = &lines->config;
    npim_binary_lines *binary = &lines->binary;
    fixed f = {0};
    npim_status status =
        config->read_sigma > 0.0 ? fix(lines, squares, set, &f, fits, error) : make_room(lines, &f, error);
    double sigma = config->read_sigma / config->step;
    binary->square = f.deviation;
    binary->square_of_one = f.bit;
    binary->variance_per_unit = (float)(sigma * sigma * ldexp(1.0, -(int)f.fraction_bits));
    double own = config->converter_sigma * config->converter_sigma;
    double sample = config->sample_sigma * config->sample_sigma;
    binary->converter_variance = (float)(binary->droop > 0.0f ? sample : own + sample);
    return status;
}

/* Which values are nearer to a set bit: those above half of the mean of the upper ones. */
static void find_bits(const double *value, size_t n, uint8_t *set) {
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = value[i] > largest ? value[i] : largest;
    compare(value, n, 0.5 * largest, set);
    compare(value, n, 0.5 * mean_of(value, set, n), set);
}

static npim_status program(npim_adc_lines *lines, const double *value, const double *squares, uint8_t *set,
                           bool *fits, npim_error *error) {
    npim_binary_lines *binary = &lines->binary;
    size_t n = (size_t)lines->config.rows * columns_of(lines);
    bool bits = are_bits(value, n), noisy = npim_adc_lines_noisy(&lines->config);
    *fits = bits || !are_whole(value, n); /* levels of more bits are exact the other way */
    if (!*fits) return NPIM_OK;
    size_t words = (size_t)npim_binary_columns(lines) * binary->words;
    binary->mask = calloc(words > 0 ? words : 1, sizeof *binary->mask);
    if (!binary->mask) return npim_fail(error, NPIM_ENOMEM, "no memory for the cells of an array");
    find_bits(value, n, set);
    set_bits(lines, set);
    npim_status status = NPIM_OK;
    binary->droop = (float)lines->config.droop;
    binary->own_sigma = binary->droop > 0.0f ? (float)lines->config.converter_sigma : 0.0f;
    if (noisy || !bits || lines->config.droop > 0.0) status = fix_values(lines, value, set, fits, error);
    if (status == NPIM_OK && *fits && noisy) status = fix_squares(lines, squares, set, fits, error);
    return status;
}

npim_status npim_binary_lines_init(npim_adc_lines *lines, const double *value, const double *squares,
                                   bool *fits, npim_error *error) {
    npim_binary_lines *binary = &lines->binary;
    binary->pairs = (lines->config.columns_per_weight + 1) / 2;
    binary->words = (lines->config.rows + WORD_ROWS - 1) / WORD_ROWS;
    size_t n = (size_t)lines->config.rows * columns_of(lines);
    uint8_t *set = calloc(1, n > 0 ? n : 1);
    npim_status status = set ? program(lines, value, squares, set, fits, error)
                             : npim_fail(error, NPIM_ENOMEM, "no memory for the cells of an array");
    free(set);
    return status;
}

void npim_binary_lines_fini(npim_binary_lines *binary) {
    free(binary->mask);
    free(binary->deviation);
    free(binary->square);
    memset(binary, 0, sizeof *binary);
}

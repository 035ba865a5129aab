#include "hw/kernel/adc_lines_parts.h"

#include "hw/kernel/normals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = NPIM_DRIVE_LANES, MAX_FRACTION_BITS = 16, LARGEST_ROOT = 181 };

static uint32_t columns_of(const npim_adc_line_config *config) {
    return config->outputs * config->columns_per_weight;
}

static double largest_digit(const npim_adc_line_config *config) {
    return ldexp(1.0, (int)config->digit_bits) - 1.0;
}

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for the cells of an array");
}

/* --- programming --- */

/* The largest number whose sum over all rows, times the largest factor, stays within 31 bits, and which has
 * 15 bits itself. */
static double room_for(const npim_adc_line_config *config, double factor) {
    return fmin(INT16_MAX, floor(INT32_MAX / (config->rows * factor)));
}

/* out [columns][rows] = value or, from deviations, value - nearest whole number, in that unit. */
static void round_to(const npim_adc_line_config *config, const double *value, bool deviations, double unit,
                     int16_t *out) {
    uint32_t columns = columns_of(config);
    for (uint32_t row = 0; row < config->rows; row++)
        for (uint32_t c = 0; c < columns; c++, value++) {
            double from = deviations ? *value - nearbyint(*value) : *value;
            out[(size_t)c * config->rows + row] = (int16_t)nearbyint(from / unit);
        }
}

/* Largest error of a sum of deviations rounded to unit. */
static double largest_error(const npim_adc_line_config *config, const double *value, const int16_t *rounded,
                            double unit) {
    uint32_t columns = columns_of(config);
    double largest = 0.0;
    for (uint32_t c = 0; c < columns; c++) {
        double under = 0.0, over = 0.0;
        for (uint32_t row = 0; row < config->rows; row++) {
            double x = value[(size_t)row * columns + c];
            double e = rounded[(size_t)c * config->rows + row] * unit - (x - nearbyint(x));
            under += fmin(e, 0.0), over += fmax(e, 0.0);
        }
        largest = fmax(largest, fmax(over, -under));
    }
    return largest * largest_digit(config);
}

static npim_status init_deviations(npim_adc_lines *lines, const double *value, int16_t *rounded,
                                   npim_error *error) {
    const npim_adc_line_config *config = &lines->config;
    uint32_t columns = columns_of(config);
    double largest = 0.0;
    for (size_t i = 0; i < (size_t)config->rows * columns; i++)
        largest = fmax(largest, fabs(value[i] - nearbyint(value[i])));
    if (largest == 0.0) return NPIM_OK;
    lines->fraction_bits = MAX_FRACTION_BITS;
    while (largest * ldexp(1.0, (int)lines->fraction_bits) > room_for(config, largest_digit(config)))
        lines->fraction_bits--;
    lines->levels.unit = ldexp(1.0, -(int)lines->fraction_bits);
    round_to(config, value, true, lines->levels.unit, rounded);
    lines->error_codes = largest_error(config, value, rounded, lines->levels.unit) / config->step;
    return npim_matrix_init_i16(&lines->levels.deviation, rounded, config->rows, columns, error);
}

static npim_status init_squares(npim_adc_lines *lines, const double *squares, int16_t *rounded,
                                npim_error *error) {
    const npim_adc_line_config *config = &lines->config;
    npim_level_lines *levels = &lines->levels;
    double largest = 0.0, digit = largest_digit(config);
    levels->halved = digit > LARGEST_ROOT;
    for (size_t i = 0; i < (size_t)config->rows * columns_of(config); i++)
        largest = fmax(largest, squares[i]);
    double factor = levels->halved ? ceil(digit * digit / 2.0) : digit * digit;
    levels->square_unit = largest > 0.0 ? largest / room_for(config, factor) : 1.0;
    round_to(config, squares, false, levels->square_unit, rounded);
    return npim_matrix_init_i16(&levels->square, rounded, config->rows, columns_of(config), error);
}

npim_status npim_level_lines_init(npim_adc_lines *lines, const double *value, const double *squares,
                                  npim_error *error) {
    const npim_adc_line_config *config = &lines->config;
    size_t n = (size_t)config->rows * columns_of(config);
    int16_t *rounded = malloc((n > 0 ? n : 1) * sizeof *rounded);
    if (!rounded) return no_memory(error);
    lines->fraction_bits = 0;
    lines->error_codes = 0.0;
    round_to(config, value, false, 1.0, rounded);
    npim_status status =
        npim_matrix_init_i16(&lines->levels.level, rounded, config->rows, columns_of(config), error);
    if (status == NPIM_OK) status = init_deviations(lines, value, rounded, error);
    if (status == NPIM_OK && config->read_sigma > 0.0) status = init_squares(lines, squares, rounded, error);
    free(rounded);
    return status;
}

void npim_level_lines_fini(npim_level_lines *levels) {
    npim_matrix_fini(&levels->level);
    npim_matrix_fini(&levels->deviation);
    npim_matrix_fini(&levels->square);
    memset(levels, 0, sizeof *levels);
}

/* --- running --- */

/* The sums of a group of vectors in one cycle, [LANES][columns], and its digits, [LANES][rows]. */
typedef struct group_sums {
    int32_t *level, *deviation, *square;
    int16_t *digit;
} group_sums;

static void take_digits(const npim_adc_line_run *run, size_t group, uint32_t cycle, int16_t *digit) {
    const npim_drive *drive = run->drive;
    uint32_t shift = cycle * drive->digit_bits, mask = (1u << drive->digit_bits) - 1;
    for (size_t v = group * LANES; v < (group + 1) * LANES; v++)
        for (uint32_t row = 0; row < drive->rows; row++, digit++) {
            uint32_t input = v < drive->n ? (uint32_t)drive->inputs[v * drive->stride + row] : 0;
            *digit = (int16_t)(input >> shift & mask);
        }
}

static void square_digits(const npim_adc_line_run *run, int16_t *digit) {
    bool halved = run->lines->levels.halved;
    for (size_t i = 0; i < (size_t)LANES * run->drive->rows; i++) {
        int32_t square = (int32_t)digit[i] * digit[i];
        digit[i] = (int16_t)(halved ? (square + 1) / 2 : square);
    }
}

static void sum_group(npim_isa isa, const npim_adc_line_run *run, size_t group, uint32_t cycle,
                      group_sums *sums) {
    const npim_level_lines *levels = &run->lines->levels;
    uint32_t columns = levels->level.outputs, rows = run->drive->rows;
    take_digits(run, group, cycle, sums->digit);
    npim_matrix_multiply(isa, &levels->level, sums->digit, rows, LANES, sums->level, columns);
    if (levels->deviation.packed)
        npim_matrix_multiply(isa, &levels->deviation, sums->digit, rows, LANES, sums->deviation, columns);
    if (!levels->square.packed) return;
    square_digits(run, sums->digit);
    npim_matrix_multiply(isa, &levels->square, sums->digit, rows, LANES, sums->square, columns);
}

/* What a column's bit line carries, in codes. */
static double line_sum(const npim_adc_line_run *run, const group_sums *sums, size_t at) {
    const npim_level_lines *levels = &run->lines->levels;
    double sum = sums->level[at];
    if (levels->deviation.packed) sum += levels->unit * sums->deviation[at];
    return sum / run->lines->config.step;
}

/* Standard deviation of its noise, with the converter's where nothing comes between; in codes. */
static double line_sigma(const npim_adc_line_run *run, const group_sums *sums, size_t at) {
    const npim_adc_line_config *config = &run->lines->config;
    const npim_level_lines *levels = &run->lines->levels;
    double sigma = config->read_sigma / config->step;
    double read_variance = sigma * sigma * (levels->halved ? 2.0 : 1.0) * levels->square_unit;
    double variance = config->sample_sigma * config->sample_sigma;
    if (config->droop <= 0.0) variance += config->converter_sigma * config->converter_sigma;
    if (levels->square.packed) variance += read_variance * sums->square[at];
    return sqrt(variance);
}

/* What is left of a sample. */
static double hold(double sample, double droop) {
    return copysign(fmax(0.0, fabs(sample) - droop), sample);
}

/* One column's codes of a group in one cycle. normal: of the bit lines; NULL for no noise; own: of the
 * converters; NULL where that is all in normal. */
static void convert(npim_adc_line_run *run, const group_sums *sums, uint32_t column, const float *normal,
                    const float *own, size_t lanes, int32_t codes[LANES]) {
    const npim_adc_line_config *config = &run->lines->config;
    size_t columns = run->lines->levels.level.outputs;
    double most = config->code_max;
    for (size_t lane = 0; lane < LANES; lane++) {
        size_t at = lane * columns + column;
        double exact = line_sum(run, sums, at);
        if (normal) exact += line_sigma(run, sums, at) * (double)normal[lane];
        if (config->droop > 0.0) exact = hold(exact, config->droop);
        if (own) exact += config->converter_sigma * (double)own[lane];
        double code = nearbyint(exact), kept = code < 0.0 ? 0.0 : code > most ? most : code;
        run->clipped += lane < lanes && kept != code;
        codes[lane] = (int32_t)kept;
    }
}

static void add(npim_adc_line_run *run, size_t group, uint32_t output, int32_t weight,
                const int32_t codes[LANES]) {
    for (size_t lane = 0; lane < npim_adc_line_lanes(run, group); lane++)
        run->sums[(group * LANES + lane) * run->sum_stride + output] +=
            run->lines->config.step * weight * codes[lane];
}

/* The deviates of a pair of columns in one cycle and the next. */
static void draw(npim_isa isa, const npim_adc_line_run *run, npim_draw kind, size_t group, uint64_t pair,
                 uint32_t cycle, float normal[4][LANES]) {
    uint64_t counter[LANES];
    npim_adc_line_counters(run, group, pair * ((run->lines->config.cycles + 1) / 2) + cycle / 2, counter);
    npim_normal_lanes(isa, &run->noise->random, kind, counter, normal);
}

static void convert_pair(npim_isa isa, npim_adc_line_run *run, const group_sums *sums, size_t group,
                         uint32_t output, uint32_t pair, uint32_t cycle) {
    const npim_adc_line_config *config = &run->lines->config;
    bool noisy = npim_adc_lines_noisy(config), apart = config->droop > 0.0 && config->converter_sigma > 0.0;
    uint32_t per_weight = config->columns_per_weight, pairs = (per_weight + 1) / 2;
    uint64_t at = (uint64_t)output * pairs + pair;
    float normal[4][LANES], own[4][LANES];
    if (noisy) draw(isa, run, run->noise->draw, group, at, cycle, normal);
    if (apart) draw(isa, run, NPIM_DRAW_NOISE, group, at, cycle, own);
    for (uint32_t c = 2 * pair; c < per_weight && c < 2 * pair + 2; c++) {
        int32_t codes[LANES];
        uint32_t word = 2 * (cycle % 2) + c % 2;
        convert(run, sums, output * per_weight + c, noisy ? normal[word] : NULL, apart ? own[word] : NULL,
                npim_adc_line_lanes(run, group), codes);
        add(run, group, output, config->column_weight[c] * (1 << (cycle * config->digit_bits)), codes);
    }
}

npim_status npim_level_lines_run(npim_isa isa, npim_adc_line_run *run, npim_error *error) {
    const npim_adc_line_config *config = &run->lines->config;
    size_t sum_size = (size_t)LANES * columns_of(config) * sizeof(int32_t);
    size_t digit_size = (size_t)LANES * config->rows * sizeof(int16_t);
    npim_status status = npim_drive_scratch(run->drive, 3 * sum_size + digit_size, error);
    if (status != NPIM_OK) return status;
    char *at = run->drive->scratch;
    group_sums sums = {(int32_t *)(void *)at, (int32_t *)(void *)(at + sum_size),
                       (int32_t *)(void *)(at + 2 * sum_size), (int16_t *)(void *)(at + 3 * sum_size)};
    for (size_t group = 0; group < run->drive->groups; group++)
        for (uint32_t cycle = 0; cycle < config->cycles; cycle++) {
            sum_group(isa, run, group, cycle, &sums);
            for (uint32_t o = 0; o < config->outputs; o++)
                for (uint32_t pair = 0; pair < (config->columns_per_weight + 1) / 2; pair++)
                    convert_pair(isa, run, &sums, group, o, pair, cycle);
        }
    return NPIM_OK;
}

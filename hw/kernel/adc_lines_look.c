#include "hw/kernel/adc_lines_parts.h"

#include "hw/kernel/normals.h"

#include <math.h>

/* One bit line in one cycle. */
typedef struct line {
    const npim_adc_lines *lines;
    const int16_t *inputs;
    uint32_t output, column, cycle;
    bool noisy;
    float normal; /* its deviate */
    float own;    /* the converter's, where samples droop */
} line;

static int32_t digit_of(const line *l, uint32_t row) {
    const npim_adc_line_config *config = &l->lines->config;
    uint32_t mask = (1u << config->digit_bits) - 1;
    return (int32_t)((uint32_t)l->inputs[row] >> (l->cycle * config->digit_bits) & mask);
}

static uint32_t pairs_of(const npim_adc_line_config *config) {
    return (config->columns_per_weight + 1) / 2;
}

static float draw(const line *l, const npim_adc_line_noise *noise, npim_draw kind) {
    const npim_adc_line_config *config = &l->lines->config;
    uint64_t pair = (uint64_t)l->output * pairs_of(config) + l->column / 2;
    uint64_t counter[NPIM_NORMAL_LANES] = {noise->first + pair * ((config->cycles + 1) / 2) + l->cycle / 2};
    float normal[4][NPIM_NORMAL_LANES];
    npim_normal_lanes(NPIM_ISA_PORTABLE, &noise->random, kind, counter, normal);
    return normal[2 * (l->cycle % 2) + l->column % 2][0];
}

static int32_t kept(const line *l, double code) {
    double most = l->lines->config.code_max;
    return (int32_t)(code < 0.0 ? 0.0 : code > most ? most : code);
}

/* Digits and levels of one bit: set bits and deviations, in single precision. */
static int32_t convert_bits(const line *l, double *sum) {
    const npim_binary_lines *binary = &l->lines->binary;
    size_t at = 2 * ((size_t)l->output * binary->pairs + l->column / 2) + l->column % 2;
    int32_t count = 0, deviation = 0, square = 0, step = l->lines->config.step;
    for (uint32_t row = 0; row < l->lines->config.rows; row++) {
        if (digit_of(l, row) == 0) continue;
        size_t word = at * binary->words + row / NPIM_DRIVE_WORD_ROWS, bit = row % NPIM_DRIVE_WORD_ROWS;
        count += (int32_t)(binary->mask[word] >> bit & 1);
        if (binary->deviation) deviation += binary->deviation[word * NPIM_DRIVE_WORD_ROWS + bit];
        if (binary->square) square += binary->square[word * NPIM_DRIVE_WORD_ROWS + bit];
    }
    *sum = count;
    if (!binary->deviation) return kept(l, nearbyint((double)count / step));
    float codes = (float)(count * binary->one + deviation) * binary->codes_per_unit;
    if (l->noisy) {
        int32_t variance = count * binary->square_of_one + square;
        float own = (float)(variance > 0 ? variance : 0) * binary->variance_per_unit;
        codes += sqrtf(own + binary->converter_variance) * l->normal;
    }
    if (binary->droop > 0.0f) {
        float left = fabsf(codes) - binary->droop;
        codes = copysignf(left > 0.0f ? left : 0.0f, codes);
    }
    if (binary->own_sigma > 0.0f) codes += binary->own_sigma * l->own;
    *sum = (double)codes * step;
    return kept(l, nearbyint((double)codes));
}

static int32_t cell(const npim_matrix *matrix, uint32_t row, size_t column) {
    return matrix->packed[(row / 2 * (size_t)matrix->room + column) * 2 + row % 2];
}

/* Others: levels and deviations apart, in double precision. */
static int32_t convert_levels(const line *l, double *sum) {
    const npim_adc_line_config *config = &l->lines->config;
    const npim_level_lines *levels = &l->lines->levels;
    size_t column = (size_t)l->output * config->columns_per_weight + l->column;
    int32_t level = 0, deviation = 0, squares = 0;
    for (uint32_t row = 0; row < config->rows; row++) {
        int32_t digit = digit_of(l, row), square = digit * digit;
        level += digit * cell(&levels->level, row, column);
        if (levels->deviation.packed) deviation += digit * cell(&levels->deviation, row, column);
        if (!levels->square.packed) continue;
        squares += (levels->halved ? (square + 1) / 2 : square) * cell(&levels->square, row, column);
    }
    double exact = level, droop = config->droop;
    if (levels->deviation.packed) exact += levels->unit * deviation;
    exact /= config->step;
    if (l->noisy) {
        double sigma = config->read_sigma / config->step;
        double per_square = sigma * sigma * (levels->halved ? 2.0 : 1.0) * levels->square_unit;
        double variance = config->sample_sigma * config->sample_sigma;
        if (droop <= 0.0) variance += config->converter_sigma * config->converter_sigma;
        if (levels->square.packed) variance += per_square * squares;
        exact += sqrt(variance) * (double)l->normal;
    }
    if (droop > 0.0) exact = copysign(fmax(0.0, fabs(exact) - droop), exact);
    if (droop > 0.0 && config->converter_sigma > 0.0) exact += config->converter_sigma * (double)l->own;
    *sum = exact * config->step;
    return kept(l, nearbyint(exact));
}

void npim_adc_lines_look(const npim_adc_lines *lines, const int16_t *inputs, uint32_t output,
                         const npim_adc_line_noise *noise, double *sum, int32_t *code) {
    const npim_adc_line_config *config = &lines->config;
    line l = {.lines = lines, .inputs = inputs, .output = output, .noisy = npim_adc_lines_noisy(config)};
    for (l.cycle = 0; l.cycle < config->cycles; l.cycle++)
        for (l.column = 0; l.column < config->columns_per_weight; l.column++) {
            if (l.noisy) l.normal = draw(&l, noise, noise->draw);
            if (l.noisy && config->droop > 0.0) l.own = draw(&l, noise, NPIM_DRAW_NOISE);
            *code++ = lines->is_binary ? convert_bits(&l, sum++) : convert_levels(&l, sum++);
        }
}

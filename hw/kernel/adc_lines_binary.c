#include "hw/kernel/adc_lines_parts.h"

#include "hw/kernel/normals.h"

#include <math.h>

enum { LANES = NPIM_DRIVE_LANES, WORD_ROWS = NPIM_DRIVE_WORD_ROWS, FIVE_ROWS = 32 };

/* The conversions of one bit line in one cycle, of the vectors of a group. */
typedef struct conversions {
    int32_t count[LANES], deviation[LANES], square[LANES];
    int16_t code[LANES];
} conversions;

static void count(const uint16_t *pattern, const uint32_t *mask, uint32_t words, int32_t *to) {
    for (int lane = 0; lane < LANES; lane++) to[lane] = 0;
    for (uint32_t w = 0; w < words; w++)
        for (int lane = 0; lane < LANES; lane++)
            to[lane] += __builtin_popcount(pattern[w * LANES + (uint32_t)lane] & mask[w] & 0xffff);
}

/* What five rows add, for all that they can carry: table [3 words][32]. */
static void tabulate(const int16_t *deviation, uint32_t words, int16_t *table) {
    for (uint32_t five = 0; five < 3 * words; five++, deviation += 5, table += FIVE_ROWS) {
        table[0] = 0;
        for (int row = 0; row < 5; row++)
            for (int i = 0; i < 1 << row; i++) table[(1 << row) + i] = (int16_t)(table[i] + deviation[row]);
    }
}

static void look_up(const uint16_t *pattern, const int16_t *table, uint32_t words, int32_t *to) {
    for (int lane = 0; lane < LANES; lane++) to[lane] = 0;
    for (uint32_t w = 0; w < words; w++, table += 3 * FIVE_ROWS)
        for (int lane = 0; lane < LANES; lane++) {
            uint32_t rows = pattern[w * LANES + (uint32_t)lane];
            to[lane] += table[rows & 31] + table[FIVE_ROWS + (rows >> 5 & 31)] +
                        table[2 * FIVE_ROWS + (rows >> 10 & 31)];
        }
}

/* Quotients rounded half to even. */
static void convert_counts(const npim_adc_lines *lines, conversions *c, int32_t *codes) {
    int32_t step = lines->config.step;
    for (int lane = 0; lane < LANES; lane++) {
        int32_t code = (c->count[lane] + step / 2) / step;
        bool half = step % 2 == 0 && (c->count[lane] + step / 2) % step == 0;
        codes[lane] = code - (half && code % 2 == 1);
    }
}

/* What is left of a sample. */
static float hold(float sample, float droop) {
    float left = fabsf(sample) - droop;
    return copysignf(left > 0.0f ? left : 0.0f, sample);
}

/* Single precision is exact up to where it is rounded. normal: of the bit lines, NULL: no noise; own: of the
 * converters where samples droop, NULL: no noise of theirs. */
static void convert_sums(const npim_adc_lines *lines, conversions *c, const float *normal, const float *own,
                         int32_t *codes) {
    const npim_binary_lines *binary = &lines->binary;
    for (int lane = 0; lane < LANES; lane++) {
        float sum = (float)(c->count[lane] * binary->one + c->deviation[lane]) * binary->codes_per_unit;
        if (normal) {
            int32_t square = c->count[lane] * binary->square_of_one + c->square[lane];
            float variance = (float)(square > 0 ? square : 0) * binary->variance_per_unit;
            sum += sqrtf(variance + binary->converter_variance) * normal[lane];
        }
        if (binary->droop > 0.0f) sum = hold(sum, binary->droop);
        if (own) sum += binary->own_sigma * own[lane];
        float code = nearbyintf(sum < INT16_MAX ? sum : INT16_MAX); /* not-a-number, too */
        codes[lane] = code < INT16_MIN ? INT16_MIN : (int32_t)code;
    }
}

/* Counts the clipped ones of the first `lanes`. */
static uint64_t clip(const npim_adc_lines *lines, const int32_t *codes, size_t lanes, conversions *c) {
    int32_t most = (int32_t)lines->config.code_max;
    uint64_t clipped = 0;
    for (size_t lane = 0; lane < LANES; lane++) {
        int32_t code = codes[lane] < 0 ? 0 : codes[lane] > most ? most : codes[lane];
        clipped += lane < lanes && code != codes[lane];
        c->code[lane] = (int16_t)code;
    }
    return clipped;
}

/* One column in one cycle. tables: of its deviations and squares; normals: as in convert_sums. */
static void read_column(npim_adc_line_run *run, const uint16_t *pattern, size_t column,
                        const int16_t *const tables[2], const float *const normals[2], size_t lanes,
                        conversions *c) {
    const npim_binary_lines *binary = &run->lines->binary;
    int32_t codes[LANES];
    count(pattern, binary->mask + column * binary->words, binary->words, c->count);
    if (binary->deviation) {
        look_up(pattern, tables[0], binary->words, c->deviation);
        if (normals[0]) look_up(pattern, tables[1], binary->words, c->square);
        convert_sums(run->lines, c, normals[0], normals[1], codes);
    } else
        convert_counts(run->lines, c, codes);
    run->clipped += clip(run->lines, codes, lanes, c);
}

static size_t portable_scratch(const npim_adc_lines *lines) {
    return 2 * (size_t)lines->binary.words * 3 * FIVE_ROWS * sizeof(int16_t);
}

static void read_column_of_group(npim_adc_line_run *run, size_t group, uint32_t output, uint32_t at,
                                 const int16_t *const tables[2], int32_t *sums) {
    const npim_adc_lines *lines = run->lines;
    uint32_t cycles = lines->config.cycles, pair = output * lines->binary.pairs + at / 2;
    size_t pattern_size = (size_t)lines->binary.words * LANES;
    const uint16_t *pattern = run->drive->pattern + group * cycles * pattern_size;
    float normal[4][LANES], own[4][LANES];
    bool noisy = lines->binary.square, apart = lines->binary.own_sigma > 0.0f;
    for (uint32_t cycle = 0; cycle < cycles; cycle++, pattern += pattern_size) {
        conversions c;
        uint64_t counter[LANES];
        if (noisy && cycle % 2 == 0) {
            npim_adc_line_counters(run, group, (uint64_t)pair * ((cycles + 1) / 2) + cycle / 2, counter);
            npim_normal_lanes(NPIM_ISA_PORTABLE, &run->noise->random, run->noise->draw, counter, normal);
            if (apart)
                npim_normal_lanes(NPIM_ISA_PORTABLE, &run->noise->random, NPIM_DRAW_NOISE, counter, own);
        }
        uint32_t word = 2 * (cycle % 2) + at % 2;
        const float *const normals[2] = {noisy ? normal[word] : NULL, apart ? own[word] : NULL};
        read_column(run, pattern, 2 * (size_t)pair + at % 2, tables, normals, npim_adc_line_lanes(run, group),
                    &c);
        int32_t weight = npim_binary_weight(lines, at / 2, at % 2, cycle);
        for (int lane = 0; lane < LANES; lane++) sums[lane] += weight * c.code[lane];
    }
}

static void portable_run(npim_adc_line_run *run) {
    const npim_adc_lines *lines = run->lines;
    const npim_binary_lines *binary = &lines->binary;
    int16_t *table = run->drive->scratch, *square_table = table + (size_t)binary->words * 3 * FIVE_ROWS;
    const int16_t *const tables[2] = {table, square_table};
    for (uint32_t o = 0; o < lines->config.outputs; o++)
        for (uint32_t at = 0; at < lines->config.columns_per_weight; at++) {
            size_t cells = ((size_t)o * 2 * binary->pairs + at) * binary->words * WORD_ROWS;
            if (binary->deviation) tabulate(binary->deviation + cells, binary->words, table);
            if (binary->square) tabulate(binary->square + cells, binary->words, square_table);
            for (size_t group = 0; group < run->drive->groups; group++) {
                int32_t sums[LANES] = {0};
                read_column_of_group(run, group, o, at, tables, sums);
                for (size_t lane = 0; lane < npim_adc_line_lanes(run, group); lane++)
                    run->sums[(group * LANES + lane) * run->sum_stride + o] +=
                        lines->config.step * sums[lane];
            }
        }
}

static const npim_binary_kernel portable = {portable_scratch, portable_run};

npim_status npim_binary_lines_run(npim_isa isa, npim_adc_line_run *run, npim_error *error) {
    static const npim_binary_kernel *const kernels[NPIM_ISAS] = {&portable, &npim_binary_avx2,
                                                                 &npim_binary_avx512};
    const npim_binary_kernel *kernel = kernels[isa];
    npim_status status = npim_drive_scratch(run->drive, kernel->scratch_size(run->lines), error);
    if (status == NPIM_OK) kernel->run(run);
    return status;
}

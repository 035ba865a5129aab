#include "hw/kernel/adc_lines_parts.h"

#ifdef __x86_64__

#include "hw/kernel/normals.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

#define AVX512                                                                                               \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512bitalg,avx512vpopcntdq")))
#define AVX512_INLINE AVX512 static inline __attribute__((always_inline))

enum { LANES = NPIM_DRIVE_LANES, FIVES = 3 }; /* vectors in a register; groups of five rows in a word */

/* In the scratch memory: tables [columns][words][FIVES] of deviations, the same of squares, and the patterns
 * of a group [cycles][words][FIVES], shifted so that each five rows lie lowest. */
typedef struct work {
    const npim_adc_lines *lines;
    const __m512i *table, *square_table;
    __m512i *pattern;
    npim_count_divisor divisor;
    uint32_t fives;          /* of a column */
    bool may_clip;           /* counts of set bits */
    __mmask32 vectors;       /* of the group in hand */
    uint64_t counter[LANES]; /* with noise */
} work;

static size_t tables_of(const npim_adc_lines *lines) {
    return (size_t)npim_binary_columns(lines) * lines->binary.words * FIVES;
}

static size_t scratch_size(const npim_adc_lines *lines) {
    size_t patterns = (size_t)lines->config.cycles * lines->binary.words * FIVES;
    return (2 * tables_of(lines) + patterns) * sizeof(__m512i);
}

/* What five rows add: lane i for the rows that are set in i. */
AVX512 static void tabulate(const int16_t *deviation, size_t n, __m512i *table) {
    static const __mmask32 set[5] = {0xaaaaaaaa, 0xcccccccc, 0xf0f0f0f0, 0xff00ff00, 0xffff0000};
    for (size_t five = 0; five < n; five++, deviation += 5) {
        __m512i sum = _mm512_maskz_set1_epi16(set[0], deviation[0]);
        for (int row = 1; row < 5; row++)
            sum = _mm512_add_epi16(sum, _mm512_maskz_set1_epi16(set[row], deviation[row]));
        table[five] = sum;
    }
}

AVX512 static void shift_patterns(const npim_drive *drive, size_t group, __m512i *pattern) {
    size_t words = (size_t)drive->cycles * drive->words;
    const uint16_t *from = drive->pattern + group * words * LANES;
    for (size_t w = 0; w < words; w++, from += LANES) {
        __m512i word = _mm512_load_si512(from);
        *pattern++ = word;
        *pattern++ = _mm512_srli_epi16(word, 5);
        *pattern++ = _mm512_srli_epi16(word, 10);
    }
}

/* Sums of one pair of columns: set bits, and what the tables give. */
typedef struct pair_sums {
    __m512i count[2], deviation[2], square[2];
} pair_sums;

AVX512_INLINE pair_sums sum_pair(const work *w, const __m512i *pattern, size_t pair, bool varied,
                                 bool noisy) {
    const npim_binary_lines *binary = &w->lines->binary;
    const uint32_t *mask0 = binary->mask + 2 * pair * binary->words, *mask1 = mask0 + binary->words;
    const __m512i *table0 = w->table + 2 * pair * w->fives, *table1 = table0 + w->fives;
    const __m512i *square0 = w->square_table + 2 * pair * w->fives, *square1 = square0 + w->fives;
    __m512i zero = _mm512_setzero_si512();
    __m512i count0 = zero, count1 = zero, sum0 = zero, sum1 = zero, squares0 = zero, squares1 = zero;
    for (uint32_t word = 0; word < binary->words; word++) {
        __m512i rows = pattern[word * FIVES];
        __m512i both0 = _mm512_and_si512(rows, _mm512_set1_epi32((int)mask0[word]));
        __m512i both1 = _mm512_and_si512(rows, _mm512_set1_epi32((int)mask1[word]));
        count0 = _mm512_add_epi16(count0, _mm512_popcnt_epi16(both0));
        count1 = _mm512_add_epi16(count1, _mm512_popcnt_epi16(both1));
        for (uint32_t five = word * FIVES; varied && five < word * FIVES + FIVES; five++) {
            __m512i index = pattern[five];
            sum0 = _mm512_add_epi16(sum0, _mm512_permutexvar_epi16(index, table0[five]));
            sum1 = _mm512_add_epi16(sum1, _mm512_permutexvar_epi16(index, table1[five]));
            if (!noisy) continue;
            squares0 = _mm512_add_epi16(squares0, _mm512_permutexvar_epi16(index, square0[five]));
            squares1 = _mm512_add_epi16(squares1, _mm512_permutexvar_epi16(index, square1[five]));
        }
    }
    return (pair_sums){{count0, count1}, {sum0, sum1}, {squares0, squares1}};
}

/* As convert_counts in adc_lines_binary.c. */
AVX512_INLINE __m512i convert_counts(const npim_count_divisor *d, __m512i count) {
    if (d->is_one) return count;
    const __m512i one = _mm512_set1_epi16(1);
    __m512i sum = _mm512_add_epi16(count, _mm512_set1_epi16((short)d->half));
    __m512i code = _mm512_mulhi_epu16(sum, _mm512_set1_epi16((short)d->reciprocal));
    code = _mm512_srl_epi16(code, _mm_cvtsi32_si128(d->shift));
    if (!d->is_even) return code;
    __m512i rest = _mm512_sub_epi16(sum, _mm512_mullo_epi16(code, _mm512_set1_epi16((short)(2 * d->half))));
    __m512i half = _mm512_andnot_si512(_mm512_min_epu16(rest, one), _mm512_and_si512(code, one));
    return _mm512_sub_epi16(code, half);
}

/* Vectors in the halves of a pair of registers lie as unpacking leaves them: eights' first fours in the one.
 */
static inline int vector_of(int lane) {
    return lane < LANES / 2 ? lane / 4 * 8 + lane % 4 : (lane - LANES / 2) / 4 * 8 + 4 + lane % 4;
}

/* factors x pairs, the second factor being 1. */
AVX512_INLINE __m512 real_of(__m512i pairs, __m512i factors) {
    return _mm512_cvtepi32_ps(_mm512_madd_epi16(pairs, factors));
}

/* What is left of samples, and the converters' noise behind that. own: NULL for none. */
AVX512_INLINE __m512 hold(const npim_binary_lines *binary, __m512 sample, const float *own) {
    const __m512 sign = _mm512_set1_ps(-0.0f);
    __m512 left = _mm512_sub_ps(_mm512_andnot_ps(sign, sample), _mm512_set1_ps(binary->droop));
    left = _mm512_max_ps(left, _mm512_setzero_ps());
    left = _mm512_or_ps(left, _mm512_and_ps(sign, sample));
    if (!own) return left;
    return _mm512_add_ps(left, _mm512_mul_ps(_mm512_set1_ps(binary->own_sigma), _mm512_loadu_ps(own)));
}

/* Deviates of a pair of columns in one cycle: of the bit lines, NULL: no noise; of the converters where
 * samples droop, NULL: no noise of theirs. */
typedef struct pair_noise {
    const float (*normal)[LANES], (*own)[LANES];
} pair_noise;

/* As convert_sums there. normal, own: of LANES vectors in the order above. */
AVX512_INLINE __m512i convert_sums(const npim_binary_lines *binary, __m512i count, __m512i deviation,
                                   __m512i square, const float *normal, const float *own, bool droops) {
    const __m512i factors = _mm512_set1_epi32((1 << 16) | (uint16_t)binary->one);
    const __m512 scale = _mm512_set1_ps(binary->codes_per_unit);
    __m512 low = real_of(_mm512_unpacklo_epi16(count, deviation), factors);
    __m512 high = real_of(_mm512_unpackhi_epi16(count, deviation), factors);
    low = _mm512_mul_ps(low, scale), high = _mm512_mul_ps(high, scale);
    if (normal) {
        const __m512i ones = _mm512_set1_epi32((1 << 16) | (uint16_t)binary->square_of_one);
        const __m512 per_unit = _mm512_set1_ps(binary->variance_per_unit), zero = _mm512_setzero_ps();
        const __m512 more = _mm512_set1_ps(binary->converter_variance);
        __m512 low2 = real_of(_mm512_unpacklo_epi16(count, square), ones);
        __m512 high2 = real_of(_mm512_unpackhi_epi16(count, square), ones);
        low2 = _mm512_add_ps(_mm512_mul_ps(_mm512_max_ps(low2, zero), per_unit), more);
        high2 = _mm512_add_ps(_mm512_mul_ps(_mm512_max_ps(high2, zero), per_unit), more);
        low = _mm512_add_ps(low, _mm512_mul_ps(_mm512_sqrt_ps(low2), _mm512_loadu_ps(normal)));
        high = _mm512_add_ps(high, _mm512_mul_ps(_mm512_sqrt_ps(high2), _mm512_loadu_ps(normal + 16)));
    }
    if (droops) {
        low = hold(binary, low, own);
        high = hold(binary, high, own ? own + 16 : NULL);
    }
    /* What is beyond 16 bit, or no number, is the largest code everywhere: the conversion knows 32 bit alone.
     */
    const __m512 most = _mm512_set1_ps(INT16_MAX);
    low = _mm512_min_ps(low, most);
    high = _mm512_min_ps(high, most);
    return _mm512_packs_epi32(_mm512_cvtps_epi32(low), _mm512_cvtps_epi32(high));
}

/* Codes within their range; counts those that were not, of the vectors that count. */
AVX512_INLINE __m512i clip(const work *w, __m512i code, __mmask32 count, uint64_t *clipped) {
    __m512i kept = _mm512_max_epi16(code, _mm512_setzero_si512());
    kept = _mm512_min_epi16(kept, _mm512_set1_epi16((short)w->lines->config.code_max));
    *clipped += (uint64_t)__builtin_popcount(_mm512_mask_cmpneq_epi16_mask(count, code, kept));
    return kept;
}

/* Codes of a pair of columns in one cycle, times what they count for, on top of the sums. */
AVX512_INLINE void read_pair(const work *w, const __m512i *pattern, size_t pair, __m512i weights, bool varied,
                             bool droops, pair_noise noise, const __mmask32 count[2], __m512i sums[2],
                             uint64_t *clipped) {
    const npim_binary_lines *binary = &w->lines->binary;
    pair_sums sum = sum_pair(w, pattern, pair, varied, noise.normal);
    __m512i code[2];
    for (int c = 0; c < 2; c++) {
        if (varied)
            code[c] =
                convert_sums(binary, sum.count[c], sum.deviation[c], sum.square[c],
                             noise.normal ? noise.normal[c] : NULL, noise.own ? noise.own[c] : NULL, droops);
        else
            code[c] = convert_counts(&w->divisor, sum.count[c]);
        if (varied || w->may_clip) code[c] = clip(w, code[c], count[c], clipped);
    }
    sums[0] = _mm512_dpwssd_epi32(sums[0], _mm512_unpacklo_epi16(code[0], code[1]), weights);
    sums[1] = _mm512_dpwssd_epi32(sums[1], _mm512_unpackhi_epi16(code[0], code[1]), weights);
}

/* Where the deviates of a group's vectors begin, in the order of codes before they are packed. */
static void begin_noise(work *w, const npim_adc_line_run *run, size_t group) {
    uint64_t counter[LANES];
    npim_adc_line_counters(run, group, 0, counter);
    for (int lane = 0; lane < LANES; lane++) w->counter[lane] = counter[vector_of(lane)];
}

AVX512 static void draw(const work *w, const npim_adc_line_run *run, npim_draw kind, uint64_t offset,
                        float normal[4][LANES]) {
    uint64_t counter[LANES];
    for (int lane = 0; lane < LANES; lane++) counter[lane] = w->counter[lane] + offset;
    npim_normal_lanes(NPIM_ISA_AVX512, &run->noise->random, kind, counter, normal);
}

static __m512i *pattern_of(const work *w, uint32_t cycle) {
    return w->pattern + (size_t)cycle * w->fives;
}

AVX512 static void store(npim_adc_line_run *run, size_t group, uint32_t output, const __m512i sums[2]) {
    int32_t sum[LANES];
    _mm512_storeu_si512(sum, sums[0]);
    _mm512_storeu_si512(sum + LANES / 2, sums[1]);
    for (int lane = 0; lane < LANES; lane++) {
        size_t v = group * LANES + (size_t)vector_of(lane);
        if (v < run->drive->n) run->sums[v * run->sum_stride + output] += run->lines->config.step * sum[lane];
    }
}

/* One output of a group of vectors: its pairs of columns in all cycles. */
AVX512_INLINE void read_output(const work *w, npim_adc_line_run *run, size_t group, uint32_t output,
                               bool varied, bool noisy, bool droops) {
    uint32_t pairs = w->lines->binary.pairs, cycles = w->lines->config.cycles;
    __m512i sums[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
    uint64_t clipped = 0;
    bool apart = noisy && droops && w->lines->binary.own_sigma > 0.0f;
    for (uint32_t p = 0; p < pairs; p++) {
        size_t pair = (size_t)output * pairs + p;
        float normal[4][LANES], own[4][LANES];
        bool second = 2 * p + 1 < w->lines->config.columns_per_weight;
        const __mmask32 count[2] = {w->vectors, second ? w->vectors : 0};
        for (uint32_t cycle = 0; cycle < cycles; cycle++) {
            uint64_t offset = pair * ((cycles + 1) / 2) + cycle / 2;
            if (noisy && cycle % 2 == 0) draw(w, run, run->noise->draw, offset, normal);
            if (apart && cycle % 2 == 0) draw(w, run, NPIM_DRAW_NOISE, offset, own);
            const pair_noise noise = {noisy ? (const float(*)[LANES])(normal + 2 * (cycle % 2)) : NULL,
                                      apart ? (const float(*)[LANES])(own + 2 * (cycle % 2)) : NULL};
            read_pair(w, pattern_of(w, cycle), pair,
                      _mm512_set1_epi32(npim_binary_weights(w->lines, p, cycle)), varied, droops, noise,
                      count, sums, &clipped);
        }
    }
    run->clipped += clipped;
    store(run, group, output, sums);
}

AVX512 static void read_counts(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++)
        read_output(w, run, group, o, false, false, false);
}

AVX512 static void read_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, false, false);
}

AVX512 static void read_noisy_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, true, false);
}

AVX512 static void read_held_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, false, true);
}

AVX512 static void read_noisy_held_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, true, true);
}

static work work_of(const npim_adc_lines *lines, void *scratch) {
    size_t tables = tables_of(lines);
    __m512i *at = scratch;
    work w = {lines,
              at,
              at + tables,
              at + 2 * tables,
              npim_count_divisor_of((uint32_t)lines->config.step),
              lines->binary.words * FIVES,
              false,
              0,
              {0}};
    uint32_t rows = lines->config.rows, step = (uint32_t)lines->config.step;
    w.may_clip = (rows + step / 2) / step > lines->config.code_max;
    return w;
}

AVX512 static void run_avx512(npim_adc_line_run *run) {
    const npim_binary_lines *binary = &run->lines->binary;
    work w = work_of(run->lines, run->drive->scratch);
    size_t tables = tables_of(run->lines);
    __m512i *at = run->drive->scratch;
    if (binary->deviation) tabulate(binary->deviation, tables, at);
    if (binary->square) tabulate(binary->square, tables, at + tables);
    void (*read)(const work *, npim_adc_line_run *, size_t) = read_counts;
    if (binary->deviation) read = binary->square ? read_noisy_sums : read_sums;
    if (binary->droop > 0.0f) read = binary->square ? read_noisy_held_sums : read_held_sums;
    for (size_t group = 0; group < run->drive->groups; group++) {
        shift_patterns(run->drive, group, w.pattern);
        w.vectors = npim_adc_line_vectors(run, group);
        if (binary->square) begin_noise(&w, run, group);
        read(&w, run, group);
    }
}

const npim_binary_kernel npim_binary_avx512 = {scratch_size, run_avx512};

#else

const npim_binary_kernel npim_binary_avx512 = {0};

#endif

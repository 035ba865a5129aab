#include "hw/kernel/adc_lines_parts.h"

#ifdef __x86_64__

#include "hw/kernel/normals.h"

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,popcnt")))
#define AVX2_INLINE AVX2 static inline __attribute__((always_inline))

/* A register holds 16 vectors, half a group. Three rows at a time are looked up, in tables of eight 16-bit
 * numbers: five threes in a word. A word's patterns are itself and, for each three, where its bytes are. */
enum { LANES = NPIM_DRIVE_LANES, HALF = 16, THREES = 5, PATTERNS = 1 + THREES };

/* In the scratch memory: patterns [cycles][halves][words][PATTERNS] of a group, then tables
 * [columns][words][THREES] of deviations and the same of squares. */
typedef struct work {
    const npim_adc_lines *lines;
    __m256i *pattern;
    const __m128i *table, *square_table;
    npim_count_divisor divisor;
    uint32_t threes;         /* of a column */
    uint32_t vectors;        /* bits of the group in hand */
    uint64_t counter[LANES]; /* with noise */
} work;

static size_t tables_of(const npim_adc_lines *lines) {
    return (size_t)npim_binary_columns(lines) * lines->binary.words * THREES;
}

static size_t patterns_of(const npim_adc_lines *lines) {
    return (size_t)lines->config.cycles * 2 * lines->binary.words * PATTERNS;
}

static size_t scratch_size(const npim_adc_lines *lines) {
    return patterns_of(lines) * sizeof(__m256i) + 2 * tables_of(lines) * sizeof(__m128i);
}

AVX2 static void tabulate(const int16_t *deviation, size_t n, __m128i *table) {
    const __m128i set0 = _mm_set_epi16(-1, 0, -1, 0, -1, 0, -1, 0);
    const __m128i set1 = _mm_set_epi16(-1, -1, 0, 0, -1, -1, 0, 0);
    const __m128i set2 = _mm_set_epi16(-1, -1, -1, -1, 0, 0, 0, 0);
    for (size_t three = 0; three < n; three++, deviation += 3) {
        __m128i sum = _mm_and_si128(_mm_set1_epi16(deviation[0]), set0);
        sum = _mm_add_epi16(sum, _mm_and_si128(_mm_set1_epi16(deviation[1]), set1));
        table[three] = _mm_add_epi16(sum, _mm_and_si128(_mm_set1_epi16(deviation[2]), set2));
    }
}

/* The bytes 2 n and 2 n + 1 of a table for the number n that three rows make. */
AVX2_INLINE __m256i bytes_of(__m256i word, int three) {
    __m256i n = _mm256_and_si256(_mm256_srli_epi16(word, 3 * three), _mm256_set1_epi16(7));
    return _mm256_add_epi16(_mm256_mullo_epi16(n, _mm256_set1_epi16(0x0202)), _mm256_set1_epi16(0x0100));
}

AVX2 static void spread_patterns(const npim_drive *drive, size_t group, __m256i *pattern) {
    const uint16_t *from = drive->pattern + group * drive->cycles * drive->words * LANES;
    for (uint32_t cycle = 0; cycle < drive->cycles; cycle++, from += (size_t)drive->words * LANES)
        for (int half = 0; half < 2; half++)
            for (uint32_t w = 0; w < drive->words; w++) {
                const uint16_t *at = from + (size_t)w * LANES + half * HALF;
                __m256i word = _mm256_load_si256((const __m256i *)(const void *)at);
                *pattern++ = word;
                for (int three = 0; three < THREES; three++) *pattern++ = bytes_of(word, three);
            }
}

/* Set bits of 16-bit words. */
AVX2_INLINE __m256i count_bits(__m256i x) {
    const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2,
                                            2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i low = _mm256_set1_epi8(15);
    __m256i even = _mm256_shuffle_epi8(counts, _mm256_and_si256(x, low));
    __m256i odd = _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(x, 4), low));
    return _mm256_maddubs_epi16(_mm256_add_epi8(even, odd), _mm256_set1_epi8(1));
}

AVX2_INLINE __m256i look_up(const __m128i *table, __m256i bytes) {
    return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(_mm_load_si128(table)), bytes);
}

/* Sums of one pair of columns: set bits, and what the tables give. */
typedef struct pair_sums {
    __m256i count[2], deviation[2], square[2];
} pair_sums;

AVX2_INLINE pair_sums sum_pair(const work *w, const __m256i *pattern, size_t pair, bool varied, bool noisy) {
    const npim_binary_lines *binary = &w->lines->binary;
    const uint32_t *mask0 = binary->mask + 2 * pair * binary->words, *mask1 = mask0 + binary->words;
    const __m128i *table0 = w->table + 2 * pair * w->threes, *table1 = table0 + w->threes;
    const __m128i *square0 = w->square_table + 2 * pair * w->threes, *square1 = square0 + w->threes;
    __m256i zero = _mm256_setzero_si256();
    __m256i count0 = zero, count1 = zero, sum0 = zero, sum1 = zero, squares0 = zero, squares1 = zero;
    for (uint32_t word = 0; word < binary->words; word++) {
        __m256i rows = *pattern++;
        __m256i both0 = _mm256_and_si256(rows, _mm256_set1_epi32((int)mask0[word]));
        __m256i both1 = _mm256_and_si256(rows, _mm256_set1_epi32((int)mask1[word]));
        count0 = _mm256_add_epi16(count0, count_bits(both0));
        count1 = _mm256_add_epi16(count1, count_bits(both1));
        for (int i = 0; i < THREES; i++) {
            __m256i bytes = *pattern++;
            if (!varied) continue;
            sum0 = _mm256_add_epi16(sum0, look_up(table0++, bytes));
            sum1 = _mm256_add_epi16(sum1, look_up(table1++, bytes));
            if (!noisy) continue;
            squares0 = _mm256_add_epi16(squares0, look_up(square0++, bytes));
            squares1 = _mm256_add_epi16(squares1, look_up(square1++, bytes));
        }
    }
    return (pair_sums){{count0, count1}, {sum0, sum1}, {squares0, squares1}};
}

/* As convert_counts in adc_lines_binary.c. */
AVX2_INLINE __m256i convert_counts(const npim_count_divisor *d, __m256i count) {
    if (d->is_one) return count;
    const __m256i one = _mm256_set1_epi16(1);
    __m256i sum = _mm256_add_epi16(count, _mm256_set1_epi16((short)d->half));
    __m256i code = _mm256_mulhi_epu16(sum, _mm256_set1_epi16((short)d->reciprocal));
    code = _mm256_srl_epi16(code, _mm_cvtsi32_si128(d->shift));
    if (!d->is_even) return code;
    __m256i rest = _mm256_sub_epi16(sum, _mm256_mullo_epi16(code, _mm256_set1_epi16((short)(2 * d->half))));
    __m256i half = _mm256_andnot_si256(_mm256_min_epu16(rest, one), _mm256_and_si256(code, one));
    return _mm256_sub_epi16(code, half);
}

/* Vectors in a half's pair of registers lie as unpacking leaves them: eights' first fours in the one. */
static inline int vector_of(int lane) {
    int half = lane / HALF * HALF, at = lane % HALF;
    return half + (at < HALF / 2 ? at / 4 * 8 + at % 4 : (at - HALF / 2) / 4 * 8 + 4 + at % 4);
}

/* factors x pairs, the second factor being 1. */
AVX2_INLINE __m256 real_of(__m256i pairs, __m256i factors) {
    return _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, factors));
}

AVX2_INLINE __m256 noise_of(const npim_binary_lines *binary, __m256i pairs, const float *normal) {
    const __m256i ones = _mm256_set1_epi32((1 << 16) | (uint16_t)binary->square_of_one);
    __m256 variance = _mm256_max_ps(real_of(pairs, ones), _mm256_setzero_ps());
    variance = _mm256_add_ps(_mm256_mul_ps(variance, _mm256_set1_ps(binary->variance_per_unit)),
                             _mm256_set1_ps(binary->converter_variance));
    return _mm256_mul_ps(_mm256_sqrt_ps(variance), _mm256_loadu_ps(normal));
}

/* What is left of samples, and the converters' noise behind that. own: NULL for none. */
AVX2_INLINE __m256 hold(const npim_binary_lines *binary, __m256 sample, const float *own) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    __m256 left = _mm256_sub_ps(_mm256_andnot_ps(sign, sample), _mm256_set1_ps(binary->droop));
    left = _mm256_max_ps(left, _mm256_setzero_ps());
    left = _mm256_or_ps(left, _mm256_and_ps(sign, sample));
    if (!own) return left;
    return _mm256_add_ps(left, _mm256_mul_ps(_mm256_set1_ps(binary->own_sigma), _mm256_loadu_ps(own)));
}

/* Deviates of a pair of columns in one cycle, from a half's on: of the bit lines, NULL: no noise; of the
 * converters where samples droop, NULL: no noise of theirs. */
typedef struct pair_noise {
    const float *normal[2], *own[2];
} pair_noise;

/* As convert_sums there. normal, own: of HALF vectors in the order above. */
AVX2_INLINE __m256i convert_sums(const npim_binary_lines *binary, __m256i count, __m256i deviation,
                                 __m256i square, const float *normal, const float *own, bool droops) {
    const __m256i factors = _mm256_set1_epi32((1 << 16) | (uint16_t)binary->one);
    const __m256 scale = _mm256_set1_ps(binary->codes_per_unit);
    __m256 low = _mm256_mul_ps(real_of(_mm256_unpacklo_epi16(count, deviation), factors), scale);
    __m256 high = _mm256_mul_ps(real_of(_mm256_unpackhi_epi16(count, deviation), factors), scale);
    if (normal) {
        low = _mm256_add_ps(low, noise_of(binary, _mm256_unpacklo_epi16(count, square), normal));
        high = _mm256_add_ps(high, noise_of(binary, _mm256_unpackhi_epi16(count, square), normal + HALF / 2));
    }
    if (droops) {
        low = hold(binary, low, own);
        high = hold(binary, high, own ? own + HALF / 2 : NULL);
    }
    /* What is beyond 16 bit, or no number, is the largest code everywhere: the conversion knows 32 bit alone.
     */
    const __m256 most = _mm256_set1_ps(INT16_MAX);
    low = _mm256_min_ps(low, most);
    high = _mm256_min_ps(high, most);
    return _mm256_packs_epi32(_mm256_cvtps_epi32(low), _mm256_cvtps_epi32(high));
}

/* Codes within their range; counts those that were not, of the vectors that count (a bit each). */
AVX2_INLINE __m256i clip(const work *w, __m256i code, uint32_t count, uint64_t *clipped) {
    __m256i kept = _mm256_max_epi16(code, _mm256_setzero_si256());
    kept = _mm256_min_epi16(kept, _mm256_set1_epi16((short)w->lines->config.code_max));
    __m256i same = _mm256_packs_epi16(_mm256_cmpeq_epi16(code, kept), _mm256_setzero_si256());
    uint32_t bits = (uint32_t)_mm256_movemask_epi8(same);
    *clipped += (uint64_t)__builtin_popcount(~((bits & 0xff) | (bits >> 8 & 0xff00)) & count);
    return kept;
}

/* Codes of a pair of columns in one cycle, times what they count for, on top of the sums of half a group.
 * count: which vectors of each do. */
AVX2_INLINE void read_pair(const work *w, const __m256i *pattern, size_t pair, __m256i weights, bool varied,
                           bool droops, const pair_noise *noise, const uint32_t count[2], __m256i sums[2],
                           uint64_t *clipped) {
    const npim_binary_lines *binary = &w->lines->binary;
    pair_sums sum = sum_pair(w, pattern, pair, varied, noise->normal[0]);
    __m256i code[2];
    for (int c = 0; c < 2; c++) {
        if (varied)
            code[c] = convert_sums(binary, sum.count[c], sum.deviation[c], sum.square[c], noise->normal[c],
                                   noise->own[c], droops);
        else
            code[c] = convert_counts(&w->divisor, sum.count[c]);
        code[c] = clip(w, code[c], count[c], clipped);
    }
    __m256i low = _mm256_unpacklo_epi16(code[0], code[1]), high = _mm256_unpackhi_epi16(code[0], code[1]);
    sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(low, weights));
    sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(high, weights));
}

/* Where the deviates of a group's vectors begin, in the order of codes before they are packed. */
static void begin_noise(work *w, const npim_adc_line_run *run, size_t group) {
    uint64_t counter[LANES];
    npim_adc_line_counters(run, group, 0, counter);
    for (int lane = 0; lane < LANES; lane++) w->counter[lane] = counter[vector_of(lane)];
}

AVX2 static void draw(const work *w, const npim_adc_line_run *run, npim_draw kind, uint64_t offset,
                      float normal[4][LANES]) {
    uint64_t counter[LANES];
    for (int lane = 0; lane < LANES; lane++) counter[lane] = w->counter[lane] + offset;
    npim_normal_lanes(NPIM_ISA_AVX2, &run->noise->random, kind, counter, normal);
}

AVX2 static void store(npim_adc_line_run *run, size_t group, uint32_t output, const __m256i sums[4]) {
    int32_t sum[LANES];
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((__m256i *)(void *)(sum + i * HALF / 2), sums[i]);
    for (int lane = 0; lane < LANES; lane++) {
        size_t v = group * LANES + (size_t)vector_of(lane);
        if (v < run->drive->n) run->sums[v * run->sum_stride + output] += run->lines->config.step * sum[lane];
    }
}

/* normal, own: of both columns; NULL for none. */
AVX2_INLINE void read_halves(const work *w, uint32_t cycle, size_t pair, uint32_t p, bool varied, bool droops,
                             const float (*normal)[LANES], const float (*own)[LANES], __m256i sums[4],
                             uint64_t *clipped) {
    const npim_adc_lines *lines = w->lines;
    size_t size = (size_t)lines->binary.words * PATTERNS;
    bool second = 2 * p + 1 < lines->config.columns_per_weight;
    const __m256i weights = _mm256_set1_epi32(npim_binary_weights(lines, p, cycle));
    for (uint32_t half = 0; half < 2; half++) {
        uint32_t vectors = w->vectors >> half * HALF & 0xffff;
        const uint32_t count[2] = {vectors, second ? vectors : 0};
        const pair_noise noise = {
            {normal ? normal[0] + half * HALF : NULL, normal ? normal[1] + half * HALF : NULL},
            {own ? own[0] + half * HALF : NULL, own ? own[1] + half * HALF : NULL}};
        read_pair(w, w->pattern + (2 * cycle + half) * size, pair, weights, varied, droops, &noise, count,
                  sums + 2 * half, clipped);
    }
}

/* One output of a group of vectors: its pairs of columns in all cycles. */
AVX2_INLINE void read_output(const work *w, npim_adc_line_run *run, size_t group, uint32_t output,
                             bool varied, bool noisy, bool droops) {
    uint32_t pairs = w->lines->binary.pairs, cycles = w->lines->config.cycles;
    __m256i zero = _mm256_setzero_si256(), sums[4] = {zero, zero, zero, zero};
    uint64_t clipped = 0;
    bool apart = noisy && droops && w->lines->binary.own_sigma > 0.0f;
    for (uint32_t p = 0; p < pairs; p++) {
        size_t pair = (size_t)output * pairs + p;
        float normal[4][LANES], own[4][LANES];
        for (uint32_t cycle = 0; cycle < cycles; cycle++) {
            uint64_t offset = pair * ((cycles + 1) / 2) + cycle / 2;
            if (noisy && cycle % 2 == 0) draw(w, run, run->noise->draw, offset, normal);
            if (apart && cycle % 2 == 0) draw(w, run, NPIM_DRAW_NOISE, offset, own);
            read_halves(w, cycle, pair, p, varied, droops,
                        noisy ? (const float(*)[LANES])(normal + 2 * (cycle % 2)) : NULL,
                        apart ? (const float(*)[LANES])(own + 2 * (cycle % 2)) : NULL, sums, &clipped);
        }
    }
    run->clipped += clipped;
    store(run, group, output, sums);
}

AVX2 static void read_counts(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++)
        read_output(w, run, group, o, false, false, false);
}

AVX2 static void read_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, false, false);
}

AVX2 static void read_noisy_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, true, false);
}

AVX2 static void read_held_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, false, true);
}

AVX2 static void read_noisy_held_sums(const work *w, npim_adc_line_run *run, size_t group) {
    for (uint32_t o = 0; o < w->lines->config.outputs; o++) read_output(w, run, group, o, true, true, true);
}

AVX2 static void run_avx2(npim_adc_line_run *run) {
    const npim_adc_lines *lines = run->lines;
    const npim_binary_lines *binary = &lines->binary;
    __m256i *pattern = run->drive->scratch;
    __m128i *table = (__m128i *)(pattern + patterns_of(lines)), *square_table = table + tables_of(lines);
    work w = {lines,
              pattern,
              table,
              square_table,
              npim_count_divisor_of((uint32_t)lines->config.step),
              binary->words * THREES,
              0,
              {0}};
    if (binary->deviation) tabulate(binary->deviation, tables_of(lines), table);
    if (binary->square) tabulate(binary->square, tables_of(lines), square_table);
    void (*read)(const work *, npim_adc_line_run *, size_t) = read_counts;
    if (binary->deviation) read = binary->square ? read_noisy_sums : read_sums;
    if (binary->droop > 0.0f) read = binary->square ? read_noisy_held_sums : read_held_sums;
    for (size_t group = 0; group < run->drive->groups; group++) {
        spread_patterns(run->drive, group, pattern);
        w.vectors = npim_adc_line_vectors(run, group);
        if (binary->square) begin_noise(&w, run, group);
        read(&w, run, group);
    }
}

const npim_binary_kernel npim_binary_avx2 = {scratch_size, run_avx2};

#else

const npim_binary_kernel npim_binary_avx2 = {0};

#endif

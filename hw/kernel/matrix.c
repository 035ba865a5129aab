#include "hw/kernel/matrix.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

enum { LANES = 64, ALIGNMENT = 64 };

static npim_status make(npim_matrix *matrix, uint32_t rows, uint32_t outputs, npim_error *error) {
    matrix->rows = rows;
    matrix->outputs = outputs;
    matrix->pairs = rows / 2 + rows % 2;
    matrix->room = (outputs + LANES - 1) / LANES * LANES;
    size_t size = (size_t)matrix->pairs * matrix->room * 2 * sizeof *matrix->packed;
    matrix->packed = aligned_alloc(ALIGNMENT, size > 0 ? size : ALIGNMENT);
    if (!matrix->packed)
        return npim_fail(error, NPIM_ENOMEM, "no memory for a matrix of %u x %u", rows, outputs);
    memset(matrix->packed, 0, size);
    return NPIM_OK;
}

static int16_t *place(const npim_matrix *matrix, uint32_t row, uint32_t output) {
    return matrix->packed + ((size_t)(row / 2) * matrix->room + output) * 2 + row % 2;
}

npim_status npim_matrix_init_i8(npim_matrix *matrix, const int8_t *weight, uint32_t rows, uint32_t outputs,
                                npim_error *error) {
    npim_status status = make(matrix, rows, outputs, error);
    for (uint32_t o = 0; status == NPIM_OK && o < outputs; o++)
        for (uint32_t r = 0; r < rows; r++) *place(matrix, r, o) = weight[(size_t)o * rows + r];
    return status;
}

npim_status npim_matrix_init_i16(npim_matrix *matrix, const int16_t *weight, uint32_t rows, uint32_t outputs,
                                 npim_error *error) {
    npim_status status = make(matrix, rows, outputs, error);
    for (uint32_t o = 0; status == NPIM_OK && o < outputs; o++)
        for (uint32_t r = 0; r < rows; r++) *place(matrix, r, o) = weight[(size_t)o * rows + r];
    return status;
}

void npim_matrix_fini(npim_matrix *matrix) {
    free(matrix->packed);
    memset(matrix, 0, sizeof *matrix);
}

static void multiply_portable(const npim_matrix *m, const int16_t *inputs, size_t input_stride, size_t n,
                              int32_t *sums, size_t sum_stride) {
    for (size_t v = 0; v < n; v++) {
        int32_t *sum = sums + v * sum_stride;
        const int16_t *input = inputs + v * input_stride;
        for (uint32_t o = 0; o < m->outputs; o++) sum[o] = 0;
        for (uint32_t r = 0; r < m->rows; r++) {
            const int16_t *weight = place(m, r, 0);
            int32_t x = input[r];
            for (uint32_t o = 0; x != 0 && o < m->outputs; o++) sum[o] += x * weight[2 * (size_t)o];
        }
    }
}

#ifdef __x86_64__

/* Both vector kernels keep the sums of some vectors and outputs in registers while they go down the rows. */

/* Inputs of a pair of rows, as one number; the row after the last odd one counts 0. */
static inline int32_t pair_at(const int16_t *input, bool last) {
    int32_t both;
    if (last) return (uint16_t)*input;
    memcpy(&both, input, sizeof both);
    return both;
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

/* 64 outputs. */
typedef struct strip512 {
    __m512i a, b, c, d;
} strip512;

AVX512 static inline strip512 load512(const int16_t *weight) {
    const __m512i *w = (const __m512i *)weight;
    return (strip512){_mm512_load_si512(w), _mm512_load_si512(w + 1), _mm512_load_si512(w + 2),
                      _mm512_load_si512(w + 3)};
}

AVX512 static inline strip512 add512(strip512 sum, strip512 w, int32_t pair) {
    __m512i x = _mm512_set1_epi32(pair);
    return (strip512){_mm512_dpwssd_epi32(sum.a, w.a, x), _mm512_dpwssd_epi32(sum.b, w.b, x),
                      _mm512_dpwssd_epi32(sum.c, w.c, x), _mm512_dpwssd_epi32(sum.d, w.d, x)};
}

/* left: outputs that there are. */
AVX512 static inline void store512(int32_t *sums, uint32_t left, strip512 sum) {
    uint64_t mask = left < 64 ? ((uint64_t)1 << left) - 1 : UINT64_MAX;
    _mm512_mask_storeu_epi32(sums, (__mmask16)mask, sum.a);
    _mm512_mask_storeu_epi32(sums + 16, (__mmask16)(mask >> 16), sum.b);
    _mm512_mask_storeu_epi32(sums + 32, (__mmask16)(mask >> 32), sum.c);
    _mm512_mask_storeu_epi32(sums + 48, (__mmask16)(mask >> 48), sum.d);
}

AVX512 static void one_avx512(const npim_matrix *m, uint32_t output, const int16_t *inputs, int32_t *sums) {
    const int16_t *weight = m->packed + (size_t)output * 2;
    __m512i zero = _mm512_setzero_si512();
    strip512 sum = {zero, zero, zero, zero};
    for (uint32_t row = 0; row < m->rows; row += 2, weight += (size_t)m->room * 2)
        sum = add512(sum, load512(weight), pair_at(inputs + row, row + 1 == m->rows));
    store512(sums + output, m->outputs - output, sum);
}

AVX512 static void four_avx512(const npim_matrix *m, uint32_t output, const int16_t *inputs, size_t stride,
                               int32_t *sums, size_t sum_stride) {
    const int16_t *weight = m->packed + (size_t)output * 2;
    __m512i zero = _mm512_setzero_si512();
    strip512 sum0 = {zero, zero, zero, zero}, sum1 = sum0, sum2 = sum0, sum3 = sum0;
    for (uint32_t row = 0; row < m->rows; row += 2, weight += (size_t)m->room * 2) {
        const int16_t *x = inputs + row;
        bool last = row + 1 == m->rows;
        strip512 w = load512(weight);
        sum0 = add512(sum0, w, pair_at(x, last));
        sum1 = add512(sum1, w, pair_at(x + stride, last));
        sum2 = add512(sum2, w, pair_at(x + 2 * stride, last));
        sum3 = add512(sum3, w, pair_at(x + 3 * stride, last));
    }
    uint32_t left = m->outputs - output;
    sums += output;
    store512(sums, left, sum0);
    store512(sums + sum_stride, left, sum1);
    store512(sums + 2 * sum_stride, left, sum2);
    store512(sums + 3 * sum_stride, left, sum3);
}

static void multiply_avx512(const npim_matrix *m, const int16_t *inputs, size_t input_stride, size_t n,
                            int32_t *sums, size_t sum_stride) {
    for (uint32_t output = 0; output < m->outputs; output += 64) {
        size_t v = 0;
        for (; v + 4 <= n; v += 4)
            four_avx512(m, output, inputs + v * input_stride, input_stride, sums + v * sum_stride,
                        sum_stride);
        for (; v < n; v++) one_avx512(m, output, inputs + v * input_stride, sums + v * sum_stride);
    }
}

#define AVX2 __attribute__((target("avx2")))

/* 16 outputs. */
typedef struct strip256 {
    __m256i a, b;
} strip256;

AVX2 static inline strip256 add256(strip256 sum, strip256 w, int32_t pair) {
    __m256i x = _mm256_set1_epi32(pair);
    return (strip256){_mm256_add_epi32(sum.a, _mm256_madd_epi16(w.a, x)),
                      _mm256_add_epi32(sum.b, _mm256_madd_epi16(w.b, x))};
}

AVX2 static inline void store256(int32_t *sums, uint32_t left, strip256 sum) {
    int32_t whole[16];
    int32_t *to = left < 16 ? whole : sums;
    _mm256_storeu_si256((__m256i *)to, sum.a);
    _mm256_storeu_si256((__m256i *)(to + 8), sum.b);
    if (left < 16) memcpy(sums, whole, left * sizeof *sums);
}

AVX2 static inline strip256 load256(const int16_t *weight) {
    return (strip256){_mm256_load_si256((const __m256i *)weight),
                      _mm256_load_si256((const __m256i *)(weight + 16))};
}

AVX2 static void one_avx2(const npim_matrix *m, uint32_t output, const int16_t *inputs, int32_t *sums) {
    const int16_t *weight = m->packed + (size_t)output * 2;
    strip256 sum = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (uint32_t row = 0; row < m->rows; row += 2, weight += (size_t)m->room * 2)
        sum = add256(sum, load256(weight), pair_at(inputs + row, row + 1 == m->rows));
    store256(sums + output, m->outputs - output, sum);
}

AVX2 static void four_avx2(const npim_matrix *m, uint32_t output, const int16_t *inputs, size_t stride,
                           int32_t *sums, size_t sum_stride) {
    const int16_t *weight = m->packed + (size_t)output * 2;
    strip256 sum0 = {_mm256_setzero_si256(), _mm256_setzero_si256()}, sum1 = sum0, sum2 = sum0, sum3 = sum0;
    for (uint32_t row = 0; row < m->rows; row += 2, weight += (size_t)m->room * 2) {
        const int16_t *x = inputs + row;
        bool last = row + 1 == m->rows;
        strip256 w = load256(weight);
        sum0 = add256(sum0, w, pair_at(x, last));
        sum1 = add256(sum1, w, pair_at(x + stride, last));
        sum2 = add256(sum2, w, pair_at(x + 2 * stride, last));
        sum3 = add256(sum3, w, pair_at(x + 3 * stride, last));
    }
    uint32_t left = m->outputs - output;
    sums += output;
    store256(sums, left, sum0);
    store256(sums + sum_stride, left, sum1);
    store256(sums + 2 * sum_stride, left, sum2);
    store256(sums + 3 * sum_stride, left, sum3);
}

static void multiply_avx2(const npim_matrix *m, const int16_t *inputs, size_t input_stride, size_t n,
                          int32_t *sums, size_t sum_stride) {
    for (uint32_t output = 0; output < m->outputs; output += 16) {
        size_t v = 0;
        for (; v + 4 <= n; v += 4)
            four_avx2(m, output, inputs + v * input_stride, input_stride, sums + v * sum_stride, sum_stride);
        for (; v < n; v++) one_avx2(m, output, inputs + v * input_stride, sums + v * sum_stride);
    }
}

#else
#define multiply_avx2 multiply_portable
#define multiply_avx512 multiply_portable
#endif

void npim_matrix_multiply(npim_isa isa, const npim_matrix *matrix, const int16_t *inputs, size_t input_stride,
                          size_t n, int32_t *sums, size_t sum_stride) {
    static void (*const multiply[NPIM_ISAS])(const npim_matrix *, const int16_t *, size_t, size_t, int32_t *,
                                             size_t) = {multiply_portable, multiply_avx2, multiply_avx512};
    assert(npim_isa_supported(isa));
    multiply[isa](matrix, inputs, input_stride, n, sums, sum_stride);
}

#include "hw/kernel/normals_parts.h"

#ifdef __x86_64__

#include "hw/kernel/quantile.h"

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))

/* Words of eight counters in 64-bit lanes, of which the upper halves are nothing. */
typedef struct words512 {
    __m512i w0, w1, w2, w3;
} words512;

AVX512 static inline words512 philox512(__m512i counter, uint32_t draw, uint32_t block,
                                        const npim_philox_keys *key) {
    const __m512i m0 = _mm512_set1_epi64(PHILOX_M4x32_0), m1 = _mm512_set1_epi64(PHILOX_M4x32_1);
    words512 c = {counter, _mm512_srli_epi64(counter, 32), _mm512_set1_epi64(draw), _mm512_set1_epi64(block)};
    for (int round = 0; round < NPIM_PHILOX_ROUNDS; round++) {
        enum { XOR3 = 0x96 };
        __m512i k0 = _mm512_set1_epi32((int)key->k0[round]), k1 = _mm512_set1_epi32((int)key->k1[round]);
        __m512i p0 = _mm512_mul_epu32(c.w0, m0), p1 = _mm512_mul_epu32(c.w2, m1);
        c.w0 = _mm512_ternarylogic_epi32(_mm512_srli_epi64(p1, 32), c.w1, k0, XOR3);
        c.w2 = _mm512_ternarylogic_epi32(_mm512_srli_epi64(p0, 32), c.w3, k1, XOR3);
        c.w1 = p1;
        c.w3 = p0;
    }
    return c;
}

/* As in normals.c. */
AVX512 static inline __m512 normal_of(__m512i word) {
    enum { AND_OR = 0xea, XOR_AND = 0x78 };
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff), one = _mm512_set1_epi32(1);
    __m512i p =
        _mm512_castps_si512(_mm512_cvtepi32_ps(_mm512_ternarylogic_epi32(word, magnitude, one, AND_OR)));
    __m512i column = _mm512_srli_epi32(p, 23);
    __m512i mantissa =
        _mm512_ternarylogic_epi32(p, _mm512_set1_epi32(0x7fffff), _mm512_set1_epi32(0x3f800000), AND_OR);
    __m512 m = _mm512_sub_ps(_mm512_castsi512_ps(mantissa), _mm512_set1_ps(1.5f));
    __m512 x = _mm512_setzero_ps();
    for (int power = NPIM_NORMAL_POWERS - 1; power >= 0; power--) {
        const float *row = npim_normal_table[power];
        __m512 c = _mm512_permutex2var_ps(_mm512_loadu_ps(row), column, _mm512_loadu_ps(row + 16));
        x = power == NPIM_NORMAL_POWERS - 1 ? c : _mm512_add_ps(_mm512_mul_ps(x, m), c);
    }
    __m512i sign = _mm512_set1_epi32((int)0x80000000u);
    return _mm512_castsi512_ps(_mm512_ternarylogic_epi32(_mm512_castps_si512(x), word, sign, XOR_AND));
}

AVX512 void npim_normal_lanes_avx512(const npim_random *random, npim_draw draw,
                                     const uint64_t counter[NPIM_NORMAL_LANES],
                                     float out[4][NPIM_NORMAL_LANES]) {
    const npim_philox_keys key = npim_philox_keys_of(random);
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    for (int lane = 0; lane < NPIM_NORMAL_LANES; lane += 16) {
        words512 a = philox512(_mm512_loadu_si512(counter + lane), draw, random->block, &key);
        words512 b = philox512(_mm512_loadu_si512(counter + lane + 8), draw, random->block, &key);
        _mm512_storeu_ps(out[0] + lane, normal_of(_mm512_permutex2var_epi32(a.w0, even, b.w0)));
        _mm512_storeu_ps(out[1] + lane, normal_of(_mm512_permutex2var_epi32(a.w1, even, b.w1)));
        _mm512_storeu_ps(out[2] + lane, normal_of(_mm512_permutex2var_epi32(a.w2, even, b.w2)));
        _mm512_storeu_ps(out[3] + lane, normal_of(_mm512_permutex2var_epi32(a.w3, even, b.w3)));
    }
}

/* Random bits of NPIM_QUANTILE_BLOCK counters from `first` on, as npim_random_bits gives them. */
AVX512 static void bits_avx512(const npim_random *random, npim_draw draw, uint64_t first, uint64_t *bits) {
    const npim_philox_keys key = npim_philox_keys_of(random);
    __m512i counter =
        _mm512_add_epi64(_mm512_set1_epi64((long long)first), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0));
    for (int i = 0; i < NPIM_QUANTILE_BLOCK; i += 16) {
        __m512i next = _mm512_add_epi64(counter, _mm512_set1_epi64(8));
        words512 a = philox512(counter, draw, random->block, &key);
        words512 b = philox512(next, draw, random->block, &key);
        _mm512_storeu_si512(bits + i, _mm512_mask_shuffle_epi32(a.w0, 0xaaaa, a.w1, _MM_PERM_CCAA));
        _mm512_storeu_si512(bits + i + 8, _mm512_mask_shuffle_epi32(b.w0, 0xaaaa, b.w1, _MM_PERM_CCAA));
        counter = _mm512_add_epi64(next, _mm512_set1_epi64(8));
    }
}

AVX512 static void quantiles_avx512(const uint64_t *bits, double *out) {
    npim_quantile_block block;
    npim_quantiles_centre(&block, bits, out);
    npim_quantiles_log(&block);
    for (int i = 0; i < block.n; i += 8)
        _mm512_storeu_pd(block.r + i, _mm512_sqrt_pd(_mm512_loadu_pd(block.r + i)));
    npim_quantiles_tail(&block, out);
}

void npim_normals_f64_avx512(const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                             double *out) {
    uint64_t bits[NPIM_QUANTILE_BLOCK];
    double block[NPIM_QUANTILE_BLOCK];
    for (; n >= NPIM_QUANTILE_BLOCK; n -= NPIM_QUANTILE_BLOCK) {
        bits_avx512(random, draw, first, bits);
        quantiles_avx512(bits, out);
        first += NPIM_QUANTILE_BLOCK;
        out += NPIM_QUANTILE_BLOCK;
    }
    if (n == 0) return;
    bits_avx512(random, draw, first, bits);
    quantiles_avx512(bits, block);
    memcpy(out, block, n * sizeof *out);
}

#else

void npim_normal_lanes_avx512(const npim_random *random, npim_draw draw,
                              const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]) {
    (void)random, (void)draw, (void)counter, (void)out;
}

void npim_normals_f64_avx512(const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                             double *out) {
    (void)random, (void)draw, (void)first, (void)n, (void)out;
}

#endif

#include "hw/kernel/normals_parts.h"

#ifdef __x86_64__

#include "hw/kernel/quantile.h"

#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Words of four counters in 64-bit lanes, of which the upper halves are nothing. */
typedef struct words256 {
    __m256i w0, w1, w2, w3;
} words256;

AVX2 static inline __m256i xor3(__m256i a, __m256i b, __m256i c) {
    return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
}

AVX2 static inline words256 philox256(__m256i counter, uint32_t draw, uint32_t block,
                                      const npim_philox_keys *key) {
    const __m256i m0 = _mm256_set1_epi64x(PHILOX_M4x32_0), m1 = _mm256_set1_epi64x(PHILOX_M4x32_1);
    words256 c = {counter, _mm256_srli_epi64(counter, 32), _mm256_set1_epi64x(draw),
                  _mm256_set1_epi64x(block)};
    for (int round = 0; round < NPIM_PHILOX_ROUNDS; round++) {
        __m256i k0 = _mm256_set1_epi32((int)key->k0[round]), k1 = _mm256_set1_epi32((int)key->k1[round]);
        __m256i p0 = _mm256_mul_epu32(c.w0, m0), p1 = _mm256_mul_epu32(c.w2, m1);
        c.w0 = xor3(_mm256_srli_epi64(p1, 32), c.w1, k0);
        c.w2 = xor3(_mm256_srli_epi64(p0, 32), c.w3, k1);
        c.w1 = p1;
        c.w3 = p0;
    }
    return c;
}

/* As in normals.c. */
AVX2 static inline __m256 normal_of(__m256i word) {
    const __m256i magnitude = _mm256_set1_epi32(0x7fffffff), one = _mm256_set1_epi32(1);
    __m256i p =
        _mm256_castps_si256(_mm256_cvtepi32_ps(_mm256_or_si256(_mm256_and_si256(word, magnitude), one)));
    __m256i column = _mm256_and_si256(_mm256_srli_epi32(p, 23), _mm256_set1_epi32(31));
    __m256i mantissa =
        _mm256_or_si256(_mm256_and_si256(p, _mm256_set1_epi32(0x7fffff)), _mm256_set1_epi32(0x3f800000));
    __m256 m = _mm256_sub_ps(_mm256_castsi256_ps(mantissa), _mm256_set1_ps(1.5f));
    __m256 x = _mm256_i32gather_ps(npim_normal_table[NPIM_NORMAL_POWERS - 1], column, 4);
    for (int power = NPIM_NORMAL_POWERS - 2; power >= 0; power--)
        x = _mm256_add_ps(_mm256_mul_ps(x, m), _mm256_i32gather_ps(npim_normal_table[power], column, 4));
    return _mm256_xor_ps(x, _mm256_castsi256_ps(_mm256_andnot_si256(magnitude, word)));
}

/* The lower halves of the lanes of a and then of b. */
AVX2 static inline __m256i lower(__m256i a, __m256i b) {
    __m256 both = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88);
    return _mm256_permute4x64_epi64(_mm256_castps_si256(both), 0xd8);
}

AVX2 void npim_normal_lanes_avx2(const npim_random *random, npim_draw draw,
                                 const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]) {
    const npim_philox_keys key = npim_philox_keys_of(random);
    for (int lane = 0; lane < NPIM_NORMAL_LANES; lane += 8) {
        const __m256i *at = (const __m256i *)(counter + lane);
        words256 a = philox256(_mm256_loadu_si256(at), draw, random->block, &key);
        words256 b = philox256(_mm256_loadu_si256(at + 1), draw, random->block, &key);
        _mm256_storeu_ps(out[0] + lane, normal_of(lower(a.w0, b.w0)));
        _mm256_storeu_ps(out[1] + lane, normal_of(lower(a.w1, b.w1)));
        _mm256_storeu_ps(out[2] + lane, normal_of(lower(a.w2, b.w2)));
        _mm256_storeu_ps(out[3] + lane, normal_of(lower(a.w3, b.w3)));
    }
}

/* Random bits of a block of counters from `first` on, as npim_random_bits gives them. */
AVX2 static void bits_avx2(const npim_random *random, npim_draw draw, uint64_t first, uint64_t *bits) {
    const npim_philox_keys key = npim_philox_keys_of(random);
    __m256i counter = _mm256_add_epi64(_mm256_set1_epi64x((long long)first), _mm256_set_epi64x(3, 2, 1, 0));
    for (int i = 0; i < NPIM_QUANTILE_BLOCK; i += 4) {
        words256 w = philox256(counter, draw, random->block, &key);
        __m256i both = _mm256_blend_epi32(w.w0, _mm256_slli_epi64(w.w1, 32), 0xaa);
        _mm256_storeu_si256((__m256i *)(bits + i), both);
        counter = _mm256_add_epi64(counter, _mm256_set1_epi64x(4));
    }
}

AVX2 static void quantiles_avx2(const uint64_t *bits, double *out) {
    npim_quantile_block block;
    npim_quantiles_centre(&block, bits, out);
    npim_quantiles_log(&block);
    for (int i = 0; i < block.n; i += 4)
        _mm256_storeu_pd(block.r + i, _mm256_sqrt_pd(_mm256_loadu_pd(block.r + i)));
    npim_quantiles_tail(&block, out);
}

void npim_normals_f64_avx2(const npim_random *random, npim_draw draw, uint64_t first, size_t n, double *out) {
    uint64_t bits[NPIM_QUANTILE_BLOCK];
    double block[NPIM_QUANTILE_BLOCK];
    for (; n >= NPIM_QUANTILE_BLOCK; n -= NPIM_QUANTILE_BLOCK) {
        bits_avx2(random, draw, first, bits);
        quantiles_avx2(bits, out);
        first += NPIM_QUANTILE_BLOCK;
        out += NPIM_QUANTILE_BLOCK;
    }
    if (n == 0) return;
    bits_avx2(random, draw, first, bits);
    quantiles_avx2(bits, block);
    memcpy(out, block, n * sizeof *out);
}

#else

void npim_normal_lanes_avx2(const npim_random *random, npim_draw draw,
                            const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]) {
    (void)random, (void)draw, (void)counter, (void)out;
}

void npim_normals_f64_avx2(const npim_random *random, npim_draw draw, uint64_t first, size_t n, double *out) {
    (void)random, (void)draw, (void)first, (void)n, (void)out;
}

#endif

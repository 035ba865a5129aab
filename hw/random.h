/* Counter-based random numbers: a sample is a pure function of (seed, block, draw, index), so it depends
 * neither on the order of evaluation nor on the number of threads. The generator is Philox4x32-10 (Salmon et
 * al., SC11, through Random123). Normal deviates are made of operations that IEEE 754 rounds exactly and of
 * hw/elementary.h: libm's and CPU's variants cannot change a bit. */
#ifndef NPIM_HW_RANDOM_H
#define NPIM_HW_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose samples: the seed of the run and the number of the block instance (one per array, bank, ...). */
typedef struct npim_random {
    uint64_t seed;
    uint32_t block;
} npim_random;

/* What a sample is for; keeps the sequences of one block apart. The values are part of every result: append
 * only. */
typedef enum npim_draw {
    NPIM_DRAW_VARIATION, /* device-to-device, fixed when a cell is programmed */
    NPIM_DRAW_STUCK,     /* is a cell faulty */
    NPIM_DRAW_READ,      /* noise of each read */
    NPIM_DRAW_NOISE,     /* noise of each evaluation of a circuit */
    NPIM_DRAW_INPUT,     /* activations where a trace has none */
    NPIM_DRAW_WEIGHT     /* weights where a trace has none */
} npim_draw;

/* 64 random bits; draw: an npim_draw. */
uint64_t npim_random_bits(const npim_random *random, uint32_t draw, uint64_t index);

/* Uniform in the open interval (0, 1): an odd multiple of 2^-53. */
double npim_random_uniform(const npim_random *random, npim_draw draw, uint64_t index);

/* Standard normal deviate, within +-8.3. */
double npim_random_normal(const npim_random *random, npim_draw draw, uint64_t index);

/* x of P(normal <= x) = p for 0 < p < 1: algorithm AS 241 (Wichura 1988), relative error about 1e-15. */
double npim_normal_quantile(double p);

#ifdef __cplusplus
}
#endif
#endif

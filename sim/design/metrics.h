/* Figures of an A/D converter from its codes: static ones from a ramp, dynamic ones from a sine (as in IEEE
 * 1241). */
#ifndef NPIM_SIM_DESIGN_METRICS_H
#define NPIM_SIM_DESIGN_METRICS_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* From the histogram of a ramp that begins below the first transition and ends above the last. The first and
 * the last code have no width; of the others,
 *     1 LSB  = mean width,
 *     DNL(c) = width(c) / LSB - 1,
 *     INL    of a transition = where it is minus where it would be, in LSB, on a line through the first and
 *              the last transition (end-point), or on the line of least squares (best fit).
 * A histogram cannot see a code out of order; monotonic says whether there was one. */
typedef struct npim_static_figures {
    double dnl_lsb;          /* largest |DNL|; -1 is a missing code and counts as 1 */
    double inl_lsb;          /* largest |INL|, end-point */
    double inl_best_fit_lsb; /* the same, best fit */
    uint32_t missing_codes;  /* codes without a point, the first and the last left out */
    bool monotonic;          /* no code is below the one before */
} npim_static_figures;

/* codes [n] of a ramp in equal steps. bits: 1..12; a converter of 1 bit has no inner code: its figures are 0.
 * dnl_lsb, NULL or [2^bits]: DNL of every code, 0 for the two outer ones. inl_lsb, NULL or [2^bits]:
 * end-point INL of the transition to every code, 0 for code 0. NPIM_ECONFIG for bits out of range, a code
 * beyond them, or when no inner code has a point; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_static_test(const uint16_t *codes, size_t n, uint32_t bits, double *dnl_lsb,
                                           double *inl_lsb, npim_static_figures *figures, npim_error *error);

typedef struct npim_sine_figures {
    double sinad_dB;      /* power of the fitted sine over that of the residual */
    double enob_bit;      /* (SINAD - 10 log10 1.5 + full scale over amplitude in dB) / (20 log10 2) */
    double amplitude_lsb; /* of the fitted sine */
    double offset_lsb;    /* its mean code */
} npim_sine_figures;

/* Sine of sample i of n at `cycles` periods in n samples, of phase 0 at i = 0: exact in its symmetry, made of
 * operations that are rounded alike everywhere. */
double npim_sine(uint64_t i, uint64_t cycles, uint64_t n);

/* Fits offset + a sin + b cos of the known frequency, cycles per n samples (coherent sampling: cycles and n
 * have no common factor; 0 < cycles < n / 2), to the codes by least squares. share: the sine's amplitude at
 * the input in that of the full scale, above 0, at most 1. NPIM_ECONFIG when these are not kept, or when the
 * codes do not move. A residual of 0 counts as one of 1e-30 of the sine's power. */
NPIM_MUST_USE npim_status npim_sine_test(const uint16_t *codes, size_t n, uint64_t cycles, double share,
                                         npim_sine_figures *figures, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* Accuracy of the digits network on the three architectures while one kind of noise grows. */
#ifndef NPIM_SIM_REPRODUCE_NOISE_H
#define NPIM_SIM_REPRODUCE_NOISE_H

#include "sim/reproduce/knee.h"
#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What grows. The first is what the published model has: Gaussian noise of one size on every result, whatever
 * the result is; under strategy C a converter sees whole dot products, so there it is just that. The others
 * come from the cells, and grow with what flows through them. */
typedef enum npim_noise {
    NPIM_NOISE_CONVERTER,   /* at the input of the A/D converters, new in every conversion */
    NPIM_NOISE_READ,        /* of every cell, new in every read */
    NPIM_NOISE_PROGRAMMING, /* of every cell, drawn once: an error of the weights, not a noise */
    NPIM_N_NOISES
} npim_noise;

extern const struct npim_noise_name {
    const char *key, *title, *level; /* level: what its size is */
} npim_noises[NPIM_N_NOISES];

/* Below int8 by more than this, accuracy is not kept. */
#define NPIM_NOISE_LOSS 0.01

enum { NPIM_NOISE_LEVELS = 12 };

typedef struct npim_noise_point {
    double level;    /* of the architecture's key; not a number: as it is designed */
    double sinad_dB; /* of the network: npim_noise_sinad_dB; not a number: there is no error */
    double accuracy; /* 0..1, mean over the seeds */
} npim_noise_point;

typedef struct npim_noise_curve {
    npim_noise_point points[NPIM_NOISE_LEVELS]; /* as designed first, then growing */
    size_t n;
    double accuracy_int8;
    npim_knee knee; /* at accuracy_int8 - NPIM_NOISE_LOSS */
} npim_noise_curve;

/* --quick sweeps the first kind alone, with fewer levels and one seed. */
bool npim_noise_is_swept(const npim_study *study, npim_noise noise);
uint32_t npim_noise_seeds(const npim_study *study, npim_noise noise);

/* Adds the runs of `npim infer digits`. */
NPIM_MUST_USE npim_status npim_noise_plan(npim_study *study, npim_error *error);

/* From their documents. */
npim_noise_curve npim_noise_curve_make(const npim_study *study, npim_noise noise, npim_contender arch);

/* One number for the layers of a run of npim infer: the mean of their noise-to-signal ratios, in dB. It
 * weighs a layer by what it adds to the error, so that one without any does not count for much, and where
 * all layers have one SINAD it is theirs. Curves of accuracy against it are nearly the same on the three
 * architectures; against the mean or the least of the layers' dB they are not. 150: no error. Not a number
 * when no layer has a SINAD. */
double npim_noise_sinad_dB(const cJSON *infer);

#ifdef __cplusplus
}
#endif
#endif

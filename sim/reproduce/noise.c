#include "sim/reproduce/noise.h"

#include "hw/elementary.h"

#include <math.h>

static const double ln_10 = 2.302585092994045684;

/* From here on there is no error to speak of: what npim infer calls 150 dB, less rounding. */
static const double error_free_dB = 149.9;

const struct npim_noise_name npim_noises[NPIM_N_NOISES] = {
    [NPIM_NOISE_CONVERTER] = {"converter_noise", "noise of the A/D converters", "noise, V rms"},
    [NPIM_NOISE_READ] = {"read_noise", "read noise of the cells", "standard deviation of a read, relative"},
    [NPIM_NOISE_PROGRAMMING] = {"programming", "programming variation of the cells",
                                "standard deviation of a cell, relative"}};

/* --- what is run --- */

static const char *const archs[NPIM_STUDY_ARCHS] = {"isaac", "cascade", "neural-pim"};

/* The key that is swept, and its levels from where accuracy is kept to where it collapses; 0: no more. */
typedef struct sweep {
    const char *key;
    double levels[NPIM_NOISE_LEVELS - 1], quick[NPIM_NOISE_LEVELS - 1];
} sweep;

static const sweep sweeps[NPIM_N_NOISES][NPIM_STUDY_ARCHS] = {
    [NPIM_NOISE_CONVERTER] = {{"block.sar_adc.noise_V",
                               {0.0004, 0.0005, 0.0006, 0.0007, 0.00085, 0.001, 0.0012, 0.0014, 0.0017, 0.002,
                                0.003},
                               {0.0006, 0.001, 0.0014, 0.003}},
                              {"block.sar_adc.noise_V",
                               {0.0005, 0.001, 0.0015, 0.002, 0.0025, 0.003, 0.004, 0.007},
                               {0.0015, 0.004}},
                              {"block.neural_adc.noise_V",
                               {0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.07, 0.1},
                               {0.02, 0.03, 0.05, 0.1}}},
    [NPIM_NOISE_READ] = {{"block.rram.read_sigma", {0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1}, {0}},
                         {"block.rram.read_sigma", {0.1, 0.15, 0.2, 0.3, 0.5}, {0}},
                         {"block.rram.read_sigma", {0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1}, {0}}},
    [NPIM_NOISE_PROGRAMMING] = {{"block.rram.sigma", {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7}, {0}},
                                {"block.rram.sigma", {0.1, 0.15, 0.2, 0.3}, {0}},
                                {"block.rram.sigma", {0.1, 0.2, 0.3, 0.4, 0.5, 0.7}, {0}}}};

bool npim_noise_is_swept(const npim_study *study, npim_noise noise) {
    return !study->quick || noise == NPIM_NOISE_CONVERTER;
}

uint32_t npim_noise_seeds(const npim_study *study, npim_noise noise) {
    return study->quick || noise != NPIM_NOISE_CONVERTER ? 1 : 2;
}

/* Level i of a sweep, the first being the architecture as it is; false: there is none. */
static bool level_of(const npim_study *study, const sweep *s, size_t i, double *level) {
    *level = (double)NAN;
    if (i == 0) return true;
    if (i >= NPIM_NOISE_LEVELS) return false;
    *level = study->quick ? s->quick[i - 1] : s->levels[i - 1];
    return *level > 0.0;
}

#define DESIGNED "infer digits --arch %s --mode analog --seed %u"
#define NOISIER DESIGNED " --set %s=%g"

static npim_status plan_sweep(npim_study *study, const sweep *s, const char *arch, uint32_t seeds,
                              npim_error *error) {
    npim_status status = NPIM_OK;
    double level;
    for (size_t i = 0; level_of(study, s, i, &level); i++)
        for (uint32_t seed = 1; seed <= seeds && status == NPIM_OK; seed++)
            status = i == 0 ? npim_runs_add(&study->runs, error, DESIGNED, arch, seed)
                            : npim_runs_add(&study->runs, error, NOISIER, arch, seed, s->key, level);
    return status;
}

npim_status npim_noise_plan(npim_study *study, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t noise = 0; noise < NPIM_N_NOISES; noise++)
        for (size_t a = 0; a < NPIM_STUDY_ARCHS && npim_noise_is_swept(study, (npim_noise)noise); a++)
            if (status == NPIM_OK)
                status = plan_sweep(study, &sweeps[noise][a], archs[a],
                                    npim_noise_seeds(study, (npim_noise)noise), error);
    return status;
}

/* --- what comes of it --- */

/* Mean of the layers; not a number without any. */
static double noise_to_signal(const cJSON *infer) {
    double sum = 0.0, n = 0.0;
    const cJSON *layer;
    cJSON_ArrayForEach(layer, cJSON_GetObjectItemCaseSensitive(infer, "layers")) {
        double dB = npim_document_number(layer, "sinad_dB");
        if (isnan(dB)) continue;
        sum += npim_exp(-dB * ln_10 / 10.0);
        n += 1.0;
    }
    return sum / n;
}

static double dB_of(double noise_to_signal_ratio) {
    return -10.0 * npim_log(noise_to_signal_ratio) / ln_10;
}

double npim_noise_sinad_dB(const cJSON *infer) {
    double ratio = noise_to_signal(infer);
    return isnan(ratio) ? ratio : dB_of(ratio);
}

static npim_noise_point point_of(const npim_study *study, const sweep *s, const char *arch, double level,
                                 uint32_t seeds, double *accuracy_int8) {
    npim_noise_point p = {.level = level};
    double ratio = 0.0;
    for (uint32_t seed = 1; seed <= seeds; seed++) {
        const cJSON *infer = isnan(level)
                                 ? npim_runs_document(&study->runs, DESIGNED, arch, seed)
                                 : npim_runs_document(&study->runs, NOISIER, arch, seed, s->key, level);
        p.accuracy += npim_document_number(infer, "accuracy") / seeds;
        ratio += noise_to_signal(infer) / seeds;
        *accuracy_int8 = npim_document_number(infer, "accuracy_int8");
    }
    p.sinad_dB = isnan(ratio) ? ratio : dB_of(ratio);
    if (p.sinad_dB > error_free_dB) p.sinad_dB = (double)NAN;
    return p;
}

npim_noise_curve npim_noise_curve_make(const npim_study *study, npim_noise noise, npim_contender arch) {
    npim_noise_curve curve = {.n = 0};
    npim_knee_point points[NPIM_NOISE_LEVELS];
    const sweep *s = &sweeps[noise][arch];
    double level;
    for (; level_of(study, s, curve.n, &level); curve.n++) {
        npim_noise_point p =
            point_of(study, s, archs[arch], level, npim_noise_seeds(study, noise), &curve.accuracy_int8);
        points[curve.n] = (npim_knee_point){p.sinad_dB, p.accuracy};
        curve.points[curve.n] = p;
    }
    curve.knee = npim_knee_find(points, curve.n, curve.accuracy_int8 - NPIM_NOISE_LOSS);
    return curve;
}

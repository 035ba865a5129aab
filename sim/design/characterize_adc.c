#include "sim/design/characterize_adc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

npim_adc_trial npim_adc_default_trial(double full_scale_V) {
    return (npim_adc_trial){.full_scale_V = full_scale_V,
                            .ramp_points = 8192,
                            .sine_points = 4096,
                            .cycles = 1021,
                            .overdrive_share = 1.0 / 64,
                            .sine_share = 0.996,
                            .variation = {.sigma = 0.025},
                            .samples = 100,
                            .seed = 1};
}

static npim_status check_trial(const npim_converter *c, const npim_adc_trial *t, npim_error *error) {
    if (!(t->full_scale_V > 0 && t->full_scale_V <= c->circuit.vdd_V))
        return npim_fail(error, NPIM_EUSAGE, "trial: full_scale_V = %g: above 0, at most the supply, %g",
                         t->full_scale_V, c->circuit.vdd_V);
    if (t->ramp_points < 8 || t->ramp_points > NPIM_ADC_TRIAL_MAX_POINTS || t->sine_points < 8 ||
        t->sine_points > NPIM_ADC_TRIAL_MAX_POINTS)
        return npim_fail(error, NPIM_EUSAGE, "trial: %u ramp and %u sine points: 8..%d", t->ramp_points,
                         t->sine_points, NPIM_ADC_TRIAL_MAX_POINTS);
    if (!(t->overdrive_share >= 0 && t->overdrive_share <= 0.5) || !(t->sine_share > 0 && t->sine_share <= 1))
        return npim_fail(error, NPIM_EUSAGE,
                         "trial: overdrive_share = %g: 0..0.5; sine_share = %g: above 0, at most 1",
                         t->overdrive_share, t->sine_share);
    if (t->samples > NPIM_ADC_TRIAL_MAX_SAMPLES)
        return npim_fail(error, NPIM_EUSAGE, "trial: %u samples: at most %d", t->samples,
                         NPIM_ADC_TRIAL_MAX_SAMPLES);
    return NPIM_OK;
}

/* Inputs, and room for what they become: the same for all instances. */
typedef struct bench {
    double *in_V; /* [ramp_points + sine_points] */
    double *scratch_V;
    uint16_t *codes;
} bench;

static void bench_fini(bench *b) {
    free(b->in_V);
    free(b->scratch_V);
    free(b->codes);
}

static npim_status bench_init(bench *b, const npim_converter *converter, const npim_adc_trial *t,
                              npim_error *error) {
    size_t n = (size_t)t->ramp_points + t->sine_points;
    double middle_V = 0.5 * converter->circuit.vdd_V;
    double ramp_V = t->full_scale_V * (1 + 2 * t->overdrive_share);
    b->in_V = malloc(n * sizeof *b->in_V);
    b->scratch_V = malloc(2 * (size_t)converter->circuit.n_neurons * sizeof *b->scratch_V);
    b->codes = malloc(n * sizeof *b->codes);
    if (!b->in_V || !b->scratch_V || !b->codes) {
        bench_fini(b);
        return npim_fail(error, NPIM_ENOMEM, "no memory for %zu points of a test", n);
    }
    for (uint32_t i = 0; i < t->ramp_points; i++)
        b->in_V[i] = middle_V + ramp_V * ((i + 0.5) / t->ramp_points - 0.5);
    for (uint32_t i = 0; i < t->sine_points; i++)
        b->in_V[t->ramp_points + i] =
            middle_V + 0.5 * t->full_scale_V * t->sine_share *
                           npim_sine(2 * (uint64_t)i + 1, t->cycles, 2 * (uint64_t)t->sine_points);
    return NPIM_OK;
}

/* Least squares of input = gain x code + offset, over the points of the ramp within the full scale. */
static void measure_errors(const bench *b, const npim_converter *converter, const npim_adc_trial *t,
                           npim_adc_sample *sample) {
    double half_V = 0.5 * t->full_scale_V, middle_V = 0.5 * converter->circuit.vdd_V;
    double lsb_V = ldexp(t->full_scale_V, -(int)converter->bits);
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0, squared = 0;
    for (uint32_t i = 0; i < t->ramp_points; i++) {
        double in_V = b->in_V[i] - middle_V, code_V = lsb_V * (b->codes[i] + 0.5) - half_V;
        if (fabs(in_V) > half_V) continue;
        n++;
        x += code_V;
        y += in_V;
        xx += code_V * code_V;
        yy += in_V * in_V;
        xy += code_V * in_V;
        squared += (code_V - in_V) * (code_V - in_V);
    }
    double sxx = xx - x * x / n, syy = yy - y * y / n, sxy = xy - x * y / n;
    double left = sxx > 0 ? syy - sxy * sxy / sxx : syy;
    sample->rms_error_V = sqrt(squared / n);
    sample->corrected_error_V = sqrt((left > 0 ? left : 0) / n);
}

static npim_status measure(bench *b, const npim_converter *converter, const npim_instance *instance,
                           const npim_adc_trial *t, npim_adc_sample *sample, npim_error *error) {
    npim_converter_codes(converter, instance, b->in_V, (size_t)t->ramp_points + t->sine_points, 0,
                         b->scratch_V, b->codes);
    npim_status status =
        npim_static_test(b->codes, t->ramp_points, converter->bits, NULL, NULL, &sample->ramp, error);
    if (status != NPIM_OK) return status;
    measure_errors(b, converter, t, sample);
    return npim_sine_test(b->codes + t->ramp_points, t->sine_points, t->cycles, t->sine_share, &sample->sine,
                          error);
}

npim_status npim_adc_measure(const npim_converter *converter, const npim_instance *instance,
                             const npim_adc_trial *trial, npim_adc_sample *sample, npim_error *error) {
    bench b;
    npim_status status = check_trial(converter, trial, error);
    if (status == NPIM_OK) status = bench_init(&b, converter, trial, error);
    if (status != NPIM_OK) return status;
    status = measure(&b, converter, instance, trial, sample, error);
    bench_fini(&b);
    return status;
}

/* Programs instance i and measures it; random NULL: the nominal one. */
static npim_status measure_one(bench *b, const npim_converter *converter, const npim_adc_trial *t,
                               const npim_random *random, npim_adc_sample *sample, npim_error *error) {
    npim_instance instance;
    npim_status status = npim_instance_init(&instance, &converter->circuit, &t->variation, random, error);
    if (status != NPIM_OK) return status;
    status = measure(b, converter, &instance, t, sample, error);
    npim_instance_fini(&instance);
    return status;
}

/* One figure of all samples: samples[0] is nominal. */
static npim_spread spread(const npim_adc_sample *samples, uint32_t n, double (*of)(const npim_adc_sample *),
                          double *room) {
    for (uint32_t i = 0; i < n; i++) room[i] = of(&samples[1 + i]);
    return npim_spread_of(of(&samples[0]), room, n);
}

static double dnl(const npim_adc_sample *s) {
    return s->ramp.dnl_lsb;
}

static double inl(const npim_adc_sample *s) {
    return s->ramp.inl_lsb;
}

static double inl_best_fit(const npim_adc_sample *s) {
    return s->ramp.inl_best_fit_lsb;
}

static double enob(const npim_adc_sample *s) {
    return s->sine.enob_bit;
}

static double sinad(const npim_adc_sample *s) {
    return s->sine.sinad_dB;
}

static double missing(const npim_adc_sample *s) {
    return s->ramp.missing_codes;
}

static double rms_error(const npim_adc_sample *s) {
    return 1e3 * s->rms_error_V;
}

static double corrected_error(const npim_adc_sample *s) {
    return 1e3 * s->corrected_error_V;
}

static void summarise(const npim_adc_sample *samples, uint32_t n, double *room, npim_adc_figures *f) {
    f->dnl_lsb = spread(samples, n, dnl, room);
    f->inl_lsb = spread(samples, n, inl, room);
    f->inl_best_fit_lsb = spread(samples, n, inl_best_fit, room);
    f->enob_bit = spread(samples, n, enob, room);
    f->sinad_dB = spread(samples, n, sinad, room);
    f->missing_codes = spread(samples, n, missing, room);
    f->rms_error_mV = spread(samples, n, rms_error, room);
    f->rms_error_corrected_mV = spread(samples, n, corrected_error, room);
    uint32_t monotonic = 0;
    for (uint32_t i = 1; i <= n; i++) monotonic += samples[i].ramp.monotonic;
    f->monotonic_share = n ? (double)monotonic / n : samples[0].ramp.monotonic;
}

npim_status npim_adc_characterize(const npim_converter *converter, const npim_adc_trial *trial,
                                  npim_adc_figures *figures, npim_error *error) {
    memset(figures, 0, sizeof *figures);
    npim_status status = npim_converter_check(converter, error);
    if (status == NPIM_OK) status = check_trial(converter, trial, error);
    if (status != NPIM_OK) return status;
    uint32_t n = trial->samples;
    bench b;
    status = bench_init(&b, converter, trial, error);
    if (status != NPIM_OK) return status;
    npim_adc_sample *samples = calloc((size_t)n + 1, sizeof *samples);
    double *room = calloc((size_t)n + 1, sizeof *room);
    if (!samples || !room) status = npim_fail(error, NPIM_ENOMEM, "no memory for %u samples", n);
    if (status == NPIM_OK) status = measure_one(&b, converter, trial, NULL, &samples[0], error);
    for (uint32_t i = 0; i < n && status == NPIM_OK; i++) {
        npim_random random = {trial->seed, i};
        status = npim_stop_check(trial->stop, error);
        if (status == NPIM_OK) status = measure_one(&b, converter, trial, &random, &samples[1 + i], error);
    }
    if (status == NPIM_OK) summarise(samples, n, room, figures);
    free(samples);
    free(room);
    bench_fini(&b);
    return status;
}

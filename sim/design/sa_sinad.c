#include "sim/design/sa_sinad.h"

#include "hw/elementary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { INPUTS = NPIM_SA_SLICES + 1 };

npim_status npim_sa_task_check(const npim_sa_task *task, npim_error *error) {
    uint32_t p = task->dac_bits;
    if (p != 1 && p != 2 && p != 4 && p != 8)
        return npim_fail(error, NPIM_ECONFIG, "dac_bits = %u: 1, 2, 4 or 8 bit in a cycle", p);
    if (!(task->range > 0 && task->range <= 0.5))
        return npim_fail(error, NPIM_ECONFIG, "range = %g: above 0, at most 0.5 of the supply", task->range);
    return NPIM_OK;
}

uint32_t npim_sa_cycles(const npim_sa_task *task) {
    return NPIM_SA_INPUT_BITS / task->dac_bits;
}

double npim_sa_wanted(const npim_sa_task *task, const double slice[NPIM_SA_SLICES], double acc) {
    double kept = 1.0 / (1u << task->dac_bits), sum = 0;
    for (uint32_t k = 0; k < NPIM_SA_SLICES; k++) sum += (slice[k] - 0.5) * (1u << k) / 255;
    return 0.5 + kept * (acc - 0.5) + 2 * task->range * (1 - kept) * sum;
}

double npim_sa_slice(const npim_random *random, double spread, uint64_t index) {
    if (spread == 0) return npim_random_uniform(random, NPIM_DRAW_INPUT, index);
    double x = 0.5 + spread * npim_random_normal(random, NPIM_DRAW_INPUT, index);
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

npim_sa_trial npim_sa_default_trial(const npim_sa_task *task) {
    return (npim_sa_trial){
        .task = *task, .vectors = 1000, .variation = {.sigma = 0.025}, .samples = 100, .seed = 1};
}

static npim_status check(const npim_circuit *circuit, const npim_sa_trial *t, npim_error *error) {
    npim_status status = npim_sa_task_check(&t->task, error);
    if (status != NPIM_OK) return status;
    if (!(t->spread >= 0 && t->spread <= 0.5))
        return npim_fail(error, NPIM_ECONFIG, "spread = %g: 0..0.5 of the supply", t->spread);
    if (t->vectors < 2 || t->vectors > NPIM_SA_MAX_VECTORS)
        return npim_fail(error, NPIM_ECONFIG, "vectors = %u: 2..%d", t->vectors, NPIM_SA_MAX_VECTORS);
    if (t->samples > NPIM_SA_MAX_SAMPLES)
        return npim_fail(error, NPIM_ECONFIG, "samples = %u: at most %d", t->samples, NPIM_SA_MAX_SAMPLES);
    if (circuit->n_inputs != INPUTS)
        return npim_fail(error, NPIM_ECONFIG,
                         "a shift-and-add circuit of %u inputs: %d slices and its result", circuit->n_inputs,
                         NPIM_SA_SLICES);
    return NPIM_OK;
}

/* Inputs of all cycles, the wanted results, and room for a circuit's. */
typedef struct stimulus {
    double *slice_V;          /* [vectors][cycles][slices] */
    double *wanted;           /* [vectors], in units of the supply */
    double *result;           /* [vectors] */
    double *node_V, *out_V;   /* [n_neurons] */
    double *sinad, *fit, *mV; /* [samples + 1] */
} stimulus;

static void stimulus_fini(stimulus *s) {
    double *all[] = {s->slice_V, s->wanted, s->result, s->node_V, s->out_V, s->sinad, s->fit, s->mV};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static npim_status stimulus_init(stimulus *s, const npim_circuit *circuit, const npim_sa_trial *t,
                                 npim_error *error) {
    size_t cycles = npim_sa_cycles(&t->task), samples = (size_t)t->samples + 1;
    s->slice_V = calloc(t->vectors, cycles * NPIM_SA_SLICES * sizeof(double));
    s->wanted = calloc(t->vectors, sizeof(double));
    s->result = calloc(t->vectors, sizeof(double));
    s->node_V = calloc(circuit->n_neurons, sizeof(double));
    s->out_V = calloc(circuit->n_neurons, sizeof(double));
    s->sinad = calloc(samples, sizeof(double));
    s->fit = calloc(samples, sizeof(double));
    s->mV = calloc(samples, sizeof(double));
    if (s->slice_V && s->wanted && s->result && s->node_V && s->out_V && s->sinad && s->fit && s->mV)
        return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u vectors and %u samples", t->vectors, t->samples);
}

static void draw(stimulus *s, const npim_circuit *circuit, const npim_sa_trial *t) {
    const npim_random random = {.seed = t->seed};
    uint64_t index = 0;
    for (uint32_t vector = 0; vector < t->vectors; vector++) {
        double acc = 0.5;
        for (uint32_t cycle = 0; cycle < npim_sa_cycles(&t->task); cycle++) {
            double slice[NPIM_SA_SLICES];
            for (uint32_t k = 0; k < NPIM_SA_SLICES; k++, index++) {
                slice[k] = npim_sa_slice(&random, t->spread, index);
                s->slice_V[index] = slice[k] * circuit->vdd_V;
            }
            acc = npim_sa_wanted(&t->task, slice, acc);
        }
        s->wanted[vector] = acc;
    }
}

static void accumulate(stimulus *s, const npim_instance *instance, const npim_sa_trial *t) {
    const npim_circuit *c = instance->circuit;
    uint64_t index = 0;
    for (uint32_t vector = 0; vector < t->vectors; vector++) {
        double in_V[INPUTS];
        in_V[NPIM_SA_SLICES] = 0.5 * c->vdd_V;
        for (uint32_t cycle = 0; cycle < npim_sa_cycles(&t->task); cycle++, index++) {
            memcpy(in_V, s->slice_V + index * NPIM_SA_SLICES, NPIM_SA_SLICES * sizeof *in_V);
            npim_instance_eval(instance, in_V, index, s->node_V, s->out_V);
            in_V[NPIM_SA_SLICES] = s->out_V[c->n_neurons - 1];
        }
        s->result[vector] = in_V[NPIM_SA_SLICES] / c->vdd_V;
    }
}

/* 10 log10 of a ratio that is at most 1e15. */
static double ratio_dB(double signal, double error) {
    double ratio = error > 1e-15 * signal ? signal / error : 1e15;
    return 10 / 2.302585092994045684 * npim_log(ratio > 1e-30 ? ratio : 1e-30);
}

static void compare(stimulus *s, const npim_sa_trial *t, double vdd_V, size_t sample) {
    double n = t->vectors, mean_w = 0, mean_r = 0, ww = 0, rr = 0, wr = 0, squared = 0;
    for (uint32_t i = 0; i < t->vectors; i++) {
        mean_w += s->wanted[i] / n;
        mean_r += s->result[i] / n;
    }
    for (uint32_t i = 0; i < t->vectors; i++) {
        double w = s->wanted[i] - mean_w, r = s->result[i] - mean_r, off = s->result[i] - s->wanted[i];
        ww += w * w;
        rr += r * r;
        wr += w * r;
        squared += off * off;
    }
    s->sinad[sample] = ratio_dB(ww, squared);
    s->fit[sample] = ratio_dB(ww, rr > 0 ? ww - wr * wr / rr : ww); /* of wanted = gain x result + offset */
    s->mV[sample] = 1e3 * vdd_V * sqrt(squared / n);
}

/* Sample 0 is the nominal circuit. */
static npim_status measure(stimulus *s, const npim_circuit *circuit, const npim_sa_trial *t, size_t sample,
                           npim_error *error) {
    npim_instance instance;
    const npim_random random = {.seed = t->seed, .block = (uint32_t)sample - 1};
    npim_status status =
        npim_instance_init(&instance, circuit, &t->variation, sample > 0 ? &random : NULL, error);
    if (status != NPIM_OK) return status;
    accumulate(s, &instance, t);
    compare(s, t, circuit->vdd_V, sample);
    npim_instance_fini(&instance);
    return NPIM_OK;
}

static void copy_scaled(double *to, const double *from, size_t n, double factor) {
    for (size_t i = 0; i < n; i++) to[i] = factor * from[i];
}

/* The results of one circuit, before those of the next take their place. */
static void note_results(const stimulus *s, const npim_sa_trial *t, double vdd_V, size_t sample,
                         npim_sa_details *details) {
    if (sample == 0) copy_scaled(details->wanted_V, s->wanted, t->vectors, vdd_V);
    if (sample == 0) copy_scaled(details->nominal_V, s->result, t->vectors, vdd_V);
    if (sample == 1) copy_scaled(details->varied_V, s->result, t->vectors, vdd_V);
}

static void note_figures(const stimulus *s, const npim_sa_trial *t, npim_sa_details *details) {
    size_t n = (size_t)t->samples + 1;
    memcpy(details->sinad_dB, s->sinad, n * sizeof *s->sinad);
    memcpy(details->corrected_dB, s->fit, n * sizeof *s->fit);
    memcpy(details->rms_error_mV, s->mV, n * sizeof *s->mV);
}

npim_status npim_sa_measure(const npim_circuit *circuit, const npim_sa_trial *trial, npim_sa_figures *figures,
                            npim_error *error) {
    return npim_sa_measure_details(circuit, trial, figures, NULL, error);
}

npim_status npim_sa_measure_details(const npim_circuit *circuit, const npim_sa_trial *trial,
                                    npim_sa_figures *figures, npim_sa_details *details, npim_error *error) {
    stimulus s = {0};
    npim_status status = check(circuit, trial, error);
    if (status == NPIM_OK) status = stimulus_init(&s, circuit, trial, error);
    if (status == NPIM_OK) draw(&s, circuit, trial);
    for (size_t sample = 0; sample <= trial->samples && status == NPIM_OK; sample++) {
        status = npim_stop_check(trial->stop, error);
        if (status == NPIM_OK) status = measure(&s, circuit, trial, sample, error);
        if (status == NPIM_OK && details) note_results(&s, trial, circuit->vdd_V, sample, details);
    }
    if (status == NPIM_OK && details) note_figures(&s, trial, details);
    if (status == NPIM_OK)
        *figures = (npim_sa_figures){npim_spread_of(s.sinad[0], s.sinad + 1, trial->samples),
                                     npim_spread_of(s.fit[0], s.fit + 1, trial->samples),
                                     npim_spread_of(s.mV[0], s.mV + 1, trial->samples)};
    stimulus_fini(&s);
    return status;
}

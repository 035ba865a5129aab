#include "sim/design/train_adc.h"

#include "sim/design/characterize_adc.h"

#include <math.h>
#include <string.h>

enum { TRAIN_SAMPLES = 65536, CHECK_SAMPLES = 1024, JUDGE_SAMPLES = 30 };

typedef struct design {
    const npim_train_adc_options *options;
    npim_train_adc_result *result;
} design;

npim_train_adc_options npim_train_adc_default(npim_code_kind kind, const npim_inverter *inverter) {
    return (npim_train_adc_options){.kind = kind,
                                    .bits = 4,
                                    .hidden = 16,
                                    .multiplicity = 4,
                                    .cell_bits = 3,
                                    .on_off_ratio = 100,
                                    .sigma = 0.025,
                                    .steps = 3000,
                                    .batch = 512,
                                    .copies = 4,
                                    .rate = 0.02,
                                    .sweeps = 3,
                                    .runs = 5,
                                    .seed = 1,
                                    .inverter = inverter};
}

static uint32_t wires(const npim_train_adc_options *o) {
    return o->kind == NPIM_CODE_THERMOMETER ? (1u << o->bits) - 1 : o->bits;
}

/* Is a wire of a code high? */
static bool wire(npim_code_kind kind, uint32_t code, uint32_t number) {
    if (kind == NPIM_CODE_THERMOMETER) return code > number;
    if (kind == NPIM_CODE_GRAY) code ^= code >> 1;
    return code >> number & 1;
}

/* Multiples of the golden ratio, modulo 1: every stretch of samples covers the range evenly. */
static npim_status make_samples(npim_samples *samples, size_t n, const npim_train_adc_options *o,
                                double shift, npim_error *error) {
    npim_status status = npim_samples_init(samples, n, 1, wires(o), error);
    if (status != NPIM_OK) return status;
    for (size_t i = 0; i < n; i++) {
        double x = 0.61803398874989485 * (double)i + shift;
        samples->in[i] = x -= floor(x);
        uint32_t code = (uint32_t)(x * (1u << o->bits));
        for (uint32_t k = 0; k < samples->n_outputs; k++) samples->out[k * n + i] = wire(o->kind, code, k);
    }
    return NPIM_OK;
}

/* The code whose lower end is the first threshold of a hidden row: all of them in turn, evenly spread where
 * there are more or fewer rows. */
static uint32_t step_of(const npim_train_adc_options *o, uint32_t row) {
    uint32_t steps = (1u << o->bits) - 1;
    return 1 + (uint32_t)((2 * (uint64_t)row + 1) * steps / (2 * (uint64_t)o->hidden));
}

/* The first weights of a wire: where there is a hidden row for every step of the code, it takes with its sign
 * every step at which it toggles (the inverters before and behind cancel), give or take 5 %, and a bias for
 * its first value where that does not follow from the sum. Else they are random. */
static void start_wire(const npim_train_adc_options *o, const npim_random *random, uint32_t k,
                       npim_net *net) {
    const uint32_t codes = 1u << o->bits;
    for (uint32_t row = 0; row < o->hidden; row++) {
        uint32_t code = step_of(o, row);
        uint64_t index = (uint64_t)k * o->hidden + row;
        double value = 0.5 * npim_random_normal(random, NPIM_DRAW_WEIGHT, index);
        if (o->hidden >= codes - 1) {
            int rise = wire(o->kind, code, k) - wire(o->kind, code - 1, k);
            value = 0.95 * rise + 0.1 * npim_random_uniform(random, NPIM_DRAW_WEIGHT, index) - 0.05;
        }
        npim_net_set(net, 1, k, row, value < -1 ? -1 : value > 1 ? 1 : value);
    }
    bool first = wire(o->kind, 0, k), last = wire(o->kind, codes - 1, k);
    npim_net_set(net, 1, k, o->hidden, first != last ? 0 : first ? -0.95 : 0.95);
}

/* Hidden rows start as comparators at the steps of the code. */
static void start(void *context, const npim_random *random, npim_net *net) {
    const npim_train_adc_options *o = ((const design *)context)->options;
    for (uint32_t row = 0; row < o->hidden; row++) {
        npim_net_set(net, 0, row, 0, 0.95);
        npim_net_set(net, 0, row, 1, -0.95 * ((double)step_of(o, row) / (1u << o->bits) - 0.5));
    }
    for (uint32_t k = 0; k < wires(o); k++) start_wire(o, random, k, net);
}

/* By the median effective number of bits of instances that the figures of the finished design will not see.
 */
static npim_status judge(void *context, uint32_t run, const npim_circuit *circuit, double *score,
                         npim_error *error) {
    const design *d = context;
    const npim_converter converter = {
        .circuit = *circuit, .kind = d->options->kind, .bits = d->options->bits};
    npim_adc_trial trial = npim_adc_default_trial(circuit->vdd_V);
    trial.ramp_points = trial.sine_points = 1024;
    trial.cycles = 101;
    trial.variation.sigma = d->options->sigma;
    trial.samples = JUDGE_SAMPLES;
    trial.seed = ~d->options->seed;
    npim_adc_figures figures;
    npim_status status = npim_adc_characterize(&converter, &trial, &figures, error);
    if (status != NPIM_OK) return status;
    d->result->enob_bit[run] = figures.enob_bit.nominal;
    *score = figures.enob_bit.median;
    return NPIM_OK;
}

static npim_training training_of(const npim_train_adc_options *o) {
    const npim_net_shape shape = {.n_inputs = 1,
                                  .n_hidden = o->hidden,
                                  .n_outputs = wires(o),
                                  .multiplicity = o->multiplicity,
                                  .bias_cells = 2 * o->multiplicity,
                                  .output_inverter = true,
                                  .bits = o->cell_bits,
                                  .on_off_ratio = o->on_off_ratio};
    return (npim_training){
        .shape = shape,
        .inverter = o->inverter,
        .trainer = {.steps = o->steps,
                    .batch = o->batch,
                    .copies = o->copies,
                    .sigma = o->sigma,
                    .rate = o->rate,
                    .rate_end = 0.01 * o->rate,
                    .checks = 50,
                    .stop = o->stop},
        .refine = {.sweeps = o->sweeps, .copies = o->copies, .sigma = o->sigma, .stop = o->stop},
        .runs = o->runs,
        .seed = o->seed,
        .start = start,
        .judge = judge};
}

static npim_status check_options(const npim_train_adc_options *o, npim_error *error) {
    if (o->kind != NPIM_CODE_BINARY && o->kind != NPIM_CODE_GRAY && o->kind != NPIM_CODE_THERMOMETER)
        return npim_fail(error, NPIM_ECONFIG, "a trained converter's code is binary, Gray or thermometer");
    if (o->bits < 1 || o->bits > NPIM_TRAIN_ADC_MAX_BITS)
        return npim_fail(error, NPIM_ECONFIG, "bits = %u: 1..%d of a trained converter", o->bits,
                         NPIM_TRAIN_ADC_MAX_BITS);
    return NPIM_OK;
}

npim_status npim_train_adc(const npim_train_adc_options *options, npim_train_adc_result *result,
                           npim_error *error) {
    npim_samples samples = {0}, check = {0};
    design d = {options, result};
    memset(result, 0, sizeof *result);
    npim_status status = check_options(options, error);
    if (status == NPIM_OK) status = make_samples(&samples, TRAIN_SAMPLES, options, 0, error);
    if (status == NPIM_OK) status = make_samples(&check, CHECK_SAMPLES, options, 0.7, error);
    if (status == NPIM_OK) {
        npim_training training = training_of(options);
        training.samples = &samples;
        training.check = &check;
        training.context = &d;
        result->runs = options->runs;
        result->converter = (npim_converter){.kind = options->kind, .bits = options->bits};
        status =
            npim_train_best(&training, &result->converter.circuit, result->varied_bit, &result->best, error);
    }
    npim_samples_fini(&samples);
    npim_samples_fini(&check);
    return status;
}

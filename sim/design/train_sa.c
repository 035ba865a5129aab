#include "sim/design/train_sa.h"

#include <string.h>

enum { TRAIN_VECTORS = 8192, CHECK_SAMPLES = 1024, JUDGE_SAMPLES = 30, JUDGE_VECTORS = 1000 };

static const double narrow_spread = 0.125; /* of slices whose range is 4 sigma to either side */

/* Blocks of the seed that no run has. */
enum { BLOCK_TRAIN = 1000000, BLOCK_CHECK };

npim_train_sa_options npim_train_sa_default(uint32_t dac_bits, const npim_inverter *inverter) {
    return (npim_train_sa_options){.task = {.dac_bits = dac_bits, .range = 0.4},
                                   .hidden = 16,
                                   .multiplicity = 8,
                                   .cell_bits = 3,
                                   .on_off_ratio = 100,
                                   .sigma = 0.025,
                                   .steps = 5000,
                                   .batch = 256,
                                   .copies = 4,
                                   .rate = 0.02,
                                   .sweeps = 3,
                                   .runs = 5,
                                   .seed = 1,
                                   .inverter = inverter};
}

/* Every cycle of whole accumulations is an example, so acc is distributed as in use; vectors of uniform and
 * of normal slices take turns. */
static npim_status make_samples(npim_samples *samples, size_t n, const npim_train_sa_options *o,
                                uint32_t block, npim_error *error) {
    const npim_random random = {.seed = o->seed, .block = block};
    npim_status status = npim_samples_init(samples, n, NPIM_SA_SLICES + 1, 1, error);
    if (status != NPIM_OK) return status;
    double acc = 0.5;
    for (size_t i = 0; i < n; i++) {
        size_t vector = i / npim_sa_cycles(&o->task);
        if (i % npim_sa_cycles(&o->task) == 0) acc = 0.5;
        double slice[NPIM_SA_SLICES];
        for (uint32_t k = 0; k < NPIM_SA_SLICES; k++) {
            slice[k] = npim_sa_slice(&random, vector % 2 == 0 ? 0 : narrow_spread, i * NPIM_SA_SLICES + k);
            samples->in[k * n + i] = slice[k];
        }
        samples->in[NPIM_SA_SLICES * n + i] = acc;
        samples->out[i] = acc = npim_sa_wanted(&o->task, slice, acc);
    }
    return NPIM_OK;
}

typedef struct design {
    const npim_train_sa_options *options;
    npim_train_sa_result *result;
} design;

/* Every hidden row weighs its inputs as the result does, give or take 30 %, and has a threshold of its own;
 * the output row takes all of them inverted. */
static void start(void *context, const npim_random *random, npim_net *net) {
    const npim_train_sa_options *o = ((const design *)context)->options;
    double share[NPIM_SA_SLICES + 1], kept = 1.0 / (1u << o->task.dac_bits), most = kept;
    for (uint32_t k = 0; k < NPIM_SA_SLICES; k++) {
        share[k] = 2 * o->task.range * (1 - kept) * (1u << k) / 255;
        most = share[k] > most ? share[k] : most;
    }
    share[NPIM_SA_SLICES] = kept;
    for (uint32_t row = 0; row < o->hidden; row++) {
        for (uint32_t i = 0; i <= NPIM_SA_SLICES; i++) {
            uint64_t index = row * (NPIM_SA_SLICES + 1) + i;
            double give = 0.7 + 0.6 * npim_random_uniform(random, NPIM_DRAW_WEIGHT, index);
            npim_net_set(net, 0, row, i, 0.8 * share[i] / most * give);
        }
        double place = o->hidden > 1 ? 2.0 * row / (o->hidden - 1) - 1 : 0;
        npim_net_set(net, 0, row, NPIM_SA_SLICES + 1, 0.45 * place);
        npim_net_set(net, 1, 0, row, -0.5);
    }
}

/* By the median SINAD of instances that the figures of the finished design will not see. */
static npim_status judge(void *context, uint32_t run, const npim_circuit *circuit, double *score,
                         npim_error *error) {
    const design *d = context;
    npim_sa_trial trial = {.task = d->options->task,
                           .vectors = JUDGE_VECTORS,
                           .variation = {.sigma = d->options->sigma},
                           .samples = JUDGE_SAMPLES,
                           .seed = ~d->options->seed};
    npim_sa_figures figures;
    npim_status status = npim_sa_measure(circuit, &trial, &figures, error);
    if (status != NPIM_OK) return status;
    d->result->sinad_dB[run] = figures.sinad_dB.nominal;
    *score = figures.sinad_dB.median;
    return NPIM_OK;
}

static npim_training training_of(const npim_train_sa_options *o) {
    const npim_net_shape shape = {.n_inputs = NPIM_SA_SLICES + 1,
                                  .n_hidden = o->hidden,
                                  .n_outputs = 1,
                                  .multiplicity = o->multiplicity,
                                  .bias_cells = 2 * o->multiplicity,
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

npim_status npim_train_sa(const npim_train_sa_options *options, npim_train_sa_result *result,
                          npim_error *error) {
    npim_samples samples = {0}, check = {0};
    npim_training training = training_of(options);
    design d = {options, result};
    memset(result, 0, sizeof *result);
    npim_status status = npim_sa_task_check(&options->task, error);
    size_t n = (size_t)TRAIN_VECTORS * (status == NPIM_OK ? npim_sa_cycles(&options->task) : 1);
    if (status == NPIM_OK) status = make_samples(&samples, n, options, BLOCK_TRAIN, error);
    if (status == NPIM_OK) status = make_samples(&check, CHECK_SAMPLES, options, BLOCK_CHECK, error);
    if (status == NPIM_OK) {
        training.samples = &samples;
        training.check = &check;
        training.context = &d;
        result->runs = options->runs;
        status = npim_train_best(&training, &result->circuit, result->varied_dB, &result->best, error);
    }
    npim_samples_fini(&samples);
    npim_samples_fini(&check);
    return status;
}

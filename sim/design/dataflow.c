#include "sim/design/dataflow.h"

#include "sim/design/strategies.h"

#include <stdlib.h>
#include <string.h>

const char *const npim_flow_names[] = {"A", "A-range-aware", "B", "C", NULL};

const uint32_t npim_flow_dac_bits[NPIM_FLOW_DAC_BITS] = {1, 2, 4};

/* All that is measured of one array; each has a spread in the figures. */
enum {
    ARRAY = 2 * NPIM_FLOWS, /* after the strategies; two of each: global and per column */
    SHIFT_ADD = ARRAY + 2,
    IDEAL = SHIFT_ADD + 2,
    V_MAX = IDEAL + 2,
    CLIPPED,
    BIT_LINE_CLIPPED,
    FIGURES
};

npim_flow_trial npim_flow_default_trial(void) {
    return (npim_flow_trial){.rows = 128,
                             .columns = 48,
                             .on_off_ratio = 100,
                             .range_sigmas = 4,
                             .array_sigma = 0.025,
                             .periphery = {.sigma = 0.025},
                             .samples = 5,
                             .seed = 1};
}

npim_status npim_flow_check(const npim_flow_trial *t, npim_error *error) {
    const double sigmas = t->range_sigmas;
    if (!(sigmas == 0 || (sigmas >= 0.5 && sigmas <= 20)))
        return npim_fail(error, NPIM_EUSAGE, "range_sigmas = %g: 0, or 0.5..20", sigmas);
    if (!(t->array_sigma >= 0 && t->array_sigma <= 0.5) ||
        !(t->periphery.sigma >= 0 && t->periphery.sigma <= 0.5))
        return npim_fail(error, NPIM_EUSAGE, "sigma = %g of the array, %g of the periphery: 0..0.5",
                         t->array_sigma, t->periphery.sigma);
    if (t->samples > NPIM_FLOW_MAX_SAMPLES)
        return npim_fail(error, NPIM_EUSAGE, "samples = %u: at most %d", t->samples, NPIM_FLOW_MAX_SAMPLES);
    return NPIM_OK;
}

/* One kind of data and number of DAC bits. */
typedef struct bench {
    const npim_flow_trial *trial;
    const npim_neural_chain *chain;
    uint32_t dac_bits;
    npim_dot_products products;
    double *result; /* [vectors][columns] of a strategy */
    npim_neural_results neural;
    double *value; /* [FIGURES][samples + 1]; that of the perfect array first */
} bench;

static void bench_fini(bench *b) {
    npim_dot_products_fini(&b->products);
    free(b->result);
    free(b->neural.accumulated);
    free(b->neural.ideal);
    free(b->neural.code);
    free(b->value);
}

static npim_status bench_init(bench *b, npim_dot_data data, npim_error *error) {
    const npim_flow_trial *t = b->trial;
    const npim_dot_shape shape = {.data = data,
                                  .rows = t->rows,
                                  .columns = t->columns,
                                  .vectors = t->vectors ? t->vectors : npim_dot_vectors(data)};
    const npim_random random = {.seed = t->seed};
    npim_status status = npim_dot_products_init(&b->products, &shape, &random, error);
    if (status != NPIM_OK) return status;
    size_t n = (size_t)shape.vectors * shape.columns;
    b->result = malloc(n * sizeof *b->result);
    b->neural.accumulated = malloc(n * sizeof *b->neural.accumulated);
    b->neural.ideal = malloc(n * sizeof *b->neural.ideal);
    b->neural.code = malloc(n * sizeof *b->neural.code);
    b->value = malloc(((size_t)t->samples + 1) * FIGURES * sizeof *b->value);
    if (b->result && b->neural.accumulated && b->neural.ideal && b->neural.code && b->value) return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for %zu dot products and %u samples", n, t->samples);
}

static void put(bench *b, uint32_t sample, uint32_t figure, double value) {
    b->value[(size_t)figure * (b->trial->samples + 1) + sample] = value;
}

static void put_sinad(bench *b, uint32_t sample, uint32_t figure, const double *result) {
    const npim_dot_shape *s = &b->products.shape;
    npim_column_sinad sinad = npim_column_sinad_of(b->products.product, result, s->vectors, s->columns);
    put(b, sample, figure, sinad.global_dB);
    put(b, sample, figure + 1, sinad.per_column_dB);
}

static void run_digital(bench *b, const npim_bit_lines *lines, const npim_random *buffers, uint32_t sample) {
    double sigmas = b->trial->range_sigmas;
    npim_bit_lines_add(lines, b->result);
    put_sinad(b, sample, ARRAY, b->result);
    npim_strategy_a(lines, 0, b->result);
    put_sinad(b, sample, 2 * NPIM_FLOW_A, b->result);
    npim_strategy_a(lines, sigmas, b->result);
    put_sinad(b, sample, 2 * NPIM_FLOW_A_RANGE, b->result);
    npim_strategy_b(lines, sigmas, b->trial->periphery.sigma, buffers, b->result);
    put_sinad(b, sample, 2 * NPIM_FLOW_B, b->result);
}

static npim_status run_neural(bench *b, const npim_bit_lines *lines, const npim_random *circuits,
                              uint32_t sample, npim_error *error) {
    npim_neural_results *r = &b->neural;
    npim_status status = npim_neural_chain_run(b->chain, lines, b->trial->range_sigmas, &b->trial->periphery,
                                               circuits, r, error);
    if (status != NPIM_OK) return status;
    put_sinad(b, sample, 2 * NPIM_FLOW_C, r->code);
    put_sinad(b, sample, SHIFT_ADD, r->accumulated);
    put_sinad(b, sample, IDEAL, r->ideal);
    put(b, sample, V_MAX, r->v_max_V);
    put(b, sample, CLIPPED, r->clipped);
    put(b, sample, BIT_LINE_CLIPPED, r->bit_line_clipped);
    return NPIM_OK;
}

/* Sample 0 is the perfect array. */
static npim_status run_array(bench *b, uint32_t sample, npim_error *error) {
    const npim_flow_trial *t = b->trial;
    const npim_bit_line_cells cells = {.on_off_ratio = t->on_off_ratio, .sigma = t->array_sigma};
    npim_random array = {t->seed, 1 + (sample - 1) * (2 + 2 * t->columns)};
    npim_random buffers = {t->seed, array.block + 1}, circuits = {t->seed, array.block + 2};
    bool varied = sample > 0;
    npim_bit_lines lines;
    npim_status status =
        npim_bit_lines_init(&lines, &b->products, b->dac_bits, &cells, varied ? &array : NULL, error);
    if (status != NPIM_OK) return status;
    run_digital(b, &lines, varied ? &buffers : NULL, sample);
    status = run_neural(b, &lines, varied ? &circuits : NULL, sample, error);
    npim_bit_lines_fini(&lines);
    return status;
}

static npim_spread spread(const bench *b, uint32_t figure) {
    double *value = b->value + (size_t)figure * (b->trial->samples + 1);
    return npim_spread_of(value[0], value + 1, b->trial->samples);
}

static void summarise(const bench *b, npim_flow_figures *f) {
    for (uint32_t s = 0; s < NPIM_FLOWS; s++)
        f->row[s] = (npim_flow_row){.strategy = (npim_flow)s,
                                    .data = b->products.shape.data,
                                    .dac_bits = b->dac_bits,
                                    .sinad_dB = spread(b, 2 * s),
                                    .sinad_per_column_dB = spread(b, 2 * s + 1)};
    f->chain = (npim_flow_chain){.array_dB = spread(b, ARRAY),
                                 .array_per_column_dB = spread(b, ARRAY + 1),
                                 .shift_add_dB = spread(b, SHIFT_ADD),
                                 .shift_add_per_column_dB = spread(b, SHIFT_ADD + 1),
                                 .ideal_dB = spread(b, IDEAL),
                                 .ideal_per_column_dB = spread(b, IDEAL + 1),
                                 .v_max_V = spread(b, V_MAX),
                                 .clipped = spread(b, CLIPPED),
                                 .bit_line_clipped = spread(b, BIT_LINE_CLIPPED)};
}

npim_status npim_flow_measure(const npim_flow_trial *trial, npim_dot_data data, uint32_t dac_bits,
                              const npim_neural_chain *chain, npim_flow_figures *figures, npim_error *error) {
    memset(figures, 0, sizeof *figures);
    npim_status status = npim_flow_check(trial, error);
    if (status == NPIM_OK) status = npim_neural_chain_check(chain, error);
    if (status != NPIM_OK) return status;
    bench b = {.trial = trial, .chain = chain, .dac_bits = dac_bits};
    status = bench_init(&b, data, error);
    for (uint32_t sample = 0; sample <= trial->samples && status == NPIM_OK; sample++) {
        status = npim_stop_check(trial->stop, error);
        if (status == NPIM_OK) status = run_array(&b, sample, error);
    }
    if (status == NPIM_OK) summarise(&b, figures);
    bench_fini(&b);
    return status;
}

npim_status npim_flow_table(const npim_flow_trial *trial, const npim_neural_chain chain[NPIM_FLOW_DAC_BITS],
                            npim_flow_figures figures[NPIM_DOT_DATA_KINDS][NPIM_FLOW_DAC_BITS],
                            npim_error *error) {
    npim_status status = NPIM_OK;
    for (uint32_t data = 0; data < NPIM_DOT_DATA_KINDS; data++)
        for (uint32_t p = 0; p < NPIM_FLOW_DAC_BITS && status == NPIM_OK; p++)
            status = npim_flow_measure(trial, (npim_dot_data)data, npim_flow_dac_bits[p], &chain[p],
                                       &figures[data][p], error);
    return status;
}

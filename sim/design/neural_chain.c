#include "sim/design/neural_chain.h"

#include "sim/design/sa_sinad.h"
#include "sim/design/strategies.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLICES = NPIM_SA_SLICES, INPUTS };

npim_status npim_neural_chain_check(const npim_neural_chain *chain, npim_error *error) {
    npim_status status = npim_circuit_check(chain->shift_add, error);
    if (status == NPIM_OK) status = npim_converter_check(chain->converter, error);
    if (status != NPIM_OK) return status;
    if (chain->shift_add->n_inputs != INPUTS)
        return npim_fail(error, NPIM_ECONFIG,
                         "a shift-and-add circuit of %u inputs: %d slices and its result",
                         chain->shift_add->n_inputs, SLICES);
    double vdd_V = chain->converter->circuit.vdd_V;
    if (!(chain->full_scale_V > 0 && chain->full_scale_V <= vdd_V))
        return npim_fail(error, NPIM_EUSAGE, "full_scale_V = %g: above 0, at most the converter's supply, %g",
                         chain->full_scale_V, vdd_V);
    return NPIM_OK;
}

/* One run; scratch is as large as the larger circuit needs. */
typedef struct run {
    const npim_neural_chain *chain;
    const npim_bit_lines *lines;
    const npim_circuit_variation *variation;
    const npim_random *random;
    npim_neural_results *results;
    double *scratch_V; /* [2 x neurons] */
    double *in_V;      /* [vectors] of one converter */
    uint16_t *codes;   /* [vectors] */
} run;

/* Instance `number` of a circuit, or the nominal one. */
static npim_status program(const run *r, const npim_circuit *circuit, uint32_t number,
                           npim_instance *instance, npim_error *error) {
    if (!r->random) return npim_instance_init(instance, circuit, NULL, NULL, error);
    const npim_random random = {r->random->seed, r->random->block + number};
    return npim_instance_init(instance, circuit, r->variation, &random, error);
}

static double bit_line_V(const run *r, double sum) {
    double share = fmax(-1, fmin(sum / r->results->bit_line_range, 1));
    return 0.5 * r->chain->shift_add->vdd_V * (1 + share);
}

/* The shift-and-add's output after all cycles of a vector, from half the supply. */
static double accumulate(const run *r, const npim_instance *at, uint32_t vector, uint32_t column) {
    const npim_bit_lines *l = r->lines;
    const npim_circuit *c = at->circuit;
    double in_V[INPUTS], *out_V = r->scratch_V + c->n_neurons, half_V = 0.5 * c->vdd_V;
    in_V[SLICES] = half_V;
    for (uint32_t cycle = 0; cycle < l->cycles; cycle++) {
        const double *sum = l->sum + ((size_t)cycle * l->vectors + vector) * SLICES * l->columns + column;
        for (uint32_t k = 0; k < SLICES; k++) in_V[k] = bit_line_V(r, sum[(size_t)k * l->columns]);
        npim_instance_eval(at, in_V, (uint64_t)vector * l->cycles + cycle, r->scratch_V, out_V);
        in_V[SLICES] = out_V[c->n_neurons - 1];
    }
    return in_V[SLICES] - half_V;
}

static npim_status shift_and_add(const run *r, uint32_t column, npim_error *error) {
    npim_instance instance;
    npim_status status = program(r, r->chain->shift_add, column, &instance, error);
    if (status != NPIM_OK) return status;
    for (uint32_t v = 0; v < r->lines->vectors; v++)
        r->results->accumulated[(size_t)v * r->lines->columns + column] = accumulate(r, &instance, v, column);
    npim_instance_fini(&instance);
    return NPIM_OK;
}

static npim_status convert(const run *r, uint32_t column, npim_error *error) {
    const npim_bit_lines *l = r->lines;
    const npim_converter *converter = r->chain->converter;
    double scale = 0.5 * r->chain->full_scale_V / r->results->v_max_V, vdd_V = converter->circuit.vdd_V;
    npim_instance instance;
    npim_status status = program(r, &converter->circuit, l->columns + column, &instance, error);
    if (status != NPIM_OK) return status;
    for (uint32_t v = 0; v < l->vectors; v++) {
        double in_V = 0.5 * vdd_V + scale * r->results->accumulated[(size_t)v * l->columns + column];
        r->in_V[v] = fmax(0, fmin(in_V, vdd_V));
    }
    npim_converter_codes(converter, &instance, r->in_V, l->vectors, 0, r->scratch_V, r->codes);
    for (uint32_t v = 0; v < l->vectors; v++) r->results->code[(size_t)v * l->columns + column] = r->codes[v];
    npim_instance_fini(&instance);
    return NPIM_OK;
}

static double share_beyond(const double *values, size_t n, double range) {
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++) beyond += fabs(values[i]) > range;
    return (double)beyond / (double)n;
}

static npim_status run_all(const run *r, double range_sigmas, npim_error *error) {
    const npim_bit_lines *l = r->lines;
    npim_neural_results *to = r->results;
    size_t n = (size_t)l->vectors * l->columns;
    npim_status status = NPIM_OK;
    to->bit_line_range = npim_range_of(l->sum, l->n, range_sigmas, l->full_scale);
    to->bit_line_clipped = share_beyond(l->sum, l->n, to->bit_line_range);
    for (uint32_t c = 0; c < l->columns && status == NPIM_OK; c++) status = shift_and_add(r, c, error);
    if (status != NPIM_OK) return status;
    to->v_max_V = npim_range_of(to->accumulated, n, range_sigmas, 0.5 * r->chain->shift_add->vdd_V);
    to->clipped = share_beyond(to->accumulated, n, to->v_max_V);
    memcpy(to->ideal, to->accumulated, n * sizeof *to->ideal);
    /* One bit has no code on both sides of 0. */
    const npim_quantiser ideal = {.bits = r->chain->converter->bits > 1 ? r->chain->converter->bits : 2,
                                  .bipolar = true,
                                  .v_max_V = to->v_max_V};
    npim_digitise(&ideal, to->ideal, n);
    for (uint32_t c = 0; c < l->columns && status == NPIM_OK; c++) status = convert(r, c, error);
    return status;
}

npim_status npim_neural_chain_run(const npim_neural_chain *chain, const npim_bit_lines *lines,
                                  double range_sigmas, const npim_circuit_variation *variation,
                                  const npim_random *random, npim_neural_results *results,
                                  npim_error *error) {
    size_t neurons = chain->shift_add->n_neurons;
    if (chain->converter->circuit.n_neurons > neurons) neurons = chain->converter->circuit.n_neurons;
    run r = {.chain = chain, .lines = lines, .variation = variation, .random = random, .results = results};
    r.scratch_V = malloc(2 * neurons * sizeof *r.scratch_V);
    r.in_V = malloc(lines->vectors * sizeof *r.in_V);
    r.codes = malloc(lines->vectors * sizeof *r.codes);
    npim_status status = r.scratch_V && r.in_V && r.codes
                             ? run_all(&r, range_sigmas, error)
                             : npim_fail(error, NPIM_ENOMEM, "no memory for %u vectors", lines->vectors);
    free(r.scratch_V);
    free(r.in_V);
    free(r.codes);
    return status;
}

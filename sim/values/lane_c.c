#include "sim/values/lane_parts.h"

#include "sim/values/strategy_c.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The engine's own chunks and circuits, and one vector at a time. */
typedef struct lane_c {
    npim_strategy_c c;
    npim_c_lane vector;
    int32_t *sums, *codes;   /* [outputs] */
    npim_instance converter; /* the circuit of the first chunk's; all 0: none */
    double *scratch_V;       /* of its neurons */
    double *cells;           /* [per_weight][rows] of the output's bit lines in the first chunk, in levels */
} lane_c;

static npim_status no_memory(npim_error *error) {
    return npim_fail(error, NPIM_ENOMEM, "no memory for the values of a wave");
}

/* --- programming --- */

static npim_status take_cells(npim_lane *lane, npim_error *error) {
    lane_c *own = lane->own;
    const npim_crossbar_config *crossbar = &lane->base.hardware->crossbar;
    uint32_t per_weight = lane->base.hardware->columns_per_weight, at;
    double *value = malloc((size_t)crossbar->rows * crossbar->columns * sizeof *value);
    own->cells = malloc((size_t)per_weight * crossbar->rows * sizeof *own->cells);
    npim_cells_array array;
    npim_status status = NPIM_OK;
    if (!value || !own->cells)
        status = no_memory(error);
    else
        status = npim_lane_program(lane, lane->place.first_chunk, &array, &at, value, NULL, error);
    if (status == NPIM_OK) npim_lane_columns(&array, value, at * per_weight, per_weight, own->cells);
    free(value);
    return status;
}

static npim_status take_converter(npim_lane *lane, npim_error *error) {
    lane_c *own = lane->own;
    const npim_design *adc = lane->base.hardware->adc;
    if (!adc) return NPIM_OK;
    own->scratch_V = malloc(2 * adc->converter.circuit.n_neurons * sizeof *own->scratch_V);
    if (!own->scratch_V) return no_memory(error);
    uint64_t number = npim_c_number(&own->c, lane->place.first_chunk, lane->place.output);
    return npim_neural_converter(&own->c.circuits, number, &own->converter, error);
}

static npim_status program(npim_lane *lane, npim_error *error) {
    npim_strategy_c *c = &((lane_c *)lane->own)->c;
    const npim_hardware *h = lane->base.hardware;
    uint64_t results = (uint64_t)lane->base.layer.groups * lane->base.n_chunks * lane->base.layer.outputs;
    npim_status status = npim_neural_circuits_program(&c->circuits, h, lane->place.layer, results, error);
    if (status != NPIM_OK) return status;
    return npim_c_program_some(c, lane->place.first_chunk, lane->place.first_chunk + lane->place.n_chunks,
                               error);
}

static npim_status init(npim_lane *lane, npim_error *error) {
    lane_c *own = calloc(1, sizeof *own);
    lane->own = own;
    if (!own) return no_memory(error);
    own->c.base = lane->base;
    own->c.cycles = npim_dataflow_cycles(&lane->base.hardware->dataflow);
    own->c.step = npim_engine_step(&lane->base.figures[lane->place.layer], lane->base.hardware->code_bits);
    own->c.chunks = calloc(lane->base.n_chunks, sizeof *own->c.chunks);
    own->sums = malloc(lane->base.layer.outputs * sizeof *own->sums);
    own->codes = malloc(lane->base.layer.outputs * sizeof *own->codes);
    npim_status status = own->c.chunks && own->sums && own->codes ? NPIM_OK : no_memory(error);
    if (status == NPIM_OK) status = program(lane, error);
    if (status == NPIM_OK) status = npim_c_lane_init(&own->vector, &own->c, 1, error);
    if (status == NPIM_OK) status = take_cells(lane, error);
    own->vector.seen = own->codes;
    return status == NPIM_OK ? take_converter(lane, error) : status;
}

/* --- what is shown --- */

/* Partial sums of the first bit line, and what a cycle's bit lines count for together behind the shares of
 * their shift-and-add: without noise and droop. */
static void show_lines(const npim_lane *lane, uint32_t rows, const int16_t *lines, npim_lane_trace *trace) {
    const lane_c *own = lane->own;
    const npim_hardware *h = lane->base.hardware;
    const npim_neural_circuits *circuits = &own->c.circuits;
    const npim_shift_add_row *row = npim_c_row(&own->c, lane->place.first_chunk, lane->place.output);
    bool differential = h->crossbar.coding == NPIM_CODING_DIFFERENTIAL;
    for (uint32_t cycle = 0; cycle < trace->cycles; cycle++) {
        double digits = 0.0;
        for (uint32_t r = 0; r < rows; r++) digits += npim_lane_digit(lane, lines[r], cycle);
        trace->dot[cycle] = -npim_hardware_bias(h) * digits;
        for (uint32_t k = 0; k < h->columns_per_weight; k++) {
            const double *cells = own->cells + (size_t)k * rows;
            uint32_t slice = differential ? k / 2 : k;
            double share = circuits->rows ? row->slice[slice] / circuits->nominal.slice[slice] : 1.0;
            double sum = 0.0;
            for (uint32_t r = 0; r < rows; r++) sum += npim_lane_digit(lane, lines[r], cycle) * cells[r];
            trace->dot[cycle] += share * npim_hardware_column_weight(h, k) * sum;
            if (k == 0) trace->sum[cycle] = sum;
        }
    }
}

/* Node of the shift-and-add after each cycle, over half the supply; the last one is that of the result. */
static void show_node(const npim_lane *lane, double result, npim_lane_trace *trace) {
    const lane_c *own = lane->own;
    const npim_hardware *h = lane->base.hardware;
    const npim_shift_add_row *row = npim_c_row(&own->c, lane->place.first_chunk, lane->place.output);
    double half_V = 0.5 * npim_hardware_supply_V(h), keep = own->c.circuits.nominal.keep;
    double weights = ldexp(1.0, (int)(h->slices * h->crossbar.cell_bits)) - 1.0, node = 0.0;
    double largest = (double)h->crossbar.rows * npim_c_digit_most(&own->c) * weights;
    for (uint32_t cycle = 0; cycle < trace->cycles; cycle++) {
        double step = (1.0 - keep) * trace->dot[cycle] / largest;
        node = node * row->keep + step + (own->c.circuits.tables ? row->offset_V / half_V : 0.0);
        trace->node[cycle] = node;
    }
    trace->node[trace->cycles - 1] = result * npim_c_product_V(&own->c) / half_V;
}

/* What a pipeline's amplifier gives its second stage. */
static double residue_V(const npim_lane *lane, double share) {
    const lane_c *own = lane->own;
    const npim_converter *converter = &lane->base.hardware->adc->converter;
    const npim_circuit *circuit = &converter->circuit;
    if (converter->kind != NPIM_CODE_PIPELINE) return 0.0;
    double in_V = own->c.circuits.half_V + 0.5 * share * own->c.circuits.full_scale_V;
    in_V = fmax(0.0, fmin(circuit->vdd_V, in_V));
    npim_instance_eval(&own->converter, &in_V, 0, own->scratch_V, own->scratch_V + circuit->n_neurons);
    return own->scratch_V[circuit->n_neurons + converter->n_coarse];
}

static void show(const npim_lane *lane, uint32_t rows, const int16_t *lines, npim_lane_trace *trace) {
    const lane_c *own = lane->own;
    double result = own->vector.result[lane->place.output];
    if (own->c.circuits.rows && own->c.circuits.tables) /* the nominal rule has no offset */
        result += npim_c_offset(&own->c, npim_c_row(&own->c, lane->place.first_chunk, lane->place.output));
    show_lines(lane, rows, lines, trace);
    show_node(lane, result, trace);
    if (lane->exact) {
        trace->result_code = (int32_t)nearbyint(result);
        trace->share = trace->node[trace->cycles - 1];
        return;
    }
    trace->result_code = own->codes[lane->place.output];
    trace->share = result / (own->c.step * npim_c_codes(&own->c));
    if (own->c.circuits.tables) trace->residue_V = residue_V(lane, trace->share);
}

/* --- a vector --- */

static int64_t chunk(const npim_lane *lane, uint32_t chunk, uint64_t vector, const int16_t *lines,
                     npim_lane_trace *trace) {
    lane_c *own = lane->own;
    uint32_t rows = npim_engine_rows(&lane->base, chunk);
    npim_product_batch batch = npim_lane_batch(vector);
    batch.sums = own->sums;
    own->vector.batch = &batch;
    own->vector.chunk = chunk;
    memcpy(own->vector.lines, lines, rows * sizeof *lines);
    memset(own->sums, 0, lane->base.layer.outputs * sizeof *own->sums);
    npim_c_read(&own->c, &own->vector);
    npim_c_convert(&own->c, &own->vector);
    own->vector.batch = NULL;
    if (trace) show(lane, rows, lines, trace);
    return lane->exact ? (int64_t)nearbyint(own->vector.result[lane->place.output])
                       : own->sums[lane->place.output];
}

static void fini(npim_lane *lane) {
    lane_c *own = lane->own;
    if (!own) return;
    npim_c_lane_fini(&own->vector);
    npim_c_free_chunks(&own->c);
    npim_neural_circuits_fini(&own->c.circuits);
    npim_instance_fini(&own->converter);
    free(own->sums);
    free(own->codes);
    free(own->scratch_V);
    free(own->cells);
    free(own);
}

const npim_lane_strategy npim_lane_strategy_c = {init, chunk, fini};

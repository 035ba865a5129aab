#include "sim/values/cells.h"

#include "hw/kernel/normals.h"

#include <stdlib.h>
#include <string.h>

static uint64_t parts(uint64_t whole, uint32_t part) {
    return (whole + part - 1) / part;
}

static npim_status number_arrays(npim_cells *cells, const npim_network *network, npim_error *error) {
    double total = 0; /* beyond 64 bits for absurd networks */
    cells->first = calloc(network->n_layers, sizeof *cells->first);
    if (!cells->first) return npim_fail(error, NPIM_ENOMEM, "no memory for %u layers", network->n_layers);
    for (uint32_t l = 0; l < network->n_layers; l++) {
        const npim_layer *layer = &network->layers[l];
        cells->first[l] = (uint32_t)total;
        if (!npim_layer_has_weights(layer)) continue;
        total += (double)layer->groups * (double)parts(npim_layer_rows(layer), cells->crossbar.config.rows) *
                 (double)parts(npim_layer_outputs(layer), cells->outputs);
        if (total >= NPIM_CELLS_CIRCUIT_BLOCKS)
            return npim_fail(error, NPIM_EUNSUPPORTED, "layer %s: values of 2^31 arrays or more",
                             layer->name);
    }
    return NPIM_OK;
}

npim_status npim_cells_init(npim_cells *cells, const npim_hardware *hardware, const npim_network *network,
                            npim_isa isa, npim_error *error) {
    memset(cells, 0, sizeof *cells);
    cells->hardware = hardware;
    cells->isa = isa;
    npim_status status = npim_crossbar_init(&cells->crossbar, &hardware->crossbar, error);
    if (status == NPIM_OK) status = npim_rram_init(&cells->rram, &hardware->cell, error);
    if (status != NPIM_OK) {
        npim_cells_fini(cells);
        return status;
    }
    const npim_crossbar_config *array = &hardware->crossbar;
    cells->wired =
        hardware->mode == NPIM_MODE_ANALOG && (array->word_line_ohm > 0.0 || array->bit_line_ohm > 0.0);
    if (cells->wired)
        status = npim_wires_init(&cells->wires, array->rows, array->columns, array->word_line_ohm,
                                 array->bit_line_ohm, error);
    if (status != NPIM_OK) {
        npim_cells_fini(cells);
        return status;
    }
    cells->outputs = npim_crossbar_outputs(&cells->crossbar);
    cells->g_off_level = cells->rram.g_off_S / cells->rram.step_S;
    cells->weights = malloc((size_t)hardware->crossbar.rows * cells->outputs * sizeof *cells->weights);
    cells->normal = malloc(hardware->crossbar.columns * sizeof *cells->normal);
    status = cells->weights && cells->normal ? number_arrays(cells, network, error)
                                             : npim_fail(error, NPIM_ENOMEM, "no memory for an array");
    if (status != NPIM_OK) npim_cells_fini(cells);
    return status;
}

void npim_cells_fini(npim_cells *cells) {
    npim_crossbar_fini(&cells->crossbar);
    npim_rram_fini(&cells->rram);
    npim_wires_fini(&cells->wires);
    free(cells->weights);
    free(cells->normal);
    free(cells->first);
    memset(cells, 0, sizeof *cells);
}

uint32_t npim_cells_chunks(const npim_cells *cells, const npim_product_layer *layer) {
    return (uint32_t)parts(layer->rows, cells->crossbar.config.rows);
}

uint32_t npim_cells_blocks(const npim_cells *cells, const npim_product_layer *layer) {
    return (uint32_t)parts(layer->outputs, cells->outputs);
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static void place(const npim_cells *cells, const npim_product_layer *layer, uint32_t chunk, uint32_t block,
                  npim_cells_array *array) {
    array->first_row = chunk * cells->crossbar.config.rows;
    array->rows = smaller(cells->crossbar.config.rows, layer->rows - array->first_row);
    array->first_output = block * cells->outputs;
    array->outputs = smaller(cells->outputs, layer->outputs - array->first_output);
    array->columns = array->outputs * cells->hardware->columns_per_weight;
}

/* A faulty cell is what it is whatever is written (hw/rram.h). */
static void break_cells(const npim_cells *cells, const npim_random *random, uint64_t first, uint32_t n,
                        double *g_S) {
    const npim_rram_config *cell = &cells->rram.config;
    if (cell->stuck_on_rate + cell->stuck_off_rate <= 0.0) return;
    for (uint32_t i = 0; i < n; i++) {
        bool stuck;
        double faulty_S = npim_rram_conductance_S(&cells->rram, random, 0, first + i, &stuck);
        if (stuck) g_S[i] = faulty_S;
    }
}

/* Conductances of rows x columns cells; random NULL: perfect ones. */
static void write_cells(npim_cells *cells, const npim_random *random, uint32_t rows, uint32_t columns) {
    double sigma = cells->rram.config.sigma, drift = cells->rram.drift;
    uint32_t stride = cells->crossbar.config.columns;
    for (uint32_t row = 0; row < rows; row++) {
        uint64_t first = (uint64_t)row * stride;
        const uint8_t *level = cells->crossbar.levels + first;
        double *g_S = cells->crossbar.g_S + first;
        for (uint32_t c = 0; c < columns; c++) g_S[c] = cells->rram.g_off_S + level[c] * cells->rram.step_S;
        if (!random) continue;
        if (sigma > 0.0) {
            npim_normals(cells->isa, random, NPIM_DRAW_VARIATION, first, columns, cells->normal);
            for (uint32_t c = 0; c < columns; c++) {
                double deviation = 1.0 + sigma * (double)cells->normal[c];
                g_S[c] *= deviation > 0.0 ? deviation : 0.0;
            }
        }
        for (uint32_t c = 0; c < columns; c++) g_S[c] *= drift;
        break_cells(cells, random, first, columns, g_S);
    }
}

/* Level 0 is taken off by a reference column. */
static void to_levels(const npim_cells *cells, const npim_cells_array *array, double *value,
                      double *squares) {
    double per_step = 1.0 / cells->rram.step_S, off = cells->g_off_level;
    uint32_t stride = cells->crossbar.config.columns;
    for (uint32_t row = 0; row < array->rows; row++) {
        const double *g_S = cells->crossbar.g_S + (size_t)row * stride;
        for (uint32_t c = 0; c < array->columns; c++) {
            double g = g_S[c] * per_step;
            *value++ = g - off;
            if (squares) *squares++ = g * g;
        }
    }
}

/* Perfect cells: whole numbers, without the rounding of conductances. */
static void copy_levels(const npim_cells *cells, const npim_cells_array *array, double *value) {
    for (uint32_t row = 0; row < array->rows; row++) {
        const uint8_t *level = cells->crossbar.levels + (size_t)row * cells->crossbar.config.columns;
        for (uint32_t c = 0; c < array->columns; c++) *value++ = level[c];
    }
}

static npim_status solve_wires(npim_cells *cells, npim_error *error) {
    const npim_stop *stop = cells->hardware->stop;
    cells->wires.stop_wanted = stop ? stop->wanted : NULL;
    cells->wires.stop_context = stop ? stop->context : NULL;
    return npim_wires_effective(&cells->wires, cells->crossbar.g_S, cells->crossbar.g_S, error);
}

npim_status npim_cells_program(npim_cells *cells, const npim_product_layer *layer, uint32_t chunk,
                               uint32_t block, npim_cells_array *array, double *value, double *squares,
                               npim_error *error) {
    npim_crossbar *crossbar = &cells->crossbar;
    npim_status stopped = npim_stop_check(cells->hardware->stop, error);
    if (stopped != NPIM_OK) return stopped;
    place(cells, layer, chunk, block, array);
    for (uint32_t row = 0; row < array->rows; row++)
        for (uint32_t o = 0; o < array->outputs; o++)
            cells->weights[(size_t)row * array->outputs + o] =
                layer->weight[(size_t)(array->first_output + o) * layer->rows + array->first_row + row];
    npim_status status = npim_crossbar_program(crossbar, cells->weights, array->rows, array->outputs, error);
    if (status != NPIM_OK) return status;
    bool analog = cells->hardware->mode == NPIM_MODE_ANALOG;
    uint32_t number =
        (layer->group * npim_cells_chunks(cells, layer) + chunk) * npim_cells_blocks(cells, layer) + block;
    const npim_random random = {cells->hardware->seed, cells->first[layer->layer] + number};
    write_cells(cells, analog ? &random : NULL, cells->wired ? crossbar->config.rows : array->rows,
                cells->wired ? crossbar->config.columns : array->columns);
    if (cells->wired) status = solve_wires(cells, error);
    if (status != NPIM_OK) return status;
    to_levels(cells, array, value, squares);
    if (!analog) copy_levels(cells, array, value);
    return NPIM_OK;
}

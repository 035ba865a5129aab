#include "sim/design/rows.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more element of size bytes, or failed. */
static void *grow(npim_rows *rows, void *array, uint32_t used, uint32_t *room, size_t size) {
    if (rows->failed || used < *room) return array;
    uint32_t more = *room ? 2 * *room : 64;
    void *moved = realloc(array, more * size);
    if (!moved) {
        rows->failed = true;
        return array;
    }
    *room = more;
    return moved;
}

void npim_rows_begin(npim_rows *rows, uint32_t bits, double vdd_V, uint32_t n_inputs, const double *rail_V,
                     uint32_t n_rails) {
    memset(rows, 0, sizeof *rows);
    rows->circuit.bits = bits;
    rows->circuit.vdd_V = vdd_V;
    rows->circuit.n_inputs = n_inputs;
    rows->circuit.n_rails = n_rails;
    rows->circuit.rail_V = malloc((n_rails ? n_rails : 1) * sizeof *rail_V);
    rows->failed = !rows->circuit.rail_V;
    if (!rows->failed && n_rails) memcpy(rows->circuit.rail_V, rail_V, n_rails * sizeof *rail_V);
}

uint32_t npim_rows_neuron(npim_rows *rows, npim_neuron_kind kind) {
    npim_circuit *c = &rows->circuit;
    uint32_t source = c->n_inputs + c->n_rails + c->n_neurons;
    c->neurons = grow(rows, c->neurons, c->n_neurons, &rows->neuron_room, sizeof *c->neurons);
    if (!rows->failed) c->neurons[c->n_neurons++] = (npim_neuron){c->n_cells, 0, kind, 1};
    return source;
}

static void add_cell(npim_rows *rows, npim_cell cell) {
    npim_circuit *c = &rows->circuit;
    c->cells = grow(rows, c->cells, c->n_cells, &rows->cell_room, sizeof *c->cells);
    if (rows->failed) return;
    c->cells[c->n_cells++] = cell;
    c->neurons[c->n_neurons - 1].n_cells++;
}

void npim_rows_tie(npim_rows *rows, uint32_t source, bool complement, uint32_t levels, uint32_t n_cells) {
    uint32_t top = (1u << rows->circuit.bits) - 1, least = (levels + top - 1) / top;
    uint32_t n = n_cells < least ? least : n_cells < levels ? n_cells : levels;
    for (uint32_t i = 0; i < n; i++)
        add_cell(rows, (npim_cell){(uint16_t)source, (uint8_t)(levels / n + (i < levels % n)), complement});
}

npim_status npim_rows_end(npim_rows *rows, uint32_t n_outputs, npim_circuit *circuit, npim_error *error) {
    *circuit = rows->circuit;
    circuit->n_outputs = n_outputs;
    bool failed = rows->failed;
    memset(rows, 0, sizeof *rows);
    if (!failed) return NPIM_OK;
    npim_circuit_fini(circuit);
    return npim_fail(error, NPIM_ENOMEM, "no memory for a circuit of cells");
}

#include "hw/converter_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CORNERS = 1 << 24, MIN_CELLS = 1024 };

/* Voltages, ascending once sorted. */
typedef struct voltages {
    double *at_V;
    size_t n, room;
} voltages;

/* The state of all neurons at one input. */
typedef struct state {
    double *node_V, *out_V; /* [n_neurons] */
} state;

/* The search for all corners of the curve. */
typedef struct search {
    const npim_converter *converter;
    npim_instance instance; /* shares the arrays of the given one, without its noise */
    voltages corners, found;
    state low, high, middle;
    uint8_t *reads;  /* [n_neurons] bits: 1 the neuron is read, 2 its complement is */
    uint32_t *level; /* [n_neurons] 0: reads inputs alone; else above all that it reads */
    double *memory;
    npim_status status;
} search;

static void add(search *s, double at_V) {
    voltages *v = &s->found;
    if (s->status != NPIM_OK) return;
    if (v->n == v->room) {
        size_t room = v->room ? 2 * v->room : 256;
        double *moved = room > MAX_CORNERS ? NULL : realloc(v->at_V, room * sizeof *moved);
        if (!moved) {
            s->status = room > MAX_CORNERS ? NPIM_ECONFIG : NPIM_ENOMEM;
            return;
        }
        v->at_V = moved;
        v->room = room;
    }
    v->at_V[v->n++] = at_V;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The corners found join the known ones. */
static void join(search *s) {
    for (size_t i = 0; i < s->corners.n; i++) add(s, s->corners.at_V[i]);
    voltages *all = &s->found;
    if (s->status != NPIM_OK || all->n == 0) return;
    qsort(all->at_V, all->n, sizeof *all->at_V, ascending);
    size_t n = 1;
    for (size_t i = 1; i < all->n; i++)
        if (all->at_V[i] != all->at_V[n - 1]) all->at_V[n++] = all->at_V[i];
    all->n = n;
    voltages old = s->corners;
    s->corners = *all;
    *all = old;
    all->n = 0;
}

static void eval(const search *s, double in_V, state *at) {
    npim_instance_eval(&s->instance, &in_V, 0, at->node_V, at->out_V);
}

/* Is the wire of a neuron, or its latch's output, high? */
static bool is_high(const search *s, uint32_t n, const state *at) {
    return at->out_V[n] > 0.5 * s->converter->circuit.vdd_V;
}

/* Adds the two neighbours from low_V to high_V between which a neuron's output crosses half the supply, if
 * it does. */
static void bisect(search *s, uint32_t n, double low_V, double high_V) {
    bool low = is_high(s, n, &s->low);
    if (low == is_high(s, n, &s->high)) return;
    for (;;) {
        double middle_V = low_V + 0.5 * (high_V - low_V);
        if (middle_V <= low_V || middle_V >= high_V) break;
        eval(s, middle_V, &s->middle);
        if (is_high(s, n, &s->middle) == low)
            low_V = middle_V;
        else
            high_V = middle_V;
    }
    add(s, low_V);
    add(s, high_V);
}

/* What comes into inverter `stage` of a neuron's chain. */
static double into_stage(const npim_circuit *c, uint32_t n, bool complement, uint32_t stage,
                         const state *at) {
    double u_V = complement ? c->vdd_V - at->node_V[n] : at->node_V[n];
    for (uint32_t i = 0; i < stage; i++) u_V = npim_inverter_out_V(&c->inverter, u_V);
    return u_V;
}

/* Adds the inputs between low_V and high_V at which a voltage that goes straight from from_V to to_V comes to
 * the points of an inverter's table. */
static void add_table_points(search *s, double from_V, double to_V, double low_V, double high_V) {
    double step_V = s->converter->circuit.vdd_V / (NPIM_VTC_POINTS - 1);
    double first = fmax(floor(fmin(from_V, to_V) / step_V), 0);
    double last = fmin(ceil(fmax(from_V, to_V) / step_V), NPIM_VTC_POINTS - 1);
    if (from_V == to_V) return;
    for (double i = first; i <= last; i++) {
        double at_V = low_V + (i * step_V - from_V) / (to_V - from_V) * (high_V - low_V);
        if (at_V > low_V && at_V < high_V) add(s, at_V);
    }
}

/* The corners that a neuron adds to an interval for those who read it, at one stage of its chain. */
static void visit(search *s, uint32_t n, bool complement, uint32_t stage, double low_V, double high_V) {
    const npim_circuit *c = &s->converter->circuit;
    const npim_neuron *neuron = &c->neurons[n];
    uint32_t stages = neuron->kind == NPIM_NEURON_INVERTER ? neuron->chain : 1;
    if (neuron->kind == NPIM_NEURON_PASSIVE || stage >= stages) return;
    if (neuron->kind == NPIM_NEURON_LATCH)
        bisect(s, n, low_V, high_V);
    else
        add_table_points(s, into_stage(c, n, complement, stage, &s->low),
                         into_stage(c, n, complement, stage, &s->high), low_V, high_V);
}

/* Goes through all intervals: for one level and stage of the neurons that are read, or for the wires. */
static void sweep(search *s, uint32_t level, uint32_t stage, bool wires) {
    const npim_circuit *c = &s->converter->circuit;
    uint32_t first_wire = c->n_neurons - c->n_outputs;
    eval(s, s->corners.at_V[0], &s->low);
    for (size_t i = 1; i < s->corners.n && s->status == NPIM_OK; i++) {
        double low_V = s->corners.at_V[i - 1], high_V = s->corners.at_V[i];
        eval(s, high_V, &s->high);
        for (uint32_t n = 0; n < c->n_neurons; n++) {
            if (wires && n >= first_wire) bisect(s, n, low_V, high_V);
            if (wires || s->level[n] != level) continue;
            if (s->reads[n] & 1) visit(s, n, false, stage, low_V, high_V);
            if (s->reads[n] & 2) visit(s, n, true, stage, low_V, high_V);
        }
        state passed = s->low;
        s->low = s->high;
        s->high = passed;
    }
    join(s);
}

/* Levels of all neurons, and who is read; returns the number of levels. */
static uint32_t find_levels(search *s) {
    const npim_circuit *c = &s->converter->circuit;
    uint32_t n_levels = 0;
    for (uint32_t n = 0; n < c->n_neurons; n++) {
        for (uint32_t i = s->instance.first[n]; i < s->instance.first[n + 1]; i++) {
            uint32_t source = s->instance.term[i] / 2;
            if (source < c->n_inputs) continue;
            uint32_t from = source - c->n_inputs;
            s->reads[from] |= s->instance.term[i] & 1 ? 2 : 1;
            if (s->level[n] <= s->level[from]) s->level[n] = s->level[from] + 1;
        }
        if (s->level[n] >= n_levels) n_levels = s->level[n] + 1;
    }
    return n_levels;
}

static uint32_t longest_chain(const npim_circuit *c) {
    uint32_t longest = 1;
    for (uint32_t n = 0; n < c->n_neurons; n++)
        if (c->neurons[n].kind == NPIM_NEURON_INVERTER && c->neurons[n].chain > longest)
            longest = c->neurons[n].chain;
    return longest;
}

static void search_fini(search *s) {
    free(s->corners.at_V);
    free(s->found.at_V);
    free(s->reads);
    free(s->level);
    free(s->memory);
}

static void search_init(search *s, const npim_converter *converter, const npim_instance *instance) {
    size_t n = converter->circuit.n_neurons;
    memset(s, 0, sizeof *s);
    s->converter = converter;
    s->instance = *instance;
    s->instance.noise_V = 0;
    s->reads = calloc(n, sizeof *s->reads);
    s->level = calloc(n, sizeof *s->level);
    s->memory = calloc(6 * n, sizeof *s->memory);
    if (!s->reads || !s->level || !s->memory) {
        s->status = NPIM_ENOMEM;
        return;
    }
    s->low = (state){s->memory, s->memory + n};
    s->high = (state){s->memory + 2 * n, s->memory + 3 * n};
    s->middle = (state){s->memory + 4 * n, s->memory + 5 * n};
    add(s, 0);
    add(s, converter->circuit.vdd_V);
    join(s);
}

/* Every level adds its corners before the next one is looked at: between them its nodes are straight. */
static void find_corners(search *s) {
    uint32_t n_levels = find_levels(s), n_stages = longest_chain(&s->converter->circuit);
    for (uint32_t level = 0; level + 1 < n_levels && s->status == NPIM_OK; level++)
        for (uint32_t stage = 0; stage < n_stages && s->status == NPIM_OK; stage++)
            sweep(s, level, stage, false);
    if (s->status == NPIM_OK) sweep(s, 0, 0, true);
}

static uint32_t cell_of(const npim_converter_table *table, double in_V) {
    double cell = in_V * table->cells_per_V;
    return cell < table->n_cells ? (uint32_t)cell : table->n_cells - 1;
}

static void index_cells(npim_converter_table *table) {
    uint32_t piece = 0;
    for (uint32_t cell = 0; cell < table->n_cells; cell++) {
        while (piece + 1 < table->n_pieces && cell_of(table, table->end_V[piece]) < cell) piece++;
        table->first[cell] = piece;
    }
}

/* One piece for all neighbouring corners of the same code. */
static void fill(npim_converter_table *table, search *s, size_t n) {
    const npim_circuit *c = &s->converter->circuit;
    for (size_t i = 0; i < n; i++) {
        eval(s, s->corners.at_V[i], &s->low);
        uint32_t code = npim_converter_decode(s->converter, s->low.out_V + (c->n_neurons - c->n_outputs));
        if (i > 0 && code == table->code[table->n_pieces - 1]) continue;
        if (i > 0) table->end_V[table->n_pieces - 1] = s->corners.at_V[i];
        table->code[table->n_pieces++] = (uint16_t)code;
    }
    table->end_V[table->n_pieces - 1] = HUGE_VAL;
}

static npim_status make(npim_converter_table *table, search *s) {
    size_t n = s->corners.n;
    table->vdd_V = s->converter->circuit.vdd_V;
    table->end_V = malloc(n * sizeof *table->end_V);
    table->code = malloc(n * sizeof *table->code);
    if (!table->end_V || !table->code) return NPIM_ENOMEM;
    fill(table, s, n);
    table->n_cells = MIN_CELLS;
    while (table->n_cells < 4 * table->n_pieces) table->n_cells *= 2;
    table->cells_per_V = table->n_cells / table->vdd_V;
    table->first = malloc(table->n_cells * sizeof *table->first);
    if (!table->first) return NPIM_ENOMEM;
    index_cells(table);
    return NPIM_OK;
}

npim_status npim_converter_table_init(npim_converter_table *table, const npim_converter *converter,
                                      const npim_instance *instance, npim_error *error) {
    search s;
    memset(table, 0, sizeof *table);
    search_init(&s, converter, instance);
    if (s.status == NPIM_OK) find_corners(&s);
    npim_status status = s.status == NPIM_OK ? make(table, &s) : s.status;
    search_fini(&s);
    if (status == NPIM_OK) return NPIM_OK;
    npim_converter_table_fini(table);
    return status == NPIM_ENOMEM
               ? npim_fail(error, status, "no memory for the table of a converter")
               : npim_fail(error, status, "the curve of a converter has more than %d corners", MAX_CORNERS);
}

void npim_converter_table_fini(npim_converter_table *table) {
    free(table->end_V);
    free(table->code);
    free(table->first);
    memset(table, 0, sizeof *table);
}

void npim_converter_table_codes(const npim_converter_table *table, const double *in_V, size_t n,
                                uint16_t *codes) {
    for (size_t i = 0; i < n; i++) {
        double v_V = in_V[i] > 0 ? in_V[i] < table->vdd_V ? in_V[i] : table->vdd_V : 0;
        uint32_t piece = table->first[cell_of(table, v_V)];
        while (v_V >= table->end_V[piece]) piece++;
        codes[i] = table->code[piece];
    }
}

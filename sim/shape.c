#include "sim/shape.h"

#include "hw/units.h"

/* Arrays of a replica that lie one behind the other: row chunks of one column block of one group, or an array
 * with whole groups. */
typedef struct array_run {
    uint32_t n_arrays;
    uint64_t group, n_groups; /* groups touched */
    uint64_t k_from, k_to;    /* rows of the dot product (of each group) */
    uint64_t n_from, n_to;    /* outputs (of each group) whose first column lies here */
    double columns;           /* of each array */
    double rows, cells, load_share;
    bool last_chunk; /* among them */
} array_run;

static uint64_t smaller(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}
static uint64_t larger(uint64_t a, uint64_t b) {
    return a > b ? a : b;
}

void npim_shape_placement(const npim_arch *arch, const npim_network *network, const npim_node *node,
                          npim_placement *p) {
    const npim_layer *layer = &network->layers[node->layer];
    uint64_t columns;
    p->rows = npim_layer_rows(layer);
    p->outputs = npim_layer_outputs(layer);
    p->groups = node->groups;
    columns = p->outputs * arch->columns_per_weight;
    p->row_chunks = (uint32_t)npim_ceil_div(p->rows, arch->pe.array_rows);
    p->column_blocks = (uint32_t)npim_ceil_div(columns, arch->pe.array_columns);
    p->groups_per_array = 0;
    if (p->groups > 1 && p->row_chunks == 1 && p->column_blocks == 1)
        p->groups_per_array =
            (uint32_t)smaller(arch->pe.array_rows / p->rows, arch->pe.array_columns / columns);
    uint64_t arrays = p->groups_per_array ? npim_ceil_div(p->groups, p->groups_per_array)
                                          : (uint64_t)p->groups * p->row_chunks * p->column_blocks;
    p->arrays = (uint32_t)smaller(arrays, UINT32_MAX / 2); /* more never fit: no chip has that many */
}

/* Groups packed block-diagonally: each drives its own rows and columns only. */
static array_run packed_run(const npim_arch *arch, const npim_placement *p, uint32_t index) {
    array_run v = {
        .n_arrays = 1, .group = (uint64_t)index * p->groups_per_array, .k_to = p->rows, .n_to = p->outputs};
    v.n_groups = smaller(p->groups_per_array, p->groups - v.group);
    double n = (double)v.n_groups;
    v.rows = n * (double)p->rows;
    v.columns = n * (double)p->outputs * arch->columns_per_weight;
    v.cells = v.columns * (double)p->rows;
    v.load_share = 1.0;
    v.last_chunk = true;
    return v;
}

/* Inputs are written max(1, column blocks / arrays per copy) times in all. */
static double load_share(uint32_t column_blocks, uint32_t block) {
    if (column_blocks > NPIM_ARRAYS_PER_INPUT_COPY) return 1.0 / NPIM_ARRAYS_PER_INPUT_COPY;
    return block == 0 ? 1.0 : 0.0;
}

/* The arrays from index on, below end, that have one column block. */
static array_run run_of(const npim_arch *arch, const npim_placement *p, uint32_t index, uint32_t end) {
    if (p->groups_per_array) return packed_run(arch, p, index);
    uint64_t per_group = (uint64_t)p->row_chunks * p->column_blocks;
    uint32_t in_group = (uint32_t)(index % per_group), cpw = arch->columns_per_weight;
    uint32_t block = in_group / p->row_chunks, chunk = in_group % p->row_chunks;
    array_run v = {.n_arrays = (uint32_t)smaller(p->row_chunks - chunk, end - index), .n_groups = 1};
    v.group = index / per_group;
    v.k_from = (uint64_t)chunk * arch->pe.array_rows;
    v.k_to = smaller(v.k_from + (uint64_t)v.n_arrays * arch->pe.array_rows, p->rows);
    uint64_t c_from = (uint64_t)block * arch->pe.array_columns;
    uint64_t c_to = smaller(c_from + arch->pe.array_columns, p->outputs * cpw);
    v.n_from = npim_ceil_div(c_from, cpw);
    v.n_to = npim_ceil_div(c_to, cpw);
    v.rows = (double)(v.k_to - v.k_from);
    v.columns = (double)(c_to - c_from);
    v.cells = v.rows * v.columns;
    v.load_share = load_share(p->column_blocks, block);
    v.last_chunk = chunk + v.n_arrays == p->row_chunks;
    return v;
}

/* All sums are of whole numbers and eighths of them, so their order does not matter. */
static void add_to_shape(const npim_arch *arch, const array_run *v, npim_pe_shape *shape) {
    double input_B = (double)npim_ceil_div(arch->data.input_bits, 8);
    double dots = (double)((v->n_to - v->n_from) * v->n_groups);
    shape->rows += v->rows;
    shape->columns += v->n_arrays * v->columns;
    shape->cells += v->cells;
    shape->dots += v->n_arrays * dots;
    shape->input_B += v->rows * input_B;
    shape->load_B += v->rows * input_B * v->load_share;
    shape->result_B += v->n_arrays * dots * arch->data.activation_B;
    if (v->columns > shape->columns_per_array) shape->columns_per_array = v->columns;
    if (dots > shape->dots_per_array) shape->dots_per_array = dots;
}

/* The input channels that rows [k_from, k_to) of the groups read: k counts channel by channel, within a
 * channel kernel row by kernel row. */
static void add_inputs(const npim_node *node, const array_run *v, npim_part *part) {
    uint64_t kernel = (uint64_t)node->kernel_h * node->kernel_w, per_group = node->in_c / node->groups;
    uint64_t from = v->group * per_group + v->k_from / kernel;
    uint64_t to = (v->group + v->n_groups - 1) * per_group + npim_ceil_div(v->k_to, kernel);
    part->in_from = (uint32_t)smaller(part->in_from, from);
    part->in_to = (uint32_t)larger(part->in_to, to);
}

/* Outputs are finished where the last row chunk of their column block lies. The columns of an LSTM are
 * ordered by hidden unit, then by gate, so that a unit is finished where its last gate is. */
static void add_outputs(const npim_node *node, const npim_placement *p, const array_run *v, npim_part *part) {
    uint32_t columns = node->recurrent ? NPIM_LSTM_GATES : 1;
    uint64_t from = (v->group * p->outputs + v->n_from) / columns;
    uint64_t to = ((v->group + v->n_groups - 1) * p->outputs + v->n_to) / columns;
    if (!v->last_chunk || from == to) return;
    part->out_from = (uint32_t)smaller(part->out_from, from);
    part->out_to = (uint32_t)larger(part->out_to, to);
}

void npim_shape_part(const npim_arch *arch, const npim_node *node, const npim_placement *p, npim_part *part) {
    array_run v = {0};
    part->shape = (npim_pe_shape){0};
    part->in_from = part->out_from = UINT32_MAX;
    part->in_to = part->out_to = 0;
    for (uint32_t a = part->array_from; a < part->array_to; a += v.n_arrays) {
        v = run_of(arch, p, a, part->array_to);
        add_to_shape(arch, &v, &part->shape);
        add_inputs(node, &v, part);
        add_outputs(node, p, &v, part);
        if (a == part->array_from && v.k_from > 0) part->psum_in = (uint32_t)(v.n_to - v.n_from);
    }
    if (!v.last_chunk) part->psum_out = (uint32_t)(v.n_to - v.n_from);
    if (part->out_from > part->out_to) part->out_from = part->out_to = 0;
}

uint64_t npim_shape_interval_ps(const npim_arch *arch, const npim_node *node, const npim_placement *p) {
    uint32_t whole = arch->tile.pes * arch->pe.arrays;
    npim_part part = {.array_to = p->arrays < whole ? p->arrays : whole};
    npim_shape_part(arch, node, p, &part);
    return npim_pe_plan_interval_ps(&arch->plan, &part.shape);
}

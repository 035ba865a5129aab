#include "sim/values/model.h"

#include <math.h>

enum { ROWS = 1024, CYCLES = 8, COLUMNS = 16 };

/* Rows of one array, as word lines carry them, digit by digit, and the cells of one output's weights. */
typedef struct array {
    const npim_hardware *h;
    const int8_t *weight;
    uint32_t rows;
    int line[ROWS];
    int16_t digit[CYCLES][ROWS], cell[COLUMNS][ROWS];
} array;

/* One column of the cells of a weight. */
typedef struct column {
    uint32_t slice;
    bool minus;    /* counts negative */
    bool of_minus; /* holds the magnitude of negative weights */
} column;

static column column_of(const npim_hardware *h, uint32_t k) {
    if (h->crossbar.coding == NPIM_CODING_DIFFERENTIAL) return (column){k / 2, k % 2 == 1, k % 2 == 1};
    return (column){k, h->crossbar.coding == NPIM_CODING_TWOS && k + 1 == h->slices, false};
}

static int16_t cell(const npim_hardware *h, column k, int weight) {
    int stored = weight, span = 1 << h->crossbar.weight_bits, base = 1 << h->crossbar.cell_bits;
    if (h->crossbar.coding == NPIM_CODING_DIFFERENTIAL) {
        stored = k.of_minus ? -weight : weight;
        if (stored < 0) stored = 0;
    } else {
        if (h->crossbar.coding == NPIM_CODING_BIASED) stored += span / 2;
        if (stored < 0) stored += span;
    }
    return (int16_t)(stored >> (k.slice * h->crossbar.cell_bits) & (base - 1));
}

static uint32_t cycles_of(const npim_hardware *h) {
    return (h->dataflow.input_bits + h->dataflow.dac_bits - 1) / h->dataflow.dac_bits;
}

static void fill(array *a) {
    const npim_hardware *h = a->h;
    int base = 1 << h->dataflow.dac_bits;
    for (uint32_t cycle = 0; cycle < cycles_of(h); cycle++)
        for (uint32_t r = 0; r < a->rows; r++)
            a->digit[cycle][r] = (int16_t)(a->line[r] >> (cycle * h->dataflow.dac_bits) & (base - 1));
    for (uint32_t k = 0; k < h->columns_per_weight; k++) {
        column c = column_of(h, k);
        for (uint32_t r = 0; r < a->rows; r++) a->cell[k][r] = cell(h, c, a->weight[r]);
    }
}

static int64_t partial_sum(const array *a, uint32_t cycle, uint32_t k) {
    int sum = 0;
    for (uint32_t r = 0; r < a->rows; r++) sum += a->digit[cycle][r] * a->cell[k][r];
    return sum;
}

static int64_t power_of_two(uint32_t exponent) {
    return (int64_t)1 << exponent;
}

static int64_t up(int64_t a, int64_t b) {
    return (a + b - 1) / b;
}

/* a / b, b > 0, to the nearest whole number, halves to the even one. */
static int64_t nearest(int64_t a, int64_t b) {
    int64_t down = a / b - (a % b < 0), twice = 2 * (a - down * b);
    return twice > b || (twice == b && down % 2 != 0) ? down + 1 : down;
}

static int64_t limited(int64_t code, int64_t least, int64_t most) {
    return code < least ? least : code > most ? most : code;
}

static int64_t largest_sum(const npim_hardware *h) {
    return (int64_t)h->crossbar.rows * (power_of_two(h->dataflow.dac_bits) - 1) *
           (power_of_two(h->crossbar.cell_bits) - 1);
}

/* What the biased coding stores too much. */
static int64_t excess(const array *a) {
    int64_t inputs = 0;
    for (uint32_t r = 0; r < a->rows; r++) inputs += a->line[r];
    return a->h->crossbar.coding == NPIM_CODING_BIASED ? inputs * power_of_two(a->h->crossbar.weight_bits - 1)
                                                       : 0;
}

static int64_t convert_a(array *a) {
    const npim_hardware *h = a->h;
    fill(a);
    int64_t most = power_of_two(h->adc_bits[0]) - 1, step = up(largest_sum(h), most), result = -excess(a);
    for (uint32_t cycle = 0; cycle < cycles_of(h); cycle++)
        for (uint32_t k = 0; k < h->columns_per_weight; k++) {
            column c = column_of(h, k);
            int64_t code = limited(nearest(partial_sum(a, cycle, k), step), 0, most);
            int64_t value =
                code * step * power_of_two(cycle * h->dataflow.dac_bits + c.slice * h->crossbar.cell_bits);
            result += c.minus ? -value : value;
        }
    return result;
}

/* Group `group` of the diagonals of one sign: what its buffer cells hold, or, full, could hold, in units of
 * its first diagonal. */
static int64_t group_sum(const array *a, uint32_t group, bool minus, bool full) {
    const npim_hardware *h = a->h;
    int64_t levels = power_of_two(h->buffer_bits) - 1, sum = 0;
    int64_t step = (2 * largest_sum(h) + levels) / (2 * levels);
    if (step < 1) step = 1;
    uint32_t diagonals = cycles_of(h) + h->slices - 1, first = 3 * group;
    uint32_t end = group + 1 == h->n_bits ? diagonals : first + 3;
    for (uint32_t cycle = 0; cycle < cycles_of(h); cycle++)
        for (uint32_t k = 0; k < h->columns_per_weight; k++) {
            column c = column_of(h, k);
            uint32_t diagonal = cycle + c.slice;
            if (c.minus != minus || diagonal < first || diagonal >= end) continue;
            int64_t part = full ? largest_sum(h) : partial_sum(a, cycle, k);
            int64_t level = limited(nearest(part, step), 0, levels);
            sum += level * step * power_of_two((diagonal - first) * h->dataflow.dac_bits);
        }
    return sum;
}

static int64_t convert_b(array *a) {
    const npim_hardware *h = a->h;
    fill(a);
    int64_t result = -excess(a);
    for (uint32_t group = 0; group < h->n_bits; group++)
        for (int minus = 0; minus < 2; minus++) {
            int64_t most = power_of_two(h->adc_bits[h->n_bits - 1 - group]) - 1;
            int64_t step = up(group_sum(a, group, minus, true), most);
            if (step == 0) continue;
            int64_t code = limited(nearest(group_sum(a, group, minus, false), step), 0, most);
            int64_t value = code * step * power_of_two(3 * group * h->dataflow.dac_bits);
            result += minus ? -value : value;
        }
    return result;
}

static int64_t convert_c(const array *a, const npim_layer_figures *figures) {
    int64_t codes = power_of_two(a->h->code_bits - 1), sum = 0;
    double n = figures->n_results ? (double)figures->n_results : 1.0;
    double range = fmin(4.0 * sqrt(figures->square_sum / n), 1.01 * (double)figures->largest);
    int64_t step = (int64_t)fmax(1.0, ceil(range / (double)codes));
    for (uint32_t r = 0; r < a->rows; r++) sum += a->line[r] * a->weight[r];
    return limited(nearest(sum, step), 1 - codes, codes - 1) * step;
}

int64_t npim_model_dot(void *context, uint32_t layer, uint32_t group, uint32_t output, uint32_t rows,
                       uint32_t signed_from, const int16_t *codes, const int8_t *weight) {
    const npim_model *model = context;
    const npim_hardware *h = model->hardware;
    int64_t result = 0;
    (void)group, (void)output;
    for (uint32_t first = 0; first < rows; first += h->crossbar.rows) {
        array a;
        a.h = h;
        a.weight = weight + first;
        a.rows = rows - first;
        if (a.rows > h->crossbar.rows) a.rows = h->crossbar.rows;
        for (uint32_t r = 0; r < a.rows; r++) {
            int shift = first + r < signed_from ? 0 : 128;
            a.line[r] = codes[first + r] + shift;
            result -= shift * weight[first + r];
        }
        if (h->dataflow.strategy == NPIM_STRATEGY_A) result += convert_a(&a);
        if (h->dataflow.strategy == NPIM_STRATEGY_B) result += convert_b(&a);
        if (h->dataflow.strategy == NPIM_STRATEGY_C) result += convert_c(&a, &model->figures[layer]);
    }
    return result;
}

#include "hw/dataflow.h"

#include "hw/units.h"

#include <stddef.h>

const char *const npim_strategy_names[] = {"A", "B", "C", NULL};

static uint32_t ceil_log2(uint32_t value) {
    uint32_t bits = 0;
    while (((uint64_t)1 << bits) < value) bits++;
    return bits;
}

static uint32_t slices(const npim_dataflow *d) {
    return (uint32_t)npim_ceil_div(d->weight_bits, d->cell_bits);
}

uint32_t npim_dataflow_cycles(const npim_dataflow *d) {
    return (uint32_t)npim_ceil_div(d->input_bits, d->dac_bits);
}

uint32_t npim_dataflow_columns(const npim_dataflow *d) {
    return slices(d) * (d->differential ? 2 : 1);
}

uint32_t npim_dataflow_bit_line_bits(const npim_dataflow *d) {
    uint32_t both = d->dac_bits > 1 && d->cell_bits > 1;
    return ceil_log2(d->rows) + d->dac_bits + d->cell_bits - (both ? 0 : 1);
}

/* Diagonals (partial sums of one weight) that are digitised together after summing. */
static uint32_t diagonal_groups(const npim_dataflow *d) {
    uint32_t groups = (npim_dataflow_cycles(d) + slices(d) - 1) / 3;
    return groups > 0 ? groups : 1;
}

uint64_t npim_dataflow_conversions(const npim_dataflow *d, uint32_t *bits, uint32_t max_bits,
                                   uint32_t *n_bits) {
    uint32_t bit_line_bits = npim_dataflow_bit_line_bits(d);
    uint32_t groups = d->strategy == NPIM_STRATEGY_B ? diagonal_groups(d) : 1;
    uint32_t n = groups < max_bits ? groups : max_bits;
    *n_bits = n;
    for (uint32_t i = 0; i < n; i++) {
        if (d->strategy == NPIM_STRATEGY_A)
            bits[i] = bit_line_bits - (d->encoded ? 1 : 0);
        else if (d->strategy == NPIM_STRATEGY_B)
            bits[i] = bit_line_bits - 1 + ceil_log2(groups - i);
        else
            bits[i] = d->output_bits;
    }
    if (d->strategy == NPIM_STRATEGY_A) return (uint64_t)npim_dataflow_cycles(d) * npim_dataflow_columns(d);
    return groups;
}

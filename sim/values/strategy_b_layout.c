#include "sim/values/strategy_b.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { DIAGONALS_OF_A_GROUP = 3 };

static uint32_t group_of(const npim_b_layout *layout, uint32_t diagonal) {
    uint32_t group = diagonal / DIAGONALS_OF_A_GROUP;
    return group < layout->groups ? group : layout->groups - 1;
}

/* Where each partial sum goes; largest [sets x groups] gets the sums of buffer cells as full as they can be:
 * `full` levels. */
static void place(npim_b_layout *layout, const npim_hardware *h, double full, double *largest) {
    bool differential = h->crossbar.coding == NPIM_CODING_DIFFERENTIAL;
    int bits = (int)h->dataflow.dac_bits;
    for (uint32_t cycle = 0; cycle < layout->cycles; cycle++) {
        for (uint32_t k = 0; k < layout->per_weight; k++) {
            uint32_t diagonal = cycle + (differential ? k / 2 : k), group = group_of(layout, diagonal);
            uint32_t set = npim_hardware_column_weight(h, k) < 0 ? 1 : 0, at = cycle * layout->per_weight + k;
            layout->slot[at] = set * layout->groups + group;
            layout->factor[at] =
                ldexp(layout->level_step, (int)(diagonal - group * DIAGONALS_OF_A_GROUP) * bits);
            largest[layout->slot[at]] += full * layout->factor[at];
        }
    }
}

static void scale(npim_b_layout *layout, const npim_hardware *h, const double *largest) {
    for (uint32_t group = 0; group < layout->groups; group++) {
        layout->codes[group] = ldexp(1.0, (int)h->adc_bits[layout->groups - 1 - group]) - 1.0;
        for (uint32_t set = 0; set < NPIM_B_SETS; set++) {
            uint32_t slot = set * layout->groups + group;
            int32_t unit = (int32_t)1 << (group * DIAGONALS_OF_A_GROUP * h->dataflow.dac_bits);
            layout->used[slot] = largest[slot] > 0.0;
            layout->step[slot] = (int32_t)fmax(1.0, ceil(largest[slot] / layout->codes[group]));
            layout->weight[slot] = set == 0 ? unit : -unit;
        }
    }
}

npim_status npim_b_layout_make(npim_b_layout *layout, const npim_hardware *h, npim_error *error) {
    double largest[NPIM_B_SETS * NPIM_B_MAX_GROUPS] = {0.0};
    memset(layout, 0, sizeof *layout);
    if (h->dataflow.dac_bits != h->crossbar.cell_bits || h->dataflow.dac_bits > 7)
        return npim_fail(error, NPIM_EUNSUPPORTED,
                         "strategy B: values take digits and cells of as many bits, up to 7, not %u and %u",
                         h->dataflow.dac_bits, h->crossbar.cell_bits);
    layout->cycles = npim_dataflow_cycles(&h->dataflow);
    layout->per_weight = h->columns_per_weight;
    layout->groups = h->n_bits;
    assert(layout->groups <= NPIM_B_MAX_GROUPS && layout->cycles * layout->per_weight <= NPIM_B_MAX_LINES);
    double sum =
        (double)h->crossbar.rows * ((1u << h->dataflow.dac_bits) - 1) * ((1u << h->crossbar.cell_bits) - 1);
    layout->levels = ldexp(1.0, (int)h->buffer_bits) - 1.0;
    layout->level_step = fmax(1.0, floor(sum / layout->levels + 0.5));
    /* A short array does not fill its buffer cells. */
    place(layout, h, fmin(layout->levels, nearbyint(sum / layout->level_step)), largest);
    scale(layout, h, largest);
    return NPIM_OK;
}

/* Analog buffer of CASCADE: RRAM cells that keep the partial sums of one dot product, one row per input cycle
 * and one column per significance (R-Mapping): the sum of cycle i and weight slice j lies in row i, column i
 * + j, so a bit line of the buffer adds up one diagonal. Cells have 2^level_bits levels, which makes this
 * strategy's error. */
#ifndef NPIM_HW_ANALOG_BUFFER_H
#define NPIM_HW_ANALOG_BUFFER_H

#include "hw/block.h"
#include "hw/quantiser.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_analog_buffer_config {
    uint32_t rows;          /* input cycles: 8 */
    uint32_t columns;       /* diagonals: 15 */
    uint32_t level_bits;    /* 1..16: 6 */
    double v_max_V;         /* voltage of the highest level */
    double sigma;           /* relative standard deviation of a written level; 0: none */
    double write_energy_pJ; /* of one write: 0.17 */
    double cell_power_nW;   /* of one cell being read during an input cycle: 18.31 */
    double area_um2;        /* of one unit */
} npim_analog_buffer_config;

typedef struct npim_analog_buffer {
    npim_analog_buffer_config config;
    npim_quantiser quantiser;
    double *v_V;                  /* rows x columns, row by row; owned */
    double v_in_V;                /* written last; probed */
    uint32_t level;               /* written last; probed */
    uint64_t n_writes, n_clipped; /* probed */
} npim_analog_buffer;

NPIM_MUST_USE npim_status npim_analog_buffer_init(npim_analog_buffer *buffer,
                                                  const npim_analog_buffer_config *config, npim_error *error);
void npim_analog_buffer_fini(npim_analog_buffer *buffer);
void npim_analog_buffer_reset(npim_analog_buffer *buffer);

/* Empties all cells, for the next dot product. */
void npim_analog_buffer_clear(npim_analog_buffer *buffer);

/* Do the partial sums of n_cycles input cycles and n_slices weight slices fit? */
bool npim_analog_buffer_fits(const npim_analog_buffer *buffer, uint32_t n_cycles, uint32_t n_slices);

/* Writes the partial sum of (cycle, slice), which must lie inside the buffer: rounded to a level of 0..v_max.
 * random NULL: no variation; else index names the write. */
void npim_analog_buffer_write(npim_analog_buffer *buffer, uint32_t cycle, uint32_t slice, double v_V,
                              const npim_random *random, uint64_t index);

/* The sum of one diagonal (significance 2^(diagonal) with one-bit digits and slices), V. */
double npim_analog_buffer_diagonal_V(const npim_analog_buffer *buffer, uint32_t diagonal);

/* work.count: partial sums; each is written once and read once during work.hold_ps, inside the cycle. */
extern const npim_block_ops npim_analog_buffer_ops;

#ifdef __cplusplus
}
#endif
#endif

/* RRAM cell: conductance levels and what real devices make of them. Cells of a crossbar or a buffer are
 * arrays of levels and conductances that their owner keeps; this block turns the one into the other.
 *
 * A programmed cell has g = nominal(level) x (1 + sigma n) x drift, n standard normal and fixed by (seed,
 * block, index); a stuck cell has g_on or g_off whatever is written. Each read adds noise of relative
 * standard deviation read_sigma to the cell's current. Drift: (t / t0)^-nu for t > t0. */
#ifndef NPIM_HW_RRAM_H
#define NPIM_HW_RRAM_H

#include "hw/block.h"
#include "hw/random.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_rram_config {
    uint32_t cell_bits;       /* 1..8: 2^cell_bits levels, equally spaced in conductance */
    double g_on_S;            /* of the highest level; at most 2 uS: R_on >= 0.5 MOhm */
    double on_off_ratio;      /* g_on / g_off, > 1 */
    double read_V;            /* full-scale word line voltage that the values hold for */
    double sigma;             /* relative standard deviation of a programmed conductance */
    double stuck_on_rate;     /* fraction of cells stuck at g_on */
    double stuck_off_rate;    /* fraction of cells stuck at g_off; both together at most 1 */
    double read_sigma;        /* relative standard deviation of one read of one cell */
    double drift_nu;          /* drift exponent */
    double drift_reference_s; /* t0 */
    double drift_time_s;      /* t, since programming */
} npim_rram_config;

typedef struct npim_rram {
    npim_rram_config config;
    double g_off_S, step_S; /* lowest level; between two levels */
    double drift;           /* factor on programmed conductances */
    uint64_t n_stuck;       /* cells found faulty by npim_rram_program; probed */
    double g_S;             /* of the first cell programmed last; probed */
} npim_rram;

/* NPIM_ECONFIG: a field outside its range, or more than all cells stuck. */
NPIM_MUST_USE npim_status npim_rram_init(npim_rram *rram, const npim_rram_config *config, npim_error *error);
void npim_rram_fini(npim_rram *rram);
void npim_rram_reset(npim_rram *rram);

/* Conductance of a perfect cell, S; level < 2^cell_bits. */
double npim_rram_nominal_S(const npim_rram *rram, uint32_t level);

/* Conductance of cell `index` after writing level, S, >= 0. random NULL: a perfect cell. *stuck, if not NULL,
 * says whether the cell is faulty. */
double npim_rram_conductance_S(const npim_rram *rram, const npim_random *random, uint32_t level,
                               uint64_t index, bool *stuck);

/* Programs n cells: g_S[i] becomes the conductance of cell i at levels[i]. Books the stuck ones. */
void npim_rram_program(npim_rram *rram, const npim_random *random, const uint8_t *levels, size_t n,
                       double *g_S);

/* Current with its read noise, A, of cells whose currents sum to i_A and whose squared currents sum to i2_A2
 * (of one cell: i_A squared). Independent noise of many cells is one deviate of the same variance. index: of
 * the read. random NULL: no noise. */
double npim_rram_read_A(const npim_rram *rram, const npim_random *random, double i_A, double i2_A2,
                        uint64_t index);

/* The partial sum (in units of level x input digit) that a bit line current stands for: (i / v_lsb -
 * g_off x sum of digits) / step. v_lsb_V: word line voltage of input digit 1; digit_sum: of all its rows. */
double npim_rram_partial_sum(const npim_rram *rram, double i_A, double v_lsb_V, double digit_sum);

/* work.count: cells. Energy and area are 0: those of cells are charged by the array that holds them. */
extern const npim_block_ops npim_rram_ops;

#ifdef __cplusplus
}
#endif
#endif

/* Designs the neural A/D converter of integer cells, without training: thresholds, residue and full scale
 * are ratios of small whole numbers of levels.
 *
 * One stage (1..6 bit): a comparator (sim/design/comparator.h) per threshold. Their outputs are the code, or
 * a second layer of inverters over them makes binary or Gray code of it.
 *
 * Two stages (7..10 bit): a coarse bank; a row that subtracts what it found from the input; one inverter that
 * amplifies this residue; and a fine bank, whose thresholds are those voltages that the inverter's own curve
 * makes of equal steps of the input: its curvature does no harm. The fine bank covers two coarse steps, so
 * that coarse thresholds may be wrong by half a step.
 *
 * The residue's row: every comparator's output over U levels, the input over X, and a load of L levels to
 * each of the two fine rails, so that, with S = 2^coarse_bits,
 *     node - vdd/2 = (X (x - vdd/2) + sum U (h_j - vdd/2)) / (X + (S - 1) U + 2 L).
 * Comparators step by vdd, hence a coarse step is U vdd / X at the input and the full scale S U vdd / X. The
 * load takes gain away where the amplifier would not be linear. The steps of this row are the input's ladder:
 * with n cells per comparator, sigma of the worst integral nonlinearity is about
 *     1/2 sqrt((S - 1) / n) sigma 2^bits / S LSB. */
#ifndef NPIM_SIM_DESIGN_NEURAL_ADC_H
#define NPIM_SIM_DESIGN_NEURAL_ADC_H

#include "hw/converter.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    NPIM_ADC_STAGE_MAX_BITS = 6, /* of a single stage, of a coarse and of a fine bank */
    NPIM_ADC_MAX_BITS = 10,
    NPIM_ADC_MAX_MULTIPLICITY = 16
};

/* How many cells stand where: filled in by npim_adc_allocate, or by hand. */
typedef struct npim_adc_cells {
    double coarse;        /* of the outermost coarse threshold to the input, and as many to a rail */
    uint32_t step;        /* of each comparator in the residue's row */
    uint32_t step_levels; /* in each of these */
    uint32_t input;       /* of the input in the residue's row, at least */
    double swing;         /* of the residue's node over a coarse step, in vdd, at most: the load does it */
    double fine;          /* of a fine threshold, to the input, per LSB of its deviation at sigma .05 */
    double outer;         /* weight of fine thresholds beyond half a coarse step: 0..1 */
} npim_adc_cells;

typedef struct npim_adc_options {
    uint32_t bits;                 /* 1..10; above 6 two stages */
    uint32_t coarse_bits;          /* of two stages; 0: half of the bits, rounded up */
    npim_code_kind kind;           /* of one stage: not a pipeline; of two: a pipeline */
    uint32_t multiplicity;         /* 1..16: cells for accuracy */
    uint32_t cell_bits;            /* 1..8 */
    double v_max_V;                /* full scale vdd/2 +- v_max; 0: vdd/2 */
    const npim_inverter *inverter; /* of the outputs of binary and Gray code; gives the supply */
    const npim_inverter *residue;  /* of two stages; NULL: as inverter */
} npim_adc_options;

/* 8 bit in two stages of 4 and 5, multiplicity 1, 3 bit per cell, full scale the supply. */
npim_adc_options npim_adc_default_options(const npim_inverter *inverter);

/* The cells that the options' multiplicity buys. */
npim_adc_cells npim_adc_allocate(const npim_adc_options *options);

/* Makes the converter; free it with npim_converter_fini. cells NULL: npim_adc_allocate. NPIM_EUSAGE, naming
 * the option, what it is and what is allowed, for options out of range or a topology that cannot be built;
 * NPIM_ECONFIG for a bad table of an inverter or when its curve is too flat to carry the residue. On failure
 * *converter is zeroed. */
NPIM_MUST_USE npim_status npim_adc_design(npim_converter *converter, const npim_adc_options *options,
                                          const npim_adc_cells *cells, npim_error *error);

/* Input voltage of the first and behind the last code: vdd/2 +- full scale / 2 as the residue's levels make
 * it, within 0.5 % of the v_max asked for; 0 for a circuit that is none of npim_adc_design. */
double npim_adc_full_scale_V(const npim_converter *converter);

#ifdef __cplusplus
}
#endif
#endif

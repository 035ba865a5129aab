/* One dot product on one array under the dataflow strategies A, B and C: conversions in closed form and as a
 * replay of traces/dot_product counts them, energy and latency. All that is no matter of the strategy is the
 * same for the three: input cycles of 100 ns, SAR converters as the table of hw/sar_adc.h has them, and tiles
 * of 64 processing elements, one of which holds all arrays of the layer, so that no partial sum goes from
 * tile to tile. B has its two's complement in cells of 1 bit alone; with more bits its crossbars are coded
 * biased.
 */
#ifndef NPIM_SIM_REPRODUCE_DOT_PRODUCT_H
#define NPIM_SIM_REPRODUCE_DOT_PRODUCT_H

#include "hw/dataflow.h"
#include "sim/arch.h"
#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Strategies and the architectures that stand for them have the same order: A ISAAC, B CASCADE, C Neural-PIM.
 */
enum { NPIM_N_STRATEGIES = NPIM_STUDY_ARCHS, NPIM_DOT_LENGTH = 512, NPIM_DOT_OUTPUTS = 64 };

extern const char *const npim_dot_archs[NPIM_N_STRATEGIES];

/* What is swept. Weights have 8 bit. */
typedef struct npim_dot_setting {
    uint32_t dac_bits;   /* 1..input_bits */
    uint32_t cell_bits;  /* 1, 2, 4 or 8 */
    uint32_t array;      /* rows and columns: 32, 64 .. 512, whatever traces/dot_product fills */
    uint32_t input_bits; /* 1..32 */
} npim_dot_setting;

extern const npim_dot_setting npim_dot_base; /* where the others stand while one is swept */

/* Of one dot product on one array. NAN: no replay, since the closed form asks for a finer SAR converter than
 * there is an energy for. */
typedef struct npim_dot_point {
    npim_dataflow dataflow;
    uint64_t conversions; /* closed form */
    uint32_t n_bits, bits[NPIM_MAX_BITS];
    uint32_t finest;                 /* the largest of them */
    double simulated;                /* conversions */
    double group_pJ[NPIM_N_GROUPS];  /* event accounting: DAC to registers */
    double energy_pJ, energy_mac_pJ; /* their sum, and per multiply-accumulate */
    double latency_ns;               /* of the layer, all dot products at once */
} npim_dot_point;

/* What the settings are laid over. */
typedef struct npim_dot_design {
    npim_dataflow dataflow;
    double dac_uW; /* per column, of a row's 1-bit DAC with its driver: ISAAC's, for all three */
} npim_dot_design;

/* Those of the three architectures as they are. NPIM_ECONFIG when one cannot be loaded. */
NPIM_MUST_USE npim_status npim_dot_designs(npim_dot_design designs[NPIM_N_STRATEGIES], npim_error *error);

/* Assumed: what a DAC of 4 bit with its driver takes, in powers of one of 1 bit. */
#define NPIM_DOT_DAC_OF_4_BIT 1.5

/* Power of a row's DAC with its driver, uW. Assumed: NPIM_DOT_DAC_OF_4_BIT times the 1-bit power at 4 bit,
 * linear in the bits (also beyond), and in proportion to the columns that the row drives. */
double npim_dot_dac_power_uW(const npim_dot_design *design, uint32_t bits, uint32_t columns);

/* Adds the replay of a point, where there can be one. design: as npim_dot_designs gives it. */
NPIM_MUST_USE npim_status npim_dot_plan(npim_study *study, const npim_dot_design *design,
                                        const npim_dot_setting *setting, npim_error *error);

/* Reads it. NPIM_EINVARIANT when the replay counts other conversions than the closed form. */
NPIM_MUST_USE npim_status npim_dot_measure(npim_dot_point *point, const npim_study *study,
                                           const npim_dot_design *design, const npim_dot_setting *setting,
                                           npim_error *error);

/* The resolutions as text, without a space at which a line could break: "9,8,8,7,6". */
enum { NPIM_DOT_TEXT_SIZE = 256 };
void npim_dot_bits_text(const npim_dot_point *point, char text[NPIM_DOT_TEXT_SIZE]);

/* The same of an architecture as it is, but for the assignments ("key=value"): its own cycle, converters and
 * array size, whose rows must divide NPIM_DOT_LENGTH. */
enum { NPIM_DOT_ASSIGNMENTS = 4 };
typedef struct npim_dot_case {
    const char *title, *arch;
    const char *assignments[NPIM_DOT_ASSIGNMENTS]; /* up to the first NULL */
} npim_dot_case;

NPIM_MUST_USE npim_status npim_dot_plan_case(npim_study *study, const npim_dot_case *one, npim_error *error);
NPIM_MUST_USE npim_status npim_dot_measure_case(npim_dot_point *point, const npim_study *study,
                                                const npim_dot_case *one, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

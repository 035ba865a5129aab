/* What the arrays of an architecture do to dot products: the numbers that its values depend on. */
#ifndef NPIM_SIM_VALUES_HARDWARE_H
#define NPIM_SIM_VALUES_HARDWARE_H

#include "hw/analog_buffer.h"
#include "hw/crossbar.h"
#include "hw/dataflow.h"
#include "hw/rram.h"
#include "sim/arch.h"
#include "sim/design/design.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_mode {
    NPIM_MODE_IDEAL,     /* converters transparent, devices perfect: exact integers */
    NPIM_MODE_QUANTISED, /* devices perfect; resolutions and ranges of the real converters and buffers */
    NPIM_MODE_ANALOG     /* devices and peripherals with their non-idealities */
} npim_mode;

extern const char *const npim_mode_names[]; /* "ideal", "quantised", "analog", NULL */

typedef struct npim_hardware {
    npim_mode mode; /* quantised or analog */
    uint64_t seed;
    npim_dataflow dataflow; /* strategy, digits, slices */
    npim_crossbar_config crossbar;
    npim_rram_config cell;
    uint32_t columns_per_weight, slices;
    uint32_t n_bits, adc_bits[NPIM_MAX_BITS]; /* strategy A: one; B: of the groups, most significant first */
    uint32_t buffer_bits;                     /* strategy B: of a buffer cell */
    double buffer_sigma;                      /* of what is written into one */
    uint32_t code_bits;                       /* strategy C: of the converter */
    npim_design *sa, *adc; /* strategy C, analog: circuits; NULL: as the rule says; owned */
    const npim_stop *stop; /* asked before every array is programmed, and while its wires are solved;
                              borrowed; NULL until somebody sets it */
    double circuit_sigma;  /* of the circuits' cells: that of the array's */
    /* Analog, 0 for none. Standard deviation at a converter's input, with what a summing amplifier adds
     * there: of its full scale, strategy C: of v_max. */
    double adc_noise;
    /* Of what a sample-and-hold (A, C) or transimpedance amplifier (B) adds to a bit line in every input
     * cycle, and what a sample loses until it is used; of what the largest partial sum makes: A: the
     * converter's full scale, B: the buffer's highest level, C: half of the shift-and-add's supply. */
    double line_noise, line_droop;
    double node_noise_V; /* C: of what every step adds at a shift-and-add's output */
} npim_hardware;

/* Takes the numbers of an architecture; mode quantised or analog. NPIM_EUNSUPPORTED for more than 8 bit of
 * inputs or weights, for weights that cannot be -127 .. 127, and in analog mode for noise or droop of a block
 * that has no place in the strategy (a sample-and-hold in B, amplifiers elsewhere than in B, a shift-and-add
 * elsewhere than in C); NPIM_ECONFIG for a block that the strategy needs and the architecture has not, and
 * for designs that do not load (sim/arch_design.h).
 *
 * A sample is held from the end of the input cycle that it is taken in until the stage behind it in the
 * recipe is through with all bit lines of an array: one input cycle, or longer where that stage is slower
 * than that. All bit lines lose what the last one does. */
NPIM_MUST_USE npim_status npim_hardware_init(npim_hardware *hardware, const npim_arch *arch, npim_mode mode,
                                             npim_error *error);
void npim_hardware_fini(npim_hardware *hardware); /* safe on a zeroed struct and twice */

/* Strategy C: the supply of the shift-and-adds, 1 V without a design. */
double npim_hardware_supply_V(const npim_hardware *hardware);

/* What a column of a weight counts for: +-2^(slice x cell_bits), slice 0 first. */
int32_t npim_hardware_column_weight(const npim_hardware *hardware, uint32_t column);

/* What is stored beside the weight and taken off digitally: 2^(weight_bits - 1) in the biased coding. */
int32_t npim_hardware_bias(const npim_hardware *hardware);

#ifdef __cplusplus
}
#endif
#endif

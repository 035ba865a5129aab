/* The NNS+A and NNADC circuits that a layer's results go through (strategy C, analog), as numbers: a passive
 * shift-and-add row is linear, and a converter without thermal noise a table. */
#ifndef NPIM_SIM_VALUES_NEURAL_CIRCUITS_H
#define NPIM_SIM_VALUES_NEURAL_CIRCUITS_H

#include "hw/converter_table.h"
#include "sim/values/hardware.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_SHIFT_ADD_POOL = 4096, NPIM_CONVERTER_POOL = 16, NPIM_SHIFT_ADD_SLICES = 8 };

/* acc' = keep acc + sum slice[k] v_k + offset_V, all from half the supply. */
typedef struct npim_shift_add_row {
    double keep, slice[NPIM_SHIFT_ADD_SLICES], offset_V;
} npim_shift_add_row;

typedef struct npim_neural_circuits {
    const npim_hardware *hardware; /* borrowed */
    uint32_t layer;                /* whose they are */
    npim_shift_add_row nominal;    /* as the rule says: 2^-P, (1 - 2^-P) 2^k / 255 */
    npim_shift_add_row *rows;      /* [NPIM_SHIFT_ADD_POOL]; NULL without a design */
    npim_converter_table *tables;  /* [NPIM_CONVERTER_POOL]; NULL without a design */
    double half_V, full_scale_V;   /* of the converter */
} npim_neural_circuits;

/* Programs the circuits of layer `layer` into a struct that is zeroed or holds those of another layer; those
 * of this one stay. results: how many different ones the layer has, no more circuits than that are
 * programmed. NPIM_EUNSUPPORTED for a shift-and-add design with inverters, or for other than 8 slices of 1
 * bit; NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_neural_circuits_program(npim_neural_circuits *circuits,
                                                       const npim_hardware *hardware, uint32_t layer,
                                                       uint64_t results, npim_error *error);
/* The converter's circuit behind the table of a result number, where hardware->adc is a design: end it with
 * npim_instance_fini. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_neural_converter(const npim_neural_circuits *circuits, uint64_t result,
                                                npim_instance *instance, npim_error *error);

void npim_neural_circuits_fini(npim_neural_circuits *circuits); /* safe on a zeroed struct and twice */

/* The circuits that a result number of the layer goes through: they take turns. */
const npim_shift_add_row *npim_neural_row(const npim_neural_circuits *circuits, uint64_t result);
const npim_converter_table *npim_neural_table(const npim_neural_circuits *circuits, uint64_t result);

#ifdef __cplusplus
}
#endif
#endif

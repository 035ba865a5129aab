/* An A/D converter made of a peripheral circuit (hw/circuit.h): its outputs are wires, and a small digital
 * decoder makes the code of them. */
#ifndef NPIM_HW_CONVERTER_H
#define NPIM_HW_CONVERTER_H

#include "hw/circuit.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_code_kind {
    NPIM_CODE_BINARY,      /* wire k is bit k */
    NPIM_CODE_GRAY,        /* wire k is bit k of code ^ (code >> 1) */
    NPIM_CODE_THERMOMETER, /* the code is the number of high wires */
    NPIM_CODE_PIPELINE     /* two stages: see npim_converter_decode */
} npim_code_kind;

typedef struct npim_converter {
    npim_circuit circuit; /* input 0 is the voltage to convert; owned */
    npim_code_kind kind;
    uint32_t bits;     /* 1..12 */
    uint32_t n_coarse; /* NPIM_CODE_PIPELINE: wires of the first stage, 2^coarse bits - 1, coarse bits below
                          bits; otherwise 0 */
} npim_converter;

void npim_converter_fini(npim_converter *converter); /* safe on a zeroed struct and twice */

/* Wires that the code takes: bits, or 2^bits - 1 of a thermometer; of a pipeline n_coarse, the residue and
 * 2^(bits - coarse bits + 1) - 1. */
uint32_t npim_converter_wires(const npim_converter *converter);

/* NPIM_ECONFIG, as npim_circuit_check, and when the kind, the bits or the wires of the first stage are out of
 * range, or the outputs are not as many as the code takes. */
NPIM_MUST_USE npim_status npim_converter_check(const npim_converter *converter, npim_error *error);

/* The code of the wires: out_V are the voltages of the circuit's outputs [n_outputs]; a wire is high above
 * half the supply.
 *
 * A pipeline's first stage falls as the input rises, so that its wires subtract themselves from the input in
 * the node of the residue: k is the number of low ones. Behind the residue, which is no wire, the second
 * stage counts the high ones, n. With a step of 2^bits / (n_coarse + 1) codes the second stage covers two:
 * half a step of redundancy above and below what the first left. The code is step x k + n - step / 2, limited
 * to 0
 * .. 2^bits - 1. */
uint32_t npim_converter_decode(const npim_converter *converter, const double *out_V);

/* Codes of n input voltages by evaluating the circuit: the reference that tables are checked against. index:
 * number of the first evaluation, for thermal noise. scratch_V has room for 2 x n_neurons values. The circuit
 * has one input. */
void npim_converter_codes(const npim_converter *converter, const npim_instance *instance, const double *in_V,
                          size_t n, uint64_t index, double *scratch_V, uint16_t *codes);

#ifdef __cplusplus
}
#endif
#endif

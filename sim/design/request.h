/* What circuit a user wants: the keys of table [design] of a design file, and the options of `npim design`
 * and `npim characterize`. */
#ifndef NPIM_SIM_DESIGN_REQUEST_H
#define NPIM_SIM_DESIGN_REQUEST_H

#include "hw/converter.h"
#include "sim/doc.h"
#include "sim/options.h"
#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_design_kind { NPIM_DESIGN_NEURAL_SA, NPIM_DESIGN_NEURAL_ADC } npim_design_kind;

/* Integer cells found by a rule, or a network trained by gradient. */
typedef enum npim_design_method { NPIM_DESIGN_SYNTHESISED, NPIM_DESIGN_TRAINED } npim_design_method;

/* Of the inverters: short-channel-like cards, or BSIM4 ones of low gain. */
typedef enum npim_design_card { NPIM_CARD_SC, NPIM_CARD_B4 } npim_design_card;

typedef struct npim_design_request {
    uint32_t kind, method, card; /* the enums above */
    uint32_t code;               /* npim_code_kind, of a converter of one stage */
    uint32_t bits, dac_bits, multiplicity, cell_bits;
    double v_max_V;
    bool settle;           /* a transient run of ngspice gives settling time and energy */
    bool loaded;           /* residue inverter's table under its real load, made by ngspice */
    uint32_t hidden, runs; /* of a trained network */
    uint64_t seed;         /* of training */
    const npim_stop *stop; /* asked while it is made; may be NULL; borrowed, no part of the design */
} npim_design_request;

extern const char *const npim_design_kind_names[]; /* "neural-sa", "neural-adc", NULL */
extern const npim_field npim_design_fields[];      /* of npim_design_request, in table [design] */
extern const size_t npim_n_design_fields;

/* Presets of that circuit (a trained converter: 4 bit), then what the options say. NPIM_EUSAGE for an unknown
 * circuit, or naming the option, its value and what is allowed. */
NPIM_MUST_USE npim_status npim_design_request_read(npim_design_request *request, const npim_options *options,
                                                   npim_error *error);

/* Fills in what the circuit decides: a converter of more than 6 bit is a pipeline. */
void npim_design_request_complete(npim_design_request *request);

#ifdef __cplusplus
}
#endif
#endif

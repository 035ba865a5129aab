/* Shared by the parts of the section on the neural peripherals. */
#ifndef NPIM_SIM_REPRODUCE_PERIPHERALS_PARTS_H
#define NPIM_SIM_REPRODUCE_PERIPHERALS_PARTS_H

#include "sim/arch.h"
#include "sim/design/design.h"
#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The circuits that are looked at: measured by a run of `npim characterize`, or shipped with Neural-PIM's
 * architecture, in a file that says what it reached when it was made. */
typedef enum npim_peripheral_id {
    NPIM_NNADC_8,
    NPIM_NNADC_4,
    NPIM_NNSA_1,
    NPIM_NNSA_4,
    NPIM_SHIPPED_NNADC,
    NPIM_SHIPPED_NNSA,
    NPIM_N_PERIPHERALS
} npim_peripheral_id;

/* What is known of one; NAN where nothing is. */
typedef struct npim_peripheral {
    const char *title; /* a literal */
    bool converter;
    double cells, inverters, latches, area_um2;
    double settle_ns, mean_settle_ns, settle_pJ; /* of its transient run */
    double cell_power_uW;                        /* what its cells take while inputs stand */
    npim_achieved achieved;                      /* its figures: nominal, median, deciles */
} npim_peripheral;

/* peripheral_circuits.c: reads them (npim_peripherals_plan adds the runs of those that are measured), and the
 * files of those that are shipped. neural_pim: the architecture, loaded. NPIM_EINVARIANT for a result without
 * figures; errors as npim_arch_design_load, NPIM_ECONFIG for a missing design. */
NPIM_MUST_USE npim_status npim_peripherals_read(npim_peripheral circuits[NPIM_N_PERIPHERALS],
                                                const npim_study *study, const npim_arch *neural_pim,
                                                npim_error *error);

/* The result of a run of a measured circuit; NULL for a shipped one, and before it is made. */
const cJSON *npim_peripheral_document(const npim_study *study, npim_peripheral_id id);

/* The spread of a figure ("enob_bit"); all NAN where the circuit has none. */
npim_spread npim_peripheral_spread(const npim_peripheral *circuit, const char *key);

/* peripheral_codes.c: transfer curve, DNL and INL of both measured converters. */
NPIM_MUST_USE npim_status npim_peripheral_codes_make(npim_study *study, npim_error *error);

/* What the architectures assume of the peripherals, beside what the shipped circuits do. */
typedef struct npim_peripheral_claims {
    double isaac_conversions, isaac_pJ;   /* of a dot product; of one */
    double cycles, cycle_ns;              /* of Neural-PIM */
    double sa_pJ, adc_pJ, adc_GSps;       /* assumed: of an operation, of a conversion, of one converter */
    double results, interval_ns;          /* of a tile, and the time it has for them */
    double converters, needed_converters; /* of a tile; of the shipped circuit */
} npim_peripheral_claims;

/* peripheral_energy.c */
npim_peripheral_claims npim_peripheral_claims_of(const npim_arch *isaac, const npim_arch *neural_pim,
                                                 const npim_peripheral *nnadc);

/* Energy of the NNS+A beside ISAAC's converters, and the rates: two exhibits, and members of json. */
NPIM_MUST_USE npim_status npim_peripheral_energy_make(npim_study *study, const npim_peripheral_claims *claims,
                                                      const npim_peripheral circuits[NPIM_N_PERIPHERALS],
                                                      cJSON *json, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* A designed peripheral circuit: what was asked for, the circuit, and the tables of its inverters. */
#ifndef NPIM_SIM_DESIGN_DESIGN_H
#define NPIM_SIM_DESIGN_DESIGN_H

#include "sim/design/achieved.h"
#include "sim/design/inverter_table.h"
#include "sim/design/request.h"
#include "sim/design/sa_sinad.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a transient run said (sim/design/design_settle.h); steps 0: there was none. */
typedef struct npim_design_transient {
    double settle_ns, mean_settle_ns; /* of the slowest step, and of all */
    double energy_pJ;                 /* of a conversion or a cycle: the mean until it has settled */
    double power_uW;                  /* mean */
    uint32_t steps;
    char netlist_sha256[NPIM_SHA256_SIZE], simulator[NPIM_SPICE_VERSION_SIZE];
} npim_design_transient;

/* How the trainings of a trained design came out, by the figure that the best one was chosen for: the median
 * of varied circuits, SINAD in dB of a shift-and-add, ENOB in bit of a converter. runs 0: it was not trained.
 */
typedef struct npim_design_training {
    uint32_t runs, best; /* best: number of the run, from 0 */
    npim_spread score;   /* nominal: of the best one */
    double least, most;
} npim_design_training;

typedef struct npim_design {
    npim_design_request request;
    npim_converter converter; /* of a shift-and-add its circuit alone; owned */
    npim_sa_task task;        /* of a shift-and-add */
    npim_inverter_table inverter, residue;
    uint32_t inverters, latches; /* counts */
    double area_um2;             /* estimate: cells and inverters */
    npim_design_transient settle;
    npim_achieved achieved;
    npim_design_training training;
} npim_design;

void npim_design_fini(npim_design *design); /* safe on a zeroed struct and twice */

/* Designs what the request wants; folder is where inverter_<card>.toml lies. Errors as those of the steps:
 * npim_inverter_table_load, npim_ladder_design, npim_adc_design, npim_train_sa, npim_train_adc. On failure
 * *design is zeroed. */
NPIM_MUST_USE npim_status npim_design_make(npim_design *design, const npim_design_request *request,
                                           const char *folder, npim_error *error);

/* Counts inverters and latches, and estimates the area, of a design whose circuit is there. */
void npim_design_count(npim_design *design);

/* Input range of a converter, around half the supply. */
double npim_design_full_scale_V(const npim_design *design);

/* Does any of its neurons have an inverter, or a residue inverter? */
bool npim_design_has(const npim_design *design, npim_neuron_kind kind);

#ifdef __cplusplus
}
#endif
#endif

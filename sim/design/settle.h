/* Settling time and energy of a peripheral circuit, from a transient run of its netlist by ngspice. */
#ifndef NPIM_SIM_DESIGN_SETTLE_H
#define NPIM_SIM_DESIGN_SETTLE_H

#include "sim/design/netlist.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the steps of one run show; the first one, which starts from rest, is not among them. */
typedef struct npim_settle {
    uint32_t n_steps;
    double settle_s;      /* of the slowest step: from its beginning until every output stays where it ends */
    uint32_t slowest;     /* that step */
    double mean_settle_s; /* of all */
    double
        energy_J;   /* of a conversion: what all sources deliver from a step's beginning for settle_s; mean */
    double power_W; /* that all sources deliver: mean over the whole run */
    uint32_t n_wrong;                   /* steps whose wires end otherwise than the model's */
    char deck_sha256[NPIM_SHA256_SIZE]; /* of the netlist that was run: npim_netlist_steps_text gives it */
    char simulator[NPIM_SPICE_VERSION_SIZE];
} npim_settle;

/* Runs at least two steps. A wire (latch or inverter among the circuit's outputs) stays when it no longer
 * crosses half the supply, an analog output (passive node or residue) when it remains within tolerance_V of
 * its end; with tolerance_V 0 only wires count. Ideal latches add no delay and take no energy but what their
 * outputs deliver: a chain of inverters does both. NPIM_ECONFIG as npim_netlist_steps_text, when no output
 * counts, and when an output still moves in the last twentieth of a step: hold_s is too short; else errors of
 * npim_spice_run. */
NPIM_MUST_USE npim_status npim_settle_measure(const npim_netlist *netlist, const npim_netlist_steps *steps,
                                              double tolerance_V, const npim_spice *spice,
                                              npim_settle *settle, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

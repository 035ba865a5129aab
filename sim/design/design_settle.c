#include "sim/design/design_settle.h"

#include "sim/design/netlist_of.h"
#include "sim/design/settle.h"

#include <stdio.h>
#include <stdlib.h>

static npim_status run(npim_design *design, const npim_instance *instance, const npim_inverter_deck *deck,
                       npim_error *error) {
    const npim_circuit *circuit = &design->converter.circuit;
    npim_netlist_group groups[NPIM_DESIGN_MAX_GROUPS];
    const npim_netlist netlist = {.instance = instance,
                                  .deck = deck,
                                  .groups = groups,
                                  .n_groups = npim_design_groups(design, groups),
                                  .node_F = NPIM_DESIGN_ROW_F,
                                  .temperature_C = 27};
    const npim_netlist_steps steps = npim_design_steps(design);
    if (!steps.step_V) return npim_fail(error, NPIM_ENOMEM, "no memory for %u steps", steps.n_steps);
    bool adc = design->request.kind == NPIM_DESIGN_NEURAL_ADC;
    const npim_spice spice = {.stop = design->request.stop};
    npim_settle found;
    npim_status status =
        npim_settle_measure(&netlist, &steps, adc ? 0 : circuit->vdd_V / 1024, &spice, &found, error);
    free((void *)(uintptr_t)steps.step_V);
    if (status != NPIM_OK) return status;
    if (adc && found.n_wrong > 0)
        return npim_fail(error, NPIM_EINVARIANT, "%u of %u steps end at another code than the model's",
                         found.n_wrong, found.n_steps);
    design->settle = (npim_design_transient){.settle_ns = found.settle_s * 1e9,
                                             .mean_settle_ns = found.mean_settle_s * 1e9,
                                             .energy_pJ = found.energy_J * 1e12,
                                             .power_uW = found.power_W * 1e6,
                                             .steps = found.n_steps};
    snprintf(design->settle.netlist_sha256, NPIM_SHA256_SIZE, "%s", found.deck_sha256);
    snprintf(design->settle.simulator, sizeof design->settle.simulator, "%s", found.simulator);
    return NPIM_OK;
}

npim_status npim_design_settle(npim_design *design, const char *deck_path, npim_error *error) {
    npim_inverter_deck deck;
    npim_instance instance;
    if (npim_design_has(design, NPIM_NEURON_RESIDUE) && !design->request.loaded)
        return npim_fail(
            error, NPIM_EUSAGE,
            "a transient run of two stages needs --loaded: the residue inverter as it is under the "
            "load of the second stage");
    npim_status status = npim_inverter_deck_load(&deck, deck_path, error);
    if (status != NPIM_OK) return status;
    status = npim_instance_init(&instance, &design->converter.circuit, NULL, NULL, error);
    if (status == NPIM_OK) {
        status = run(design, &instance, &deck, error);
        npim_instance_fini(&instance);
    }
    npim_inverter_deck_fini(&deck);
    return status;
}

npim_status npim_design_settle_in(npim_design *design, const char *folder, npim_error *error) {
    char deck[4096];
    if (snprintf(deck, sizeof deck, "%s/%s", folder, design->inverter.deck) >= (int)sizeof deck)
        return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", folder);
    return npim_design_settle(design, deck, error);
}

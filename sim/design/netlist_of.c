#include "sim/design/netlist_of.h"

#include <stdlib.h>

enum { SA_POINTS = 1001 };
static const uint32_t points_per_lsb = 8;

/* Every stage of a pipeline drives the next: the earlier, the stronger. */
uint32_t npim_design_groups(const npim_design *design, npim_netlist_group groups[NPIM_DESIGN_MAX_GROUPS]) {
    const npim_converter *converter = &design->converter;
    uint32_t n = converter->circuit.n_neurons, coarse = converter->n_coarse;
    if (design->request.kind != NPIM_DESIGN_NEURAL_ADC || converter->kind != NPIM_CODE_PIPELINE) {
        groups[0] = (npim_netlist_group){.n_neurons = n, .r_on_ohm = 1e6, .width = 1};
        return 1;
    }
    groups[0] = (npim_netlist_group){.n_neurons = coarse, .r_on_ohm = 200e3, .width = 16};
    groups[1] = (npim_netlist_group){.n_neurons = 1, .r_on_ohm = 800e3, .width = 16};
    groups[2] = (npim_netlist_group){.n_neurons = n - coarse - 1, .r_on_ohm = 1e6, .width = 1};
    return 3;
}

npim_netlist_steps npim_design_steps(const npim_design *design) {
    enum { STEPS = 65 };
    const npim_circuit *circuit = &design->converter.circuit;
    const npim_random random = {.seed = 1};
    size_t n = (size_t)STEPS * circuit->n_inputs;
    double *step_V = calloc(n, sizeof *step_V);
    for (size_t i = 0; step_V && i < n; i++)
        step_V[i] = circuit->vdd_V * npim_random_uniform(&random, NPIM_DRAW_INPUT, i);
    return (npim_netlist_steps){
        .n_steps = STEPS, .step_V = step_V, .hold_s = 20e-9, .edge_s = 1e-12, .resolution_s = 0.02e-9};
}

static npim_status write_steps(const npim_design *design, const npim_netlist *netlist, char **text,
                               npim_error *error) {
    const npim_netlist_steps steps = npim_design_steps(design);
    if (!steps.step_V) return npim_fail(error, NPIM_ENOMEM, "no memory for %u steps", steps.n_steps);
    npim_status status = npim_netlist_steps_text(netlist, &steps, text, error);
    free((void *)(uintptr_t)steps.step_V);
    return status;
}

static npim_status write_ramp(const npim_design *design, const npim_netlist *netlist, char **text,
                              npim_error *error) {
    const npim_circuit *circuit = &design->converter.circuit;
    double in_V[NPIM_CIRCUIT_MAX_INPUTS];
    for (uint32_t i = 0; i < circuit->n_inputs; i++) in_V[i] = 0.5 * circuit->vdd_V;
    bool adc = design->request.kind == NPIM_DESIGN_NEURAL_ADC;
    const npim_netlist_ramp ramp = {.input = adc ? 0 : circuit->n_inputs - 1,
                                    .from_V = 0,
                                    .to_V = circuit->vdd_V,
                                    .n_points =
                                        adc ? (points_per_lsb << design->request.bits) + 1 : SA_POINTS,
                                    .in_V = in_V};
    return npim_netlist_ramp_text(netlist, &ramp, text, error);
}

npim_status npim_design_netlist(const npim_design *design, const npim_netlist_request *request, char **text,
                                npim_error *error) {
    npim_inverter_deck deck;
    npim_instance instance;
    npim_netlist_group groups[NPIM_DESIGN_MAX_GROUPS];
    npim_status status = npim_inverter_deck_load(&deck, request->deck_path, error);
    if (status != NPIM_OK) return status;
    status =
        npim_instance_init(&instance, &design->converter.circuit, request->variation, request->random, error);
    if (status == NPIM_OK) {
        const npim_netlist netlist = {.instance = &instance,
                                      .deck = &deck,
                                      .groups = groups,
                                      .n_groups = npim_design_groups(design, groups),
                                      .node_F = request->steps ? NPIM_DESIGN_ROW_F : 0,
                                      .temperature_C = 27};
        status = request->steps ? write_steps(design, &netlist, text, error)
                                : write_ramp(design, &netlist, text, error);
        npim_instance_fini(&instance);
    }
    npim_inverter_deck_fini(&deck);
    return status;
}

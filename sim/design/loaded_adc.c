#include "sim/design/loaded_adc.h"

#include <math.h>
#include <string.h>

enum { MAX_DESIGNS = 4 };

npim_loaded_adc_options npim_loaded_adc_default_options(const npim_adc_options *adc, const char *deck_path) {
    return (npim_loaded_adc_options){.adc = *adc,
                                     .deck_path = deck_path,
                                     .temperature_C = 27,
                                     .coarse_ohm = 2e5,
                                     .residue_ohm = 8e5,
                                     .fine_ohm = 1e6,
                                     .coarse_width = 16,
                                     .residue_width = 16};
}

void npim_loaded_adc_fini(npim_loaded_adc *adc) {
    npim_converter_fini(&adc->converter);
    memset(adc, 0, sizeof *adc);
}

static void set_groups(npim_loaded_adc *adc, const npim_loaded_adc_options *o) {
    uint32_t coarse = adc->converter.n_coarse, fine = adc->converter.circuit.n_neurons - coarse - 1;
    adc->groups[0] = (npim_netlist_group){coarse, o->coarse_ohm, o->coarse_width};
    adc->groups[1] = (npim_netlist_group){1, o->residue_ohm, o->residue_width};
    adc->groups[2] = (npim_netlist_group){fine, o->fine_ohm, 1};
}

/* The residue inverter under what the perfect circuit hangs on it. */
static npim_status make_table(const npim_loaded_adc *adc, const npim_loaded_adc_options *o,
                              npim_inverter_table *table, const npim_spice *spice, npim_error *error) {
    npim_instance perfect;
    npim_inverter_sweep sweep = {o->adc.inverter->vdd_V, o->temperature_C, o->residue_width, {0, 0}};
    npim_status status = npim_instance_init(&perfect, &adc->converter.circuit, NULL, NULL, error);
    if (status != NPIM_OK) return status;
    npim_netlist netlist = {.instance = &perfect,
                            .groups = adc->groups,
                            .n_groups = NPIM_LOADED_ADC_GROUPS,
                            .temperature_C = o->temperature_C};
    status = npim_netlist_load(&netlist, adc->converter.n_coarse, &sweep.load, error);
    npim_instance_fini(&perfect);
    return status == NPIM_OK ? npim_inverter_table_make(table, o->deck_path, &sweep, spice, error) : status;
}

static double largest_change_V(const npim_inverter *a, const npim_inverter *b) {
    double most_V = 0;
    for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++) most_V = fmax(most_V, fabs(a->out_V[i] - b->out_V[i]));
    return most_V;
}

/* One design with the curve as it was last known, and the curve that it has. */
static npim_status design(npim_loaded_adc *adc, const npim_loaded_adc_options *o, npim_inverter *curve,
                          const npim_spice *spice, npim_error *error) {
    npim_adc_options options = o->adc;
    options.residue = curve;
    npim_converter_fini(&adc->converter);
    npim_status status = npim_adc_design(&adc->converter, &options, o->cells, error);
    if (status != NPIM_OK) return status;
    set_groups(adc, o);
    status = make_table(adc, o, &adc->residue, spice, error);
    if (status != NPIM_OK) return status;
    adc->n_designs++;
    adc->change_V = largest_change_V(curve, &adc->residue.inverter);
    *curve = adc->residue.inverter;
    adc->converter.circuit.residue = *curve;
    return NPIM_OK;
}

npim_status npim_loaded_adc_design(npim_loaded_adc *adc, const npim_loaded_adc_options *options,
                                   const npim_spice *spice, npim_error *error) {
    memset(adc, 0, sizeof *adc);
    if (options->adc.kind != NPIM_CODE_PIPELINE)
        return npim_fail(error, NPIM_EUSAGE,
                         "neural ADC: one stage has no residue inverter, hence none under load");
    npim_inverter curve = *options->adc.inverter;
    npim_status status = NPIM_OK;
    while (status == NPIM_OK && adc->n_designs < MAX_DESIGNS && (adc->n_designs == 0 || adc->change_V > 1e-3))
        status = design(adc, options, &curve, spice, error);
    if (status != NPIM_OK) npim_loaded_adc_fini(adc);
    return status;
}

/* Designs an A/D converter of two stages with the residue inverter as it is in the circuit: under the load of
 * the fine bank, which the design itself makes of that inverter's curve. */
#ifndef NPIM_SIM_DESIGN_LOADED_ADC_H
#define NPIM_SIM_DESIGN_LOADED_ADC_H

#include "sim/design/netlist.h"
#include "sim/design/neural_adc.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_loaded_adc_options {
    npim_adc_options adc;        /* a pipeline; its residue is not looked at */
    const npim_adc_cells *cells; /* NULL: npim_adc_allocate */
    const char *deck_path;       /* of the inverter */
    double temperature_C;
    double coarse_ohm, residue_ohm, fine_ohm; /* resistance of a cell at the highest level */
    double coarse_width, residue_width;       /* of inverters: last of a latch of chains; the residue's */
} npim_loaded_adc_options;

/* 200 kOhm, 800 kOhm and 1 MOhm, both widths 16, 27 degree C. */
npim_loaded_adc_options npim_loaded_adc_default_options(const npim_adc_options *adc, const char *deck_path);

enum { NPIM_LOADED_ADC_GROUPS = 3 };

/* A design, the table of its residue inverter under the load of that very design, and the groups for its
 * netlist: coarse bank, residue, fine bank. */
typedef struct npim_loaded_adc {
    npim_converter converter; /* its residue's table is that of `residue` */
    npim_inverter_table residue;
    npim_netlist_group groups[NPIM_LOADED_ADC_GROUPS];
    uint32_t n_designs; /* made on the way */
    double change_V;    /* between the last two tables, at most: what the thresholds do not know of */
} npim_loaded_adc;

void npim_loaded_adc_fini(npim_loaded_adc *adc); /* safe on a zeroed struct and twice */

/* Design and table in turn, until the table changes by no more than 1 mV, or four designs were made.
 * NPIM_EUSAGE when the kind is not a pipeline; else errors of npim_adc_design, npim_netlist_load and
 * npim_inverter_table_make. */
NPIM_MUST_USE npim_status npim_loaded_adc_design(npim_loaded_adc *adc, const npim_loaded_adc_options *options,
                                                 const npim_spice *spice, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

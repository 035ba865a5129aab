/* Where the energy of a dot product goes under the three strategies. */
#include "sim/reproduce/dataflows_parts.h"

static const npim_group groups[] = {NPIM_GROUP_DAC, NPIM_GROUP_ARRAY,   NPIM_GROUP_ANALOG,
                                    NPIM_GROUP_ADC, NPIM_GROUP_DIGITAL, NPIM_GROUP_REGISTER};

enum { N_GROUPS = sizeof groups / sizeof *groups };

static npim_exhibit *begin(npim_study *study) {
    static const npim_column columns[] = {
        {"strategy", "strategy", 0},      {"dac_bits", "DAC, bit", 0},         {"dac_pJ", "DAC, pJ", 1},
        {"array_pJ", "array, pJ", 1},     {"analog_pJ", "analog, pJ", 1},      {"adc_pJ", "ADC, pJ", 1},
        {"digital_pJ", "digital, pJ", 1}, {"register_pJ", "registers, pJ", 1}, {"energy_pJ", "all, pJ", 1},
        {"adc_percent", "ADC, %", 1}};
    npim_exhibit *e = npim_study_exhibit(study, "dataflow_blocks", "Where the energy of a dot product goes",
                                         columns, sizeof columns / sizeof *columns);
    if (!e) return NULL;
    e->chart = (npim_chart){.kind = NPIM_CHART_STACK,
                            .y_label = "pJ per dot product of 128 rows",
                            .series = {{2, "DAC", 0},
                                       {3, "array", 0},
                                       {4, "analog", 0},
                                       {5, "ADC", 0},
                                       {6, "digital", 0},
                                       {7, "registers", 0}},
                            .n_series = N_GROUPS};
    npim_exhibit_say(e, "128 rows, 8-bit inputs, 1-bit cells and, unless said, 1-bit DACs. Conversions are "
                        "most of what A takes, and little of what C takes: there the DACs come first. "
                        "Analog: sample-and-hold and NNS+A, or transimpedance amplifiers, buffer and summing "
                        "amplifiers. B drives half as many columns as the others.");
    return e;
}

npim_status npim_dot_bars_make(npim_study *study, const npim_dot_bar *bars, size_t n,
                               const npim_dot_design designs[NPIM_N_STRATEGIES], npim_error *error) {
    npim_exhibit *e = begin(study);
    npim_status status = e ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for the blocks");
    for (size_t i = 0; i < n && status == NPIM_OK; i++) {
        npim_dot_point p;
        npim_dot_setting setting = npim_dot_base;
        setting.dac_bits = bars[i].dac_bits;
        status = npim_dot_measure(&p, study, &designs[bars[i].strategy], &setting, error);
        if (status != NPIM_OK) break;
        npim_table_text(&e->table, bars[i].title);
        npim_table_number(&e->table, setting.dac_bits);
        for (size_t g = 0; g < N_GROUPS; g++) npim_table_number(&e->table, p.group_pJ[groups[g]]);
        npim_table_number(&e->table, p.energy_pJ);
        npim_table_number(&e->table, 100.0 * p.group_pJ[NPIM_GROUP_ADC] / p.energy_pJ);
    }
    return status;
}

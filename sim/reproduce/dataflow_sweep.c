/* One setting varied under the three strategies: a table of counts, and one of costs. */
#include "sim/reproduce/dataflows_parts.h"

static void add_setting(npim_table *t, const npim_dot_setting *setting) {
    npim_table_number(t, setting->dac_bits);
    npim_table_number(t, setting->cell_bits);
    npim_table_number(t, setting->array);
    npim_table_number(t, setting->input_bits);
}

/* Column of the setting that is swept: they stand in the order of the struct. */
static size_t swept(const npim_dot_sweep *sweep) {
    return sweep->offset / sizeof(uint32_t);
}

typedef npim_dot_point points[NPIM_N_STRATEGIES];

static npim_status measure(points p, const npim_study *study, const npim_dot_setting *setting,
                           const npim_dot_design *designs, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t s = 0; s < NPIM_N_STRATEGIES && status == NPIM_OK; s++)
        status = npim_dot_measure(&p[s], study, &designs[s], setting, error);
    return status;
}

/* --- counts --- */

static npim_exhibit *begin_counts(npim_study *study, const npim_dot_sweep *sweep) {
    static const npim_column columns[] = {{"dac_bits", "DAC, bit", 0},
                                          {"cell_bits", "cell, bit", 0},
                                          {"array_rows", "rows", 0},
                                          {"input_bits", "inputs, bit", 0},
                                          {"a_conversions", "A: number", 0},
                                          {"a_simulated", "sim.", 0},
                                          {"a_resolution_bit", "bit", 0},
                                          {"b_conversions", "B: number", 0},
                                          {"b_simulated", "sim.", 0},
                                          {"b_finest_bit", "finest bit", 0},
                                          {"b_resolutions_bit", "all bits", 0},
                                          {"c_conversions", "C: number", 0},
                                          {"c_simulated", "sim.", 0},
                                          {"c_resolution_bit", "bit", 0}};
    npim_exhibit *e = npim_study_exhibit(study, sweep->counts, sweep->counts_title, columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return NULL;
    size_t x = swept(sweep);
    e->chart = (npim_chart){.kind = NPIM_CHART_LINES,
                            .x_label = sweep->x_label,
                            .y_label = "conversions of a dot product, and their bits",
                            .log_y = true,
                            .series = {{4, "A, number", x},
                                       {7, "B, number", x},
                                       {11, "C, number", x},
                                       {6, "A, bit", x},
                                       {9, "B, finest bit", x},
                                       {13, "C, bit", x}},
                            .n_series = 6};
    npim_exhibit_say(e,
                     "%s Number: closed form; sim.: counted in a replay, none where converters would need "
                     "more than the 10 bit that "
                     "there is an energy for.",
                     sweep->counts_text);
    return e;
}

static void add_counts(npim_table *t, const npim_dot_setting *setting, const points p) {
    char bits[NPIM_DOT_TEXT_SIZE];
    add_setting(t, setting);
    for (size_t s = 0; s < NPIM_N_STRATEGIES; s++) {
        npim_table_number(t, (double)p[s].conversions);
        npim_table_number(t, p[s].simulated);
        npim_table_number(t, p[s].finest);
        npim_dot_bits_text(&p[s], bits);
        if (p[s].dataflow.strategy == NPIM_STRATEGY_B) npim_table_text(t, bits);
    }
}

/* --- costs --- */

static npim_exhibit *begin_costs(npim_study *study, const npim_dot_sweep *sweep) {
    static const npim_column columns[] = {
        {"dac_bits", "DAC, bit", 0},      {"cell_bits", "cell, bit", 0}, {"array_rows", "rows", 0},
        {"input_bits", "inputs, bit", 0}, {"a_energy_pJ", "A: pJ", 1},   {"a_energy_mac_pJ", "pJ per MAC", 3},
        {"a_latency_ns", "ns", 0},        {"b_energy_pJ", "B: pJ", 1},   {"b_energy_mac_pJ", "pJ per MAC", 3},
        {"b_latency_ns", "ns", 0},        {"c_energy_pJ", "C: pJ", 1},   {"c_energy_mac_pJ", "pJ per MAC", 3},
        {"c_latency_ns", "ns", 0}};
    npim_exhibit *e = npim_study_exhibit(study, sweep->costs, sweep->costs_title, columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return NULL;
    size_t x = swept(sweep), mac = sweep->per_mac ? 1 : 0;
    e->chart = (npim_chart){.kind = NPIM_CHART_LINES,
                            .x_label = sweep->x_label,
                            .y_label = mac ? "pJ per multiply-accumulate" : "pJ per dot product of 128 rows",
                            .log_y = true,
                            .series = {{4 + mac, "A", x}, {7 + mac, "B", x}, {10 + mac, "C", x}},
                            .n_series = 3};
    npim_exhibit_say(e,
                     "%s Event accounting, DACs to registers; latency of a layer of 64 outputs, all at once.",
                     sweep->costs_text);
    return e;
}

static void add_costs(npim_table *t, const npim_dot_setting *setting, const points p) {
    add_setting(t, setting);
    for (size_t s = 0; s < NPIM_N_STRATEGIES; s++) {
        npim_table_number(t, p[s].energy_pJ);
        npim_table_number(t, p[s].energy_mac_pJ);
        npim_table_number(t, p[s].latency_ns);
    }
}

/* --- both --- */

static void add_strategy(cJSON *to, const npim_dot_point *p) {
    cJSON *o = cJSON_AddObjectToObject(to, npim_strategy_names[p->dataflow.strategy]);
    cJSON_AddNumberToObject(o, "conversions", (double)p->conversions);
    npim_json_number(o, "simulated_conversions", p->simulated);
    cJSON *bits = cJSON_AddArrayToObject(o, "resolutions_bit");
    for (uint32_t i = 0; i < p->n_bits; i++) cJSON_AddItemToArray(bits, cJSON_CreateNumber(p->bits[i]));
    npim_json_number(o, "energy_pJ", p->energy_pJ);
    npim_json_number(o, "energy_adc_pJ", p->group_pJ[NPIM_GROUP_ADC]);
    npim_json_number(o, "latency_ns", p->latency_ns);
}

static void add_json(cJSON *list, const npim_dot_sweep *sweep, size_t i, const points p) {
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(list, o);
    cJSON_AddNumberToObject(o, sweep->key, sweep->values[i]);
    for (size_t s = 0; s < NPIM_N_STRATEGIES; s++) add_strategy(o, &p[s]);
}

npim_status npim_dot_sweep_make(npim_study *study, const npim_dot_sweep *sweep,
                                const npim_dot_design designs[NPIM_N_STRATEGIES], cJSON *json,
                                npim_error *error) {
    if (!begin_counts(study, sweep) || !begin_costs(study, sweep))
        return npim_fail(error, NPIM_ENOMEM, "no memory for the dataflows");
    npim_exhibit *counts = &study->exhibits[study->n_exhibits - 2], *costs = counts + 1;
    cJSON *list = cJSON_AddArrayToObject(json, sweep->key);
    for (size_t i = 0; i < sweep->n; i++) {
        points p;
        npim_dot_setting setting = npim_dot_sweep_setting(sweep, i);
        npim_status status = measure(p, study, &setting, designs, error);
        if (status != NPIM_OK) return status;
        add_counts(&counts->table, &setting, p);
        add_costs(&costs->table, &setting, p);
        add_json(list, sweep, i, p);
    }
    return NPIM_OK;
}

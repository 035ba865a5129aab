/* What the architectures assume of the peripherals' energy and speed, beside what the circuits do. */
#include "sim/reproduce/peripherals_parts.h"

#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sar_adc.h"

#include <math.h>

npim_peripheral_claims npim_peripheral_claims_of(const npim_arch *isaac, const npim_arch *neural_pim,
                                                 const npim_peripheral *nnadc) {
    const npim_sar_adc_config *sar = npim_arch_block(isaac, "sar_adc")->config;
    const npim_neural_sa_config *sa = npim_arch_block(neural_pim, "neural_sa")->config;
    const npim_block_instance *adc = npim_arch_block(neural_pim, "neural_adc");
    const npim_neural_adc_config *adc_config = adc->config;
    npim_peripheral_claims c = {.isaac_conversions = (double)isaac->conversions,
                                .isaac_pJ = sar->energy_pJ,
                                .cycles = neural_pim->plan.n_cycles,
                                .cycle_ns = neural_pim->pe.cycle_ns,
                                .sa_pJ = sa->energy_pJ,
                                .adc_pJ = adc_config->energy_pJ,
                                .adc_GSps = adc_config->rate_GSps,
                                .results = (double)npim_arch_outputs(neural_pim) * neural_pim->tile.pes *
                                           neural_pim->pe.arrays,
                                .converters = adc->placement.units};
    c.interval_ns = c.cycles * c.cycle_ns;
    c.needed_converters = ceil(c.results * nnadc->settle_ns / c.interval_ns);
    return c;
}

/* --- energy --- */

typedef struct row {
    const char *what, *key; /* key: of the factor in JSON */
    double operations, each_pJ;
    const char *source;
} row;

enum { N_ROWS = 6 };

static void write_rows(row rows[N_ROWS], const npim_peripheral_claims *c, const npim_peripheral *circuits) {
    const npim_peripheral *sa = &circuits[NPIM_SHIPPED_NNSA], *adc = &circuits[NPIM_SHIPPED_NNADC];
    const row all[N_ROWS] = {
        {"ISAAC: its ADCs", NULL, c->isaac_conversions, c->isaac_pJ, "D: 2 mW at 1.28 GS/s"},
        {"NNS+A in the model", "sa_factor_model", c->cycles, c->sa_pJ, "D: from the published 33 times"},
        {"NNS+A circuit, while its inputs stand", "sa_factor_circuit", c->cycles,
         sa->cell_power_uW * c->cycle_ns * 1e-3, "D: power of its cells for a whole input cycle"},
        {"NNS+A circuit, until it has settled", "sa_factor_settled", c->cycles, sa->settle_pJ,
         "D: transient run; it would have to be switched off then"},
        {"NNADC in the model", "adc_factor_model", 1.0, c->adc_pJ,
         "C: calibrated to the published energy ratios"},
        {"NNADC circuit, until it has settled", "adc_factor_settled", 1.0, adc->settle_pJ,
         "D: transient run, with ideal latches"}};
    for (size_t i = 0; i < N_ROWS; i++) rows[i] = all[i];
}

static npim_status make_energy(npim_study *study, const npim_peripheral_claims *claims,
                               const npim_peripheral *circuits, cJSON *json, npim_error *error) {
    static const npim_column columns[] = {{"what", "what", 0},
                                          {"operations", "operations of a dot product", 0},
                                          {"energy_each_pJ", "pJ each", 5},
                                          {"energy_pJ", "pJ", 4},
                                          {"factor", "times less than ISAAC's ADCs", 1},
                                          {"source", "tag: source", 0}};
    row rows[N_ROWS];
    npim_exhibit *e =
        npim_study_exhibit(study, "peripheral_energy", "Energy beside the A/D converters of ISAAC", columns,
                           sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the energies");
    write_rows(rows, claims, circuits);
    double isaac_pJ = claims->isaac_conversions * claims->isaac_pJ;
    for (size_t i = 0; i < N_ROWS; i++) {
        double energy_pJ = rows[i].operations * rows[i].each_pJ, factor = isaac_pJ / energy_pJ;
        npim_table_text(&e->table, rows[i].what);
        npim_table_number(&e->table, rows[i].operations);
        npim_table_number(&e->table, rows[i].each_pJ);
        npim_table_number(&e->table, energy_pJ);
        npim_table_number(&e->table, factor);
        npim_table_text(&e->table, rows[i].source);
        if (rows[i].key) npim_json_number(json, rows[i].key, factor);
    }
    npim_exhibit_say(
        e, "The NNS+A is said to take 33 times less than ISAAC's ADCs; 3.03 pJ were derived from that, so "
           "the second line is no finding. The circuit of this model, a passive row of cells, stays below "
           "it even when its cells take power for the whole of an input cycle; it has no drivers, no "
           "buffer and no sample-and-hold, which the published figure may have. A conversion until it "
           "has settled takes less than what was calibrated, without what its latches take.");
    return NPIM_OK;
}

/* --- rates --- */

static void say_rates(npim_exhibit *e, const npim_peripheral_claims *c, const npim_peripheral *adc) {
    if (isnan(adc->settle_ns)) {
        npim_exhibit_say(e, "The circuit of the NNADC has no transient run: nothing is known of its rate.");
        return;
    }
    npim_exhibit_say(
        e,
        "The published throughput needs %.0f results of a tile in %.0f ns, and the model gives a tile "
        "%.0f NNADCs of %.2f GS/s for it. The circuit of this model settles in %.2f ns, that is %.2f "
        "GS/s: it would take %.0f of them. Results elsewhere in this report take the assumed rate, "
        "not that of the circuit. However fast, each of the %.0f results needs an NNS+A of its own, "
        "which keeps the sum until the last cycle.",
        c->results, c->interval_ns, c->converters, c->adc_GSps, adc->settle_ns, 1.0 / adc->settle_ns,
        c->needed_converters, c->results);
}

static npim_status make_rates(npim_study *study, const npim_peripheral_claims *c,
                              const npim_peripheral *circuits, cJSON *json, npim_error *error) {
    static const npim_column columns[] = {{"block", "block", 0},
                                          {"has_ns", "time for an operation, ns", 3},
                                          {"settle_ns", "slowest step, ns", 3},
                                          {"mean_settle_ns", "mean step, ns", 3},
                                          {"units", "units of a tile", 0},
                                          {"needed_units", "units it would take", 0},
                                          {"supported", "does the circuit support it?", 0}};
    const npim_peripheral *adc = &circuits[NPIM_SHIPPED_NNADC], *sa = &circuits[NPIM_SHIPPED_NNSA];
    npim_exhibit *e =
        npim_study_exhibit(study, "peripheral_rates", "Does the circuit support the assumed rates?", columns,
                           sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for the rates");
    const struct {
        const char *block;
        const npim_peripheral *circuit;
        double has_ns, units, needed;
        bool fits;
    } rows[] = {{"NNS+A", sa, c->cycle_ns, c->results, c->results, sa->settle_ns <= c->cycle_ns},
                {"NNADC", adc, 1.0 / c->adc_GSps, c->converters, c->needed_converters,
                 c->needed_converters <= c->converters}};
    for (size_t i = 0; i < 2; i++) {
        bool known = !isnan(rows[i].circuit->settle_ns);
        npim_table_text(&e->table, rows[i].block);
        npim_table_number(&e->table, rows[i].has_ns);
        npim_table_number(&e->table, rows[i].circuit->settle_ns);
        npim_table_number(&e->table, rows[i].circuit->mean_settle_ns);
        npim_table_number(&e->table, rows[i].units);
        npim_table_number(&e->table, rows[i].needed);
        npim_table_text(&e->table, !known ? "not measured" : rows[i].fits ? "yes" : "NO");
    }
    if (!isnan(adc->settle_ns)) {
        cJSON_AddNumberToObject(json, "adc_settle_ns", adc->settle_ns);
        cJSON_AddNumberToObject(json, "adc_assumed_GSps", c->adc_GSps);
        cJSON_AddNumberToObject(json, "adc_needed_converters", c->needed_converters);
    }
    say_rates(e, c, adc);
    return NPIM_OK;
}

npim_status npim_peripheral_energy_make(npim_study *study, const npim_peripheral_claims *claims,
                                        const npim_peripheral circuits[NPIM_N_PERIPHERALS], cJSON *json,
                                        npim_error *error) {
    npim_status status = make_energy(study, claims, circuits, json, error);
    return status == NPIM_OK ? make_rates(study, claims, circuits, json, error) : status;
}

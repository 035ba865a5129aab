#include "sim/design/neural_adc.h"

#include "sim/design/comparator.h"
#include "sim/design/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rails by their numbers. Those of the input's full scale come first; the supply's, for the fine bank, are
 * the same where the full scale is the supply. */
enum { HIGH, LOW, FINE_HIGH, FINE_LOW, RAILS_OF_A_SCALE };
enum { MAX_RAILS = 2 * RAILS_OF_A_SCALE, MAX_ROW_CELLS = 64 };

static const double fine_share = 0.125;   /* of the fine rails' distance in that of the rails */
static const double tolerance_lsb = 0.04; /* of a threshold's levels */

/* What a design is made of beyond its options. */
typedef struct adc_plan {
    npim_adc_options options;
    npim_adc_cells cells;
    double vdd_V, v_max_V;
    uint32_t steps;        /* of the coarse bank, or of the only one */
    uint32_t unit_levels;  /* U */
    uint32_t input_levels; /* X */
    uint32_t load_levels;  /* L */
    uint32_t supply_rails; /* number of the first rail of the supply's scale */
    double rail_V[MAX_RAILS];
    uint32_t n_rails;
} adc_plan;

npim_adc_options npim_adc_default_options(const npim_inverter *inverter) {
    return (npim_adc_options){
        .bits = 8, .kind = NPIM_CODE_PIPELINE, .multiplicity = 1, .cell_bits = 3, .inverter = inverter};
}

/* Bits of the first stage of two. */
static uint32_t coarse_bits(const npim_adc_options *o) {
    return o->coarse_bits ? o->coarse_bits : (o->bits + 1) / 2;
}

/* Where 100 samples at sigma 0.025 had the best effective bits for their cells, over a grid of allocations at
 * about 200, 400 and 1000 cells, in powers of the multiplicity through those. */
npim_adc_cells npim_adc_allocate(const npim_adc_options *options) {
    double m = options->multiplicity, root = sqrt(m), fourth = sqrt(root);
    if (options->kind != NPIM_CODE_PIPELINE)
        return (npim_adc_cells){.coarse = 2 * m, .step = 1, .step_levels = 1, .swing = 1};
    return (npim_adc_cells){.coarse = 2 * root,
                            .step = (uint32_t)(3 * root * fourth),
                            .step_levels = 1,
                            .input = (uint32_t)(10 * m), /* the gains of columns differ by theirs */
                            .swing = 0.023,
                            .fine = m * fourth,
                            .outer = 0.3};
}

static npim_status check_range(const char *name, uint32_t value, uint32_t least, uint32_t most,
                               npim_error *error) {
    return value >= least && value <= most
               ? NPIM_OK
               : npim_fail(error, NPIM_EUSAGE, "neural ADC: %s = %u: %u..%u", name, value, least, most);
}

static npim_status check_topology(const npim_adc_options *o, npim_error *error) {
    bool two = o->bits > NPIM_ADC_STAGE_MAX_BITS;
    if (!two && o->coarse_bits != 0)
        return npim_fail(error, NPIM_EUSAGE,
                         "neural ADC: coarse_bits = %u with %u bits: 0, two stages begin at %d bits",
                         o->coarse_bits, o->bits, NPIM_ADC_STAGE_MAX_BITS + 1);
    if (two != (o->kind == NPIM_CODE_PIPELINE) || o->kind > NPIM_CODE_PIPELINE)
        return npim_fail(error, NPIM_EUSAGE,
                         "neural ADC: code kind %d with %u bits: one stage up to %d bits makes binary, Gray "
                         "or thermometer code, two stages above are a pipeline",
                         (int)o->kind, o->bits, NPIM_ADC_STAGE_MAX_BITS);
    if (!two) return NPIM_OK;
    uint32_t least = o->bits + 1 - NPIM_ADC_STAGE_MAX_BITS;
    return check_range("coarse_bits", coarse_bits(o), least, NPIM_ADC_STAGE_MAX_BITS, error);
}

static npim_status check_options(const npim_adc_options *o, npim_error *error) {
    npim_status status = check_range("bits", o->bits, 1, NPIM_ADC_MAX_BITS, error);
    if (status == NPIM_OK)
        status = check_range("multiplicity", o->multiplicity, 1, NPIM_ADC_MAX_MULTIPLICITY, error);
    if (status == NPIM_OK) status = check_range("cell_bits", o->cell_bits, 1, 8, error);
    if (status == NPIM_OK) status = check_topology(o, error);
    if (status == NPIM_OK) status = npim_inverter_check(o->inverter, error);
    if (status == NPIM_OK && o->residue) status = npim_inverter_check(o->residue, error);
    if (status != NPIM_OK) return status;
    double vdd_V = o->inverter->vdd_V, least_V = vdd_V / 32;
    if (o->v_max_V != 0 && !(o->v_max_V >= least_V && o->v_max_V <= vdd_V / 2))
        return npim_fail(error, NPIM_EUSAGE, "neural ADC: v_max_V = %g: %g..%g V, or 0 for %g V", o->v_max_V,
                         least_V, vdd_V / 2, vdd_V / 2);
    if (o->residue && o->residue->vdd_V != vdd_V)
        return npim_fail(error, NPIM_EUSAGE, "neural ADC: the residue's inverter at %g V, the others at %g V",
                         o->residue->vdd_V, vdd_V);
    return NPIM_OK;
}

static npim_status check_cells(const npim_adc_options *o, const npim_adc_cells *c, npim_error *error) {
    uint32_t top = (1u << o->cell_bits) - 1;
    if (!(c->coarse >= 0 && c->coarse <= MAX_ROW_CELLS) || !(c->fine >= 0 && c->fine <= MAX_ROW_CELLS) ||
        !(c->outer >= 0 && c->outer <= 1))
        return npim_fail(error, NPIM_EUSAGE,
                         "neural ADC: cells coarse = %g, fine = %g, outer = %g: 0..%d, "
                         "0..%d, 0..1",
                         c->coarse, c->fine, c->outer, MAX_ROW_CELLS, MAX_ROW_CELLS);
    if (!(c->swing >= 1e-3 && c->swing <= 1))
        return npim_fail(error, NPIM_EUSAGE, "neural ADC: cells swing = %g: 0.001..1", c->swing);
    npim_status status = check_range("cells step", c->step, 1, MAX_ROW_CELLS, error);
    if (status == NPIM_OK) status = check_range("cells step_levels", c->step_levels, 1, top, error);
    if (status == NPIM_OK) status = check_range("cells input", c->input, 0, 4096, error);
    return status;
}

/* Levels of the residue's row for the full scale: as asked for, or the next above that come within 0.1 %. */
static void plan_residue(adc_plan *p) {
    uint32_t top = (1u << p->options.cell_bits) - 1;
    double best = INFINITY;
    for (uint32_t level = p->cells.step_levels; level <= top && best > 1e-3; level++) {
        uint32_t unit = p->cells.step * level;
        double wanted = p->steps * unit * p->vdd_V / (2 * p->v_max_V), input = round(wanted);
        double off = fabs(input / wanted - 1);
        if (!(off < best)) continue;
        best = off;
        p->unit_levels = unit;
        p->input_levels = (uint32_t)input;
    }
    if (p->v_max_V != p->vdd_V / 2)
        p->v_max_V = fmin(p->steps * p->unit_levels * p->vdd_V / (2.0 * p->input_levels), p->vdd_V / 2);
    /* A coarse step moves the node by vdd U over the sum of all levels. */
    double load = p->unit_levels / p->cells.swing - p->input_levels - (p->steps - 1.0) * p->unit_levels;
    p->load_levels = load > 0 ? (uint32_t)(load / 2) : 0;
}

static void add_scale(adc_plan *p, double distance_V) {
    const double share[RAILS_OF_A_SCALE] = {1, -1, fine_share, -fine_share};
    for (int i = 0; i < RAILS_OF_A_SCALE; i++) p->rail_V[p->n_rails++] = p->vdd_V / 2 + share[i] * distance_V;
}

static void plan(adc_plan *p, const npim_adc_options *options, const npim_adc_cells *cells) {
    memset(p, 0, sizeof *p);
    p->options = *options;
    if (!options->residue) p->options.residue = options->inverter;
    p->cells = *cells;
    p->vdd_V = options->inverter->vdd_V;
    p->v_max_V = options->v_max_V > 0 ? options->v_max_V : p->vdd_V / 2;
    bool two = options->kind == NPIM_CODE_PIPELINE;
    p->steps = 1u << (two ? coarse_bits(options) : options->bits);
    if (two) plan_residue(p);
    add_scale(p, p->v_max_V);
    if (options->kind == NPIM_CODE_THERMOMETER || p->v_max_V == p->vdd_V / 2) return;
    p->supply_rails = p->n_rails;
    add_scale(p, p->vdd_V / 2);
}

/* A whole number of cells from a wish. */
static uint32_t whole_cells(double wish) {
    return wish < 1 ? 1 : wish > MAX_ROW_CELLS ? MAX_ROW_CELLS : (uint32_t)lround(wish);
}

/* A comparator of so many cells against a threshold, or of more, while the levels miss it by more than a
 * tolerance. */
static npim_status synthesise(npim_comparator_rules *rules, double threshold_V, double tolerance_V,
                              npim_comparator *c, npim_error *error) {
    const int most = 12;
    npim_status status = npim_comparator_synthesise(rules, threshold_V, c, error);
    for (int more = 0; more < most && status == NPIM_OK; more++) {
        if (fabs(c->threshold_V - threshold_V) <= tolerance_V || rules->x_cells == MAX_ROW_CELLS) break;
        rules->x_cells++;
        rules->rail_cells++;
        status = npim_comparator_synthesise(rules, threshold_V, c, error);
    }
    return status;
}

/* Where a comparator stands. */
typedef struct place {
    uint32_t source;
    bool rising;    /* over the source's complement */
    uint32_t rails; /* number of the first of its scale */
    double threshold_V, tolerance_V;
    uint32_t cells; /* to the source, and as many to a rail */
} place;

/* Appends a latched comparator. A row over the complement takes the opposite rails. */
static npim_status add_comparator(npim_rows *rows, const adc_plan *p, const place *at, npim_error *error) {
    uint32_t top = (1u << p->options.cell_bits) - 1;
    double rail_V = p->rail_V[at->rails + HIGH] - p->vdd_V / 2;
    npim_comparator_rules rules = {.cell_bits = p->options.cell_bits,
                                   .x_cells = at->cells,
                                   .rail_cells = at->cells,
                                   .fine_cells = (6 + top) / top, /* a whole cell of 3 bit, or its levels */
                                   .centre_V = p->vdd_V / 2,
                                   .rail_V = rail_V,
                                   .fine_V = fine_share * rail_V};
    npim_comparator c;
    npim_status status = synthesise(&rules, at->threshold_V, at->tolerance_V, &c, error);
    if (status != NPIM_OK) return status;
    uint32_t rail = (c.rail_levels < 0) != at->rising ? LOW : HIGH;
    uint32_t fine = (c.fine_levels < 0) != at->rising ? FINE_LOW : FINE_HIGH;
    npim_rows_neuron(rows, NPIM_NEURON_LATCH);
    npim_rows_tie(rows, at->source, at->rising, c.x_levels, rules.x_cells);
    npim_rows_tie(rows, 1 + at->rails + rail, false, (uint32_t)abs(c.rail_levels), at->cells);
    npim_rows_tie(rows, 1 + at->rails + fine, false, (uint32_t)abs(c.fine_levels), 1);
    return NPIM_OK;
}

/* Comparators at the steps of the full scale, each with cells as far as it lies off the middle: its error
 * grows with that. Falling in the input, or rising over the input's complement. */
static npim_status add_bank(npim_rows *rows, const adc_plan *p, bool rising, npim_error *error) {
    npim_status status = NPIM_OK;
    for (uint32_t k = 1; k < p->steps && status == NPIM_OK; k++) {
        double off = 2.0 * k / p->steps - 1; /* -1..1 */
        place at = {.rising = rising,
                    .threshold_V = p->vdd_V / 2 + off * p->v_max_V,
                    .tolerance_V = tolerance_lsb * 2 * p->v_max_V / p->steps,
                    .cells = whole_cells(p->cells.coarse * fabs(off))};
        status = add_comparator(rows, p, &at, error);
    }
    return status;
}

/* The residue's row; returns its source number. */
static uint32_t add_residue(npim_rows *rows, const adc_plan *p) {
    uint32_t first_neuron = 1 + p->n_rails;
    uint32_t source = npim_rows_neuron(rows, NPIM_NEURON_RESIDUE);
    npim_rows_tie(rows, 0, false, p->input_levels, p->cells.input);
    for (uint32_t k = 0; k + 1 < p->steps; k++)
        npim_rows_tie(rows, first_neuron + k, false, p->unit_levels, p->cells.step);
    npim_rows_tie(rows, 1 + FINE_HIGH, false, p->load_levels, 1);
    npim_rows_tie(rows, 1 + FINE_LOW, false, p->load_levels, 1);
    return source;
}

/* Output of the residue's inverter when the input lies so many LSB off the middle of a coarse step. */
static double residue_V(const adc_plan *p, double lsb) {
    double x = p->input_levels, sum = x + (p->steps - 1.0) * p->unit_levels + 2.0 * p->load_levels;
    double input_V = lsb * 2 * p->v_max_V / (1u << p->options.bits);
    double out_V = npim_inverter_out_V(p->options.residue, p->vdd_V / 2 + x / sum * input_V);
    return fmin(fmax(out_V, 0), p->vdd_V); /* of a table's millivolt outside */
}

/* The comparator i LSB off the middle of a coarse step: more cells where it deviates by more of an LSB. */
static place fine_place(const adc_plan *p, uint32_t residue, int32_t i, bool inner) {
    double threshold_V = residue_V(p, i), lsb_V = 0.5 * (residue_V(p, i - 1) - residue_V(p, i + 1));
    double deviation_lsb = 0.05 * fabs(threshold_V - p->vdd_V / 2) / fmax(lsb_V, 1e-6);
    return (place){.source = residue,
                   .rails = p->supply_rails,
                   .threshold_V = threshold_V,
                   .tolerance_V = inner ? tolerance_lsb * lsb_V : fmax(0.3 * lsb_V, 2e-3 * p->vdd_V),
                   .cells = whole_cells(p->cells.fine * deviation_lsb * (inner ? 1 : p->cells.outer))};
}

static npim_status check_slope(const adc_plan *p, int32_t i, npim_error *error) {
    double slope_V = residue_V(p, i - 1) - residue_V(p, i), least_V = 1e-3 * p->vdd_V;
    return slope_V > least_V
               ? NPIM_OK
               : npim_fail(error, NPIM_ECONFIG,
                           "neural ADC: the residue's inverter moves by %g mV from %d to %d LSB off its "
                           "middle: more than %g mV; more coarse bits help",
                           1e3 * slope_V, i - 1, i, 1e3 * least_V);
}

static npim_status add_fine(npim_rows *rows, const adc_plan *p, uint32_t residue, npim_error *error) {
    int32_t step = (int32_t)((1u << p->options.bits) / p->steps);
    npim_status status = NPIM_OK;
    for (int32_t i = 1 - step; i < step && status == NPIM_OK; i++) {
        bool inner = abs(i) <= step / 2;
        if (inner) status = check_slope(p, i, error);
        if (status != NPIM_OK) return status;
        place at = fine_place(p, residue, i, inner);
        status = add_comparator(rows, p, &at, error);
    }
    return status;
}

/* Does a bit of a code differ between code - 1 and code? */
static bool toggles(npim_code_kind kind, uint32_t bit, uint32_t code) {
    uint32_t before = code - 1, after = code;
    if (kind == NPIM_CODE_GRAY) {
        before ^= before >> 1;
        after ^= after >> 1;
    }
    return ((before ^ after) >> bit) & 1;
}

/* A row and an inverter for a bit of the code, over comparators that fall: those at its toggles in turn as
 * they are and inverted, so that all but one of them cancel, and the supply where their number is even. */
static void add_code_bit(npim_rows *rows, const adc_plan *p, uint32_t bit) {
    uint32_t first_neuron = 1 + p->n_rails, top = (1u << p->options.cell_bits) - 1, n = 0;
    npim_rows_neuron(rows, NPIM_NEURON_INVERTER);
    for (uint32_t code = 1; code < p->steps; code++)
        if (toggles(p->options.kind, bit, code))
            npim_rows_tie(rows, first_neuron + code - 1, n++ % 2 == 1, top, 1);
    if (n % 2 == 0) npim_rows_tie(rows, 1 + p->supply_rails + HIGH, false, top, 1);
}

static npim_status build(npim_rows *rows, const adc_plan *p, npim_error *error) {
    npim_status status = add_bank(rows, p, p->options.kind == NPIM_CODE_THERMOMETER, error);
    if (status != NPIM_OK || p->options.kind == NPIM_CODE_THERMOMETER) return status;
    if (p->options.kind == NPIM_CODE_PIPELINE) return add_fine(rows, p, add_residue(rows, p), error);
    for (uint32_t bit = 0; bit < p->options.bits; bit++) add_code_bit(rows, p, bit);
    return NPIM_OK;
}

npim_status npim_adc_design(npim_converter *converter, const npim_adc_options *options,
                            const npim_adc_cells *cells, npim_error *error) {
    memset(converter, 0, sizeof *converter);
    npim_status status = check_options(options, error);
    if (status != NPIM_OK) return status;
    npim_adc_cells chosen = cells ? *cells : npim_adc_allocate(options);
    status = check_cells(options, &chosen, error);
    if (status != NPIM_OK) return status;
    adc_plan p;
    plan(&p, options, &chosen);
    converter->kind = options->kind;
    converter->bits = options->bits;
    if (options->kind == NPIM_CODE_PIPELINE) converter->n_coarse = p.steps - 1;
    npim_rows rows;
    npim_rows_begin(&rows, options->cell_bits, p.vdd_V, 1, p.rail_V, p.n_rails);
    rows.circuit.inverter = *options->inverter;
    rows.circuit.residue = *p.options.residue;
    npim_error first = {.status = NPIM_OK};
    status = build(&rows, &p, &first);
    npim_status ended = npim_rows_end(&rows, npim_converter_wires(converter), &converter->circuit, error);
    if (status != NPIM_OK && error) *error = first;
    if (status == NPIM_OK) status = ended;
    if (status == NPIM_OK) status = npim_converter_check(converter, error);
    if (status != NPIM_OK) npim_converter_fini(converter);
    return status;
}

double npim_adc_full_scale_V(const npim_converter *converter) {
    if (converter->circuit.n_rails <= LOW) return 0;
    return converter->circuit.rail_V[HIGH] - converter->circuit.rail_V[LOW];
}

#include "sim/accounts.h"

#include "hw/units.h"
#include "sim/estimate.h"

#include <math.h>
#include <stdlib.h>

/* Of one image. */
typedef enum book { OPERATIONS, EVENT_PJ, NAMEPLATE_PJ, N_BOOKS } book;

static const char *const names[N_BOOKS] = {"operations", "energy", "nameplate energy"};

typedef struct account {
    double of[N_BOOKS][NPIM_MAX_BLOCKS];
} account;

static void add_stage(const npim_arch *arch, uint32_t stage, double windows, const npim_pe_shape *whole,
                      account *a) {
    uint32_t b = arch->stage_block[stage];
    a->of[OPERATIONS][b] += windows * npim_pe_plan_count(&arch->plan, stage, whole);
    a->of[EVENT_PJ][b] += windows * npim_pe_plan_energy_pJ(&arch->plan, stage, whole);
}

/* Nameplate accounting: the arrays' share of the tile's power while they are in operation. */
static void add_weights(const npim_map *map, uint32_t n, account *a) {
    const npim_arch *arch = map->arch;
    const npim_layer *layer = &map->network->layers[map->graph->nodes[n].layer];
    const npim_placement *p = &map->placements[n];
    double windows = (double)npim_layer_positions(layer),
           tile_arrays = (double)arch->tile.pes * arch->pe.arrays;
    double tile_ps = windows * (double)p->interval_ps * p->arrays / tile_arrays;
    npim_pe_shape whole = npim_estimate_window(arch, layer);
    for (uint32_t s = 0; s < arch->plan.n_stages; s++) add_stage(arch, s, windows, &whole, a);
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].placement.scope != NPIM_SCOPE_CHIP)
            a->of[NAMEPLATE_PJ][b] += tile_ps * npim_arch_block_mW(arch, &arch->blocks[b]) * 1e-3;
}

static void add_count(const npim_arch *arch, const char *name, uint64_t count, account *a) {
    const npim_block_instance *block = npim_arch_block(arch, name);
    npim_work work = {.count = (double)count / arch->run.images, .units = 1};
    a->of[OPERATIONS][block - arch->blocks] += work.count;
    a->of[EVENT_PJ][block - arch->blocks] += block->ops->energy_pJ(block->core, &work);
}

static void add_counts(const npim_arch *arch, const npim_layer_counts *c, account *a) {
    add_count(arch, "activation", c->activation_words, a);
    add_count(arch, "pooling", c->pooling_words, a);
    add_count(arch, "adder", c->adder_words, a);
    add_count(arch, "edram", c->edram_B, a);
    add_count(arch, "bus", c->bus_B, a);
    add_count(arch, "router", c->flit_hops, a);
    add_count(arch, "chip_link", c->link_B, a);
}

static npim_status check(const char *who, const char *block, const char *what, double booked, double expected,
                         npim_error *error) {
    const double rounding = 1e-9; /* of many sums */
    if (fabs(booked - expected) <= rounding * expected) return NPIM_OK;
    return npim_fail(error, NPIM_EINVARIANT,
                     "the books do not balance: %s: %s of %s: booked %.17g, expected %.17g", who, what, block,
                     booked, expected);
}

static npim_status check_blocks(const npim_arch *arch, const char *who, const double *const booked[N_BOOKS],
                                const account *expected, npim_error *error) {
    npim_status status = NPIM_OK;
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        for (uint32_t k = 0; k < N_BOOKS && status == NPIM_OK; k++)
            status = check(who, arch->blocks[b].name, names[k], booked[k][b], expected->of[k][b], error);
    return status;
}

static void add_account(account *sum, const account *a) {
    for (uint32_t k = 0; k < N_BOOKS; k++)
        for (uint32_t b = 0; b < NPIM_MAX_BLOCKS; b++) sum->of[k][b] += a->of[k][b];
}

/* The totals, over all blocks. */
static npim_status check_totals(const npim_result *r, const account *sum, npim_error *error) {
    const npim_arch *arch = r->map->arch;
    double compute_pJ = 0.0, movement_pJ = 0.0, nameplate_pJ = 0.0;
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        *(npim_group_computes(arch->blocks[b].placement.group) ? &compute_pJ : &movement_pJ) +=
            sum->of[EVENT_PJ][b];
        nameplate_pJ += sum->of[NAMEPLATE_PJ][b];
    }
    const struct {
        const char *blocks, *what;
        double booked_uJ, expected_pJ;
    } totals[] = {{"computing", "energy", r->compute_uJ, compute_pJ},
                  {"movement", "energy", r->movement_uJ, movement_pJ},
                  {"all blocks", "energy", r->event_uJ, compute_pJ + movement_pJ},
                  {"all blocks", "nameplate energy", r->nameplate_uJ, nameplate_pJ}};
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < sizeof totals / sizeof *totals && status == NPIM_OK; i++)
        status = check("all layers", totals[i].blocks, totals[i].what, totals[i].booked_uJ,
                       totals[i].expected_pJ * 1e-6, error);
    return status;
}

npim_status npim_accounts_check(const npim_result *r, npim_error *error) {
    const npim_map *map = r->map;
    account sum = {0}, *layers = calloc(r->n_layers, sizeof *layers);
    if (!layers) return npim_fail(error, NPIM_ENOMEM, "no memory to check %u layers", r->n_layers);
    npim_status status = NPIM_OK;
    for (uint32_t n = 0; n < map->graph->n_nodes; n++)
        if (map->graph->nodes[n].kind == NPIM_NODE_WEIGHTS)
            add_weights(map, n, &layers[map->graph->nodes[n].layer]);
    for (uint32_t l = 0; l < r->n_layers && status == NPIM_OK; l++) {
        const npim_layer_result *layer = &r->layers[l];
        const double *const booked[N_BOOKS] = {layer->operations, layer->event_pJ, layer->nameplate_pJ};
        add_counts(map->arch, &layer->counts, &layers[l]);
        add_account(&sum, &layers[l]);
        status = check_blocks(map->arch, map->network->layers[l].name, booked, &layers[l], error);
    }
    free(layers);
    const double *const booked[N_BOOKS] = {r->block_operations, r->block_event_pJ, r->block_nameplate_pJ};
    if (status == NPIM_OK) status = check_blocks(map->arch, "all layers", booked, &sum, error);
    return status == NPIM_OK ? check_totals(r, &sum, error) : status;
}

#include "sim/estimate.h"

#include "hw/link.h"
#include "sim/laws.h"
#include "sim/shape.h"

#include <math.h>
#include <string.h>

npim_pe_shape npim_estimate_window(const npim_arch *arch, const npim_layer *layer) {
    double rows = (double)npim_layer_rows(layer), outputs = (double)npim_layer_outputs(layer);
    double inputs = rows * layer->groups, cpw = arch->columns_per_weight;
    double row_chunks = ceil(rows / arch->pe.array_rows);
    double column_blocks = ceil(outputs * cpw / arch->pe.array_columns);
    double copies = fmax(1.0, column_blocks / NPIM_ARRAYS_PER_INPUT_COPY);
    double dots = row_chunks * outputs * layer->groups, input_B = ceil(arch->data.input_bits / 8.0);
    return (npim_pe_shape){.rows = inputs * column_blocks,
                           .cells = inputs * outputs * cpw,
                           .columns = dots * cpw,
                           .dots = dots,
                           .input_B = inputs * column_blocks * input_B,
                           .load_B = inputs * copies * input_B,
                           .result_B = dots * arch->data.activation_B};
}

/* So many operations of a block that the tile asks for by name. */
static void add_operations(npim_estimate *e, const npim_arch *arch, const char *name, double count) {
    const npim_block_instance *block = npim_arch_block(arch, name);
    npim_work work = {.count = count, .units = 1};
    e->event_pJ[block - arch->blocks] += block->ops->energy_pJ(block->core, &work);
}

static void add_dot_products(npim_estimate *e, const npim_arch *arch, const npim_layer *layer) {
    double windows = (double)npim_layer_positions(layer);
    npim_pe_shape window = npim_estimate_window(arch, layer);
    for (uint32_t s = 0; s < arch->plan.n_stages; s++)
        e->event_pJ[arch->stage_block[s]] += windows * npim_pe_plan_energy_pJ(&arch->plan, s, &window);
    e->ad_conversions += windows * npim_pe_plan_conversions(&arch->plan, &window);
    e->macs += (double)npim_layer_macs(layer);
}

static void add_movement(npim_estimate *e, const npim_arch *arch, const npim_layer *layer) {
    double bytes = (double)npim_layer_positions(layer) * layer->out_c * arch->data.activation_B;
    const npim_link_config *link = npim_arch_block(arch, "link")->config;
    add_operations(e, arch, "edram", 2.0 * bytes);
    add_operations(e, arch, "bus", 2.0 * bytes);
    add_operations(e, arch, "router", NPIM_ESTIMATE_HOPS * bytes / link->flit_B);
}

/* The arrays of a replica, from start to end of each of its windows. */
static void add_arrays(npim_estimate *e, const npim_arch *arch, const npim_network *network,
                       const npim_node *node) {
    npim_placement p = {0};
    npim_shape_placement(arch, network, node, &p);
    double interval_ps = (double)npim_shape_interval_ps(arch, node, &p);
    e->array_ps += (double)p.arrays * node->out_h * node->out_w * interval_ps;
}

/* Nameplate accounting: the arrays' share of the tile's power while they are busy. */
static void add_nameplate(npim_estimate *e, const npim_arch *arch) {
    double tile_ps = e->array_ps / ((double)arch->tile.pes * arch->pe.arrays);
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        if (arch->blocks[b].placement.scope != NPIM_SCOPE_CHIP)
            e->nameplate_pJ[b] = tile_ps * npim_arch_block_mW(arch, &arch->blocks[b]) * 1e-3;
}

static void add_totals(npim_estimate *e, const npim_arch *arch) {
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        bool computes = npim_group_computes(arch->blocks[b].placement.group);
        *(computes ? &e->compute_uJ : &e->movement_uJ) += e->event_pJ[b] * 1e-6;
        e->nameplate_uJ += e->nameplate_pJ[b] * 1e-6;
    }
    double arrays = (double)arch->chip.tiles * arch->tile.pes * arch->pe.arrays;
    e->chip_images_per_s = 1e12 * arrays / e->array_ps;
}

void npim_estimate_make(npim_estimate *e, const npim_arch *arch, const npim_network *network,
                        const npim_graph *graph) {
    memset(e, 0, sizeof *e);
    for (uint32_t n = 0; n < graph->n_nodes; n++) {
        if (graph->nodes[n].kind != NPIM_NODE_WEIGHTS) continue;
        const npim_layer *layer = &network->layers[graph->nodes[n].layer];
        double outputs = (double)npim_layer_positions(layer) * layer->out_c;
        add_dot_products(e, arch, layer);
        add_operations(e, arch, "activation", outputs * npim_laws_activations(layer->kind));
        add_movement(e, arch, layer);
        add_arrays(e, arch, network, &graph->nodes[n]);
    }
    add_nameplate(e, arch);
    add_totals(e, arch);
}

double npim_estimate_event_uJ(const npim_estimate *estimate) {
    return estimate->compute_uJ + estimate->movement_uJ;
}

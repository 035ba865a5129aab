#include "sim/report.h"

static void add_layer_energy(const npim_result *r, uint32_t l, cJSON *object) {
    cJSON *groups = cJSON_AddObjectToObject(object, "energy_event_pJ");
    double nameplate_pJ = 0.0;
    for (uint32_t g = 0; g < NPIM_N_GROUPS; g++)
        cJSON_AddNumberToObject(groups, npim_group_names[g], npim_result_layer_group_pJ(r, l, g));
    for (uint32_t b = 0; b < r->map->arch->n_blocks; b++) nameplate_pJ += r->layers[l].nameplate_pJ[b];
    cJSON_AddNumberToObject(object, "energy_nameplate_pJ", nameplate_pJ);
}

static void add_layer(const npim_result *r, uint32_t l, cJSON *layers) {
    const npim_layer *layer = &r->map->network->layers[l];
    const npim_layer_result *figures = &r->layers[l];
    double images = r->map->arch->run.images;
    if (figures->positions == 0) return; /* wiring */
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(layers, o);
    cJSON_AddStringToObject(o, "name", layer->name);
    cJSON_AddStringToObject(o, "kind", npim_layer_kind_names[layer->kind]);
    cJSON_AddNumberToObject(o, "windows", (double)figures->positions);
    cJSON_AddNumberToObject(o, "replicas", figures->replicas);
    cJSON_AddNumberToObject(o, "arrays", figures->arrays);
    cJSON_AddNumberToObject(o, "tiles", figures->tiles);
    cJSON_AddNumberToObject(o, "area_mm2", npim_result_layer_mm2(r, l));
    cJSON_AddNumberToObject(o, "macs", (double)npim_layer_macs(layer));
    cJSON_AddNumberToObject(o, "ad_conversions", figures->counts.ad_conversions / images);
    cJSON_AddNumberToObject(o, "interval_ns", figures->interval_ns);
    cJSON_AddNumberToObject(o, "start_ns", figures->start_ns);
    cJSON_AddNumberToObject(o, "latency_ns", figures->latency_ns);
    cJSON_AddNumberToObject(o, "end_ns", figures->end_ns);
    cJSON_AddNumberToObject(o, "utilisation", figures->utilisation);
    cJSON *stalls = cJSON_AddObjectToObject(o, "stalled_share");
    for (uint32_t i = 0; i < NPIM_N_STALLS; i++)
        cJSON_AddNumberToObject(stalls, npim_stall_names[i], figures->stall[i]);
    add_layer_energy(r, l, o);
}

static void add_block(const npim_result *r, uint32_t b, cJSON *blocks) {
    const npim_arch *arch = r->map->arch;
    const npim_block_instance *block = &arch->blocks[b];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(blocks, o);
    cJSON_AddStringToObject(o, "name", block->name);
    cJSON_AddStringToObject(o, "group", npim_group_names[block->placement.group]);
    cJSON_AddNumberToObject(o, "operations", r->block_operations[b]);
    cJSON_AddNumberToObject(o, "energy_event_uJ", r->block_event_pJ[b] * 1e-6);
    cJSON_AddNumberToObject(o, "energy_nameplate_uJ", r->block_nameplate_pJ[b] * 1e-6);
    cJSON_AddNumberToObject(o, "power_mW", npim_arch_block_mW(arch, block));
    cJSON_AddNumberToObject(o, "area_mm2", npim_arch_block_mm2(arch, block));
}

static void add_limits(const npim_result *r, cJSON *root) {
    cJSON *limits = cJSON_AddObjectToObject(root, "limits");
    for (uint32_t k = 0; k < NPIM_N_LIMITS; k++) {
        cJSON *o = cJSON_AddObjectToObject(limits, npim_limit_names[k]);
        cJSON_AddStringToObject(o, "name", r->limits[k].name);
        cJSON_AddNumberToObject(o, "images_per_s", r->limits[k].images_per_s);
    }
}

static void add_movement(const npim_result *r, cJSON *root) {
    double edram_B = 0, bus_B = 0, flit_hops = 0, link_B = 0, host_B = 0, images = r->map->arch->run.images;
    for (uint32_t l = 0; l < r->n_layers; l++) {
        edram_B += (double)r->layers[l].counts.edram_B;
        bus_B += (double)r->layers[l].counts.bus_B;
        flit_hops += (double)r->layers[l].counts.flit_hops;
        link_B += (double)r->layers[l].counts.link_B;
        host_B += (double)r->layers[l].counts.host_B;
    }
    cJSON *o = cJSON_AddObjectToObject(root, "movement");
    cJSON_AddNumberToObject(o, "edram_B", edram_B / images);
    cJSON_AddNumberToObject(o, "bus_B", bus_B / images);
    cJSON_AddNumberToObject(o, "flit_hops", flit_hops / images);
    cJSON_AddNumberToObject(o, "link_B", link_B / images);
    cJSON_AddNumberToObject(o, "host_B", host_B / images);
}

static void add_totals(const npim_result *r, cJSON *o) {
    cJSON_AddNumberToObject(o, "macs", (double)r->macs);
    cJSON_AddNumberToObject(o, "ad_conversions", r->ad_conversions);
    cJSON_AddNumberToObject(o, "latency_ns", r->latency_ns);
    cJSON_AddNumberToObject(o, "critical_path_ns", r->critical_path_ns);
    cJSON_AddNumberToObject(o, "throughput_images_per_s", r->throughput);
    cJSON_AddNumberToObject(o, "throughput_bound_images_per_s", r->bound);
    cJSON_AddNumberToObject(o, "throughput_bound_links_images_per_s", r->bound_links);
    cJSON_AddNumberToObject(o, "throughput_work_conserving_images_per_s", r->bound_work_conserving);
    cJSON_AddNumberToObject(o, "energy_compute_uJ", r->compute_uJ);
    cJSON_AddNumberToObject(o, "energy_movement_uJ", r->movement_uJ);
    cJSON_AddNumberToObject(o, "energy_event_uJ", r->event_uJ);
    cJSON_AddNumberToObject(o, "energy_nameplate_uJ", r->nameplate_uJ);
    cJSON_AddNumberToObject(o, "energy_constant_uJ", r->constant_uJ);
    cJSON_AddNumberToObject(o, "energy_total_uJ", r->total_uJ);
    cJSON_AddNumberToObject(o, "program_uJ", r->program_uJ);
    cJSON_AddNumberToObject(o, "program_ms", r->program_ms);
    cJSON_AddNumberToObject(o, "area_mm2", npim_arch_chip_area_mm2(r->map->arch) * r->map->chips);
}

cJSON *npim_report_json(const npim_result *r) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddNumberToObject(root, "format", NPIM_SUMMARY_FORMAT);
    cJSON_AddStringToObject(root, "network", r->map->network->name);
    cJSON_AddStringToObject(root, "architecture", r->map->arch->name);
    cJSON_AddNumberToObject(root, "chips", r->map->chips);
    cJSON_AddNumberToObject(root, "tiles", r->map->used_tiles);
    cJSON_AddNumberToObject(root, "buffer_tiles", r->map->buffer_tiles);
    cJSON_AddNumberToObject(root, "free_tiles", r->map->n_tiles - r->map->used_tiles - r->map->buffer_tiles);
    cJSON_AddNumberToObject(root, "arrays", (double)r->map->used_arrays);
    cJSON_AddNumberToObject(root, "images", r->map->arch->run.images);
    add_totals(r, root);
    add_limits(r, root);
    add_movement(r, root);
    cJSON *layers = cJSON_AddArrayToObject(root, "layers");
    for (uint32_t l = 0; l < r->n_layers; l++) add_layer(r, l, layers);
    cJSON *blocks = cJSON_AddArrayToObject(root, "blocks");
    for (uint32_t b = 0; b < r->map->arch->n_blocks; b++) add_block(r, b, blocks);
    return root;
}

cJSON *npim_report_map_json(const npim_map *map) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "network", map->network->name);
    cJSON_AddStringToObject(root, "architecture", map->arch->name);
    cJSON_AddNumberToObject(root, "chips", map->chips);
    cJSON_AddNumberToObject(root, "tiles", map->used_tiles);
    cJSON_AddNumberToObject(root, "buffer_tiles", map->buffer_tiles);
    cJSON_AddNumberToObject(root, "free_tiles", map->n_tiles - map->used_tiles - map->buffer_tiles);
    cJSON_AddNumberToObject(root, "arrays", (double)map->used_arrays);
    cJSON_AddNumberToObject(root, "arrays_minimum", (double)map->minimum_arrays);
    cJSON_AddNumberToObject(root, "throughput_bound_images_per_s", npim_map_pipeline_bound(map));
    cJSON *layers = cJSON_AddArrayToObject(root, "layers");
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_placement *p = &map->placements[n];
        if (p->n_parts == 0) continue;
        cJSON *o = cJSON_CreateObject();
        cJSON_AddItemToArray(layers, o);
        cJSON_AddStringToObject(o, "name", map->network->layers[map->graph->nodes[n].layer].name);
        cJSON_AddNumberToObject(o, "row_chunks", p->row_chunks);
        cJSON_AddNumberToObject(o, "column_blocks", p->column_blocks);
        cJSON_AddNumberToObject(o, "arrays_per_replica", p->arrays);
        cJSON_AddNumberToObject(o, "replica_rows", p->replica_rows);
        cJSON_AddNumberToObject(o, "replica_bands", p->replica_bands);
        cJSON_AddNumberToObject(o, "first_tile", map->parts[p->first_part].tile);
        cJSON_AddNumberToObject(o, "last_tile", map->parts[p->first_part + p->n_parts - 1].tile);
    }
    return root;
}

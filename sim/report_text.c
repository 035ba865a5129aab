#include "sim/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *npim_report_stall(const npim_layer_result *layer) {
    uint32_t most = 0;
    for (uint32_t i = 1; i < NPIM_N_STALLS; i++)
        if (layer->stall[i] > layer->stall[most]) most = i;
    return layer->stall[most] > 0.0 ? npim_stall_names[most] : NULL;
}

static double stalled(const npim_layer_result *layer) {
    double share = 0.0;
    for (uint32_t i = 0; i < NPIM_N_STALLS; i++) share += layer->stall[i];
    return share;
}

/* The groups as an architect adds them up: compute by kind, then movement. */
static const struct {
    const char *title;
    npim_group first, last;
} columns[] = {{"dac", NPIM_GROUP_DAC, NPIM_GROUP_DAC},
               {"array", NPIM_GROUP_ARRAY, NPIM_GROUP_ARRAY},
               {"analog", NPIM_GROUP_ANALOG, NPIM_GROUP_ANALOG},
               {"adc", NPIM_GROUP_ADC, NPIM_GROUP_ADC},
               {"digital", NPIM_GROUP_DIGITAL, NPIM_GROUP_DIGITAL},
               {"regs", NPIM_GROUP_REGISTER, NPIM_GROUP_REGISTER},
               {"move", NPIM_GROUP_EDRAM, NPIM_GROUP_LINK}};

enum { N_COLUMNS = sizeof columns / sizeof *columns };

static double column_uJ(const npim_result *r, uint32_t layer, uint32_t column) {
    double sum = 0.0;
    for (uint32_t g = columns[column].first; g <= (uint32_t)columns[column].last; g++)
        sum += npim_result_layer_group_pJ(r, layer, g);
    return sum * 1e-6;
}

static void write_header(FILE *out) {
    fprintf(out, "%-28s %-10s %7s %5s %6s %5s %9s %9s", "layer", "kind", "windows", "repl", "arrays", "tiles",
            "start/us", "span/us");
    for (uint32_t c = 0; c < N_COLUMNS; c++) fprintf(out, " %8s", columns[c].title);
    fprintf(out, " %6s %6s %s\n", "util/%", "wait/%", "for");
}

static void write_layer(const npim_result *r, uint32_t l, FILE *out) {
    const npim_layer *layer = &r->map->network->layers[l];
    const npim_layer_result *f = &r->layers[l];
    const char *reason = npim_report_stall(f);
    if (f->positions == 0) return;
    fprintf(out, "%-28.28s %-10s %7llu %5u %6u %5u %9.2f %9.2f", layer->name,
            npim_layer_kind_names[layer->kind], (unsigned long long)f->positions, f->replicas, f->arrays,
            f->tiles, f->start_ns * 1e-3, f->latency_ns * 1e-3);
    for (uint32_t c = 0; c < N_COLUMNS; c++) fprintf(out, " %8.3f", column_uJ(r, l, c));
    fprintf(out, " %6.1f %6.1f %s\n", 100.0 * f->utilisation, 100.0 * stalled(f), reason ? reason : "-");
}

static void write_sums(const npim_result *r, FILE *out) {
    fprintf(out, "%-28s %-10s %7s %5s %6llu %5u %9s %9.2f", "total", "", "", "",
            (unsigned long long)r->map->used_arrays, r->map->used_tiles, "", r->latency_ns * 1e-3);
    for (uint32_t c = 0; c < N_COLUMNS; c++) {
        double sum = 0.0;
        for (uint32_t l = 0; l < r->n_layers; l++) sum += column_uJ(r, l, c);
        fprintf(out, " %8.2f", sum);
    }
    fprintf(out, "\n\n");
}

static void write_blocks(const npim_result *r, FILE *out) {
    const npim_arch *arch = r->map->arch;
    fprintf(out, "%-16s %-10s %14s %10s %7s %10s %9s %9s\n", "block", "group", "operations", "event/uJ",
            "share", "namepl/uJ", "mW/tile", "mm2/tile");
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        const npim_block_instance *block = &arch->blocks[b];
        if (r->block_operations[b] == 0.0) continue;
        fprintf(out, "%-16.16s %-10s %14.0f %10.3f %5.1f %% %10.3f %9.3f %9.5f\n", block->name,
                npim_group_names[block->placement.group], r->block_operations[b], r->block_event_pJ[b] * 1e-6,
                r->block_event_pJ[b] * 1e-4 / r->event_uJ, r->block_nameplate_pJ[b] * 1e-6,
                npim_arch_block_mW(arch, block), npim_arch_block_mm2(arch, block));
    }
    fprintf(out, "\n");
}

static void write_totals(const npim_result *r, FILE *out) {
    uint32_t limit = 0;
    for (uint32_t k = 0; k < NPIM_N_LIMITS; k++)
        if (r->limits[k].images_per_s > 0 && r->limits[k].images_per_s < r->limits[limit].images_per_s)
            limit = k;
    fprintf(out, "latency of one image      %14.3f us    (longest chain of windows %.3f us)\n",
            r->latency_ns * 1e-3, r->critical_path_ns * 1e-3);
    fprintf(out, "throughput                %14.1f images/s, %u image%s\n", r->throughput,
            r->map->arch->run.images, r->map->arch->run.images == 1 ? " (1 / latency)" : "s");
    fprintf(out, "  bound by the pipeline   %14.1f images/s (%s)\n", r->bound,
            r->limits[NPIM_LIMIT_PIPELINE].name);
    fprintf(out, "  with host, links, units %14.1f images/s (%s: %s)\n", r->bound_links,
            npim_limit_names[limit], r->limits[limit].name);
    if (r->throughput > r->bound_links)
        fprintf(out,
                "  (above it: the last images, with nobody behind them, catch up; more images show less)\n");
    fprintf(out, "  all arrays always busy  %14.1f images/s\n", r->bound_work_conserving);
    fprintf(out, "energy per image          %14.3f uJ    = compute %.3f + movement %.3f (event accounting)\n",
            r->event_uJ, r->compute_uJ, r->movement_uJ);
    fprintf(out, "  nameplate accounting    %14.3f uJ\n", r->nameplate_uJ);
    fprintf(out, "  with the constant part  %14.3f uJ    (links, leakage and refresh: %.3f uJ)\n",
            r->total_uJ, r->constant_uJ);
    fprintf(out, "A/D conversions           %14.0f       for %llu multiply-accumulates\n", r->ad_conversions,
            (unsigned long long)r->macs);
    fprintf(
        out,
        "area                      %14.2f mm2   of %u chip%s (chip-scope blocks in the table: per chip)\n",
        npim_arch_chip_area_mm2(r->map->arch) * r->map->chips, r->map->chips, r->map->chips == 1 ? "" : "s");
    fprintf(out, "programming the weights   %14.3f uJ    in %.3f ms, once\n", r->program_uJ, r->program_ms);
}

static void write_head(const npim_map *map, FILE *out) {
    fprintf(out, "%s on %s: %u chip%s, %u of %u tiles, %llu arrays", map->network->name, map->arch->name,
            map->chips, map->chips == 1 ? "" : "s", map->used_tiles, map->n_tiles,
            (unsigned long long)map->used_arrays);
    if (map->buffer_tiles) fprintf(out, ", %u buffer tiles", map->buffer_tiles);
    fprintf(out, ", %u tiles free\n", map->n_tiles - map->used_tiles - map->buffer_tiles);
}

/* What write() leaves in memory; NULL when memory runs out. */
static char *text_of(void (*write)(const void *, FILE *), const void *what) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    write(what, out);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

static void write_report(const void *what, FILE *out) {
    const npim_result *r = what;
    write_head(r->map, out);
    fprintf(out, "energy in uJ per image\n\n");
    write_header(out);
    for (uint32_t l = 0; l < r->n_layers; l++) write_layer(r, l, out);
    write_sums(r, out);
    write_blocks(r, out);
    write_totals(r, out);
}

char *npim_report_text(const npim_result *result) {
    return text_of(write_report, result);
}

static void write_map(const void *what, FILE *out) {
    const npim_map *map = what;
    write_head(map, out);
    fprintf(out, "one replica of everything: %llu arrays; pipeline bound %.1f images/s\n\n",
            (unsigned long long)map->minimum_arrays, npim_map_pipeline_bound(map));
    fprintf(out, "%-28s %6s %7s %8s %6s %6s %11s\n", "layer", "chunks", "blocks", "arrays", "rows", "bands",
            "tiles");
    for (uint32_t n = 0; n < map->graph->n_nodes; n++) {
        const npim_placement *p = &map->placements[n];
        if (p->n_parts == 0) continue;
        fprintf(out, "%-28.28s %6u %7u %8u %6u %6u %5u..%u\n",
                map->network->layers[map->graph->nodes[n].layer].name, p->row_chunks, p->column_blocks,
                p->arrays, p->replica_rows, p->replica_bands, map->parts[p->first_part].tile,
                map->parts[p->first_part + p->n_parts - 1].tile);
    }
    fprintf(out,
            "\nchunks x blocks of arrays hold one replica; rows x bands replicas share the output map\n");
}

char *npim_report_map_text(const npim_map *map) {
    return text_of(write_map, map);
}

#include "sim/csv.h"

/* A text in quotes, as RFC 4180 has them. */
static void write_text(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void npim_csv_layers(FILE *out, const npim_result *r) {
    fprintf(out, "layer,kind,windows,replicas,arrays,tiles,area_mm2,interval_ns,start_ns,latency_ns,end_ns,"
                 "macs,ad_conversions,"
                 "utilisation");
    for (uint32_t i = 0; i < NPIM_N_STALLS; i++) fprintf(out, ",stalled_%s_share", npim_stall_names[i]);
    fprintf(out, ",edram_B,bus_B,flit_hops");
    for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) fprintf(out, ",energy_%s_pJ", npim_group_names[g]);
    fprintf(out, ",energy_nameplate_pJ\n");
    for (uint32_t l = 0; l < r->n_layers; l++) {
        const npim_layer *layer = &r->map->network->layers[l];
        const npim_layer_result *f = &r->layers[l];
        double images = r->map->arch->run.images, nameplate_pJ = 0.0;
        if (f->positions == 0) continue;
        fprintf(out, "%s,%s,%llu,%u,%u,%u,%.17g,%.17g,%.17g,%.17g,%.17g,%llu,%.17g,%.17g", layer->name,
                npim_layer_kind_names[layer->kind], (unsigned long long)f->positions, f->replicas, f->arrays,
                f->tiles, npim_result_layer_mm2(r, l), f->interval_ns, f->start_ns, f->latency_ns, f->end_ns,
                (unsigned long long)npim_layer_macs(layer), f->counts.ad_conversions / images,
                f->utilisation);
        for (uint32_t i = 0; i < NPIM_N_STALLS; i++) fprintf(out, ",%.17g", f->stall[i]);
        fprintf(out, ",%.17g,%.17g,%.17g", (double)f->counts.edram_B / images,
                (double)f->counts.bus_B / images, (double)f->counts.flit_hops / images);
        for (uint32_t g = 0; g < NPIM_N_GROUPS; g++)
            fprintf(out, ",%.17g", npim_result_layer_group_pJ(r, l, g));
        for (uint32_t b = 0; b < r->map->arch->n_blocks; b++) nameplate_pJ += f->nameplate_pJ[b];
        fprintf(out, ",%.17g\n", nameplate_pJ);
    }
}

void npim_csv_blocks(FILE *out, const npim_result *r) {
    const npim_arch *arch = r->map->arch;
    fprintf(out, "block,type,group,scope,count_per_tile,operations,energy_event_pJ,energy_nameplate_pJ,power_"
                 "mW,area_mm2,"
                 "source,tag\n");
    for (uint32_t b = 0; b < arch->n_blocks; b++) {
        const npim_block_instance *block = &arch->blocks[b];
        fprintf(out, "%s,%s,%s,%s,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g,", block->name, block->ops->name,
                npim_group_names[block->placement.group], npim_scope_names[block->placement.scope],
                block->count_per_tile, r->block_operations[b], r->block_event_pJ[b], r->block_nameplate_pJ[b],
                npim_arch_block_mW(arch, block), npim_arch_block_mm2(arch, block));
        write_text(out, block->source);
        fprintf(out, ",%s\n", block->tag);
    }
}

void npim_csv_links(FILE *out, const npim_measurement *m) {
    fprintf(out, "link,flits,bytes,busy_ns,wait_ns,busy_share\n");
    for (uint32_t i = 0; i < m->n_links; i++) {
        const npim_link_result *link = &m->links[i];
        fprintf(out, "%s,%llu,%llu,%.17g,%.17g,%.17g\n", link->name, (unsigned long long)link->flits,
                (unsigned long long)link->bytes, link->busy_ns, link->wait_ns,
                link->busy_ns / ((double)m->end_ps * 1e-3));
    }
}

void npim_csv_power(FILE *out, const npim_power *power) {
    npim_power_row at;
    fprintf(out, "time_us,duration_us");
    for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) fprintf(out, ",%s_W", npim_group_names[g]);
    fprintf(out, ",event_W,constant_W,total_W\n");
    for (uint32_t row = 0; row < power->n_rows; row++) {
        npim_power_at(power, row, &at);
        fprintf(out, "%.17g,%.17g", (double)at.from_ps * 1e-6, (double)at.duration_ps * 1e-6);
        for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) fprintf(out, ",%.17g", at.group_W[g]);
        fprintf(out, ",%.17g,%.17g,%.17g\n", at.event_W, at.constant_W, at.total_W);
    }
}

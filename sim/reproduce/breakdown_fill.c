/* Where the numbers of the breakdown come from: architecture files and closed forms. */
#include "sim/reproduce/breakdown_parts.h"
#include "sim/reproduce/load.h"

#include <string.h>

const struct npim_named npim_breakdown_tiles[NPIM_BREAKDOWN_TILES] = {
    [NPIM_ISAAC] = {"isaac", "ISAAC"},
    [NPIM_CASCADE] = {"cascade", "CASCADE"},
    [NPIM_NEURAL_PIM] = {"neural_pim", "Neural-PIM"},
    [NPIM_TILE_ISAAC_16BIT] = {"isaac_16bit", "ISAAC of 16 bit"}};

static const char *const archs[NPIM_BREAKDOWN_TILES] = {"isaac", "cascade", "neural-pim", "isaac-16bit"};

static void add_energy(npim_breakdown *b, const npim_study *study, const npim_arch *arch, size_t a) {
    const npim_block_instance *neural_sa = npim_arch_block(arch, "neural_sa");
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        npim_estimate e;
        npim_estimate_make(&e, arch, &study->networks[n].network, &study->networks[n].graph);
        for (size_t way = 0; way < NPIM_N_ACCOUNTINGS; way++)
            b->energy_uJ[a][way][n] = npim_parts_energy_uJ(arch, &e, (npim_accounting)way);
        if (!neural_sa) continue;
        b->neural_sa_uJ[NPIM_EVENT][n] = e.event_pJ[neural_sa - arch->blocks] * 1e-6;
        b->neural_sa_uJ[NPIM_NAMEPLATE][n] = e.nameplate_pJ[neural_sa - arch->blocks] * 1e-6;
    }
}

npim_status npim_breakdown_fill(npim_breakdown *b, const npim_study *study, npim_error *error) {
    memset(b, 0, sizeof *b);
    for (size_t a = 0; a < NPIM_BREAKDOWN_TILES; a++) {
        npim_arch *arch;
        npim_status status = npim_load_arch(&arch, archs[a], NULL, 0, error);
        if (status != NPIM_OK) return status;
        b->tile_mW[a] = npim_parts_tile_mW(arch);
        b->tile_mm2[a] = npim_parts_tile_mm2(arch);
        if (a < NPIM_STUDY_ARCHS) add_energy(b, study, arch, a);
        npim_free_arch(arch);
    }
    return NPIM_OK;
}

double npim_breakdown_share(const npim_breakdown *b, npim_contender arch, npim_accounting accounting,
                            npim_part part) {
    double sum = 0.0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        const npim_parts *parts = &b->energy_uJ[arch][accounting][n];
        sum += parts->of[part] / npim_parts_total(parts);
    }
    return sum / NPIM_STUDY_NETWORKS;
}

double npim_breakdown_sa_factor(const npim_breakdown *b, npim_accounting accounting, bool with_adc) {
    double sum = 0.0;
    for (size_t n = 0; n < NPIM_STUDY_NETWORKS; n++) {
        double isaac = b->energy_uJ[NPIM_ISAAC][accounting][n].of[NPIM_PART_ADC];
        double own = b->energy_uJ[NPIM_NEURAL_PIM][accounting][n].of[NPIM_PART_ADC];
        sum += isaac / (b->neural_sa_uJ[accounting][n] + (with_adc ? own : 0.0));
    }
    return sum / NPIM_STUDY_NETWORKS;
}

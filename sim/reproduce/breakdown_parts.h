/* Shared by the parts of the section on energy, power and area by block. */
#ifndef NPIM_SIM_REPRODUCE_BREAKDOWN_PARTS_H
#define NPIM_SIM_REPRODUCE_BREAKDOWN_PARTS_H

#include "sim/reproduce/parts.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Tiles: of the three contenders, and of ISAAC as it is published. */
enum { NPIM_TILE_ISAAC_16BIT = NPIM_STUDY_ARCHS, NPIM_BREAKDOWN_TILES };

typedef struct npim_breakdown {
    npim_parts energy_uJ[NPIM_STUDY_ARCHS][NPIM_N_ACCOUNTINGS][NPIM_STUDY_NETWORKS];
    double neural_sa_uJ[NPIM_N_ACCOUNTINGS][NPIM_STUDY_NETWORKS]; /* of the NNS+A of Neural-PIM */
    npim_parts tile_mW[NPIM_BREAKDOWN_TILES], tile_mm2[NPIM_BREAKDOWN_TILES];
} npim_breakdown;

/* Names of the tiles, and of the contenders. */
extern const struct npim_named npim_breakdown_tiles[NPIM_BREAKDOWN_TILES];

/* Errors as npim_load_arch. */
NPIM_MUST_USE npim_status npim_breakdown_fill(npim_breakdown *breakdown, const npim_study *study,
                                              npim_error *error);

/* A part's share of the energy of an image, mean over the networks; 0..1. */
double npim_breakdown_share(const npim_breakdown *breakdown, npim_contender arch, npim_accounting accounting,
                            npim_part part);

/* ISAAC's ADCs over the NNS+A, with the NNADC if `with_adc`: energy of an image, mean over the networks. */
double npim_breakdown_sa_factor(const npim_breakdown *breakdown, npim_accounting accounting, bool with_adc);

/* breakdown_tile.c: power and area of a tile. */
NPIM_MUST_USE npim_status npim_breakdown_tile(npim_study *study, const npim_breakdown *breakdown,
                                              npim_error *error);

/* breakdown_published.c: what is published of it; the members of JSON. */
NPIM_MUST_USE npim_status npim_breakdown_published(npim_study *study, const npim_breakdown *breakdown,
                                                   npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* What a replay gives: figures per layer, per block and per link, and the totals that are sums over them. */
#ifndef NPIM_SIM_RESULT_H
#define NPIM_SIM_RESULT_H

#include "sim/map.h"
#include "tlm/meter.h"
#include "tlm/program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Events of one layer, over all images and all its slots: the ledger. Each is counted once, where it happens.
 */
typedef struct npim_layer_counts {
    uint64_t windows; /* operations of slots: a window on n tiles counts n */
    double ad_conversions;
    uint64_t edram_B, bus_B, flit_hops;
    uint64_t link_B, host_B; /* over chip links and the host's, link by link; from or to the host alone */
    uint64_t activation_words, pooling_words, adder_words;
    uint64_t first_ps, last_ps;       /* first read, last write */
    uint64_t image_ps;                /* last write of the first image */
    uint64_t stall_ps[NPIM_N_STALLS]; /* summed over slots */
    uint64_t busy_ps;                 /* arrays x time in operation, in array-ps */
    uint64_t active_ps;               /* summed over slots: first read to last write */
} npim_layer_counts;

typedef struct npim_layer_result {
    npim_layer_counts counts;
    uint64_t positions; /* windows of one image, over all replicas */
    uint32_t replicas, arrays, tiles;
    double interval_ns;               /* between two windows of one replica */
    double start_ns, end_ns;          /* of the first image's first read and the last image's last write */
    double latency_ns;                /* first image: first read to last write */
    double event_pJ[NPIM_MAX_BLOCKS]; /* per image, by block of the architecture */
    double nameplate_pJ[NPIM_MAX_BLOCKS]; /* per image */
    double operations[NPIM_MAX_BLOCKS];   /* unit operations per image */
    double utilisation;                   /* of its arrays, over the run */
    double stall[NPIM_N_STALLS];          /* share of its active time, by reason */
} npim_layer_result;

typedef struct npim_link_result {
    char name[NPIM_NAME_SIZE]; /* chip_0.router_012.east, chip_0-chip_1, host-chip_0 */
    uint64_t flits, bytes;     /* of the NoC's links; of those between chips and to the host */
    double busy_ns, wait_ns;   /* over the run */
} npim_link_result;

/* The resource that would limit the throughput if all others were free. */
typedef struct npim_limit {
    char name[2 * NPIM_NAME_SIZE];
    double images_per_s;
} npim_limit;

typedef enum npim_limit_kind {
    NPIM_LIMIT_PIPELINE, /* slowest layer */
    NPIM_LIMIT_HOST,
    NPIM_LIMIT_LINK,
    NPIM_LIMIT_MEMORY, /* eDRAM bank or bus */
    NPIM_LIMIT_UNIT,   /* shared converters, adder lanes, activation, pooling */
    NPIM_N_LIMITS
} npim_limit_kind;

extern const char *const npim_limit_names[]; /* "pipeline", "host", ..., NULL */

/* What the simulation measured. Owned by whoever ran it. */
typedef struct npim_measurement {
    npim_layer_counts *layers; /* [n_layers] of the network; layer 0: the host */
    uint64_t *completed_ps;    /* [images] when the last byte was back */
    uint64_t *started_ps;      /* [images] when the first byte left the host */
    npim_link_result *links;
    uint32_t n_links;
    npim_limit limits[NPIM_N_LIMITS];
    uint64_t warm_start_ps; /* last operation on image images / 2 in the busiest part of the slowest layer */
    uint64_t last_start_ps; /* its last operation */
    uint64_t end_ps, events;
    uint64_t edram_B, bus_B, flit_hops, link_B; /* as the blocks themselves counted */
    npim_meter meter; /* over time: events, then pJ of windows by group; without rows when nobody asked */
} npim_measurement;

void npim_measurement_fini(npim_measurement *measurement); /* safe on a zeroed struct and twice */

/* Owned by whoever made it. Energies are per image. */
typedef struct npim_result {
    const npim_map *map;       /* borrowed */
    npim_layer_result *layers; /* [n_layers] */
    uint32_t n_layers;
    double block_event_pJ[NPIM_MAX_BLOCKS], block_nameplate_pJ[NPIM_MAX_BLOCKS],
        block_operations[NPIM_MAX_BLOCKS];
    uint64_t macs;
    double ad_conversions;
    double latency_ns, critical_path_ns;
    double throughput, bound, bound_links, bound_work_conserving; /* images per second */
    double compute_uJ, movement_uJ, event_uJ, nameplate_uJ, constant_uJ, total_uJ;
    double program_uJ, program_ms;
    npim_limit limits[NPIM_N_LIMITS];
} npim_result;

/* Figures from counts. result must be zeroed or finished; map and measurement must outlive it.
 * NPIM_EINVARIANT when a conservation law or a bound does not hold. */
NPIM_MUST_USE npim_status npim_result_make(npim_result *result, const npim_map *map,
                                           const npim_measurement *measurement, npim_error *error);

void npim_result_fini(npim_result *result); /* safe on a zeroed struct and twice */

/* True for the groups DAC to activation and registers; the rest moves data. */
bool npim_group_computes(uint32_t group);

/* Area of the arrays of a layer with their share of the tile, mm2. */
double npim_result_layer_mm2(const npim_result *result, uint32_t layer);

/* Energy of a layer in one group, event accounting, pJ per image. */
double npim_result_layer_group_pJ(const npim_result *result, uint32_t layer, uint32_t group);

#ifdef __cplusplus
}
#endif
#endif

/* A network's own values for the waves of its replay: computed when the lanes in scope are known, and looked
 * at window by window. */
#ifndef NPIM_SIM_WAVE_VALUES_H
#define NPIM_SIM_WAVE_VALUES_H

#include "sim/map.h"
#include "sim/values/infer.h"
#include "sim/values/kept.h"
#include "sim/values/lane.h"
#include "sim/values/lane_volts.h"

#ifdef __cplusplus
extern "C" {
#endif

struct npim_wave_lane;

typedef struct npim_wave_values {
    /* Borrowed, by whoever replays; the network is the one that is mapped. */
    const npim_infer_request *request;
    const npim_network *network;
    const npim_tensors *tensors;
    const npim_images *images;
    npim_inference *inference; /* gets the values of the run */

    bool computed;
    npim_kept kept; /* what the layers in scope read */
    npim_hardware hardware;
    npim_engine_base base;
    npim_lane_volts volts;
    struct npim_wave_lane *lanes; /* a list; owned */
} npim_wave_values;

void npim_wave_values_fini(npim_wave_values *values); /* safe on a zeroed struct and twice */

/* The lane of a part's first array: its first output, on the row chunks that the part holds (the first alone
 * where no stage adds them up). n_chunks 0: the part has none. */
npim_lane_place npim_wave_values_place(const npim_map *map, const npim_part *part);

/* Lanes of that layer will be asked for. Before the values are computed. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_wave_values_want(npim_wave_values *values, uint32_t layer, npim_error *error);

/* Computes the values of all images, once. Errors as npim_infer. */
NPIM_MUST_USE npim_status npim_wave_values_compute(npim_wave_values *values, npim_error *error);

/* Where the values of a lane of a wanted layer come from, once all are computed; it lives as long as values.
 * Errors as npim_lane_init and npim_hardware_init: NPIM_EUNSUPPORTED for an architecture of other than 8 bit,
 * in ideal mode, too. */
NPIM_MUST_USE npim_status npim_wave_values_lane(npim_wave_values *values, const npim_lane_place *place,
                                                npim_lane_source *source, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

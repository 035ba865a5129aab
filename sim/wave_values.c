#include "sim/wave_values.h"

#include "hw/shift_add.h"

#include <stdlib.h>
#include <string.h>

typedef struct npim_wave_lane {
    npim_lane lane;
    const npim_wave_values *values;
    struct npim_wave_lane *next;
    int16_t inputs[]; /* of a window */
} npim_wave_lane;

void npim_wave_values_fini(npim_wave_values *values) {
    while (values->lanes) {
        npim_wave_lane *lane = values->lanes;
        values->lanes = lane->next;
        npim_lane_fini(&lane->lane);
        free(lane);
    }
    npim_kept_fini(&values->kept);
    npim_cells_fini(&values->base.cells);
    npim_hardware_fini(&values->hardware);
    memset(values, 0, sizeof *values);
}

/* --- where --- */

/* Does a stage add up the results of row chunks? */
static bool reduces(const npim_pe_plan *plan) {
    for (uint32_t s = 0; s < plan->n_stages; s++) {
        const npim_stage *stage = &plan->stages[s];
        if (stage->ops == &npim_shift_add_ops && stage->fires == NPIM_FIRES_RESULT &&
            stage->per == NPIM_PER_DOT)
            return true;
    }
    return false;
}

npim_lane_place npim_wave_values_place(const npim_map *map, const npim_part *part) {
    const npim_placement *at = &map->placements[part->node];
    npim_lane_place place = {.layer = map->graph->nodes[part->node].layer};
    if (part->array_from == part->array_to) return place;
    place.n_chunks = 1;
    if (at->groups_per_array > 0) {
        place.group = part->array_from * at->groups_per_array;
        return place;
    }
    uint32_t block = part->array_from / at->row_chunks % at->column_blocks;
    place.group = part->array_from / (at->row_chunks * at->column_blocks);
    place.output = block * npim_arch_outputs(map->arch);
    /* The gates of a hidden unit lie side by side; among the layer's outputs those of all units do. */
    if (map->graph->nodes[part->node].recurrent) place.output /= NPIM_LSTM_GATES;
    place.first_chunk = part->array_from % at->row_chunks;
    if (!reduces(&map->arch->plan)) return place;
    uint32_t below = at->row_chunks - place.first_chunk, arrays = part->array_to - part->array_from;
    place.n_chunks = below < arrays ? below : arrays;
    return place;
}

/* --- what --- */

npim_status npim_wave_values_want(npim_wave_values *values, uint32_t layer, npim_error *error) {
    npim_status status = NPIM_OK;
    if (!values->kept.codes)
        status = npim_kept_init(&values->kept, values->network, values->images->n, error);
    return status == NPIM_OK ? npim_kept_want(&values->kept, layer, error) : status;
}

npim_status npim_wave_values_compute(npim_wave_values *values, npim_error *error) {
    npim_infer_request request = *values->request;
    if (values->computed) return NPIM_OK;
    if (values->kept.codes) {
        request.observer = npim_kept_take;
        request.context = &values->kept;
    }
    npim_status status =
        npim_infer(values->inference, &request, values->network, values->tensors, values->images, error);
    values->computed = status == NPIM_OK;
    return status;
}

/* What all lanes share. */
static npim_status prepare(npim_wave_values *values, npim_error *error) {
    const npim_infer_request *request = values->request;
    bool exact = request->mode == NPIM_MODE_IDEAL;
    if (values->base.hardware) return NPIM_OK;
    npim_status status = npim_hardware_init(&values->hardware, request->arch,
                                            exact ? NPIM_MODE_QUANTISED : request->mode, error);
    if (status != NPIM_OK) return status;
    values->hardware.stop = request->stop;
    status = npim_cells_init(&values->base.cells, &values->hardware, values->network, request->isa, error);
    if (status != NPIM_OK) return status;
    values->base.figures = values->inference->figures.layers;
    values->base.isa = request->isa;
    status = npim_lane_volts_init(&values->volts, request->arch, &values->hardware, exact, error);
    if (status == NPIM_OK) values->base.hardware = &values->hardware;
    return status;
}

static npim_product_layer group_of(const npim_wave_values *values, const npim_lane_place *place) {
    const npim_layer *layer = &values->network->layers[place->layer];
    npim_product_layer product = {.layer = place->layer,
                                  .group = place->group,
                                  .groups = layer->groups,
                                  .rows = (uint32_t)npim_layer_rows(layer),
                                  .outputs = (uint32_t)npim_layer_outputs(layer)};
    product.weight =
        values->tensors->layers[place->layer].weight + (size_t)place->group * product.outputs * product.rows;
    if (!values->network->layers[layer->inputs[0]].is_signed)
        product.signed_from = layer->kind == NPIM_LAYER_LSTM ? layer->in_c : product.rows;
    return product;
}

static void give(void *context, uint32_t image, uint32_t y, uint32_t x, npim_lane_values *out) {
    npim_wave_lane *l = context;
    const npim_kept *kept = &l->values->kept;
    const npim_lane_place *place = &l->lane.place;
    npim_lane_trace trace;
    uint32_t first, rows = npim_lane_rows(&l->lane, &first);
    npim_kept_inputs(kept, place->layer, place->group, image, y, x, first, rows, l->inputs);
    npim_lane_run(&l->lane, npim_kept_vector(kept, place->layer, image, y, x), l->inputs, &trace);
    npim_lane_show(&l->values->volts, &trace, out);
}

/* Replicas of a layer have the same lane: they differ in their windows alone. */
static npim_wave_lane *find_lane(const npim_wave_values *values, const npim_lane_place *place) {
    npim_wave_lane *lane = values->lanes;
    while (lane && memcmp(&lane->lane.place, place, sizeof *place) != 0) lane = lane->next;
    return lane;
}

npim_status npim_wave_values_lane(npim_wave_values *values, const npim_lane_place *place,
                                  npim_lane_source *source, npim_error *error) {
    npim_status status = prepare(values, error);
    if (status != NPIM_OK) return status;
    npim_wave_lane *known = find_lane(values, place);
    *source = (npim_lane_source){known, give};
    if (known) return NPIM_OK;
    size_t rows = (size_t)place->n_chunks * values->hardware.crossbar.rows;
    npim_wave_lane *lane = calloc(1, sizeof *lane + rows * sizeof *lane->inputs);
    if (!lane) return npim_fail(error, NPIM_ENOMEM, "no memory for the values of a wave");
    lane->values = values;
    lane->next = values->lanes;
    values->lanes = lane;
    npim_product_layer group = group_of(values, place);
    source->context = lane;
    return npim_lane_init(&lane->lane, &values->base, &group, place, values->request->mode == NPIM_MODE_IDEAL,
                          error);
}

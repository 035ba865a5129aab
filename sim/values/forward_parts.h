/* Inside sim/values/forward*.c: what the parts of the integer forward pass share. */
#ifndef NPIM_SIM_VALUES_FORWARD_PARTS_H
#define NPIM_SIM_VALUES_FORWARD_PARTS_H

#include "sim/values/forward.h"
#include "sim/values/functions.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_pass {
    const npim_network *network;
    const npim_tensors *tensors;
    const npim_images *images;
    const npim_products *products;
    const npim_stop *stop;
    npim_error *error;
    size_t n;                     /* images */
    uint64_t first;               /* number of the first one */
    int16_t **codes;              /* of every layer: [n][elements], NULL when nobody needs them any more */
    npim_code_observer *observer; /* NULL: none */
    void *context;                /* of it */
} npim_pass;

size_t npim_pass_elements(const npim_layer *layer); /* of its output */

/* Codes of image `image` that input `i` of a layer delivers, and their scale. */
const int16_t *npim_pass_input(const npim_pass *pass, uint32_t layer, uint32_t i, size_t image);
double npim_pass_scale(const npim_pass *pass, uint32_t layer, uint32_t i);

/* Each fills codes[layer]. sim/values/forward_dots.c: conv and fc. */
NPIM_MUST_USE npim_status npim_pass_dots(const npim_pass *pass, uint32_t layer);

/* sim/values/forward_lstm.c */
NPIM_MUST_USE npim_status npim_pass_lstm(const npim_pass *pass, uint32_t layer);

/* sim/values/forward_pool.c: maxpool, avgpool, globalpool; one image. */
void npim_pass_pool(const npim_pass *pass, uint32_t layer, size_t image);

/* sim/values/forward_digital.c: the other digital layers; one image. NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_pass_digital(const npim_pass *pass, uint32_t layer, size_t image);

#ifdef __cplusplus
}
#endif
#endif

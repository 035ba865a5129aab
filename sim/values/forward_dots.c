#include "sim/values/forward_parts.h"

#include "sim/values/rescale.h"

#include <stdlib.h>
#include <string.h>

/* Vectors are unfolded in batches of about this many bytes: large enough for the kernels, small enough for
 * the caches. */
enum { BATCH_BYTES = 4 << 20 };

typedef struct dots {
    const npim_pass *pass;
    const npim_layer *layer;
    uint32_t index;
    npim_product_layer product;
    size_t positions, per_batch;
    int16_t *inputs;
    int32_t *sums;
    npim_rescale *rescale; /* of each output of the layer */
    double *real;          /* real value of an accumulator's 1 */
} dots;

/* The rows of one output position: (channel of the group, kernel row, kernel column); padding is code 0. */
static void unfold(const dots *d, size_t image, uint32_t y, uint32_t x, int16_t *row) {
    const npim_layer *l = d->layer;
    uint32_t channels = l->in_c / l->groups;
    const int16_t *codes = npim_pass_input(d->pass, d->index, 0, image) +
                           (size_t)d->product.group * channels * l->in_h * l->in_w;
    for (uint32_t c = 0; c < channels; c++, codes += (size_t)l->in_h * l->in_w) {
        for (uint32_t ky = 0; ky < l->kernel_h; ky++) {
            int64_t in_y = (int64_t)y * l->stride_h + (int64_t)ky * l->dilation_h - l->pad_top;
            for (uint32_t kx = 0; kx < l->kernel_w; kx++) {
                int64_t in_x = (int64_t)x * l->stride_w + (int64_t)kx * l->dilation_w - l->pad_left;
                bool inside = in_y >= 0 && in_y < l->in_h && in_x >= 0 && in_x < l->in_w;
                *row++ = inside ? codes[(size_t)in_y * l->in_w + (size_t)in_x] : (int16_t)0;
            }
        }
    }
}

static void fill(const dots *d, size_t first, size_t n) {
    const npim_layer *l = d->layer;
    for (size_t v = 0; v < n; v++) {
        size_t image = (first + v) / d->positions, position = (first + v) % d->positions;
        int16_t *row = d->inputs + v * d->product.rows;
        if (l->kind == NPIM_LAYER_FC)
            memcpy(row, npim_pass_input(d->pass, d->index, 0, image), d->product.rows * sizeof *row);
        else
            unfold(d, image, (uint32_t)(position / l->out_w), (uint32_t)(position % l->out_w), row);
    }
}

static int16_t finish(const dots *d, uint32_t output, int32_t sum, npim_code_range range) {
    const npim_layer_tensors *t = &d->pass->tensors->layers[d->index];
    int64_t total = (int64_t)sum + (t->bias ? t->bias[output] : 0);
    if (!npim_activation_is_range(d->layer->activation))
        return npim_code_of(npim_activate(d->layer, (double)total * d->real[output]) / d->layer->scale,
                            range);
    int32_t code = npim_rescale_value(d->rescale[output], total);
    return (int16_t)(code < range.least ? range.least : code > range.most ? range.most : code);
}

static void store(const dots *d, size_t first, size_t n) {
    const npim_layer *l = d->layer;
    npim_code_range range = npim_code_range_of(l);
    int16_t *codes = d->pass->codes[d->index];
    uint32_t first_output = d->product.group * d->product.outputs;
    for (size_t v = 0; v < n; v++) {
        size_t image = (first + v) / d->positions, position = (first + v) % d->positions;
        int16_t *to = codes + image * npim_pass_elements(l) + position;
        for (uint32_t o = 0; o < d->product.outputs; o++)
            to[(size_t)(first_output + o) * d->positions] =
                finish(d, first_output + o, d->sums[v * d->product.outputs + o], range);
    }
}

static npim_status run_batches(const dots *d) {
    const npim_pass *pass = d->pass;
    size_t vectors = pass->n * d->positions;
    for (size_t first = 0; first < vectors; first += d->per_batch) {
        size_t n = vectors - first < d->per_batch ? vectors - first : d->per_batch;
        npim_status status = npim_stop_check(pass->stop, pass->error);
        if (status != NPIM_OK) return status;
        fill(d, first, n);
        npim_product_batch batch = {pass->first * d->positions + first, 1, n, d->inputs, d->sums};
        status = pass->products->run(pass->products->engine, &batch, pass->error);
        if (status != NPIM_OK) return status;
        store(d, first, n);
    }
    return NPIM_OK;
}

static npim_status run_group(dots *d, uint32_t group) {
    const npim_products *products = d->pass->products;
    d->product.group = group;
    d->product.weight =
        d->pass->tensors->layers[d->index].weight + (size_t)group * d->product.outputs * d->product.rows;
    npim_status status = products->begin(products->engine, &d->product, d->pass->error);
    if (status == NPIM_OK) status = run_batches(d);
    products->end(products->engine);
    return status;
}

static npim_status make_room(dots *d) {
    size_t vectors = d->pass->n * d->positions;
    d->per_batch = 1 + BATCH_BYTES / (d->product.rows * sizeof *d->inputs);
    if (d->per_batch > vectors) d->per_batch = vectors;
    d->inputs = malloc(d->per_batch * d->product.rows * sizeof *d->inputs);
    d->sums = malloc(d->per_batch * d->product.outputs * sizeof *d->sums);
    d->rescale = malloc(d->layer->out_c * sizeof *d->rescale);
    d->real = malloc(d->layer->out_c * sizeof *d->real);
    if (d->inputs && d->sums && d->rescale && d->real) return NPIM_OK;
    return npim_fail(d->pass->error, NPIM_ENOMEM, "no memory for the products of layer %s", d->layer->name);
}

npim_status npim_pass_dots(const npim_pass *pass, uint32_t index) {
    const npim_layer *layer = &pass->network->layers[index];
    dots d = {.pass = pass, .layer = layer, .index = index};
    double in_scale = npim_pass_scale(pass, index, 0);
    bool in_signed = pass->network->layers[layer->inputs[0]].is_signed;
    d.positions = (size_t)npim_layer_positions(layer);
    d.product.layer = index;
    d.product.groups = layer->groups;
    d.product.rows = (uint32_t)npim_layer_rows(layer);
    d.product.outputs = (uint32_t)npim_layer_outputs(layer);
    d.product.signed_from = in_signed ? 0 : d.product.rows;
    if (layer->activation == NPIM_ACTIVATION_SOFTMAX)
        return npim_fail(pass->error, NPIM_EUNSUPPORTED,
                         "layer %s: softmax has no values as an attribute: make it a layer of its own",
                         layer->name);
    npim_status status = make_room(&d);
    for (uint32_t o = 0; status == NPIM_OK && o < layer->out_c; o++) {
        d.real[o] = in_scale * pass->tensors->layers[index].weight_scale[o];
        d.rescale[o] = npim_rescale_of(d.real[o] / layer->scale);
    }
    for (uint32_t g = 0; status == NPIM_OK && g < layer->groups; g++) status = run_group(&d, g);
    free(d.inputs);
    free(d.sums);
    free(d.rescale);
    free(d.real);
    return status;
}

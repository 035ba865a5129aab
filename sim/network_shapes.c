#include "sim/network_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Limits that keep every product below in range: a tensor has at most 2^30 elements, so that a size fits
 * 32 bits, and a network less than 2^53 multiply-accumulates, so that a double counts them exactly. And one
 * that bounds the work of the mapper: 2^33 weights, where the largest networks of convolutions have some
 * 10^9. */
static const double max_elements = 1073741824.0;
static const double max_macs = 9007199254740992.0;
static const double max_weights = 8589934592.0;

/* One direction of a sliding window. ceil_mode becomes padding behind, so that
 * out = (in + before + after - reach) / stride + 1 holds for every layer. */
static npim_status slide(const npim_loader *l, const npim_draft *d, uint64_t in, uint32_t before,
                         uint32_t *after, uint32_t kernel, uint32_t stride, uint32_t dilation, uint32_t *ceil,
                         uint32_t *out) {
    uint64_t reach = (uint64_t)dilation * (kernel - 1) + 1, padded = in + before + *after;
    if (reach > padded)
        return npim_draft_fail(l, d, "kernel", NPIM_ECONFIG,
                               "kernel reaches over %llu pixels, the padded input has %llu",
                               (unsigned long long)reach, (unsigned long long)padded);
    if (d->layer.kind != NPIM_LAYER_CONV && (before >= kernel || *after >= kernel))
        return npim_draft_fail(l, d, "padding", NPIM_ECONFIG,
                               "padding %u: a pooling window of padding alone (kernel %u)",
                               before >= kernel ? before : *after, kernel);
    uint64_t windows = (padded - reach) / stride + 1;
    /* One window more when pixels are left over, unless it would begin behind the input. */
    if (d->keys.ceil_mode && (padded - reach) % stride && windows * stride < in + before) {
        windows++;
        *ceil = (uint32_t)((windows - 1) * stride + reach - padded);
        *after += *ceil;
    }
    *out = (uint32_t)windows;
    return NPIM_OK;
}

static npim_status slide_both(const npim_loader *l, const npim_draft *d, npim_layer *y) {
    npim_status status = slide(l, d, y->in_h, y->pad_top, &y->pad_bottom, y->kernel_h, y->stride_h,
                               y->dilation_h, &y->ceil_bottom, &y->out_h);
    if (status == NPIM_OK)
        status = slide(l, d, y->in_w, y->pad_left, &y->pad_right, y->kernel_w, y->stride_w, y->dilation_w,
                       &y->ceil_right, &y->out_w);
    return status;
}

/* Takes the input shapes of an element-wise layer or a concatenation together. */
static npim_status join(const npim_loader *l, const npim_draft *d, npim_layer *y) {
    bool concat = y->kind == NPIM_LAYER_CONCAT;
    for (uint32_t i = 1; i < y->n_inputs; i++) {
        const npim_layer *x = &l->network->layers[y->inputs[i]], *x0 = &l->network->layers[y->inputs[0]];
        if (x->out_h != x0->out_h || x->out_w != x0->out_w || (!concat && x->out_c != x0->out_c))
            return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG,
                                   "%s of different shapes: \"%s\" [%u, %u, %u] and \"%s\" [%u, %u, %u]",
                                   npim_layer_kind_names[y->kind], x0->name, x0->out_c, x0->out_h, x0->out_w,
                                   x->name, x->out_c, x->out_h, x->out_w);
        if ((double)y->in_c + x->out_c > max_elements)
            return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG, "more than 2^30 channels");
        if (concat) y->in_c += x->out_c;
    }
    y->out_c = y->in_c;
    return NPIM_OK;
}

/* The rows of the inputs, one after another, are the steps of a sequence. */
static npim_status unroll(const npim_loader *l, const npim_draft *d, npim_layer *y) {
    uint64_t rows = 0;
    for (uint32_t i = 0; i < y->n_inputs; i++) {
        const npim_layer *x = &l->network->layers[y->inputs[i]], *x0 = &l->network->layers[y->inputs[0]];
        if (x->out_w != 1)
            return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG,
                                   "\"%s\" [%u, %u, %u] is no sequence: its width must be 1", x->name,
                                   x->out_c, x->out_h, x->out_w);
        if (x->out_c != x0->out_c)
            return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG,
                                   "steps of different sizes: \"%s\" has %u channels, \"%s\" %u", x0->name,
                                   x0->out_c, x->name, x->out_c);
        rows += x->out_h;
    }
    if (rows != d->keys.steps)
        return npim_draft_fail(l, d, "steps", NPIM_ECONFIG, "steps = %u, but its inputs have %llu rows",
                               d->keys.steps, (unsigned long long)rows);
    y->in_h = y->out_h = d->keys.steps;
    y->out_c = d->keys.hidden;
    return NPIM_OK;
}

static npim_status shape_of(const npim_loader *l, const npim_draft *d, npim_layer *y) {
    y->out_c = y->in_c;
    y->out_h = y->in_h;
    y->out_w = y->in_w;
    switch (y->kind) {
    case NPIM_LAYER_CONV:
        y->out_c = d->keys.channels;
        if (y->in_c % y->groups || y->out_c % y->groups)
            return npim_draft_fail(l, d, "groups", NPIM_ECONFIG,
                                   "groups = %u does not divide %u inputs and %u outputs", y->groups, y->in_c,
                                   y->out_c);
        return slide_both(l, d, y);
    case NPIM_LAYER_MAXPOOL:
    case NPIM_LAYER_AVGPOOL:
        return slide_both(l, d, y);
    case NPIM_LAYER_LSTM:
        return unroll(l, d, y);
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_SUB:
    case NPIM_LAYER_MUL:
    case NPIM_LAYER_CONCAT:
        return join(l, d, y);
    case NPIM_LAYER_FC:
    case NPIM_LAYER_GLOBALPOOL:
    case NPIM_LAYER_FLATTEN:
        if (y->kind == NPIM_LAYER_FC) y->out_c = d->keys.channels;
        if (y->kind == NPIM_LAYER_FLATTEN) y->out_c = y->in_c * y->in_h * y->in_w;
        y->out_h = y->out_w = 1;
        return NPIM_OK;
    case NPIM_LAYER_GATHER: /* its table of indices says what goes where */
        y->out_c = d->keys.out[0];
        y->out_h = d->keys.out[1];
        y->out_w = d->keys.out[2];
        return NPIM_OK;
    case NPIM_LAYER_INPUT:
    case NPIM_LAYER_ACTIVATION:
    case NPIM_LAYER_SCALE:
    case NPIM_LAYER_LRN:
        break;
    }
    return NPIM_OK;
}

static npim_status check_shape(const npim_loader *l, const npim_draft *d, const npim_layer *y) {
    const uint32_t *out = d->keys.out;
    if ((double)y->out_c * y->out_h * y->out_w > max_elements)
        return npim_draft_fail(l, d, "channels", NPIM_ECONFIG,
                               "output [%u, %u, %u] has more than 2^30 elements", y->out_c, y->out_h,
                               y->out_w);
    if (npim_draft_entry(l, d, "out") && (out[0] != y->out_c || out[1] != y->out_h || out[2] != y->out_w))
        return npim_draft_fail(l, d, "out", NPIM_ECONFIG,
                               "out = [%u, %u, %u], but the layer gives [%u, %u, %u]", out[0], out[1], out[2],
                               y->out_c, y->out_h, y->out_w);
    return NPIM_OK;
}

/* What the network has in all, up to the layer in hand. */
typedef struct totals {
    double macs, weights;
} totals;

/* Checked in double: the product itself may be beyond 64 bits. */
static npim_status check_macs(const npim_loader *l, const npim_draft *d, const npim_layer *y, totals *all) {
    if (!npim_layer_has_weights(y)) return NPIM_OK;
    double rows = (double)y->kernel_h * y->kernel_w * y->in_c / y->groups;
    if (y->kind == NPIM_LAYER_FC) rows = (double)y->in_c * y->in_h * y->in_w;
    if (y->kind == NPIM_LAYER_LSTM) rows = ((double)y->in_c + y->out_c) * NPIM_LSTM_GATES;
    all->weights += rows * y->out_c;
    all->macs += rows * y->out_c * y->out_h * y->out_w;
    if (all->macs >= max_macs)
        return npim_draft_fail(l, d, "channels", NPIM_ECONFIG,
                               "network of 2^53 multiply-accumulates or more");
    if (all->weights > max_weights)
        return npim_draft_fail(l, d, "channels", NPIM_EUNSUPPORTED, "network of more than 2^33 weights");
    return NPIM_OK;
}

/* Moves the layer of that place in the order into the network and computes its shape. */
static npim_status place(const npim_loader *l, const npim_draft *d, totals *all) {
    npim_layer *layers = l->network->layers, *y = &layers[d->position];
    *y = d->layer;
    for (uint32_t i = 0; i < y->n_inputs; i++)
        y->inputs[i] = y->inputs[i] ? l->drafts[y->inputs[i] - 1].position : 0;
    const uint32_t sent[] = {d->keys.out[0], d->keys.out[1], d->keys.out[2]};
    const npim_layer *from = &layers[y->inputs[0]];
    bool input = y->kind == NPIM_LAYER_INPUT;
    y->in_c = input ? sent[0] : from->out_c;
    y->in_h = input ? sent[1] : from->out_h;
    y->in_w = input ? sent[2] : from->out_w;
    npim_status status = shape_of(l, d, y);
    if (status == NPIM_OK) status = check_shape(l, d, y);
    if (status == NPIM_OK) status = check_macs(l, d, y, all);
    return status;
}

static void place_image(const npim_loader *l) {
    npim_layer *image = &l->network->layers[0];
    strcpy(image->name, "input");
    image->in_c = image->out_c = l->image.channels;
    image->in_h = image->out_h = l->image.height;
    image->in_w = image->out_w = l->image.width;
    image->scale = l->image.scale;
    image->is_signed = l->image.is_signed;
    image->kernel_h = image->kernel_w = image->stride_h = image->stride_w = 1;
    image->dilation_h = image->dilation_w = image->groups = 1;
    const npim_entry *entry = npim_doc_find(&l->doc, "network.input.channels");
    if (entry) image->line = entry->line;
}

static npim_status check_image(const npim_loader *l) {
    const npim_image_keys *image = &l->image;
    if ((double)image->channels * image->height * image->width <= max_elements) return NPIM_OK;
    const npim_entry *entry = npim_doc_find(&l->doc, "network.input.channels");
    return npim_fail(l->error, NPIM_ECONFIG, "%s:%u: network.input of %u x %u x %u: more than 2^30 elements",
                     entry->file, entry->line, image->channels, image->height, image->width);
}

/* Exactly one layer has no consumer: the output. The image may have none where there are other inputs. */
static npim_status find_output(const npim_loader *l) {
    npim_network *network = l->network;
    bool *consumed = calloc(network->n_layers, sizeof *consumed);
    if (!consumed) return npim_fail(l->error, NPIM_ENOMEM, "out of memory");
    for (uint32_t i = 1; i < network->n_layers; i++)
        for (uint32_t j = 0; j < network->layers[i].n_inputs; j++)
            consumed[network->layers[i].inputs[j]] = true;
    const npim_draft *output = NULL, *other = NULL;
    for (uint32_t i = 0; i < l->n; i++) {
        const npim_draft *d = &l->drafts[i];
        if (consumed[d->position]) continue;
        if (output) other = d;
        if (!output) output = d;
    }
    bool image = consumed[0];
    free(consumed);
    if (!image)
        return npim_fail(l->error, NPIM_ECONFIG, "%s:%u: network.input: no layer reads it", l->file,
                         network->layers[0].line);
    network->output = output->position; /* without a cycle there is one */
    if (!other) return NPIM_OK;
    return npim_draft_fail(l, other, "name", NPIM_ECONFIG,
                           "nobody uses its output, nor that of \"%s\" (line %u): a network has 1 output",
                           output->layer.name, output->layer.line);
}

npim_status npim_network_shape(npim_loader *l) {
    totals all = {0};
    npim_status status = check_image(l);
    if (status == NPIM_OK) status = npim_network_order(l);
    if (status != NPIM_OK) return status;
    place_image(l);
    l->network->n_layers = l->n + 1;
    uint32_t *order = calloc(l->network->n_layers, sizeof *order);
    if (!order) return npim_fail(l->error, NPIM_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < l->n; i++) order[l->drafts[i].position] = i;
    for (uint32_t p = 1; status == NPIM_OK && p <= l->n; p++) status = place(l, &l->drafts[order[p]], &all);
    free(order);
    return status == NPIM_OK ? find_output(l) : status;
}

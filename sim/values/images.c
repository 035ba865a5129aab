#include "sim/values/images.h"

#include "sim/values/npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* [n, channels, height, width], [n, height, width] for one channel, [n, elements] */
static bool fits(const npim_npy *array, const npim_layer *input) {
    const size_t *s = array->shape;
    size_t elements = (size_t)input->out_c * input->out_h * input->out_w;
    if (array->rank == 4) return s[1] == input->out_c && s[2] == input->out_h && s[3] == input->out_w;
    if (array->rank == 3) return input->out_c == 1 && s[1] == input->out_h && s[2] == input->out_w;
    return array->rank == 2 && s[1] == elements;
}

static npim_status check_shape(const npim_npy *array, const npim_network *network, uint32_t layer,
                               const char *path, npim_error *error) {
    const npim_layer *input = &network->layers[layer];
    char text[NPIM_NPY_SHAPE_SIZE], narrow[40] = "";
    if (input->out_c == 1) snprintf(narrow, sizeof narrow, ", (n, %u, %u)", input->out_h, input->out_w);
    if (!fits(array, input))
        return npim_fail(
            error, NPIM_ECONFIG, "%s: %s of the shape %s: network %s takes (n, %u, %u, %u)%s or (n, %zu)",
            path, layer == 0 ? "images" : input->name, npim_npy_shape_text(array->rank, array->shape, text),
            network->name, input->out_c, input->out_h, input->out_w, narrow,
            (size_t)input->out_c * input->out_h * input->out_w);
    if (array->shape[0] == 0) return npim_fail(error, NPIM_ECONFIG, "%s: no image: 1 or more needed", path);
    return NPIM_OK;
}

static npim_status take(float **values, const npim_npy *array, const char *path, npim_error *error) {
    float *taken = array->n <= SIZE_MAX / sizeof *taken ? malloc(array->n * sizeof *taken) : NULL;
    if (!taken) return npim_fail(error, NPIM_ENOMEM, "no memory for the images of %s", path);
    size_t elements = array->n / array->shape[0];
    for (size_t i = 0; i < array->n; i++) {
        taken[i] = (float)npim_npy_at(array, i);
        if (isfinite(taken[i])) continue;
        free(taken);
        return npim_fail(error, NPIM_ECONFIG, "%s: image %zu: element %zu is not a finite number", path,
                         i / elements, i % elements);
    }
    *values = taken;
    return NPIM_OK;
}

/* *n images of an input. */
static npim_status read_input(float **values, size_t *n, const npim_network *network, uint32_t layer,
                              const char *path, npim_error *error) {
    npim_npy array = {0};
    npim_status status = npim_npy_read(&array, path, error);
    if (status == NPIM_OK) status = check_shape(&array, network, layer, path, error);
    if (status == NPIM_OK) status = take(values, &array, path, error);
    if (status == NPIM_OK) *n = array.shape[0];
    npim_npy_fini(&array);
    return status;
}

static size_t elements_of(const npim_layer *input) {
    return (size_t)input->out_c * input->out_h * input->out_w;
}

npim_status npim_images_read(npim_images *images, const npim_network *network, const char *path,
                             npim_error *error) {
    npim_images read = {.elements = elements_of(&network->layers[0])};
    npim_status status = read_input(&read.values, &read.n, network, 0, path, error);
    if (status == NPIM_OK) *images = read;
    return status;
}

npim_status npim_images_add(npim_images *images, const npim_layer *input, uint32_t layer, float *values,
                            npim_error *error) {
    npim_further_input *more = realloc(images->further, (images->n_further + 1) * sizeof *images->further);
    if (!more) {
        free(values);
        return npim_fail(error, NPIM_ENOMEM, "no memory for input %s", input->name);
    }
    more[images->n_further++] = (npim_further_input){layer, elements_of(input), values};
    images->further = more;
    return NPIM_OK;
}

npim_status npim_images_read_further(npim_images *images, const npim_network *network, uint32_t layer,
                                     const char *path, npim_error *error) {
    const npim_layer *input = &network->layers[layer];
    float *values = NULL;
    size_t n = 0;
    npim_status status = read_input(&values, &n, network, layer, path, error);
    if (status != NPIM_OK) return status;
    if (n == images->n) return npim_images_add(images, input, layer, values, error);
    free(values);
    return npim_fail(error, NPIM_ECONFIG, "%s: %s of %zu images: must be those of %zu", path, input->name, n,
                     images->n);
}

const float *npim_images_input(const npim_images *images, uint32_t layer, size_t i) {
    if (layer == 0) return images->values + i * images->elements;
    for (uint32_t f = 0; f < images->n_further; f++)
        if (images->further[f].layer == layer)
            return images->further[f].values + (images->first + i) * images->further[f].elements;
    return NULL;
}

void npim_images_fini(npim_images *images) {
    free(images->values);
    for (uint32_t f = 0; f < images->n_further; f++) free(images->further[f].values);
    free(images->further);
    *images = (npim_images){0};
}

static npim_status check_labels(const npim_npy *array, const char *path, size_t n, size_t classes,
                                npim_error *error) {
    char text[NPIM_NPY_SHAPE_SIZE];
    if (array->type >= NPIM_NPY_F16)
        return npim_fail(error, NPIM_ECONFIG, "%s: labels of type %s: must be whole numbers", path,
                         npim_npy_type_names[array->type]);
    if (array->rank != 1 || array->n != n)
        return npim_fail(error, NPIM_ECONFIG, "%s: labels of the shape %s: (%zu,), one for each image", path,
                         npim_npy_shape_text(array->rank, array->shape, text), n);
    for (size_t i = 0; i < n; i++) {
        double label = npim_npy_at(array, i);
        if (label < 0.0 || label >= (double)classes)
            return npim_fail(error, NPIM_ECONFIG, "%s: label %zu is %.0f: outside 0..%zu", path, i, label,
                             classes - 1);
    }
    return NPIM_OK;
}

npim_status npim_labels_read(uint32_t **labels, const char *path, size_t n, size_t classes,
                             npim_error *error) {
    npim_npy array = {0};
    npim_status status = npim_npy_read(&array, path, error);
    if (status == NPIM_OK) status = check_labels(&array, path, n, classes, error);
    if (status == NPIM_OK) {
        *labels = malloc(n ? n * sizeof **labels : 1);
        if (!*labels) status = npim_fail(error, NPIM_ENOMEM, "no memory for the labels of %s", path);
    }
    for (size_t i = 0; status == NPIM_OK && i < n; i++) (*labels)[i] = (uint32_t)npim_npy_at(&array, i);
    npim_npy_fini(&array);
    return status;
}

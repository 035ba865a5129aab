#include "sim/values/tensors.h"

#include "sim/values/npy.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096 };

/* As of the scales in network.toml: products and quotients of three are still numbers. */
static const double min_scale = 1e-100, max_scale = 1e100;

/* A file of a layer. */
typedef struct file {
    npim_npy_type type;
    bool optional;
    size_t member; /* of npim_layer_tensors: the pointer */
} file;

#define MEMBER(name) offsetof(npim_layer_tensors, name)
static const file files[NPIM_N_TENSOR_FILES] = {
    [NPIM_TENSOR_WEIGHT_FLOAT] = {NPIM_NPY_F32, true, MEMBER(weight_float)},
    [NPIM_TENSOR_BIAS_FLOAT] = {NPIM_NPY_F32, true, MEMBER(bias_float)},
    [NPIM_TENSOR_WEIGHT] = {NPIM_NPY_I8, false, MEMBER(weight)},
    [NPIM_TENSOR_WEIGHT_SCALE] = {NPIM_NPY_F64, false, MEMBER(weight_scale)},
    [NPIM_TENSOR_BIAS] = {NPIM_NPY_I32, true, MEMBER(bias)},
    [NPIM_TENSOR_FACTOR] = {NPIM_NPY_F32, false, MEMBER(factor)},
    [NPIM_TENSOR_OFFSET] = {NPIM_NPY_F32, false, MEMBER(offset)},
    [NPIM_TENSOR_INDEX] = {NPIM_NPY_I32, false, MEMBER(index)},
};

/* The layer in hand, and the file of it that was read last. */
typedef struct loader {
    const npim_layer *layer;
    npim_layer_tensors *tensors;
    char folder[PATH_SIZE], path[PATH_SIZE];
    npim_error *error;
} loader;

size_t npim_tensors_outputs(const npim_layer *layer) {
    if (!npim_layer_has_weights(layer)) return 0;
    return layer->kind == NPIM_LAYER_LSTM ? (size_t)NPIM_LSTM_GATES * layer->out_c : layer->out_c;
}

npim_status npim_tensors_init(npim_tensors *tensors, uint32_t n_layers, npim_error *error) {
    *tensors = (npim_tensors){.layers = calloc(n_layers, sizeof *tensors->layers), .n_layers = n_layers};
    if (tensors->layers) return NPIM_OK;
    tensors->n_layers = 0;
    return npim_fail(error, NPIM_ENOMEM, "no memory for the tensors of %u layers", n_layers);
}

void npim_tensors_fini(npim_tensors *tensors) {
    for (uint32_t l = 0; l < tensors->n_layers; l++) {
        npim_layer_tensors *t = &tensors->layers[l];
        void *all[] = {t->weight_float, t->bias_float, t->weight, t->weight_scale,
                       t->bias,         t->factor,     t->offset, t->index};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    }
    free(tensors->layers);
    *tensors = (npim_tensors){0};
}

bool npim_tensors_folder(const char *path, char *folder, size_t size) {
    struct stat info;
    bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    const char *slash = strrchr(path, '/');
    int stem = is_folder ? (int)strlen(path) : slash ? (int)(slash - path) : 1;
    const char *from = is_folder || slash ? path : ".";
    return strlen(path) < size && snprintf(folder, size, "%.*s/tensors", stem, from) < (int)size;
}

bool npim_tensors_has(const npim_layer_tensors *tensors, npim_tensor_file kind) {
    const void *data;
    memcpy(&data, (const char *)tensors + files[kind].member, sizeof data);
    return data != NULL;
}

static npim_status find_folder(loader *l, const char *path) {
    if (npim_tensors_folder(path, l->folder, PATH_SIZE)) return NPIM_OK;
    return npim_fail(l->error, NPIM_ECONFIG, "%.64s...: path longer than %d bytes", path, PATH_SIZE - 1);
}

static npim_status complain(const loader *l, const char *what) {
    return npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: %s", l->path, l->layer->name, what);
}

static npim_status check_shape(const loader *l, const file *f, const npim_npy *array, size_t first,
                               size_t n) {
    char text[NPIM_NPY_SHAPE_SIZE];
    if (array->type != f->type)
        return npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: numbers of type %s: must be %s", l->path,
                         l->layer->name, npim_npy_type_names[array->type], npim_npy_type_names[f->type]);
    if (array->rank > 0 && array->n == n && (first == 0 || array->shape[0] == first)) return NPIM_OK;
    npim_npy_shape_text(array->rank, array->shape, text);
    if (first != 0 && first != n)
        return npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: the shape is %s: must be (%zu, %zu)", l->path,
                         l->layer->name, text, first, n / first);
    return npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: the shape is %s: must be of %zu elements",
                     l->path, l->layer->name, text, n);
}

/* Whether the file in hand is to be read: where network.toml says which belong to the layer, those and no
 * others may be there. */
static npim_status find_file(const loader *l, npim_tensor_file kind, bool *found) {
    struct stat info;
    bool missing = stat(l->path, &info) != 0 && errno == ENOENT, optional = files[kind].optional;
    *found = true;
    if (l->layer->files == 0) {
        *found = !missing || !optional;
        return NPIM_OK;
    }
    bool listed = l->layer->files >> kind & 1u;
    if (listed && missing) return complain(l, "this file is missing: the layer's key files has it");
    if (!listed && !missing)
        return complain(l, "this file is one too many: the layer's key files has it not");
    if (!listed && !optional) return complain(l, "this file is needed: the layer's key files has it not");
    *found = listed;
    return NPIM_OK;
}

/* Reads a file of n elements, the first dimension `first` (0: any), into its pointer. n == 0: of the layer's
 * channels or of all its elements; n_factor becomes which. */
static npim_status read_file(loader *l, npim_tensor_file kind, size_t first, size_t n) {
    const file *f = &files[kind];
    bool found = false;
    int length = snprintf(l->path, PATH_SIZE, "%s/%s.%s.npy", l->folder, l->layer->tensors,
                          npim_tensor_file_names[kind]);
    if (length >= PATH_SIZE) return complain(l, "the path is too long");
    npim_status found_status = find_file(l, kind, &found);
    if (found_status != NPIM_OK || !found) return found_status;
    npim_npy array = {0};
    npim_status status = npim_npy_read(&array, l->path, l->error);
    if (status != NPIM_OK) return status;
    size_t elements = (size_t)l->layer->out_c * l->layer->out_h * l->layer->out_w;
    if (n == 0) n = l->tensors->n_factor = array.n == l->layer->out_c ? array.n : elements;
    status = check_shape(l, f, &array, first, n);
    if (status == NPIM_OK) {
        memcpy((char *)l->tensors + f->member, &array.data, sizeof array.data);
        array.data = NULL;
    }
    npim_npy_fini(&array);
    return status;
}

static npim_status check_finite(const loader *l, const float *numbers, size_t n) {
    for (size_t i = 0; numbers && i < n; i++)
        if (!isfinite(numbers[i]))
            return npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: element %zu is not a finite number",
                             l->path, l->layer->name, i);
    return NPIM_OK;
}

/* An accumulator holds 32 bit, whatever the input. */
static npim_status check_weights(const loader *l, size_t outputs, size_t rows) {
    for (size_t o = 0; o < outputs; o++) {
        int64_t most = 0;
        for (size_t r = 0; r < rows; r++) {
            int weight = l->tensors->weight[o * rows + r];
            if (weight < -127) return complain(l, "a weight of -128: must be -127 .. 127");
            most +=
                abs(weight) * 255; /* word lines carry signed codes with 128 added (sim/values/engine.h) */
        }
        if (most > INT32_MAX)
            return npim_fail(l->error, NPIM_ECONFIG,
                             "%s: layer %s: output %zu could sum up to %lld: must be below 2^31", l->path,
                             l->layer->name, o, (long long)most);
    }
    return NPIM_OK;
}

static npim_status check_scales(const loader *l, size_t outputs) {
    for (size_t o = 0; o < outputs; o++)
        if (!(l->tensors->weight_scale[o] >= min_scale && l->tensors->weight_scale[o] <= max_scale))
            return npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: scale %zu is %g: outside %g..%g", l->path,
                             l->layer->name, o, l->tensors->weight_scale[o], min_scale, max_scale);
    return NPIM_OK;
}

static npim_status read_weights(loader *l) {
    size_t outputs = npim_tensors_outputs(l->layer), rows = (size_t)npim_layer_rows(l->layer);
    npim_status status = read_file(l, NPIM_TENSOR_WEIGHT, outputs, outputs * rows);
    if (status == NPIM_OK) status = check_weights(l, outputs, rows);
    if (status == NPIM_OK) status = read_file(l, NPIM_TENSOR_WEIGHT_SCALE, outputs, outputs);
    if (status == NPIM_OK) status = check_scales(l, outputs);
    if (status == NPIM_OK) status = read_file(l, NPIM_TENSOR_BIAS, outputs, outputs);
    if (status == NPIM_OK) status = read_file(l, NPIM_TENSOR_WEIGHT_FLOAT, outputs, outputs * rows);
    if (status == NPIM_OK) status = check_finite(l, l->tensors->weight_float, outputs * rows);
    if (status == NPIM_OK) status = read_file(l, NPIM_TENSOR_BIAS_FLOAT, outputs, outputs);
    if (status == NPIM_OK) status = check_finite(l, l->tensors->bias_float, outputs);
    return status;
}

static npim_status read_factors(loader *l) {
    npim_status status = read_file(l, NPIM_TENSOR_FACTOR, 0, 0);
    if (status == NPIM_OK) status = check_finite(l, l->tensors->factor, l->tensors->n_factor);
    if (status == NPIM_OK) status = read_file(l, NPIM_TENSOR_OFFSET, 0, l->tensors->n_factor);
    if (status == NPIM_OK) status = check_finite(l, l->tensors->offset, l->tensors->n_factor);
    return status;
}

static npim_status read_index(loader *l) {
    size_t n = (size_t)l->layer->out_c * l->layer->out_h * l->layer->out_w;
    int64_t inputs = (int64_t)l->layer->in_c * l->layer->in_h * l->layer->in_w;
    npim_status status = read_file(l, NPIM_TENSOR_INDEX, 0, n);
    for (size_t i = 0; status == NPIM_OK && i < n; i++)
        if (l->tensors->index[i] < -1 || l->tensors->index[i] >= inputs)
            status = npim_fail(l->error, NPIM_ECONFIG, "%s: layer %s: index %d: outside -1..%lld", l->path,
                               l->layer->name, l->tensors->index[i], (long long)inputs - 1);
    return status;
}

static npim_status read_layer(loader *l) {
    npim_layer_kind kind = l->layer->kind;
    bool weights = npim_layer_has_weights(l->layer);
    if (!weights && kind != NPIM_LAYER_SCALE && kind != NPIM_LAYER_GATHER) return NPIM_OK;
    if (!l->layer->tensors[0])
        return npim_fail(l->error, NPIM_ECONFIG, "layer %s: %s needs the key tensors", l->layer->name,
                         npim_layer_kind_names[kind]);
    return weights ? read_weights(l) : kind == NPIM_LAYER_SCALE ? read_factors(l) : read_index(l);
}

npim_status npim_tensors_load(npim_tensors *tensors, const npim_network *network, const char *path,
                              npim_error *error) {
    if (!network->has_values)
        return npim_fail(error, NPIM_ECONFIG, "%s: network %s has no values: its layers have no key scale",
                         path, network->name);
    loader l = {.error = error};
    npim_status status = find_folder(&l, path);
    if (status == NPIM_OK) status = npim_tensors_init(tensors, network->n_layers, error);
    if (status != NPIM_OK) return status;
    tensors->has_float = true;
    for (uint32_t i = 0; status == NPIM_OK && i < network->n_layers; i++) {
        l.layer = &network->layers[i];
        l.tensors = &tensors->layers[i];
        status = read_layer(&l);
        if (npim_layer_has_weights(l.layer) && !l.tensors->weight_float) tensors->has_float = false;
    }
    if (status != NPIM_OK) npim_tensors_fini(tensors);
    return status;
}

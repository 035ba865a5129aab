#include "sim/import/trace_write.h"

#include "sim/shortest.h"
#include "sim/values/npy.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_SIZE = 4096, DOC_SIZE = 900 };

typedef struct writer {
    const npim_network *network;
    const npim_tensors *tensors;
    const char *folder;
    FILE *out; /* network.toml */
    npim_error *error;
} writer;

/* --- network.toml --- */

/* As TOML writes text: what is not plain ASCII becomes a question mark. */
static void put_text(FILE *out, const char *text, size_t most) {
    fputc('"', out);
    for (size_t i = 0; text[i] && i < most; i++) {
        if (text[i] == '"' || text[i] == '\\') fputc('\\', out);
        fputc(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?', out);
    }
    fputc('"', out);
}

/* The fewest digits that read back as the same number, and always as one with a fraction: TOML's integers
 * end at 2^63. */
static void put_number(FILE *out, const char *key, double value) {
    char text[NPIM_SHORTEST_SIZE + 1];
    text[npim_shortest(text, value)] = '\0';
    fprintf(out, "%s = %s%s\n", key, text, strpbrk(text, ".e") ? "" : ".0");
}

static void put_pair(FILE *out, const char *key, uint32_t h, uint32_t w) {
    fprintf(out, "%s = [%u, %u]\n", key, h, w);
}

static void put_inputs(const writer *w, const npim_layer *layer) {
    if (layer->n_inputs == 0) return;
    fputs("inputs = [", w->out);
    for (uint32_t i = 0; i < layer->n_inputs; i++) {
        if (i > 0) fputs(", ", w->out);
        const char *name = layer->inputs[i] ? w->network->layers[layer->inputs[i]].name : "input";
        put_text(w->out, name, NPIM_LAYER_NAME_SIZE);
    }
    fputs("]\n", w->out);
}

static void put_window(FILE *out, const npim_layer *layer) {
    bool conv = layer->kind == NPIM_LAYER_CONV;
    put_pair(out, "kernel", layer->kernel_h, layer->kernel_w);
    put_pair(out, "stride", layer->stride_h, layer->stride_w);
    /* What ceil_mode adds is no padding of the layer's own: the reader adds it again. */
    uint32_t bottom = layer->pad_bottom - layer->ceil_bottom, right = layer->pad_right - layer->ceil_right;
    if (layer->pad_top || layer->pad_left || bottom || right)
        fprintf(out, "padding = [%u, %u, %u, %u]\n", layer->pad_top, layer->pad_left, bottom, right);
    if (layer->ceil_bottom || layer->ceil_right) fputs("ceil_mode = true\n", out);
    if (conv && (layer->dilation_h > 1 || layer->dilation_w > 1))
        put_pair(out, "dilation", layer->dilation_h, layer->dilation_w);
    if (conv && layer->groups > 1) fprintf(out, "groups = %u\n", layer->groups);
    if (layer->count_include_pad) fputs("count_include_pad = true\n", out);
}

static void put_kind(FILE *out, const npim_layer *layer) {
    switch (layer->kind) {
    case NPIM_LAYER_CONV:
        fprintf(out, "channels = %u\n", layer->out_c);
        put_window(out, layer);
        break;
    case NPIM_LAYER_FC:
        fprintf(out, "channels = %u\n", layer->out_c);
        break;
    case NPIM_LAYER_LSTM:
        fprintf(out, "hidden = %u\nsteps = %u\n", layer->out_c, layer->out_h);
        break;
    case NPIM_LAYER_MAXPOOL:
    case NPIM_LAYER_AVGPOOL:
        put_window(out, layer);
        break;
    case NPIM_LAYER_LRN:
        fprintf(out, "size = %u\n", layer->size);
        put_number(out, "alpha", layer->alpha);
        put_number(out, "beta", layer->beta);
        put_number(out, "k", layer->k);
        break;
    default:
        break;
    }
}

static void put_activation(FILE *out, const npim_layer *layer) {
    if (layer->activation == NPIM_ACTIVATION_NONE) return;
    fprintf(out, "activation = \"%s\"\n", npim_activation_names[layer->activation]);
    if (layer->activation == NPIM_ACTIVATION_LEAKY_RELU) put_number(out, "alpha", layer->alpha);
    if (layer->activation != NPIM_ACTIVATION_CLIP) return;
    put_number(out, "clip_min", layer->clip_min);
    put_number(out, "clip_max", layer->clip_max);
}

static bool has_tensors(const npim_layer_tensors *t) {
    for (int i = 0; i < NPIM_N_TENSOR_FILES; i++)
        if (npim_tensors_has(t, (npim_tensor_file)i)) return true;
    return false;
}

/* Which files there are, so that a missing one is missed. */
static void put_files(FILE *out, const npim_layer_tensors *t) {
    const char *mark = "files = [";
    for (int i = 0; i < NPIM_N_TENSOR_FILES; i++) {
        if (!npim_tensors_has(t, (npim_tensor_file)i)) continue;
        fprintf(out, "%s\"%s\"", mark, npim_tensor_file_names[i]);
        mark = ", ";
    }
    fputs("]\n", out);
}

static void put_layer(const writer *w, uint32_t l) {
    const npim_layer *layer = &w->network->layers[l];
    fputs("\n[[layer]]\nname = ", w->out);
    put_text(w->out, layer->name, NPIM_LAYER_NAME_SIZE);
    fprintf(w->out, "\nkind = \"%s\"\n", npim_layer_kind_names[layer->kind]);
    put_inputs(w, layer);
    put_kind(w->out, layer);
    put_activation(w->out, layer);
    fprintf(w->out, "out = [%u, %u, %u]\n", layer->out_c, layer->out_h, layer->out_w);
    if (w->network->has_values) put_number(w->out, "scale", layer->scale);
    if (w->network->has_values && layer->is_signed) fputs("signed = true\n", w->out);
    if (!has_tensors(&w->tensors->layers[l])) return;
    fputs("tensors = ", w->out);
    put_text(w->out, layer->tensors, NPIM_LAYER_NAME_SIZE);
    fputc('\n', w->out);
    put_files(w->out, &w->tensors->layers[l]);
}

static void put_network(const writer *w, const char *doc) {
    const npim_layer *image = &w->network->layers[0];
    fputs("name = ", w->out);
    put_text(w->out, w->network->name, NPIM_LAYER_NAME_SIZE);
    if (doc && *doc) {
        fputs("\ndoc = ", w->out);
        put_text(w->out, doc, DOC_SIZE);
    }
    fprintf(w->out, "\n\n[network.input]\nchannels = %u\nheight = %u\nwidth = %u\n", image->out_c,
            image->out_h, image->out_w);
    if (w->network->has_values) put_number(w->out, "scale", image->scale);
    if (w->network->has_values && image->is_signed) fputs("signed = true\n", w->out);
    for (uint32_t l = 1; l < w->network->n_layers; l++) put_layer(w, l);
}

static npim_status write_network(writer *w, const char *doc) {
    char path[PATH_SIZE];
    if (snprintf(path, PATH_SIZE, "%s/network.toml", w->folder) >= PATH_SIZE)
        return npim_fail(w->error, NPIM_EUSAGE, "%.64s...: path too long", w->folder);
    w->out = fopen(path, "w");
    if (!w->out) return npim_fail(w->error, NPIM_EUSAGE, "%s: cannot write: %s", path, strerror(errno));
    put_network(w, doc);
    bool good = fflush(w->out) == 0 && !ferror(w->out);
    int reason = errno;
    if (fclose(w->out) != 0 && good) {
        good = false;
        reason = errno;
    }
    return good ? NPIM_OK : npim_fail(w->error, NPIM_EUSAGE, "%s: cannot write: %s", path, strerror(reason));
}

/* --- tensors/ --- */

static npim_status write_array(const writer *w, uint32_t l, npim_tensor_file what, npim_npy_type type,
                               uint32_t rank, const size_t *shape, const void *data) {
    char path[PATH_SIZE];
    if (!data) return NPIM_OK;
    if (snprintf(path, PATH_SIZE, "%s/tensors/%s.%s.npy", w->folder, w->network->layers[l].tensors,
                 npim_tensor_file_names[what]) >= PATH_SIZE)
        return npim_fail(w->error, NPIM_EUSAGE, "%.64s...: path too long", w->folder);
    return npim_npy_write(path, type, rank, shape, data, w->error);
}

static npim_status write_layer(const writer *w, uint32_t l) {
    const npim_layer *layer = &w->network->layers[l];
    const npim_layer_tensors *t = &w->tensors->layers[l];
    size_t matrix[] = {npim_tensors_outputs(layer), npim_layer_rows(layer)};
    size_t map[] = {layer->out_c, layer->out_h, layer->out_w};
    const struct {
        npim_npy_type type;
        uint32_t rank;
        const size_t *shape;
        const void *data;
    } files[NPIM_N_TENSOR_FILES] = {[NPIM_TENSOR_WEIGHT_FLOAT] = {NPIM_NPY_F32, 2, matrix, t->weight_float},
                                    [NPIM_TENSOR_BIAS_FLOAT] = {NPIM_NPY_F32, 1, matrix, t->bias_float},
                                    [NPIM_TENSOR_WEIGHT] = {NPIM_NPY_I8, 2, matrix, t->weight},
                                    [NPIM_TENSOR_WEIGHT_SCALE] = {NPIM_NPY_F64, 1, matrix, t->weight_scale},
                                    [NPIM_TENSOR_BIAS] = {NPIM_NPY_I32, 1, matrix, t->bias},
                                    [NPIM_TENSOR_FACTOR] = {NPIM_NPY_F32, 1, &t->n_factor, t->factor},
                                    [NPIM_TENSOR_OFFSET] = {NPIM_NPY_F32, 1, &t->n_factor, t->offset},
                                    [NPIM_TENSOR_INDEX] = {NPIM_NPY_I32, 3, map, t->index}};
    npim_status status = NPIM_OK;
    for (int i = 0; status == NPIM_OK && i < NPIM_N_TENSOR_FILES; i++)
        status = write_array(w, l, (npim_tensor_file)i, files[i].type, files[i].rank, files[i].shape,
                             files[i].data);
    return status;
}

static npim_status make_folder(const writer *w) {
    char path[PATH_SIZE];
    if (snprintf(path, PATH_SIZE, "%s/tensors", w->folder) >= PATH_SIZE)
        return npim_fail(w->error, NPIM_EUSAGE, "%.64s...: path too long", w->folder);
    if (mkdir(path, 0777) == 0) return NPIM_OK;
    return npim_fail(w->error, NPIM_EUSAGE, "%s: cannot make the folder: %s", path, strerror(errno));
}

/* --- what could not be read back --- */

static npim_status check_numbers(const writer *w, const npim_layer *layer) {
    const double numbers[] = {layer->clip_min, layer->clip_max, layer->alpha,
                              layer->beta,     layer->k,        layer->scale};
    static const char *const keys[] = {"clip_min", "clip_max", "alpha", "beta", "k", "scale"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!isfinite(numbers[i]))
            return npim_fail(w->error, NPIM_ECONFIG, "layer %s: %s is not a finite number", layer->name,
                             keys[i]);
    return NPIM_OK;
}

static npim_status check_stem(const writer *w, uint32_t l) {
    const npim_layer *layer = &w->network->layers[l];
    if (!has_tensors(&w->tensors->layers[l])) return NPIM_OK;
    if (!layer->tensors[0] || strchr(layer->tensors, '/'))
        return npim_fail(w->error, NPIM_ECONFIG, "layer %s: \"%s\" cannot begin the names of its files",
                         layer->name, layer->tensors);
    for (uint32_t i = 0; i < l; i++)
        if (has_tensors(&w->tensors->layers[i]) && strcmp(w->network->layers[i].tensors, layer->tensors) == 0)
            return npim_fail(w->error, NPIM_ECONFIG,
                             "layers %s and %s: the files of both would begin with %s",
                             w->network->layers[i].name, layer->name, layer->tensors);
    return NPIM_OK;
}

npim_status npim_trace_write(const npim_network *network, const npim_tensors *tensors, const char *doc,
                             const char *folder, npim_error *error) {
    writer w = {.network = network, .tensors = tensors, .folder = folder, .error = error};
    npim_status status = NPIM_OK;
    for (uint32_t l = 0; status == NPIM_OK && l < network->n_layers; l++) {
        status = check_numbers(&w, &network->layers[l]);
        if (status == NPIM_OK) status = check_stem(&w, l);
    }
    if (status == NPIM_OK) status = make_folder(&w);
    for (uint32_t l = 0; status == NPIM_OK && l < network->n_layers; l++) status = write_layer(&w, l);
    return status == NPIM_OK ? write_network(&w, doc) : status;
}

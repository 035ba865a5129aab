#include "sim/network.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const npim_layer_kind_names[] = {"input",      "conv",       "fc",  "maxpool",
                                             "avgpool",    "globalpool", "add", "concat",
                                             "activation", "flatten",    NULL};
const char *const npim_activation_names[] = {"none", "relu", "relu6", "sigmoid", "tanh", "softmax", NULL};

/* Limits that keep every product below in range: a tensor has at most 2^30 elements, so that a size fits
 * 32 bits, and a network less than 2^53 multiply-accumulates, so that a double counts them exactly. */
static const double max_elements = 1073741824.0;
static const double max_macs = 9007199254740992.0;

/* The keys of one [[layer]]. An extent may be one number for both directions or an array; presence is asked
 * of the document. */
typedef struct layer_keys {
    uint32_t channels, groups, activation;
    bool ceil_mode;
    uint32_t kernel, kernel_at[2], stride, stride_at[2], dilation, dilation_at[2];
    uint32_t padding, padding_at[4], out[3];
} layer_keys;

#define EXTENT(key, member, min, preset, doc)                                                                \
    { key, NPIM_KIND_U32, offsetof(layer_keys, member), min, 65536.0, "pixels", false, preset, NULL, doc }
#define OUT(key, member, doc)                                                                                \
    { key, NPIM_KIND_U32, offsetof(layer_keys, member), 1.0, 1073741824.0, "", false, 1.0, NULL, doc }

static const npim_field layer_fields[] = {
    {"channels", NPIM_KIND_U32, offsetof(layer_keys, channels), 1.0, 65536.0, "channels", false, 1.0, NULL,
     "output channels"},
    {"groups", NPIM_KIND_U32, offsetof(layer_keys, groups), 1.0, 65536.0, "groups", false, 1.0, NULL,
     "independent slices of the channels"},
    {"activation", NPIM_KIND_ENUM, offsetof(layer_keys, activation), 0.0, NPIM_ACTIVATION_SOFTMAX, "", false,
     NPIM_ACTIVATION_NONE, npim_activation_names, "function applied to every output"},
    {"ceil_mode", NPIM_KIND_BOOL, offsetof(layer_keys, ceil_mode), 0.0, 1.0, "", false, 0.0, NULL,
     "round the number of pooling windows up"},
    EXTENT("kernel", kernel, 1.0, 1.0, "square window"),
    EXTENT("kernel[0]", kernel_at[0], 1.0, 1.0, "window height"),
    EXTENT("kernel[1]", kernel_at[1], 1.0, 1.0, "window width"),
    EXTENT("stride", stride, 1.0, 1.0, "step of the window"),
    EXTENT("stride[0]", stride_at[0], 1.0, 1.0, "step downwards"),
    EXTENT("stride[1]", stride_at[1], 1.0, 1.0, "step to the right"),
    EXTENT("dilation", dilation, 1.0, 1.0, "spacing of the window's pixels"),
    EXTENT("dilation[0]", dilation_at[0], 1.0, 1.0, "spacing downwards"),
    EXTENT("dilation[1]", dilation_at[1], 1.0, 1.0, "spacing to the right"),
    EXTENT("padding", padding, 0.0, 0.0, "border on every side"),
    EXTENT("padding[0]", padding_at[0], 0.0, 0.0, "border at the top"),
    EXTENT("padding[1]", padding_at[1], 0.0, 0.0, "border at the left"),
    EXTENT("padding[2]", padding_at[2], 0.0, 0.0, "border at the bottom"),
    EXTENT("padding[3]", padding_at[3], 0.0, 0.0, "border at the right"),
    OUT("out[0]", out[0], "channels of the output, checked"),
    OUT("out[1]", out[1], "height of the output, checked"),
    OUT("out[2]", out[2], "width of the output, checked"),
};

typedef struct image_keys {
    uint32_t size[3];
} image_keys;

static const npim_field image_fields[] = {
    {"channels", NPIM_KIND_U32, offsetof(image_keys, size[0]), 1.0, 65536.0, "channels", false, 1.0, NULL,
     "channels of the image"},
    {"height", NPIM_KIND_U32, offsetof(image_keys, size[1]), 1.0, 65536.0, "pixels", false, 1.0, NULL,
     "height of the image"},
    {"width", NPIM_KIND_U32, offsetof(image_keys, size[2]), 1.0, 65536.0, "pixels", false, 1.0, NULL,
     "width of the image"},
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Keys whose presence depends on the kind; bit i of a rule's masks is option_keys[i]. */
enum {
    CHANNELS = 1,
    KERNEL = 2,
    STRIDE = 4,
    PADDING = 8,
    DILATION = 16,
    GROUPS = 32,
    ACTIVATION = 64,
    CEIL = 128
};
static const char *const option_keys[] = {"channels", "kernel", "stride",     "padding",
                                          "dilation", "groups", "activation", "ceil_mode"};

/* Pools must give their stride: tools disagree about its default (1 or the kernel). */
typedef struct kind_rule {
    unsigned required, optional;
    uint32_t min_inputs, max_inputs;
} kind_rule;
static const kind_rule rules[] = {
    [NPIM_LAYER_CONV] = {CHANNELS | KERNEL, STRIDE | PADDING | DILATION | GROUPS | ACTIVATION, 1, 1},
    [NPIM_LAYER_FC] = {CHANNELS, ACTIVATION, 1, 1},
    [NPIM_LAYER_MAXPOOL] = {KERNEL | STRIDE, PADDING | CEIL, 1, 1},
    [NPIM_LAYER_AVGPOOL] = {KERNEL | STRIDE, PADDING | CEIL, 1, 1},
    [NPIM_LAYER_GLOBALPOOL] = {0, 0, 1, 1},
    [NPIM_LAYER_ADD] = {0, ACTIVATION, 2, NPIM_MAX_INPUTS},
    [NPIM_LAYER_CONCAT] = {0, 0, 2, NPIM_MAX_INPUTS},
    [NPIM_LAYER_ACTIVATION] = {ACTIVATION, 0, 1, 1},
    [NPIM_LAYER_FLATTEN] = {0, 0, 1, 1},
};

/* A layer as listed in the file. view borrows the document's entries from the layer's first to its last, so
 * that looking a key up does not search the whole file. */
typedef struct draft {
    npim_doc view;
    char prefix[24]; /* "layer[12]" */
    layer_keys keys;
    npim_layer layer;  /* inputs: 0 is the image, i + 1 is drafts[i] */
    uint32_t position; /* in topological order, 0: not placed yet */
} draft;

typedef struct loader {
    const char *file;
    npim_doc doc;
    image_keys image;
    draft *drafts;
    uint32_t n;
    npim_network *network;
    npim_error *error;
} loader;

typedef char key_path[NPIM_LAYER_NAME_SIZE];

static const char *path_of(const draft *d, const char *key, key_path path) {
    snprintf(path, sizeof(key_path), "%s.%s", d->prefix, key);
    return path;
}

static bool has_key(const draft *d, const char *key) {
    key_path path;
    return npim_doc_has(&d->view, path_of(d, key, path));
}

/* Complains about a layer, at the line of key when the layer has it. */
__attribute__((format(printf, 5, 6))) static npim_status
fail_at(const loader *l, const draft *d, const char *key, npim_status status, const char *format, ...) {
    char text[NPIM_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    key_path path, element;
    snprintf(element, sizeof element, "%s.%s[0]", d->prefix, key);
    const npim_entry *entry = npim_doc_find(&d->view, path_of(d, key, path));
    if (!entry) entry = npim_doc_find(&d->view, element);
    if (!entry) entry = &d->view.entries[0];
    const char *name = d->layer.name[0] ? d->layer.name : d->prefix;
    return npim_fail(l->error, status, "%s:%u: layer \"%s\": %s", entry->file, entry->line, name, text);
}

/* Names appear in CSV files and on command lines. */
static bool good_name(const char *name) {
    for (; *name; name++)
        if (*name < '!' || *name > '~' || strchr(",\"\\", *name)) return false;
    return true;
}

static npim_status read_head(loader *l) {
    char doc_line[NPIM_MESSAGE_SIZE];
    key_path name = "";
    npim_status status = npim_doc_text(&l->doc, "name", false, name, sizeof name, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_text(&l->doc, "doc", false, doc_line, sizeof doc_line, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_bind(&l->doc, "network.input", image_fields, COUNT(image_fields), &l->image,
                               l->file, l->error);
    memcpy(l->network->name, name, sizeof name);
    return status;
}

/* What read_head may find missing: asked once misspelt keys have been refused by name. */
static npim_status check_head(const loader *l) {
    static const char *const required[] = {"name", "network.input.channels", "network.input.height",
                                           "network.input.width"};
    for (size_t i = 0; i < COUNT(required); i++)
        if (!npim_doc_find(&l->doc, required[i]))
            return npim_fail(l->error, NPIM_ECONFIG, "%s: %s is missing", l->file, required[i]);
    if (!good_name(l->network->name))
        return npim_fail(l->error, NPIM_ECONFIG,
                         "%s:%u: name = \"%s\": allowed are visible ASCII characters except , \" and \\",
                         l->file, npim_doc_find(&l->doc, "name")->line, l->network->name);
    if (l->n == 0)
        return npim_fail(l->error, NPIM_ECONFIG, "%s: no [[layer]]: at least 1 is needed", l->file);
    return NPIM_OK;
}

/* Finds where the entries of each layer begin and end. */
static npim_status make_views(loader *l) {
    size_t n = npim_doc_count(&l->doc, "layer");
    if (n >= NPIM_MAX_LAYERS)
        return npim_fail(l->error, NPIM_ECONFIG, "%s: %zu layers: outside 1..%d", l->file, n,
                         NPIM_MAX_LAYERS - 1);
    l->n = (uint32_t)n;
    l->drafts = calloc(n + 1, sizeof *l->drafts);
    l->network->layers = calloc(n + 1, sizeof *l->network->layers);
    if (!l->drafts || !l->network->layers) return npim_fail(l->error, NPIM_ENOMEM, "out of memory");
    for (size_t i = 0; i < l->doc.n_entries; i++) {
        npim_entry *entry = &l->doc.entries[i];
        if (strncmp(entry->path, "layer[", 6) != 0) continue;
        size_t index = strtoul(entry->path + 6, NULL, 10);
        if (index >= n) continue;
        draft *d = &l->drafts[index];
        if (!d->view.entries) d->view.entries = entry;
        d->view.n_entries = (size_t)(entry - d->view.entries) + 1;
        snprintf(d->prefix, sizeof d->prefix, "layer[%zu]", index);
    }
    return NPIM_OK;
}

/* Reads kind and name first: an unsupported kind may well have keys that nobody here knows. */
static npim_status read_kind(loader *l, draft *d) {
    key_path path, kind = "";
    if (npim_doc_find(&d->view, d->prefix))
        return fail_at(l, d, "", NPIM_ECONFIG, "must be a table with at least name and kind");
    npim_status status = npim_doc_text(&d->view, path_of(d, "name", path), false, d->layer.name,
                                       sizeof d->layer.name, d->prefix, l->error);
    if (status != NPIM_OK) return status;
    status = npim_doc_text(&d->view, path_of(d, "kind", path), false, kind, sizeof kind, d->prefix, l->error);
    if (status != NPIM_OK || !kind[0]) return status;
    for (int i = NPIM_LAYER_CONV; npim_layer_kind_names[i]; i++)
        if (strcmp(kind, npim_layer_kind_names[i]) == 0) d->layer.kind = (npim_layer_kind)i;
    if (d->layer.kind == NPIM_LAYER_INPUT)
        return fail_at(l, d, "kind", NPIM_EUNSUPPORTED,
                       "kind \"%s\" is not modelled (known: conv, fc, maxpool, avgpool, globalpool, add, "
                       "concat, activation, flatten)",
                       kind);
    return NPIM_OK;
}

static npim_status read_layers(loader *l) {
    npim_status status = make_views(l);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = read_kind(l, &l->drafts[i]);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) {
        draft *d = &l->drafts[i];
        d->layer.line = d->view.entries[0].line;
        status = npim_doc_bind(&d->view, d->prefix, layer_fields, COUNT(layer_fields), &d->keys, d->prefix,
                               l->error);
    }
    return status;
}

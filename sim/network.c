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

/* A layer as listed in the file. */
typedef struct draft {
    const npim_entry *first; /* borrowed: its first entry in the document */
    char prefix[32];         /* "layer[12]" */
    layer_keys keys;
    npim_layer layer;  /* inputs: 0 is the image, i + 1 is drafts[i] */
    uint32_t position; /* in topological order; 0: not placed yet */
} draft;

typedef struct loader {
    char file[4096];
    npim_doc doc;
    image_keys image;
    draft *drafts;
    uint32_t n;
    npim_network *network;
    npim_error *error;
} loader;

typedef char key_path[NPIM_LAYER_NAME_SIZE];

/* The entry of a layer's key, or of the first element when it is an array; NULL when absent. */
static npim_entry *entry_of(const loader *l, const draft *d, const char *key) {
    key_path path;
    snprintf(path, sizeof path, "%s.%s", d->prefix, key);
    npim_entry *entry = npim_doc_find(&l->doc, path);
    if (entry) return entry;
    snprintf(path, sizeof path, "%s.%s[0]", d->prefix, key);
    return npim_doc_find(&l->doc, path);
}

static npim_entry *element_of(const loader *l, const draft *d, const char *key, uint32_t index) {
    key_path path;
    snprintf(path, sizeof path, "%s.%s[%u]", d->prefix, key, index);
    return npim_doc_find(&l->doc, path);
}

/* Complains about a layer, at the line of key when the layer has it. */
__attribute__((format(printf, 5, 6))) static npim_status
fail_at(const loader *l, const draft *d, const char *key, npim_status status, const char *format, ...) {
    char text[NPIM_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const npim_entry *entry = entry_of(l, d, key);
    if (!entry) entry = d->first;
    const char *name = d->layer.name[0] ? d->layer.name : d->prefix;
    return npim_fail(l->error, status, "%s:%u: layer \"%s\": %s", entry->file, entry->line, name, text);
}

static npim_status read_head(loader *l) {
    char doc_line[NPIM_MESSAGE_SIZE];
    char *name = l->network->name;
    npim_status status = npim_doc_text(&l->doc, "name", false, name, NPIM_LAYER_NAME_SIZE, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_text(&l->doc, "doc", false, doc_line, sizeof doc_line, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_bind(&l->doc, "network.input", image_fields, COUNT(image_fields), &l->image,
                               l->file, l->error);
    return status;
}

/* Finds how many layers there are and where each one begins. */
static npim_status make_drafts(loader *l) {
    size_t n = npim_doc_count(&l->doc, "layer");
    if (n >= NPIM_MAX_LAYERS)
        return npim_fail(l->error, NPIM_ECONFIG, "%s: %zu layers: outside 1..%d", l->file, n,
                         NPIM_MAX_LAYERS - 1);
    l->drafts = calloc(n + 1, sizeof *l->drafts);
    l->network->layers = calloc(n + 1, sizeof *l->network->layers);
    if (!l->drafts || !l->network->layers) return npim_fail(l->error, NPIM_ENOMEM, "out of memory");
    l->n = (uint32_t)n;
    for (size_t i = 0; i < l->doc.n_entries; i++) {
        const npim_entry *entry = &l->doc.entries[i];
        size_t index = n;
        if (strncmp(entry->path, "layer[", 6) == 0) index = strtoul(entry->path + 6, NULL, 10);
        if (index >= n || l->drafts[index].first) continue;
        l->drafts[index].first = entry;
        l->drafts[index].layer.line = entry->line;
        snprintf(l->drafts[index].prefix, sizeof l->drafts[index].prefix, "layer[%zu]", index);
    }
    return NPIM_OK;
}

/* Reads name and kind before anything else: an unsupported kind may well have keys that nobody here knows. */
static npim_status read_kind(loader *l, draft *d) {
    key_path path, kind = "";
    if (strcmp(d->first->path, d->prefix) == 0)
        return fail_at(l, d, "", NPIM_ECONFIG, "must be a table with name and kind");
    snprintf(path, sizeof path, "%s.name", d->prefix);
    npim_status status =
        npim_doc_text(&l->doc, path, false, d->layer.name, sizeof d->layer.name, l->file, l->error);
    if (status != NPIM_OK) return status;
    snprintf(path, sizeof path, "%s.kind", d->prefix);
    status = npim_doc_text(&l->doc, path, false, kind, sizeof kind, l->file, l->error);
    if (status != NPIM_OK || !kind[0]) return status;
    for (int i = NPIM_LAYER_CONV; npim_layer_kind_names[i]; i++)
        if (strcmp(kind, npim_layer_kind_names[i]) == 0) d->layer.kind = (npim_layer_kind)i;
    if (d->layer.kind != NPIM_LAYER_INPUT) return NPIM_OK;
    return fail_at(l, d, "kind", NPIM_EUNSUPPORTED,
                   "kind \"%s\" is not supported (allowed: conv, fc, maxpool, avgpool, globalpool, add, "
                   "concat, activation, flatten)",
                   kind);
}

/* Marks inputs as read; they are resolved once all names are known. */
static npim_status read_inputs(loader *l, draft *d) {
    npim_entry *entry = entry_of(l, d, "inputs");
    uint32_t n = 0;
    if (entry && !element_of(l, d, "inputs", 0))
        return fail_at(l, d, "inputs", NPIM_ECONFIG, "inputs must be an array of layer names, not empty");
    while (n <= NPIM_MAX_INPUTS && (entry = element_of(l, d, "inputs", n))) {
        if (entry->kind != NPIM_ENTRY_STRING)
            return fail_at(l, d, "inputs", NPIM_ECONFIG, "inputs[%u] must be a layer name in quotes", n);
        entry->used = true;
        n++;
    }
    if (n > NPIM_MAX_INPUTS)
        return fail_at(l, d, "inputs", NPIM_ECONFIG, "more than %d inputs", NPIM_MAX_INPUTS);
    d->layer.n_inputs = n;
    return NPIM_OK;
}

static npim_status read_layers(loader *l) {
    npim_status status = make_drafts(l);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = read_kind(l, &l->drafts[i]);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) {
        draft *d = &l->drafts[i];
        status = npim_doc_bind(&l->doc, d->prefix, layer_fields, COUNT(layer_fields), &d->keys, d->prefix,
                               l->error);
        if (status == NPIM_OK) status = read_inputs(l, d);
    }
    return status;
}

/* Offers the keys of the table in which the first unknown key stands. */
static npim_status reject_unknown(const loader *l) {
    static const char *const head[] = {
        "name", "doc", "include", "network.input.channels", "network.input.height", "network.input.width"};
    static const char *const keys[] = {"name", "kind", "inputs", "out"};
    key_path paths[COUNT(keys) + COUNT(option_keys)];
    const char *known[COUNT(paths)];
    size_t i = 0;
    while (i < l->doc.n_entries && l->doc.entries[i].used) i++;
    if (i == l->doc.n_entries) return NPIM_OK;
    const char *path = l->doc.entries[i].path, *dot = strchr(path, '.');
    if (strncmp(path, "layer[", 6) != 0 || !dot)
        return npim_doc_reject_unused(&l->doc, head, COUNT(head), l->error);
    for (size_t k = 0; k < COUNT(paths); k++) {
        const char *key = k < COUNT(keys) ? keys[k] : option_keys[k - COUNT(keys)];
        snprintf(paths[k], sizeof paths[k], "%.*s.%s", (int)(dot - path), path, key);
        known[k] = paths[k];
    }
    return npim_doc_reject_unused(&l->doc, known, COUNT(known), l->error);
}

/* Names appear in CSV files and on command lines. */
#define NAME_RULE "only visible ASCII characters other than , \" and \\ are allowed"
static bool good_name(const char *name) {
    for (; *name; name++)
        if (*name < '!' || *name > '~' || strchr(",\"\\", *name)) return false;
    return true;
}

/* What may be missing is asked once misspelt keys have been refused by name. */
static npim_status check_head(const loader *l) {
    static const char *const required[] = {"name", "network.input.channels", "network.input.height",
                                           "network.input.width"};
    for (size_t i = 0; i < COUNT(required); i++)
        if (!npim_doc_find(&l->doc, required[i]))
            return npim_fail(l->error, NPIM_ECONFIG, "%s: required key %s is missing", l->file, required[i]);
    if (!good_name(l->network->name))
        return npim_fail(l->error, NPIM_ECONFIG, "%s:%u: name: " NAME_RULE, l->file,
                         npim_doc_find(&l->doc, "name")->line);
    if (l->n == 0) return npim_fail(l->error, NPIM_ECONFIG, "%s: no [[layer]]: 1 or more needed", l->file);
    return NPIM_OK;
}

static npim_status check_name(const loader *l, const draft *d) {
    if (!d->layer.name[0]) return fail_at(l, d, "", NPIM_ECONFIG, "required key name is missing");
    if (!good_name(d->layer.name)) return fail_at(l, d, "name", NPIM_ECONFIG, "name: " NAME_RULE);
    if (strcmp(d->layer.name, "input") == 0)
        return fail_at(l, d, "name", NPIM_ECONFIG, "name: \"input\" is the image itself");
    for (const draft *other = l->drafts; other < d; other++)
        if (strcmp(other->layer.name, d->layer.name) == 0)
            return fail_at(l, d, "name", NPIM_ECONFIG, "name already taken by the layer of line %u",
                           other->layer.line);
    return NPIM_OK;
}

/* The keys that a kind needs and those that mean nothing to it. */
static npim_status check_keys(const loader *l, const draft *d) {
    if (!entry_of(l, d, "kind")) return fail_at(l, d, "", NPIM_ECONFIG, "required key kind is missing");
    const kind_rule *rule = &rules[d->layer.kind];
    for (unsigned i = 0; i < COUNT(option_keys); i++) {
        bool present = entry_of(l, d, option_keys[i]) != NULL;
        if (!present && rule->required & 1u << i)
            return fail_at(l, d, "", NPIM_ECONFIG, "%s needs the key %s",
                           npim_layer_kind_names[d->layer.kind], option_keys[i]);
        if (present && !((rule->required | rule->optional) & 1u << i))
            return fail_at(l, d, option_keys[i], NPIM_ECONFIG, "%s has no key %s",
                           npim_layer_kind_names[d->layer.kind], option_keys[i]);
    }
    if (d->layer.kind == NPIM_LAYER_ACTIVATION && d->keys.activation == NPIM_ACTIVATION_NONE)
        return fail_at(l, d, "activation", NPIM_ECONFIG, "activation must not be none here");
    return NPIM_OK;
}

static npim_status read_extent(const loader *l, const draft *d, const char *key, uint32_t both,
                               const uint32_t at[2], uint32_t *h, uint32_t *w) {
    uint32_t n = 0;
    while (n < 3 && element_of(l, d, key, n)) n++;
    *h = n ? at[0] : both;
    *w = n ? at[1] : both;
    if (n == 0 || n == 2) return NPIM_OK;
    return fail_at(l, d, key, NPIM_ECONFIG, "%s must be a number or [height, width]", key);
}

static npim_status read_padding(const loader *l, const draft *d, npim_layer *layer) {
    const uint32_t *at = d->keys.padding_at;
    uint32_t n = 0;
    while (n < 5 && element_of(l, d, "padding", n)) n++;
    layer->pad_top = n ? at[0] : d->keys.padding;
    layer->pad_left = n ? at[1] : d->keys.padding;
    layer->pad_bottom = n == 4 ? at[2] : layer->pad_top;
    layer->pad_right = n == 4 ? at[3] : layer->pad_left;
    if (n == 0 || n == 2 || n == 4) return NPIM_OK;
    return fail_at(l, d, "padding", NPIM_ECONFIG,
                   "padding must be a number, [height, width] or [top, left, bottom, right]");
}

static npim_status fill(const loader *l, draft *d) {
    const layer_keys *keys = &d->keys;
    npim_layer *layer = &d->layer;
    layer->activation = (npim_activation)keys->activation;
    layer->groups = keys->groups;
    npim_status status = check_name(l, d);
    if (status == NPIM_OK) status = check_keys(l, d);
    if (status == NPIM_OK)
        status =
            read_extent(l, d, "kernel", keys->kernel, keys->kernel_at, &layer->kernel_h, &layer->kernel_w);
    if (status == NPIM_OK)
        status =
            read_extent(l, d, "stride", keys->stride, keys->stride_at, &layer->stride_h, &layer->stride_w);
    if (status == NPIM_OK)
        status = read_extent(l, d, "dilation", keys->dilation, keys->dilation_at, &layer->dilation_h,
                             &layer->dilation_w);
    if (status == NPIM_OK) status = read_padding(l, d, layer);
    if (status == NPIM_OK && entry_of(l, d, "out") && !element_of(l, d, "out", 2))
        status = fail_at(l, d, "out", NPIM_ECONFIG, "out must be [channels, height, width]");
    return status;
}

/* 0 for the image, i + 1 for drafts[i], UINT32_MAX for a name that nobody has. */
static uint32_t producer_of(const loader *l, const char *name) {
    if (strcmp(name, "input") == 0) return 0;
    for (uint32_t i = 0; i < l->n; i++)
        if (strcmp(l->drafts[i].layer.name, name) == 0) return i + 1;
    return UINT32_MAX;
}

static npim_status link_inputs(const loader *l, draft *d) {
    const kind_rule *rule = &rules[d->layer.kind];
    uint32_t n = d->layer.n_inputs, *inputs = d->layer.inputs;
    if (n == 0) { /* the layer before; the image is before the first */
        inputs[0] = (uint32_t)(d - l->drafts);
        d->layer.n_inputs = 1;
    }
    if (d->layer.n_inputs < rule->min_inputs || n > rule->max_inputs)
        return fail_at(l, d, "inputs", NPIM_ECONFIG, "%u inputs: outside %u..%u", d->layer.n_inputs,
                       rule->min_inputs, rule->max_inputs);
    for (uint32_t i = 0; i < n; i++) {
        const char *name = element_of(l, d, "inputs", i)->text;
        inputs[i] = producer_of(l, name);
        if (inputs[i] == UINT32_MAX)
            return fail_at(l, d, "inputs", NPIM_ECONFIG, "inputs: there is no layer \"%s\"", name);
        for (uint32_t j = 0; j < i; j++)
            if (inputs[j] == inputs[i])
                return fail_at(l, d, "inputs", NPIM_ECONFIG, "inputs: \"%s\" twice", name);
    }
    return NPIM_OK;
}

/* An input that has no place in the order yet, as an index into drafts; UINT32_MAX when all have. */
static uint32_t unplaced_input(const loader *l, const draft *d) {
    for (uint32_t i = 0; i < d->layer.n_inputs; i++)
        if (d->layer.inputs[i] && !l->drafts[d->layer.inputs[i] - 1].position) return d->layer.inputs[i] - 1;
    return UINT32_MAX;
}

/* Every layer that could not be placed waits for another one, so going back n times ends in a cycle. */
static npim_status report_cycle(const loader *l, uint32_t at) {
    char members[512] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < l->n; i++) at = unplaced_input(l, &l->drafts[at]);
    uint32_t first = at;
    do {
        int written = snprintf(members + used, sizeof members - used, "%s <- ", l->drafts[at].layer.name);
        used += written > 0 ? (size_t)written : 0;
        at = unplaced_input(l, &l->drafts[at]);
    } while (at != first && used < sizeof members);
    return fail_at(l, &l->drafts[first], "inputs", NPIM_ECONFIG, "cycle of layers: %s%s", members,
                   used < sizeof members ? l->drafts[first].layer.name : "...");
}

/* Topological order; layers that may stand as listed do. */
static npim_status sort(loader *l) {
    uint32_t placed = 0, first = 0;
    while (placed < l->n) {
        while (l->drafts[first].position) first++;
        uint32_t i = first;
        while (i < l->n && (l->drafts[i].position || unplaced_input(l, &l->drafts[i]) != UINT32_MAX)) i++;
        if (i == l->n) return report_cycle(l, first);
        l->drafts[i].position = ++placed;
    }
    return NPIM_OK;
}

/* One direction of a sliding window. ceil_mode becomes padding behind, so that
 * out = (in + before + after - reach) / stride + 1 holds for every layer. */
static npim_status slide(const loader *l, const draft *d, uint64_t in, uint32_t before, uint32_t *after,
                         uint32_t kernel, uint32_t stride, uint32_t dilation, uint32_t *out) {
    uint64_t reach = (uint64_t)dilation * (kernel - 1) + 1, padded = in + before + *after;
    if (reach > padded)
        return fail_at(l, d, "kernel", NPIM_ECONFIG,
                       "kernel reaches over %llu pixels, the padded input has %llu",
                       (unsigned long long)reach, (unsigned long long)padded);
    if (d->layer.kind != NPIM_LAYER_CONV && (before >= kernel || *after >= kernel))
        return fail_at(l, d, "padding", NPIM_ECONFIG,
                       "padding %u: a pooling window of padding alone (kernel %u)",
                       before >= kernel ? before : *after, kernel);
    uint64_t windows = (padded - reach) / stride + 1;
    /* One window more when pixels are left over, unless it would begin behind the input. */
    if (d->keys.ceil_mode && (padded - reach) % stride && windows * stride < in + before) {
        windows++;
        *after = (uint32_t)((windows - 1) * stride + reach - in - before);
    }
    *out = (uint32_t)windows;
    return NPIM_OK;
}

static npim_status slide_both(const loader *l, const draft *d, npim_layer *y) {
    npim_status status =
        slide(l, d, y->in_h, y->pad_top, &y->pad_bottom, y->kernel_h, y->stride_h, y->dilation_h, &y->out_h);
    if (status == NPIM_OK)
        status = slide(l, d, y->in_w, y->pad_left, &y->pad_right, y->kernel_w, y->stride_w, y->dilation_w,
                       &y->out_w);
    return status;
}

/* Takes the input shapes of an addition or a concatenation together. */
static npim_status join(const loader *l, const draft *d, npim_layer *y) {
    bool concat = y->kind == NPIM_LAYER_CONCAT;
    for (uint32_t i = 1; i < y->n_inputs; i++) {
        const npim_layer *x = &l->network->layers[y->inputs[i]], *x0 = &l->network->layers[y->inputs[0]];
        if (x->out_h != x0->out_h || x->out_w != x0->out_w || (!concat && x->out_c != x0->out_c))
            return fail_at(l, d, "inputs", NPIM_ECONFIG,
                           "%s of different shapes: \"%s\" [%u, %u, %u] and \"%s\" [%u, %u, %u]",
                           npim_layer_kind_names[y->kind], x0->name, x0->out_c, x0->out_h, x0->out_w, x->name,
                           x->out_c, x->out_h, x->out_w);
        if ((double)y->in_c + x->out_c > max_elements)
            return fail_at(l, d, "inputs", NPIM_ECONFIG, "more than 2^30 channels");
        if (concat) y->in_c += x->out_c;
    }
    y->out_c = y->in_c;
    return NPIM_OK;
}

static npim_status shape_of(const loader *l, const draft *d, npim_layer *y) {
    y->out_c = y->in_c;
    y->out_h = y->in_h;
    y->out_w = y->in_w;
    switch (y->kind) {
    case NPIM_LAYER_CONV:
        y->out_c = d->keys.channels;
        if (y->in_c % y->groups || y->out_c % y->groups)
            return fail_at(l, d, "groups", NPIM_ECONFIG,
                           "groups = %u does not divide %u inputs and %u outputs", y->groups, y->in_c,
                           y->out_c);
        return slide_both(l, d, y);
    case NPIM_LAYER_MAXPOOL:
    case NPIM_LAYER_AVGPOOL:
        return slide_both(l, d, y);
    case NPIM_LAYER_ADD:
    case NPIM_LAYER_CONCAT:
        return join(l, d, y);
    case NPIM_LAYER_FC:
    case NPIM_LAYER_GLOBALPOOL:
    case NPIM_LAYER_FLATTEN:
        if (y->kind == NPIM_LAYER_FC) y->out_c = d->keys.channels;
        if (y->kind == NPIM_LAYER_FLATTEN) y->out_c = y->in_c * y->in_h * y->in_w;
        y->out_h = y->out_w = 1;
        return NPIM_OK;
    case NPIM_LAYER_INPUT:
    case NPIM_LAYER_ACTIVATION:
        break;
    }
    return NPIM_OK;
}

static npim_status check_shape(const loader *l, const draft *d, const npim_layer *y) {
    const uint32_t *out = d->keys.out;
    if ((double)y->out_c * y->out_h * y->out_w > max_elements)
        return fail_at(l, d, "channels", NPIM_ECONFIG, "output [%u, %u, %u] has more than 2^30 elements",
                       y->out_c, y->out_h, y->out_w);
    if (entry_of(l, d, "out") && (out[0] != y->out_c || out[1] != y->out_h || out[2] != y->out_w))
        return fail_at(l, d, "out", NPIM_ECONFIG, "out = [%u, %u, %u], but the layer gives [%u, %u, %u]",
                       out[0], out[1], out[2], y->out_c, y->out_h, y->out_w);
    return NPIM_OK;
}

/* Checked in double: the product itself may be beyond 64 bits. */
static npim_status check_macs(const loader *l, const draft *d, const npim_layer *y, double *total) {
    if (!npim_layer_has_weights(y)) return NPIM_OK;
    bool fc = y->kind == NPIM_LAYER_FC;
    double taps = fc ? (double)y->in_h * y->in_w : (double)y->kernel_h * y->kernel_w / y->groups;
    *total += taps * y->in_c * y->out_c * y->out_h * y->out_w;
    if (*total < max_macs) return NPIM_OK;
    return fail_at(l, d, "channels", NPIM_ECONFIG, "network of 2^53 multiply-accumulates or more");
}

/* Moves the layer of that place in the order into the network and computes its shape. */
static npim_status place(const loader *l, const draft *d, double *total_macs) {
    npim_layer *layers = l->network->layers, *y = &layers[d->position];
    *y = d->layer;
    for (uint32_t i = 0; i < y->n_inputs; i++)
        y->inputs[i] = y->inputs[i] ? l->drafts[y->inputs[i] - 1].position : 0;
    y->in_c = layers[y->inputs[0]].out_c;
    y->in_h = layers[y->inputs[0]].out_h;
    y->in_w = layers[y->inputs[0]].out_w;
    npim_status status = shape_of(l, d, y);
    if (status == NPIM_OK) status = check_shape(l, d, y);
    if (status == NPIM_OK) status = check_macs(l, d, y, total_macs);
    return status;
}

static void place_image(const loader *l) {
    npim_layer *image = &l->network->layers[0];
    strcpy(image->name, "input");
    image->in_c = image->out_c = l->image.size[0];
    image->in_h = image->out_h = l->image.size[1];
    image->in_w = image->out_w = l->image.size[2];
    image->kernel_h = image->kernel_w = image->stride_h = image->stride_w = 1;
    image->dilation_h = image->dilation_w = image->groups = 1;
    const npim_entry *entry = npim_doc_find(&l->doc, "network.input.channels");
    if (entry) image->line = entry->line;
}

static npim_status check_image(const loader *l) {
    const uint32_t *size = l->image.size;
    if ((double)size[0] * size[1] * size[2] <= max_elements) return NPIM_OK;
    const npim_entry *entry = npim_doc_find(&l->doc, "network.input.channels");
    return npim_fail(l->error, NPIM_ECONFIG, "%s:%u: network.input of %u x %u x %u: more than 2^30 elements",
                     entry->file, entry->line, size[0], size[1], size[2]);
}

/* Exactly one layer has no consumer: the output. */
static npim_status find_output(const loader *l) {
    npim_network *network = l->network;
    bool *consumed = calloc(network->n_layers, sizeof *consumed);
    if (!consumed) return npim_fail(l->error, NPIM_ENOMEM, "out of memory");
    for (uint32_t i = 1; i < network->n_layers; i++)
        for (uint32_t j = 0; j < network->layers[i].n_inputs; j++)
            consumed[network->layers[i].inputs[j]] = true;
    const draft *output = NULL, *other = NULL;
    for (uint32_t i = 0; i < l->n; i++) {
        const draft *d = &l->drafts[i];
        if (consumed[d->position]) continue;
        if (output) other = d;
        if (!output) output = d;
    }
    free(consumed);
    network->output = output->position; /* without a cycle there is one */
    if (!other) return NPIM_OK;
    return fail_at(l, other, "name", NPIM_ECONFIG,
                   "nobody uses its output, nor that of \"%s\" (line %u): a network has 1 output",
                   output->layer.name, output->layer.line);
}

static npim_status build(loader *l) {
    double total_macs = 0.0;
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = fill(l, &l->drafts[i]);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = link_inputs(l, &l->drafts[i]);
    if (status == NPIM_OK) status = sort(l);
    if (status != NPIM_OK) return status;
    place_image(l);
    l->network->n_layers = l->n + 1;
    uint32_t *order = calloc(l->network->n_layers, sizeof *order);
    if (!order) return npim_fail(l->error, NPIM_ENOMEM, "out of memory");
    for (uint32_t i = 0; i < l->n; i++) order[l->drafts[i].position] = i;
    for (uint32_t p = 1; status == NPIM_OK && p <= l->n; p++)
        status = place(l, &l->drafts[order[p]], &total_macs);
    free(order);
    return status == NPIM_OK ? find_output(l) : status;
}

/* The file itself, or network.toml in a folder. */
static npim_status find_file(loader *l, const char *path) {
    struct stat info;
    bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    const char *slash = folder && *path && path[strlen(path) - 1] != '/' ? "/" : "";
    int length = snprintf(l->file, sizeof l->file, "%s%s%s", path, slash, folder ? "network.toml" : "");
    if (length < 0 || (size_t)length >= sizeof l->file)
        return npim_fail(l->error, NPIM_ECONFIG, "%.64s...: path longer than %zu bytes", path,
                         sizeof l->file - 1);
    if (folder && stat(l->file, &info) != 0)
        return npim_fail(l->error, NPIM_ECONFIG, "%s: folder without network.toml", path);
    return NPIM_OK;
}

npim_status npim_network_load(npim_network *network, const char *path, npim_error *error) {
    loader l = {.network = network, .error = error};
    memset(network, 0, sizeof *network);
    npim_status status = find_file(&l, path);
    if (status == NPIM_OK) status = npim_doc_load(&l.doc, l.file, error);
    if (status == NPIM_OK) status = read_head(&l);
    if (status == NPIM_OK) status = read_layers(&l);
    if (status == NPIM_OK) status = reject_unknown(&l);
    if (status == NPIM_OK) status = check_head(&l);
    if (status == NPIM_OK) status = check_image(&l);
    if (status == NPIM_OK) status = build(&l);
    free(l.drafts);
    npim_doc_fini(&l.doc);
    if (status != NPIM_OK) npim_network_fini(network);
    return status;
}

void npim_network_fini(npim_network *network) {
    free(network->layers);
    memset(network, 0, sizeof *network);
}

bool npim_layer_has_weights(const npim_layer *layer) {
    return layer->kind == NPIM_LAYER_CONV || layer->kind == NPIM_LAYER_FC;
}

uint64_t npim_layer_rows(const npim_layer *layer) {
    if (layer->kind == NPIM_LAYER_FC) return (uint64_t)layer->in_c * layer->in_h * layer->in_w;
    return (uint64_t)layer->kernel_h * layer->kernel_w * (layer->in_c / layer->groups);
}

uint64_t npim_layer_outputs(const npim_layer *layer) {
    return layer->out_c / layer->groups;
}

uint64_t npim_layer_positions(const npim_layer *layer) {
    return (uint64_t)layer->out_h * layer->out_w;
}

uint64_t npim_layer_macs(const npim_layer *layer) {
    return npim_layer_weights(layer) * npim_layer_positions(layer);
}

uint64_t npim_network_macs(const npim_network *network) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < network->n_layers; i++) sum += npim_layer_macs(&network->layers[i]);
    return sum;
}

uint64_t npim_layer_weights(const npim_layer *layer) {
    if (!npim_layer_has_weights(layer)) return 0;
    return npim_layer_rows(layer) * npim_layer_outputs(layer) * layer->groups;
}

uint64_t npim_network_weights(const npim_network *network) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < network->n_layers; i++) sum += npim_layer_weights(&network->layers[i]);
    return sum;
}

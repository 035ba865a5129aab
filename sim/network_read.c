#include "sim/network_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(member) offsetof(npim_layer_keys, member)
#define EXTENT(key, member, min, preset, doc)                                                                \
    { key, NPIM_KIND_U32, AT(member), min, 65536.0, "pixels", false, preset, NULL, doc }
#define OUT(key, member, doc)                                                                                \
    { key, NPIM_KIND_U32, AT(member), 1.0, 1073741824.0, "", false, 1.0, NULL, doc }

static const npim_field layer_fields[] = {
    {"channels", NPIM_KIND_U32, AT(channels), 1.0, 65536.0, "channels", false, 1.0, NULL, "output channels"},
    {"hidden", NPIM_KIND_U32, AT(hidden), 1.0, 65536.0, "units", false, 1.0, NULL, "hidden units"},
    {"steps", NPIM_KIND_U32, AT(steps), 1.0, 65536.0, "steps", false, 1.0, NULL, "length of the sequence"},
    {"groups", NPIM_KIND_U32, AT(groups), 1.0, 65536.0, "groups", false, 1.0, NULL,
     "independent slices of the channels"},
    {"activation", NPIM_KIND_ENUM, AT(activation), 0.0, NPIM_ACTIVATION_CLIP, "", false, NPIM_ACTIVATION_NONE,
     npim_activation_names, "function applied to every output"},
    {"ceil_mode", NPIM_KIND_BOOL, AT(ceil_mode), 0.0, 1.0, "", false, 0.0, NULL,
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

static const npim_field image_fields[] = {
    {"channels", NPIM_KIND_U32, 0, 1.0, 65536.0, "channels", false, 1.0, NULL, "channels of the image"},
    {"height", NPIM_KIND_U32, sizeof(uint32_t), 1.0, 65536.0, "pixels", false, 1.0, NULL,
     "height of the image"},
    {"width", NPIM_KIND_U32, 2 * sizeof(uint32_t), 1.0, 65536.0, "pixels", false, 1.0, NULL,
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
    CEIL = 128,
    HIDDEN = 256,
    STEPS = 512,
    OUT = 1024
};
static const char *const option_keys[] = {"channels", "kernel", "stride",     "padding",
                                          "dilation", "groups", "activation", "ceil_mode",
                                          "hidden",   "steps",  "out"};

/* Pools must give their stride: tools disagree about its default (1 or the kernel). */
typedef struct kind_rule {
    unsigned required, optional;
} kind_rule;
static const kind_rule rules[] = {
    [NPIM_LAYER_INPUT] = {OUT, 0},
    [NPIM_LAYER_CONV] = {CHANNELS | KERNEL, STRIDE | PADDING | DILATION | GROUPS | ACTIVATION | OUT},
    [NPIM_LAYER_FC] = {CHANNELS, ACTIVATION | OUT},
    [NPIM_LAYER_LSTM] = {HIDDEN | STEPS, OUT},
    [NPIM_LAYER_MAXPOOL] = {KERNEL | STRIDE, PADDING | CEIL | OUT},
    [NPIM_LAYER_AVGPOOL] = {KERNEL | STRIDE, PADDING | CEIL | OUT},
    [NPIM_LAYER_GLOBALPOOL] = {0, OUT},
    [NPIM_LAYER_ADD] = {0, ACTIVATION | OUT},
    [NPIM_LAYER_CONCAT] = {0, OUT},
    [NPIM_LAYER_ACTIVATION] = {ACTIVATION, OUT},
    [NPIM_LAYER_FLATTEN] = {0, OUT},
    [NPIM_LAYER_SUB] = {0, ACTIVATION | OUT},
    [NPIM_LAYER_MUL] = {0, ACTIVATION | OUT},
    [NPIM_LAYER_SCALE] = {0, OUT},
    [NPIM_LAYER_LRN] = {0, OUT},
    [NPIM_LAYER_GATHER] = {OUT, 0},
};

typedef char key_path[NPIM_LAYER_NAME_SIZE];

static npim_status read_head(npim_loader *l) {
    char doc_line[NPIM_MESSAGE_SIZE];
    char *name = l->network->name;
    npim_status status = npim_doc_text(&l->doc, "name", false, name, NPIM_LAYER_NAME_SIZE, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_text(&l->doc, "doc", false, doc_line, sizeof doc_line, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_bind(&l->doc, "network.input", image_fields, COUNT(image_fields), l->image, l->file,
                               l->error);
    return status;
}

/* Finds how many layers there are and where each one begins. */
static npim_status make_drafts(npim_loader *l) {
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

static npim_status unsupported_kind(const npim_loader *l, const npim_draft *d, const char *kind) {
    char allowed[256] = "";
    size_t used = 0;
    for (int i = 0; npim_layer_kind_names[i] && used < sizeof allowed; i++)
        used += (size_t)snprintf(allowed + used, sizeof allowed - used, "%s%s", i ? ", " : "",
                                 npim_layer_kind_names[i]);
    return npim_draft_fail(l, d, "kind", NPIM_EUNSUPPORTED, "kind \"%s\" is not supported (allowed: %s)",
                           kind, allowed);
}

/* Reads name and kind before anything else: an unsupported kind may well have keys that nobody here knows. */
static npim_status read_kind(npim_loader *l, npim_draft *d) {
    key_path path, kind = "";
    if (strcmp(d->first->path, d->prefix) == 0)
        return npim_draft_fail(l, d, "", NPIM_ECONFIG, "must be a table with name and kind");
    snprintf(path, sizeof path, "%s.name", d->prefix);
    npim_status status =
        npim_doc_text(&l->doc, path, false, d->layer.name, sizeof d->layer.name, l->file, l->error);
    if (status != NPIM_OK) return status;
    snprintf(path, sizeof path, "%s.kind", d->prefix);
    status = npim_doc_text(&l->doc, path, false, kind, sizeof kind, l->file, l->error);
    if (status != NPIM_OK || !kind[0]) return status;
    for (int i = 0; npim_layer_kind_names[i]; i++) {
        if (strcmp(kind, npim_layer_kind_names[i]) != 0) continue;
        d->layer.kind = (npim_layer_kind)i;
        return NPIM_OK;
    }
    return unsupported_kind(l, d, kind);
}

/* Marks inputs as read; they are resolved once all names are known. */
static npim_status read_inputs(npim_loader *l, npim_draft *d) {
    npim_entry *entry = npim_draft_entry(l, d, "inputs");
    uint32_t n = 0;
    if (entry && !npim_draft_element(l, d, "inputs", 0))
        return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG,
                               "inputs must be an array of layer names, not empty");
    while (n <= NPIM_MAX_INPUTS && (entry = npim_draft_element(l, d, "inputs", n))) {
        if (entry->kind != NPIM_ENTRY_STRING)
            return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG, "inputs[%u] must be a layer name in quotes",
                                   n);
        entry->used = true;
        n++;
    }
    if (n > NPIM_MAX_INPUTS)
        return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG, "more than %d inputs", NPIM_MAX_INPUTS);
    d->layer.n_inputs = n;
    return NPIM_OK;
}

static npim_status read_layers(npim_loader *l) {
    npim_status status = make_drafts(l);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = read_kind(l, &l->drafts[i]);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) {
        npim_draft *d = &l->drafts[i];
        status = npim_doc_bind(&l->doc, d->prefix, layer_fields, COUNT(layer_fields), &d->keys, d->prefix,
                               l->error);
        if (status == NPIM_OK) status = read_inputs(l, d);
    }
    return status;
}

/* Offers the keys of the table in which the first unknown key stands. */
static npim_status reject_unknown(const npim_loader *l) {
    static const char *const head[] = {
        "name", "doc", "include", "network.input.channels", "network.input.height", "network.input.width"};
    static const char *const keys[] = {"name", "kind", "inputs"};
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
static npim_status check_head(const npim_loader *l) {
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

static npim_status check_name(const npim_loader *l, const npim_draft *d) {
    if (!d->layer.name[0]) return npim_draft_fail(l, d, "", NPIM_ECONFIG, "required key name is missing");
    if (!good_name(d->layer.name)) return npim_draft_fail(l, d, "name", NPIM_ECONFIG, "name: " NAME_RULE);
    if (strcmp(d->layer.name, "input") == 0)
        return npim_draft_fail(l, d, "name", NPIM_ECONFIG, "name: \"input\" is the image itself");
    for (const npim_draft *other = l->drafts; other < d; other++)
        if (strcmp(other->layer.name, d->layer.name) == 0)
            return npim_draft_fail(l, d, "name", NPIM_ECONFIG, "name already taken by the layer of line %u",
                                   other->layer.line);
    return NPIM_OK;
}

/* The keys that a kind needs and those that mean nothing to it. */
static npim_status check_keys(const npim_loader *l, const npim_draft *d) {
    if (!npim_draft_entry(l, d, "kind"))
        return npim_draft_fail(l, d, "", NPIM_ECONFIG, "required key kind is missing");
    const kind_rule *rule = &rules[d->layer.kind];
    for (unsigned i = 0; i < COUNT(option_keys); i++) {
        bool present = npim_draft_entry(l, d, option_keys[i]) != NULL;
        if (!present && rule->required & 1u << i)
            return npim_draft_fail(l, d, "", NPIM_ECONFIG, "%s needs the key %s",
                                   npim_layer_kind_names[d->layer.kind], option_keys[i]);
        if (present && !((rule->required | rule->optional) & 1u << i))
            return npim_draft_fail(l, d, option_keys[i], NPIM_ECONFIG, "%s has no key %s",
                                   npim_layer_kind_names[d->layer.kind], option_keys[i]);
    }
    if (d->layer.kind == NPIM_LAYER_ACTIVATION && d->keys.activation == NPIM_ACTIVATION_NONE)
        return npim_draft_fail(l, d, "activation", NPIM_ECONFIG, "activation must not be none here");
    return NPIM_OK;
}

static npim_status read_extent(const npim_loader *l, const npim_draft *d, const char *key, uint32_t both,
                               const uint32_t at[2], uint32_t *h, uint32_t *w) {
    uint32_t n = 0;
    while (n < 3 && npim_draft_element(l, d, key, n)) n++;
    *h = n ? at[0] : both;
    *w = n ? at[1] : both;
    if (n == 0 || n == 2) return NPIM_OK;
    return npim_draft_fail(l, d, key, NPIM_ECONFIG, "%s must be a number or [height, width]", key);
}

static npim_status read_padding(const npim_loader *l, const npim_draft *d, npim_layer *layer) {
    const uint32_t *at = d->keys.padding_at;
    uint32_t n = 0;
    while (n < 5 && npim_draft_element(l, d, "padding", n)) n++;
    layer->pad_top = n ? at[0] : d->keys.padding;
    layer->pad_left = n ? at[1] : d->keys.padding;
    layer->pad_bottom = n == 4 ? at[2] : layer->pad_top;
    layer->pad_right = n == 4 ? at[3] : layer->pad_left;
    if (n == 0 || n == 2 || n == 4) return NPIM_OK;
    return npim_draft_fail(l, d, "padding", NPIM_ECONFIG,
                           "padding must be a number, [height, width] or [top, left, bottom, right]");
}

static npim_status fill(const npim_loader *l, npim_draft *d) {
    const npim_layer_keys *keys = &d->keys;
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
    if (status == NPIM_OK && npim_draft_entry(l, d, "out") && !npim_draft_element(l, d, "out", 2))
        status = npim_draft_fail(l, d, "out", NPIM_ECONFIG, "out must be [channels, height, width]");
    return status;
}

npim_status npim_network_read(npim_loader *l) {
    npim_status status = read_head(l);
    if (status == NPIM_OK) status = read_layers(l);
    if (status == NPIM_OK) status = reject_unknown(l);
    if (status == NPIM_OK) status = check_head(l);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = fill(l, &l->drafts[i]);
    return status;
}

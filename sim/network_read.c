#include "sim/network_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef char key_path[NPIM_LAYER_NAME_SIZE];

static npim_status read_head(npim_loader *l) {
    char doc_line[NPIM_MESSAGE_SIZE];
    char *name = l->network->name;
    npim_status status = npim_doc_text(&l->doc, "name", false, name, NPIM_LAYER_NAME_SIZE, l->file, l->error);
    if (status == NPIM_OK)
        status = npim_doc_text(&l->doc, "doc", false, doc_line, sizeof doc_line, l->file, l->error);
    return status == NPIM_OK ? npim_keys_bind_image(l) : status;
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

static npim_status read_stem(npim_loader *l, npim_draft *d) {
    key_path path;
    snprintf(path, sizeof path, "%s.tensors", d->prefix);
    return npim_doc_text(&l->doc, path, false, d->layer.tensors, sizeof d->layer.tensors, l->file, l->error);
}

/* Files that a layer of each kind may have. */
enum {
    OF_WEIGHTS = 1 << NPIM_TENSOR_WEIGHT_FLOAT | 1 << NPIM_TENSOR_BIAS_FLOAT | 1 << NPIM_TENSOR_WEIGHT |
                 1 << NPIM_TENSOR_WEIGHT_SCALE | 1 << NPIM_TENSOR_BIAS,
    OF_SCALES = 1 << NPIM_TENSOR_FACTOR | 1 << NPIM_TENSOR_OFFSET,
    OF_GATHERS = 1 << NPIM_TENSOR_INDEX
};

static uint32_t files_of(const npim_layer *layer) {
    if (npim_layer_has_weights(layer)) return OF_WEIGHTS;
    return layer->kind == NPIM_LAYER_SCALE ? OF_SCALES : layer->kind == NPIM_LAYER_GATHER ? OF_GATHERS : 0;
}

static npim_status unknown_file(const npim_loader *l, const npim_draft *d, const char *name) {
    char allowed[128] = "";
    for (size_t i = 0, used = 0; i < NPIM_N_TENSOR_FILES; i++)
        if (files_of(&d->layer) >> i & 1u)
            used += (size_t)snprintf(allowed + used, sizeof allowed - used, "%s%s", used ? ", " : "",
                                     npim_tensor_file_names[i]);
    return npim_draft_fail(l, d, "files", NPIM_ECONFIG, "files: %s has no \"%.32s\" (allowed: %s)",
                           npim_layer_kind_names[d->layer.kind], name, allowed);
}

/* One name of the array. */
static npim_status read_file_name(const npim_loader *l, npim_draft *d, const npim_entry *entry) {
    if (entry->kind != NPIM_ENTRY_STRING)
        return npim_draft_fail(l, d, "files", NPIM_ECONFIG, "files must be names in quotes");
    uint32_t i = 0;
    while (i < NPIM_N_TENSOR_FILES && strcmp(entry->text, npim_tensor_file_names[i]) != 0) i++;
    if (i == NPIM_N_TENSOR_FILES || !(files_of(&d->layer) >> i & 1u)) return unknown_file(l, d, entry->text);
    if (d->layer.files >> i & 1u)
        return npim_draft_fail(l, d, "files", NPIM_ECONFIG, "files: \"%s\" twice", entry->text);
    d->layer.files |= 1u << i;
    return NPIM_OK;
}

/* Kinds that have no files are refused later, by the key's name. */
static npim_status read_files(npim_loader *l, npim_draft *d) {
    npim_entry *entry = npim_draft_entry(l, d, "files");
    bool has_any = files_of(&d->layer) != 0;
    if (!entry) return NPIM_OK;
    entry->used = true;
    if (has_any && !npim_draft_element(l, d, "files", 0))
        return npim_draft_fail(l, d, "files", NPIM_ECONFIG, "files must be an array of names, not empty");
    npim_status status = NPIM_OK;
    for (uint32_t n = 0; status == NPIM_OK && (entry = npim_draft_element(l, d, "files", n)); n++) {
        entry->used = true;
        if (has_any) status = read_file_name(l, d, entry);
    }
    return status;
}

static npim_status read_layers(npim_loader *l) {
    npim_status status = make_drafts(l);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = read_kind(l, &l->drafts[i]);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) {
        npim_draft *d = &l->drafts[i];
        status = npim_keys_bind(l, d);
        if (status == NPIM_OK) status = read_inputs(l, d);
        if (status == NPIM_OK) status = read_stem(l, d);
        if (status == NPIM_OK) status = read_files(l, d);
    }
    return status;
}

/* Names appear in CSV files and on command lines. */
#define NAME_RULE "only visible ASCII characters other than , \" and \\ are allowed"
static bool good_name(const char *name) {
    for (; *name; name++)
        if (*name < '!' || *name > '~' || strchr(",\"\\", *name)) return false;
    return true;
}

/* Its files lie in tensors/, nowhere else. */
static npim_status check_stem(const npim_loader *l, const npim_draft *d) {
    if (!good_name(d->layer.tensors) || strchr(d->layer.tensors, '/'))
        return npim_draft_fail(l, d, "tensors", NPIM_ECONFIG,
                               "tensors: only visible ASCII characters other than , \" \\ and / are allowed");
    if (d->layer.files && !d->layer.tensors[0])
        return npim_draft_fail(l, d, "files", NPIM_ECONFIG,
                               "files without tensors, which begins their names");
    return NPIM_OK;
}

/* What may be missing is asked once misspelt keys have been refused by name. */
static npim_status check_head(const npim_loader *l) {
    static const char *const required[] = {"name", "network.input.channels", "network.input.height",
                                           "network.input.width"};
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
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

static npim_status read_extents(const npim_loader *l, npim_draft *d) {
    const npim_layer_keys *keys = &d->keys;
    npim_layer *layer = &d->layer;
    npim_status status =
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

static npim_status fill(const npim_loader *l, npim_draft *d) {
    const npim_layer_keys *keys = &d->keys;
    npim_layer *layer = &d->layer;
    layer->activation = (npim_activation)keys->activation;
    layer->groups = keys->groups;
    layer->count_include_pad = keys->count_include_pad;
    layer->clip_min = keys->clip_min;
    layer->clip_max = keys->clip_max;
    layer->alpha = keys->alpha;
    layer->beta = keys->beta;
    layer->k = keys->k;
    layer->size = keys->size;
    layer->scale = keys->scale;
    layer->is_signed = keys->is_signed;
    npim_status status = check_name(l, d);
    if (status == NPIM_OK) status = npim_keys_check(l, d);
    if (status == NPIM_OK) status = check_stem(l, d);
    return status == NPIM_OK ? read_extents(l, d) : status;
}

/* Real values are known of all layers or of none. */
static npim_status check_values(const npim_loader *l) {
    const npim_draft *with = NULL, *without = NULL;
    for (uint32_t i = l->n; i-- > 0;) *(l->drafts[i].layer.scale > 0.0 ? &with : &without) = &l->drafts[i];
    const npim_entry *entry = npim_doc_find(&l->doc, "network.input.signed");
    bool image = l->image.scale > 0.0;
    if (entry && !image)
        return npim_fail(l->error, NPIM_ECONFIG, "%s:%u: network.input.signed without network.input.scale",
                         entry->file, entry->line);
    l->network->has_values = image && !without;
    if (image && without)
        return npim_draft_fail(l, without, "kind", NPIM_ECONFIG,
                               "needs the key scale, as network.input has it: all layers or none");
    if (image || !with) return NPIM_OK;
    entry = npim_doc_find(&l->doc, "network.input.channels");
    return npim_fail(l->error, NPIM_ECONFIG,
                     "%s:%u: network.input needs the key scale, as layer \"%s\" (line %u) has it: all layers "
                     "or none",
                     entry->file, entry->line, with->layer.name, with->layer.line);
}

npim_status npim_network_read(npim_loader *l) {
    npim_status status = read_head(l);
    if (status == NPIM_OK) status = read_layers(l);
    if (status == NPIM_OK) status = npim_keys_reject_unknown(l);
    if (status == NPIM_OK) status = check_head(l);
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = fill(l, &l->drafts[i]);
    return status == NPIM_OK ? check_values(l) : status;
}

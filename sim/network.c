#include "sim/network_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const npim_tensor_file_names[] = {
    "weight_float", "bias_float", "weight", "weight_scale", "bias", "factor", "offset", "index", NULL};

const char *const npim_layer_kind_names[] = {
    "input",      "conv",    "fc",  "lstm", "maxpool", "avgpool", "globalpool", "add", "concat",
    "activation", "flatten", "sub", "mul",  "scale",   "lrn",     "gather",     NULL};
const char *const npim_activation_names[] = {"none",    "relu",       "relu6",     "sigmoid", "tanh",
                                             "softmax", "leaky_relu", "hardswish", "clip",    NULL};

npim_entry *npim_draft_entry(const npim_loader *l, const npim_draft *d, const char *key) {
    char path[NPIM_LAYER_NAME_SIZE];
    snprintf(path, sizeof path, "%s.%s", d->prefix, key);
    npim_entry *entry = npim_doc_find(&l->doc, path);
    if (entry) return entry;
    snprintf(path, sizeof path, "%s.%s[0]", d->prefix, key);
    return npim_doc_find(&l->doc, path);
}

npim_entry *npim_draft_element(const npim_loader *l, const npim_draft *d, const char *key, uint32_t index) {
    char path[NPIM_LAYER_NAME_SIZE];
    snprintf(path, sizeof path, "%s.%s[%u]", d->prefix, key, index);
    return npim_doc_find(&l->doc, path);
}

npim_status npim_draft_fail(const npim_loader *l, const npim_draft *d, const char *key, npim_status status,
                            const char *format, ...) {
    char text[NPIM_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const npim_entry *entry = npim_draft_entry(l, d, key);
    if (!entry) entry = d->first;
    const char *name = d->layer.name[0] ? d->layer.name : d->prefix;
    return npim_fail(l->error, status, "%s:%u: layer \"%s\": %s", entry->file, entry->line, name, text);
}

/* The file itself, or network.toml in a folder. */
static npim_status find_file(npim_loader *l, const char *path) {
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
    npim_loader l = {.network = network, .error = error};
    memset(network, 0, sizeof *network);
    npim_status status = find_file(&l, path);
    if (status == NPIM_OK) status = npim_doc_load(&l.doc, l.file, error);
    if (status == NPIM_OK) status = npim_network_read(&l);
    if (status == NPIM_OK) status = npim_network_shape(&l);
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
    return layer->kind == NPIM_LAYER_CONV || layer->kind == NPIM_LAYER_FC || layer->kind == NPIM_LAYER_LSTM;
}

uint64_t npim_layer_rows(const npim_layer *layer) {
    if (layer->kind == NPIM_LAYER_FC) return (uint64_t)layer->in_c * layer->in_h * layer->in_w;
    if (layer->kind == NPIM_LAYER_LSTM) return (uint64_t)layer->in_c + layer->out_c;
    return (uint64_t)layer->kernel_h * layer->kernel_w * (layer->in_c / layer->groups);
}

uint64_t npim_layer_outputs(const npim_layer *layer) {
    if (layer->kind == NPIM_LAYER_LSTM) return (uint64_t)layer->out_c * NPIM_LSTM_GATES;
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

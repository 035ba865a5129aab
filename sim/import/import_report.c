#include "sim/import/import_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- layers --- */

/* The codes of an output, and what the least and the largest one stand for. */
static void add_codes(cJSON *to, const npim_layer *layer) {
    cJSON_AddNumberToObject(to, "scale", layer->scale);
    cJSON_AddBoolToObject(to, "signed", layer->is_signed);
    cJSON_AddNumberToObject(to, "min", layer->is_signed ? -127.0 * layer->scale : 0.0);
    cJSON_AddNumberToObject(to, "max", (layer->is_signed ? 127.0 : 255.0) * layer->scale);
}

static void add_shape(cJSON *to, const npim_layer *layer) {
    const int shape[] = {(int)layer->out_c, (int)layer->out_h, (int)layer->out_w};
    cJSON_AddItemToObject(to, "out", cJSON_CreateIntArray(shape, 3));
}

static void add_inputs(cJSON *to, const npim_network *network, const npim_layer *layer) {
    cJSON *inputs = cJSON_AddArrayToObject(to, "inputs");
    for (uint32_t i = 0; i < layer->n_inputs; i++) {
        uint32_t from = layer->inputs[i];
        cJSON_AddItemToArray(inputs, cJSON_CreateString(from ? network->layers[from].name : "input"));
    }
}

static void add_weights(cJSON *to, const npim_layer *layer, const npim_layer_tensors *tensors) {
    double least = INFINITY, most = 0.0;
    for (size_t o = 0; o < npim_tensors_outputs(layer); o++) {
        least = fmin(least, tensors->weight_scale[o]);
        most = fmax(most, tensors->weight_scale[o]);
    }
    cJSON_AddNumberToObject(to, "weights", (double)npim_layer_weights(layer));
    cJSON_AddNumberToObject(to, "macs", (double)npim_layer_macs(layer));
    cJSON_AddBoolToObject(to, "bias", tensors->bias != NULL);
    cJSON_AddNumberToObject(to, "weight_scale_min", least);
    cJSON_AddNumberToObject(to, "weight_scale_max", most);
}

static void add_files(cJSON *to, const npim_layer *layer, const npim_layer_tensors *tensors) {
    char name[2 * NPIM_LAYER_NAME_SIZE];
    cJSON *files = cJSON_AddArrayToObject(to, "files");
    for (int i = 0; i < NPIM_N_TENSOR_FILES; i++) {
        if (!npim_tensors_has(tensors, (npim_tensor_file)i)) continue;
        snprintf(name, sizeof name, "%s.%s.npy", layer->tensors, npim_tensor_file_names[i]);
        cJSON_AddItemToArray(files, cJSON_CreateString(name));
    }
}

static void add_layer(cJSON *layers, const npim_imported *imported, uint32_t l) {
    const npim_layer *layer = &imported->network->layers[l];
    const npim_layer_tensors *tensors = &imported->tensors->layers[l];
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(layers, o);
    cJSON_AddStringToObject(o, "name", layer->name);
    cJSON_AddStringToObject(o, "kind", npim_layer_kind_names[layer->kind]);
    add_inputs(o, imported->network, layer);
    cJSON_AddStringToObject(o, "activation", npim_activation_names[layer->activation]);
    add_shape(o, layer);
    add_codes(o, layer);
    if (npim_layer_has_weights(layer)) add_weights(o, layer, tensors);
    add_files(o, layer, tensors);
}

/* --- the whole --- */

static void add_kinds(cJSON *root, const npim_network *network) {
    cJSON *kinds = cJSON_AddObjectToObject(root, "kinds");
    for (int k = 0; npim_layer_kind_names[k]; k++) {
        uint32_t n = 0;
        for (uint32_t l = 1; l < network->n_layers; l++) n += network->layers[l].kind == (npim_layer_kind)k;
        if (n > 0) cJSON_AddNumberToObject(kinds, npim_layer_kind_names[k], n);
    }
}

static void add_folded(cJSON *root, const npim_onnx_folded *folded) {
    cJSON *o = cJSON_AddObjectToObject(root, "folded");
    cJSON_AddNumberToObject(o, "nodes", folded->nodes);
    cJSON_AddNumberToObject(o, "constants", folded->constants);
    cJSON_AddNumberToObject(o, "scales", folded->scales);
    cJSON_AddNumberToObject(o, "activations", folded->activations);
    cJSON_AddNumberToObject(o, "unused", folded->unused);
}

cJSON *npim_import_json(const npim_imported *imported) {
    const npim_network *network = imported->network;
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(root, "network", network->name);
    cJSON_AddStringToObject(root, "model", imported->model);
    cJSON_AddStringToObject(root, "calibration", npim_calibration_names[imported->calibration]);
    cJSON_AddNumberToObject(root, "images", (double)imported->images);
    cJSON_AddNumberToObject(root, "weights", (double)npim_network_weights(network));
    cJSON_AddNumberToObject(root, "macs", (double)npim_network_macs(network));
    add_kinds(root, network);
    add_folded(root, &imported->folded);
    cJSON *input = cJSON_AddObjectToObject(root, "input");
    add_shape(input, &network->layers[0]);
    add_codes(input, &network->layers[0]);
    cJSON *layers = cJSON_AddArrayToObject(root, "layers");
    for (uint32_t l = 1; l < network->n_layers; l++) add_layer(layers, imported, l);
    return root;
}

char *npim_import_text(const npim_imported *imported) {
    enum { SIZE = 512 };
    const npim_network *n = imported->network;
    char *text = malloc(SIZE);
    if (text)
        snprintf(text, SIZE,
                 "%s: %u layers, %llu weights, %llu multiply-accumulates per image, calibrated on %zu images "
                 "(%s)\n",
                 n->name, n->n_layers - 1, (unsigned long long)npim_network_weights(n),
                 (unsigned long long)npim_network_macs(n), imported->images,
                 npim_calibration_names[imported->calibration]);
    return text;
}

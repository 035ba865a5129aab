#include "sim/further_inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is the option NAME=FILE of that input? */
static bool names(const char *option, const npim_layer *input) {
    size_t length = strlen(input->name);
    return strncmp(option, input->name, length) == 0 && option[length] == '=';
}

static bool is_further(const npim_network *network, uint32_t layer) {
    return layer > 0 && network->layers[layer].kind == NPIM_LAYER_INPUT;
}

/* Every option must be of an input. */
static npim_status check_names(const npim_network *network, const npim_options *options, npim_error *error) {
    for (size_t i = 0; options && i < options->n_further; i++) {
        uint32_t found = 0;
        char known[400] = "";
        for (uint32_t l = 0; l < network->n_layers; l++) {
            const npim_layer *input = &network->layers[l];
            if (!is_further(network, l)) continue;
            size_t at = strlen(known);
            snprintf(known + at, sizeof known - at, "%s%s", at ? ", " : "", input->name);
            found += names(options->further[i], input);
        }
        if (found == 0)
            return npim_fail(error, NPIM_EUSAGE, "--images %s: network %s has %s%s", options->further[i],
                             network->name, *known ? "the further inputs " : "no further inputs", known);
        for (size_t k = 0; k < i; k++) {
            size_t length = strcspn(options->further[i], "=") + 1;
            if (strncmp(options->further[i], options->further[k], length) == 0)
                return npim_fail(error, NPIM_EUSAGE, "--images %s: that input has --images %s",
                                 options->further[i], options->further[k]);
        }
    }
    return NPIM_OK;
}

/* path without its .npy, the name, and .npy. */
static bool lies_beside(const char *path, const char *name, char beside[NPIM_PATH_SIZE]) {
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, ".npy") == 0) length -= 4;
    int n = snprintf(beside, NPIM_PATH_SIZE, "%.*s.%s.npy", (int)length, path, name);
    if (n < 0 || n >= NPIM_PATH_SIZE) return false;
    for (char *c = beside + length; *c; c++)
        if (*c == '/') *c = '_';
    return access(beside, R_OK) == 0;
}

static npim_status find(const npim_layer *input, const char *path, const npim_options *options,
                        char found[NPIM_PATH_SIZE], npim_error *error) {
    for (size_t i = 0; options && i < options->n_further; i++) {
        if (!names(options->further[i], input)) continue;
        snprintf(found, NPIM_PATH_SIZE, "%s", options->further[i] + strlen(input->name) + 1);
        return NPIM_OK;
    }
    if (lies_beside(path, input->name, found)) return NPIM_OK;
    return npim_fail(error, NPIM_ECONFIG, "%s: what does input %s get? A file %s%s", path, input->name, found,
                     options ? ", or --images NAME=FILE.npy" : "");
}

npim_status npim_further_read(npim_images *images, const npim_network *network, const char *path,
                              const npim_options *options, npim_further_files *files, npim_error *error) {
    npim_status status = check_names(network, options, error);
    char found[NPIM_PATH_SIZE];
    for (uint32_t l = 0; status == NPIM_OK && l < network->n_layers; l++) {
        if (!is_further(network, l)) continue;
        status = find(&network->layers[l], path, options, found, error);
        if (status == NPIM_OK) status = npim_images_read_further(images, network, l, found, error);
        if (status != NPIM_OK || !files) continue;
        char(*more)[NPIM_PATH_SIZE] = realloc(files->paths, (files->n + 1) * sizeof *more);
        if (!more) return npim_fail(error, NPIM_ENOMEM, "no memory for the name of a file");
        files->paths = more;
        memcpy(files->paths[files->n++], found, sizeof found);
    }
    return status;
}

void npim_further_files_fini(npim_further_files *files) {
    free(files->paths);
    *files = (npim_further_files){0};
}

#include "sim/command.h"

#include "sim/import/onnx.h"
#include "sim/import/quantise.h"
#include "sim/import/trace_place.h"
#include "sim/import/trace_write.h"
#include "sim/interrupt.h"
#include "sim/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is made of the model. */
typedef struct job {
    const npim_options *options;
    npim_calibration calibration;
    npim_network network;
    npim_tensors tensors;
    npim_images images;
} job;

static npim_status read_options(job *all, npim_error *error) {
    const npim_options *o = all->options;
    if (!o->subject) return npim_fail(error, NPIM_EUSAGE, "import: which model? npim import MODEL.onnx");
    if (!o->out) return npim_fail(error, NPIM_EUSAGE, "import: where to? --out DIR is missing");
    if (!o->calibrate)
        return npim_fail(
            error, NPIM_EUSAGE,
            "import: --calibrate IMAGES.npy is missing: some typical images, which say how large the "
            "values of each layer are");
    const char *name = o->calibration ? o->calibration : npim_calibration_names[0];
    for (int i = 0; npim_calibration_names[i]; i++) {
        if (strcmp(name, npim_calibration_names[i]) != 0) continue;
        all->calibration = (npim_calibration)i;
        return NPIM_OK;
    }
    return npim_fail(error, NPIM_EUSAGE, "--calibration %s: must be one of max, percentile, mse", name);
}

/* One line about where the trace comes from, without paths: the same model gives the same bytes. */
static void describe(const job *all, char doc[256]) {
    const char *path = all->options->subject, *slash = strrchr(path, '/');
    char name[128];
    snprintf(name, sizeof name, "%s", slash ? slash + 1 : path);
    for (char *c = name; *c; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\') *c = '_';
    snprintf(doc, 256, "npim import %s, calibrated on %zu images (%s)", name, all->images.n,
             npim_calibration_names[all->calibration]);
}

/* Reading back what was written finds all that a trace must not be. */
static npim_status check(const char *folder, npim_error *error) {
    npim_network network = {0};
    npim_tensors tensors = {0};
    npim_status status = npim_network_load(&network, folder, error);
    if (status == NPIM_OK) status = npim_tensors_load(&tensors, &network, folder, error);
    npim_tensors_fini(&tensors);
    npim_network_fini(&network);
    return status;
}

static npim_status write(const job *all, npim_error *error) {
    char scratch[NPIM_PLACE_SIZE], doc[256];
    describe(all, doc);
    npim_status status = npim_place_begin(all->options->out, all->options->force, scratch, error);
    if (status != NPIM_OK) return status;
    status = npim_trace_write(&all->network, &all->tensors, doc, scratch, error);
    if (status == NPIM_OK) status = check(scratch, error);
    if (status == NPIM_OK) return npim_place_end(scratch, all->options->out, error);
    npim_place_abandon(scratch);
    return status;
}

static npim_status report(const job *all, npim_error *error) {
    const npim_network *n = &all->network;
    char *text = malloc(512);
    if (text)
        snprintf(text, 512,
                 "%s: %u layers, %llu weights, %llu multiply-accumulates per image, calibrated on %zu images "
                 "(%s)\n",
                 n->name, n->n_layers - 1, (unsigned long long)npim_network_weights(n),
                 (unsigned long long)npim_network_macs(n), all->images.n,
                 npim_calibration_names[all->calibration]);
    return npim_print_text(text, error);
}

static npim_status run(job *all, npim_error *error) {
    char scratch[NPIM_PLACE_SIZE];
    npim_status status = read_options(all, error);
    /* Said before the work is done. */
    if (status == NPIM_OK) status = npim_place_begin(all->options->out, all->options->force, scratch, error);
    if (status != NPIM_OK) return status;
    npim_place_abandon(scratch);
    status = npim_onnx_read(&all->network, &all->tensors, all->options->subject, error);
    if (status == NPIM_OK)
        status = npim_images_read(&all->images, &all->network, all->options->calibrate, error);
    if (status == NPIM_OK)
        status = npim_quantise(&all->network, &all->tensors, &all->images, all->calibration,
                               npim_interrupt_catch(), error);
    if (status == NPIM_OK) status = write(all, error);
    return status == NPIM_OK ? report(all, error) : status;
}

npim_status npim_command_import(npim_session *session, npim_error *error) {
    job all = {.options = &session->options};
    npim_status status = run(&all, error);
    npim_images_fini(&all.images);
    npim_tensors_fini(&all.tensors);
    npim_network_fini(&all.network);
    return status;
}

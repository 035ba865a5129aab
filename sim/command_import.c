#include "sim/command.h"

#include "sim/import/import_report.h"
#include "sim/import/trace_place.h"
#include "sim/import/trace_write.h"
#include "sim/interrupt.h"
#include "sim/print.h"
#include "sim/values/npy.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is made of the model. */
typedef struct job {
    const npim_options *options;
    npim_calibration calibration;
    npim_onnx_folded folded;
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

static const char *model_name(const job *all) {
    const char *path = all->options->subject, *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* One line about where the trace comes from, without paths: the same model gives the same bytes. */
static void describe(const job *all, char doc[256]) {
    char name[128];
    snprintf(name, sizeof name, "%s", model_name(all));
    for (char *c = name; *c; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\') *c = '_';
    snprintf(doc, 256, "npim import %s, calibrated on %zu images (%s)", name, all->images.n,
             npim_calibration_names[all->calibration]);
}

static double largest_of(const float *values, size_t n) {
    double most = 0.0;
    for (size_t i = 0; values && i < n; i++) most = fmax(most, fabs((double)values[i]));
    return most;
}

static double largest_constant(const job *all) {
    double most = 0.0;
    for (uint32_t l = 0; l < all->network.n_layers; l++) {
        const npim_layer *layer = &all->network.layers[l];
        const npim_layer_tensors *t = &all->tensors.layers[l];
        size_t outputs = npim_tensors_outputs(layer);
        most = fmax(most, largest_of(t->weight_float, outputs ? outputs * npim_layer_rows(layer) : 0));
        most = fmax(most, largest_of(t->bias_float, outputs));
        most = fmax(most, fmax(largest_of(t->factor, t->n_factor), largest_of(t->offset, t->n_factor)));
    }
    return most;
}

/* Real numbers that pass what a float holds: by the larger numbers of the two, of the images or of the model.
 * Other messages of quantisation are about the model. */
static npim_status quantise(job *all, npim_error *error) {
    npim_error inner = {0};
    npim_status status = npim_quantise(&all->network, &all->tensors, &all->images, all->calibration,
                                       npim_interrupt_catch(), &inner);
    if (status == NPIM_OK) return NPIM_OK;
    double image = largest_of(all->images.values, all->images.n * all->images.elements);
    double model = largest_constant(all);
    if (status == NPIM_ECONFIG)
        return npim_fail(error, status, "%s: %s (values up to %.3g, numbers of the model up to %.3g)",
                         image > model ? all->options->calibrate : all->options->subject, inner.message,
                         image, model);
    if (status == NPIM_EUNSUPPORTED)
        return npim_fail(error, status, "%s: %s", all->options->subject, inner.message);
    return npim_fail(error, status, "%s", inner.message);
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

/* Whole numbers of a byte, as pictures mostly are: NULL when one is anything else, or memory runs out. */
static uint8_t *as_bytes(const float *values, size_t n) {
    uint8_t *bytes = malloc(n ? n : 1);
    for (size_t i = 0; bytes && i < n; i++) {
        bytes[i] = values[i] >= 0.0F && values[i] <= 255.0F ? (uint8_t)values[i] : 0;
        if ((float)bytes[i] == values[i] && !signbit(values[i])) continue;
        free(bytes);
        return NULL;
    }
    return bytes;
}

/* What infer lays converters out for, where nothing else is said: the images that were calibrated on,
 * whatever has become of their file since. */
static npim_status write_images(const job *all, const char *folder, npim_error *error) {
    char path[NPIM_PLACE_SIZE + 16];
    const npim_layer *input = &all->network.layers[0];
    const size_t shape[] = {all->images.n, input->out_c, input->out_h, input->out_w};
    uint8_t *bytes = as_bytes(all->images.values, all->images.n * all->images.elements);
    snprintf(path, sizeof path, "%s/calibrate.npy", folder);
    npim_status status = bytes ? npim_npy_write(path, NPIM_NPY_U8, 4, shape, bytes, error)
                               : npim_npy_write(path, NPIM_NPY_F32, 4, shape, all->images.values, error);
    free(bytes);
    return status;
}

static npim_status write(const job *all, npim_error *error) {
    char scratch[NPIM_PLACE_SIZE], doc[256];
    describe(all, doc);
    npim_status status = npim_place_begin(all->options->out, all->options->force, scratch, error);
    if (status != NPIM_OK) return status;
    status = npim_trace_write(&all->network, &all->tensors, doc, scratch, error);
    if (status == NPIM_OK) status = write_images(all, scratch, error);
    if (status == NPIM_OK) status = check(scratch, error);
    if (status == NPIM_OK) return npim_place_end(scratch, all->options->out, error);
    npim_place_abandon(scratch);
    return status;
}

static npim_status report(const job *all, npim_error *error) {
    const npim_imported imported = {.network = &all->network,
                                    .tensors = &all->tensors,
                                    .folded = all->folded,
                                    .model = model_name(all),
                                    .calibration = all->calibration,
                                    .images = all->images.n};
    return all->options->json ? npim_print_json(npim_import_json(&imported), error)
                              : npim_print_text(npim_import_text(&imported), error);
}

static npim_status run(job *all, npim_error *error) {
    char scratch[NPIM_PLACE_SIZE];
    npim_status status = read_options(all, error);
    /* Said before the work is done. */
    if (status == NPIM_OK) status = npim_place_begin(all->options->out, all->options->force, scratch, error);
    if (status != NPIM_OK) return status;
    npim_place_abandon(scratch);
    status = npim_onnx_read(&all->network, &all->tensors, &all->folded, all->options->subject, error);
    if (status == NPIM_OK)
        status = npim_images_read(&all->images, &all->network, all->options->calibrate, error);
    if (status == NPIM_OK) status = quantise(all, error);
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

#include "sim/value_inputs.h"

#include "sim/values/npy.h"
#include "sim/values/parallel.h"
#include "sim/values/random_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool npim_value_inputs_wanted(const npim_options *options) {
    return options->image_file || options->values;
}

static npim_status read_mode(const char *name, npim_mode *mode, npim_error *error) {
    *mode = NPIM_MODE_IDEAL;
    if (!name) return NPIM_OK;
    for (int m = 0; npim_mode_names[m]; m++) {
        if (strcmp(name, npim_mode_names[m]) != 0) continue;
        *mode = (npim_mode)m;
        return NPIM_OK;
    }
    return npim_fail(error, NPIM_EUSAGE, "--mode %s: must be ideal, quantised or analog", name);
}

static npim_status read_threads(const char *text, uint32_t *threads, npim_error *error) {
    *threads = 1;
    if (!text) return NPIM_OK;
    size_t digits = strspn(text, "0123456789");
    unsigned long n = digits > 0 && digits < 4 && text[digits] == '\0' ? strtoul(text, NULL, 10) : 0;
    if (n < 1 || n > NPIM_MAX_THREADS)
        return npim_fail(error, NPIM_EUSAGE, "--threads %s: must be a whole number in 1..%d", text,
                         NPIM_MAX_THREADS);
    *threads = (uint32_t)n;
    return NPIM_OK;
}

static npim_status read_isa(const char *name, npim_isa *isa, npim_error *error) {
    *isa = npim_isa_best();
    if (!name) return NPIM_OK;
    for (int i = 0; npim_isa_names[i]; i++) {
        if (strcmp(name, npim_isa_names[i]) != 0) continue;
        *isa = (npim_isa)i;
        return npim_isa_supported(*isa)
                   ? NPIM_OK
                   : npim_fail(error, NPIM_EUSAGE, "--isa %s: this machine has no more than %s", name,
                               npim_isa_names[npim_isa_best()]);
    }
    return npim_fail(error, NPIM_EUSAGE, "--isa %s: must be portable, avx2 or avx512", name);
}

/* Options that only mean something beside others. */
static npim_status check_together(const npim_options *o, bool beside, npim_error *error) {
    const struct {
        const char *option, *value;
    } given[] = {{"--labels", o->labels},
                 {"--mode", o->mode},
                 {"--threads", o->threads},
                 {"--isa", o->isa},
                 {"--calibrate", o->calibrate}};
    if (o->values && strcmp(o->values, "random") != 0)
        return npim_fail(error, NPIM_EUSAGE, "--values %s: must be random", o->values);
    if (o->values && o->image_file)
        return npim_fail(error, NPIM_EUSAGE, "--values random and --images %s: one of them only",
                         o->image_file);
    if (o->calibrate && o->values)
        return npim_fail(error, NPIM_EUSAGE, "--calibrate %s and --values random: one of them only",
                         o->calibrate);
    if (o->n_further > 0 && !o->image_file && (!beside || o->values))
        return npim_fail(error, NPIM_EUSAGE, "--images %s: of which images? --images FILE.npy",
                         o->further[0]);
    if (o->labels && !o->image_file && (!beside || o->values))
        return npim_fail(error, NPIM_EUSAGE, "--labels %s: of which images? --images FILE.npy", o->labels);
    for (size_t i = 0; !beside && !npim_value_inputs_wanted(o) && i < sizeof given / sizeof *given; i++)
        if (given[i].value)
            return npim_fail(error, NPIM_EUSAGE, "%s %s: of which values? --images FILE.npy", given[i].option,
                             given[i].value);
    return NPIM_OK;
}

npim_status npim_value_inputs_read(npim_value_inputs *inputs, const npim_options *options, bool beside,
                                   npim_error *error) {
    memset(inputs, 0, sizeof *inputs);
    npim_status status = read_mode(options->mode, &inputs->request.mode, error);
    if (status == NPIM_OK) status = read_isa(options->isa, &inputs->request.isa, error);
    if (status == NPIM_OK) status = read_threads(options->threads, &inputs->request.threads, error);
    return status == NPIM_OK ? check_together(options, beside, error) : status;
}

/* path = the network's folder / name, when there is such a file. */
static bool lies_beside(const char *network_path, const char *name, char path[NPIM_PATH_SIZE]) {
    struct stat info;
    const char *slash = strrchr(network_path, '/');
    bool is_folder = stat(network_path, &info) == 0 && S_ISDIR(info.st_mode);
    int length = is_folder ? (int)strlen(network_path) : slash ? (int)(slash - network_path) : 0;
    int n = snprintf(path, NPIM_PATH_SIZE, "%.*s%s%s", length, network_path, length > 0 ? "/" : "", name);
    return n > 0 && n < NPIM_PATH_SIZE && access(path, R_OK) == 0;
}

npim_status npim_value_inputs_beside(npim_value_inputs *in, npim_session *s, npim_error *error) {
    npim_options *o = &s->options;
    if (npim_value_inputs_wanted(o)) return NPIM_OK;
    if (!lies_beside(s->network_path, "images.npy", in->image_path))
        return npim_fail(error, NPIM_EUSAGE, "which images? --images FILE.npy, or an images.npy beside %s",
                         s->network_path);
    o->image_file = in->image_path;
    if (!o->labels && lies_beside(s->network_path, "labels.npy", in->label_path)) o->labels = in->label_path;
    return NPIM_OK;
}

npim_status npim_value_inputs_count(npim_options *options, npim_error *error) {
    npim_npy array = {0};
    if (!options->image_file) return NPIM_OK;
    npim_status status = npim_npy_read(&array, options->image_file, error);
    if (status != NPIM_OK) return status;
    size_t images = array.rank > 0 ? array.shape[0] : 0;
    npim_npy_fini(&array);
    if (images == 0) return npim_fail(error, NPIM_ECONFIG, "%s: no images", options->image_file);
    return npim_options_assign_images(options, images, error);
}

/* A copy: random values give it scales that the trace has not. */
static npim_status copy_network(npim_network *to, const npim_network *from, npim_error *error) {
    npim_layer *layers = malloc(from->n_layers * sizeof *layers);
    if (!layers) return npim_fail(error, NPIM_ENOMEM, "no memory for %u layers", from->n_layers);
    memcpy(layers, from->layers, from->n_layers * sizeof *layers);
    *to = *from;
    to->layers = layers;
    return NPIM_OK;
}

static npim_status load_layout(npim_value_inputs *in, const npim_session *s, npim_error *error) {
    const char *path = s->options.calibrate;
    if (!path && lies_beside(s->network_path, "calibrate.npy", in->layout_path)) path = in->layout_path;
    if (!path) return NPIM_OK;
    npim_status status = npim_images_read(&in->layout, &s->network, path, error);
    if (status == NPIM_OK) status = npim_further_read(&in->layout, &s->network, path, NULL, NULL, error);
    if (status == NPIM_OK) in->request.layout = &in->layout;
    return status;
}

const char *npim_value_inputs_layout(const npim_value_inputs *in, const npim_options *options) {
    if (in->layout.n == 0) return NULL;
    return options->calibrate ? options->calibrate : in->layout_path;
}

static npim_status load(npim_value_inputs *in, const npim_session *s, npim_error *error) {
    const npim_options *o = &s->options;
    if (!s->network.has_values)
        return npim_fail(error, NPIM_ECONFIG,
                         "%s: has no values: npim import makes a trace with scales and tensors",
                         s->network_path);
    npim_status status = npim_tensors_load(&in->tensors, &s->network, s->network_path, error);
    if (status == NPIM_OK) status = npim_images_read(&in->images, &s->network, o->image_file, error);
    if (status == NPIM_OK)
        status = npim_further_read(&in->images, &s->network, o->image_file, o, &in->further, error);
    if (status == NPIM_OK) status = load_layout(in, s, error);
    const npim_layer *output = &s->network.layers[s->network.output];
    size_t classes = (size_t)output->out_c * output->out_h * output->out_w;
    if (status == NPIM_OK && o->labels)
        status = npim_labels_read(&in->labels, o->labels, in->images.n, classes, error);
    return status;
}

npim_status npim_value_inputs_load(npim_value_inputs *in, const npim_session *s, npim_error *error) {
    npim_status status = copy_network(&in->network, &s->network, error);
    if (status == NPIM_OK)
        status = s->options.values ? npim_random_values(&in->network, &in->tensors, &in->images,
                                                        s->arch.run.seed, s->arch.run.images, error)
                                   : load(in, s, error);
    in->request.labels = in->labels;
    in->request.arch = &s->arch;
    return status;
}

void npim_value_inputs_fini(npim_value_inputs *in) {
    npim_tensors_fini(&in->tensors);
    npim_images_fini(&in->images);
    npim_images_fini(&in->layout);
    npim_network_fini(&in->network);
    npim_further_files_fini(&in->further);
    free(in->labels);
    memset(in, 0, sizeof *in);
}

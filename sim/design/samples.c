#include "sim/design/samples.h"

#include <stdlib.h>
#include <string.h>

npim_status npim_samples_init(npim_samples *samples, size_t n, uint32_t n_inputs, uint32_t n_outputs,
                              npim_error *error) {
    memset(samples, 0, sizeof *samples);
    if (n == 0 || n > NPIM_SAMPLES_MAX)
        return npim_fail(error, NPIM_ECONFIG, "%zu samples: 1..%d", n, NPIM_SAMPLES_MAX);
    if (n_inputs == 0 || n_inputs > NPIM_SAMPLES_MAX_LINES || n_outputs == 0 ||
        n_outputs > NPIM_SAMPLES_MAX_LINES)
        return npim_fail(error, NPIM_ECONFIG, "samples of %u inputs and %u outputs: 1..%d each", n_inputs,
                         n_outputs, NPIM_SAMPLES_MAX_LINES);
    *samples = (npim_samples){.n = n, .n_inputs = n_inputs, .n_outputs = n_outputs};
    samples->in = calloc(n, n_inputs * sizeof *samples->in);
    samples->out = calloc(n, n_outputs * sizeof *samples->out);
    if (samples->in && samples->out) return NPIM_OK;
    npim_samples_fini(samples);
    return npim_fail(error, NPIM_ENOMEM, "no memory for %zu samples", n);
}

void npim_samples_fini(npim_samples *samples) {
    free(samples->in);
    free(samples->out);
    memset(samples, 0, sizeof *samples);
}

#include "sim/values/figures.h"

#include "hw/elementary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double no_error_dB = 150.0;

npim_status npim_figures_init(npim_figures *figures, uint32_t n_layers, npim_error *error) {
    figures->n_layers = n_layers;
    figures->layers = calloc(n_layers, sizeof *figures->layers);
    if (figures->layers) return NPIM_OK;
    return npim_fail(error, NPIM_ENOMEM, "no memory for %u layers", n_layers);
}

void npim_figures_fini(npim_figures *figures) {
    free(figures->layers);
    memset(figures, 0, sizeof *figures);
}

/* Whole numbers: their order does not matter. */
void npim_figures_count(npim_layer_figures *layer, uint64_t conversions, uint64_t clipped) {
    __atomic_fetch_add(&layer->conversions, conversions, __ATOMIC_RELAXED);
    __atomic_fetch_add(&layer->clipped, clipped, __ATOMIC_RELAXED);
}

double npim_figures_clipped(const npim_layer_figures *layer) {
    return layer->conversions > 0 ? (double)layer->clipped / (double)layer->conversions : 0.0;
}

double npim_figures_sinad_dB(const npim_layer_figures *f) {
    const double ln_10 = 2.302585092994045684;
    if (f->n_sums == 0) return NAN;
    double n = (double)f->n_sums, mean = f->signal_sum / n;
    double variance = f->signal_squares / n - mean * mean, error = f->error_squares / n;
    if (variance <= 0.0) return NAN;
    if (error <= 0.0) return no_error_dB;
    double dB = 10.0 * npim_log(variance / error) / ln_10;
    return dB < no_error_dB ? dB : no_error_dB;
}

#include "sim/design/sa_table.h"

#include "sim/design/histogram.h"
#include "sim/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void npim_sa_table_fini(npim_sa_table *table) {
    npim_sa_details *d = &table->details;
    double *all[] = {d->sinad_dB, d->corrected_dB, d->rms_error_mV, d->wanted_V, d->nominal_V, d->varied_V};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    memset(table, 0, sizeof *table);
}

static npim_status allocate(npim_sa_table *t, npim_error *error) {
    npim_sa_details *d = &t->details;
    size_t circuits = (size_t)t->samples + 1;
    double **const of_circuits[] = {&d->sinad_dB, &d->corrected_dB, &d->rms_error_mV};
    double **const of_vectors[] = {&d->wanted_V, &d->nominal_V, &d->varied_V};
    bool good = true;
    for (size_t i = 0; i < 3; i++) {
        *of_circuits[i] = calloc(circuits, sizeof(double));
        *of_vectors[i] = calloc(t->vectors, sizeof(double));
        good = good && *of_circuits[i] && *of_vectors[i];
    }
    return good ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for %u samples", t->samples);
}

npim_status npim_sa_table_measure(npim_sa_table *table, const npim_design *design,
                                  const npim_sampling *sampling, npim_error *error) {
    memset(table, 0, sizeof *table);
    if (design->request.kind != NPIM_DESIGN_NEURAL_SA)
        return npim_fail(error, NPIM_EUSAGE, "a table of a shift-and-add: the design is a %s",
                         npim_design_kind_names[design->request.kind]);
    const npim_sa_trial trial = npim_design_sa_trial(design, sampling);
    npim_sa_figures figures;
    table->samples = trial.samples;
    table->vectors = trial.vectors;
    npim_status status = allocate(table, error);
    if (status == NPIM_OK)
        status =
            npim_sa_measure_details(&design->converter.circuit, &trial, &figures, &table->details, error);
    if (status != NPIM_OK) npim_sa_table_fini(table);
    return status;
}

static void put_csv(const void *subject, FILE *out) {
    const npim_sa_table *t = subject;
    const npim_sa_details *d = &t->details;
    fputs("circuit,sinad_dB,sinad_corrected_dB,rms_error_mV\n", out);
    for (uint32_t i = 0; i <= t->samples; i++) {
        if (i == 0)
            fputs("nominal", out);
        else
            fprintf(out, "%u", i - 1);
        const double values[] = {d->sinad_dB[i], d->corrected_dB[i], d->rms_error_mV[i]};
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            char text[32];
            npim_number_text(values[k], text, sizeof text);
            fprintf(out, ",%s", text);
        }
        fputc('\n', out);
    }
}

/* Without samples the nominal circuit stands alone. */
static void put_plot(const void *subject, FILE *out) {
    const npim_sa_table *t = subject;
    const npim_sa_details *d = &t->details;
    const double *result_V = t->samples > 0 ? d->varied_V : d->nominal_V;
    const char *whose = t->samples > 0 ? "first varied circuit" : "nominal circuit";
    fprintf(out, "set terminal svg size 800,%d\n$results << EOD\n", t->samples > 0 ? 1000 : 700);
    for (uint32_t i = 0; i < t->vectors; i++)
        fprintf(out, "%.6f %.6f %.6f\n", d->wanted_V[i], result_V[i], 1e3 * (result_V[i] - d->wanted_V[i]));
    fprintf(out,
            "EOD\nset multiplot layout %d,1\nset grid\nset key above\nset xlabel 'wanted result (V)'\n"
            "set ylabel 'result (V)'\nplot $results using 1:2 with dots lw 2 title '%s'\n"
            "set ylabel 'error (mV)'\nplot $results using 1:3 with dots lw 2 title '%s'\n",
            t->samples > 0 ? 3 : 2, whose, whose);
    if (t->samples > 0) npim_histogram_put(d->sinad_dB + 1, t->samples, "SINAD (dB)", out);
    fputs("unset multiplot\n", out);
}

char *npim_sa_table_csv(const npim_sa_table *table) {
    return npim_text_of(put_csv, table);
}

char *npim_sa_table_plot(const npim_sa_table *table) {
    return npim_text_of(put_plot, table);
}

#include "sim/design/design_sections.h"

#include <stdlib.h>

enum { PATH_SIZE = 4096 };

#define AT(member) offsetof(npim_design_transient, member)
static const npim_field settle_fields[] = {
    {"settle_ns", NPIM_KIND_DOUBLE, AT(settle_ns), 0, 1e6, "ns", true, 0, NULL, "of the slowest step"},
    {"mean_settle_ns", NPIM_KIND_DOUBLE, AT(mean_settle_ns), 0, 1e6, "ns", true, 0, NULL, "of all steps"},
    {"energy_pJ", NPIM_KIND_DOUBLE, AT(energy_pJ), 0, 1e6, "pJ", true, 0, NULL, "until it has settled, mean"},
    {"power_uW", NPIM_KIND_DOUBLE, AT(power_uW), 0, 1e9, "uW", true, 0, NULL, "mean"},
    {"steps", NPIM_KIND_U32, AT(steps), 1, 1e6, "", true, 0, NULL, "of the inputs"},
};
#undef AT
enum { N_SETTLE_FIELDS = sizeof settle_fields / sizeof *settle_fields };

/* Tagged D: derived from a simulation. */
void npim_settle_put(const npim_design_transient *settle, FILE *out) {
    char text[32];
    fprintf(out, "\n[settle]\nnetlist_sha256 = \"%s\"\nsimulator = \"%s\"\n", settle->netlist_sha256,
            settle->simulator);
    for (size_t i = 0; i < N_SETTLE_FIELDS; i++) {
        npim_number_text(npim_field_get(&settle_fields[i], settle), text, sizeof text);
        fprintf(out, "%s = { value = %s, source = \"transient run of the netlist\", tag = \"D\" }\n",
                settle_fields[i].key, text);
    }
}

npim_status npim_settle_read(npim_design *design, npim_doc *doc, const char *path, npim_error *error) {
    char what[PATH_SIZE];
    npim_design_transient *settle = &design->settle;
    if (!design->request.settle) return NPIM_OK;
    snprintf(what, sizeof what, "%s: settle", path);
    npim_status status = npim_doc_bind(doc, "settle", settle_fields, N_SETTLE_FIELDS, settle, what, error);
    if (status == NPIM_OK)
        status = npim_doc_text(doc, "settle.netlist_sha256", true, settle->netlist_sha256,
                               sizeof settle->netlist_sha256, what, error);
    if (status == NPIM_OK)
        status = npim_doc_text(doc, "settle.simulator", true, settle->simulator, sizeof settle->simulator,
                               what, error);
    return status;
}

#define AT(member) offsetof(npim_design_training, member)
#define SCORE(key, member, doc)                                                                              \
    { key, NPIM_KIND_DOUBLE, AT(member), -1e9, 1e9, "dB or bit", true, 0, NULL, doc }
static const npim_field training_fields[] = {
    {"runs", NPIM_KIND_U32, AT(runs), 1, 100, "", true, 0, NULL, "trainings"},
    {"best", NPIM_KIND_U32, AT(best), 0, 99, "", true, 0, NULL, "that was taken, from 0"},
    SCORE("score", score.nominal, "of the best: median of varied circuits, SINAD or ENOB"),
    SCORE("score_median", score.median, "of all runs"),
    SCORE("score_p10", score.p10, "of all runs"),
    SCORE("score_p90", score.p90, "of all runs"),
    SCORE("score_least", least, "of all runs"),
    SCORE("score_most", most, "of all runs"),
};
#undef SCORE
#undef AT
enum { N_TRAINING_FIELDS = sizeof training_fields / sizeof *training_fields };

static void put_fields(const npim_field *fields, size_t n, const void *from, FILE *out) {
    for (size_t i = 0; i < n; i++) {
        char text[32];
        npim_number_text(npim_field_get(&fields[i], from), text, sizeof text);
        fprintf(out, "%s = %s\n", fields[i].key, text);
    }
}

void npim_training_put(const npim_design_training *training, FILE *out) {
    fputs("\n# Derived (D): what the trainings reached when they were judged.\n[training]\n", out);
    put_fields(training_fields, N_TRAINING_FIELDS, training, out);
}

npim_status npim_training_read(npim_design *design, npim_doc *doc, const char *path, npim_error *error) {
    char what[PATH_SIZE];
    if (design->request.method != NPIM_DESIGN_TRAINED) return NPIM_OK;
    snprintf(what, sizeof what, "%s: training", path);
    return npim_doc_bind(doc, "training", training_fields, N_TRAINING_FIELDS, &design->training, what, error);
}

#define AT(member) offsetof(npim_design, member)
static const npim_field count_fields[] = {
    {"cells", NPIM_KIND_U32, AT(converter.circuit.n_cells), 0, 4294967295.0, "", true, 0, NULL, "in all"},
    {"inverters", NPIM_KIND_U32, AT(inverters), 0, 4294967295.0, "", true, 0, NULL, "in all"},
    {"latches", NPIM_KIND_U32, AT(latches), 0, 4294967295.0, "", true, 0, NULL, "in all"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "estimate"},
};
#undef AT
enum { N_COUNT_FIELDS = sizeof count_fields / sizeof *count_fields };

void npim_counts_put(const npim_design *design, FILE *out) {
    fputs("\n[counts]\n", out);
    put_fields(count_fields, N_COUNT_FIELDS, design, out);
}

/* They follow from the circuit: what is written must be that. */
npim_status npim_counts_read(const npim_design *design, npim_doc *doc, const char *path, npim_error *error) {
    char what[PATH_SIZE];
    snprintf(what, sizeof what, "%s: counts", path);
    npim_design *written = calloc(1, sizeof *written);
    if (!written) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    npim_status status = npim_doc_bind(doc, "counts", count_fields, N_COUNT_FIELDS, written, what, error);
    for (size_t i = 0; status == NPIM_OK && i < N_COUNT_FIELDS; i++) {
        double found = npim_field_get(&count_fields[i], written);
        double wanted = npim_field_get(&count_fields[i], design);
        if (found != wanted)
            status = npim_fail(error, NPIM_ECONFIG, "%s: counts.%s = %g: the circuit has %g: was edited",
                               path, count_fields[i].key, found, wanted);
    }
    free(written);
    return status;
}

#include "sim/design/design_file.h"

#include "sim/design/design_sections.h"
#include "sim/design/design_text.h"
#include "sim/design/output.h"

#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* --- writing --- */

static void put_request(const npim_design_request *request, FILE *out) {
    for (size_t i = 0; i < npim_n_design_fields; i++) {
        const npim_field *field = &npim_design_fields[i];
        char text[32];
        double value = npim_field_get(field, request);
        npim_number_text(value, text, sizeof text);
        if (field->kind == NPIM_KIND_ENUM)
            fprintf(out, "%s = \"%s\"\n", field->key, field->names[(size_t)value]);
        else
            fprintf(out, "%s = %s\n", field->key,
                    field->kind != NPIM_KIND_BOOL ? text
                    : value != 0                  ? "true"
                                                  : "false");
    }
}

static void put_circuit(const npim_design *design, FILE *out) {
    const npim_circuit *c = &design->converter.circuit;
    char text[32];
    fprintf(out, "\n[circuit]\ninputs = %u\noutputs = %u\nn_coarse = %u\n", c->n_inputs, c->n_outputs,
            design->converter.n_coarse);
    npim_number_text(c->on_off_ratio, text, sizeof text);
    fprintf(out, "on_off_ratio = %s\n", text);
    npim_number_text(c->vdd_V, text, sizeof text);
    fprintf(out, "vdd_V = %s\n", text);
    npim_number_text(design->task.range, text, sizeof text);
    fprintf(out, "range = %s\n", text);
    for (uint32_t r = 0; r < c->n_rails; r++) {
        npim_number_text(c->rail_V[r], text, sizeof text);
        fprintf(out, "%s%s%s", r == 0 ? "rails_V = [" : ", ", text, r + 1 == c->n_rails ? "]\n" : "");
    }
    for (uint32_t n = 0; n < c->n_neurons; n++) {
        fputs("\n[[neuron]]\nkind = \"", out);
        npim_neuron_kind_put(&c->neurons[n], out);
        fputs("\"\ncells = \"", out);
        npim_cells_put(c, &c->neurons[n], out);
        fputs("\"\n", out);
    }
}

/* The tables that its neurons need. */
enum { N_TABLES = 2 };
static const struct {
    const char *name;
    npim_neuron_kind kind;
    size_t at, of_circuit;
} tables[N_TABLES] = {
    {"inverter", NPIM_NEURON_INVERTER, offsetof(npim_design, inverter), offsetof(npim_circuit, inverter)},
    {"residue", NPIM_NEURON_RESIDUE, offsetof(npim_design, residue), offsetof(npim_circuit, residue)},
};

/* All that the hash is made of. */
static void put_rest(const npim_design *design, FILE *out) {
    put_request(&design->request, out);
    put_circuit(design, out);
    npim_counts_put(design, out);
    if (design->request.method == NPIM_DESIGN_TRAINED) npim_training_put(&design->training, out);
    if (design->achieved.n > 0) npim_achieved_put(&design->achieved, out);
    if (design->request.settle) npim_settle_put(&design->settle, out);
    for (size_t i = 0; i < N_TABLES; i++) {
        if (!npim_design_has(design, tables[i].kind)) continue;
        fputc('\n', out);
        npim_inverter_table_put(
            (const npim_inverter_table *)(const void *)((const char *)design + tables[i].at), tables[i].name,
            out);
    }
}

static npim_status text_of(const npim_design *design, char **text, size_t *n, char sha256[NPIM_SHA256_SIZE],
                           npim_error *error) {
    *text = NULL;
    FILE *out = open_memstream(text, n);
    if (!out) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    put_rest(design, out);
    bool good = !ferror(out);
    if (fclose(out) != 0) good = false;
    if (good)
        npim_sha256(*text, *n, sha256);
    else
        free(*text);
    return good ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for a design");
}

static npim_status write_file(const char *path, const char *sha256, const char *text, npim_error *error) {
    static const char head[] =
        "# A peripheral circuit of RRAM cells and inverters, made by `npim design`. An edited file is "
        "refused.\n[design]\nsha256 = \"";
    size_t size = sizeof head + strlen(sha256) + strlen(text) + 3;
    char *whole = malloc(size);
    if (!whole) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    snprintf(whole, size, "%s%s\"\n%s", head, sha256, text);
    npim_status status = npim_output_save(path, whole, error);
    free(whole);
    return status;
}

npim_status npim_design_save(const npim_design *design, const char *path, bool force, npim_error *error) {
    char *text, sha256[NPIM_SHA256_SIZE];
    size_t n;
    npim_status status = npim_output_check(path, force, error);
    if (status == NPIM_OK) status = text_of(design, &text, &n, sha256, error);
    if (status != NPIM_OK) return status;
    status = write_file(path, sha256, text, error);
    free(text);
    return status;
}

/* --- reading --- */

typedef struct sizes {
    uint32_t inputs, outputs, n_coarse;
    double on_off_ratio, vdd_V, range;
} sizes;

#define AT(member) offsetof(sizes, member)
static const npim_field size_fields[] = {
    {"inputs", NPIM_KIND_U32, AT(inputs), 1, NPIM_CIRCUIT_MAX_INPUTS, "", true, 0, NULL, "of the circuit"},
    {"outputs", NPIM_KIND_U32, AT(outputs), 1, NPIM_CIRCUIT_MAX_NEURONS, "", true, 0, NULL,
     "its last neurons"},
    {"n_coarse", NPIM_KIND_U32, AT(n_coarse), 0, NPIM_CIRCUIT_MAX_NEURONS, "", false, 0, NULL,
     "wires of the first stage of a pipeline"},
    {"on_off_ratio", NPIM_KIND_DOUBLE, AT(on_off_ratio), 0, 1e6, "", true, 0, NULL,
     "of a cell; 0: can be off"},
    {"vdd_V", NPIM_KIND_DOUBLE, AT(vdd_V), 0.1, 10, "V", true, 0, NULL, "supply"},
    {"range", NPIM_KIND_DOUBLE, AT(range), 0, 0.5, "", false, 0, NULL, "of a shift-and-add's result"},
};
#undef AT

static npim_status read_rails(npim_circuit *c, npim_doc *doc, const char *path, npim_error *error) {
    size_t n = npim_doc_count(doc, "circuit.rails_V");
    if (n > NPIM_CIRCUIT_MAX_INPUTS)
        return npim_fail(error, NPIM_ECONFIG, "%s: circuit.rails_V: %zu rails: at most %d", path, n,
                         NPIM_CIRCUIT_MAX_INPUTS);
    c->rail_V = calloc(n + 1, sizeof *c->rail_V);
    if (!c->rail_V) return npim_fail(error, NPIM_ENOMEM, "no memory for rails");
    for (; c->n_rails < n; c->n_rails++) {
        char key[64];
        snprintf(key, sizeof key, "circuit.rails_V[%u]", c->n_rails);
        npim_entry *entry = npim_doc_find(doc, key);
        if (!entry || (entry->kind != NPIM_ENTRY_FLOAT && entry->kind != NPIM_ENTRY_INTEGER))
            return npim_fail(error, NPIM_ECONFIG, "%s: %s: must be a number", path, key);
        entry->used = true;
        c->rail_V[c->n_rails] = entry->number;
    }
    return NPIM_OK;
}

/* A string of any length at "neuron[n].key". */
static npim_status neuron_text(npim_doc *doc, uint32_t n, const char *key, const char *path,
                               const char **text, npim_error *error) {
    char name[64];
    snprintf(name, sizeof name, "neuron[%u].%s", n, key);
    npim_entry *entry = npim_doc_find(doc, name);
    if (!entry || entry->kind != NPIM_ENTRY_STRING)
        return npim_fail(error, NPIM_ECONFIG, "%s: %s: must be there, and a string", path, name);
    entry->used = true;
    *text = entry->text;
    return NPIM_OK;
}

static npim_status read_neuron(npim_circuit *c, npim_doc *doc, uint32_t n, const char *path,
                               npim_error *error) {
    const char *kind = NULL, *cells = NULL;
    npim_error inner = {NPIM_OK, ""};
    npim_status status = neuron_text(doc, n, "kind", path, &kind, error);
    if (status == NPIM_OK) status = neuron_text(doc, n, "cells", path, &cells, error);
    if (status != NPIM_OK) return status;
    status = npim_neuron_kind_read(&c->neurons[n], kind, &inner);
    if (status == NPIM_OK) status = npim_cells_read(c, &c->neurons[n], cells, &inner);
    if (status != NPIM_OK) return npim_fail(error, status, "%s: neuron[%u]: %s", path, n, inner.message);
    return NPIM_OK;
}

static npim_status read_neurons(npim_circuit *c, npim_doc *doc, const char *path, npim_error *error) {
    size_t n = npim_doc_count(doc, "neuron");
    if (n < 1 || n > NPIM_CIRCUIT_MAX_NEURONS)
        return npim_fail(error, NPIM_ECONFIG, "%s: %zu neurons: 1..%d", path, n, NPIM_CIRCUIT_MAX_NEURONS);
    c->neurons = calloc(n, sizeof *c->neurons);
    if (!c->neurons) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu neurons", n);
    npim_status status = NPIM_OK;
    for (; c->n_neurons < n && status == NPIM_OK; c->n_neurons++)
        status = read_neuron(c, doc, c->n_neurons, path, error);
    return status;
}

static npim_status read_circuit(npim_design *design, npim_doc *doc, const char *path, npim_error *error) {
    npim_circuit *c = &design->converter.circuit;
    char what[PATH_SIZE];
    sizes size = {0};
    snprintf(what, sizeof what, "%s: circuit", path);
    npim_status status = npim_doc_bind(doc, "circuit", size_fields, sizeof size_fields / sizeof *size_fields,
                                       &size, what, error);
    if (status != NPIM_OK) return status;
    c->bits = design->request.cell_bits;
    c->on_off_ratio = size.on_off_ratio;
    c->vdd_V = size.vdd_V;
    c->n_inputs = size.inputs;
    c->n_outputs = size.outputs;
    design->converter.kind = (npim_code_kind)design->request.code;
    design->converter.bits = design->request.bits;
    design->converter.n_coarse = size.n_coarse;
    design->task = (npim_sa_task){.dac_bits = design->request.dac_bits, .range = size.range};
    status = read_rails(c, doc, path, error);
    return status == NPIM_OK ? read_neurons(c, doc, path, error) : status;
}

static npim_status read_tables(npim_design *design, npim_doc *doc, const char *path, npim_error *error) {
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < N_TABLES && status == NPIM_OK; i++) {
        npim_inverter_table *table = (void *)((char *)design + tables[i].at);
        npim_inverter *used = (void *)((char *)&design->converter.circuit + tables[i].of_circuit);
        if (!npim_design_has(design, tables[i].kind)) continue;
        status = npim_inverter_table_read(table, doc, tables[i].name, path, error);
        *used = table->inverter;
    }
    return status;
}

static npim_status check_circuit(const npim_design *design, const char *path, npim_error *error) {
    npim_error inner = {NPIM_OK, ""};
    bool adc = design->request.kind == NPIM_DESIGN_NEURAL_ADC;
    npim_status status = adc ? npim_converter_check(&design->converter, &inner)
                             : npim_circuit_check(&design->converter.circuit, &inner);
    return status == NPIM_OK ? NPIM_OK : npim_fail(error, status, "%s: %s", path, inner.message);
}

static npim_status check_hash(const npim_design *design, const char *written, const char *path,
                              npim_error *error) {
    char *text, found[NPIM_SHA256_SIZE];
    size_t n;
    npim_status status = text_of(design, &text, &n, found, error);
    if (status != NPIM_OK) return status;
    free(text);
    if (strcmp(written, found) == 0) return NPIM_OK;
    return npim_fail(error, NPIM_ECONFIG,
                     "%s: was edited (SHA-256 %.12s..., of its values %.12s...): make it again with npim "
                     "design",
                     path, written, found);
}

static npim_status read_all(npim_design *design, npim_doc *doc, const char *path, npim_error *error) {
    char what[PATH_SIZE], sha256[NPIM_SHA256_SIZE];
    snprintf(what, sizeof what, "%s: design", path);
    npim_status status = npim_doc_text(doc, "design.sha256", true, sha256, sizeof sha256, what, error);
    if (status == NPIM_OK)
        status = npim_doc_bind(doc, "design", npim_design_fields, npim_n_design_fields, &design->request,
                               what, error);
    if (status == NPIM_OK) status = read_circuit(design, doc, path, error);
    if (status == NPIM_OK) status = npim_settle_read(design, doc, path, error);
    if (status == NPIM_OK) status = read_tables(design, doc, path, error);
    if (status == NPIM_OK) status = check_circuit(design, path, error);
    if (status == NPIM_OK) npim_design_count(design);
    if (status == NPIM_OK) status = npim_counts_read(design, doc, path, error);
    if (status == NPIM_OK) status = npim_training_read(design, doc, path, error);
    if (status == NPIM_OK) status = npim_achieved_read(&design->achieved, doc, path, error);
    if (status == NPIM_OK) status = npim_doc_reject_unused(doc, NULL, 0, error);
    if (status == NPIM_OK) status = check_hash(design, sha256, path, error);
    return status;
}

npim_status npim_design_load(npim_design *design, const char *path, npim_error *error) {
    npim_doc doc = {0};
    memset(design, 0, sizeof *design);
    npim_status status = npim_doc_load(&doc, path, error);
    if (status == NPIM_OK) status = read_all(design, &doc, path, error);
    npim_doc_fini(&doc);
    if (status != NPIM_OK) npim_design_fini(design);
    return status;
}

#include "sim/design/inverter_table.h"

#include "sim/design/output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, LAST = NPIM_VTC_POINTS - 1, VALUES_IN_LINE = 8 };

/* The sweep as keys: the one place that knows their ranges. */
static const npim_field fields[] = {
    {"vdd_V", NPIM_KIND_DOUBLE, offsetof(npim_inverter_sweep, vdd_V), 0.1, 5, "V", true, 0, NULL, "supply"},
    {"temperature_C", NPIM_KIND_DOUBLE, offsetof(npim_inverter_sweep, temperature_C), -55, 150, "degree C",
     true, 0, NULL, "temperature"},
    {"width", NPIM_KIND_DOUBLE, offsetof(npim_inverter_sweep, width), 0.1, 1000, "", false, 1, NULL,
     "of all transistors, in units of the deck's"},
    {"load_S", NPIM_KIND_DOUBLE, offsetof(npim_inverter_sweep, load.conductance_S), 0, 1, "S", false, 0, NULL,
     "conductance on the output"},
    {"load_V", NPIM_KIND_DOUBLE, offsetof(npim_inverter_sweep, load.voltage_V), 0, 5, "V", false, 0, NULL,
     "what it leads to"},
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

static npim_status check_sweep(const npim_inverter_sweep *sweep, npim_error *error) {
    npim_status status = npim_fields_check(fields, N_FIELDS, sweep, "inverter", error);
    if (status == NPIM_OK && sweep->load.voltage_V > sweep->vdd_V)
        return npim_fail(error, NPIM_ECONFIG, "inverter.load_V = %g: outside 0..%g V, the supply",
                         sweep->load.voltage_V, sweep->vdd_V);
    return status;
}

/* --- made by ngspice --- */

static char *sweep_deck(const npim_inverter_deck *deck, const npim_inverter_sweep *s) {
    char *text = NULL;
    size_t n = 0;
    double step_V = s->vdd_V / LAST;
    FILE *out = open_memstream(&text, &n);
    if (!out) return NULL;
    fprintf(out, "* npim: transfer curve of an inverter\n%s\n", deck->text);
    fprintf(out, "Vdd vdd 0 %.17g\nVin in 0 0\nX1 in out vdd inverter m=%.17g\n", s->vdd_V, s->width);
    if (s->load.conductance_S > 0)
        fprintf(out, "Vload load 0 %.17g\nRload out load %.17g\n", s->load.voltage_V,
                1 / s->load.conductance_S);
    fprintf(out, ".options temp=%.17g reltol=1e-6 gmin=1e-15\n", s->temperature_C);
    fprintf(out, ".dc Vin 0 %.17g %.17g\n", s->vdd_V + step_V / 4, step_V);
    fprintf(out, ".control\nset wr_singlescale\nset numdgt=12\nrun\nwrdata %s v(out)\nquit\n.endc\n.end\n",
            NPIM_SPICE_OUTPUT);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* Rounded, without the ripple of a simulator where the curve is flat. */
static npim_status take(npim_inverter *inverter, const npim_spice_data *data, npim_error *error) {
    const double ripple_V = 1e-8;
    for (size_t i = 0; i < NPIM_VTC_POINTS; i++) {
        double in_V = data->value[2 * i], out_V = round(data->value[2 * i + 1] * 1e9) / 1e9;
        if (!(fabs(in_V - inverter->vdd_V * (double)i / LAST) < 1e-6))
            return npim_fail(error, NPIM_EUSAGE, "ngspice: step %zu of the sweep is at %g V, not %g V", i,
                             in_V, inverter->vdd_V * (double)i / LAST);
        double before_V = i > 0 ? inverter->out_V[i - 1] : out_V;
        inverter->out_V[i] = (out_V > before_V && out_V < before_V + ripple_V ? before_V : out_V) + 0.0;
    }
    return npim_inverter_check(inverter, error);
}

static npim_status run_sweep(npim_inverter_table *table, const npim_inverter_deck *deck,
                             const npim_spice *spice, npim_error *error) {
    npim_spice_data data = {0};
    char *text = sweep_deck(deck, &table->sweep);
    if (!text) return npim_fail(error, NPIM_ENOMEM, "no memory for a deck");
    npim_status status = npim_spice_run(spice, text, NPIM_VTC_POINTS, 2, &data, error);
    if (status == NPIM_OK) status = take(&table->inverter, &data, error);
    npim_spice_data_fini(&data);
    free(text);
    return status;
}

npim_status npim_inverter_table_make(npim_inverter_table *table, const char *path,
                                     const npim_inverter_sweep *sweep, const npim_spice *spice,
                                     npim_error *error) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    npim_inverter_deck deck;
    memset(table, 0, sizeof *table);
    npim_status status = check_sweep(sweep, error);
    if (status != NPIM_OK) return status;
    if (strlen(name) >= sizeof table->deck || strpbrk(name, "\"\\\n\t"))
        return npim_fail(error, NPIM_ECONFIG,
                         "%s: the name of a deck is below %zu bytes, without quotes and backslashes", path,
                         sizeof table->deck);
    status = npim_inverter_deck_load(&deck, path, error);
    if (status != NPIM_OK) return status;
    table->sweep = *sweep;
    table->inverter.vdd_V = sweep->vdd_V;
    memcpy(table->deck, name, strlen(name) + 1);
    memcpy(table->deck_sha256, deck.sha256, sizeof deck.sha256);
    status = npim_spice_version(spice, table->simulator, error);
    if (status == NPIM_OK) status = run_sweep(table, &deck, spice, error);
    npim_inverter_deck_fini(&deck);
    return status;
}

/* --- as a file --- */

/* What the hash covers: every key but the hash, in one order and one way to write numbers. */
static void put_keys(const npim_inverter_table *table, FILE *out) {
    char number[32];
    fprintf(out, "deck = \"%s\"\ndeck_sha256 = \"%s\"\nsimulator = \"%s\"\n", table->deck, table->deck_sha256,
            table->simulator);
    for (size_t i = 0; i < N_FIELDS; i++) {
        npim_number_text(npim_field_get(&fields[i], &table->sweep), number, sizeof number);
        fprintf(out, "%s = %s\n", fields[i].key, number);
    }
    fprintf(out, "out_V = [");
    for (int i = 0; i < NPIM_VTC_POINTS; i++)
        fprintf(out, "%s%.9f,", i % VALUES_IN_LINE == 0 ? "\n    " : " ", table->inverter.out_V[i]);
    fprintf(out, "\n]\n");
}

static npim_status hash(const npim_inverter_table *table, char sha256[NPIM_SHA256_SIZE], npim_error *error) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out) put_keys(table, out);
    bool good = out && fclose(out) == 0;
    if (good) npim_sha256(text, n, sha256);
    free(text);
    return good ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for the hash of a table");
}

void npim_inverter_table_put(const npim_inverter_table *table, const char *prefix, FILE *out) {
    char sha256[NPIM_SHA256_SIZE] = "";
    npim_status status = hash(table, sha256, NULL);
    (void)status; /* a table without its hash is refused when it is read */
    fprintf(out, "[%s]\ntable_sha256 = \"%s\"\n", prefix, sha256);
    put_keys(table, out);
}

npim_status npim_inverter_table_save(const npim_inverter_table *table, const char *path, npim_error *error) {
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (out) {
        fprintf(
            out,
            "# The transfer curve of an inverter: output at %d inputs from 0 to vdd_V. Made by `npim design "
            "inverter`;\n# an edited table, or one of another deck, is refused.\n",
            NPIM_VTC_POINTS);
        npim_inverter_table_put(table, "inverter", out);
    }
    npim_status status = out && fclose(out) == 0 ? npim_output_save(path, text, error)
                                                 : npim_fail(error, NPIM_ENOMEM, "no memory for a table");
    free(text);
    return status;
}

static npim_status read_values(npim_inverter *inverter, npim_doc *doc, const char *prefix, const char *what,
                               npim_error *error) {
    char key[PATH_SIZE];
    snprintf(key, sizeof key, "%s.out_V", prefix);
    size_t n = npim_doc_count(doc, key);
    if (n != NPIM_VTC_POINTS)
        return npim_fail(error, NPIM_ECONFIG, "%s.out_V: %zu values: %d", what, n, NPIM_VTC_POINTS);
    for (size_t i = 0; i < n; i++) {
        snprintf(key, sizeof key, "%s.out_V[%zu]", prefix, i);
        npim_entry *entry = npim_doc_find(doc, key);
        if (!entry || (entry->kind != NPIM_ENTRY_FLOAT && entry->kind != NPIM_ENTRY_INTEGER))
            return npim_fail(error, NPIM_ECONFIG, "%s.out_V[%zu]: must be a number", what, i);
        entry->used = true;
        inverter->out_V[i] = entry->number;
    }
    return NPIM_OK;
}

static npim_status read_text(npim_doc *doc, const char *prefix, const char *key, const char *what, char *text,
                             size_t size, npim_error *error) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s.%s", prefix, key);
    return npim_doc_text(doc, path, true, text, size, what, error);
}

static npim_status read_keys(npim_inverter_table *table, char table_sha256[NPIM_SHA256_SIZE], npim_doc *doc,
                             const char *prefix, const char *what, npim_error *error) {
    npim_status status = npim_doc_bind(doc, prefix, fields, N_FIELDS, &table->sweep, what, error);
    const struct {
        const char *key;
        char *text;
        size_t size;
    } texts[] = {{"deck", table->deck, sizeof table->deck},
                 {"deck_sha256", table->deck_sha256, sizeof table->deck_sha256},
                 {"simulator", table->simulator, sizeof table->simulator},
                 {"table_sha256", table_sha256, NPIM_SHA256_SIZE}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts && status == NPIM_OK; i++)
        status = read_text(doc, prefix, texts[i].key, what, texts[i].text, texts[i].size, error);
    table->inverter.vdd_V = table->sweep.vdd_V;
    if (status == NPIM_OK) status = read_values(&table->inverter, doc, prefix, what, error);
    return status;
}

/* The deck lies beside the file that the table is in. */
static npim_status check_deck(const npim_inverter_table *table, const char *path, const char *what,
                              npim_error *error) {
    char deck_path[PATH_SIZE];
    npim_inverter_deck deck;
    const char *slash = strrchr(path, '/');
    int folder = slash && table->deck[0] != '/' ? (int)(slash + 1 - path) : 0;
    if (snprintf(deck_path, sizeof deck_path, "%.*s%s", folder, path, table->deck) >= PATH_SIZE)
        return npim_fail(error, NPIM_ECONFIG, "%s.deck: the name is too long", what);
    npim_error inner = {NPIM_OK, ""};
    npim_status status = npim_inverter_deck_load(&deck, deck_path, &inner);
    if (status != NPIM_OK) return npim_fail(error, status, "%s.deck: %s", what, inner.message);
    if (strcmp(deck.sha256, table->deck_sha256) != 0)
        status = npim_fail(error, NPIM_ECONFIG,
                           "%s: was made of another deck than %s (SHA-256 %.12s..., the deck has %.12s...): "
                           "make the table again with npim design inverter",
                           what, deck_path, table->deck_sha256, deck.sha256);
    npim_inverter_deck_fini(&deck);
    return status;
}

npim_status npim_inverter_table_read(npim_inverter_table *table, npim_doc *doc, const char *prefix,
                                     const char *path, npim_error *error) {
    char what[PATH_SIZE], written[NPIM_SHA256_SIZE], found[NPIM_SHA256_SIZE];
    memset(table, 0, sizeof *table);
    snprintf(what, sizeof what, "%s: %s", path, prefix);
    npim_status status = read_keys(table, written, doc, prefix, what, error);
    if (status == NPIM_OK) status = hash(table, found, error);
    if (status == NPIM_OK && strcmp(written, found) != 0)
        status = npim_fail(error, NPIM_ECONFIG,
                           "%s: was edited (SHA-256 %.12s..., of its values %.12s...): make it again with "
                           "npim design inverter",
                           what, written, found);
    if (status == NPIM_OK) status = check_sweep(&table->sweep, error);
    if (status == NPIM_OK) status = npim_inverter_check(&table->inverter, error);
    if (status == NPIM_OK) status = check_deck(table, path, what, error);
    return status;
}

npim_status npim_inverter_table_load(npim_inverter_table *table, const char *path, npim_error *error) {
    npim_doc doc = {0};
    npim_status status = npim_doc_load(&doc, path, error);
    if (status == NPIM_OK) status = npim_inverter_table_read(table, &doc, "inverter", path, error);
    if (status == NPIM_OK) status = npim_doc_reject_unused(&doc, NULL, 0, error);
    npim_doc_fini(&doc);
    return status;
}

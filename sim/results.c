#include "sim/results.h"

#include "sim/config.h"
#include "sim/csv.h"
#include "sim/json.h"
#include "sim/replace.h"
#include "sim/report.h"
#include "sim/values/infer_report.h"

#include <dirent.h>
#include <errno.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 + 64, SCRATCH_SIZE = PATH_SIZE + 64, FILE_SIZE = SCRATCH_SIZE + 128 };

typedef struct writer {
    const npim_result *result;
    const npim_measurement *measurement;
    const npim_run_record *record;
} writer;

static npim_status failed(const char *what, const char *path, npim_error *error) {
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot %s: %s", path, what, strerror(errno));
}

/* Prints and frees a JSON document; a missing one counts as lack of memory. */
static npim_status put_json(FILE *out, cJSON *root, npim_error *error) {
    char *text = npim_json_text(root);
    cJSON_Delete(root);
    if (!text) return npim_fail(error, NPIM_ENOMEM, "no memory for a JSON document");
    fputs(text, out);
    free(text);
    return NPIM_OK;
}

static npim_status write_summary(const writer *w, FILE *out, npim_error *error) {
    cJSON *root = npim_report_json(w->result);
    const npim_inference *values = w->record->values;
    if (values && values->compared) cJSON_AddNumberToObject(root, "mismatches", (double)values->mismatches);
    return put_json(out, root, error);
}

static void trimmed(const char *directory, char *path, size_t size) {
    snprintf(path, size - 32, "%s", directory);
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--) path[n - 1] = '\0';
}

/* The hash of a file; of its network.toml for a folder. "" when it cannot be read any more. */
static void add_hash(cJSON *inputs, const char *given) {
    char path[FILE_SIZE], file[FILE_SIZE + 16], hash[SHA256_DIGEST_STRING_LENGTH] = "";
    trimmed(given, path, sizeof path);
    struct stat info;
    bool folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    snprintf(file, sizeof file, "%s%s", path, folder ? "/network.toml" : "");
    if (!SHA256File(file, hash)) *hash = '\0';
    const char *slash = strrchr(path, '/');
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToArray(inputs, o);
    cJSON_AddStringToObject(o, "name", slash ? slash + 1 : path);
    cJSON_AddStringToObject(o, "sha256", hash);
}

/* The architecture's file and those that it includes. */
static void add_arch_hashes(cJSON *inputs, const npim_doc *doc, const char *path) {
    add_hash(inputs, path);
    for (size_t i = 0; i < doc->n_entries; i++) {
        const npim_entry *entry = &doc->entries[i];
        bool known = entry->line == 0 || strcmp(entry->file, path) == 0; /* line 0: --set */
        for (size_t k = 0; k < i && !known; k++) known = strcmp(doc->entries[k].file, entry->file) == 0;
        if (!known) add_hash(inputs, entry->file);
    }
}

/* The files of numbers that were read, layer by layer. */
static void add_tensor_hashes(cJSON *inputs, const npim_run_record *record, const npim_network *network) {
    char folder[PATH_SIZE], path[FILE_SIZE];
    if (!record->tensors || !npim_tensors_folder(record->network_path, folder, sizeof folder)) return;
    for (uint32_t l = 0; l < network->n_layers; l++)
        for (int i = 0; i < NPIM_N_TENSOR_FILES; i++) {
            if (!npim_tensors_has(&record->tensors->layers[l], (npim_tensor_file)i)) continue;
            snprintf(path, sizeof path, "%s/%s.%s.npy", folder, network->layers[l].tensors,
                     npim_tensor_file_names[i]);
            add_hash(inputs, path);
        }
}

static npim_status write_manifest(const writer *w, FILE *out, npim_error *error) {
    char seed[32];
    cJSON *root = cJSON_CreateObject();
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)w->result->map->arch->run.seed);
    cJSON_AddStringToObject(root, "program", "npim");
    cJSON_AddStringToObject(root, "version", NPIM_VERSION);
    cJSON_AddStringToObject(root, "command", w->record->command);
    cJSON_AddStringToObject(root, "seed", seed);
    cJSON *inputs = cJSON_AddArrayToObject(root, "inputs");
    add_hash(inputs, w->record->network_path);
    add_arch_hashes(inputs, &w->result->map->arch->doc, w->record->arch_path);
    add_tensor_hashes(inputs, w->record, w->result->map->network);
    const char *const values[] = {w->record->images_path, w->record->labels_path, w->record->layout_path};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i]) add_hash(inputs, values[i]);
    for (uint32_t i = 0; w->record->further && i < w->record->further->n; i++)
        add_hash(inputs, w->record->further->paths[i]);
    return put_json(out, root, error);
}

static npim_status write_timing(const writer *w, FILE *out, npim_error *error) {
    cJSON *root = cJSON_CreateObject();
    double user_s = w->record->user_s > 0 ? w->record->user_s : 1e-9;
    cJSON_AddNumberToObject(root, "wall_s", w->record->wall_s);
    cJSON_AddNumberToObject(root, "user_s", w->record->user_s);
    cJSON_AddNumberToObject(root, "simulated_ns", (double)w->measurement->end_ps * 1e-3);
    cJSON_AddNumberToObject(root, "events", (double)w->measurement->events);
    cJSON_AddNumberToObject(root, "events_per_s", (double)w->measurement->events / user_s);
    if (w->record->values && w->record->values->seconds > 0)
        cJSON_AddNumberToObject(root, "macs_per_s",
                                (double)w->record->values->macs / w->record->values->seconds);
    return put_json(out, root, error);
}

static npim_status write_config(const writer *w, FILE *out, npim_error *error) {
    return npim_config_write(w->result->map->arch, out, error);
}

static npim_status write_layers(const writer *w, FILE *out, npim_error *error) {
    (void)error;
    npim_csv_layers(out, w->result);
    return NPIM_OK;
}

static npim_status write_blocks(const writer *w, FILE *out, npim_error *error) {
    (void)error;
    npim_csv_blocks(out, w->result);
    return NPIM_OK;
}

static npim_status write_links(const writer *w, FILE *out, npim_error *error) {
    (void)error;
    npim_csv_links(out, w->measurement);
    return NPIM_OK;
}

static bool has_power(const writer *w) {
    return w->measurement->meter.n_rows > 0;
}

static npim_status write_power(const writer *w, FILE *out, npim_error *error) {
    (void)error;
    npim_power power;
    npim_power_init(&power, w->result, w->measurement);
    npim_csv_power(out, &power);
    return NPIM_OK;
}

static bool has_values(const writer *w) {
    return w->record->values != NULL;
}

/* Without the rate, which is wall-clock time. */
static npim_status write_values(const writer *w, FILE *out, npim_error *error) {
    const npim_infer_subject subject = {w->result->map->network, w->result->map->arch};
    cJSON *root = npim_infer_json(w->record->values, &subject);
    cJSON_DeleteItemFromObjectCaseSensitive(root, "macs_per_s");
    return put_json(out, root, error);
}

/* The manifest comes first: it is the mark of a complete directory. */
static const struct {
    const char *name;
    npim_status (*write)(const writer *, FILE *, npim_error *);
    bool (*wanted)(const writer *); /* NULL: always; one that is not wanted is taken away where it lies */
} files[] = {{"manifest.json", write_manifest, NULL},  {"config.toml", write_config, NULL},
             {"summary.json", write_summary, NULL},    {"timing.json", write_timing, NULL},
             {"layers.csv", write_layers, NULL},       {"blocks.csv", write_blocks, NULL},
             {"links.csv", write_links, NULL},         {"power.csv", write_power, has_power},
             {"values.json", write_values, has_values}};

enum { N_FILES = sizeof files / sizeof *files };

/* Out of the program and out of the caches; false with errno. */
static bool finish(FILE *out) {
    bool good = ferror(out) == 0 && fflush(out) == 0 && fsync(fileno(out)) == 0;
    int reason = errno;
    if (fclose(out) != 0) return false;
    errno = reason;
    return good;
}

static bool wanted(const writer *w, size_t i) {
    return !files[i].wanted || files[i].wanted(w);
}

static npim_status write_file(const writer *w, size_t i, const char *folder, npim_error *error) {
    char path[FILE_SIZE];
    if (!wanted(w, i)) return NPIM_OK;
    snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
    FILE *out = fopen(path, "w");
    if (!out) return failed("write", path, error);
    npim_status status = files[i].write(w, out, error);
    return finish(out) ? status : failed("write", path, error);
}

static void remove_files(const char *folder) {
    char path[FILE_SIZE];
    for (size_t i = 0; i < N_FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        unlink(path);
    }
    rmdir(folder);
}

/* Moves the finished files from the scratch folder into the target. */
static npim_status move_files(const writer *w, const char *scratch, const char *target, npim_error *error) {
    const char *names[N_FILES];
    size_t n = 0, n_new;
    if (rename(scratch, target) == 0) return NPIM_OK; /* it did not exist */
    for (size_t i = 0; i < N_FILES; i++)
        if (wanted(w, i)) names[n++] = files[i].name;
    n_new = n;
    for (size_t i = 0; i < N_FILES; i++)
        if (!wanted(w, i)) names[n++] = files[i].name;
    return npim_replace(scratch, target, names, n_new, n, error);
}

static bool is_empty(const char *directory) {
    DIR *folder = opendir(directory);
    bool empty = true;
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) empty = false;
    if (folder) closedir(folder);
    return empty;
}

/* Where the files are written first: in the target when it exists (it may be a mounted disk), else beside it.
 */
static void scratch_of(const char *path, char scratch[SCRATCH_SIZE]) {
    struct stat info;
    bool inside = stat(path, &info) == 0;
    snprintf(scratch, SCRATCH_SIZE, "%s%s.partial.%ld", path, inside ? "/" : "", (long)getpid());
}

npim_status npim_results_check(const char *directory, bool force, npim_error *error) {
    char path[PATH_SIZE], scratch[SCRATCH_SIZE];
    struct stat info;
    if (*directory == '\0' || strlen(directory) > 4000)
        return npim_fail(error, NPIM_EUSAGE, "--out: the path is %s", *directory ? "too long" : "empty");
    trimmed(directory, path, sizeof path);
    if (stat(path, &info) == 0) {
        if (!S_ISDIR(info.st_mode))
            return npim_fail(error, NPIM_EUSAGE, "--out %s: not a directory", directory);
        if (!force && !is_empty(path))
            return npim_fail(error, NPIM_EUSAGE, "--out %s: not empty; --force overwrites its result files",
                             directory);
        if (access(path, W_OK | X_OK) != 0) return failed("write", path, error);
    }
    scratch_of(path, scratch);
    if (mkdir(scratch, 0777) != 0) return failed("create", path, error);
    rmdir(scratch);
    return NPIM_OK;
}

npim_status npim_results_write(const char *directory, bool force, const npim_result *result,
                               const npim_measurement *measurement, const npim_run_record *record,
                               npim_error *error) {
    char path[PATH_SIZE], scratch[SCRATCH_SIZE];
    npim_status status = npim_results_check(directory, force, error);
    if (status != NPIM_OK) return status;
    trimmed(directory, path, sizeof path);
    scratch_of(path, scratch);
    if (mkdir(scratch, 0777) != 0) return failed("create", scratch, error);
    writer w = {result, measurement, record};
    for (size_t i = 0; i < N_FILES && status == NPIM_OK; i++) status = write_file(&w, i, scratch, error);
    if (status == NPIM_OK) status = move_files(&w, scratch, path, error);
    if (status != NPIM_OK) remove_files(scratch);
    return status;
}

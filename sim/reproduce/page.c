#include "sim/reproduce/page.h"

#include "sim/design/gnuplot.h"
#include "sim/json.h"
#include "sim/replace.h"
#include "sim/reproduce/html.h"
#include "sim/reproduce/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 80, FIXED_FILES = 3 };

static npim_status failed(const char *what, const char *path, npim_error *error) {
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot %s: %s", path, what, strerror(errno));
}

/* --- may it be written? --- */

/* The lock that runs are made under tells a study's directory from any other: many have an entry called runs.
 */
static bool is_ours(const char *directory) {
    char path[NPIM_PATH_SIZE];
    struct stat info;
    int n = snprintf(path, sizeof path, "%s/runs/lock", directory);
    return n < (int)sizeof path && lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_empty(const char *directory) {
    DIR *folder = opendir(directory);
    bool empty = folder != NULL;
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) empty = false;
    if (folder) closedir(folder);
    return empty;
}

static npim_status check_directory(const char *directory, bool force, bool *made, npim_error *error) {
    struct stat info;
    if (!*directory) return npim_fail(error, NPIM_EUSAGE, "--out: the path is empty");
    if (stat(directory, &info) != 0) {
        *made = mkdir(directory, 0777) == 0;
        return *made ? NPIM_OK : failed("create", directory, error);
    }
    if (!S_ISDIR(info.st_mode)) return npim_fail(error, NPIM_EUSAGE, "--out %s: not a directory", directory);
    if (!force && !is_ours(directory) && !is_empty(directory))
        return npim_fail(error, NPIM_EUSAGE,
                         "--out %s: not empty, and not of npim reproduce; --force writes into it", directory);
    return access(directory, W_OK | X_OK) == 0 ? NPIM_OK : failed("write", directory, error);
}

npim_status npim_page_check(const char *directory, bool force, bool *made, npim_error *error) {
    *made = false;
    npim_status status = npim_gnuplot_check(NULL, error);
    return status == NPIM_OK ? check_directory(directory, force, made, error) : status;
}

/* --- the files --- */

typedef struct writer {
    const npim_study *study;
    char folder[NPIM_PATH_SIZE - 2 * NAME_SIZE]; /* scratch */
    char (*names)[NAME_SIZE];                    /* that lie there */
    size_t n;
} writer;

static void path_of(const writer *w, const char *name, char path[NPIM_PATH_SIZE]) {
    snprintf(path, NPIM_PATH_SIZE, "%s/%s", w->folder, name);
}

/* The next file of the folder, open. */
static FILE *begin(writer *w, const char *name, const char *suffix, char path[NPIM_PATH_SIZE],
                   npim_error *error) {
    snprintf(w->names[w->n], NAME_SIZE, "%s%s", name, suffix);
    path_of(w, w->names[w->n], path);
    FILE *out = fopen(path, "w");
    if (out)
        w->n++;
    else
        (void)failed("write", path, error);
    return out;
}

static npim_status end(FILE *out, const char *path, npim_status status, npim_error *error) {
    bool good = ferror(out) == 0 && fflush(out) == 0;
    if (fclose(out) != 0 || !good) return status == NPIM_OK ? failed("write", path, error) : status;
    return status;
}

static npim_status write_json(writer *w, const cJSON *root, const char *name, npim_error *error) {
    char path[NPIM_PATH_SIZE], *text = npim_json_text(root);
    FILE *out = text ? begin(w, name, "", path, error) : NULL;
    if (!text) return npim_fail(error, NPIM_ENOMEM, "no memory for a JSON document");
    if (out) fputs(text, out);
    free(text);
    return out ? end(out, path, NPIM_OK, error) : NPIM_EUSAGE;
}

static npim_status write_csv(writer *w, const npim_exhibit *e, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    FILE *out = begin(w, e->name, ".csv", path, error);
    if (!out) return NPIM_EUSAGE;
    npim_table_csv(&e->table, out);
    return end(out, path, NPIM_OK, error);
}

static npim_status draw(writer *w, const npim_exhibit *e, npim_error *error) {
    char path[NPIM_PATH_SIZE], *script = npim_chart_script(&e->chart, &e->table, e->name);
    if (!script) return npim_fail(error, NPIM_ENOMEM, "no memory for picture %s", e->name);
    snprintf(w->names[w->n], NAME_SIZE, "%s.svg", e->name);
    path_of(w, w->names[w->n++], path);
    npim_status status = npim_gnuplot_draw(NULL, script, path, error);
    free(script);
    return status;
}

static npim_status write_report(writer *w, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    FILE *out = begin(w, "report.html", "", path, error);
    return out ? end(out, path, npim_html_write(w->study, w->folder, out, error), error) : NPIM_EUSAGE;
}

/* The names so far, with room for more; owned by the caller. */
static const char **names_of(const writer *w, size_t room, npim_error *error) {
    const char **names = calloc(w->n + room, sizeof *names);
    if (!names) (void)npim_fail(error, NPIM_ENOMEM, "no memory for the names of %zu files", w->n + room);
    for (size_t i = 0; i < w->n && names; i++) names[i] = w->names[i];
    return names;
}

static npim_status write_manifest(writer *w, npim_error *error) {
    const char **names = names_of(w, 0, error);
    if (!names) return NPIM_ENOMEM;
    cJSON *root = npim_manifest_json(w->study, names, w->n);
    npim_status status = write_json(w, root, "manifest.json", error);
    cJSON_Delete(root);
    free(names);
    return status;
}

static npim_status write_all(writer *w, npim_error *error) {
    npim_status status = write_json(w, w->study->json, "summary.json", error);
    for (size_t i = 0; i < w->study->n_exhibits && status == NPIM_OK; i++) {
        const npim_exhibit *e = &w->study->exhibits[i];
        status = npim_stop_check(w->study->stop, error);
        if (status == NPIM_OK) status = write_csv(w, e, error);
        if (status == NPIM_OK && e->chart.n_series > 0) status = draw(w, e, error);
    }
    if (status == NPIM_OK) status = write_report(w, error);
    return status == NPIM_OK ? write_manifest(w, error) : status;
}

/* --- into their place --- */

/* A table or a picture that lies in the directory itself. */
static bool is_exhibit_file(const char *directory, const char *name) {
    char path[NPIM_PATH_SIZE];
    struct stat info;
    size_t stem = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
    if (stem == 0 || (strcmp(name + stem, ".csv") != 0 && strcmp(name + stem, ".svg") != 0)) return false;
    int n = snprintf(path, sizeof path, "%s/%s", directory, name);
    return n < (int)sizeof path && lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

static bool is_among(const char *name, const char *const *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* Of an earlier reproduction, for the caller to delete; NULL when there is none that can be read. */
static cJSON *old_manifest(const char *directory) {
    char path[NPIM_PATH_SIZE];
    cJSON *manifest = NULL;
    npim_error unread;
    snprintf(path, sizeof path, "%s/manifest.json", directory);
    return npim_json_read(path, &manifest, &unread) == NPIM_OK ? manifest : NULL;
}

/* Files of an earlier reproduction that this one does not have go with those that it replaces. */
static npim_status put_in_place(const writer *w, const char *directory, npim_error *error) {
    cJSON *manifest = old_manifest(directory);
    const cJSON *old = npim_manifest_files(manifest), *file;
    const char **names = names_of(w, (size_t)cJSON_GetArraySize(old), error);
    size_t n = w->n;
    cJSON_ArrayForEach(file, old) {
        const char *name = cJSON_GetStringValue(file);
        if (names && is_exhibit_file(directory, name) && !is_among(name, names, n)) names[n++] = name;
    }
    for (size_t i = 0; i < w->n && names; i++)
        names[i] = w->names[w->n - 1 - i]; /* the manifest comes last */
    npim_status status = names ? npim_replace(w->folder, directory, names, w->n, n, error) : NPIM_ENOMEM;
    free(names);
    cJSON_Delete(manifest);
    return status;
}

/* --- what lies beside them for a while --- */

static const char partial[] = ".partial.";

/* With the files in it; folders stay, and so does the folder then. */
static void remove_folder(const char *path) {
    char file[NPIM_PATH_SIZE + NAME_SIZE];
    DIR *folder = opendir(path);
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder))
        if (snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file) unlink(file);
    if (folder) closedir(folder);
    rmdir(path);
}

static bool is_scratch(const char *name) {
    const char *number = name + sizeof partial - 1;
    if (strncmp(name, partial, sizeof partial - 1) != 0) return false;
    return *number && number[strspn(number, "0123456789")] == '\0';
}

/* Of programs that were killed while they wrote; who holds the lock of the runs is the only one that lives.
 */
static void remove_litter(const char *directory) {
    char path[NPIM_PATH_SIZE];
    struct stat info;
    DIR *folder = opendir(directory);
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        if (!is_scratch(e->d_name)) continue;
        int n = snprintf(path, sizeof path, "%s/%s", directory, e->d_name);
        if (n < (int)sizeof path && lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) remove_folder(path);
    }
    if (folder) closedir(folder);
}

npim_status npim_page_write(const npim_study *study, const char *directory, npim_error *error) {
    writer w = {.study = study, .names = calloc(2 * study->n_exhibits + FIXED_FILES, sizeof *w.names)};
    if (!w.names) return npim_fail(error, NPIM_ENOMEM, "no memory for the names of the files");
    int n = snprintf(w.folder, sizeof w.folder, "%s/%s%ld", directory, partial, (long)getpid());
    npim_status status = NPIM_OK;
    if (study->runs.lock > 0) remove_litter(directory);
    if (n >= (int)sizeof w.folder)
        status = npim_fail(error, NPIM_EUSAGE, "--out: the path is too long");
    else if (mkdir(w.folder, 0777) != 0)
        status = failed("create", w.folder, error);
    bool made = status == NPIM_OK;
    if (status == NPIM_OK) status = write_all(&w, error);
    if (status == NPIM_OK) status = put_in_place(&w, directory, error);
    if (status != NPIM_OK && made) remove_folder(w.folder);
    free(w.names);
    return status;
}

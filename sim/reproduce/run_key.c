#include "sim/reproduce/run_key.h"

#include "sim/find.h"
#include "sim/reproduce/load.h"

#include <dirent.h>
#include <errno.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add_text(SHA256_CTX *sum, const char *text) {
    SHA256Update(sum, (const uint8_t *)text, strlen(text) + 1);
}

static int visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* A file, or all files of a folder and its folders in the order of their names. */
static npim_status add_path(SHA256_CTX *sum, const char *path, npim_error *error) {
    struct stat info;
    char hash[SHA256_DIGEST_STRING_LENGTH];
    if (stat(path, &info) != 0) return npim_fail(error, NPIM_ECONFIG, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode)) {
        if (!SHA256File(path, hash)) return npim_fail(error, NPIM_ECONFIG, "%s: cannot be read", path);
        add_text(sum, hash);
        return NPIM_OK;
    }
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, visible, alphasort);
    npim_status status = n < 0 ? npim_fail(error, NPIM_ECONFIG, "%s: %s", path, strerror(errno)) : NPIM_OK;
    for (int i = 0; i < n; i++) {
        char below[NPIM_PATH_SIZE];
        bool fits = snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name) < (int)sizeof below;
        add_text(sum, entries[i]->d_name);
        if (status == NPIM_OK && !fits) status = npim_fail(error, NPIM_ECONFIG, "%s: path too long", path);
        if (status == NPIM_OK) status = add_path(sum, below, error);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static npim_status add_network(SHA256_CTX *sum, const char *name, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    npim_status status = npim_find_network(name, path, error);
    return status == NPIM_OK ? add_path(sum, path, error) : status;
}

/* The circuits that its blocks may name lie in a folder beside it. */
static npim_status add_circuits(SHA256_CTX *sum, const npim_arch *arch, npim_error *error) {
    char path[sizeof arch->folder + 16];
    struct stat info;
    snprintf(path, sizeof path, "%s/circuits", arch->folder);
    return stat(path, &info) == 0 ? add_path(sum, path, error) : NPIM_OK;
}

static npim_status add_loaded(SHA256_CTX *sum, const npim_arch *arch, npim_error *error) {
    npim_status status = add_circuits(sum, arch, error);
    const npim_doc *doc = &arch->doc;
    for (size_t i = 0; i < doc->n_entries && status == NPIM_OK; i++) {
        bool known = doc->entries[i].line == 0;
        for (size_t k = 0; k < i && !known; k++)
            known = strcmp(doc->entries[k].file, doc->entries[i].file) == 0;
        if (!known) status = add_path(sum, doc->entries[i].file, error);
    }
    return status;
}

static npim_status add_arch(SHA256_CTX *sum, const char *name, npim_error *error) {
    npim_arch *arch = NULL;
    npim_status status = npim_load_arch(&arch, name, NULL, 0, error);
    if (status == NPIM_OK) status = add_loaded(sum, arch, error);
    npim_free_arch(arch);
    return status;
}

/* The transfer curves of the inverters that circuits are made with. */
static npim_status add_inverters(SHA256_CTX *sum, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    npim_status status = npim_find_circuit("inverter_sc", path, error);
    if (status != NPIM_OK) return status;
    *strrchr(path, '/') = '\0';
    return add_path(sum, path, error);
}

static bool takes_network(const char *command) {
    return strcmp(command, "replay") == 0 || strcmp(command, "infer") == 0 || strcmp(command, "map") == 0;
}

npim_status npim_run_key(const char *program_hash, const char *const *words, size_t n,
                         char key[NPIM_RUN_KEY_SIZE], npim_error *error) {
    SHA256_CTX sum;
    SHA256Init(&sum);
    add_text(&sum, program_hash);
    npim_status status =
        n > 0 && strcmp(words[0], "characterize") == 0 ? add_inverters(&sum, error) : NPIM_OK;
    for (size_t i = 0; i < n && status == NPIM_OK; i++) {
        bool arch =
            i > 0 && (strcmp(words[i - 1], "--arch") == 0 || (i == 1 && strcmp(words[0], "describe") == 0));
        add_text(&sum, words[i]);
        if (i == 1 && takes_network(words[0])) status = add_network(&sum, words[i], error);
        if (status == NPIM_OK && arch) status = add_arch(&sum, words[i], error);
    }
    SHA256End(&sum, key);
    return status;
}

#include "sim/find.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the running program; "." when the system does not say. */
static void program_folder(char folder[NPIM_PATH_SIZE]) {
    ssize_t n = readlink("/proc/self/exe", folder, NPIM_PATH_SIZE - 1);
    if (n <= 0) n = snprintf(folder, NPIM_PATH_SIZE, "./npim");
    folder[n] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
}

/* path = folder / middle / name suffix, when that fits and exists. */
static int exists(char *path, const char *folder, const char *middle, const char *name, const char *suffix) {
    struct stat info;
    int n = snprintf(path, NPIM_PATH_SIZE, "%s/%s/%s%s", folder, middle, name, suffix);
    return n > 0 && n < NPIM_PATH_SIZE && stat(path, &info) == 0;
}

static int is_path(const char *name) {
    size_t n = strlen(name);
    return strchr(name, '/') || *name == '.' || (n > 5 && strcmp(name + n - 5, ".toml") == 0);
}

/* Looks a bare name up in here/there, program/../there (a build folder), program/there and share/last. */
static npim_status find(const char *what, const char *name, const char *there, const char *last,
                        const char *suffix, char path[NPIM_PATH_SIZE], npim_error *error) {
    char program[NPIM_PATH_SIZE], above[NPIM_PATH_SIZE + 3];
    if (is_path(name) || *name == '\0') {
        if (snprintf(path, NPIM_PATH_SIZE, "%s", name) >= NPIM_PATH_SIZE || *name == '\0')
            return npim_fail(error, NPIM_ECONFIG, "%s: the name is %s", what, *name ? "too long" : "empty");
        return NPIM_OK;
    }
    program_folder(program);
    snprintf(above, sizeof above, "%s/..", program);
    if (exists(path, ".", there, name, suffix) || exists(path, ".", there, name, ".toml") ||
        exists(path, program, there, name, suffix) || exists(path, above, there, name, suffix) ||
        exists(path, NPIM_SHARE_DIR, last, name, suffix))
        return NPIM_OK;
    return npim_fail(error, NPIM_ECONFIG, "there is no %s %s in ./%s, %s/%s, %s/%s or %s/%s", what, name,
                     there, program, there, above, there, NPIM_SHARE_DIR, last);
}

npim_status npim_find_network(const char *name, char path[NPIM_PATH_SIZE], npim_error *error) {
    return find("network", name, "traces", "traces", "", path, error);
}

npim_status npim_find_arch(const char *name, char path[NPIM_PATH_SIZE], npim_error *error) {
    return find("architecture", name, "sim/arch", "arch", ".toml", path, error);
}

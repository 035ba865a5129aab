#include "sim/find.h"

#include <stdbool.h>
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

/* Where files of a kind may lie. */
typedef struct place {
    const char *folder, *middle;
} place;

/* path = folder / middle / name suffix, when that fits and exists. */
static bool exists(char *path, const place *at, const char *name, const char *suffix) {
    struct stat info;
    int n = snprintf(path, NPIM_PATH_SIZE, "%s/%s/%s%s", at->folder, at->middle, name, suffix);
    return n > 0 && n < NPIM_PATH_SIZE && stat(path, &info) == 0;
}

static bool is_path(const char *name) {
    size_t n = strlen(name);
    return strchr(name, '/') || *name == '.' || (n > 5 && strcmp(name + n - 5, ".toml") == 0);
}

static npim_status take_path(const char *what, const char *name, char path[NPIM_PATH_SIZE],
                             npim_error *error) {
    if (*name == '\0') return npim_fail(error, NPIM_ECONFIG, "%s: the name is empty", what);
    if (snprintf(path, NPIM_PATH_SIZE, "%s", name) >= NPIM_PATH_SIZE)
        return npim_fail(error, NPIM_ECONFIG, "%s: the name is too long", what);
    return NPIM_OK;
}

/* `there` is where a checkout has such files, `shared` where the share folder of an installation has them. */
static npim_status find(const char *what, const char *name, const char *there, const char *shared,
                        const char *suffix, char path[NPIM_PATH_SIZE], npim_error *error) {
    char program[NPIM_PATH_SIZE], above[NPIM_PATH_SIZE + 3], share[NPIM_PATH_SIZE + 16];
    if (is_path(name) || *name == '\0') return take_path(what, name, path, error);
    program_folder(program);
    snprintf(above, sizeof above, "%s/..", program);
    snprintf(share, sizeof share, "%s/../share/npim", program);
    const place places[] = {
        {".", there},
        {program, there},
        {above, there},           /* the program lies in a build folder */
        {share, shared},          /* or in the bin of an installation, wherever that is */
        {NPIM_SHARE_DIR, shared}, /* or it was copied from there */
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (exists(path, &places[i], name, suffix) || exists(path, &places[i], name, ".toml")) return NPIM_OK;
    return npim_fail(error, NPIM_ECONFIG, "there is no %s %s in ./%s, %s/%s, %s/%s, %s/%s or %s/%s", what,
                     name, there, program, there, above, there, share, shared, NPIM_SHARE_DIR, shared);
}

npim_status npim_find_network(const char *name, char path[NPIM_PATH_SIZE], npim_error *error) {
    return find("network", name, "traces", "traces", "", path, error);
}

npim_status npim_find_arch(const char *name, char path[NPIM_PATH_SIZE], npim_error *error) {
    return find("architecture", name, "sim/arch", "arch", ".toml", path, error);
}

npim_status npim_find_circuit(const char *name, char path[NPIM_PATH_SIZE], npim_error *error) {
    return find("circuit", name, "sim/arch/circuits", "arch/circuits", ".toml", path, error);
}

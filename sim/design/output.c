#define _XOPEN_SOURCE 700 /* realpath */

#include "sim/design/output.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static npim_status refuse(const char *path, const char *reason, npim_error *error) {
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", path, reason);
}

/* The folder that a file lies in, or will. */
static bool folder_of(const char *path, char folder[PATH_SIZE]) {
    if (snprintf(folder, PATH_SIZE, "%s", path) >= PATH_SIZE) return false;
    char *slash = strrchr(folder, '/');
    if (!slash)
        memcpy(folder, ".", 2);
    else
        slash[slash == folder] = '\0';
    return true;
}

npim_status npim_output_check(const char *path, bool force, npim_error *error) {
    char folder[PATH_SIZE];
    struct stat there;
    if (!path) return NPIM_OK;
    if (*path == '\0') return refuse(path, "no name", error);
    if (stat(path, &there) == 0) {
        if (S_ISDIR(there.st_mode)) return refuse(path, strerror(EISDIR), error);
        if (force) return NPIM_OK;
        return npim_fail(error, NPIM_EUSAGE, "%s: exists already (--force overwrites it)", path);
    }
    if (!folder_of(path, folder)) return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", path);
    return access(folder, W_OK | X_OK) == 0 ? NPIM_OK : refuse(path, strerror(errno), error);
}

npim_status npim_output_apart(const char *one, const char *other, npim_error *error) {
    struct stat a, b;
    if (!one || !other) return NPIM_OK;
    bool same = strcmp(one, other) == 0 ||
                (stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino);
    if (!same) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "%s and %s are one file: two were asked for", one, other);
}

/* What is no file of its own, a device or a pipe, is written to; nothing may take its place. */
static bool is_special(const char *path) {
    struct stat there;
    return stat(path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode);
}

static bool write_text(const char *path, const char *text) {
    FILE *out = fopen(path, "w");
    if (!out) return false;
    bool good = fputs(text, out) >= 0 && fflush(out) == 0;
    int reason = errno;
    if (fclose(out) == 0) return good || (errno = reason, false);
    return false;
}

npim_status npim_output_save(const char *path, const char *text, npim_error *error) {
    char scratch[PATH_SIZE], target[PATH_MAX];
    if (*path == '\0') return refuse(path, "no name", error);
    if (is_special(path)) return write_text(path, text) ? NPIM_OK : refuse(path, strerror(errno), error);
    /* Behind a link lies the file that is meant. */
    const char *file = realpath(path, target) ? target : path;
    if (snprintf(scratch, sizeof scratch, "%s.part", file) >= PATH_SIZE)
        return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", path);
    if (write_text(scratch, text) && rename(scratch, file) == 0) return NPIM_OK;
    int reason = errno;
    unlink(scratch);
    return refuse(path, strerror(reason), error);
}

#include "sim/replace.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 8192 };

/* The old files wait under names of their own beside the new ones. */
static const char old[] = ".old";

static void path_of(char path[PATH_SIZE], const char *folder, const char *name, const char *suffix) {
    snprintf(path, PATH_SIZE, "%s/%s%s", folder, name, suffix);
}

static bool move(const char *from, const char *to, const char *name, const char *from_suffix,
                 const char *to_suffix) {
    char a[PATH_SIZE], b[PATH_SIZE];
    path_of(a, from, name, from_suffix);
    path_of(b, to, name, to_suffix);
    return rename(a, b) == 0;
}

static bool exists(const char *folder, const char *name, const char *suffix) {
    char path[PATH_SIZE];
    struct stat info;
    path_of(path, folder, name, suffix);
    return lstat(path, &info) == 0;
}

/* Takes the old file away; where there is none, nothing. */
static bool keep_old(const char *from, const char *to, const char *name) {
    char path[PATH_SIZE];
    struct stat info;
    path_of(path, to, name, "");
    if (lstat(path, &info) != 0) return errno == ENOENT;
    if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return false;
    }
    return move(to, from, name, "", old);
}

/* Undoes the moves, in the opposite order: `arrived` new files from the end of their list on, `kept` old ones
 * from its start on. */
static void undo(const char *from, const char *to, const char *const *names, size_t n_new, size_t kept,
                 size_t arrived) {
    for (size_t i = n_new - arrived; i < n_new; i++) (void)move(to, from, names[i], "", "");
    for (size_t i = kept; i-- > 0;)
        if (exists(from, names[i], old)) (void)move(from, to, names[i], old, "");
}

static void remove_old(const char *from, const char *const *names, size_t n) {
    char path[PATH_SIZE];
    for (size_t i = 0; i < n; i++) {
        path_of(path, from, names[i], old);
        unlink(path);
    }
    rmdir(from);
}

npim_status npim_replace(const char *from, const char *to, const char *const *names, size_t n_new, size_t n,
                         npim_error *error) {
    size_t kept = 0, arrived = 0;
    while (kept < n && keep_old(from, to, names[kept])) kept++;
    while (kept == n && arrived < n_new && move(from, to, names[n_new - arrived - 1], "", "")) arrived++;
    if (arrived < n_new) {
        int reason = errno;
        undo(from, to, names, n_new, kept, arrived);
        return npim_fail(error, NPIM_EUSAGE, "%s/%s: cannot write: %s", to,
                         names[kept < n ? kept : n_new - arrived - 1], strerror(reason));
    }
    remove_old(from, names, n);
    return NPIM_OK;
}

#include "sim/import/trace_place.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_SIZE = NPIM_PLACE_SIZE + 256 + 16 };

/* network.toml leaves first and comes last: where it lies, the files belong together. */
enum { NETWORK, TENSORS, IMAGES, N_PARTS };
static const char *const parts[] = {
    [NETWORK] = "network.toml", [TENSORS] = "tensors", [IMAGES] = "calibrate.npy"};
static const char *const aside[] = {[NETWORK] = "old.toml", [TENSORS] = "old", [IMAGES] = "old.npy"};

static npim_status failed(const char *what, const char *path, npim_error *error) {
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot %s: %s", path, what, strerror(errno));
}

static bool is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_empty(const char *path) {
    DIR *folder = opendir(path);
    bool empty = true;
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) empty = false;
    if (folder) closedir(folder);
    return empty;
}

/* A folder of files; of a link the link. */
static void remove_files(const char *path) {
    char file[FILE_SIZE];
    if (unlink(path) == 0) return;
    DIR *folder = opendir(path);
    for (struct dirent *e = folder ? readdir(folder) : NULL; e; e = readdir(folder)) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (snprintf(file, sizeof file, "%s/%s", path, e->d_name) < (int)sizeof file) unlink(file);
    }
    if (folder) closedir(folder);
    rmdir(path);
}

void npim_place_abandon(const char *scratch) {
    char path[FILE_SIZE];
    const char *const folders[] = {parts[TENSORS], aside[TENSORS]};
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", scratch, folders[i]);
        remove_files(path);
    }
    remove_files(scratch);
}

/* What --force replaces must be what an import writes: two files, and a folder of .npy files. */
static npim_status check_tensors(const char *path, npim_error *error) {
    struct stat info;
    if (lstat(path, &info) != 0) return NPIM_OK; /* none */
    if (!S_ISDIR(info.st_mode))
        return npim_fail(error, NPIM_EUSAGE, "%s: is no folder: --force does not replace it", path);
    DIR *folder = opendir(path);
    if (!folder) return failed("read", path, error);
    npim_status status = NPIM_OK;
    for (struct dirent *e = readdir(folder); status == NPIM_OK && e; e = readdir(folder)) {
        size_t n = strlen(e->d_name);
        bool npy = n > 4 && strcmp(e->d_name + n - 4, ".npy") == 0;
        if (npy || strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        status = npim_fail(error, NPIM_EUSAGE, "%s/%s: is no .npy file: --force does not replace its folder",
                           path, e->d_name);
    }
    closedir(folder);
    return status;
}

static npim_status check_parts(const char *directory, npim_error *error) {
    char path[FILE_SIZE];
    struct stat info;
    for (int i = 0; i < N_PARTS; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, parts[i]);
        if (i != TENSORS && lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
            return npim_fail(error, NPIM_EUSAGE, "%s: is a folder: --force does not replace it", path);
    }
    snprintf(path, sizeof path, "%s/%s", directory, parts[TENSORS]);
    return check_tensors(path, error);
}

npim_status npim_place_begin(const char *directory, bool force, char scratch[NPIM_PLACE_SIZE],
                             npim_error *error) {
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/') length--;
    if (length == 0 || length > 4000)
        return npim_fail(error, NPIM_EUSAGE, "--out: the path is %s", length ? "too long" : "empty");
    struct stat there;
    bool exists = lstat(directory, &there) == 0;
    if (exists && !is_folder(directory))
        return npim_fail(error, NPIM_EUSAGE, "--out %s: is no folder", directory);
    if (exists && !force && !is_empty(directory))
        return npim_fail(error, NPIM_EUSAGE,
                         "--out %s: not empty; --force replaces network.toml, tensors/ and calibrate.npy",
                         directory);
    npim_status status = exists ? check_parts(directory, error) : NPIM_OK;
    if (status != NPIM_OK) return status;
    snprintf(scratch, NPIM_PLACE_SIZE, "%.*s%s.partial.%ld", (int)length, directory, exists ? "/" : "",
             (long)getpid());
    return mkdir(scratch, 0777) == 0 ? NPIM_OK : failed("create", scratch, error);
}

static bool move(const char *from, const char *from_name, const char *to, const char *to_name) {
    char source[FILE_SIZE], target[FILE_SIZE];
    snprintf(source, sizeof source, "%s/%s", from, from_name);
    snprintf(target, sizeof target, "%s/%s", to, to_name);
    return rename(source, target) == 0;
}

/* Moves parts out of the directory and the new ones in; what was done is undone where a step fails. */
static bool swap(const char *scratch, const char *directory) {
    bool out[N_PARTS] = {false}, in[N_PARTS] = {false}, good = true;
    for (int i = 0; good && i < N_PARTS; i++) {
        out[i] = move(directory, parts[i], scratch, aside[i]);
        good = out[i] || errno == ENOENT;
    }
    for (int i = N_PARTS; good && i-- > 0;) {
        in[i] = move(scratch, parts[i], directory, parts[i]);
        good = in[i] || (i != NETWORK && errno == ENOENT); /* a network without weights has no tensors */
    }
    int reason = errno;
    for (int i = 0; !good && i < N_PARTS; i++) {
        if (in[i]) (void)!move(directory, parts[i], scratch, parts[i]);
        if (out[i]) (void)!move(scratch, aside[i], directory, parts[i]);
    }
    errno = reason;
    return good;
}

npim_status npim_place_end(const char *scratch, const char *directory, npim_error *error) {
    if (!is_folder(directory)) {
        if (rename(scratch, directory) == 0) return NPIM_OK;
        npim_status status = failed("create", directory, error);
        npim_place_abandon(scratch);
        return status;
    }
    npim_status status = swap(scratch, directory) ? NPIM_OK : failed("write", directory, error);
    npim_place_abandon(scratch);
    return status;
}

#include "sim/design/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

npim_status npim_output_check(const char *path, bool force, npim_error *error) {
    if (!path || force || access(path, F_OK) != 0) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "%s: exists already (--force overwrites it)", path);
}

npim_status npim_output_save(const char *path, const char *text, npim_error *error) {
    char scratch[PATH_SIZE];
    if (snprintf(scratch, sizeof scratch, "%s.part", path) >= PATH_SIZE)
        return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", path);
    FILE *out = *path ? fopen(scratch, "w") : NULL;
    if (!out)
        return npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", path,
                         *path ? strerror(errno) : "no name");
    bool good = fputs(text, out) >= 0 && fflush(out) == 0;
    if (fclose(out) != 0) good = false;
    if (good && rename(scratch, path) == 0) return NPIM_OK;
    int reason = errno;
    unlink(scratch);
    return npim_fail(error, NPIM_EUSAGE, "%s: cannot write: %s", path, strerror(reason));
}

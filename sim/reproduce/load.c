#include "sim/reproduce/load.h"

#include "sim/find.h"

#include <stdlib.h>

npim_status npim_load_arch(npim_arch **arch, const char *name, const char *const *assignments, size_t n,
                           npim_error *error) {
    char path[NPIM_PATH_SIZE];
    *arch = NULL;
    npim_status status = npim_find_arch(name, path, error);
    if (status != NPIM_OK) return status;
    npim_arch *loaded = calloc(1, sizeof *loaded);
    if (!loaded) return npim_fail(error, NPIM_ENOMEM, "no memory for architecture %s", name);
    status = npim_arch_load(loaded, path, assignments, n, error);
    if (status == NPIM_OK)
        *arch = loaded;
    else
        npim_free_arch(loaded);
    return status;
}

void npim_free_arch(npim_arch *arch) {
    if (arch) npim_arch_fini(arch);
    free(arch);
}

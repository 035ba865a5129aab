#include "sim/print.h"

#include "sim/json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

npim_status npim_print_text(char *text, npim_error *error) {
    if (!text) return npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    errno = 0;
    bool broken = fputs(text, stdout) < 0 || fflush(stdout) != 0;
    free(text);
    if (broken) return npim_fail(error, NPIM_EUSAGE, "cannot write the standard output: %s", strerror(errno));
    return NPIM_OK;
}

npim_status npim_print_json(cJSON *root, npim_error *error) {
    char *text = npim_json_text(root);
    cJSON_Delete(root);
    return npim_print_text(text, error);
}

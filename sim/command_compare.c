#include "sim/command.h"

#include "sim/compare.h"
#include "sim/print.h"

#include <stdlib.h>

npim_status npim_command_compare(npim_session *s, npim_error *error) {
    npim_comparison *comparison = calloc(1, sizeof *comparison);
    if (!comparison) return npim_fail(error, NPIM_ENOMEM, "out of memory");
    npim_status status = npim_compare(comparison, s->options.subjects, s->options.n_subjects, error);
    if (status == NPIM_OK)
        status = s->options.json ? npim_print_json(npim_comparison_json(comparison), error)
                                 : npim_print_text(npim_comparison_text(comparison), error);
    npim_comparison_fini(comparison);
    free(comparison);
    return status;
}

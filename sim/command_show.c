#include "sim/command.h"

#include "sim/arch_design.h"
#include "sim/config.h"
#include "sim/describe.h"
#include "sim/interrupt.h"
#include "sim/print.h"
#include "sim/report.h"

#include <stdio.h>
#include <stdlib.h>

npim_status npim_command_map(npim_session *s, npim_error *error) {
    npim_status status = npim_session_load_network(s, error);
    if (status == NPIM_OK) status = npim_session_map(s, npim_interrupt_catch(), error);
    if (status != NPIM_OK) return status;
    return s->options.json ? npim_print_json(npim_report_map_json(&s->map), error)
                           : npim_print_text(npim_report_map_text(&s->map), error);
}

npim_status npim_command_describe(npim_session *s, npim_error *error) {
    npim_status status = npim_session_load_arch(s, error);
    if (status != NPIM_OK) return status;
    if (s->options.json) return npim_print_json(npim_describe_json(&s->arch), error);
    char *timing = NULL;
    status = npim_arch_timing_text(&s->arch, &timing, error);
    if (status == NPIM_OK) status = npim_print_text(npim_describe_text(&s->arch), error);
    if (status == NPIM_OK && *timing) return npim_print_text(timing, error);
    free(timing);
    return status;
}

npim_status npim_command_config(npim_session *s, npim_error *error) {
    char *text = NULL;
    size_t size = 0;
    npim_status status = NPIM_OK;
    if (!s->options.reference) status = npim_session_load_arch(s, error);
    if (status != NPIM_OK) return status;
    FILE *out = open_memstream(&text, &size);
    if (!out) return npim_fail(error, NPIM_ENOMEM, "no memory for the output");
    status =
        s->options.reference ? npim_config_reference(out, error) : npim_config_write(&s->arch, out, error);
    fclose(out);
    if (status == NPIM_OK) return npim_print_text(text, error);
    free(text);
    return status;
}

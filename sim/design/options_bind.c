#include "sim/design/options_bind.h"

#include "sim/doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An assignment whose place is the option. */
static npim_status put(npim_doc *doc, const npim_option_value *value, npim_error *error) {
    char assignment[512], path[128];
    if (*value->value == '\0') return npim_fail(error, NPIM_EUSAGE, "%s: the value is empty", value->option);
    snprintf(path, sizeof path, "option.%s", value->key);
    if ((size_t)snprintf(assignment, sizeof assignment, "%s=%s", path, value->value) >= sizeof assignment)
        return npim_fail(error, NPIM_EUSAGE, "%s: the value is too long", value->option);
    npim_status status = npim_doc_set(doc, assignment, error);
    if (status != NPIM_OK) return status;
    npim_entry *entry = npim_doc_find(doc, path);
    char *file = strdup(value->option);
    if (!entry || !file) {
        free(file);
        return npim_fail(error, NPIM_ENOMEM, "no memory for the options");
    }
    free(entry->file);
    entry->file = file;
    return NPIM_OK;
}

/* A wrong value is a wrong command line. The table that the options stand in has no name for users. */
static npim_status complain(npim_error *error) {
    if (!error) return NPIM_EUSAGE;
    char *at = strstr(error->message, "option.");
    const char *behind = at ? at + strlen("option.") : NULL;
    if (at) memmove(at, behind, strlen(behind) + 1);
    return error->status = NPIM_EUSAGE;
}

npim_status npim_options_bind(const npim_option_value *values, size_t n, const npim_field *fields,
                              size_t n_fields, void *config, npim_error *error) {
    npim_doc doc = {0};
    npim_status status = NPIM_OK;
    for (size_t i = 0; i < n && status == NPIM_OK; i++)
        if (values[i].value) status = put(&doc, &values[i], error);
    if (status == NPIM_OK) status = npim_doc_bind(&doc, "option", fields, n_fields, config, "options", error);
    npim_doc_fini(&doc);
    return status == NPIM_ECONFIG ? complain(error) : status;
}

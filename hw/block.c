#include "hw/block.h"

#include "hw/units.h"

#include <math.h>
#include <string.h>

double npim_field_get(const npim_field *field, const void *config) {
    const char *at = (const char *)config + field->offset;
    switch (field->kind) {
    case NPIM_KIND_DOUBLE:
        return *(const double *)(const void *)at;
    case NPIM_KIND_U64:
        return (double)*(const uint64_t *)(const void *)at;
    case NPIM_KIND_BOOL:
        return *(const bool *)at ? 1.0 : 0.0;
    case NPIM_KIND_U32:
    case NPIM_KIND_ENUM:
        break;
    }
    return (double)*(const uint32_t *)(const void *)at;
}

void npim_field_set(const npim_field *field, void *config, double value) {
    char *at = (char *)config + field->offset;
    switch (field->kind) {
    case NPIM_KIND_DOUBLE:
        *(double *)(void *)at = value;
        return;
    case NPIM_KIND_U64:
        *(uint64_t *)(void *)at = (uint64_t)value;
        return;
    case NPIM_KIND_BOOL:
        *(bool *)at = value != 0.0;
        return;
    case NPIM_KIND_U32:
    case NPIM_KIND_ENUM:
        break;
    }
    *(uint32_t *)(void *)at = (uint32_t)value;
}

const npim_field *npim_field_find(const npim_field *fields, size_t n_fields, const char *key) {
    for (size_t i = 0; i < n_fields; i++)
        if (strcmp(fields[i].key, key) == 0) return &fields[i];
    return NULL;
}

void npim_fields_preset(const npim_field *fields, size_t n_fields, void *config) {
    for (size_t i = 0; i < n_fields; i++) npim_field_set(&fields[i], config, fields[i].preset);
}

npim_status npim_fields_check(const npim_field *fields, size_t n_fields, const void *config,
                              const char *where, npim_error *error) {
    for (size_t i = 0; i < n_fields; i++) {
        const npim_field *f = &fields[i];
        double value = npim_field_get(f, config);
        if (!isfinite(value) || value < f->min || value > f->max)
            return npim_fail(error, NPIM_ECONFIG, "%s.%s = %.17g: outside %.17g..%.17g%s%s", where, f->key,
                             value, f->min, f->max, *f->unit ? " " : "", f->unit);
    }
    return NPIM_OK;
}

npim_status npim_block_begin(const npim_block_ops *ops, void *core, const void *config, npim_error *error) {
    memset(core, 0, ops->core_size);
    npim_status status = npim_fields_check(ops->fields, ops->n_fields, config, ops->name, error);
    if (status == NPIM_OK) memcpy(core, config, ops->config_size);
    return status;
}

uint64_t npim_block_busy_ps(const npim_block_ops *ops, const void *core, const npim_work *work) {
    return ops->busy_ps ? ops->busy_ps(core, work) : ops->latency_ps(core, work);
}

uint64_t npim_block_held_ps(const void *core, const npim_work *work) {
    (void)core;
    return work->hold_ps;
}

uint64_t npim_block_clocked_ps(const void *core, const npim_work *work) {
    (void)core;
    return (uint64_t)ceil(work->count / work->units) * NPIM_CLOCK_PS;
}

const npim_block_ops *npim_block_find(const char *name) {
    for (size_t i = 0; i < npim_n_blocks; i++)
        if (strcmp(npim_blocks[i]->name, name) == 0) return npim_blocks[i];
    return NULL;
}

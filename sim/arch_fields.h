/* The keys of an architecture file, as tables: what sim/arch.c reads, `npim config` writes and the reference
 * explains. The keys of the blocks themselves are in hw/. */
#ifndef NPIM_SIM_ARCH_FIELDS_H
#define NPIM_SIM_ARCH_FIELDS_H

#include "sim/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One table of plain keys, [data] for example. */
typedef struct npim_arch_table {
    const char *path; /* "data" */
    const char *doc;  /* one line */
    const npim_field *fields;
    size_t n_fields;
    size_t offset; /* of its config struct in npim_arch */
} npim_arch_table;

extern const npim_arch_table npim_arch_tables[]; /* [data] [chip] [tile] [pe] [program] [run] */
extern const size_t npim_n_arch_tables;

extern const npim_field npim_placement_fields[]; /* of [block.<name>], in npim_placement_config */
extern const size_t npim_n_placement_fields;

extern const npim_field npim_stage_fields[]; /* of [[pe.stage]], in npim_stage_config */
extern const size_t npim_n_stage_fields;

/* A key of a block, its own or of its placement, that follows from other tables when the file does not give
 * it, and must agree when it does: so that the array size or the bits of a cell are said once. */
typedef struct npim_follow {
    const char *type, *key; /* "dac", "bits" */
    double (*value)(const npim_arch *arch);
    bool at_least;    /* a given value may be larger */
    const char *from; /* for messages: "data.dac_bits" */
} npim_follow;

/* The rule for that key of a block type, or NULL when the key stands for itself. */
const npim_follow *npim_follow_find(const char *type, const char *key);

#ifdef __cplusplus
}
#endif
#endif

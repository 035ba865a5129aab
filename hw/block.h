/* What every block of the hardware offers, and the two tables that describe it.
 *
 * A block is a config struct (plain values), a state struct and plain functions; npim_<block>_ops gathers
 * them. The field table is the single source of parsing, validation, --set, `npim config` and the reference;
 * the probe table is the single source of waveforms. No block includes another block. */
#ifndef NPIM_HW_BLOCK_H
#define NPIM_HW_BLOCK_H

#include "hw/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_kind {
    NPIM_KIND_DOUBLE, /* double */
    NPIM_KIND_U32,    /* uint32_t */
    NPIM_KIND_U64,    /* uint64_t */
    NPIM_KIND_BOOL,   /* bool */
    NPIM_KIND_ENUM    /* uint32_t, an index into names */
} npim_kind;

/* One configuration key: where it lives in the config struct and what it may be. */
typedef struct npim_field {
    const char *key; /* ends in its unit: energy_pJ, area_um2, size_B */
    npim_kind kind;
    size_t offset;            /* in the config struct */
    double min, max;          /* inclusive; doubles must be finite as well */
    const char *unit;         /* "" for a plain number */
    bool required;            /* else preset holds when the key is absent */
    double preset;            /* default value (bool: 0 or 1, enum: index) */
    const char *const *names; /* enum: NULL-terminated; other kinds NULL */
    const char *doc;          /* one line: what it means */
} npim_field;

/* One waveform signal: a member of the state struct. */
typedef struct npim_probe {
    const char *name;
    npim_kind kind;
    size_t offset; /* in the state struct */
    const char *unit;
    const char *const *names; /* enum: NULL-terminated names; other kinds NULL */
    const char *doc;
    bool input; /* holds from the beginning of the work; the others when it is done */
} npim_probe;

/* A piece of work for a bank of identical units. */
typedef struct npim_work {
    double count; /* unit operations (rows driven, cells read, conversions, words, bytes); >= 0, a multiple of
                     1/8 */
    uint32_t units; /* identical units working in parallel on them, >= 1 */
    uint32_t bits;  /* resolution where it can vary by operation (SAR ADC); 0: the block's own */
    uint64_t
        hold_ps; /* how long the units are held on, for blocks whose energy is power x time (DAC, crossbar) */
} npim_work;

/* The functions and tables of one block. All pointers are non-NULL unless said; n_* count table rows.
 * core is the block's state struct, config its config struct. */
typedef struct npim_block_ops {
    const char *name; /* the block's type, as in architecture files: "dac" */
    const char *doc;  /* one line */
    size_t config_size, core_size;
    const npim_field *fields;
    size_t n_fields;
    const npim_probe *probes;
    size_t n_probes;
    /* Transactional: on failure core is zeroed and owns nothing. config is copied, not kept. */
    npim_status (*init)(void *core, const void *config, npim_error *error);
    void (*fini)(void *core);  /* safe on a zeroed struct and twice */
    void (*reset)(void *core); /* back to the state after init; keeps config (and programmed weights) */
    /* Time from the start of the work until its last result, ps. Asking changes nothing. */
    uint64_t (*latency_ps)(const void *core, const npim_work *work);
    /* Time for which the units cannot take other work, ps; NULL: the same as latency_ps. */
    uint64_t (*busy_ps)(const void *core, const npim_work *work);
    double (*energy_pJ)(const void *core, const npim_work *work); /* event accounting, pJ */
    double (*area_um2)(const void *core);                         /* one unit, um2 */
    /* Published power of one unit, mW; NULL: follows from energy at full load. */
    double (*power_mW)(const void *core);
    /* Constant power of one unit (leakage, refresh, links that never sleep), mW; NULL: none known. */
    double (*standby_mW)(const void *core);
} npim_block_ops;

/* Sets every field of config to its preset. */
void npim_fields_preset(const npim_field *fields, size_t n_fields, void *config);

/* Checks every field of config against its range; where names the block in the message ("dac").
 * NPIM_ECONFIG with "where.key = value: outside min..max unit" when one is outside or not finite. */
NPIM_MUST_USE npim_status npim_fields_check(const npim_field *fields, size_t n_fields, const void *config,
                                            const char *where, npim_error *error);

/* Reads a field as a number (bool: 0 or 1, enum: index). */
double npim_field_get(const npim_field *field, const void *config);

/* Stores value, which must be in range, into a field. */
void npim_field_set(const npim_field *field, void *config, double value);

/* The field of that key, or NULL. */
const npim_field *npim_field_find(const npim_field *fields, size_t n_fields, const char *key);

/* The part that every init shares: zeroes core, checks config against the field table and copies it to the
 * head of core (every state struct starts with its config member). */
NPIM_MUST_USE npim_status npim_block_begin(const npim_block_ops *ops, void *core, const void *config,
                                           npim_error *error);

/* busy_ps, or latency_ps where a block has no shorter occupancy. */
uint64_t npim_block_busy_ps(const npim_block_ops *ops, const void *core, const npim_work *work);

/* Answers that many blocks give, for latency_ps and busy_ps: as long as the work holds the units on; one
 * clock for each operation of a unit. */
uint64_t npim_block_held_ps(const void *core, const npim_work *work);
uint64_t npim_block_clocked_ps(const void *core, const npim_work *work);

/* All blocks, by type name; the one table to which a new block is added (hw/blocks.c). */
extern const npim_block_ops *const npim_blocks[];
extern const size_t npim_n_blocks;

/* The block of that type, or NULL. */
const npim_block_ops *npim_block_find(const char *name);

#ifdef __cplusplus
}
#endif
#endif

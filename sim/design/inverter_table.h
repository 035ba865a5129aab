/* Tables of an inverter's transfer curve: made by ngspice from a deck, kept as TOML. */
#ifndef NPIM_SIM_DESIGN_INVERTER_TABLE_H
#define NPIM_SIM_DESIGN_INVERTER_TABLE_H

#include "hw/inverter.h"
#include "sim/design/inverter_deck.h"
#include "sim/design/spice.h"
#include "sim/doc.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What hangs on the output: a conductance to a voltage. Cells that lead over dividers to rails are exactly
 * that, whatever their number. 0, 0: nothing. */
typedef struct npim_inverter_load {
    double conductance_S; /* 0..1 */
    double voltage_V;     /* 0..vdd_V */
} npim_inverter_load;

/* Under which conditions a table holds. */
typedef struct npim_inverter_sweep {
    double vdd_V;         /* 0.1..5 */
    double temperature_C; /* -55..150 */
    double width;         /* of all transistors, in units of the deck's: 0.1..1000 */
    npim_inverter_load load;
} npim_inverter_sweep;

enum { NPIM_DECK_NAME_SIZE = 256 };

typedef struct npim_inverter_table {
    npim_inverter_sweep sweep;
    npim_inverter inverter;
    char deck[NPIM_DECK_NAME_SIZE]; /* file, as seen from the folder of the table's own file */
    char deck_sha256[NPIM_SHA256_SIZE];
    char simulator[NPIM_SPICE_VERSION_SIZE];
} npim_inverter_table;

/* Sweeps the inverter of the deck at path from 0 to vdd_V. Values are rounded to 1 nV; ripple of the
 * simulator below 10 nV is flattened, so that they never rise. table->deck becomes the last name of path.
 * NPIM_ECONFIG for a sweep out of range, a bad deck, or one that is no inverter; else errors of
 * npim_spice_run. */
NPIM_MUST_USE npim_status npim_inverter_table_make(npim_inverter_table *table, const char *path,
                                                   const npim_inverter_sweep *sweep, const npim_spice *spice,
                                                   npim_error *error);

/* Writes a table as TOML: keys under [prefix], with the SHA-256 of all of them. Errors are those of the
 * stream. */
void npim_inverter_table_put(const npim_inverter_table *table, const char *prefix, FILE *out);

/* Reads the table at prefix of a doc that was loaded from the file at path, and marks its entries used.
 * NPIM_ECONFIG for missing, unknown-kind or out-of-range values, for a table that was edited, and for a deck
 * that is missing or differs from the one that the table was made of (names both). */
NPIM_MUST_USE npim_status npim_inverter_table_read(npim_inverter_table *table, npim_doc *doc,
                                                   const char *prefix, const char *path, npim_error *error);

/* A file that holds one table, at [inverter]. save replaces the file as a whole (NPIM_EUSAGE when it cannot
 * be written); load errors as npim_doc_load and npim_inverter_table_read, and for unknown keys. */
NPIM_MUST_USE npim_status npim_inverter_table_save(const npim_inverter_table *table, const char *path,
                                                   npim_error *error);
NPIM_MUST_USE npim_status npim_inverter_table_load(npim_inverter_table *table, const char *path,
                                                   npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* Runs ngspice on a deck and reads back what it wrote.
 *
 * A deck is a complete text with a .control block that ends in `wrdata NPIM_SPICE_OUTPUT ...` and `quit`,
 * with `set wr_singlescale`. It runs in a private folder that is gone afterwards, however the run ended; the
 * user's .spiceinit is not read. */
#ifndef NPIM_SIM_DESIGN_SPICE_H
#define NPIM_SIM_DESIGN_SPICE_H

#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The file that wrdata of a deck writes to. */
#define NPIM_SPICE_OUTPUT "npim_out.txt"

enum { NPIM_SPICE_VERSION_SIZE = 32 };

typedef struct npim_spice {
    const char *program;   /* NULL: ngspice, found in PATH */
    double timeout_s;      /* of one run; 0: 600 s */
    const npim_stop *stop; /* the run ends when it is wanted; may be NULL */
} npim_spice;

/* A table of numbers, [n_rows][n_columns]; owned by whoever asked for it. */
typedef struct npim_spice_data {
    size_t n_rows, n_columns;
    double *value;
} npim_spice_data;

void npim_spice_data_fini(npim_spice_data *data); /* safe on a zeroed struct and twice */

/* Runs a deck. data gets n_columns columns (the scale is the first) and n_rows rows; n_rows 0: as many as
 * there are, at least 2. NPIM_EUSAGE when ngspice is missing (says how to install it), fails or writes
 * nothing (with its last lines), writes other than what is expected or something that is no number, or takes
 * too long; NPIM_EINTERRUPTED. data is empty then. */
NPIM_MUST_USE npim_status npim_spice_run(const npim_spice *spice, const char *deck, size_t n_rows,
                                         size_t n_columns, npim_spice_data *data, npim_error *error);

/* "ngspice-39". Errors as of npim_spice_run. */
NPIM_MUST_USE npim_status npim_spice_version(const npim_spice *spice, char version[NPIM_SPICE_VERSION_SIZE],
                                             npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

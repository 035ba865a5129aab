/* The codes of one instance of a converter as a table: the fast path for long replays.
 *
 * Without thermal noise the code is a function of the input that changes at finitely many voltages. The table
 * holds all of them as they are in double precision, so that it gives the same code as evaluating the
 * circuit. They are found without a search that could miss one: the transfer curves of the inverters are made
 * of straight segments and the nodes of dividers, so between the voltages at which some neuron comes to the
 * end of a segment every wire crosses its threshold once at most, and bisection finds where.
 *
 * This holds to the last bit, at the transitions and next to them, where every node rises or falls with the
 * input alone, as in thermometer banks and in pipelines: rounding keeps their order. A node that adds rising
 * and falling voltages, as in trained networks, is undecided over the few roundings in which the sum comes to
 * its threshold (some 1e-14 V of the input); the table has one transition there. */
#ifndef NPIM_HW_CONVERTER_TABLE_H
#define NPIM_HW_CONVERTER_TABLE_H

#include "hw/converter.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_converter_table {
    uint32_t n_pieces; /* intervals of one code each */
    double *end_V;     /* [n_pieces] where the next begins; infinite for the last */
    uint16_t *code;    /* [n_pieces] */
    uint32_t n_cells;  /* equal cells of the supply */
    double cells_per_V;
    uint32_t *first; /* [n_cells] piece in which a cell begins */
    double vdd_V;
} npim_converter_table;

/* Makes the table of a checked converter's instance; free it with npim_converter_table_fini. Thermal noise is
 * left out. NPIM_ENOMEM, and NPIM_ECONFIG when the curve has more than 2^24 corners. */
NPIM_MUST_USE npim_status npim_converter_table_init(npim_converter_table *table,
                                                    const npim_converter *converter,
                                                    const npim_instance *instance, npim_error *error);
void npim_converter_table_fini(npim_converter_table *table); /* safe on a zeroed struct and twice */

/* Codes of n voltages: those of npim_converter_codes, see above. Voltages outside 0..vdd, which no circuit of
 * this supply puts out, get the code of the nearer end; not-a-number that of 0. */
void npim_converter_table_codes(const npim_converter_table *table, const double *in_V, size_t n,
                                uint16_t *codes);

#ifdef __cplusplus
}
#endif
#endif

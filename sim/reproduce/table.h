/* A table of results: written as CSV, as HTML, and drawn by sim/reproduce/chart.h. */
#ifndef NPIM_SIM_REPRODUCE_TABLE_H
#define NPIM_SIM_REPRODUCE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of literals. */
typedef struct npim_column {
    const char *key;   /* CSV header, with the unit at its end */
    const char *title; /* for people */
    int decimals;      /* for people; below 0: as many as the number takes */
} npim_column;

typedef struct npim_table_cell {
    char *text;    /* owned; NULL: a number */
    double number; /* NAN: there is none, an empty cell */
} npim_table_cell;

/* Owned by whoever began it. Cells are appended row by row. */
typedef struct npim_table {
    const npim_column *columns; /* borrowed */
    size_t n_columns;
    npim_table_cell *cells;
    size_t n_cells, capacity;
    bool failed; /* memory ran out, and cells are missing; stays so */
} npim_table;

void npim_table_begin(npim_table *table, const npim_column *columns, size_t n_columns);
void npim_table_fini(npim_table *table); /* safe on a zeroed struct and twice */

/* Appends the next cell of the row. */
void npim_table_number(npim_table *table, double number);
void npim_table_text(npim_table *table, const char *text); /* a copy; NULL: empty */

size_t npim_table_rows(const npim_table *table); /* complete ones */
const npim_table_cell *npim_table_at(const npim_table *table, size_t row, size_t column);

/* Header and rows; numbers read back exactly, texts are quoted where they must be, an empty cell is empty. */
void npim_table_csv(const npim_table *table, FILE *out);

/* A table element; numbers are aligned and rounded to the decimals of their column. */
void npim_table_html(const npim_table *table, FILE *out);

/* Text with the characters that HTML gives a meaning replaced. */
void npim_html_escape(const char *text, FILE *out);

#ifdef __cplusplus
}
#endif
#endif

/* Charts of tables, drawn with gnuplot. Series differ by pattern, dash or point as well as by colour, so that
 * a print without colour shows the same. */
#ifndef NPIM_SIM_REPRODUCE_CHART_H
#define NPIM_SIM_REPRODUCE_CHART_H

#include "sim/reproduce/table.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_chart_kind {
    NPIM_CHART_LINES,  /* points joined by lines */
    NPIM_CHART_BARS,   /* one group of bars for each row */
    NPIM_CHART_STACK,  /* one bar for each row, its series on top of each other */
    NPIM_CHART_RANGES, /* one horizontal bar for each row, from the first series to the second */
    NPIM_N_CHART_KINDS
} npim_chart_kind;

enum { NPIM_CHART_SERIES = 12, NPIM_CHART_MARKS = 4 };

typedef struct npim_series {
    size_t column;     /* of the table: the value */
    const char *title; /* for the legend */
    size_t x_column;   /* lines: the other coordinate */
} npim_series;

/* A line across the chart at a value of the value axis, with a label. */
typedef struct npim_mark {
    double value;
    const char *label;
} npim_mark;

/* Strings are borrowed, and hold no quotes. */
typedef struct npim_chart {
    npim_chart_kind kind;
    const char *x_label, *y_label;
    bool log_x, log_y;
    size_t label_column; /* bars, stacks, ranges: the name of a row */
    size_t rows;         /* draws the first so many; 0: all */
    npim_series series[NPIM_CHART_SERIES];
    size_t n_series;
    npim_mark marks[NPIM_CHART_MARKS];
    size_t n_marks;
} npim_chart;

/* A script that makes gnuplot write the chart as SVG to its standard output. id: of the elements of the
 * picture, so that several can stand in one page. From malloc; NULL when memory runs out. */
char *npim_chart_script(const npim_chart *chart, const npim_table *table, const char *id);

#ifdef __cplusplus
}
#endif
#endif

#include "sim/reproduce/chart.h"

#include "sim/doc.h"

#include <math.h>
#include <stdlib.h>

/* Dark enough to tell from white, and apart from each other for those who see few colours (Okabe and Ito's
 * set without yellow). */
static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00",
                                      "#000000", "#7f7f7f", "#8c564b", "#bcbd22", "#17becf", "#9467bd"};

enum { WIDTH = 680, HEIGHT = 400, ROW_HEIGHT = 20, N_PATTERNS = 8, MOST_UPRIGHT = 5, MOST_POINTS = 24 };

static size_t n_rows(const npim_chart *chart, const npim_table *table) {
    size_t all = npim_table_rows(table);
    return chart->rows && chart->rows < all ? chart->rows : all;
}

static void write_quoted(const char *text, FILE *out) {
    fputc('"', out);
    for (; *text; text++) fputc(*text == '"' || *text == '\\' ? ' ' : *text, out);
    fputc('"', out);
}

static void write_data(const npim_chart *chart, const npim_table *table, FILE *out) {
    char number[32];
    fputs("$data << END_OF_DATA\n", out);
    for (size_t r = 0; r < n_rows(chart, table); r++) {
        for (size_t c = 0; c < table->n_columns; c++) {
            const npim_table_cell *cell = npim_table_at(table, r, c);
            if (cell->text)
                write_quoted(cell->text, out);
            else if (isfinite(cell->number)) {
                npim_number_text(cell->number, number, sizeof number);
                fputs(number, out);
            } else
                fputs("NaN", out);
            fputc(c + 1 < table->n_columns ? '\t' : '\n', out);
        }
    }
    fputs("END_OF_DATA\n", out);
}

static void write_axes(const npim_chart *chart, FILE *out) {
    bool sideways = chart->kind == NPIM_CHART_RANGES;
    fprintf(out, "set xlabel \"%s\" noenhanced\nset ylabel \"%s\" noenhanced\n",
            chart->x_label ? chart->x_label : "", chart->y_label ? chart->y_label : "");
    if (chart->log_x) fputs("set logscale x\n", out);
    if (chart->log_y) fputs("set logscale y\n", out);
    for (size_t m = 0; m < chart->n_marks; m++) {
        const npim_mark *mark = &chart->marks[m];
        const char *line = sideways ? "from %.17g,graph 0 to %.17g,graph 1"
                                    : "from graph 0,first %.17g to graph 1,first %.17g";
        fprintf(out, "set arrow ");
        fprintf(out, line, mark->value, mark->value);
        fprintf(out, " nohead dashtype 2 linewidth 1.5 linecolor \"#444444\" front\n");
        fprintf(out,
                sideways ? "set label \"%s\" at %.17g,graph 1.03 center"
                         : "set label \"%s\" at graph 1.01,first %.17g left",
                mark->label, mark->value);
        fprintf(out, " font \",11\" noenhanced\n");
    }
}

/* Rows in which a series has a point. */
static size_t n_points(const npim_table *table, size_t rows, const npim_series *series) {
    size_t n = 0;
    for (size_t r = 0; r < rows; r++) {
        const npim_table_cell *x = npim_table_at(table, r, series->x_column);
        const npim_table_cell *y = npim_table_at(table, r, series->column);
        n += !x->text && !y->text && isfinite(x->number) && isfinite(y->number);
    }
    return n;
}

/* Of many points only some are marked, or they would cover the line and each other. */
static void write_lines(const npim_chart *chart, const npim_table *table, size_t rows, FILE *out) {
    for (size_t s = 0; s < chart->n_series; s++)
        fprintf(out,
                "%s $data using %zu:%zu with linespoints linewidth 2 linecolor \"%s\" dashtype %zu pointtype "
                "%zu pointsize 0.8 pointinterval %zu title \"%s\" noenhanced",
                s ? ", \\\n" : "plot", chart->series[s].x_column + 1, chart->series[s].column + 1, colours[s],
                s % 5 + 1, s + 4, n_points(table, rows, &chart->series[s]) / MOST_POINTS + 1,
                chart->series[s].title);
}

static void write_bars(const npim_chart *chart, size_t rows, FILE *out) {
    bool stack = chart->kind == NPIM_CHART_STACK;
    fprintf(out, "set style data histograms\nset style histogram %s\nset boxwidth %s\n",
            stack ? "rowstacked" : "clustered gap 1.5", stack ? "0.6" : "0.9 relative");
    fprintf(out, "set xtics %s nomirror noenhanced\nset yrange [0:]\n",
            rows > MOST_UPRIGHT ? "rotate by -30 left" : "font \",11\"");
    for (size_t s = 0; s < chart->n_series; s++)
        fprintf(out,
                "%s $data using %zu:xticlabels(%zu) linecolor \"%s\" fillstyle pattern %zu border linecolor "
                "\"%s\" title \"%s\" noenhanced",
                s ? ", \\\n" : "plot", chart->series[s].column + 1, chart->label_column + 1, colours[s],
                s % N_PATTERNS, colours[s], chart->series[s].title);
}

/* From one value of the row to the other; the row names stand on the left. */
static void write_ranges(const npim_chart *chart, FILE *out) {
    size_t low = chart->series[0].column + 1, high = chart->series[1].column + 1;
    fputs("set yrange [] reverse\nset offsets 0, 0, 0.5, 0.5\nset ytics noenhanced font \",11\"\n", out);
    fprintf(out,
            "plot $data using %zu:0:%zu:%zu:($0-0.32):($0+0.32):yticlabels(%zu) with boxxyerror "
            "linecolor \"#999999\" fillstyle pattern 1 border linecolor \"%s\" notitle, \\\n"
            " $data using %zu:0 with points pointtype 7 pointsize 0.7 linecolor \"%s\" title \"%s\" "
            "noenhanced, \\\n"
            " $data using %zu:0 with points pointtype 8 pointsize 0.9 linecolor \"%s\" title \"%s\" "
            "noenhanced",
            low, low, high, chart->label_column + 1, colours[0], low, colours[0], chart->series[0].title,
            high, colours[1], chart->series[1].title);
}

char *npim_chart_script(const npim_chart *chart, const npim_table *table, const char *id) {
    char *text = NULL;
    size_t size = 0, rows = n_rows(chart, table);
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    int height = chart->kind == NPIM_CHART_RANGES ? (int)rows * ROW_HEIGHT + 130 : HEIGHT;
    fprintf(out,
            "set terminal svg size %d,%d dynamic font \"sans-serif,13\" name \"%s\" background \"#ffffff\"\n"
            "set datafile separator \"\\t\"\nset datafile missing \"NaN\"\nset encoding utf8\n"
            "set grid linecolor \"#dddddd\"\nset key outside top center horizontal\nset border 3\n"
            "set tics nomirror\nset rmargin %d\n",
            WIDTH, height, id, chart->n_marks && chart->kind != NPIM_CHART_RANGES ? 16 : 3);
    write_data(chart, table, out);
    write_axes(chart, out);
    if (chart->kind == NPIM_CHART_LINES) write_lines(chart, table, rows, out);
    if (chart->kind == NPIM_CHART_BARS || chart->kind == NPIM_CHART_STACK) write_bars(chart, rows, out);
    if (chart->kind == NPIM_CHART_RANGES) write_ranges(chart, out);
    fputs("\n", out);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

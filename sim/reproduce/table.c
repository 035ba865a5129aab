#include "sim/reproduce/table.h"

#include "sim/doc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void npim_table_begin(npim_table *t, const npim_column *columns, size_t n_columns) {
    *t = (npim_table){.columns = columns, .n_columns = n_columns};
}

void npim_table_fini(npim_table *t) {
    for (size_t i = 0; i < t->n_cells; i++) free(t->cells[i].text);
    free(t->cells);
    *t = (npim_table){0};
}

static void append(npim_table *t, npim_table_cell cell) {
    if (t->n_cells == t->capacity) {
        size_t larger = t->capacity ? 2 * t->capacity : 64;
        npim_table_cell *grown = realloc(t->cells, larger * sizeof *grown);
        if (!grown) {
            t->failed = true;
            free(cell.text);
            return;
        }
        t->cells = grown;
        t->capacity = larger;
    }
    t->cells[t->n_cells++] = cell;
}

void npim_table_number(npim_table *t, double number) {
    append(t, (npim_table_cell){.number = number});
}

void npim_table_text(npim_table *t, const char *text) {
    npim_table_cell cell = {.text = text ? strdup(text) : NULL, .number = (double)NAN};
    t->failed = t->failed || (text && !cell.text);
    append(t, cell);
}

size_t npim_table_rows(const npim_table *t) {
    return t->n_columns ? t->n_cells / t->n_columns : 0;
}

const npim_table_cell *npim_table_at(const npim_table *t, size_t row, size_t column) {
    return &t->cells[row * t->n_columns + column];
}

static void csv_text(const char *text, FILE *out) {
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void csv_cell(const npim_table_cell *cell, FILE *out) {
    char number[32];
    if (cell->text) csv_text(cell->text, out);
    if (cell->text || isnan(cell->number)) return;
    npim_number_text(cell->number, number, sizeof number);
    fputs(number, out);
}

void npim_table_csv(const npim_table *t, FILE *out) {
    for (size_t c = 0; c < t->n_columns; c++) fprintf(out, "%s%s", c ? "," : "", t->columns[c].key);
    fputc('\n', out);
    for (size_t r = 0; r < npim_table_rows(t); r++)
        for (size_t c = 0; c < t->n_columns; c++) {
            csv_cell(npim_table_at(t, r, c), out);
            fputc(c + 1 < t->n_columns ? ',' : '\n', out);
        }
}

void npim_html_escape(const char *text, FILE *out) {
    for (; *text; text++) switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
}

static void html_cell(const npim_table_cell *cell, int decimals, FILE *out) {
    char number[32];
    fputs(cell->text ? "<td>" : "<td class=\"number\">", out);
    if (cell->text)
        npim_html_escape(cell->text, out);
    else if (isnan(cell->number))
        fputs("&ndash;", out);
    else if (decimals >= 0)
        fprintf(out, "%.*f", decimals, cell->number);
    else {
        npim_number_text(cell->number, number, sizeof number);
        fputs(number, out);
    }
    fputs("</td>", out);
}

void npim_table_html(const npim_table *t, FILE *out) {
    fputs("<table>\n<thead><tr>", out);
    for (size_t c = 0; c < t->n_columns; c++) {
        fputs("<th>", out);
        npim_html_escape(t->columns[c].title, out);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t r = 0; r < npim_table_rows(t); r++) {
        fputs("<tr>", out);
        for (size_t c = 0; c < t->n_columns; c++)
            html_cell(npim_table_at(t, r, c), t->columns[c].decimals, out);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

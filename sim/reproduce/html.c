#include "sim/reproduce/html.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Black on white, one column; a figure and its caption stay together on paper, every section begins a sheet.
 * What is too wide for a phone scrolls by itself. */
static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Neural-PIM, reproduced with npim</title>\n<style>\n"
    "body{font:16px/1.45 sans-serif;color:#111;background:#fff;max-width:60rem;margin:0 auto;padding:1rem}\n"
    "h1{font-size:1.7rem;margin:.3rem 0}h2{font-size:1.35rem;margin:2rem 0 .5rem;border-bottom:2px solid "
    "#111}\n"
    "h3{font-size:1.05rem;margin:0 0 .3rem}\n"
    "figure{margin:1.4rem 0;break-inside:avoid}figcaption{font-size:.92rem;margin:.4rem 0}\n"
    ".scroll{overflow-x:auto}.picture svg{width:100%;min-width:34rem;height:auto;display:block}\n"
    "table{border-collapse:collapse;font-size:.82rem;line-height:1.25}\n"
    "th,td{border-bottom:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}\n"
    "th{border-bottom:2px solid #111;vertical-align:bottom}td.number{text-align:right;white-space:nowrap}\n"
    ".caveat{border-left:4px solid #111;padding:.3rem .8rem;background:#f3f3f3}\n"
    ".files{font-size:.85rem;color:#333}nav a{margin-right:1rem}a{color:#005a9c}\n"
    "figure.long{break-inside:auto}thead{display:table-header-group}tr{break-inside:avoid}\n"
    "@page{size:A4;margin:14mm}\n"
    "@media print{body{font-size:10pt;padding:0;max-width:none}table{font-size:7pt}"
    "h2{break-before:page}h2.first{break-before:auto}nav{display:none}.scroll{overflow:visible}"
    "figure{margin:1rem 0}.picture svg{min-width:0;width:14cm}th,td{padding:.1rem .25rem}}\n"
    "</style>\n</head>\n<body>\n";

enum { LONG_TABLE = 40 };

/* All of a file, from malloc; NULL when it cannot be read. */
static char *read_text(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) return NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *text = size >= 0 ? malloc((size_t)size + 1) : NULL;
    rewind(file);
    if (text) text[fread(text, 1, (size_t)size, file)] = '\0';
    fclose(file);
    return text;
}

/* What stands before the svg element (the XML declaration and a type) is not HTML, and ids that gnuplot gives
 * every picture would be there twice: they get the exhibit's name. */
static void write_picture(const char *svg, const char *name, FILE *out) {
    static const char *const ids[] = {"gnuplot_canvas", "gpDot", "gpPt", "gpPat", "textbox"};
    const char *at = strstr(svg, "<svg");
    while (at && *at) {
        size_t n = 0;
        for (size_t i = 0; i < sizeof ids / sizeof *ids && n == 0; i++)
            if (strncmp(at, ids[i], strlen(ids[i])) == 0) n = strlen(ids[i]);
        if (n > 0) fprintf(out, "%s_", name);
        fwrite(at, 1, n ? n : 1, out);
        at += n ? n : 1;
    }
}

static npim_status write_chart(const npim_exhibit *e, const char *folder, FILE *out, npim_error *error) {
    char path[NPIM_PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s.svg", folder, e->name);
    char *svg = read_text(path);
    if (!svg) return npim_fail(error, NPIM_EUSAGE, "%s: cannot read: %s", path, strerror(errno));
    fputs("<div class=\"scroll picture\">\n", out);
    write_picture(svg, e->name, out);
    fputs("</div>\n", out);
    free(svg);
    return NPIM_OK;
}

static npim_status write_exhibit(const npim_exhibit *e, const char *folder, FILE *out, npim_error *error) {
    npim_status status = NPIM_OK;
    bool is_long = npim_table_rows(&e->table) > LONG_TABLE && !e->hide_table;
    fprintf(out, "<figure id=\"%s\"%s>\n<h3>", e->name, is_long ? " class=\"long\"" : "");
    npim_html_escape(e->title, out);
    fputs("</h3>\n", out);
    if (e->chart.n_series > 0) status = write_chart(e, folder, out, error);
    fputs("<figcaption>", out);
    npim_html_escape(e->caption, out);
    fprintf(out, " <span class=\"files\">Data: %s.csv</span></figcaption>\n", e->name);
    if (!e->hide_table) {
        fputs("<div class=\"scroll\">\n", out);
        npim_table_html(&e->table, out);
        fputs("</div>\n", out);
    }
    fputs("</figure>\n", out);
    return status;
}

static void write_contents(FILE *out) {
    fputs("<nav>", out);
    for (size_t i = 1; i < npim_n_study_sections; i++) {
        fprintf(out, "<a href=\"#section_%zu\">", i);
        npim_html_escape(npim_study_sections[i].title, out);
        fputs("</a> ", out);
    }
    fputs("</nav>\n", out);
}

npim_status npim_html_write(const npim_study *study, const char *folder, FILE *out, npim_error *error) {
    npim_status status = NPIM_OK;
    fprintf(out,
            "%s<h1>Neural-PIM, reproduced</h1>\n<p>Made by <code>npim reproduce%s</code>, version %s.</p>\n",
            head, study->quick ? " --quick" : "", NPIM_VERSION);
    write_contents(out);
    for (size_t i = 0; i < npim_n_study_sections; i++) {
        fprintf(out, "<h2 id=\"section_%zu\"%s>", i, i == 0 ? " class=\"first\"" : "");
        npim_html_escape(npim_study_sections[i].title, out);
        fprintf(out, "</h2>\n%s\n", npim_study_sections[i].text);
        for (size_t k = 0; k < study->n_exhibits && status == NPIM_OK; k++)
            if (study->exhibits[k].section == i)
                status = write_exhibit(&study->exhibits[k], folder, out, error);
    }
    fputs("</body>\n</html>\n", out);
    return status;
}

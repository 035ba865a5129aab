#include "sim/gtkw.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Flags of a trace in a save file (analyzer.h of GTKWave). */
enum {
    TRACE_RIGHT = 0x20,
    TRACE_DECIMAL_RIGHT = 0x24,
    TRACE_BINARY_RIGHT = 0x28,
    TRACE_NAMES = 0x2022,   /* hexadecimal, right, through a table of names */
    TRACE_ANALOG = 0x88420, /* real, right, steps, full scale of what is seen */
    TRACE_HEIGHT = 0x20000, /* a line more for the analog trace above */
    GROUP_BEGIN = 0x800200,
    GROUP_BEGIN_CLOSED = 0xc00200,
    GROUP_END = 0x1000200,
    GROUP_END_CLOSED = 0x1401200,
    ANALOG_LINES = 2,  /* beyond the first */
    SCREEN_LINES = 40, /* of the first view */
    FRAME_PX = 200,    /* zoom 0 is 1 ps for so many pixels */
    VIEW_PX = 900,     /* width of the traces that the first zoom fits */
    MAX_TABLES = 16
};

typedef struct tables {
    const npim_gtkw_signal *first[MAX_TABLES]; /* the signal after which the table is called */
    size_t n;
} tables;

static const char *last_level(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* x.vcd -> x<ending>; the caller frees it. */
static char *beside(const char *wave, const char *ending) {
    size_t stem = strlen(wave) - strlen(".vcd");
    char *path = malloc(stem + strlen(ending) + 1);
    if (!path) return NULL;
    memcpy(path, wave, stem);
    strcpy(path + stem, ending);
    return path;
}

static char *table_path(const char *wave, const npim_gtkw_signal *signal) {
    char ending[256];
    snprintf(ending, sizeof ending, ".%s.txt", last_level(signal->name));
    return beside(wave, ending);
}

static void find_tables(tables *found, const npim_gtkw_signal *signals, size_t n_signals) {
    found->n = 0;
    for (size_t i = 0; i < n_signals; i++) {
        size_t t = 0;
        while (t < found->n && found->first[t]->names != signals[i].names) t++;
        if (signals[i].names && t == found->n && t < MAX_TABLES) found->first[found->n++] = &signals[i];
    }
}

static size_t table_of(const tables *all, const npim_gtkw_signal *signal) {
    size_t t = 0;
    while (t < all->n && all->first[t]->names != signal->names) t++;
    return t;
}

/* --- the files --- */

static void write_table(FILE *out, const char *const *names) {
    for (unsigned i = 0; names[i]; i++) fprintf(out, "%x %s\n", i, names[i]);
}

/* Volts and amperes are drawn. */
static bool is_analog(const npim_gtkw_signal *signal) {
    size_t length = strlen(signal->name);
    const char *unit = length > 2 ? signal->name + length - 2 : "";
    return signal->bits == 0 && (strcmp(unit, "_V") == 0 || strcmp(unit, "_A") == 0);
}

static int lines_of(const npim_gtkw_signal *signal) {
    return is_analog(signal) ? 1 + ANALOG_LINES : 1;
}

/* Length of what all names of a group begin with, whole levels. */
static size_t common_prefix(const npim_gtkw_signal *signals, size_t n) {
    size_t common = (size_t)(last_level(signals[0].name) - signals[0].name);
    for (size_t i = 1; i < n; i++) {
        while (common > 0 && strncmp(signals[0].name, signals[i].name, common) != 0) {
            common--;
            while (common > 0 && signals[0].name[common - 1] != '.') common--;
        }
    }
    return common;
}

static void write_flags(FILE *out, const char *wave, const tables *names, const npim_gtkw_signal *signal) {
    size_t t = table_of(names, signal);
    if (is_analog(signal)) {
        fprintf(out, "@%x\n", TRACE_ANALOG);
    } else if (signal->bits == 0) {
        fprintf(out, "@%x\n", TRACE_RIGHT);
    } else if (signal->names && t < names->n) {
        char *path = table_path(wave, names->first[t]);
        fprintf(out, "@%x\n^%zu ./%s\n", TRACE_NAMES, t + 1, path ? file_name(path) : "");
        free(path);
    } else {
        fprintf(out, "@%x\n", signal->bits == 1 ? TRACE_BINARY_RIGHT : TRACE_DECIMAL_RIGHT);
    }
}

/* Under a name without what the whole group has in common, and without dots, of which only the last level
 * would be seen. */
static void write_signal(FILE *out, const char *wave, const tables *names, const npim_gtkw_signal *signal,
                         size_t prefix) {
    write_flags(out, wave, names, signal);
    fputs("+{", out);
    for (const char *c = signal->name + prefix; *c; c++) fputc(*c == '.' ? ' ' : *c, out);
    fprintf(out, "} %s", signal->name);
    if (signal->bits > 1) fprintf(out, "[%u:0]", signal->bits - 1);
    fputs("\n", out);
    if (!is_analog(signal)) return;
    fprintf(out, "@%x\n", TRACE_HEIGHT);
    for (int i = 0; i < ANALOG_LINES; i++) fputs("-\n", out);
}

/* The zoom is minus the exponent of the power of two of ps in a frame of pixels. */
static void write_view(FILE *out, const char *wave, uint64_t from_ps, uint64_t to_ps) {
    double zoom = log2((double)(to_ps > from_ps ? to_ps - from_ps : 1) * FRAME_PX / VIEW_PX);
    fprintf(out, "[*] npim\n[dumpfile] \"%s\"\n[timestart] %llu\n[size] 1400 900\n[pos] -1 -1\n",
            file_name(wave), (unsigned long long)from_ps);
    fprintf(out, "*%.1f -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1 -1\n",
            zoom > 0 ? -zoom : 0.0);
    fprintf(out, "[signals_width] 330\n[sst_expanded] 0\n");
}

/* Returns how many signals the group has. A group is open when it fits the first screen. */
static size_t write_group(FILE *out, const char *wave, const tables *names, const npim_gtkw_signal *signals,
                          size_t n_signals, int *lines_left) {
    size_t n = 0;
    int lines = 2;
    for (; n < n_signals && strcmp(signals[n].group, signals[0].group) == 0; n++)
        lines += lines_of(&signals[n]);
    bool is_open = lines <= *lines_left;
    *lines_left -= is_open ? lines : 1;
    size_t prefix = common_prefix(signals, n);
    fprintf(out, "@%x\n-%s\n", is_open ? GROUP_BEGIN : GROUP_BEGIN_CLOSED, signals[0].group);
    for (size_t i = 0; i < n; i++) write_signal(out, wave, names, &signals[i], prefix);
    fprintf(out, "@%x\n-%s\n", is_open ? GROUP_END : GROUP_END_CLOSED, signals[0].group);
    return n;
}

static void write_groups(FILE *out, const char *wave, const tables *names, const npim_gtkw_signal *signals,
                         size_t n_signals) {
    int lines_left = SCREEN_LINES;
    for (size_t i = 0; i < n_signals;)
        i += write_group(out, wave, names, &signals[i], n_signals - i, &lines_left);
}

static npim_status opened(FILE **out, const char *path, npim_error *error) {
    if (!path) return npim_fail(error, NPIM_ENOMEM, "no memory for a path");
    *out = fopen(path, "w");
    return *out ? NPIM_OK : npim_fail(error, NPIM_EUSAGE, "cannot write %s: %s", path, strerror(errno));
}

static npim_status closed(FILE *out, const char *path, npim_error *error) {
    bool bad = ferror(out) != 0;
    errno = 0;
    bad = fclose(out) != 0 || bad;
    if (!bad) return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "cannot write %s: %s", path, strerror(errno ? errno : EIO));
}

npim_status npim_gtkw_write(const char *wave, const npim_gtkw_signal *signals, size_t n_signals,
                            uint64_t from_ps, uint64_t to_ps, npim_error *error) {
    tables names;
    FILE *out = NULL;
    find_tables(&names, signals, n_signals);
    npim_status status = NPIM_OK;
    for (size_t t = 0; t < names.n && status == NPIM_OK; t++) {
        char *path = table_path(wave, names.first[t]);
        status = opened(&out, path, error);
        if (status == NPIM_OK) {
            write_table(out, names.first[t]->names);
            status = closed(out, path, error);
        }
        free(path);
    }
    char *path = beside(wave, ".gtkw");
    if (status == NPIM_OK) status = opened(&out, path, error);
    if (status == NPIM_OK) {
        write_view(out, wave, from_ps, to_ps);
        write_groups(out, wave, &names, signals, n_signals);
        status = closed(out, path, error);
    }
    free(path);
    if (status != NPIM_OK) npim_gtkw_remove(wave, signals, n_signals);
    return status;
}

void npim_gtkw_remove(const char *wave, const npim_gtkw_signal *signals, size_t n_signals) {
    tables names;
    find_tables(&names, signals, n_signals);
    for (size_t t = 0; t <= names.n; t++) {
        char *path = t < names.n ? table_path(wave, names.first[t]) : beside(wave, ".gtkw");
        if (path) unlink(path);
        free(path);
    }
}

#include "sim/vcd.h"

#include "sim/shortest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST_PIECE = 128 }; /* of what is written at once, names aside */

static void flush(npim_vcd *vcd) {
    size_t done = 0;
    while (done < vcd->used && vcd->failure == 0) {
        ssize_t n = write(vcd->file, vcd->buffer + done, vcd->used - done);
        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            vcd->failure = n == 0 ? EIO : errno;
    }
    vcd->used = 0;
}

static void put_text(npim_vcd *vcd, const char *text, size_t length) {
    while (length > 0 && vcd->failure == 0) {
        if (vcd->used == NPIM_VCD_BUFFER_B) flush(vcd);
        size_t room = NPIM_VCD_BUFFER_B - vcd->used, n = length < room ? length : room;
        memcpy(vcd->buffer + vcd->used, text, n);
        vcd->used += n;
        text += n;
        length -= n;
    }
}

static void put(npim_vcd *vcd, const char *text) {
    put_text(vcd, text, strlen(text));
}

/* Space for one piece, which the caller fills and accounts for. */
static char *room(npim_vcd *vcd) {
    if (NPIM_VCD_BUFFER_B - vcd->used < LARGEST_PIECE) flush(vcd);
    return vcd->buffer + vcd->used;
}

/* A signal's short name in the file: its number in base 94, printable characters. */
static char *put_code(char *to, size_t signal) {
    do {
        *to++ = (char)('!' + signal % 94);
        signal /= 94;
    } while (signal > 0);
    return to;
}

/* --- declarations --- */

typedef struct level {
    const char *text;
    size_t length;
} level;

static size_t split(const char *name, level *levels) {
    size_t n = 0;
    while (n < NPIM_VCD_MAX_LEVELS) {
        size_t length = n + 1 < NPIM_VCD_MAX_LEVELS ? strcspn(name, ".") : strlen(name);
        levels[n++] = (level){name, length};
        if (name[length] == '\0') break;
        name += length + 1;
    }
    return n;
}

static bool same(const level *a, const level *b) {
    return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

static void declare(npim_vcd *vcd, size_t signal, uint32_t bits, const level *name) {
    char text[64], code[16];
    *put_code(code, signal) = '\0';
    snprintf(text, sizeof text, "$var %s %u %s ", bits ? "wire" : "real", bits ? bits : 64, code);
    put(vcd, text);
    put_text(vcd, name->text, name->length);
    if (bits > 1) {
        snprintf(text, sizeof text, " [%u:0]", bits - 1);
        put(vcd, text);
    }
    put(vcd, " $end\n");
}

static void declarations(npim_vcd *vcd, const npim_vcd_signal *signals, size_t n_signals) {
    level open[NPIM_VCD_MAX_LEVELS], levels[NPIM_VCD_MAX_LEVELS];
    size_t n_open = 0;
    put(vcd, "$date\n    none: the same run writes the same bytes\n$end\n"
             "$version\n    npim " NPIM_VERSION "\n$end\n$timescale 1ps $end\n");
    for (size_t i = 0; i < n_signals; i++) {
        size_t n = split(signals[i].name, levels), kept = 0;
        while (kept < n_open && kept + 1 < n && same(&open[kept], &levels[kept])) kept++;
        for (; n_open > kept; n_open--) put(vcd, "$upscope $end\n");
        for (; n_open + 1 < n; n_open++) {
            open[n_open] = levels[n_open];
            put(vcd, "$scope module ");
            put_text(vcd, levels[n_open].text, levels[n_open].length);
            put(vcd, " $end\n");
        }
        declare(vcd, i, signals[i].bits, &levels[n - 1]);
    }
    for (; n_open > 0; n_open--) put(vcd, "$upscope $end\n");
    put(vcd, "$enddefinitions $end\n");
}

npim_status npim_vcd_open(npim_vcd *vcd, const char *path, const npim_vcd_signal *signals, size_t n_signals,
                          npim_error *error) {
    *vcd = (npim_vcd){.file = -1};
    vcd->path = strdup(path);
    vcd->buffer = malloc(NPIM_VCD_BUFFER_B);
    if (!vcd->path || !vcd->buffer) {
        npim_vcd_discard(vcd);
        return npim_fail(error, NPIM_ENOMEM, "%s: no memory for the buffer", path);
    }
    vcd->file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (vcd->file < 0) {
        int cause = errno;
        npim_vcd_discard(vcd);
        return npim_fail(error, NPIM_EUSAGE, "cannot write %s: %s", path, strerror(cause));
    }
    declarations(vcd, signals, n_signals);
    flush(vcd);
    return npim_vcd_failed(vcd) ? npim_vcd_close(vcd, error) : NPIM_OK;
}

/* --- values --- */

void npim_vcd_time(npim_vcd *vcd, uint64_t time_ps) {
    if (vcd->has_time && vcd->time_ps == time_ps) return;
    vcd->has_time = true;
    vcd->time_ps = time_ps;
    vcd->used += (size_t)snprintf(room(vcd), LARGEST_PIECE, "#%" PRIu64 "\n", time_ps);
}

void npim_vcd_begin_dump(npim_vcd *vcd) {
    put(vcd, "$dumpvars\n");
}

void npim_vcd_end_dump(npim_vcd *vcd) {
    put(vcd, "$end\n");
}

void npim_vcd_number(npim_vcd *vcd, size_t signal, uint32_t bits, uint64_t value) {
    char *from = room(vcd), *at = from;
    if (bits == 1) {
        *at++ = value ? '1' : '0';
    } else {
        uint32_t digits = 1;
        while (digits < bits && value >> digits != 0) digits++;
        *at++ = 'b';
        while (digits-- > 0) *at++ = value >> digits & 1 ? '1' : '0';
        *at++ = ' ';
    }
    at = put_code(at, signal);
    *at++ = '\n';
    vcd->used += (size_t)(at - from);
}

void npim_vcd_real(npim_vcd *vcd, size_t signal, double value) {
    char *from = room(vcd), *at = from;
    *at++ = 'r';
    at += npim_shortest(at, value);
    *at++ = ' ';
    at = put_code(at, signal);
    *at++ = '\n';
    vcd->used += (size_t)(at - from);
}

/* --- the end --- */

bool npim_vcd_failed(const npim_vcd *vcd) {
    return vcd->failure != 0;
}

static void release(npim_vcd *vcd) {
    free(vcd->path);
    free(vcd->buffer);
    *vcd = (npim_vcd){.file = -1};
}

npim_status npim_vcd_close(npim_vcd *vcd, npim_error *error) {
    if (!vcd->path) return NPIM_OK;
    flush(vcd);
    if (vcd->file >= 0 && close(vcd->file) != 0 && vcd->failure == 0) vcd->failure = errno;
    vcd->file = -1;
    npim_status status = NPIM_OK;
    if (vcd->failure != 0) {
        unlink(vcd->path);
        status = npim_fail(error, NPIM_EUSAGE, "cannot write %s: %s", vcd->path, strerror(vcd->failure));
    }
    release(vcd);
    return status;
}

void npim_vcd_discard(npim_vcd *vcd) {
    if (vcd->path && vcd->file >= 0) {
        close(vcd->file);
        unlink(vcd->path);
    }
    release(vcd);
}

#include "sim/design/gnuplot.h"

#include "sim/design/output.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MISSING = 127, N_STREAMS = 3, COMPLAINT_SIZE = 400 };

/* Nameless files as standard input, output and error: no pipe can break, and nothing is left. */
typedef struct streams {
    FILE *file[N_STREAMS];
} streams;

static void close_streams(streams *s) {
    for (int i = 0; i < N_STREAMS; i++)
        if (s->file[i]) fclose(s->file[i]);
}

static npim_status open_streams(streams *s, const char *script, npim_error *error) {
    memset(s, 0, sizeof *s);
    for (int i = 0; i < N_STREAMS; i++) {
        s->file[i] = tmpfile();
        if (!s->file[i])
            return npim_fail(error, NPIM_EUSAGE, "cannot make a file for gnuplot: %s", strerror(errno));
    }
    if (fputs(script, s->file[0]) < 0 || fflush(s->file[0]) != 0 || fseek(s->file[0], 0, SEEK_SET) != 0)
        return npim_fail(error, NPIM_EUSAGE, "cannot write a file for gnuplot: %s", strerror(errno));
    return NPIM_OK;
}

/* In the child: never returns. */
static void become(const char *program, const streams *s) {
    char name[4096], factory[] = "-d";
    snprintf(name, sizeof name, "%s", program);
    char *const arguments[] = {name, factory, NULL};
    for (int i = 0; i < N_STREAMS; i++)
        if (dup2(fileno(s->file[i]), i) != i) _exit(1);
    setenv("LC_ALL", "C", 1);
    execvp(name, arguments);
    _exit(errno == ENOENT ? MISSING : MISSING - 1);
}

/* All of a stream with a 0 behind it, from malloc; NULL when there is no memory. */
static char *text_in(FILE *file, size_t *n) {
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    char *text = malloc((size_t)(size > 0 ? size : 0) + 1);
    rewind(file);
    *n = text && size > 0 ? fread(text, 1, (size_t)size, file) : 0;
    if (text) text[*n] = '\0';
    return text;
}

/* A loader that finds no memory for the program ends as a missing one does, but says so. */
static bool is_missing(int result, FILE *complaints) {
    return WIFEXITED(result) && WEXITSTATUS(result) == MISSING && fseek(complaints, 0, SEEK_END) == 0 &&
           ftell(complaints) == 0;
}

static npim_status failed(const char *program, FILE *complaints, npim_error *error) {
    size_t n;
    char *text = text_in(complaints, &n);
    for (char *c = text; c && *c; c++)
        if (iscntrl((unsigned char)*c)) *c = ' ';
    npim_status status = npim_fail(error, NPIM_EUSAGE, "%s failed: %.*s", program, COMPLAINT_SIZE,
                                   n > 0 ? text + strspn(text, " ") : "it says nothing");
    free(text);
    return status;
}

static npim_status run(const char *program, const streams *s, npim_error *error) {
    int result = 0;
    pid_t child = fork();
    if (child == 0) become(program, s);
    if (child < 0) return npim_fail(error, NPIM_EUSAGE, "%s: %s", program, strerror(errno));
    while (waitpid(child, &result, 0) < 0)
        if (errno != EINTR) return npim_fail(error, NPIM_EUSAGE, "%s: %s", program, strerror(errno));
    if (is_missing(result, s->file[2]))
        return npim_fail(error, NPIM_EUSAGE,
                         "%s is missing, which draws: install it (Debian, Ubuntu: apt install gnuplot-nox)",
                         program);
    return WIFEXITED(result) && WEXITSTATUS(result) == 0 ? NPIM_OK : failed(program, s->file[2], error);
}

npim_status npim_gnuplot_check(const char *program, npim_error *error) {
    streams s;
    npim_status status = open_streams(&s, "exit\n", error);
    if (status == NPIM_OK) status = run(program ? program : "gnuplot", &s, error);
    close_streams(&s);
    return status;
}

npim_status npim_gnuplot_draw(const char *program, const char *script, const char *path, npim_error *error) {
    streams s;
    size_t n = 0;
    char *picture = NULL;
    if (!program) program = "gnuplot";
    npim_status status = open_streams(&s, script, error);
    if (status == NPIM_OK) status = run(program, &s, error);
    if (status == NPIM_OK) {
        picture = text_in(s.file[1], &n);
        if (n == 0) status = failed(program, s.file[2], error);
    }
    if (status == NPIM_OK) status = npim_output_save(path, picture, error);
    free(picture);
    close_streams(&s);
    return status;
}

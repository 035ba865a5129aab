#include "sim/design/inverter_deck.h"

#include <errno.h>
#include <sha256.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_DECK_B = 1 << 20, MAX_WORDS = 6 };

void npim_sha256(const void *bytes, size_t n, char sha256[NPIM_SHA256_SIZE]) {
    SHA256Data(bytes, n, sha256);
}

void npim_inverter_deck_fini(npim_inverter_deck *deck) {
    free(deck->text);
    memset(deck, 0, sizeof *deck);
}

static npim_status read_file(npim_inverter_deck *deck, const char *path, size_t *n, npim_error *error) {
    FILE *in = fopen(path, "r");
    if (!in) return npim_fail(error, NPIM_ECONFIG, "%s: %s", path, strerror(errno));
    deck->text = malloc(MAX_DECK_B + 1);
    if (deck->text) *n = fread(deck->text, 1, MAX_DECK_B, in);
    bool more = deck->text && fgetc(in) != EOF;
    int reason = ferror(in) ? errno : 0;
    fclose(in);
    if (!deck->text) return npim_fail(error, NPIM_ENOMEM, "%s: no memory for a deck", path);
    deck->text[*n] = '\0';
    if (reason) return npim_fail(error, NPIM_ECONFIG, "%s: %s", path, strerror(reason));
    if (more) return npim_fail(error, NPIM_ECONFIG, "%s: larger than 1 MiB", path);
    if (strlen(deck->text) != *n) return npim_fail(error, NPIM_ECONFIG, "%s: holds a NUL byte", path);
    return NPIM_OK;
}

/* The first words of a line; returns how many. */
static int split(const char *line, char words[MAX_WORDS][16]) {
    int n = 0;
    for (const char *c = line; n < MAX_WORDS; n++) {
        c += strspn(c, " \t");
        size_t length = strcspn(c, " \t\r\n");
        if (length == 0) break;
        snprintf(words[n], sizeof words[n], "%.*s", (int)length, c);
        c += length;
    }
    return n;
}

static bool is_inverter(char words[MAX_WORDS][16], int n) {
    static const char *const wanted[] = {".subckt", "inverter", "in", "out", "vdd"};
    for (int i = 0; i < 5; i++)
        if (n <= i || strcasecmp(words[i], wanted[i]) != 0) return false;
    return true;
}

static bool is_allowed(const char *command) {
    static const char *const allowed[] = {".model", ".param", ".func", ".subckt", ".ends"};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcasecmp(command, allowed[i]) == 0) return true;
    return false;
}

static npim_status check(const npim_inverter_deck *deck, const char *path, npim_error *error) {
    bool found = false;
    unsigned number = 1;
    for (const char *line = deck->text; *line; line += strcspn(line, "\n"), line += *line == '\n', number++) {
        char words[MAX_WORDS][16];
        int n = split(line, words);
        if (n > 0 && words[0][0] == '.' && !is_allowed(words[0]))
            return npim_fail(error, NPIM_ECONFIG,
                             "%s:%u: %s: a deck of an inverter has .model, .param, .func, .subckt and .ends "
                             "alone",
                             path, number, words[0]);
        found |= is_inverter(words, n);
    }
    return found ? NPIM_OK : npim_fail(error, NPIM_ECONFIG, "%s: no line .subckt inverter in out vdd", path);
}

npim_status npim_inverter_deck_load(npim_inverter_deck *deck, const char *path, npim_error *error) {
    size_t n = 0;
    memset(deck, 0, sizeof *deck);
    npim_status status = read_file(deck, path, &n, error);
    if (status == NPIM_OK) status = check(deck, path, error);
    if (status == NPIM_OK)
        npim_sha256(deck->text, n, deck->sha256);
    else
        npim_inverter_deck_fini(deck);
    return status;
}

#include "sim/time_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* 10^digits ps; the longest first. */
static const struct {
    const char *name;
    unsigned digits;
    uint64_t ps;
} units[] = {
    {"s", 12, 1000000000000}, {"ms", 9, 1000000000}, {"us", 6, 1000000}, {"ns", 3, 1000}, {"ps", 0, 1}};

enum { N_UNITS = sizeof units / sizeof *units, MAX_DIGITS = 18 };

static size_t digits_in(const char *text) {
    return strspn(text, "0123456789");
}

/* The digits of a number without its point, continued with zeros: n of the whole, then n of the fraction. */
static uint64_t join(const char *whole, size_t n_whole, const char *fraction, size_t n_fraction,
                     size_t places) {
    uint64_t value = 0;
    for (size_t i = 0; i < n_whole; i++) value = value * 10 + (uint64_t)(whole[i] - '0');
    for (size_t i = 0; i < places; i++)
        value = value * 10 + (i < n_fraction ? (uint64_t)(fraction[i] - '0') : 0);
    return value;
}

const char *npim_time_read(const char *text, uint64_t *time_ps) {
    size_t n_whole = digits_in(text), n_fraction = 0;
    const char *fraction = text + n_whole;
    if (n_whole == 0) return NULL;
    if (*fraction == '.') {
        n_fraction = digits_in(++fraction);
        if (n_fraction == 0) return NULL;
    }
    const char *unit = fraction + n_fraction;
    for (size_t u = 0; u < N_UNITS; u++) {
        size_t length = strlen(units[u].name);
        if (strncmp(unit, units[u].name, length) != 0) continue;
        if (n_fraction > units[u].digits || n_whole + units[u].digits > MAX_DIGITS) return NULL;
        *time_ps = join(text, n_whole, fraction, n_fraction, units[u].digits);
        return unit + length;
    }
    return NULL;
}

void npim_time_text(uint64_t time_ps, char *text, size_t size) {
    size_t u = 0;
    while (u + 1 < N_UNITS && time_ps < units[u].ps) u++;
    int n = snprintf(text, size, "%" PRIu64, time_ps / units[u].ps);
    if (n < 0 || (size_t)n >= size) return;
    uint64_t rest = time_ps % units[u].ps;
    char fraction[MAX_DIGITS + 2] = "";
    if (rest > 0) {
        snprintf(fraction, sizeof fraction, ".%0*" PRIu64, (int)units[u].digits, rest);
        for (size_t end = strlen(fraction); fraction[end - 1] == '0'; end--) fraction[end - 1] = '\0';
    }
    snprintf(text + n, size - (size_t)n, "%s%s", fraction, units[u].name);
}

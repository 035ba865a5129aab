#include "sim/wave_request.h"

#include <stdlib.h>
#include <string.h>

/* A whole number, or one with a fraction, and a unit: "10us", "2.5ns". Exact: the fraction is digits of ps.
 */
static const char *read_time(const char *text, uint64_t *time_ps) {
    static const struct {
        const char *name;
        uint32_t digits; /* 10^digits ps */
    } units[] = {{"ps", 0}, {"ns", 3}, {"us", 6}, {"ms", 9}};
    size_t whole = strspn(text, "0123456789");
    size_t fraction = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    const char *unit = text + whole + (text[whole] == '.' ? 1 + fraction : 0);
    if (whole == 0 || (text[whole] == '.' && fraction == 0)) return NULL;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        if (strncmp(unit, units[u].name, 2) != 0) continue;
        if (fraction > units[u].digits || whole + units[u].digits > 18) return NULL;
        *time_ps = 0;
        for (size_t i = 0; i < whole; i++) *time_ps = *time_ps * 10 + (uint64_t)(text[i] - '0');
        for (size_t i = 0; i < units[u].digits; i++)
            *time_ps = *time_ps * 10 + (i < fraction ? (uint64_t)(text[whole + 1 + i] - '0') : 0);
        return unit + 2;
    }
    return NULL;
}

static npim_status read_window(npim_wave_request *request, const char *text, npim_error *error) {
    const char *at = read_time(text, &request->from_ps);
    if (at) at = *at == ':' ? read_time(at + 1, &request->to_ps) : NULL;
    if (!at || *at != '\0')
        return npim_fail(
            error, NPIM_EUSAGE,
            "--wave-window %s: must be FROM:TO with units ps, ns, us or ms, as in 10us:20us, in whole ps",
            text);
    if (request->from_ps >= request->to_ps)
        return npim_fail(error, NPIM_EUSAGE, "--wave-window %s: FROM must be before TO", text);
    return NPIM_OK;
}

static npim_status read_limit(npim_wave_request *request, const char *text, npim_error *error) {
    size_t digits = strspn(text, "0123456789");
    unsigned long limit = digits > 0 && digits < 8 && text[digits] == '\0' ? strtoul(text, NULL, 10) : 0;
    if (limit < 1 || limit > NPIM_WAVE_MAX_LIMIT)
        return npim_fail(error, NPIM_EUSAGE, "--wave-max %s: must be a whole number in 1..%d", text,
                         NPIM_WAVE_MAX_LIMIT);
    request->max_signals = (uint32_t)limit;
    return NPIM_OK;
}

static npim_status check_path(const char *path, npim_error *error) {
    size_t length = strlen(path), ending = strlen(".vcd");
    const char *slash = strrchr(path, '/');
    if (length >= ending && strcmp(path + length - ending, ".vcd") == 0 &&
        (size_t)(path + length - (slash ? slash + 1 : path)) > ending)
        return NPIM_OK;
    return npim_fail(error, NPIM_EUSAGE, "--wave %s: the name must end in .vcd, the only format there is",
                     path);
}

npim_status npim_wave_request_read(npim_wave_request *request, const npim_options *o, npim_error *error) {
    *request = (npim_wave_request){
        .scope = o->wave_scope, .to_ps = UINT64_MAX, .max_signals = NPIM_WAVE_MAX_SIGNALS};
    if (!o->wave && !o->wave_list && (o->wave_scope || o->wave_window || o->wave_max))
        return npim_fail(error, NPIM_EUSAGE,
                         "--wave-scope, --wave-window and --wave-max go with --wave FILE.vcd");
    if (o->wave_window) {
        npim_status status = read_window(request, o->wave_window, error);
        if (status != NPIM_OK) return status;
    }
    if (o->wave_max) {
        npim_status status = read_limit(request, o->wave_max, error);
        if (status != NPIM_OK) return status;
    }
    if (!o->wave) return NPIM_OK;
    if (!o->wave_scope)
        return npim_fail(
            error, NPIM_EUSAGE,
            "--wave %s: which signals? --wave-scope 'chip_0.tile_003.**' (--wave-list names them)", o->wave);
    request->path = o->wave;
    return check_path(o->wave, error);
}

#include "sim/wave_request.h"

#include "sim/time_text.h"

#include <stdlib.h>
#include <string.h>

static npim_status read_window(npim_wave_request *request, const char *text, npim_error *error) {
    const char *at = npim_time_read(text, &request->from_ps);
    if (at) at = *at == ':' ? npim_time_read(at + 1, &request->to_ps) : NULL;
    if (!at || *at != '\0')
        return npim_fail(
            error, NPIM_EUSAGE,
            "--wave-window %s: must be FROM:TO with units ps, ns, us, ms or s, as in 10us:20us, in whole ps",
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

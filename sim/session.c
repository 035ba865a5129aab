#include "sim/session.h"

void npim_session_fini(npim_session *s) {
    npim_result_fini(&s->result);
    npim_measurement_fini(&s->measurement);
    npim_map_fini(&s->map);
    npim_graph_fini(&s->graph);
    npim_network_fini(&s->network);
    npim_arch_fini(&s->arch);
}

const char *npim_session_arch_name(const npim_session *s) {
    return s->options.arch ? s->options.arch : "neural-pim";
}

static npim_status load_arch(npim_session *s, const char *name, npim_error *error) {
    npim_status status = npim_find_arch(name, s->arch_path, error);
    if (status != NPIM_OK) return status;
    return npim_arch_load(&s->arch, s->arch_path, s->options.assignments, s->options.n_assignments, error);
}

npim_status npim_session_load_arch(npim_session *s, npim_error *error) {
    const npim_options *o = &s->options;
    if (o->subject && o->arch)
        return npim_fail(error, NPIM_EUSAGE, "%s and --arch %s: one architecture only", o->subject, o->arch);
    return load_arch(s, o->subject ? o->subject : npim_session_arch_name(s), error);
}

npim_status npim_session_load_network(npim_session *s, npim_error *error) {
    if (!s->options.subject)
        return npim_fail(error, NPIM_EUSAGE, "which network? A path, or a name such as googlenet");
    npim_status status = npim_find_network(s->options.subject, s->network_path, error);
    if (status == NPIM_OK) status = npim_network_load(&s->network, s->network_path, error);
    return status == NPIM_OK ? load_arch(s, npim_session_arch_name(s), error) : status;
}

npim_status npim_session_map(npim_session *s, const npim_stop *stop, npim_error *error) {
    npim_status status = npim_graph_build(&s->graph, &s->network, stop, error);
    if (status == NPIM_OK) status = npim_map_make(&s->map, &s->arch, &s->network, &s->graph, stop, error);
    return status;
}

/* What a command works on: the words of the user, and what was loaded and computed from them. */
#ifndef NPIM_SIM_SESSION_H
#define NPIM_SIM_SESSION_H

#include "sim/find.h"
#include "sim/options.h"
#include "sim/result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Starts zeroed, with the options read; a command fills in what it needs. */
typedef struct npim_session {
    npim_options options;
    char network_path[NPIM_PATH_SIZE], arch_path[NPIM_PATH_SIZE]; /* of what was loaded */
    npim_arch arch;
    npim_network network;
    npim_graph graph;
    npim_map map;
    npim_measurement measurement;
    npim_result result;
} npim_session;

/* Frees what was loaded; safe on a zeroed session, safe twice. */
void npim_session_fini(npim_session *session);

/* The architecture of a command whose name is a network: --arch, or neural-pim. */
const char *npim_session_arch_name(const npim_session *session);

/* Loads the architecture that the command is about: its name, or --arch, or neural-pim. NPIM_EUSAGE when both
 * are given; else as npim_find_arch and npim_arch_load. */
NPIM_MUST_USE npim_status npim_session_load_arch(npim_session *session, npim_error *error);

/* Loads the network that the command is about, and the architecture. NPIM_EUSAGE without a network; else as
 * the steps say: find, load. */
NPIM_MUST_USE npim_status npim_session_load_network(npim_session *session, npim_error *error);

/* Maps the loaded network onto the loaded architecture. stop may be NULL, and must outlive the session. As
 * the steps say: build, make. */
NPIM_MUST_USE npim_status npim_session_map(npim_session *session, const npim_stop *stop, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

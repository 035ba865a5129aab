/* The commands: a function each, and a row of the table in sim/commands.c. Only these print. */
#ifndef NPIM_SIM_COMMAND_H
#define NPIM_SIM_COMMAND_H

#include "sim/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One command. Its help is made of these texts and of the table of options. */
typedef struct npim_command {
    const char *name;
    npim_status (*run)(npim_session *session, npim_error *error);
    npim_option_set options;
    const char *subject; /* its name in the usage: "NETWORK"; "[ARCHITECTURE]" where it may be left out */
    const char *summary; /* half a line, for `npim --help` */
    const char *text;    /* what it does, in whole lines */
    const char *example; /* behind "npim NAME " */
} npim_command;

/* sim/command_replay.c: simulates, and writes the results where --out says. */
NPIM_MUST_USE npim_status npim_command_replay(npim_session *session, npim_error *error);

/* sim/command_infer.c: values alone, of many images. */
NPIM_MUST_USE npim_status npim_command_infer(npim_session *session, npim_error *error);

/* sim/command_show.c: what can be said without simulating. */
NPIM_MUST_USE npim_status npim_command_map(npim_session *session, npim_error *error);
NPIM_MUST_USE npim_status npim_command_describe(npim_session *session, npim_error *error);
NPIM_MUST_USE npim_status npim_command_config(npim_session *session, npim_error *error);

/* sim/command_compare.c: results or architectures side by side. */
NPIM_MUST_USE npim_status npim_command_compare(npim_session *session, npim_error *error);

/* sim/command_design.c: makes a peripheral circuit, or the table of an inverter. */
NPIM_MUST_USE npim_status npim_command_design(npim_session *session, npim_error *error);

/* sim/command_characterize.c: measures one, made or from a file. */
NPIM_MUST_USE npim_status npim_command_characterize(npim_session *session, npim_error *error);

/* sim/command_import.c: turns a trained network into a trace with values. */
NPIM_MUST_USE npim_status npim_command_import(npim_session *session, npim_error *error);

/* sim/command_reproduce.c: makes the published evaluation anew. */
NPIM_MUST_USE npim_status npim_command_reproduce(npim_session *session, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* The help texts, made of the table of commands and the table of options. */
#ifndef NPIM_SIM_HELP_H
#define NPIM_SIM_HELP_H

#include "sim/command.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The usage of the program: all commands with a summary, and the exit codes. NULL when memory runs out; the
 * caller frees it. */
char *npim_help_program(const npim_command *commands, size_t n_commands);

/* `npim COMMAND --help`: usage, what it does, its options, an example. NULL and ownership as above. */
char *npim_help_command(const npim_command *command);

#ifdef __cplusplus
}
#endif
#endif

/* The commands of npim: one function each, which returns the exit code. Only these print. */
#ifndef NPIM_SIM_COMMANDS_H
#define NPIM_SIM_COMMANDS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the program: argv[1] is the command. Exit codes: 0 done, 1 a comparison failed, 2 usage (or an output
 * that cannot be written), 3 bad configuration or trace, 4 unsupported layer, 5 does not fit, 6 an invariant
 * broke, 130 interrupted. */
int npim_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif

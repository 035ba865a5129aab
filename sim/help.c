#include "sim/help.h"

#include <stdio.h>

char *npim_help_program(const npim_command *commands, size_t n_commands) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fprintf(out, "usage: npim COMMAND [options]\n\n");
    for (size_t i = 0; i < n_commands; i++)
        fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fprintf(out,
            "\n"
            "npim COMMAND --help says more. Exit codes: 0 done, 2 usage or an output that cannot be written, "
            "3 bad\n"
            "configuration or trace, 4 unsupported layer, 5 does not fit, 6 an invariant broke or memory ran "
            "out, "
            "130\n"
            "interrupted.\n"
            "\n"
            "example: npim replay googlenet\n");
    fclose(out);
    return text;
}

char *npim_help_command(const npim_command *command) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    fprintf(out, "usage: npim %s %s [options]\n\n%s\n", command->name, command->subject, command->text);
    npim_options_describe(&command->options, out);
    fprintf(out, "\nexample: npim %s %s\n", command->name, command->example);
    fclose(out);
    return text;
}

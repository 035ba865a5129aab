#include "sim/commands.h"

#include "sim/command.h"
#include "sim/doc.h"
#include "sim/help.h"
#include "sim/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A new command is a row here and its function. */
static const npim_command commands[] = {
    {.name = "replay",
     .run = npim_command_replay,
     .options = {.subject = true,
                 .arch = true,
                 .out = true,
                 .json = true,
                 .set = true,
                 .images_or_file = true,
                 .values = true,
                 .chips = true,
                 .seed = true,
                 .stages = true,
                 .wave = true,
                 .power_step = true},
     .subject = "NETWORK",
     .summary = "replay a network on a chip: time, energy and area per layer and block",
     .text =
         "Maps the network onto a chip, replays it with timed transactions and gives latency, throughput,\n"
         "energy and area per layer and per block. NETWORK is a path or a name in ./traces, beside the\n"
         "program, or in the share folder. With images from a file, or random values, it computes the\n"
         "values of the run too, as `npim infer` does (without its comparison).\n",
     .example = "googlenet --arch isaac --images 16 --out results"},
    {.name = "infer",
     .run = npim_command_infer,
     .options = {.subject = true,
                 .arch = true,
                 .json = true,
                 .set = true,
                 .seed = true,
                 .image_file = true,
                 .values = true},
     .subject = "NETWORK",
     .summary = "compute the values of a network with tensors: accuracy, SINAD, clipping",
     .text =
         "Runs images through a network on the arrays and converters of an architecture, without time and\n"
         "energy. Modes: ideal, exact integers, compared with an integer reference; quantised, perfect\n"
         "devices behind the real resolutions, compared with a second integer model; analog, devices and\n"
         "peripheral circuits with their non-idealities, all from the seed. Gives accuracy in float, int8\n"
         "and that mode, and for every layer the SINAD against exact products, the share of clipped\n"
         "conversions, and V_max. Same input and seed, same result, on any machine and number of threads.\n",
     .example = "traces/digits --images images.npy --labels labels.npy --mode analog"},
    {.name = "map",
     .run = npim_command_map,
     .options = {.subject = true,
                 .arch = true,
                 .json = true,
                 .set = true,
                 .images = true,
                 .chips = true,
                 .seed = true},
     .subject = "NETWORK",
     .summary = "show how a network is placed",
     .text =
         "Shows where every layer lies: row chunks, column blocks, replicas, tiles, and what is left free.\n",
     .example = "mobilenet_v1 --arch cascade"},
    {.name = "describe",
     .run = npim_command_describe,
     .options = {.subject = true, .arch = true, .json = true, .set = true},
     .subject = "[ARCHITECTURE]",
     .summary = "show what an architecture holds",
     .text = "Shows what a chip holds, its power, area and peak operations, with source and tag of every\n"
             "figure (S sourced, S2 at second hand, D derived, A assumed, C calibrated).\n",
     .example = "isaac-16bit"},
    {.name = "config",
     .run = npim_command_config,
     .options = {.subject = true, .arch = true, .set = true, .reference = true},
     .subject = "[ARCHITECTURE]",
     .summary = "show the configuration, or every key there is",
     .text = "Prints the effective configuration with the origin of each value, as a file that --arch reads\n"
             "again.\n",
     .example = "cascade --set pe.cycle_ns=100"},
    {.name = "compare",
     .run = npim_command_compare,
     .options = {.subjects = true, .json = true},
     .subject = "RESULT RESULT...",
     .summary = "compare results, or architectures, side by side",
     .text =
         "Shows two or more results directories (npim replay --out), or two or more architectures (paths or\n"
         "names), side by side, with the ratio of each to the first, and whether that is better or worse.\n"
         "Results of the same network are compared layer by layer too; - stands for a layer that one of\n"
         "them does not have. A file that ends in .json is taken as what npim replay --json has printed.\n"
         "\n"
         "Published for Neural-PIM against ISAAC and CASCADE: energy efficiency 5.36 and 1.73, throughput\n"
         "3.43 and 1.59, without the constant part and with all arrays always busy. Four values of the\n"
         "architecture files are calibrated to these ratios: agreement is a fit, not a validation.\n",
     .example = "isaac cascade neural-pim"},
    {.name = "design",
     .run = npim_command_design,
     .options = {.subject = true, .circuit = true, .design = true, .json = true},
     .subject = "neural-sa|neural-adc|inverter",
     .summary = "design a neural peripheral circuit",
     .text =
         "Designs the neural shift-and-add (NNS+A) or the neural A/D converter (NNADC) of RRAM cells and\n"
         "inverters, measures it, and with --out writes it as a file. `inverter` makes the table of an\n"
         "inverter's transfer curve anew with ngspice, from the deck beside it.\n",
     .example = "neural-adc --bits 8 --multiplicity 4 --out neural_adc_8bit.toml"},
    {.name = "characterize",
     .run = npim_command_characterize,
     .options = {.subject = true, .circuit = true, .characterize = true, .json = true},
     .subject = "neural-sa|neural-adc|dataflow|FILE",
     .summary = "measure a neural peripheral circuit, nominal and varied",
     .text =
         "Measures a circuit as the options describe it, or a file of `npim design`: a converter's DNL,\n"
         "INL, ENOB, SINAD and missing codes, a shift-and-add's SINAD after all input cycles; nominal,\n"
         "and median and deciles of varied circuits. `dataflow` gives the SINAD of whole dot products\n"
         "under the strategies A (digitise every partial sum), B (buffer them in RRAM) and C (NNS+A, then\n"
         "the NNADC that the options describe), of 5 varied arrays.\n",
     .example = "neural-adc --bits 8 --sigma 0.025 --samples 100"},
    {.name = "import",
     .run = npim_command_import,
     .options = {.subject = true, .import = true, .json = true},
     .subject = "MODEL.onnx",
     .summary = "turn a trained network into a trace with values",
     .text =
         "Reads an ONNX model, folds batch normalisation, quantises weights to int8 per output channel and\n"
         "activations to 8 bit, with scales that fit the calibration images, and writes a trace: a folder\n"
         "with network.toml, tensors/*.npy and the images as calibrate.npy.\n",
     .example = "traces/digits/digits.onnx --calibrate traces/digits/calibrate.npy -o digits"},
    {.name = "reproduce",
     .run = npim_command_reproduce,
     .options = {.reproduce = true, .json = true},
     .subject = "",
     .summary = "make the published evaluation anew, as a report",
     .text =
         "Makes the evaluation of Neural-PIM anew from this model and puts it beside what is published: a\n"
         "folder with report.html, the CSV and the picture of every figure, summary.json and manifest.json.\n"
         "Results of finished runs are kept in its folder runs: a second call, or one after a call that was\n"
         "broken off, makes only what is missing or has changed. Four values of the architecture files are\n"
         "calibrated to the four published ratios: agreement is a fit, not a validation. Needs gnuplot.\n",
     .example = "--quick --out reproduction"},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static int exit_code(npim_status status) {
    switch (status) {
    case NPIM_OK:
        return 0;
    case NPIM_EUSAGE:
        return 2;
    case NPIM_ECONFIG:
        return 3;
    case NPIM_EUNSUPPORTED:
        return 4;
    case NPIM_EFIT:
        return 5;
    case NPIM_EINTERRUPTED:
        return 130;
    case NPIM_EINVARIANT:
    case NPIM_ENOMEM:
        break;
    }
    return 6;
}

static int complain(npim_status status, const npim_error *error) {
    if (status != NPIM_OK) fprintf(stderr, "npim: %s\n", error->message);
    return exit_code(status);
}

static int run_command(const npim_command *command, int argc, char **argv) {
    npim_error error = {NPIM_OK, ""};
    npim_session *s = calloc(1, sizeof *s);
    if (!s) return complain(npim_fail(&error, NPIM_ENOMEM, "out of memory"), &error);
    npim_status status = npim_options_read(&s->options, &command->options, 2, argc, argv, &error);
    if (status == NPIM_OK && s->options.help)
        status = npim_print_text(npim_help_command(command), &error);
    else if (status == NPIM_OK)
        status = command->run(s, &error);
    npim_session_fini(s);
    free(s);
    return complain(status, &error);
}

static const char *nearest_command(const char *name) {
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) names[i] = commands[i].name;
    return npim_nearest(name, names, N_COMMANDS);
}

static int refuse_command(const char *name) {
    const char *offer = nearest_command(name);
    char *usage = npim_help_program(commands, N_COMMANDS);
    fprintf(stderr, "npim: %s%s%s%s%s\n%s", *name ? "unknown command " : "which command?", name,
            offer ? " (did you mean " : "", offer ? offer : "", offer ? "?)" : "", usage ? usage : "");
    free(usage);
    return exit_code(NPIM_EUSAGE);
}

int npim_main(int argc, char **argv) {
    npim_error error = {NPIM_OK, ""};
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0) return run_command(&commands[i], argc, argv);
    if (strcmp(name, "--help") == 0)
        return complain(npim_print_text(npim_help_program(commands, N_COMMANDS), &error), &error);
    if (strcmp(name, "--version") == 0)
        return complain(npim_print_text(strdup("npim " NPIM_VERSION "\n"), &error), &error);
    return refuse_command(name);
}

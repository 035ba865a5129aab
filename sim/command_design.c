#include "sim/command.h"

#include "sim/design/characterize.h"
#include "sim/design/design_file.h"
#include "sim/design/design_settle.h"
#include "sim/design/netlist_of.h"
#include "sim/design/options_bind.h"
#include "sim/design/output.h"
#include "sim/interrupt.h"
#include "sim/print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void cut_name(char *path) {
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    else
        memcpy(path, ".", 2);
}

static bool same_folder(const char *a, const char *b) {
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

/* A deck that does not lie beside the file needs its whole path. */
static npim_status place_deck(npim_inverter_table *table, const char *folder, const char *out,
                              npim_error *error) {
    char there[NPIM_PATH_SIZE], here[NPIM_PATH_SIZE] = "", deck[NPIM_DECK_NAME_SIZE];
    if (snprintf(there, sizeof there, "%s", out) >= (int)sizeof there)
        return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", out);
    cut_name(there);
    if (table->deck[0] == '\0' || same_folder(there, folder)) return NPIM_OK;
    if (folder[0] != '/' && !getcwd(here, sizeof here))
        return npim_fail(error, NPIM_EUSAGE, "the current folder has no name: %s", strerror(errno));
    if (snprintf(deck, sizeof deck, "%s%s%s/%s", here, *here ? "/" : "", folder, table->deck) >=
        (int)sizeof deck)
        return npim_fail(error, NPIM_EUSAGE, "%s/%s: the path of the deck is longer than %d bytes", folder,
                         table->deck, NPIM_DECK_NAME_SIZE - 1);
    memcpy(table->deck, deck, sizeof deck);
    return NPIM_OK;
}

static npim_status save(npim_design *design, const char *folder, const npim_options *options,
                        npim_error *error) {
    npim_status status = place_deck(&design->inverter, folder, options->out, error);
    if (status == NPIM_OK) status = place_deck(&design->residue, folder, options->out, error);
    return status == NPIM_OK ? npim_design_save(design, options->out, options->force, error) : status;
}

/* --circuit: 0 is the nominal one, from 1 on the samples. */
static npim_status read_circuit(uint32_t *circuit, const npim_options *options, npim_error *error) {
    static const npim_field field = {"circuit", NPIM_KIND_U32, 0, 0,    100000,
                                     "",        false,         0, NULL, "whose netlist is written"};
    const npim_option_value given = {"circuit", "--circuit", options->circuit};
    if (!options->spice && (options->circuit || options->transient))
        return npim_fail(error, NPIM_EUSAGE, "%s: of the netlist that --spice writes",
                         options->circuit ? "--circuit" : "--transient");
    return npim_options_bind(&given, 1, &field, 1, circuit, error);
}

static npim_status write_netlist(const npim_design *design, const char *folder, const npim_options *options,
                                 const npim_sampling *sampling, npim_error *error) {
    uint32_t circuit;
    char *text = NULL, deck[NPIM_PATH_SIZE];
    if (snprintf(deck, sizeof deck, "%s/%s", folder, design->inverter.deck) >= (int)sizeof deck)
        return npim_fail(error, NPIM_EUSAGE, "%s: the name is too long", folder);
    const npim_circuit_variation variation = npim_sampling_variation(sampling);
    npim_status status = read_circuit(&circuit, options, error);
    if (status != NPIM_OK) return status;
    const npim_random random = {sampling->seed, circuit - 1};
    const npim_netlist_request request = {.deck_path = deck,
                                          .variation = &variation,
                                          .random = circuit > 0 ? &random : NULL,
                                          .steps = options->transient};
    status = npim_design_netlist(design, &request, &text, error);
    if (status != NPIM_OK) return status;
    status = npim_output_save(options->spice, text, error);
    free(text);
    return status;
}

static npim_status show(const npim_characterization *result, const npim_options *options, npim_error *error) {
    return options->json ? npim_print_json(npim_characterization_json(result), error)
                         : npim_print_text(npim_characterization_text(result), error);
}

/* What can be said before anything is made: training takes its time. */
static npim_status read_words(npim_design_request *request, npim_sampling *sampling,
                              const npim_options *options, npim_error *error) {
    uint32_t circuit;
    npim_status status = npim_design_request_read(request, options, error);
    if (status == NPIM_OK) status = npim_sampling_read(sampling, options, error);
    if (status == NPIM_OK) status = read_circuit(&circuit, options, error);
    if (status == NPIM_OK) status = npim_output_check(options->out, options->force, error);
    if (status == NPIM_OK) status = npim_output_check(options->spice, options->force, error);
    if (status == NPIM_OK) status = npim_output_apart(options->out, options->spice, error);
    request->stop = sampling->stop = npim_interrupt_catch();
    return status;
}

/* Files last, when all that can fail is done. The figures go into the file, too. */
static npim_status make(npim_design *design, const npim_design_request *request,
                        const npim_sampling *sampling, const npim_options *options, const char *folder,
                        npim_error *error) {
    npim_characterization result;
    npim_status status = npim_design_make(design, request, folder, error);
    if (status == NPIM_OK && options->settle) status = npim_design_settle_in(design, folder, error);
    if (status == NPIM_OK) status = npim_characterize(&result, design, sampling, error);
    if (status == NPIM_OK) status = npim_design_achieve(design, &result, error);
    if (status == NPIM_OK && options->spice) status = write_netlist(design, folder, options, sampling, error);
    if (status == NPIM_OK && options->out) status = save(design, folder, options, error);
    return status == NPIM_OK ? show(&result, options, error) : status;
}

static npim_status design_circuit(const npim_options *options, const char *folder, npim_error *error) {
    npim_design_request request;
    npim_sampling sampling;
    npim_status status = read_words(&request, &sampling, options, error);
    if (status != NPIM_OK) return status;
    npim_design *design = calloc(1, sizeof *design);
    if (!design) return npim_fail(error, NPIM_ENOMEM, "no memory for a design");
    status = make(design, &request, &sampling, options, folder, error);
    npim_design_fini(design);
    free(design);
    return status;
}

/* An inverter is its card: the other options describe circuits of cells. */
static npim_status refuse_idle(const npim_options *o, npim_error *error) {
    const struct {
        const char *option, *value;
    } given[] = {{"--method", o->method},
                 {"--code", o->code},
                 {"--bits", o->bits},
                 {"--dac-bits", o->dac_bits},
                 {"--cell-bits", o->cell_bits},
                 {"--multiplicity", o->multiplicity},
                 {"--v-max", o->v_max},
                 {"--hidden", o->hidden},
                 {"--runs", o->runs},
                 {"--seed", o->circuit_seed},
                 {"--sigma", o->sigma},
                 {"--samples", o->samples},
                 {"--spice", o->spice},
                 {"--circuit", o->circuit},
                 {"--offset-mV", o->offset},
                 {"--node-fF", o->node},
                 {"--stuck-on", o->stuck_on},
                 {"--stuck-off", o->stuck_off},
                 {"--settle", o->settle ? "" : NULL},
                 {"--loaded", o->loaded ? "" : NULL},
                 {"--transient", o->transient ? "" : NULL}};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i].value)
            return npim_fail(error, NPIM_EUSAGE, "%s%s%s: says nothing to an inverter", given[i].option,
                             *given[i].value ? " " : "", given[i].value);
    return NPIM_OK;
}

static npim_status show_table(const npim_inverter_table *table, bool json, npim_error *error) {
    double threshold_V = npim_inverter_threshold_V(&table->inverter);
    double gain = npim_inverter_gain(&table->inverter, threshold_V);
    if (!json) {
        char text[NPIM_DECK_NAME_SIZE + 128];
        snprintf(text, sizeof text, "%s: threshold %.4f V, largest gain %.2f, by %s\n", table->deck,
                 threshold_V, gain, table->simulator);
        return npim_print_text(strdup(text), error);
    }
    cJSON *root = cJSON_CreateObject();
    if (cJSON_AddStringToObject(root, "circuit", "inverter") &&
        cJSON_AddStringToObject(root, "deck", table->deck) &&
        cJSON_AddNumberToObject(root, "threshold_V", threshold_V) &&
        cJSON_AddNumberToObject(root, "gain", gain) &&
        cJSON_AddStringToObject(root, "simulator", table->simulator))
        return npim_print_json(root, error);
    cJSON_Delete(root);
    return npim_fail(error, NPIM_ENOMEM, "no memory for the figures");
}

/* Made anew from the deck, it must be the table that is there. */
static npim_status design_inverter(const npim_options *options, const char *folder, npim_error *error) {
    char deck[NPIM_PATH_SIZE];
    const char *card = options->card ? options->card : "sc";
    const npim_inverter_sweep sweep = {.vdd_V = 1, .temperature_C = 27, .width = 1};
    const npim_spice spice = {.stop = npim_interrupt_catch()};
    if (strcmp(card, "sc") != 0 && strcmp(card, "b4") != 0)
        return npim_fail(error, NPIM_EUSAGE, "--card %s: must be one of sc, b4", card);
    npim_inverter_table *table = calloc(1, sizeof *table);
    if (!table) return npim_fail(error, NPIM_ENOMEM, "no memory for a table");
    snprintf(deck, sizeof deck, "%.4000s/inverter_%s.cir", folder, card);
    npim_status status = refuse_idle(options, error);
    if (status == NPIM_OK) status = npim_output_check(options->out, options->force, error);
    if (status == NPIM_OK) status = npim_inverter_table_make(table, deck, &sweep, &spice, error);
    if (status == NPIM_OK && options->out) status = place_deck(table, folder, options->out, error);
    if (status == NPIM_OK && options->out) status = npim_inverter_table_save(table, options->out, error);
    if (status == NPIM_OK) status = show_table(table, options->json, error);
    free(table);
    return status;
}

npim_status npim_command_design(npim_session *s, npim_error *error) {
    char folder[NPIM_PATH_SIZE];
    npim_status status = npim_find_circuit("inverter_sc", folder, error);
    if (status != NPIM_OK) return status;
    cut_name(folder);
    if (s->options.subject && strcmp(s->options.subject, "inverter") == 0)
        return design_inverter(&s->options, folder, error);
    return design_circuit(&s->options, folder, error);
}

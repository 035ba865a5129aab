#include "sim/design/request.h"

#include "sim/design/neural_adc.h"
#include "sim/design/options_bind.h"
#include "sim/design/train_adc.h"

enum { TRAINED_BITS = 4 };

const char *const npim_design_kind_names[] = {"neural-sa", "neural-adc", NULL};
static const char *const method_names[] = {"synthesised", "trained", NULL};
static const char *const card_names[] = {"sc", "b4", NULL};
static const char *const code_names[] = {"binary", "gray", "thermometer", "pipeline", NULL};

#define AT(member) offsetof(npim_design_request, member)
const npim_field npim_design_fields[] = {
    {"circuit", NPIM_KIND_ENUM, AT(kind), 0, 1, "", true, 0, npim_design_kind_names, "what it is for"},
    {"method", NPIM_KIND_ENUM, AT(method), 0, 1, "", false, NPIM_DESIGN_SYNTHESISED, method_names,
     "integer cells found by a rule, or a network trained by gradient"},
    {"card", NPIM_KIND_ENUM, AT(card), 0, 1, "", false, NPIM_CARD_SC, card_names,
     "of the inverters: short-channel-like (gain 20), or BSIM4 (gain 9)"},
    {"code", NPIM_KIND_ENUM, AT(code), 0, 3, "", false, NPIM_CODE_THERMOMETER, code_names,
     "wires of a converter; above 6 bit always a pipeline"},
    {"bits", NPIM_KIND_U32, AT(bits), 1, NPIM_ADC_MAX_BITS, "bit", false, 8, NULL, "of the converter"},
    {"dac_bits", NPIM_KIND_U32, AT(dac_bits), 1, 8, "bit", false, 1, NULL,
     "input bits of a cycle: 1, 2, 4 or 8"},
    {"multiplicity", NPIM_KIND_U32, AT(multiplicity), 1, 16, "", false, 4, NULL, "cells for accuracy"},
    {"cell_bits", NPIM_KIND_U32, AT(cell_bits), 1, 8, "bit", false, 3, NULL, "levels of a cell"},
    {"v_max_V", NPIM_KIND_DOUBLE, AT(v_max_V), 0, 5, "V", false, 0, NULL,
     "full scale of the converter: half the supply +- v_max; 0: the supply"},
    {"loaded", NPIM_KIND_BOOL, AT(loaded), 0, 1, "", false, 0, NULL,
     "residue inverter's curve as it is under its load: by ngspice"},
    {"settle", NPIM_KIND_BOOL, AT(settle), 0, 1, "", false, 0, NULL,
     "settling time and energy from a transient run of ngspice"},
    {"hidden", NPIM_KIND_U32, AT(hidden), 1, 256, "", false, 16, NULL, "rows of a trained network"},
    {"runs", NPIM_KIND_U32, AT(runs), 1, 100, "", false, 5, NULL, "trainings, of which the best is taken"},
    {"seed", NPIM_KIND_U64, AT(seed), 0, 9007199254740991.0, "", false, 1, NULL, "of training"},
};
#undef AT
const size_t npim_n_design_fields = sizeof npim_design_fields / sizeof *npim_design_fields;

void npim_design_request_complete(npim_design_request *r) {
    if (r->kind == NPIM_DESIGN_NEURAL_ADC && r->bits > NPIM_ADC_STAGE_MAX_BITS) r->code = NPIM_CODE_PIPELINE;
}

/* A trained converter has one stage, of 4 bit unless the user says so, and the supply is its full scale. */
static npim_status trained(npim_design_request *r, const npim_options *o, npim_error *error) {
    if (r->kind != NPIM_DESIGN_NEURAL_ADC) return NPIM_OK;
    if (!o->bits) r->bits = TRAINED_BITS;
    if (r->bits > NPIM_TRAIN_ADC_MAX_BITS)
        return npim_fail(error, NPIM_EUSAGE, "--bits %u: a trained converter has one stage, of 1..%d bit",
                         r->bits, NPIM_TRAIN_ADC_MAX_BITS);
    if (r->v_max_V > 0)
        return npim_fail(error, NPIM_EUSAGE,
                         "--v-max %g: the full scale of a trained converter is the supply", r->v_max_V);
    return NPIM_OK;
}

/* Who an option says something to. */
enum { OF_SA = 1, OF_ADC = 2, OF_RULE = 4, OF_TRAINED = 8 };

static npim_status refuse_idle(const npim_design_request *r, const npim_options *o, npim_error *error) {
    const struct {
        const char *option, *value;
        unsigned of;
    } rows[] = {{"--bits", o->bits, OF_ADC | OF_RULE | OF_TRAINED},
                {"--code", o->code, OF_ADC | OF_RULE | OF_TRAINED},
                {"--v-max", o->v_max, OF_ADC | OF_RULE | OF_TRAINED},
                {"--loaded", o->loaded ? "" : NULL, OF_ADC | OF_RULE},
                {"--dac-bits", o->dac_bits, OF_SA | OF_RULE | OF_TRAINED},
                {"--hidden", o->hidden, OF_SA | OF_ADC | OF_TRAINED},
                {"--runs", o->runs, OF_SA | OF_ADC | OF_TRAINED}};
    unsigned kind = r->kind == NPIM_DESIGN_NEURAL_ADC ? OF_ADC : OF_SA;
    unsigned method = r->method == NPIM_DESIGN_TRAINED ? OF_TRAINED : OF_RULE;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].value && (!(rows[i].of & kind) || !(rows[i].of & method)))
            return npim_fail(error, NPIM_EUSAGE, "%s%s%s: says nothing to a %s %s", rows[i].option,
                             *rows[i].value ? " " : "", rows[i].value, method_names[r->method],
                             npim_design_kind_names[r->kind]);
    return NPIM_OK;
}

npim_status npim_design_request_read(npim_design_request *request, const npim_options *o, npim_error *error) {
    const npim_option_value given[] = {{"circuit", "circuit", o->subject},
                                       {"method", "--method", o->method},
                                       {"card", "--card", o->card},
                                       {"code", "--code", o->code},
                                       {"bits", "--bits", o->bits},
                                       {"dac_bits", "--dac-bits", o->dac_bits},
                                       {"multiplicity", "--multiplicity", o->multiplicity},
                                       {"cell_bits", "--cell-bits", o->cell_bits},
                                       {"v_max_V", "--v-max", o->v_max},
                                       {"settle", "--settle", o->settle ? "true" : NULL},
                                       {"loaded", "--loaded", o->loaded ? "true" : NULL},
                                       {"hidden", "--hidden", o->hidden},
                                       {"runs", "--runs", o->runs},
                                       {"seed", "--seed", o->circuit_seed}};
    if (!o->subject) return npim_fail(error, NPIM_EUSAGE, "which circuit? neural-sa or neural-adc");
    npim_status status = npim_options_bind(given, sizeof given / sizeof *given, npim_design_fields,
                                           npim_n_design_fields, request, error);
    if (status == NPIM_OK) status = refuse_idle(request, o, error);
    if (status == NPIM_OK && request->method == NPIM_DESIGN_TRAINED) status = trained(request, o, error);
    if (status == NPIM_OK && o->code && request->kind == NPIM_DESIGN_NEURAL_ADC &&
        request->bits > NPIM_ADC_STAGE_MAX_BITS && request->code != NPIM_CODE_PIPELINE)
        return npim_fail(error, NPIM_EUSAGE, "--code %s: a converter of more than %d bit is a pipeline",
                         o->code, NPIM_ADC_STAGE_MAX_BITS);
    if (status == NPIM_OK) npim_design_request_complete(request);
    return status;
}

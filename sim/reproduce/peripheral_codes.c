/* The converters code by code. */
#include "sim/reproduce/peripherals_parts.h"

#include <math.h>

static const struct {
    npim_peripheral_id id;
    const char *transfer, *title;
    uint32_t codes;
} converters[] = {{NPIM_NNADC_8, "nnadc_8bit_transfer", "Transfer curve of the NNADC of 8 bit", 256},
                  {NPIM_NNADC_4, "nnadc_4bit_transfer", "Transfer curve of the NNADC of 4 bit", 16}};

enum { N_CONVERTERS = sizeof converters / sizeof *converters, N_COLUMNS = 4 };

/* An error of all codes; texts for each converter. */
typedef struct errors {
    npim_column columns[N_COLUMNS];
    const char *names[N_CONVERTERS], *titles[N_CONVERTERS], *see[N_CONVERTERS];
} errors;

static const errors kinds[] = {
    {{{"code", "code", 0}, {"dnl_lsb", "DNL, LSB", 3}, {"dnl_p10_lsb", "p10", 3}, {"dnl_p90_lsb", "p90", 3}},
     {"nnadc_8bit_dnl", "nnadc_4bit_dnl"},
     {"DNL of the NNADC of 8 bit", "DNL of the NNADC of 4 bit"},
     {"The band is widest every 16 codes, where the coarse stage steps on and the fine stage works at the "
      "end of its "
      "range, and narrow halfway between.",
      "The band is narrowest in the middle of the range, whose threshold rests on the cells of the input "
      "alone."}},
    {{{"code", "code", 0}, {"inl_lsb", "INL, LSB", 3}, {"inl_p10_lsb", "p10", 3}, {"inl_p90_lsb", "p90", 3}},
     {"nnadc_8bit_inl", "nnadc_4bit_inl"},
     {"INL of the NNADC of 8 bit", "INL of the NNADC of 4 bit"},
     {"The line goes through both end codes. No code stands out: the worst one of a circuit, which the table "
      "above has, "
      "is another one in each.",
      "The line goes through both end codes; as with DNL, the middle of the range varies least."}}};

enum { N_ERRORS = sizeof kinds / sizeof *kinds };

static double at(const cJSON *document, const char *column, uint32_t code) {
    const cJSON *codes = cJSON_GetObjectItemCaseSensitive(document, "codes");
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(codes, column), (int)code);
    return cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
}

/* Of an ideal converter over the supply, 1 V. */
static double ideal_V(uint32_t code, uint32_t codes) {
    return (double)code / codes;
}

/* Two rows for each step: before it and behind it. */
static npim_status make_transfer(npim_study *study, size_t which, const cJSON *document, npim_error *error) {
    static const npim_column columns[] = {
        {"input_V", "input, V", -1}, {"code", "code", 0}, {"ideal_input_V", "ideal input, V", -1}};
    npim_exhibit *e = npim_study_exhibit(study, converters[which].transfer, converters[which].title, columns,
                                         sizeof columns / sizeof *columns);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for a transfer curve");
    e->hide_table = true;
    for (uint32_t c = 1; c < converters[which].codes; c++)
        for (uint32_t behind = 0; behind < 2; behind++) {
            npim_table_number(&e->table, at(document, "transition_V", c));
            npim_table_number(&e->table, c - 1 + behind);
            npim_table_number(&e->table, ideal_V(c, converters[which].codes));
        }
    e->chart = (npim_chart){.kind = NPIM_CHART_LINES,
                            .x_label = "input, V",
                            .y_label = "code",
                            .series = {{1, "nominal circuit", 0}, {1, "ideal converter", 2}},
                            .n_series = 2};
    npim_exhibit_say(
        e, "Nominal circuit, over a supply of 1 V, beside an ideal converter: the two cannot be told "
           "apart at this size; the errors below are what is between them.");
    return NPIM_OK;
}

/* DNL or INL. */
static npim_status make_errors(npim_study *study, size_t which, const errors *what, const cJSON *document,
                               npim_error *error) {
    npim_exhibit *e =
        npim_study_exhibit(study, what->names[which], what->titles[which], what->columns, N_COLUMNS);
    if (!e) return npim_fail(error, NPIM_ENOMEM, "no memory for errors of codes");
    e->hide_table = true;
    for (uint32_t c = 1; c + 1 < converters[which].codes; c++) { /* the end codes have no width */
        npim_table_number(&e->table, c);
        for (size_t i = 1; i < N_COLUMNS; i++)
            npim_table_number(&e->table, at(document, what->columns[i].key, c));
    }
    e->chart = (npim_chart){.kind = NPIM_CHART_LINES,
                            .x_label = "code",
                            .y_label = "LSB",
                            .series = {{1, "nominal", 0}, {2, "p10", 0}, {3, "p90", 0}},
                            .n_series = 3};
    npim_exhibit_say(
        e,
        "Nominal, and the deciles of 100 circuits whose cells vary by 2.5 %%, code by code: between p10 "
        "and p90 lie four fifths of the circuits. %s",
        what->see[which]);
    return NPIM_OK;
}

npim_status npim_peripheral_codes_make(npim_study *study, npim_error *error) {
    for (size_t i = 0; i < N_CONVERTERS; i++) {
        const cJSON *document = npim_peripheral_document(study, converters[i].id);
        if (isnan(at(document, "inl_p90_lsb", converters[i].codes - 1)))
            return npim_fail(error, NPIM_EINVARIANT, "%s: its measurement has no codes",
                             converters[i].transfer);
        npim_status status = make_transfer(study, i, document, error);
        for (size_t w = 0; w < N_ERRORS && status == NPIM_OK; w++)
            status = make_errors(study, i, &kinds[w], document, error);
        if (status != NPIM_OK) return status;
    }
    return NPIM_OK;
}

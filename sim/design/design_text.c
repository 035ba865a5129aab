#include "sim/design/design_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = {
    [NPIM_NEURON_PASSIVE] = "passive",
    [NPIM_NEURON_INVERTER] = "inverter",
    [NPIM_NEURON_RESIDUE] = "residue",
    [NPIM_NEURON_LATCH] = "latch",
};

void npim_neuron_kind_put(const npim_neuron *neuron, FILE *out) {
    fputs(kind_names[neuron->kind], out);
    if (neuron->kind == NPIM_NEURON_INVERTER && neuron->chain > 1) fprintf(out, "/%u", neuron->chain);
}

/* At most five digits, up to a limit; *text goes behind them. */
static bool number(const char **text, uint32_t most, uint32_t *value) {
    size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 5) return false;
    *value = (uint32_t)strtoul(*text, NULL, 10);
    *text += digits;
    return *value <= most;
}

npim_status npim_neuron_kind_read(npim_neuron *neuron, const char *text, npim_error *error) {
    size_t length = strcspn(text, "/");
    for (uint32_t k = 0; k < sizeof kind_names / sizeof *kind_names; k++) {
        if (strlen(kind_names[k]) != length || strncmp(text, kind_names[k], length) != 0) continue;
        const char *behind = text + length + 1;
        neuron->kind = (npim_neuron_kind)k;
        neuron->chain = k == NPIM_NEURON_INVERTER;
        if (text[length] == '\0') return NPIM_OK;
        if (k == NPIM_NEURON_INVERTER && number(&behind, 99, &neuron->chain) && *behind == '\0')
            return NPIM_OK;
        break;
    }
    return npim_fail(error, NPIM_ECONFIG,
                     "\"%.40s\": passive, inverter, inverter/N for a chain of N, residue or latch", text);
}

void npim_cells_put(const npim_circuit *circuit, const npim_neuron *neuron, FILE *out) {
    uint32_t rails_end = circuit->n_inputs + circuit->n_rails;
    for (uint32_t i = 0; i < neuron->n_cells; i++) {
        const npim_cell *cell = &circuit->cells[neuron->first_cell + i];
        bool input = cell->source < circuit->n_inputs, rail = !input && cell->source < rails_end;
        uint32_t from = input ? 0 : rail ? circuit->n_inputs : rails_end;
        fprintf(out, "%s%s%s%u:%u", i > 0 ? " " : "", cell->complement ? "!" : "",
                input  ? "in"
                : rail ? "rail"
                       : "n",
                cell->source - from, cell->level);
    }
}

/* The kinds of sources: their names, where their numbers begin, and how many there are. */
enum { N_SOURCES = 3 };
static const char *const source_names[N_SOURCES] = {"in", "rail", "n"};

static bool read_source(const npim_circuit *circuit, const char **text, uint16_t *source) {
    const uint32_t first[N_SOURCES] = {0, circuit->n_inputs, circuit->n_inputs + circuit->n_rails},
                   n[N_SOURCES] = {circuit->n_inputs, circuit->n_rails, UINT16_MAX - first[2]};
    for (size_t k = 0; k < N_SOURCES; k++) {
        size_t length = strlen(source_names[k]);
        uint32_t i;
        if (strncmp(*text, source_names[k], length) != 0 || !isdigit((unsigned char)(*text)[length]))
            continue;
        *text += length;
        if (n[k] == 0 || !number(text, n[k] - 1, &i)) return false;
        *source = (uint16_t)(first[k] + i);
        return true;
    }
    return false;
}

static bool read_cell(const npim_circuit *circuit, const char **text, npim_cell *cell) {
    uint32_t level;
    cell->complement = **text == '!';
    *text += cell->complement;
    if (!read_source(circuit, text, &cell->source) || **text != ':') return false;
    ++*text;
    if (!number(text, UINT8_MAX, &level)) return false;
    cell->level = (uint8_t)level;
    return **text == ' ' || **text == '\0';
}

npim_status npim_cells_read(npim_circuit *circuit, npim_neuron *neuron, const char *text, npim_error *error) {
    size_t most = strlen(text) / 4 + 1; /* "n0:1" and a blank */
    npim_cell *cells = realloc(circuit->cells, (circuit->n_cells + most) * sizeof *cells);
    if (!cells) return npim_fail(error, NPIM_ENOMEM, "no memory for %zu cells", most);
    circuit->cells = cells;
    neuron->first_cell = circuit->n_cells;
    while (*text) {
        const char *word = text;
        if (!read_cell(circuit, &text, &cells[circuit->n_cells]))
            return npim_fail(
                error, NPIM_ECONFIG,
                "\"%.*s\": a cell is in, rail or n with its number, a colon and a level, as in0:7; "
                "! before it for the complement",
                (int)strcspn(word, " "), word);
        circuit->n_cells++;
        neuron->n_cells++;
        text += *text == ' ';
    }
    return NPIM_OK;
}

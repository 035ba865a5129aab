#include "sim/network_parts.h"

#include <stdio.h>
#include <string.h>

/* 0 for the image, i + 1 for drafts[i], UINT32_MAX for a name that nobody has. */
static uint32_t producer_of(const npim_loader *l, const char *name) {
    if (strcmp(name, "input") == 0) return 0;
    for (uint32_t i = 0; i < l->n; i++)
        if (strcmp(l->drafts[i].layer.name, name) == 0) return i + 1;
    return UINT32_MAX;
}

/* How many inputs a kind may have. */
static void input_range(npim_layer_kind kind, uint32_t *least, uint32_t *most) {
    bool joins = kind == NPIM_LAYER_ADD || kind == NPIM_LAYER_CONCAT, none = kind == NPIM_LAYER_INPUT;
    bool pairs = kind == NPIM_LAYER_SUB || kind == NPIM_LAYER_MUL;
    *least = none ? 0 : joins || pairs ? 2 : 1;
    *most = none ? 0 : joins || kind == NPIM_LAYER_LSTM ? NPIM_MAX_INPUTS : *least;
}

static npim_status link_inputs(const npim_loader *l, npim_draft *d) {
    uint32_t n = d->layer.n_inputs, *inputs = d->layer.inputs, least, most;
    input_range(d->layer.kind, &least, &most);
    if (n == 0 && most > 0) { /* the layer before; the image is before the first */
        inputs[0] = (uint32_t)(d - l->drafts);
        d->layer.n_inputs = 1;
    }
    if (d->layer.n_inputs < least || n > most)
        return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG, "%u inputs: outside %u..%u", d->layer.n_inputs,
                               least, most);
    for (uint32_t i = 0; i < n; i++) {
        const char *name = npim_draft_element(l, d, "inputs", i)->text;
        inputs[i] = producer_of(l, name);
        if (inputs[i] == UINT32_MAX)
            return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG, "inputs: there is no layer \"%s\"", name);
        for (uint32_t j = 0; j < i; j++)
            if (inputs[j] == inputs[i])
                return npim_draft_fail(l, d, "inputs", NPIM_ECONFIG, "inputs: \"%s\" twice", name);
    }
    return NPIM_OK;
}

/* An input that has no place in the order yet, as an index into drafts; UINT32_MAX when all have. */
static uint32_t unplaced_input(const npim_loader *l, const npim_draft *d) {
    for (uint32_t i = 0; i < d->layer.n_inputs; i++)
        if (d->layer.inputs[i] && !l->drafts[d->layer.inputs[i] - 1].position) return d->layer.inputs[i] - 1;
    return UINT32_MAX;
}

/* Every layer that could not be placed waits for another one, so going back n times ends in a cycle. */
static npim_status report_cycle(const npim_loader *l, uint32_t at) {
    char members[512] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < l->n; i++) at = unplaced_input(l, &l->drafts[at]);
    uint32_t first = at;
    do {
        int written = snprintf(members + used, sizeof members - used, "%s <- ", l->drafts[at].layer.name);
        used += written > 0 ? (size_t)written : 0;
        at = unplaced_input(l, &l->drafts[at]);
    } while (at != first && used < sizeof members);
    return npim_draft_fail(l, &l->drafts[first], "inputs", NPIM_ECONFIG, "cycle of layers: %s%s", members,
                           used < sizeof members ? l->drafts[first].layer.name : "...");
}

/* Topological order: the inputs, then the rest; layers that may stand as listed do. */
static npim_status sort(npim_loader *l) {
    uint32_t placed = 0, first = 0;
    for (uint32_t i = 0; i < l->n; i++)
        if (l->drafts[i].layer.kind == NPIM_LAYER_INPUT) l->drafts[i].position = ++placed;
    while (placed < l->n) {
        while (l->drafts[first].position) first++;
        uint32_t i = first;
        while (i < l->n && (l->drafts[i].position || unplaced_input(l, &l->drafts[i]) != UINT32_MAX)) i++;
        if (i == l->n) return report_cycle(l, first);
        l->drafts[i].position = ++placed;
    }
    return NPIM_OK;
}

npim_status npim_network_order(npim_loader *l) {
    npim_status status = NPIM_OK;
    for (uint32_t i = 0; status == NPIM_OK && i < l->n; i++) status = link_inputs(l, &l->drafts[i]);
    return status == NPIM_OK ? sort(l) : status;
}

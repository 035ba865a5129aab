#include "sim/values/forward_parts.h"

#include "hw/elementary.h"

#include <math.h>
#include <stdlib.h>

/* The state is kept in steps of 2^-11, within +-16: 16 bit. */
static const double state_steps = 2048.0;
static const npim_code_range state_range = {-32767, 32767};

typedef struct lstm {
    const npim_pass *pass;
    const npim_layer *layer;
    uint32_t index;
    uint32_t channels, hidden;
    int16_t *inputs; /* [n][channels + hidden]: a step, and the hidden units of the step before */
    int32_t *sums;   /* [n][4 hidden] */
    int16_t *state;  /* [n][hidden] */
} lstm;

/* The step's channels, wherever in the inputs that row is. */
static void take_step(const lstm *m, uint32_t step) {
    const npim_layer *l = m->layer;
    uint32_t input = 0, row = step;
    while (row >= m->pass->network->layers[l->inputs[input]].out_h)
        row -= m->pass->network->layers[l->inputs[input++]].out_h;
    uint32_t rows = m->pass->network->layers[l->inputs[input]].out_h;
    for (size_t image = 0; image < m->pass->n; image++) {
        const int16_t *from = npim_pass_input(m->pass, m->index, input, image);
        int16_t *to = m->inputs + image * (m->channels + m->hidden);
        for (uint32_t c = 0; c < m->channels; c++) to[c] = from[(size_t)c * rows + row];
    }
}

/* c = f c + i g, h = o tanh(c), gates of the order input, forget, cell, output. */
static void update(const lstm *m, size_t image, uint32_t unit, uint32_t step) {
    const npim_layer_tensors *t = &m->pass->tensors->layers[m->index];
    double gate[NPIM_LSTM_GATES];
    for (uint32_t g = 0; g < NPIM_LSTM_GATES; g++) {
        size_t o = (size_t)g * m->hidden + unit;
        int64_t total =
            (int64_t)m->sums[image * NPIM_LSTM_GATES * m->hidden + o] + (t->bias ? t->bias[o] : 0);
        double x = (double)total * t->weight_scale[o];
        gate[g] = g == 2 ? npim_tanh(x) : npim_sigmoid(x);
    }
    int16_t *state = &m->state[image * m->hidden + unit];
    double c = gate[1] * (*state / state_steps) + gate[0] * gate[2];
    *state = npim_code_of(c * state_steps, state_range);
    double h = gate[3] * npim_tanh(*state / state_steps);
    int16_t code = npim_code_of(h / m->layer->scale, npim_code_range_of(m->layer));
    m->inputs[image * (m->channels + m->hidden) + m->channels + unit] = code;
    m->pass->codes[m->index][image * npim_pass_elements(m->layer) + (size_t)unit * m->layer->out_h + step] =
        code;
}

static npim_status run_steps(const lstm *m) {
    const npim_products *products = m->pass->products;
    uint32_t steps = m->layer->out_h;
    for (uint32_t step = 0; step < steps; step++) {
        npim_status status = npim_stop_check(m->pass->stop, m->pass->error);
        if (status != NPIM_OK) return status;
        take_step(m, step);
        npim_product_batch batch = {m->pass->first * steps + step, steps, m->pass->n, m->inputs, m->sums};
        status = products->run(products->engine, &batch, m->pass->error);
        if (status != NPIM_OK) return status;
        for (size_t image = 0; image < m->pass->n; image++)
            for (uint32_t unit = 0; unit < m->hidden; unit++) update(m, image, unit, step);
    }
    return NPIM_OK;
}

/* The weights were scaled for one scale of the steps. */
static npim_status check_inputs(const lstm *m) {
    const npim_layer *layers = m->pass->network->layers, *first = &layers[m->layer->inputs[0]];
    for (uint32_t i = 1; i < m->layer->n_inputs; i++) {
        const npim_layer *x = &layers[m->layer->inputs[i]];
        if (x->scale != first->scale || x->is_signed != first->is_signed)
            return npim_fail(m->pass->error, NPIM_ECONFIG,
                             "layer %s: its inputs %s and %s must have one scale and one sign",
                             m->layer->name, first->name, x->name);
    }
    return NPIM_OK;
}

npim_status npim_pass_lstm(const npim_pass *pass, uint32_t index) {
    const npim_layer *layer = &pass->network->layers[index];
    lstm m = {.pass = pass, .layer = layer, .index = index, .channels = layer->in_c, .hidden = layer->out_c};
    npim_product_layer product = {.layer = index,
                                  .groups = 1,
                                  .rows = m.channels + m.hidden,
                                  .outputs = NPIM_LSTM_GATES * m.hidden,
                                  .weight = pass->tensors->layers[index].weight,
                                  .signed_from =
                                      pass->network->layers[layer->inputs[0]].is_signed ? 0 : m.channels};
    npim_status status = check_inputs(&m);
    if (status != NPIM_OK) return status;
    m.inputs = calloc(pass->n * product.rows, sizeof *m.inputs);
    m.sums = calloc(pass->n * product.outputs, sizeof *m.sums);
    m.state = calloc(pass->n * m.hidden, sizeof *m.state);
    if (!m.inputs || !m.sums || !m.state)
        status = npim_fail(pass->error, NPIM_ENOMEM, "no memory for the steps of layer %s", layer->name);
    if (status == NPIM_OK) status = pass->products->begin(pass->products->engine, &product, pass->error);
    if (status == NPIM_OK) status = run_steps(&m);
    pass->products->end(pass->products->engine);
    free(m.inputs);
    free(m.sums);
    free(m.state);
    return status;
}

#include "sim/design/dot_products.h"

#include "sim/design/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUT = 255, SIGNS = 3, SINE_VECTORS = 512, VECTORS = 300, SINE_PERIODS = 37 };

static const double dnn_weight_sigma = 64, dnn_input_sigma = 48, dnn_density = 0.6;

const char *const npim_dot_data_names[] = {"uniform", "dnn", "sine", NULL};

uint32_t npim_dot_vectors(npim_dot_data data) {
    return data == NPIM_DOT_SINE ? SINE_VECTORS : VECTORS;
}

static npim_status check(const npim_dot_shape *s, npim_error *error) {
    if ((uint32_t)s->data >= NPIM_DOT_DATA_KINDS)
        return npim_fail(error, NPIM_EUSAGE, "data kind %d: 0..%d", (int)s->data, NPIM_DOT_DATA_KINDS - 1);
    if (s->rows < 1 || s->rows > NPIM_DOT_MAX_ROWS)
        return npim_fail(error, NPIM_EUSAGE, "rows = %u: 1..%d", s->rows, NPIM_DOT_MAX_ROWS);
    if (s->columns < 1 || s->columns > NPIM_DOT_MAX_COLUMNS)
        return npim_fail(error, NPIM_EUSAGE, "columns = %u: 1..%d", s->columns, NPIM_DOT_MAX_COLUMNS);
    if (s->vectors < 2 || s->vectors > NPIM_DOT_MAX_PRODUCTS / s->columns)
        return npim_fail(error, NPIM_EUSAGE, "vectors = %u: 2..%u of %u columns", s->vectors,
                         NPIM_DOT_MAX_PRODUCTS / s->columns, s->columns);
    return NPIM_OK;
}

void npim_dot_products_fini(npim_dot_products *products) {
    free(products->weight);
    free(products->input);
    free(products->product);
    memset(products, 0, sizeof *products);
}

static double nearest(double x) {
    return floor(x + 0.5);
}

static int16_t draw_weight(npim_dot_data data, const npim_random *random, uint64_t index) {
    const double most = NPIM_DOT_MAX_WEIGHT;
    if (data == NPIM_DOT_DNN) {
        double w = nearest(dnn_weight_sigma * npim_random_normal(random, NPIM_DRAW_WEIGHT, index));
        return (int16_t)fmax(-most, fmin(w, most));
    }
    return (int16_t)(floor((2 * most + 1) * npim_random_uniform(random, NPIM_DRAW_WEIGHT, index)) - most);
}

static uint8_t draw_input(npim_dot_data data, const npim_random *random, uint64_t index) {
    if (data == NPIM_DOT_UNIFORM)
        return (uint8_t)floor((MAX_INPUT + 1) * npim_random_uniform(random, NPIM_DRAW_INPUT, 2 * index));
    if (npim_random_uniform(random, NPIM_DRAW_INPUT, 2 * index + 1) >= dnn_density) return 0;
    double x = nearest(dnn_input_sigma * fabs(npim_random_normal(random, NPIM_DRAW_INPUT, 2 * index)));
    return (uint8_t)fmin(x, MAX_INPUT);
}

static uint32_t sign_of(int16_t weight) {
    return weight < 0 ? 0 : weight == 0 ? 1 : 2;
}

uint32_t npim_dot_input(const npim_dot_products *products, uint32_t row, uint32_t column) {
    if (products->shape.data != NPIM_DOT_SINE) return row;
    return sign_of(products->weight[(size_t)row * products->shape.columns + column]);
}

static void draw(npim_dot_products *p, const npim_random *random) {
    const npim_dot_shape *s = &p->shape;
    size_t n_weights = (size_t)s->rows * s->columns, n_inputs = (size_t)s->vectors * p->n_inputs;
    for (size_t i = 0; i < n_weights; i++) p->weight[i] = draw_weight(s->data, random, i);
    if (s->data != NPIM_DOT_SINE) {
        for (size_t i = 0; i < n_inputs; i++) p->input[i] = draw_input(s->data, random, i);
        return;
    }
    for (size_t i = 0; i < n_inputs; i++) {
        double sine = npim_sine(i / SIGNS, SINE_PERIODS, s->vectors), sign = (double)(i % SIGNS) - 1;
        p->input[i] = (uint8_t)nearest(0.5 * MAX_INPUT * (1 + sign * sine));
    }
}

/* Sums at most 1024 x 255 x 255. */
static void multiply(npim_dot_products *p) {
    const npim_dot_shape *s = &p->shape;
    for (uint32_t v = 0; v < s->vectors; v++)
        for (uint32_t row = 0; row < s->rows; row++)
            for (uint32_t c = 0; c < s->columns; c++)
                p->product[(size_t)v * s->columns + c] +=
                    p->weight[(size_t)row * s->columns + c] *
                    p->input[(size_t)v * p->n_inputs + npim_dot_input(p, row, c)];
}

npim_status npim_dot_products_init(npim_dot_products *products, const npim_dot_shape *shape,
                                   const npim_random *random, npim_error *error) {
    memset(products, 0, sizeof *products);
    npim_status status = check(shape, error);
    if (status != NPIM_OK) return status;
    products->shape = *shape;
    products->n_inputs = shape->data == NPIM_DOT_SINE ? SIGNS : shape->rows;
    products->weight = calloc((size_t)shape->rows * shape->columns, sizeof *products->weight);
    products->input = calloc((size_t)shape->vectors * products->n_inputs, sizeof *products->input);
    products->product = calloc((size_t)shape->vectors * shape->columns, sizeof *products->product);
    if (!products->weight || !products->input || !products->product) {
        npim_dot_products_fini(products);
        return npim_fail(error, NPIM_ENOMEM, "no memory for %u x %u dot products", shape->vectors,
                         shape->columns);
    }
    draw(products, random);
    multiply(products);
    return NPIM_OK;
}

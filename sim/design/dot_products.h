/* Operands of whole dot products and their exact results: the layer on which dataflow strategies are
 * compared.
 *
 * Weights have a sign and 8 bit of magnitude, inputs 8 bit without a sign:
 *     uniform  weights -255..255, inputs 0..255, all alike;
 *     dnn      weights normal with a standard deviation of 64; inputs 0 in 40 % of all cases, otherwise the
 *              magnitude of a normal with 48: what a trained layer after a ReLU looks like;
 *     sine     uniform weights; the input of a row is 127.5 (1 + s sin), rounded, s the sign of its weight
 *              in that column, so that all products go through their full range as the same sine. Static
 *              errors of cells become gain here: the kindest case, and closest to a converter's test. */
#ifndef NPIM_SIM_DESIGN_DOT_PRODUCTS_H
#define NPIM_SIM_DESIGN_DOT_PRODUCTS_H

#include "hw/random.h"
#include "hw/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_dot_data {
    NPIM_DOT_UNIFORM,
    NPIM_DOT_DNN,
    NPIM_DOT_SINE,
    NPIM_DOT_DATA_KINDS
} npim_dot_data;

extern const char *const npim_dot_data_names[]; /* "uniform", "dnn", "sine", NULL */

enum {
    NPIM_DOT_MAX_WEIGHT = 255,
    NPIM_DOT_MAX_ROWS = 1024,
    NPIM_DOT_MAX_COLUMNS = 1024,
    NPIM_DOT_MAX_PRODUCTS = 1 << 18
};

typedef struct npim_dot_shape {
    npim_dot_data data;
    uint32_t rows;    /* 1..1024 */
    uint32_t columns; /* 1..1024; columns x vectors at most NPIM_DOT_MAX_PRODUCTS */
    uint32_t vectors; /* at least 2 */
} npim_dot_shape;

typedef struct npim_dot_products {
    npim_dot_shape shape;
    int16_t *weight;   /* [rows][columns] */
    uint32_t n_inputs; /* different inputs of a vector: one per row, or one per sign of a weight */
    uint8_t *input;    /* [vectors][n_inputs] */
    int32_t *product;  /* [vectors][columns] */
} npim_dot_products;

/* Vectors that a figure takes: 300, and 512 for the sine, over 37 periods. */
uint32_t npim_dot_vectors(npim_dot_data data);

/* Draws weights (NPIM_DRAW_WEIGHT, index row x columns + column) and inputs (NPIM_DRAW_INPUT, index 2 x
 * (vector x rows + row), and one more for whether it is 0) and multiplies. NPIM_EUSAGE, naming the value, for
 * a shape out of range; NPIM_ENOMEM. Free it with npim_dot_products_fini. */
NPIM_MUST_USE npim_status npim_dot_products_init(npim_dot_products *products, const npim_dot_shape *shape,
                                                 const npim_random *random, npim_error *error);
void npim_dot_products_fini(npim_dot_products *products); /* safe on a zeroed struct and twice */

/* Which input of a vector comes to the cells of a weight. */
uint32_t npim_dot_input(const npim_dot_products *products, uint32_t row, uint32_t column);

#ifdef __cplusplus
}
#endif
#endif

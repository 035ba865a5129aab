/* What word lines carry: unsigned codes, digit by digit; and what signed codes owe for that. */
#ifndef NPIM_SIM_VALUES_WORD_LINES_H
#define NPIM_SIM_VALUES_WORD_LINES_H

#include "sim/values/products.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_SIGN_OFFSET = 128 };

/* lines [n][rows]: the codes of rows first .. first + rows of each vector, 128 added to signed ones. */
void npim_word_lines(const npim_product_layer *layer, const npim_product_batch *batch, uint32_t first,
                     uint32_t rows, int16_t *lines);

/* What an output's sum has too much: 128 x the sum of its signed rows' weights. */
int32_t npim_word_line_excess(const npim_product_layer *layer, uint32_t output);

/* Takes that off all sums of a batch. */
void npim_take_excess(const npim_product_layer *layer, const npim_product_batch *batch);

#ifdef __cplusplus
}
#endif
#endif

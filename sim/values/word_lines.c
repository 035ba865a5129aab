#include "sim/values/word_lines.h"

void npim_word_lines(const npim_product_layer *layer, const npim_product_batch *batch, uint32_t first,
                     uint32_t rows, int16_t *lines) {
    for (size_t v = 0; v < batch->n; v++) {
        const int16_t *codes = batch->inputs + v * layer->rows + first;
        for (uint32_t row = 0; row < rows; row++)
            *lines++ = (int16_t)(codes[row] + (first + row >= layer->signed_from ? NPIM_SIGN_OFFSET : 0));
    }
}

int32_t npim_word_line_excess(const npim_product_layer *layer, uint32_t output) {
    const int8_t *weight = layer->weight + (size_t)output * layer->rows;
    int32_t sum = 0;
    for (uint32_t row = layer->signed_from; row < layer->rows; row++) sum += weight[row];
    return NPIM_SIGN_OFFSET * sum;
}

void npim_take_excess(const npim_product_layer *layer, const npim_product_batch *batch) {
    if (layer->signed_from >= layer->rows) return;
    for (uint32_t o = 0; o < layer->outputs; o++) {
        int32_t excess = npim_word_line_excess(layer, o);
        for (size_t v = 0; v < batch->n; v++) batch->sums[v * layer->outputs + o] -= excess;
    }
}

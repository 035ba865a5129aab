#include "hw/quantiser.h"

#include <assert.h>
#include <math.h>

int32_t npim_quantiser_max_code(const npim_quantiser *q) {
    assert(q->bits >= (q->bipolar ? 2u : 1u) && q->bits <= 24);
    return (int32_t)(1u << (q->bits - (q->bipolar ? 1u : 0u))) - 1;
}

double npim_quantiser_lsb_V(const npim_quantiser *q) {
    return q->v_max_V / npim_quantiser_max_code(q);
}

int32_t npim_quantiser_code(const npim_quantiser *q, double v_V, bool *clipped) {
    assert(!isnan(v_V));
    int32_t max = npim_quantiser_max_code(q), min = q->bipolar ? -max : 0;
    double code = rint(v_V * (max / q->v_max_V));
    if (code >= min && code <= max) return (int32_t)code;
    if (clipped) *clipped = true;
    return code < min ? min : max;
}

#include "sim/values/reference_codes.h"

#include "hw/elementary.h"

#include <math.h>

__extension__ typedef __int128 wide;

int64_t npim_reference_nearest(double x) {
    double down = floor(x), part = x - down;
    if (part > 0.5 || (part == 0.5 && fmod(down, 2.0) != 0.0)) down += 1.0;
    return (int64_t)down;
}

int64_t npim_reference_limited(const npim_layer *l, double code) {
    double least = l->is_signed ? -127 : 0, most = l->is_signed ? 127 : 255;
    return npim_reference_nearest(fmin(fmax(code, least), most));
}

int16_t npim_reference_finish(const npim_layer *l, int64_t code) {
    int64_t least = l->is_signed ? -127 : 0, most = l->is_signed ? 127 : 255;
    if (l->activation == NPIM_ACTIVATION_RELU || l->activation == NPIM_ACTIVATION_RELU6) least = 0;
    if (l->activation == NPIM_ACTIVATION_RELU6) most = npim_reference_limited(l, 6.0 / l->scale);
    if (l->activation == NPIM_ACTIVATION_CLIP) {
        least = npim_reference_limited(l, l->clip_min / l->scale);
        most = npim_reference_limited(l, l->clip_max / l->scale);
    }
    return (int16_t)(code > most ? most : code < least ? least : code);
}

int16_t npim_reference_code(const npim_layer *l, double x) {
    return npim_reference_finish(l, npim_reference_limited(l, x / l->scale));
}

int64_t npim_reference_times(int64_t value, double constant) {
    int shift = 0;
    while (constant < 0x1p30 && shift < 1100) {
        constant *= 2.0;
        shift++;
    }
    while (constant >= 0x1p31) {
        constant /= 2.0;
        shift--;
    }
    int64_t factor = npim_reference_nearest(constant);
    if (factor == INT64_C(1) << 31) {
        factor /= 2;
        shift--;
    }
    double estimate = ldexp((double)value * (double)factor, -shift);
    if (estimate > 1e9) return INT32_MAX;
    if (estimate < -1e9) return -INT32_MAX;
    if (shift > 100) return 0;
    wide product = (wide)value * factor, unit = 1;
    for (int i = 0; i < shift; i++) unit *= 2;
    for (int i = 0; i > shift; i--) product *= 2;
    wide twice = 2 * product + unit; /* floor(product / unit + 1 / 2) */
    wide quotient = twice / (2 * unit);
    return (int64_t)(twice % (2 * unit) < 0 ? quotient - 1 : quotient);
}

double npim_reference_logistic(double x) {
    return 1.0 / (1.0 + npim_exp(-x));
}

double npim_reference_bend(const npim_layer *l, double x) {
    switch (l->activation) {
    case NPIM_ACTIVATION_SIGMOID:
        return npim_reference_logistic(x);
    case NPIM_ACTIVATION_TANH:
        return npim_tanh(x);
    case NPIM_ACTIVATION_LEAKY_RELU:
        return x < 0.0 ? x * l->alpha : x;
    case NPIM_ACTIVATION_HARDSWISH:
        return x * fmin(fmax(x / 6.0 + 0.5, 0.0), 1.0);
    default:
        return x;
    }
}

bool npim_reference_bends(const npim_layer *l) {
    return l->activation == NPIM_ACTIVATION_SIGMOID || l->activation == NPIM_ACTIVATION_TANH ||
           l->activation == NPIM_ACTIVATION_LEAKY_RELU || l->activation == NPIM_ACTIVATION_HARDSWISH;
}

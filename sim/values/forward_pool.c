#include "sim/values/forward_parts.h"

#include "sim/values/rescale.h"

/* One window of a pooling layer, clipped to the input. */
typedef struct window {
    uint32_t y_from, y_to, x_from, x_to;
    uint32_t count; /* pixels that an average divides by */
} window;

static uint32_t clip(int64_t at, uint32_t size) {
    return at < 0 ? 0 : at > size ? size : (uint32_t)at;
}

/* Pixels of a window from `from` on that an average counts in one direction: padding too, but not what
 * ceil_mode added behind it. */
static uint32_t counted(int64_t from, uint32_t kernel, uint32_t size, uint32_t after, uint32_t ceil) {
    int64_t end = (int64_t)size + after - ceil;
    return from + kernel < end ? kernel : (uint32_t)(end - from);
}

static window window_of(const npim_layer *l, uint32_t y, uint32_t x) {
    if (l->kind == NPIM_LAYER_GLOBALPOOL) return (window){0, l->in_h, 0, l->in_w, l->in_h * l->in_w};
    int64_t top = (int64_t)y * l->stride_h - l->pad_top, left = (int64_t)x * l->stride_w - l->pad_left;
    window w = {clip(top, l->in_h), clip(top + l->kernel_h, l->in_h), clip(left, l->in_w),
                clip(left + l->kernel_w, l->in_w), 0};
    w.count = (w.y_to - w.y_from) * (w.x_to - w.x_from);
    if (l->count_include_pad)
        w.count = counted(top, l->kernel_h, l->in_h, l->pad_bottom, l->ceil_bottom) *
                  counted(left, l->kernel_w, l->in_w, l->pad_right, l->ceil_right);
    return w;
}

static int64_t largest(const int16_t *plane, uint32_t width, const window *w) {
    int64_t most = plane[(size_t)w->y_from * width + w->x_from];
    for (uint32_t y = w->y_from; y < w->y_to; y++)
        for (uint32_t x = w->x_from; x < w->x_to; x++)
            if (plane[(size_t)y * width + x] > most) most = plane[(size_t)y * width + x];
    return most;
}

static int64_t sum(const int16_t *plane, uint32_t width, const window *w) {
    int64_t total = 0;
    for (uint32_t y = w->y_from; y < w->y_to; y++)
        for (uint32_t x = w->x_from; x < w->x_to; x++) total += plane[(size_t)y * width + x];
    return total;
}

void npim_pass_pool(const npim_pass *pass, uint32_t layer, size_t image) {
    const npim_layer *l = &pass->network->layers[layer];
    const int16_t *plane = npim_pass_input(pass, layer, 0, image);
    int16_t *to = pass->codes[layer] + image * npim_pass_elements(l);
    npim_code_range range = npim_code_range_of(l);
    double ratio = npim_pass_scale(pass, layer, 0) / l->scale;
    bool max = l->kind == NPIM_LAYER_MAXPOOL;
    for (uint32_t c = 0; c < l->out_c; c++, plane += (size_t)l->in_h * l->in_w)
        for (uint32_t y = 0; y < l->out_h; y++)
            for (uint32_t x = 0; x < l->out_w; x++) {
                window w = window_of(l, y, x);
                int64_t value = max ? largest(plane, l->in_w, &w) : sum(plane, l->in_w, &w);
                npim_rescale by = npim_rescale_of(max ? ratio : ratio / w.count);
                int32_t code = npim_rescale_value(by, value);
                *to++ = (int16_t)(code < range.least ? range.least : code > range.most ? range.most : code);
            }
}

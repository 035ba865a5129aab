#include "hw/window.h"

uint32_t npim_window_first(uint32_t i, uint32_t stride, uint32_t pad, uint32_t size) {
    uint64_t at = (uint64_t)i * stride;
    at = at > pad ? at - pad : 0;
    return at < size ? (uint32_t)at : size - 1;
}

uint32_t npim_window_last(uint32_t i, uint32_t stride, uint32_t pad, uint32_t kernel, uint32_t dilation,
                          uint32_t size) {
    uint64_t at = (uint64_t)i * stride + (uint64_t)(kernel - 1) * dilation;
    at = at > pad ? at - pad : 0;
    return at < size ? (uint32_t)at : size - 1;
}

uint32_t npim_window_inside(uint32_t i, uint32_t stride, uint32_t pad, uint32_t kernel, uint32_t dilation,
                            uint32_t size) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < kernel; k++) {
        uint64_t at = (uint64_t)i * stride + (uint64_t)k * dilation;
        n += at >= pad && at - pad < size;
    }
    return n;
}

/* Geometry of a sliding window: which input rows (or columns) an output row (or column) reads. */
#ifndef NPIM_HW_WINDOW_H
#define NPIM_HW_WINDOW_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* First and last input index that output index i reads along one dimension of `size` (>= 1) inputs, clipped
 * to 0..size - 1. stride, kernel, dilation >= 1. */
uint32_t npim_window_first(uint32_t i, uint32_t stride, uint32_t pad, uint32_t size);
uint32_t npim_window_last(uint32_t i, uint32_t stride, uint32_t pad, uint32_t kernel, uint32_t dilation,
                          uint32_t size);

/* How many of the kernel's positions lie inside the input: 0..kernel. */
uint32_t npim_window_inside(uint32_t i, uint32_t stride, uint32_t pad, uint32_t kernel, uint32_t dilation,
                            uint32_t size);

#ifdef __cplusplus
}
#endif
#endif

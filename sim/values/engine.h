/* The products as the arrays and converters of an architecture make them: one engine per dataflow strategy.
 *
 * Word lines carry unsigned digits: a signed code goes in with 128 added, and 128 x the sum of its rows'
 * weights is taken off digitally. Row chunks (the rows of one array) are converted apart and summed
 * digitally. A code of a converter stands for a whole number of products, `step`, the same for all chunks of
 * a layer:
 *     A  every bit line in every input cycle: largest partial sum / largest code, rounded up;
 *     B  a buffer cell's level: largest partial sum / largest level, rounded to nearest, at least 1; a group
 *        of diagonals: the largest sum of its buffer cells / largest code, rounded up. Bit lines that count
 *        negative (the top bit of two's complement, W_N) have buffers and conversions of their own, which are
 *        subtracted digitally;
 *     C  4 standard deviations of the layer's chunk results (about 0, of the calibration images) / 2^(bits -
 *        1), rounded up, at least 1.
 * Quantised: codes are rounded half to even and clipped, -(2^(bits-1) - 1) .. 2^(bits-1) - 1 (C), 0 .. 2^bits
 * - 1 (A, B). Analog: cells as programmed, partial sums with read noise, conversions with the converter's;
 * B: buffer cells vary; C: the architecture's own NNS+A and NNADC circuits, varied as the arrays' cells are;
 * 4096 and 16 of them per layer take turns (result number modulo their number). The bit lines' range is that
 * of the largest possible sum, so they never clip. */
#ifndef NPIM_SIM_VALUES_ENGINE_H
#define NPIM_SIM_VALUES_ENGINE_H

#include "hw/kernel/isa.h"
#include "sim/network.h"
#include "sim/values/figures.h"
#include "sim/values/hardware.h"
#include "sim/values/products.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the engine of the hardware's strategy; its run may be called by several threads at once. figures: the
 * calibrated ones of the network's layers; gets steps, conversions and clipped ones. All borrowed.
 * NPIM_EUNSUPPORTED for a shift-and-add circuit that is not a passive row; else as npim_cells_init;
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_engine_init(npim_products *products, const npim_hardware *hardware,
                                           const npim_network *network, npim_figures *figures, npim_isa isa,
                                           npim_error *error);

/* Exact products that note, in figures, what the results of single row chunks look like. rows: of an array.
 */
NPIM_MUST_USE npim_status npim_calibration_init(npim_products *products, uint32_t rows, npim_figures *figures,
                                                npim_isa isa, npim_error *error);

/* The steps that calibrated figures lead to; strategy C. */
int32_t npim_engine_step(const npim_layer_figures *figures, uint32_t code_bits);

#ifdef __cplusplus
}
#endif
#endif

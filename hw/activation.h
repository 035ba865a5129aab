/* Activation unit of a tile: ReLU, ReLU6, and sigmoid and tanh by table, in 8-bit integer arithmetic, one
 * word per clock. Inputs are two's complement with input_frac_bits fractional bits. ReLU and ReLU6 keep that
 * format; sigmoid and tanh give 7 fractional bits, so 1.0 saturates at 127.
 *
 * The state is npim_activation_unit because sim/network.h names the attribute of a layer npim_activation. */
#ifndef NPIM_HW_ACTIVATION_H
#define NPIM_HW_ACTIVATION_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum npim_function {
    NPIM_FUNCTION_NONE,
    NPIM_FUNCTION_RELU,
    NPIM_FUNCTION_RELU6,
    NPIM_FUNCTION_SIGMOID,
    NPIM_FUNCTION_TANH
} npim_function;

enum { NPIM_ACTIVATION_TABLE = 256 };

typedef struct npim_activation_config {
    uint32_t input_frac_bits; /* 0..7: 4 means inputs of -8..7.9375 */
    double energy_pJ;         /* per word: 0.217 */
    double power_mW;          /* nameplate, one unit */
    double area_um2;          /* one unit */
} npim_activation_config;

typedef struct npim_activation_unit {
    npim_activation_config config;
    int8_t sigmoid[NPIM_ACTIVATION_TABLE]; /* index: the input word as an unsigned byte */
    int8_t tanh[NPIM_ACTIVATION_TABLE];
    uint64_t n_words; /* so far; probed */
    double out;       /* last output word; probed */
} npim_activation_unit;

/* Builds the tables with hw/elementary.h, so they are the same on every CPU. NPIM_ECONFIG for a value
 * outside its range; unit is then zeroed. Owns nothing. */
NPIM_MUST_USE npim_status npim_activation_init(npim_activation_unit *unit,
                                               const npim_activation_config *config, npim_error *error);
void npim_activation_fini(npim_activation_unit *unit);
void npim_activation_reset(npim_activation_unit *unit);

/* out[i] = function(in[i]) for i < n; out may be in. */
void npim_activation_eval(npim_activation_unit *unit, npim_function function, const int8_t *in, int8_t *out,
                          size_t n);

extern const npim_block_ops npim_activation_ops; /* work.count: words; latency ceil(count / units) clocks */

#ifdef __cplusplus
}
#endif
#endif

/* Input or output register of a PE or tile: a small SRAM that is charged by the operation. What an operation
 * is (a byte moved, an accumulation) is the architecture's choice: a stage's counts must match energy_pJ. */
#ifndef NPIM_HW_SRAM_REGISTER_H
#define NPIM_HW_SRAM_REGISTER_H

#include "hw/block.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_sram_register_config {
    uint32_t size_B;         /* of one register */
    uint32_t latency_clocks; /* of a stream of any length: 1; the register keeps pace with its source */
    double energy_pJ;        /* per unit operation */
    double power_mW;         /* nameplate, one register */
    double area_um2;         /* one register */
} npim_sram_register_config;

typedef struct npim_sram_register {
    npim_sram_register_config config;
    uint64_t latency_ps;
    double n_ops; /* unit operations so far; probed */
} npim_sram_register;

/* NPIM_ECONFIG for a value outside its range; sram_register is then zeroed. Owns nothing. */
NPIM_MUST_USE npim_status npim_sram_register_init(npim_sram_register *sram_register,
                                                  const npim_sram_register_config *config, npim_error *error);
void npim_sram_register_fini(npim_sram_register *sram_register);
void npim_sram_register_reset(npim_sram_register *sram_register);

/* Counts `ops` (>= 0, a multiple of 1/8) unit operations for the waveform. */
void npim_sram_register_access(npim_sram_register *sram_register, double ops);

/* work.count: unit operations. Latency is latency_clocks for any count above 0. */
extern const npim_block_ops npim_sram_register_ops;

#ifdef __cplusplus
}
#endif
#endif

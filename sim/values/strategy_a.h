/* Inside sim/values: the converters of strategy A. */
#ifndef NPIM_SIM_VALUES_STRATEGY_A_H
#define NPIM_SIM_VALUES_STRATEGY_A_H

#include "hw/kernel/adc_lines.h"
#include "sim/values/strategies.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The bit lines of a whole array. NPIM_EUNSUPPORTED for converters of more than 24 bit. */
NPIM_MUST_USE npim_status npim_a_config(const npim_engine_base *base, npim_adc_line_config *config,
                                        npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

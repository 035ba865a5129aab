/* The numbers of a lane as voltages, currents and codes of an architecture's blocks, for waves.
 *
 * Between the blocks: a reference column takes the current of cells that are off away. A converter in every
 * cycle has one step for as many levels x digits as its engine says. A shift-and-add's inputs fill half the
 * supply with the largest possible partial sum, and its node is shown from there; its converter has the
 * layer's V_max as full scale, which is shown as its own. CASCADE's amplifier has its own gain, and its
 * summing amplifier brings the largest sum of a group of diagonals to the converter's full scale. */
#ifndef NPIM_SIM_VALUES_LANE_VOLTS_H
#define NPIM_SIM_VALUES_LANE_VOLTS_H

#include "sim/arch.h"
#include "sim/values/lane.h"
#include "tlm/lane_values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_lane_volts {
    double word_V, line_A, line_V; /* of a digit of 1; of one level times one digit */
    double mixed_V;                /* of one product of a cycle */
    double half_V;                 /* that a node is shown in units of */
    double full_V;                 /* of the converter */
    int32_t first_code;            /* the result code that the converter counts from */
} npim_lane_volts;

/* hardware: as the lanes have it, made of that architecture; exact: of ideal mode. NPIM_ECONFIG for a cell
 * that cannot be. */
NPIM_MUST_USE npim_status npim_lane_volts_init(npim_lane_volts *volts, const npim_arch *arch,
                                               const npim_hardware *hardware, bool exact, npim_error *error);

void npim_lane_show(const npim_lane_volts *volts, const npim_lane_trace *trace, npim_lane_values *values);

#ifdef __cplusplus
}
#endif
#endif

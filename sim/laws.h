/* What every layer must have counted: closed forms from the network and its mapping, which know nothing of
 * the simulation. */
#ifndef NPIM_SIM_LAWS_H
#define NPIM_SIM_LAWS_H

#include "sim/result.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NPIM_EINVARIANT, naming layer, quantity, what was counted and what was expected, when one of these does not
 * hold for a layer, over all images:
 * - windows, A/D conversions and the time of its arrays in operation: exactly those of its replicas;
 * - words through activation units and adders: exactly its outputs, its summands, the partial sums that
 *   cross tiles, and the gates and states of a recurrent layer; through pooling units: between every input
 *   once and every window's own;
 * - bytes on the bus: exactly the inputs of every window, padding not, and the outputs; those that it pools
 *   as above; of a gather as many as its outputs, and the outputs;
 * - bytes from the host: between the pixels that lie within some window and all of them; to the host:
 *   exactly the output. The host's link carried them; on a single chip no other link carried any.
 * NPIM_ENOMEM. */
NPIM_MUST_USE npim_status npim_laws_check(const npim_result *result, const npim_measurement *measurement,
                                          npim_error *error);

/* Words through activation units for every output of a layer of that kind; 0 for additions, which have an
 * activation or not. */
double npim_laws_activations(npim_layer_kind kind);

#ifdef __cplusplus
}
#endif
#endif

/* The constants of an architecture: what every entry of its file means. */
#ifndef NPIM_SIM_REPRODUCE_CONSTANTS_H
#define NPIM_SIM_REPRODUCE_CONSTANTS_H

#include "sim/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The field that an entry of arch->doc sets: its kind, range and unit. NULL for what is no constant: names,
 * comments, circuits. Borrowed, for ever. */
const npim_field *npim_constant_field(const npim_arch *arch, const npim_entry *entry);

/* True for the name of a block's circuit: no constant itself, but the analog values follow from it. */
bool npim_constant_is_circuit(const npim_entry *entry);

/* Its value as text: "128", "differential", "true". */
void npim_constant_text(const npim_entry *entry, char *text, size_t size);

#ifdef __cplusplus
}
#endif
#endif

/* A design as a TOML file, to which an architecture can point.
 *
 * [design] what was asked for, and the SHA-256 of all the rest; [circuit] sizes and rails; [[neuron]] in
 * their order, each with its kind and its cells: `in0:7` ties the node to input 0 with level 7, `!n4:2` to
 * the complement of neuron 4, `rail1:3` to a rail; [inverter] and [residue] the transfer curves where there
 * are such neurons. */
#ifndef NPIM_SIM_DESIGN_DESIGN_FILE_H
#define NPIM_SIM_DESIGN_DESIGN_FILE_H

#include "sim/design/design.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Replaces the file as a whole, unless it exists and force is not set. The decks of its tables must lie
 * beside it when it is read. NPIM_EUSAGE with the path and the reason. */
NPIM_MUST_USE npim_status npim_design_save(const npim_design *design, const char *path, bool force,
                                           npim_error *error);

/* Reads a design. NPIM_ECONFIG with file and line or key for what is missing, unknown or out of range, for a
 * circuit that cannot be, and for a file that was edited. On failure *design is zeroed. */
NPIM_MUST_USE npim_status npim_design_load(npim_design *design, const char *path, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

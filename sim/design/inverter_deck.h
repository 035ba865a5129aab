/* The deck of an inverter: model cards and a `.subckt inverter in out vdd`, nothing else, so that it can be
 * put into any netlist. */
#ifndef NPIM_SIM_DESIGN_INVERTER_DECK_H
#define NPIM_SIM_DESIGN_INVERTER_DECK_H

#include "hw/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_SHA256_SIZE = 65 }; /* 64 hexadecimal digits and the end */

typedef struct npim_inverter_deck {
    char *text; /* owned: from malloc */
    char sha256[NPIM_SHA256_SIZE];
} npim_inverter_deck;

void npim_inverter_deck_fini(npim_inverter_deck *deck); /* safe on a zeroed struct and twice */

/* Reads a deck. NPIM_ECONFIG, with file:line, when the file cannot be read, is larger than 1 MiB, has no
 * `.subckt inverter in out vdd`, or a dot command other than .model, .param, .func, .subckt and .ends: a deck
 * runs nothing and includes nothing. */
NPIM_MUST_USE npim_status npim_inverter_deck_load(npim_inverter_deck *deck, const char *path,
                                                  npim_error *error);

/* SHA-256 of bytes, as hexadecimal text. */
void npim_sha256(const void *bytes, size_t n, char sha256[NPIM_SHA256_SIZE]);

#ifdef __cplusplus
}
#endif
#endif

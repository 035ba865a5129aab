/* Shared by the parts of the section on SINAD and accuracy. */
#ifndef NPIM_SIM_REPRODUCE_SINAD_PARTS_H
#define NPIM_SIM_REPRODUCE_SINAD_PARTS_H

#include "sim/reproduce/study.h"

#ifdef __cplusplus
extern "C" {
#endif

/* sinad_accuracy.c: accuracy on the digits against SINAD, with its knee; accuracy_sinad in JSON. */
NPIM_MUST_USE npim_status npim_sinad_accuracy(npim_study *study, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

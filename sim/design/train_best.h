/* The best of several training runs: each starts elsewhere, trains (sim/design/trainer.h), refines its levels
 * (sim/design/refine.h) and becomes a circuit, which is judged by what it is for. */
#ifndef NPIM_SIM_DESIGN_TRAIN_BEST_H
#define NPIM_SIM_DESIGN_TRAIN_BEST_H

#include "sim/design/refine.h"
#include "sim/design/trainer.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_TRAIN_MAX_RUNS = 100 };

typedef struct npim_training {
    npim_net_shape shape;
    const npim_inverter *inverter;
    const npim_samples *samples, *check; /* check: for the trainer's choice, and for refining */
    npim_trainer_config trainer;         /* random: set for every run */
    npim_refine_config refine;           /* the same */
    uint32_t runs;                       /* 1..NPIM_TRAIN_MAX_RUNS */
    uint64_t seed;                       /* run i is block i of it */

    /* Puts the parameters where a run starts; draws are free but NPIM_DRAW_VARIATION. */
    void (*start)(void *context, const npim_random *random, npim_net *net);
    /* The higher the score, the better the circuit of this run. */
    npim_status (*judge)(void *context, uint32_t run, const npim_circuit *circuit, double *score,
                         npim_error *error);
    void *context;
} npim_training;

/* Trains all runs. circuit becomes the one of the best score (the earliest of equal ones); the caller ends it
 * with npim_circuit_fini. score: [runs]; best: its run. */
NPIM_MUST_USE npim_status npim_train_best(const npim_training *training, npim_circuit *circuit, double *score,
                                          uint32_t *best, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

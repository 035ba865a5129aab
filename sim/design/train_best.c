#include "sim/design/train_best.h"

#include <string.h>

/* The variation of training, of refining and of a circuit that is measured with the same seed are apart. */
static const uint64_t train_offset = (uint64_t)1 << 62, refine_offset = (uint64_t)1 << 63;

static npim_status train(const npim_training *t, const npim_random *random, npim_net *net,
                         npim_error *error) {
    npim_trainer_config trainer = t->trainer;
    npim_refine_config refine = t->refine;
    trainer.random = refine.random = *random;
    trainer.random.seed ^= train_offset;
    refine.random.seed ^= refine_offset;
    t->start(t->context, random, net);
    npim_status status = npim_train(net, t->samples, t->check, &trainer, NULL, error);
    if (status == NPIM_OK) status = npim_refine(net, t->check, &refine, NULL, error);
    return status;
}

static npim_status run(const npim_training *t, uint32_t number, npim_circuit *circuit, double *score,
                       npim_error *error) {
    const npim_random random = {.seed = t->seed, .block = number};
    npim_net net;
    npim_status status = npim_net_init(&net, &t->shape, t->inverter, error);
    if (status != NPIM_OK) return status;
    status = train(t, &random, &net, error);
    if (status == NPIM_OK) status = npim_net_circuit(&net, circuit, error);
    npim_net_fini(&net);
    if (status != NPIM_OK) return status;
    status = t->judge(t->context, number, circuit, score, error);
    if (status != NPIM_OK) npim_circuit_fini(circuit);
    return status;
}

npim_status npim_train_best(const npim_training *training, npim_circuit *circuit, double *score,
                            uint32_t *best, npim_error *error) {
    memset(circuit, 0, sizeof *circuit);
    *best = 0;
    if (training->runs < 1 || training->runs > NPIM_TRAIN_MAX_RUNS)
        return npim_fail(error, NPIM_ECONFIG, "runs = %u: 1..%d", training->runs, NPIM_TRAIN_MAX_RUNS);
    for (uint32_t i = 0; i < training->runs; i++) {
        npim_circuit made;
        npim_status status = run(training, i, &made, &score[i], error);
        if (status != NPIM_OK) {
            npim_circuit_fini(circuit);
            return status;
        }
        bool better = i == 0 || score[i] > score[*best];
        if (better) *best = i;
        npim_circuit loser = better ? *circuit : made;
        if (better) *circuit = made;
        npim_circuit_fini(&loser);
    }
    return NPIM_OK;
}

#include "hw/neural_sa.h"

#include <math.h>
#include <string.h>

npim_status npim_neural_sa_init(npim_neural_sa *sa, const npim_neural_sa_config *config, npim_error *error) {
    npim_status status = npim_block_begin(&npim_neural_sa_ops, sa, config, error);
    if (status == NPIM_OK) sa->keep = ldexp(1.0, -(int)config->dac_bits);
    return status;
}

void npim_neural_sa_fini(npim_neural_sa *sa) {
    memset(sa, 0, sizeof *sa);
}

void npim_neural_sa_reset(npim_neural_sa *sa) {
    sa->v_in_V = 0.0;
    sa->v_acc_V = 0.0;
    sa->n_steps = 0;
}

double npim_neural_sa_mix_V(const double *v_V, uint32_t slices, uint32_t cell_bits) {
    double sum = 0.0, total = 0.0;
    for (uint32_t k = 0; k < slices; k++) {
        double weight = ldexp(1.0, (int)(k * cell_bits));
        sum += weight * v_V[k];
        total += weight;
    }
    return total > 0.0 ? sum / total : 0.0;
}

void npim_neural_sa_eval(npim_neural_sa *sa, const double *v_V, size_t n, const npim_random *random,
                         uint64_t index, double *acc_V) {
    for (size_t i = 0; i < n; i++) {
        acc_V[i] = acc_V[i] * sa->keep + (1.0 - sa->keep) * v_V[i];
        if (random && sa->config.noise_V > 0.0)
            acc_V[i] += sa->config.noise_V * npim_random_normal(random, NPIM_DRAW_NOISE, index + i);
    }
    sa->v_in_V = n > 0 ? v_V[0] : 0.0;
    sa->v_acc_V = n > 0 ? acc_V[0] : 0.0;
    sa->n_steps += n;
}

void npim_neural_sa_step(npim_neural_sa *sa, const npim_instance *circuit, const double slice_V[8],
                         double full_V, uint64_t index, double *scratch_V, double *acc_V) {
    enum { ACC = 8 };
    const npim_circuit *c = circuit->circuit;
    double half_V = 0.5 * c->vdd_V, in_V[ACC + 1];
    for (uint32_t k = 0; k <= ACC; k++) {
        double share = (k == ACC ? *acc_V : slice_V[k]) / full_V;
        in_V[k] = half_V * (1 + fmax(-1, fmin(1, share)));
    }
    npim_instance_eval(circuit, in_V, index, scratch_V, scratch_V + c->n_neurons);
    *acc_V = (scratch_V[2 * c->n_neurons - 1] - half_V) / half_V * full_V;
    sa->v_in_V = npim_neural_sa_mix_V(slice_V, ACC, 1);
    sa->v_acc_V = *acc_V;
    sa->n_steps++;
}

double npim_neural_sa_gain(const npim_neural_sa *sa, uint32_t n_cycles) {
    return (1.0 - sa->keep) * ldexp(1.0, -(int)(sa->config.dac_bits * (n_cycles - 1)));
}

static double energy_pJ(const void *core, const npim_work *work) {
    return work->count * ((const npim_neural_sa *)core)->config.energy_pJ;
}

static double area_um2(const void *core) {
    return ((const npim_neural_sa *)core)->config.area_um2;
}

static npim_status ops_init(void *core, const void *config, npim_error *error) {
    return npim_neural_sa_init(core, config, error);
}

static void ops_fini(void *core) {
    npim_neural_sa_fini(core);
}

static void ops_reset(void *core) {
    npim_neural_sa_reset(core);
}

#define AT(member) offsetof(npim_neural_sa_config, member)

static const npim_field fields[] = {
    {.key = "dac_bits",
     .kind = NPIM_KIND_U32,
     .offset = AT(dac_bits),
     .min = 1,
     .max = 16,
     .unit = "bit",
     .preset = 4,
     .doc = "input bits per cycle: each step halves the past that often"},
    {.key = "energy_pJ",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(energy_pJ),
     .min = 0,
     .max = 1e6,
     .unit = "pJ",
     .required = true,
     .doc = "energy of one step of one unit"},
    {.key = "area_um2",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(area_um2),
     .min = 0,
     .max = 1e9,
     .unit = "um2",
     .required = true,
     .doc = "area of one unit, with its share of the NNADC"},
    {.key = "noise_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = AT(noise_V),
     .min = 0,
     .max = 1,
     .unit = "V",
     .preset = 0,
     .doc = "standard deviation added to the output in each step"},
};

static const npim_probe probes[] = {
    {.name = "v_in_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_neural_sa, v_in_V),
     .unit = "V",
     .doc = "input of unit 0",
     .input = true},
    {.name = "v_acc_V",
     .kind = NPIM_KIND_DOUBLE,
     .offset = offsetof(npim_neural_sa, v_acc_V),
     .unit = "V",
     .doc = "accumulated voltage of unit 0"},
    {.name = "n_steps",
     .kind = NPIM_KIND_U64,
     .offset = offsetof(npim_neural_sa, n_steps),
     .unit = "",
     .doc = "steps made"},
};

const npim_block_ops npim_neural_sa_ops = {
    .name = "neural_sa",
    .doc = "NNS+A: analog shift-and-add over input cycles",
    .config_size = sizeof(npim_neural_sa_config),
    .core_size = sizeof(npim_neural_sa),
    .fields = fields,
    .n_fields = sizeof fields / sizeof fields[0],
    .probes = probes,
    .n_probes = sizeof probes / sizeof probes[0],
    .init = ops_init,
    .fini = ops_fini,
    .reset = ops_reset,
    .latency_ps = npim_block_held_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
};

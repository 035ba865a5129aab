#include "hw/activation.h"

#include "hw/elementary.h"

#include <math.h>
#include <string.h>

static double sigmoid(double x) {
    double e = npim_exp(-fabs(x));
    return x < 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

/* Nearest word with 7 fractional bits; 1.0 does not fit and saturates. value: -1..1. */
static int8_t to_word(double value) {
    double word = round(value * 128.0);
    return (int8_t)(word > 127.0 ? 127.0 : word);
}

npim_status npim_activation_init(npim_activation_unit *unit, const npim_activation_config *config,
                                 npim_error *error) {
    npim_status status = npim_block_begin(&npim_activation_ops, unit, config, error);
    if (status != NPIM_OK) return status;
    for (int word = -128; word < 128; word++) {
        double x = word / (double)(1u << config->input_frac_bits);
        unit->sigmoid[(uint8_t)word] = to_word(sigmoid(x));
        unit->tanh[(uint8_t)word] = to_word(npim_tanh(x));
    }
    return NPIM_OK;
}

void npim_activation_fini(npim_activation_unit *unit) {
    memset(unit, 0, sizeof *unit);
}

void npim_activation_reset(npim_activation_unit *unit) {
    unit->n_words = 0;
    unit->out = 0.0;
}

static int8_t clamp(int8_t word, int high) {
    if (word < 0) return 0;
    return (int8_t)(word > high ? high : word);
}

static int8_t apply(const npim_activation_unit *unit, npim_function function, int8_t word) {
    switch (function) {
    case NPIM_FUNCTION_RELU:
        return clamp(word, INT8_MAX);
    case NPIM_FUNCTION_RELU6:
        return clamp(word, 6 << unit->config.input_frac_bits);
    case NPIM_FUNCTION_SIGMOID:
        return unit->sigmoid[(uint8_t)word];
    case NPIM_FUNCTION_TANH:
        return unit->tanh[(uint8_t)word];
    case NPIM_FUNCTION_NONE:
        break;
    }
    return word;
}

void npim_activation_eval(npim_activation_unit *unit, npim_function function, const int8_t *in, int8_t *out,
                          size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = apply(unit, function, in[i]);
    unit->n_words += n;
    if (n > 0) unit->out = out[n - 1];
}

static npim_status init(void *core, const void *config, npim_error *error) {
    return npim_activation_init(core, config, error);
}

static void fini(void *core) {
    npim_activation_fini(core);
}

static void reset(void *core) {
    npim_activation_reset(core);
}

static double energy_pJ(const void *core, const npim_work *work) {
    const npim_activation_unit *unit = core;
    return work->count * unit->config.energy_pJ;
}

static double area_um2(const void *core) {
    const npim_activation_unit *unit = core;
    return unit->config.area_um2;
}

static double power_mW(const void *core) {
    const npim_activation_unit *unit = core;
    return unit->config.power_mW;
}

#define AT(member) offsetof(npim_activation_config, member)
static const npim_field fields[] = {
    {"input_frac_bits", NPIM_KIND_U32, AT(input_frac_bits), 0, 7, "bit", false, 4, NULL,
     "fractional bits of an input word"},
    {"energy_pJ", NPIM_KIND_DOUBLE, AT(energy_pJ), 0, 1e6, "pJ", true, 0, NULL, "energy of one word"},
    {"power_mW", NPIM_KIND_DOUBLE, AT(power_mW), 0, 1e5, "mW", true, 0, NULL, "nameplate power of one unit"},
    {"area_um2", NPIM_KIND_DOUBLE, AT(area_um2), 0, 1e9, "um2", true, 0, NULL, "area of one unit"},
};

static const npim_probe probes[] = {
    {"n_words", NPIM_KIND_U64, offsetof(npim_activation_unit, n_words), "", NULL, "words so far", false},
    {"out", NPIM_KIND_DOUBLE, offsetof(npim_activation_unit, out), "", NULL, "last output word", false},
};

const npim_block_ops npim_activation_ops = {
    .name = "activation",
    .doc = "activation unit: ReLU, ReLU6, sigmoid and tanh by table",
    .config_size = sizeof(npim_activation_config),
    .core_size = sizeof(npim_activation_unit),
    .fields = fields,
    .n_fields = sizeof fields / sizeof *fields,
    .probes = probes,
    .n_probes = sizeof probes / sizeof *probes,
    .init = init,
    .fini = fini,
    .reset = reset,
    .latency_ps = npim_block_clocked_ps,
    .energy_pJ = energy_pJ,
    .area_um2 = area_um2,
    .power_mW = power_mW,
};

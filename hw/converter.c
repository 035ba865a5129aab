#include "hw/converter.h"

#include <string.h>

enum { MAX_BITS = 12 };

void npim_converter_fini(npim_converter *converter) {
    npim_circuit_fini(&converter->circuit);
    memset(converter, 0, sizeof *converter);
}

uint32_t npim_converter_wires(const npim_converter *converter) {
    uint32_t codes = 1u << converter->bits;
    switch (converter->kind) {
    case NPIM_CODE_THERMOMETER:
        return codes - 1;
    case NPIM_CODE_PIPELINE:
        return converter->n_coarse + 1 + 2 * codes / (converter->n_coarse + 1) - 1;
    case NPIM_CODE_BINARY:
    case NPIM_CODE_GRAY:
        break;
    }
    return converter->bits;
}

static npim_status check_stages(const npim_converter *c, npim_error *error) {
    uint32_t steps = c->n_coarse + 1;
    if (c->kind != NPIM_CODE_PIPELINE)
        return c->n_coarse == 0
                   ? NPIM_OK
                   : npim_fail(error, NPIM_ECONFIG,
                               "converter: n_coarse = %u: 0 where there is one stage alone", c->n_coarse);
    if (steps < 2 || (steps & (steps - 1)) || steps >= 1u << c->bits)
        return npim_fail(error, NPIM_ECONFIG,
                         "converter: n_coarse = %u: 2^b - 1 with b from 1 to %u, below the bits", c->n_coarse,
                         c->bits - 1);
    return NPIM_OK;
}

npim_status npim_converter_check(const npim_converter *converter, npim_error *error) {
    const npim_circuit *circuit = &converter->circuit;
    npim_status status = npim_circuit_check(circuit, error);
    if (status != NPIM_OK) return status;
    if (converter->kind > NPIM_CODE_PIPELINE)
        return npim_fail(error, NPIM_ECONFIG, "converter: code kind %d: 0..%d", (int)converter->kind,
                         NPIM_CODE_PIPELINE);
    if (converter->bits < 1 || converter->bits > MAX_BITS)
        return npim_fail(error, NPIM_ECONFIG, "converter: bits = %u: 1..%d", converter->bits, MAX_BITS);
    if (circuit->n_inputs != 1)
        return npim_fail(error, NPIM_ECONFIG, "converter: %u inputs: 1", circuit->n_inputs);
    status = check_stages(converter, error);
    if (status != NPIM_OK) return status;
    uint32_t wires = npim_converter_wires(converter);
    return circuit->n_outputs == wires
               ? NPIM_OK
               : npim_fail(error, NPIM_ECONFIG, "converter: %u outputs: a code of %u bit takes %u",
                           circuit->n_outputs, converter->bits, wires);
}

/* How many of n wires are high. */
static uint32_t high_wires(const npim_converter *converter, const double *out_V, uint32_t n) {
    double half_V = 0.5 * converter->circuit.vdd_V;
    uint32_t high = 0;
    for (uint32_t i = 0; i < n; i++) high += out_V[i] > half_V;
    return high;
}

static uint32_t decode_bits(const npim_converter *converter, const double *out_V) {
    uint32_t code = 0;
    for (uint32_t b = converter->bits; b-- > 0;) {
        uint32_t high = high_wires(converter, &out_V[b], 1);
        if (converter->kind == NPIM_CODE_GRAY) high ^= code & 1;
        code = code << 1 | high;
    }
    return code;
}

static uint32_t decode_pipeline(const npim_converter *converter, const double *out_V) {
    uint32_t n_coarse = converter->n_coarse, codes = 1u << converter->bits;
    uint32_t step = codes / (n_coarse + 1);
    uint32_t k = n_coarse - high_wires(converter, out_V, n_coarse);
    uint32_t n = high_wires(converter, &out_V[n_coarse + 1], 2 * step - 1);
    uint32_t above = step * k + n, half = step / 2; /* a step is 2 codes or more */
    if (above < half) return 0;
    return above - half < codes ? above - half : codes - 1;
}

uint32_t npim_converter_decode(const npim_converter *converter, const double *out_V) {
    switch (converter->kind) {
    case NPIM_CODE_THERMOMETER:
        return high_wires(converter, out_V, npim_converter_wires(converter));
    case NPIM_CODE_PIPELINE:
        return decode_pipeline(converter, out_V);
    case NPIM_CODE_BINARY:
    case NPIM_CODE_GRAY:
        break;
    }
    return decode_bits(converter, out_V);
}

void npim_converter_codes(const npim_converter *converter, const npim_instance *instance, const double *in_V,
                          size_t n, uint64_t index, double *scratch_V, uint16_t *codes) {
    const npim_circuit *circuit = &converter->circuit;
    double *out_V = scratch_V + circuit->n_neurons;
    const double *wires_V = out_V + (circuit->n_neurons - circuit->n_outputs);
    for (size_t i = 0; i < n; i++) {
        npim_instance_eval(instance, &in_V[i], index + i, scratch_V, out_V);
        codes[i] = (uint16_t)npim_converter_decode(converter, wires_V);
    }
}

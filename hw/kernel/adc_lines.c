#include "hw/kernel/adc_lines.h"

#include "hw/kernel/adc_lines_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The weights of codes are multiplied as 16-bit numbers. */
static bool has_binary_digits(const npim_adc_line_config *config) {
    if (config->digit_bits != 1 || config->cycles < 1 || config->cycles > 15) return false;
    if (config->step > INT16_MAX || config->code_max > INT16_MAX) return false;
    for (uint32_t c = 0; c < config->columns_per_weight; c++)
        if (abs(config->column_weight[c]) > INT16_MAX >> (config->cycles - 1)) return false;
    return true;
}

npim_status npim_adc_lines_init(npim_adc_lines *lines, const npim_adc_line_config *config,
                                const double *value, const double *squares, npim_error *error) {
    assert(config->rows >= 1 && config->rows <= 1024 && config->step >= 1);
    assert(config->code_max >= 1 && config->code_max < 1u << 24);
    assert(config->columns_per_weight >= 1 && config->columns_per_weight <= NPIM_ADC_LINE_COLUMNS);
    assert(squares || config->read_sigma <= 0.0);
    lines->config = *config;
    npim_status status = NPIM_OK;
    if (has_binary_digits(config))
        status = npim_binary_lines_init(lines, value, squares, &lines->is_binary, error);
    if (status == NPIM_OK && !lines->is_binary) {
        npim_binary_lines_fini(&lines->binary);
        status = npim_level_lines_init(lines, value, squares, error);
    }
    if (status != NPIM_OK) npim_adc_lines_fini(lines);
    return status;
}

void npim_adc_lines_fini(npim_adc_lines *lines) {
    npim_binary_lines_fini(&lines->binary);
    npim_level_lines_fini(&lines->levels);
    memset(lines, 0, sizeof *lines);
}

uint64_t npim_adc_lines_counters(const npim_adc_line_config *config) {
    uint64_t pairs = (config->columns_per_weight + 1) / 2;
    return config->outputs * pairs * ((config->cycles + 1) / 2);
}

npim_status npim_adc_lines_run(npim_isa isa, const npim_adc_lines *lines, npim_drive *drive,
                               const npim_adc_line_noise *noise, int32_t *sums, size_t sum_stride,
                               uint64_t *clipped, npim_error *error) {
    npim_adc_line_run run = {lines, drive, noise, sums, sum_stride, 0};
    assert(npim_isa_supported(isa));
    assert(drive->rows == lines->config.rows && drive->cycles == lines->config.cycles &&
           drive->digit_bits == lines->config.digit_bits);
    npim_status status =
        lines->is_binary ? npim_binary_lines_run(isa, &run, error) : npim_level_lines_run(isa, &run, error);
    *clipped += run.clipped;
    return status;
}

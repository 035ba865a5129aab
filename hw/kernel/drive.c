#include "hw/kernel/drive.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64, LANES = NPIM_DRIVE_LANES, WORD_ROWS = NPIM_DRIVE_WORD_ROWS };

static npim_status grow(void **data, size_t *room, size_t size, npim_error *error) {
    if (size <= *room) return NPIM_OK;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    free(*data);
    *room = 0;
    *data = aligned_alloc(ALIGNMENT, size);
    if (!*data) return npim_fail(error, NPIM_ENOMEM, "no memory for the digits of word lines");
    *room = size;
    return NPIM_OK;
}

/* One word of up to 32 vectors. codes: those of its rows, [rows][LANES]. */
static void pack(const uint16_t *codes, uint32_t rows, uint32_t cycles, uint32_t words, uint16_t *pattern) {
    for (uint32_t cycle = 0; cycle < cycles; cycle++) {
        uint16_t *to = pattern + (size_t)cycle * words * LANES;
        for (uint32_t lane = 0; lane < LANES; lane++) {
            unsigned word = 0;
            for (uint32_t row = 0; row < rows; row++)
                word |= ((unsigned)codes[row * LANES + lane] >> cycle & 1u) << row;
            to[lane] = (uint16_t)word;
        }
    }
}

static void pack_group(npim_drive *drive, size_t group) {
    size_t first = group * LANES, left = drive->n - first, lanes = left < LANES ? left : LANES;
    for (uint32_t word = 0; word < drive->words; word++) {
        uint16_t codes[WORD_ROWS * LANES] = {0};
        uint32_t row = word * WORD_ROWS, rows = drive->rows - row < WORD_ROWS ? drive->rows - row : WORD_ROWS;
        for (size_t lane = 0; lane < lanes; lane++) {
            const int16_t *input = drive->inputs + (first + lane) * drive->stride + row;
            for (uint32_t r = 0; r < rows; r++) codes[r * LANES + lane] = (uint16_t)input[r];
        }
        pack(codes, rows, drive->cycles, drive->words,
             drive->pattern + (group * drive->cycles * drive->words + word) * LANES);
    }
}

npim_status npim_drive_set(npim_drive *drive, const int16_t *inputs, size_t stride, size_t n, uint32_t rows,
                           uint32_t digit_bits, uint32_t cycles, npim_error *error) {
    drive->rows = rows;
    drive->digit_bits = digit_bits;
    drive->cycles = cycles;
    drive->n = n;
    drive->groups = (n + LANES - 1) / LANES;
    drive->inputs = inputs;
    drive->stride = stride;
    drive->words = (rows + WORD_ROWS - 1) / WORD_ROWS;
    if (digit_bits != 1) return NPIM_OK;
    void *data = drive->pattern;
    size_t size = drive->groups * cycles * drive->words * LANES * sizeof *drive->pattern;
    npim_status status = grow(&data, &drive->pattern_room, size, error);
    drive->pattern = data;
    for (size_t group = 0; status == NPIM_OK && group < drive->groups; group++) pack_group(drive, group);
    return status;
}

npim_status npim_drive_scratch(npim_drive *drive, size_t size, npim_error *error) {
    return grow(&drive->scratch, &drive->scratch_room, size, error);
}

void npim_drive_fini(npim_drive *drive) {
    free(drive->pattern);
    free(drive->scratch);
    memset(drive, 0, sizeof *drive);
}

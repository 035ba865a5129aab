#include "tlm/program.h"

#include <stdlib.h>
#include <string.h>

const char *const npim_stall_names[] = {"input", "output", "network", "memory", "converter", "psum", NULL};

static void slot_fini(npim_program_slot *slot) {
    free(slot->inputs);
    free(slot->destinations);
}

static void tile_fini(npim_program_tile *tile) {
    for (uint32_t i = 0; tile->slots && i < tile->n_slots; i++) slot_fini(&tile->slots[i]);
    for (uint32_t i = 0; tile->buffers && i < tile->n_buffers; i++) {
        const npim_window_buffer_config *window = &tile->buffers[i].window;
        free((void *)(uintptr_t)window->row_from);
        free((void *)(uintptr_t)window->row_to);
        free((void *)(uintptr_t)window->band_x);
        free((void *)(uintptr_t)window->n_pieces);
    }
    free(tile->slots);
    free(tile->buffers);
}

void npim_program_fini(npim_program *program) {
    for (uint32_t t = 0; program->tiles && t < program->n_tiles; t++) tile_fini(&program->tiles[t]);
    for (uint32_t i = 0; program->hosts && i < program->n_hosts; i++) slot_fini(&program->hosts[i]);
    free(program->hosts);
    free(program->tiles);
    memset(program, 0, sizeof *program);
}

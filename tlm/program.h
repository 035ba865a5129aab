/* What every tile has to do in a replay, in plain C: slots that process windows, buffers that feed them, and
 * where their outputs go. Made by sim/ from a mapping; executed by tlm/tile. */
#ifndef NPIM_TLM_PROGRAM_H
#define NPIM_TLM_PROGRAM_H

#include "hw/pe_plan.h"
#include "hw/window_buffer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The unit of a tile that turns a window into an output. */
typedef enum npim_slot_kind {
    NPIM_SLOT_CROSSBAR, /* the PEs */
    NPIM_SLOT_POOL,     /* the pooling unit */
    NPIM_SLOT_ADD,      /* the adder lanes */
    NPIM_SLOT_UNIT,     /* the activation unit alone */
    NPIM_SLOT_MOVE      /* none: reads as many bytes as it puts out, wherever in its window they are */
} npim_slot_kind;

/* Why a slot did not work although it could have. */
typedef enum npim_stall {
    NPIM_STALL_INPUT,     /* the input window had not arrived */
    NPIM_STALL_OUTPUT,    /* the outputs could not leave: no credit at a consumer */
    NPIM_STALL_NETWORK,   /* the outputs could not leave: the tile's way into the NoC was busy */
    NPIM_STALL_MEMORY,    /* eDRAM banks or bus busy */
    NPIM_STALL_CONVERTER, /* shared converters or adder lanes busy */
    NPIM_STALL_PSUM,      /* partial sums from or to a neighbouring tile */
    NPIM_N_STALLS
} npim_stall;

extern const char *const npim_stall_names[]; /* "input", "output", ..., NULL */

enum { NPIM_HOST_TILE = UINT32_MAX }; /* as a destination: the host */

/* One input of a slot. */
typedef struct npim_program_input {
    uint32_t buffer;  /* of this tile */
    uint32_t pixel_B; /* bytes of each of its pixels that the slot reads */
} npim_program_input;

/* One consumer buffer of a slot's outputs. Destinations of one group get the same bytes: one multicast. */
typedef struct npim_program_destination {
    uint32_t tile;   /* or NPIM_HOST_TILE */
    uint32_t buffer; /* of that tile */
    uint32_t piece;  /* which piece of the pixel this is */
    uint32_t group;
    uint32_t bytes;
} npim_program_destination;

/* How a recurrent layer goes from the finished sums of a window to its outputs: words through the activation
 * unit, the adder lanes, the activation unit and the lanes again, one after the other. All 0: not recurrent.
 */
typedef struct npim_program_cell {
    uint32_t gates;   /* activation unit: the gates */
    uint32_t state;   /* lanes: products and sum of the cell state */
    uint32_t tanh;    /* activation unit: of the cell state */
    uint32_t outputs; /* lanes: products with the output gate */
} npim_program_cell;

typedef struct npim_program_slot {
    npim_slot_kind kind;
    uint32_t layer, node, replica;
    npim_pe_shape shape; /* crossbar slots */
    uint32_t arrays;     /* that it occupies */
    uint64_t interval_ps;
    /* Windows: rows row, row + row_step, ... below out_h, columns [x_from, x_to). */
    uint32_t row, row_step, x_from, x_to, out_h;
    uint32_t image, image_step; /* of images image, image + image_step, ...; step 0: of all */
    uint32_t in_w, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w, pad_left;
    npim_program_input *inputs; /* owned */
    uint32_t n_inputs;
    double unit_words;   /* of one window through the adder lanes or the activation unit */
    uint32_t outputs;    /* channels finished here; 0: partial sums alone */
    uint32_t output_B;   /* bytes of one output window */
    bool row_above_here; /* pooling: the windows of the row above are made on this tile too, and share rows */
    bool activates;      /* its outputs pass the activation unit */
    npim_program_cell cell;                 /* of recurrent layers, in place of `activates` */
    uint32_t psum_in;                       /* partial sums that arrive from the slot before */
    uint32_t psum_out_B;                    /* bytes of those that leave; 0: none */
    uint32_t psum_tile, psum_slot;          /* to where */
    npim_program_destination *destinations; /* owned; ascending by group */
    uint32_t n_destinations, n_groups;
    const double *window_parts; /* what a meter adds for each window; borrowed, NULL without a meter */
} npim_program_slot;

typedef struct npim_program_buffer {
    npim_window_buffer_config window; /* its arrays are owned */
    uint32_t pad_top; /* window row y reads rows from y x stride - pad_top on, as far as there are any */
    uint64_t address;
    uint32_t edge; /* of the graph, for messages */
} npim_program_buffer;

typedef struct npim_program_tile {
    npim_program_slot *slots;
    uint32_t n_slots;
    npim_program_buffer *buffers;
    uint32_t n_buffers;
} npim_program_tile;

/* The whole system. Owned by whoever made it. */
typedef struct npim_program {
    npim_program_tile *tiles;
    uint32_t n_tiles, tiles_per_chip; /* of all chips; of each */
    uint32_t used_tiles;              /* tiles from this one on have nothing to do; 0: not known */
    npim_program_slot *hosts; /* what the host sends, each in an order of its own: outputs are channels,
                                 windows are pixels; the image comes first */
    uint32_t n_hosts;
    uint64_t host_B; /* bytes of results that reach the host for one image */
    uint32_t images;
    bool ideal_links;
} npim_program;

void npim_program_fini(npim_program *program); /* safe on a zeroed struct and twice */

#ifdef __cplusplus
}
#endif
#endif

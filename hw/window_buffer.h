/* Credited input buffer of a tile: a sliding window over the pixels that the tile needs of one edge.
 *
 * Needed pixels are numbered in raster order (rows that none of the tile's replicas reads are left out,
 * images follow each other). A producer may send pixel i only while i < base + capacity, where base is the
 * oldest pixel that some window still needs: every pixel has its place before it leaves, and since places are
 * given in raster order, a full buffer never holds what is not needed first. A pixel arrives in pieces, one
 * from each producer that owns some of its channels; the pieces of one producer are sent in order.
 *
 * Pieces are booked when they leave, with the time at which they will be here: who waits for a pixel knows
 * that time as soon as anybody can, and an arrival needs no event of its own. */
#ifndef NPIM_HW_WINDOW_BUFFER_H
#define NPIM_HW_WINDOW_BUFFER_H

#include "hw/status.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct npim_window_buffer_config {
    uint32_t height;                   /* rows of the producer's output */
    const uint32_t *row_from, *row_to; /* [height] columns that are read of each row, [from, to); equal: none.
                                          Copied. At least one row is read. */
    uint32_t capacity;                 /* pixels */
    uint32_t n_replicas;       /* producer's row replicas: row y comes from replica y mod n_replicas */
    uint32_t n_bands;          /* column bands of the producer, band b covers band_x[b]..band_x[b + 1] */
    const uint32_t *band_x;    /* n_bands + 1 columns; copied */
    const uint32_t *n_pieces;  /* [n_image_replicas x n_replicas x n_bands]: pieces in which a pixel of it
                                  arrives; copied */
    uint32_t n_image_replicas; /* producer's replicas by image: image i comes from i mod n_image_replicas
                                  (then n_replicas is 1); 0: as 1 */
    uint32_t image_first, image_step; /* images image_first, image_first + image_step, ... are read here; step
                                         0: every image */
} npim_window_buffer_config;

typedef struct npim_window_buffer {
    uint32_t height, x_from, width, capacity, n_replicas, n_bands, max_pieces;
    uint32_t n_image_replicas, image_first, image_step; /* the step is at least 1 */
    uint32_t rows_per_image;                            /* needed rows */
    uint32_t ring_rows;                                 /* rows whose arrivals are kept at a time */
    int32_t *row_index; /* [height] number among the needed rows, -1: not needed */
    uint32_t *row_from, *row_to;
    uint32_t *band_x, *n_pieces;
    uint32_t *booked;   /* [ring_rows x n_bands x max_pieces] columns booked of a piece */
    uint32_t *front;    /* [ring_rows x n_bands] columns of the band of which all pieces are booked */
    uint64_t *there_ps; /* [ring_rows x width] arrival of the last piece booked of a column and those before
                           it in its band */
    uint64_t base;      /* number of the oldest pixel still needed */
    uint64_t base_row;  /* base / width: rows before it are forgotten */
    uint64_t highest;   /* one more than the largest pixel number sent so far; probed */
} npim_window_buffer;

NPIM_MUST_USE npim_status npim_window_buffer_init(npim_window_buffer *buffer,
                                                  const npim_window_buffer_config *config, npim_error *error);
void npim_window_buffer_fini(npim_window_buffer *buffer); /* safe on a zeroed struct and twice */

/* The columns [from, to) of row y of that image that some window here reads; from >= to: none. */
typedef struct npim_columns {
    uint32_t from, to;
} npim_columns;
npim_columns npim_window_buffer_needs(const npim_window_buffer *buffer, uint64_t image, uint32_t y);

/* How many of the first `images` images are read here. */
uint64_t npim_window_buffer_images(const npim_window_buffer *buffer, uint64_t images);

/* Which of the producer's replicas makes row y of an image: 0..n_image_replicas x n_replicas - 1. */
uint32_t npim_window_buffer_producer(const npim_window_buffer *buffer, uint64_t image, uint32_t y);

/* Number of a needed row over all images read here: their number x rows_per_image + index. */
uint64_t npim_window_buffer_row(const npim_window_buffer *buffer, uint64_t image, uint32_t y);

/* Number of the pixel; it must be needed. */
uint64_t npim_window_buffer_pixel(const npim_window_buffer *buffer, uint64_t image, uint32_t y, uint32_t x);

/* Number of the pixel after the last one of an image that is read here. */
uint64_t npim_window_buffer_image_end(const npim_window_buffer *buffer, uint64_t image);

/* True when pixel number i has a place: i < base + capacity. */
bool npim_window_buffer_accepts(const npim_window_buffer *buffer, uint64_t pixel);

/* A piece of n (>= 1) neighbouring columns from x on will have arrived at at_ps; all must be needed and
 * accepted. Columns between those that windows read may come after their row was given up; they are
 * dropped. */
void npim_window_buffer_book(npim_window_buffer *buffer, uint64_t image, uint32_t y, uint32_t x, uint32_t n,
                             uint32_t piece, uint64_t at_ps);

/* When the pixels of columns [x_from, x_to) of the needed row have all arrived in all their pieces, and with
 * them those before them in their band, which are delivered in order; UINT64_MAX while one is not booked. */
uint64_t npim_window_buffer_ready_ps(const npim_window_buffer *buffer, uint64_t image, uint32_t y,
                                     uint32_t x_from, uint32_t x_to);

/* No window needs pixels before number `base` any more; going back is ignored. Returns true when it moved. */
bool npim_window_buffer_release(npim_window_buffer *buffer, uint64_t base);

#ifdef __cplusplus
}
#endif
#endif

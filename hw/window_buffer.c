#include "hw/window_buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *copy(const void *from, size_t size) {
    void *to = malloc(size);
    if (to) memcpy(to, from, size);
    return to;
}

static uint32_t largest(const uint32_t *values, uint32_t n) {
    uint32_t most = 1;
    for (uint32_t i = 0; i < n; i++)
        if (values[i] > most) most = values[i];
    return most;
}

static bool allocate(npim_window_buffer *b, const npim_window_buffer_config *c) {
    b->row_index = calloc(c->height, sizeof *b->row_index);
    b->row_from = copy(c->row_from, c->height * sizeof *b->row_from);
    b->row_to = copy(c->row_to, c->height * sizeof *b->row_to);
    b->band_x = copy(c->band_x, (c->n_bands + 1) * sizeof *b->band_x);
    b->n_pieces =
        copy(c->n_pieces, (size_t)b->n_image_replicas * c->n_replicas * c->n_bands * sizeof *b->n_pieces);
    b->booked = calloc((size_t)b->ring_rows * c->n_bands * b->max_pieces, sizeof *b->booked);
    b->front = calloc((size_t)b->ring_rows * c->n_bands, sizeof *b->front);
    b->there_ps = calloc((size_t)b->ring_rows * b->width, sizeof *b->there_ps);
    return b->row_index && b->row_from && b->row_to && b->band_x && b->n_pieces && b->booked && b->front &&
           b->there_ps;
}

/* The columns that any row keeps. */
static void find_columns(npim_window_buffer *b, const npim_window_buffer_config *c) {
    uint32_t x_to = 0;
    b->x_from = UINT32_MAX;
    for (uint32_t y = 0; y < c->height; y++) {
        if (c->row_from[y] >= c->row_to[y]) continue;
        if (c->row_from[y] < b->x_from) b->x_from = c->row_from[y];
        if (c->row_to[y] > x_to) x_to = c->row_to[y];
    }
    b->width = x_to > b->x_from ? x_to - b->x_from : 0;
}

npim_status npim_window_buffer_init(npim_window_buffer *b, const npim_window_buffer_config *c,
                                    npim_error *error) {
    memset(b, 0, sizeof *b);
    find_columns(b, c);
    if (b->width == 0 || c->capacity == 0 || c->n_replicas == 0 || c->n_bands == 0)
        return npim_fail(error, NPIM_EINVARIANT, "window buffer: empty (%u columns, %u pixels)", b->width,
                         c->capacity);
    if (c->image_step > 0 && c->image_first >= c->image_step)
        return npim_fail(error, NPIM_EINVARIANT, "window buffer: first image %u: outside 0..%u",
                         c->image_first, c->image_step - 1);
    b->height = c->height;
    b->capacity = c->capacity;
    b->n_replicas = c->n_replicas;
    b->n_bands = c->n_bands;
    b->n_image_replicas = c->n_image_replicas ? c->n_image_replicas : 1;
    b->image_first = c->image_first;
    b->image_step = c->image_step ? c->image_step : 1;
    b->max_pieces = largest(c->n_pieces, b->n_image_replicas * c->n_replicas * c->n_bands);
    b->ring_rows = (c->capacity + b->width - 1) / b->width + 2;
    if (!allocate(b, c)) {
        npim_window_buffer_fini(b);
        return npim_fail(error, NPIM_ENOMEM, "window buffer: no memory for %u pixels", c->capacity);
    }
    for (uint32_t y = 0; y < c->height; y++)
        b->row_index[y] = c->row_from[y] < c->row_to[y] ? (int32_t)b->rows_per_image++ : -1;
    return NPIM_OK;
}

void npim_window_buffer_fini(npim_window_buffer *b) {
    free(b->row_index);
    free(b->row_from);
    free(b->row_to);
    free(b->band_x);
    free(b->n_pieces);
    free(b->booked);
    free(b->front);
    free(b->there_ps);
    memset(b, 0, sizeof *b);
}

npim_columns npim_window_buffer_needs(const npim_window_buffer *b, uint64_t image, uint32_t y) {
    if (b->image_step > 1 && image % b->image_step != b->image_first) return (npim_columns){0, 0};
    return (npim_columns){b->row_from[y], b->row_to[y]};
}

uint64_t npim_window_buffer_images(const npim_window_buffer *b, uint64_t images) {
    return images > b->image_first ? (images - b->image_first - 1) / b->image_step + 1 : 0;
}

uint32_t npim_window_buffer_producer(const npim_window_buffer *b, uint64_t image, uint32_t y) {
    uint32_t by_row = y % b->n_replicas;
    return b->n_image_replicas > 1 ? (uint32_t)(image % b->n_image_replicas) * b->n_replicas + by_row
                                   : by_row;
}

/* Among the images read here. */
static uint64_t local_image(const npim_window_buffer *b, uint64_t image) {
    return b->image_step > 1 ? image / b->image_step : image;
}

uint64_t npim_window_buffer_row(const npim_window_buffer *b, uint64_t image, uint32_t y) {
    return local_image(b, image) * b->rows_per_image + (uint64_t)b->row_index[y];
}

uint64_t npim_window_buffer_pixel(const npim_window_buffer *b, uint64_t image, uint32_t y, uint32_t x) {
    return npim_window_buffer_row(b, image, y) * b->width + (x - b->x_from);
}

uint64_t npim_window_buffer_image_end(const npim_window_buffer *b, uint64_t image) {
    return (local_image(b, image) + 1) * b->rows_per_image * b->width;
}

bool npim_window_buffer_accepts(const npim_window_buffer *b, uint64_t pixel) {
    return pixel < b->base + b->capacity;
}

static uint32_t band_of(const npim_window_buffer *b, uint32_t x) {
    uint32_t band = 0;
    while (x >= b->band_x[band + 1]) band++;
    return band;
}

/* First column of a band that row y keeps. */
static uint32_t band_start(const npim_window_buffer *b, uint32_t y, uint32_t band) {
    return b->band_x[band] > b->row_from[y] ? b->band_x[band] : b->row_from[y];
}

/* The columns of a band arrive in order, so the last of some columns tells when all are there. */
static void arrive(npim_window_buffer *b, uint64_t *row_ps, uint32_t x, uint32_t n, uint32_t first,
                   uint64_t at_ps) {
    if (x > first && row_ps[x - 1 - b->x_from] > at_ps) at_ps = row_ps[x - 1 - b->x_from];
    for (uint64_t *column_ps = row_ps + (x - b->x_from); n > 0; n--, column_ps++)
        if (*column_ps < at_ps) *column_ps = at_ps;
}

void npim_window_buffer_book(npim_window_buffer *b, uint64_t image, uint32_t y, uint32_t x, uint32_t n,
                             uint32_t piece, uint64_t at_ps) {
    uint64_t row = npim_window_buffer_row(b, image, y);
    uint32_t band = band_of(b, x), first = band_start(b, y, band);
    size_t ring = row % b->ring_rows, cell = ring * b->n_bands + band;
    uint32_t *booked = &b->booked[cell * b->max_pieces];
    uint64_t last = row * b->width + (x - b->x_from) + n;
    assert(last <= b->base + b->capacity);
    if (row < b->base_row) return;
    assert(booked[piece] == x - first); /* in order */
    if (last > b->highest) b->highest = last;
    booked[piece] += n;
    arrive(b, &b->there_ps[ring * b->width], x, n, first, at_ps);
    uint32_t n_pieces = b->n_pieces[npim_window_buffer_producer(b, image, y) * b->n_bands + band];
    uint32_t front = booked[piece];
    for (uint32_t i = 0; i < n_pieces; i++)
        if (booked[i] < front) front = booked[i];
    b->front[cell] = front;
}

uint64_t npim_window_buffer_ready_ps(const npim_window_buffer *b, uint64_t image, uint32_t y, uint32_t x_from,
                                     uint32_t x_to) {
    uint64_t row = npim_window_buffer_row(b, image, y), ready_ps = 0;
    if (row >= b->base_row + b->ring_rows) return UINT64_MAX;
    size_t ring = row % b->ring_rows;
    const uint32_t *front = &b->front[ring * b->n_bands];
    for (uint32_t band = band_of(b, x_from); band < b->n_bands && b->band_x[band] < x_to; band++) {
        uint32_t end = b->band_x[band + 1] < x_to ? b->band_x[band + 1] : x_to;
        if (band_start(b, y, band) + front[band] < end) return UINT64_MAX;
        uint64_t last_ps = b->there_ps[ring * b->width + (end - 1 - b->x_from)];
        if (last_ps > ready_ps) ready_ps = last_ps;
    }
    return ready_ps;
}

/* Clears what is known of a row that has left, for the row that will take its place. */
static void clear_row(npim_window_buffer *b, uint64_t row) {
    size_t ring = row % b->ring_rows, cell = ring * b->n_bands;
    memset(&b->front[cell], 0, b->n_bands * sizeof *b->front);
    memset(&b->booked[cell * b->max_pieces], 0, (size_t)b->n_bands * b->max_pieces * sizeof *b->booked);
    memset(&b->there_ps[ring * b->width], 0, b->width * sizeof *b->there_ps);
}

bool npim_window_buffer_release(npim_window_buffer *b, uint64_t base) {
    if (base <= b->base) return false;
    b->base = base;
    for (; b->base_row < base / b->width; b->base_row++) clear_row(b, b->base_row);
    return true;
}

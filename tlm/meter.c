#include "tlm/meter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void npim_meter_init(npim_meter *meter, uint64_t step_ps, uint32_t n_parts, uint32_t max_rows) {
    *meter = (npim_meter){.step_ps = step_ps, .n_parts = n_parts, .max_rows = max_rows};
}

void npim_meter_fini(npim_meter *meter) {
    free(meter->rows);
    memset(meter, 0, sizeof *meter);
}

static size_t width(const npim_meter *meter) {
    return (size_t)NPIM_N_EVENTS + meter->n_parts;
}

/* Room for the row, zeroed; false when there is none, and then never again. */
static bool reach(npim_meter *meter, uint64_t row) {
    if (row < meter->n_rows) return true;
    if (row >= meter->max_rows) meter->status = NPIM_EUSAGE;
    if (meter->status != NPIM_OK) return false;
    if (row >= meter->capacity) {
        uint64_t capacity = row + 1 > 2 * (uint64_t)meter->capacity ? row + 1 : 2 * (uint64_t)meter->capacity;
        if (capacity > meter->max_rows) capacity = meter->max_rows;
        double *rows = realloc(meter->rows, (size_t)capacity * width(meter) * sizeof *rows);
        if (!rows) {
            meter->status = NPIM_ENOMEM;
            return false;
        }
        meter->rows = rows;
        meter->capacity = (uint32_t)capacity;
        meter->row_from_ps = meter->row_to_ps = 0; /* the row in use has moved */
    }
    uint32_t n = (uint32_t)row + 1;
    memset(meter->rows + meter->n_rows * width(meter), 0,
           (n - meter->n_rows) * width(meter) * sizeof *meter->rows);
    meter->n_rows = n;
    return true;
}

static void use_row(npim_meter *meter, uint64_t row) {
    meter->row = meter->rows + row * width(meter);
    meter->row_from_ps = row * meter->step_ps;
    meter->row_to_ps = meter->row_from_ps + meter->step_ps;
}

/* Over the rows that [from_ps, to_ps) touches, by their shares of it. */
static void spread(npim_meter *meter, uint32_t account, const double *amounts, uint32_t n, uint64_t from_ps,
                   uint64_t to_ps) {
    double length_ps = (double)(to_ps - from_ps);
    uint64_t last = (to_ps - 1) / meter->step_ps;
    if (!reach(meter, last)) return;
    for (uint64_t row = from_ps / meter->step_ps; row <= last; row++) {
        use_row(meter, row);
        uint64_t begin_ps = from_ps > meter->row_from_ps ? from_ps : meter->row_from_ps;
        uint64_t end_ps = to_ps < meter->row_to_ps ? to_ps : meter->row_to_ps;
        double share = (double)(end_ps - begin_ps) / length_ps;
        for (uint32_t i = 0; i < n; i++) meter->row[account + i] += share * amounts[i];
    }
}

static void add(npim_meter *meter, uint32_t account, const double *amounts, uint32_t n, uint64_t from_ps,
                uint64_t to_ps) {
    if (to_ps <= from_ps) {
        to_ps = from_ps > 0 ? from_ps : 1;
        from_ps = to_ps - 1;
    }
    if (to_ps > meter->end_ps) meter->end_ps = to_ps;
    if (from_ps < meter->row_from_ps || to_ps > meter->row_to_ps) {
        spread(meter, account, amounts, n, from_ps, to_ps);
        return;
    }
    for (uint32_t i = 0; i < n; i++) meter->row[account + i] += amounts[i];
}

void npim_meter_event(npim_meter *meter, npim_event event, double amount, uint64_t from_ps, uint64_t to_ps) {
    add(meter, event, &amount, 1, from_ps, to_ps);
}

void npim_meter_window(npim_meter *meter, const double *parts, uint64_t from_ps, uint64_t to_ps) {
    add(meter, NPIM_N_EVENTS, parts, meter->n_parts, from_ps, to_ps);
}

npim_status npim_meter_finish(npim_meter *meter, uint64_t end_ps) {
    if (end_ps > meter->end_ps) meter->end_ps = end_ps;
    if (meter->status == NPIM_OK && meter->end_ps > 0)
        (void)reach(meter, (meter->end_ps - 1) / meter->step_ps);
    return meter->status;
}

const double *npim_meter_row(const npim_meter *meter, uint32_t row) {
    return meter->rows + row * width(meter);
}

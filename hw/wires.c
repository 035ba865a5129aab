#include "hw/wires.h"

#include <stdlib.h>
#include <string.h>

enum { GROUP = NPIM_WIRES_GROUP, MAX_LINES = 1024 };

static const double max_ohm = 1e9, max_S = 1e9;

static npim_status check(uint32_t rows, uint32_t columns, double word_line_ohm, double bit_line_ohm,
                         npim_error *error) {
    if (rows < 1 || rows > MAX_LINES || columns < 1 || columns > MAX_LINES)
        return npim_fail(error, NPIM_ECONFIG, "wires: %u rows x %u columns: outside 1..%d", rows, columns,
                         MAX_LINES);
    if (!(word_line_ohm >= 0.0 && word_line_ohm <= max_ohm))
        return npim_fail(error, NPIM_ECONFIG, "wires: word_line_ohm = %.17g: outside 0..%g ohm",
                         word_line_ohm, max_ohm);
    if (!(bit_line_ohm >= 0.0 && bit_line_ohm <= max_ohm))
        return npim_fail(error, NPIM_ECONFIG, "wires: bit_line_ohm = %.17g: outside 0..%g ohm", bit_line_ohm,
                         max_ohm);
    return NPIM_OK;
}

npim_status npim_wires_init(npim_wires *wires, uint32_t rows, uint32_t columns, double word_line_ohm,
                            double bit_line_ohm, npim_error *error) {
    memset(wires, 0, sizeof *wires);
    npim_status status = check(rows, columns, word_line_ohm, bit_line_ohm, error);
    if (status != NPIM_OK) return status;
    size_t stride = ((size_t)rows + columns) | 8; /* no power of two: rows would share cache sets */
    size_t n = stride * (columns + 3 * GROUP) + 2 * (size_t)columns;
    double *memory = malloc(n * sizeof *memory);
    if (!memory) return npim_fail(error, NPIM_ENOMEM, "wires: no memory for %zu numbers", n);
    *wires = (npim_wires){.rows = rows,
                          .columns = columns,
                          .word_line_ohm = word_line_ohm,
                          .bit_line_ohm = bit_line_ohm,
                          .stride = stride,
                          .coupling_S = memory};
    wires->group = memory + stride * columns;
    wires->before = wires->group + stride * GROUP;
    wires->share = wires->before + stride * GROUP;
    wires->pass = wires->share + stride * GROUP;
    wires->right_S = wires->pass + columns;
    return NPIM_OK;
}

void npim_wires_fini(npim_wires *wires) {
    free(wires->coupling_S);
    memset(wires, 0, sizeof *wires);
}

/* Word line `row` with its cells joins the network. With all bit lines at 0 V, right_S[c] is what node c sees
 * to its right, its own cell included, and pass[c] the voltage of node c over that of its left neighbour;
 * left_ohm is what it sees to its left. 1 A into node k then gives it k_ohm, and its right neighbours what
 * passes. */
static void add_word_line(npim_wires *wires, const double *g_S, uint32_t row) {
    const size_t n = wires->columns, stride = wires->stride;
    const double ohm = wires->word_line_ohm;
    double *pass = wires->pass, *right_S = wires->right_S, beyond_S = 0.0;
    for (size_t c = n; c-- > 0;) {
        right_S[c] = g_S[c] + beyond_S;
        pass[c] = 1.0 / (1.0 + ohm * right_S[c]);
        beyond_S = right_S[c] * pass[c];
    }
    double left_ohm = ohm, driver = 1.0;
    for (size_t k = 0; k < n; k++) {
        double *coupling_S = wires->coupling_S + k * stride;
        driver *= pass[k];
        coupling_S[n + row] = g_S[k] * driver;
        double k_ohm = left_ohm / (1.0 + left_ohm * right_S[k]);
        double ratio = g_S[k] * k_ohm; /* voltage of node c per volt of bit line k */
        for (size_t c = k + 1; c < n; c++) {
            ratio *= pass[c];
            coupling_S[c] += ratio * g_S[c];
        }
        left_ohm = ohm + left_ohm / (1.0 + left_ohm * g_S[k]);
    }
}

static double sum_of(const double *x, size_t n) {
    double part[4] = {0.0, 0.0, 0.0, 0.0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t p = 0; p < 4; p++) part[p] += x[i + p];
    for (; i < n; i++) part[0] += x[i];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

static void add_scaled(double *restrict x, double factor, const double *restrict y, size_t n) {
    for (size_t i = 0; i < n; i++) x[i] += factor * y[i];
}

/* x += factor[0] x y + factor[1] x (y + stride) + ..., in this order. */
static void add_group(double *restrict x, const double factor[GROUP], const double *restrict y, size_t stride,
                      size_t n) {
    const double *y1 = y + stride, *y2 = y1 + stride, *y3 = y2 + stride, *y4 = y3 + stride, *y5 = y4 + stride,
                 *y6 = y5 + stride, *y7 = y6 + stride;
    const double f0 = factor[0], f1 = factor[1], f2 = factor[2], f3 = factor[3], f4 = factor[4],
                 f5 = factor[5], f6 = factor[6], f7 = factor[7];
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] + f0 * y[i] + f1 * y1[i] + f2 * y2[i] + f3 * y3[i] + f4 * y4[i] + f5 * y5[i] +
               f6 * y6[i] + f7 * y7[i];
}

/* The couplings of n bit lines from `first` on, complete: coupling_S holds each pair once, in the row of the
 * smaller number. */
static void load_group(npim_wires *wires, size_t first, size_t n, size_t width) {
    const size_t stride = wires->stride;
    for (size_t s = 0; s < n; s++) {
        size_t k = first + s;
        double *line = wires->group + s * stride;
        for (size_t j = 0; j < k; j++) line[j] = wires->coupling_S[j * stride + k];
        line[k] = 0.0;
        for (size_t j = k + 1; j < width; j++) line[j] = wires->coupling_S[k * stride + j];
    }
}

static void store_group(npim_wires *wires, size_t first, size_t n, size_t width) {
    const size_t stride = wires->stride;
    for (size_t s = 0; s < n; s++) {
        size_t k = first + s;
        const double *line = wires->group + s * stride;
        for (size_t j = 0; j < k; j++) wires->coupling_S[j * stride + k] = line[j];
        for (size_t j = k + 1; j < width; j++) wires->coupling_S[k * stride + j] = line[j];
    }
}

/* Takes in the segment below bit line first + s, within the group: a conductance g to a partner becomes
 * g x pass seen from the segment's lower end, and two partners g and h of the line are coupled by
 * ohm x pass x g x h more. Keeps the line as it was and its shares for the lines outside the group. */
static void pass_segment(npim_wires *wires, size_t first, size_t s, size_t n, size_t width) {
    const size_t stride = wires->stride, columns = wires->columns, k = first + s;
    double *line = wires->group + s * stride, *before = wires->before + s * stride,
           *share = wires->share + s * stride;
    const double pass = 1.0 / (1.0 + wires->bit_line_ohm * sum_of(line, width));
    const double through_ohm = wires->bit_line_ohm * pass;
    memcpy(before, line, width * sizeof *line);
    for (size_t j = 0; j < columns; j++) share[j] = through_ohm * before[j];
    for (size_t j = 0; j < width; j++) line[j] *= pass;
    for (size_t q = 0; q < n; q++) {
        if (q == s) continue;
        double *other = wires->group + q * stride;
        add_scaled(other, share[first + q], before, width);
        other[first + q] = 0.0; /* not coupled to itself */
        other[k] = line[first + q];
    }
}

/* Takes in the segments below n bit lines from `first` on. */
static void pass_group(npim_wires *wires, size_t first, size_t n, size_t width) {
    const size_t stride = wires->stride;
    load_group(wires, first, n, width);
    for (size_t s = 0; s < n; s++) pass_segment(wires, first, s, n, width);
    memset(wires->before + n * stride, 0, (GROUP - n) * stride * sizeof *wires->before);
    for (size_t j = 0; j < wires->columns; j++) {
        if (j >= first && j < first + n) continue;
        double factor[GROUP] = {0.0};
        for (size_t s = 0; s < n; s++) factor[s] = wires->share[s * stride + j];
        add_group(wires->coupling_S + j * stride + j + 1, factor, wires->before + j + 1, stride,
                  width - (j + 1));
    }
    store_group(wires, first, n, width);
}

static npim_status pass_row(npim_wires *wires, size_t width, npim_error *error) {
    const size_t columns = wires->columns;
    for (size_t first = 0; first < columns; first += GROUP) {
        if (wires->stop_wanted && wires->stop_wanted(wires->stop_context))
            return npim_fail(error, NPIM_EINTERRUPTED, "interrupted");
        pass_group(wires, first, columns - first < GROUP ? columns - first : GROUP, width);
    }
    return NPIM_OK;
}

npim_status npim_wires_effective(npim_wires *wires, const double *g_S, double *effective_S,
                                 npim_error *error) {
    const size_t rows = wires->rows, columns = wires->columns, stride = wires->stride;
    for (size_t i = 0; i < rows * columns; i++)
        if (!(g_S[i] >= 0.0 && g_S[i] <= max_S))
            return npim_fail(error, NPIM_ECONFIG, "wires: g_S[%zu][%zu] = %.17g: outside 0..%g S",
                             i / columns, i % columns, g_S[i], max_S);
    memset(wires->coupling_S, 0, columns * stride * sizeof *wires->coupling_S);
    for (uint32_t row = 0; row < rows; row++) {
        add_word_line(wires, g_S + row * columns, row);
        const size_t width = columns + row + 1; /* bit lines and the drivers so far */
        npim_status status = wires->bit_line_ohm > 0.0 ? pass_row(wires, width, error) : NPIM_OK;
        if (status != NPIM_OK) return status;
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            effective_S[r * columns + c] = wires->coupling_S[c * stride + columns + r];
    return NPIM_OK;
}

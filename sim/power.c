#include "sim/power.h"

#include "hw/units.h"
#include "sim/ledger.h"
#include "sim/time_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the integral against the books; what rounding leaves is far below. */
static const double tolerance = 1e-3;

/* --- before the run --- */

npim_status npim_power_refuse_step(uint64_t step_ps, uint64_t length_ps, npim_error *error) {
    char step[32], length[32], least[32];
    npim_time_text(step_ps, step, sizeof step);
    npim_time_text(length_ps, length, sizeof length);
    npim_time_text(npim_ceil_div(length_ps, NPIM_POWER_MAX_ROWS), least, sizeof least);
    return npim_fail(error, NPIM_EUSAGE,
                     "--power-step %s: the run takes %s or more, which is over %d rows; at least %s", step,
                     length, NPIM_POWER_MAX_ROWS, least);
}

npim_status npim_power_check_step(const npim_map *map, uint64_t step_ps, npim_error *error) {
    double length_ps = 1e12 * map->arch->run.images / npim_map_pipeline_bound(map);
    if (!(length_ps > (double)step_ps * NPIM_POWER_MAX_ROWS) || length_ps > 1e18) return NPIM_OK;
    return npim_power_refuse_step(step_ps, (uint64_t)length_ps, error);
}

static void price_window(const npim_arch *arch, const npim_program_slot *slot, double *group_pJ) {
    double block_pJ[NPIM_MAX_BLOCKS];
    npim_ledger_window_pJ(arch, &slot->shape, block_pJ);
    for (uint32_t b = 0; b < arch->n_blocks; b++) group_pJ[arch->blocks[b].placement.group] += block_pJ[b];
}

double *npim_power_price_windows(npim_program *program, const npim_arch *arch) {
    size_t n = 0;
    for (uint32_t t = 0; t < program->n_tiles; t++) n += program->tiles[t].n_slots;
    double *prices = calloc(n ? n : 1, NPIM_N_GROUPS * sizeof *prices), *next = prices;
    for (uint32_t t = 0; prices && t < program->n_tiles; t++)
        for (uint32_t s = 0; s < program->tiles[t].n_slots; s++, next += NPIM_N_GROUPS) {
            npim_program_slot *slot = &program->tiles[t].slots[s];
            if (slot->kind != NPIM_SLOT_CROSSBAR) continue;
            price_window(arch, slot, next);
            slot->window_parts = next;
        }
    return prices;
}

/* --- after it --- */

void npim_power_init(npim_power *power, const npim_result *result, const npim_measurement *measurement) {
    const npim_arch *arch = result->map->arch;
    *power = (npim_power){.meter = &measurement->meter, .n_rows = measurement->meter.n_rows};
    power->constant_W = npim_arch_standby_W(arch) * result->map->chips;
    for (uint32_t e = 0; e < NPIM_N_EVENTS; e++) {
        power->event_pJ[e] = npim_ledger_event_pJ(arch, (npim_event)e, 1.0);
        power->event_group[e] = npim_ledger_event_block(arch, (npim_event)e)->placement.group;
    }
}

void npim_power_at(const npim_power *power, uint32_t row, npim_power_row *at) {
    const npim_meter *meter = power->meter;
    const double *amounts = npim_meter_row(meter, row);
    at->from_ps = row * meter->step_ps;
    at->duration_ps =
        meter->end_ps - at->from_ps < meter->step_ps ? meter->end_ps - at->from_ps : meter->step_ps;
    memcpy(at->group_W, amounts + NPIM_N_EVENTS, sizeof at->group_W);
    for (uint32_t e = 0; e < NPIM_N_EVENTS; e++)
        at->group_W[power->event_group[e]] += amounts[e] * power->event_pJ[e];
    at->event_W = 0.0;
    for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) {
        at->group_W[g] /= (double)at->duration_ps; /* pJ / ps */
        at->event_W += at->group_W[g];
    }
    at->constant_W = power->constant_W;
    at->total_W = at->event_W + at->constant_W;
}

static npim_status compare(const char *what, double integral_pJ, double booked_pJ, npim_error *error) {
    if (fabs(integral_pJ - booked_pJ) <= tolerance * booked_pJ) return NPIM_OK;
    return npim_fail(error, NPIM_EINVARIANT,
                     "the books do not balance: power over time (%s): %.17g pJ against %.17g pJ", what,
                     integral_pJ, booked_pJ);
}

npim_status npim_power_check(const npim_result *result, const npim_measurement *measurement,
                             npim_error *error) {
    const npim_arch *arch = result->map->arch;
    double integral_pJ[NPIM_N_GROUPS] = {0}, booked_pJ[NPIM_N_GROUPS] = {0}, all_pJ = 0.0;
    npim_power power;
    npim_power_row at;
    npim_status status = NPIM_OK;
    npim_power_init(&power, result, measurement);
    if (power.n_rows == 0) return NPIM_OK;
    for (uint32_t row = 0; row < power.n_rows; row++) {
        npim_power_at(&power, row, &at);
        for (uint32_t g = 0; g < NPIM_N_GROUPS; g++) {
            if (!isfinite(at.group_W[g]) || at.group_W[g] < 0.0)
                return npim_fail(error, NPIM_EINVARIANT,
                                 "power over time: row %u, %s: negative or not finite", row,
                                 npim_group_names[g]);
            integral_pJ[g] += at.group_W[g] * (double)at.duration_ps;
        }
        all_pJ += at.event_W * (double)at.duration_ps;
    }
    for (uint32_t b = 0; b < arch->n_blocks; b++)
        booked_pJ[arch->blocks[b].placement.group] += result->block_event_pJ[b] * arch->run.images;
    for (uint32_t g = 0; g < NPIM_N_GROUPS && status == NPIM_OK; g++)
        status = compare(npim_group_names[g], integral_pJ[g], booked_pJ[g], error);
    return status == NPIM_OK ? compare("all groups", all_pJ, result->event_uJ * 1e6 * arch->run.images, error)
                             : status;
}

#include "sim/design/comparator.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_CELLS = 64 };

double npim_comparator_threshold_V(const npim_comparator_rules *rules, uint32_t x_levels, int32_t rail_levels,
                                   int32_t fine_levels) {
    return rules->centre_V - (rail_levels * rules->rail_V + fine_levels * rules->fine_V) / x_levels;
}

static npim_status check(const npim_comparator_rules *r, double threshold_V, npim_error *error) {
    if (r->cell_bits < 1 || r->cell_bits > 8)
        return npim_fail(error, NPIM_ECONFIG, "comparator: cell_bits = %u: 1..8", r->cell_bits);
    if (r->x_cells < 1 || r->x_cells > MAX_CELLS || r->rail_cells < 1 || r->rail_cells > MAX_CELLS ||
        r->fine_cells > MAX_CELLS)
        return npim_fail(error, NPIM_ECONFIG,
                         "comparator: %u cells to the input, %u to a rail, %u to a fine rail: 1..%d, 1..%d, "
                         "0..%d",
                         r->x_cells, r->rail_cells, r->fine_cells, MAX_CELLS, MAX_CELLS, MAX_CELLS);
    if (!(r->rail_V > 0) || !(r->fine_V > 0) || !isfinite(r->rail_V) || !isfinite(r->fine_V) ||
        !isfinite(r->centre_V))
        return npim_fail(error, NPIM_ECONFIG, "comparator: rails at %g +- %g V and +- %g V: finite, above 0",
                         r->centre_V, r->rail_V, r->fine_V);
    if (!(fabs(threshold_V - r->centre_V) <= r->rail_V))
        return npim_fail(error, NPIM_ECONFIG, "comparator: threshold %g V: between the rails %g..%g V",
                         threshold_V, r->centre_V - r->rail_V, r->centre_V + r->rail_V);
    return NPIM_OK;
}

static int32_t limited(double levels, int32_t most) {
    return levels > most ? most : levels < -most ? -most : (int32_t)levels;
}

npim_status npim_comparator_synthesise(const npim_comparator_rules *rules, double threshold_V,
                                       npim_comparator *comparator, npim_error *error) {
    npim_status status = check(rules, threshold_V, error);
    if (status != NPIM_OK) return status;
    uint32_t top = (1u << rules->cell_bits) - 1, most_a = rules->x_cells * top;
    int32_t most_b = (int32_t)(rules->rail_cells * top), most_f = (int32_t)(rules->fine_cells * top);
    double wanted_V = rules->centre_V - threshold_V, reach_V = most_f * rules->fine_V, least = INFINITY;
    for (uint32_t a = most_a; a >= (most_a + 1) / 2; a--) {
        int32_t first = limited(floor((a * wanted_V - reach_V) / rules->rail_V), most_b);
        int32_t last = limited(ceil((a * wanted_V + reach_V) / rules->rail_V), most_b);
        for (int32_t b = first; b <= last; b++) {
            int32_t f = limited(round((a * wanted_V - b * rules->rail_V) / rules->fine_V), most_f);
            double reached_V = npim_comparator_threshold_V(rules, a, b, f);
            double cost = fabs(reached_V - threshold_V) / rules->rail_V + 1e-5 * (abs(b) + abs(f));
            if (!(cost < least)) continue;
            least = cost;
            *comparator = (npim_comparator){a, b, f, reached_V};
        }
    }
    return NPIM_OK;
}

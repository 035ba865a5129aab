#include "sim/values/fixed.h"

#include <math.h>
#include <stddef.h>

int32_t npim_fixed_most(uint32_t rows, uint32_t largest_input) {
    uint64_t most = (uint64_t)INT32_MAX / ((uint64_t)rows * largest_input);
    return most < INT16_MAX ? (int32_t)most : INT16_MAX;
}

void npim_fixed_point(const double *real, uint32_t rows, uint32_t outputs, int32_t most, bool exact,
                      int16_t *fixed, double *unit) {
    for (uint32_t o = 0; o < outputs; o++, real += rows, fixed += rows) {
        double largest = 0.0;
        for (uint32_t r = 0; r < rows; r++) largest = fmax(largest, fabs(real[r]));
        unit[o] = exact || largest == 0.0 ? 1.0 : largest / most;
        double scale = 1.0 / unit[o];
        for (uint32_t r = 0; r < rows; r++) fixed[r] = (int16_t)nearbyint(real[r] * scale);
    }
}

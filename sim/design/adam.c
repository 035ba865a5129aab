#include "sim/design/adam.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double beta_1 = 0.9, beta_2 = 0.999, epsilon = 1e-8;

npim_status npim_adam_init(npim_adam *adam, size_t n, double rate, double rate_end, uint64_t steps,
                           npim_error *error) {
    memset(adam, 0, sizeof *adam);
    if (!(rate_end >= 0 && rate >= rate_end && isfinite(rate)))
        return npim_fail(error, NPIM_ECONFIG, "learning rate from %g to %g: must not rise nor be negative",
                         rate, rate_end);
    if (steps == 0) return npim_fail(error, NPIM_ECONFIG, "steps = 0: at least 1");
    *adam = (npim_adam){.n = n, .rate = rate, .rate_end = rate_end, .steps = steps};
    adam->power_1 = adam->power_2 = 1;
    adam->moment_1 = calloc(n + 1, sizeof *adam->moment_1);
    adam->moment_2 = calloc(n + 1, sizeof *adam->moment_2);
    if (adam->moment_1 && adam->moment_2) return NPIM_OK;
    npim_adam_fini(adam);
    return npim_fail(error, NPIM_ENOMEM, "no memory for %zu parameters", n);
}

void npim_adam_fini(npim_adam *adam) {
    free(adam->moment_1);
    free(adam->moment_2);
    memset(adam, 0, sizeof *adam);
}

/* cos (pi x / 2) for 0 <= x <= 1: a Taylor series that ends below 2^-53. */
static double cosine_quarter(double x) {
    double angle = 0x1.921fb54442d18p+0 * x, square = angle * angle, sum = 1;
    for (int i = 22; i >= 2; i -= 2) sum = 1 - sum * square / (i * (i - 1));
    return sum;
}

double npim_adam_rate(const npim_adam *adam) {
    if (adam->step >= adam->steps) return adam->rate_end;
    double c = cosine_quarter((double)adam->step / (double)adam->steps);
    return adam->rate_end + (adam->rate - adam->rate_end) * c * c; /* cos^2 (x/2) = (1 + cos x) / 2 */
}

void npim_adam_step(npim_adam *adam, const double *gradient, double *parameter) {
    double rate = npim_adam_rate(adam);
    adam->step++;
    adam->power_1 *= beta_1;
    adam->power_2 *= beta_2;
    double scale_1 = 1 / (1 - adam->power_1), scale_2 = 1 / (1 - adam->power_2);
    for (size_t i = 0; i < adam->n; i++) {
        double g = gradient[i];
        double m = adam->moment_1[i] = beta_1 * adam->moment_1[i] + (1 - beta_1) * g;
        double v = adam->moment_2[i] = beta_2 * adam->moment_2[i] + (1 - beta_2) * g * g;
        parameter[i] -= rate * (m * scale_1) / (sqrt(v * scale_2) + epsilon);
    }
}

#include "sim/design/histogram.h"

#include <math.h>

double npim_histogram_width(const double *values, size_t n) {
    static const double steps[] = {1, 2, 5, 10};
    double least = values[0], most = values[0], power = 1;
    for (size_t i = 1; i < n; i++) {
        if (values[i] < least) least = values[i];
        if (values[i] > most) most = values[i];
    }
    double wanted = (most - least) / sqrt((double)n);
    if (!(wanted > 1e-9)) return 1;
    while (power > wanted) power /= 10;
    while (10 * power <= wanted) power *= 10;
    for (size_t i = 0;; i++)
        if (steps[i] * power >= wanted || i == 3) return steps[i] * power;
}

void npim_histogram_put(const double *values, size_t n, const char *label, FILE *out) {
    double width = npim_histogram_width(values, n);
    fputs("$values << EOD\n", out);
    for (size_t i = 0; i < n; i++) fprintf(out, "%.6g\n", values[i]);
    fprintf(out,
            "EOD\nset xlabel '%s'\nset ylabel 'circuits'\nset style fill solid 0.5\nset boxwidth %g\n"
            "set xrange [*:*]\nset yrange [0:*]\n"
            "plot $values using (%g * (floor($1 / %g) + 0.5)):(1) smooth frequency with boxes notitle\n",
            label, width, width, width);
}

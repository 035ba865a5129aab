#include "sim/design/histogram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

TEST(histogram, bins_have_round_widths_and_are_about_as_many_as_the_root) {
    const struct {
        double from, to;
        size_t n;
        double width;
    } cases[] = {{0, 10, 100, 1},     {0, 11, 100, 2}, {40, 60, 100, 2}, {0, 0.03, 9, 0.01},
                 {-500, 500, 4, 500}, {7, 7, 5, 1},    {3, 3, 1, 1}};
    for (const auto &k : cases) {
        std::vector<double> values(k.n, k.from);
        values.back() = k.to;
        EXPECT_NEAR(npim_histogram_width(values.data(), k.n), k.width, 1e-9 * k.width)
            << k.from << ", " << k.to;
    }
}

TEST(histogram, the_script_has_every_value_and_the_label) {
    const std::vector<double> values = {1.25, 2.5, -3};
    char *text = nullptr;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    npim_histogram_put(values.data(), values.size(), "SINAD (dB)", out);
    std::fclose(out);
    const std::string script = text;
    std::free(text);
    for (const char *part : {"1.25\n", "\n2.5\n", "\n-3\n", "EOD\n", "'SINAD (dB)'", "with boxes"})
        EXPECT_NE(script.find(part), std::string::npos) << part;
}

} // namespace

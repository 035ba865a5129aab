// The pass in real numbers against what the integer rules make of the same numbers: a code stands for the
// real value within half a step, and for the end of its range beyond.
#ifndef NPIM_TESTS_SIM_VALUES_FLOAT_CASES_HPP
#define NPIM_TESTS_SIM_VALUES_FLOAT_CASES_HPP

#include "sim/values/functions.h"
#include "tests/sim/values/hand_cases.hpp"

#include <algorithm>
#include <cmath>

namespace value_net {

// steps: how far a code may be off.
inline void expect_near(const npim_layer &output, const std::vector<float> &real, const codes &expected,
                        double steps) {
    const npim_code_range range = npim_code_range_of(&output);
    ASSERT_EQ(real.size(), expected.size());
    for (size_t i = 0; i < real.size(); i++) {
        const double code = std::clamp<double>(double{real[i]} / output.scale, range.least, range.most);
        EXPECT_NEAR(code, expected[i], steps) << "element " << i << " of " << output.name;
    }
}

inline void run_float_cases(std::vector<hand_case> cases) {
    for (hand_case &c : cases) {
        SCOPED_TRACE(c.name);
        c.n.make_floats();
        const float_outcome o = run_float(c.n, c.image);
        ASSERT_EQ(o.status, NPIM_OK) << o.message;
        expect_near(c.n.layer(c.n.last()), o.out, c.expected, 0.5 + 1e-4);
    }
}

} // namespace value_net

#endif

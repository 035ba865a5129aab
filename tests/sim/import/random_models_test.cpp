// Random graphs through the whole importer: against a second computation of the graph in real numbers, and
// from there to integers, within what rounding can do.
#include "tests/sim/import/onnx_fixture.hpp"
#include "tests/sim/import/quantisation_bound.hpp"
#include "tests/sim/import/random_model.hpp"

#include "sim/import/quantise.h"

namespace {

using namespace import_test;

class RandomModels : public model_fixture {
  protected:
    int n_checked = 0; // models that do something
    void check(uint64_t seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_model random(seed, 1 + static_cast<int>(seed % 9));
        imported m(save(random.model));
        const bool empty = std::string(m.error.message).find("the output is the input") != std::string::npos;
        if (empty) return; // nothing but movements to where it was
        n_checked++;
        ASSERT_EQ(m.status, NPIM_OK) << m.error.message;
        const auto y = m.run(random.image);
        ASSERT_EQ(y.size(), random.result.v.size());
        for (size_t e = 0; e < y.size(); e++)
            ASSERT_NEAR(y[e], random.result.v[e], 1e-5 * (1.0 + std::fabs(random.result.v[e]))) << m.kinds();
        quantised(m, random);
    }

    static void quantised(imported &m, random_model &random) {
        const npim_images images = {1, random.image.size(), 0, random.image.data(), nullptr, 0};
        ASSERT_EQ(npim_quantise(&m.network, &m.tensors, &images, NPIM_CALIBRATION_MAX, nullptr, &m.error),
                  NPIM_OK)
            << m.error.message;
        const quantisation_bound bound(m.network, m.tensors, images);
        const auto integers = m.codes(images);
        for (size_t e = 0; e < integers.size(); e++)
            ASSERT_NEAR(integers[e] * m.output().scale, random.result.v[e], bound.output())
                << "element " << e << " of " << m.kinds();
    }
};

TEST_F(RandomModels, GiveWhatTheirNodesGive) {
    for (uint64_t seed = 1; seed <= 150; seed++) check(seed);
    EXPECT_GT(n_checked, 120);
}

TEST_F(RandomModels, GiveWhatTheirNodesGiveSlow) {
    for (uint64_t seed = 1000; seed <= 3000; seed++) check(seed);
    EXPECT_GT(n_checked, 1600);
}

} // namespace

#include "sim/import/onnx_value.hpp"

#include <gtest/gtest.h>

namespace {

using namespace npim::importer;
using indices = std::vector<std::int32_t>;

npim_status status_of(void (*run)()) {
    try {
        run();
    } catch (const refusal &r) {
        return r.status;
    }
    return NPIM_OK;
}

TEST(OnnxValue, CountsElementsOfSaneShapes) {
    EXPECT_EQ(count({}), 1u);
    EXPECT_EQ(count({2, 3, 5}), 30u);
    EXPECT_EQ(count({1 << 15, 1 << 15}), 1u << 30);
    EXPECT_EQ(count({4, 0}, true), 0u);
    EXPECT_EQ(status_of([] { count({4, 0}); }), NPIM_ECONFIG);
    EXPECT_EQ(status_of([] { count({4, -1}, true); }), NPIM_ECONFIG);
    EXPECT_EQ(status_of([] { count({(1 << 30) + 1}); }), NPIM_ECONFIG);
    EXPECT_EQ(status_of([] { count({0, INT64_MAX, INT64_MAX}, true); }), NPIM_ECONFIG);
    EXPECT_EQ(status_of([] { count(shape(9, 1)); }), NPIM_EUNSUPPORTED);
}

TEST(OnnxValue, StretchesAsNumPyDoes) {
    EXPECT_EQ(broadcast({2, 3}, {3}), (shape{2, 3}));
    EXPECT_EQ(broadcast({1, 4, 1}, {5, 1, 6}), (shape{5, 4, 6}));
    EXPECT_EQ(broadcast({}, {7}), (shape{7}));
    EXPECT_EQ(status_of([] { broadcast({2, 3}, {2}); }), NPIM_ECONFIG);
    budget left(1 << 26);
    EXPECT_EQ(stretch({2, 1}, {2, 3}, left).from, (indices{0, 0, 0, 1, 1, 1}));
    EXPECT_EQ(stretch({3}, {2, 3}, left).from, (indices{0, 1, 2, 0, 1, 2}));
    EXPECT_EQ(status_of([] {
                  budget b(1 << 26);
                  stretch({2, 3}, {3}, b);
              }),
              NPIM_ECONFIG);
}

TEST(OnnxValue, SelectsAndPermutes) {
    budget left(1 << 26);
    const movement s = select({2, 3}, {{1, -1}, {2, 0}}, left);
    EXPECT_EQ(s.dims, (shape{2, 2}));
    EXPECT_EQ(s.from, (indices{5, 3, -1, -1}));
    const movement p = permute({2, 3, 2}, {2, 0, 1}, left);
    EXPECT_EQ(p.dims, (shape{2, 2, 3}));
    EXPECT_EQ(p.from, (indices{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11}));
    EXPECT_EQ(select({}, {}, left).from, indices{0}); // a single number
    EXPECT_EQ(select({3, 2}, {{0, 1, 2}, {}}, left).from, indices{});
    EXPECT_EQ(select({3, 2}, {{}, {0, 1}}, left).dims, (shape{0, 2}));
}

TEST(OnnxValue, FollowsMovementsOfMovements) {
    budget left(1 << 26);
    value x;
    x.dims = {2, 3};
    const value t = moved(x, permute({2, 3}, {1, 0}, left), 6);
    ASSERT_TRUE(t.index);
    EXPECT_EQ(*t.index, (indices{0, 3, 1, 4, 2, 5}));
    const value back = moved(t, permute({3, 2}, {1, 0}, left), 6);
    EXPECT_FALSE(back.index) << "all is where it was";
    EXPECT_EQ(back.dims, x.dims);
    const value part = moved(t, select({3, 2}, {{1}, {-1, 0, 1}}, left), 6);
    EXPECT_EQ(*part.index, (indices{-1, 1, 4}));
    const value again = moved(part, select({1, 3}, {{0}, {0, 2}}, left), 6);
    EXPECT_EQ(*again.index, (indices{-1, 4}));
}

TEST(OnnxValue, MovesConstantsThemselves) {
    budget left(1 << 26);
    auto c = std::make_shared<constant>();
    c->reals = {1.0F, 2.0F, 3.0F};
    value x;
    x.dims = {3};
    x.fixed = c;
    const value y = moved(x, select({3}, {{2, -1, 0}}, left), 0);
    EXPECT_EQ(y.fixed->reals, (std::vector<float>{3.0F, 0.0F, 1.0F}));
}

TEST(OnnxValue, HasABudget) {
    budget left(1 << 26);
    left.take(std::size_t{1} << 25);
    left.take(std::size_t{1} << 25);
    left.take(0);
    EXPECT_THROW(left.take(1), refusal);
    EXPECT_EQ(status_of([] {
                  budget b(1 << 26);
                  b.take(SIZE_MAX);
              }),
              NPIM_EUNSUPPORTED);
}

} // namespace

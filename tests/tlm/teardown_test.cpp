#include "tlm/teardown.hpp"

#include <gtest/gtest.h>

namespace {

struct witness {
    std::vector<int> &order;
    int number;
    witness(std::vector<int> &list, int i) : order(list), number(i) {}
    ~witness() { order.push_back(number); }
};

TEST(teardown, DestroysTheLastFirst) {
    std::vector<int> order;
    std::vector<std::unique_ptr<witness>> modules;
    for (int i = 0; i < 3; i++) modules.push_back(std::make_unique<witness>(order, i));
    npim::destroy_backwards(modules);
    EXPECT_EQ(order, (std::vector<int>{2, 1, 0}));
    EXPECT_TRUE(modules.empty());
    npim::destroy_backwards(modules);
    EXPECT_EQ(order.size(), 3u);
}

} // namespace

#include "sim/stop.h"

#include "mapping_fixture.hpp"

namespace {

// Wants to stop from the poll of that number on (0: from the first), and counts them.
class polls {
  public:
    explicit polls(uint64_t allowed) : allowed_(allowed) {}
    const npim_stop *stop() const { return &stop_; }
    uint64_t count() const { return count_; }

  private:
    static bool wanted(void *context) {
        auto *self = static_cast<polls *>(context);
        return self->count_++ >= self->allowed_;
    }
    uint64_t allowed_, count_ = 0;
    npim_stop stop_{wanted, this};
};

TEST(stop, nobody_wants_to_unless_asked) {
    npim_error error{};
    EXPECT_FALSE(npim_stop_wanted(nullptr));
    EXPECT_EQ(npim_stop_check(nullptr, &error), NPIM_OK);
    EXPECT_STREQ(error.message, "");
    const polls one(1);
    EXPECT_FALSE(npim_stop_wanted(one.stop()));
    EXPECT_TRUE(npim_stop_wanted(one.stop()));
    EXPECT_EQ(npim_stop_check(one.stop(), &error), NPIM_EINTERRUPTED);
    EXPECT_STREQ(error.message, "interrupted");
    EXPECT_EQ(npim_stop_check(one.stop(), nullptr), NPIM_EINTERRUPTED);
}

// From a network to a program, with a stop; what is not finished must have been freed.
npim_status map_all(const npim_network &net, const npim_arch &arch, const npim_stop *stop) {
    npim_graph graph{};
    npim_map map{};
    npim_program program{};
    npim_error error{};
    npim_status status = npim_graph_build(&graph, &net, stop, &error);
    EXPECT_EQ(graph.nodes != nullptr, status == NPIM_OK);
    if (status == NPIM_OK) {
        status = npim_map_make(&map, &arch, &net, &graph, stop, &error);
        EXPECT_EQ(map.placements != nullptr, status == NPIM_OK);
    }
    if (status == NPIM_OK) {
        status = npim_lower(&program, &map, &error);
        EXPECT_EQ(program.tiles != nullptr, status == NPIM_OK);
    }
    EXPECT_EQ(error.status, status);
    npim_program_fini(&program);
    npim_map_fini(&map);
    npim_graph_fini(&graph);
    return status;
}

// Before the first step, in each of them, and right before the end.
TEST(stop, the_mapper_stops_wherever_it_is) {
    for (const char *name : {"tiny_residual.toml", "tiny_concat.toml", "tiny_lstm.toml"}) {
        SCOPED_TRACE(name);
        const mapping::network net(name);
        const auto arch = mapping::load_arch("isaac", {});
        const polls never(UINT64_MAX);
        ASSERT_EQ(map_all(net.core, *arch, never.stop()), NPIM_OK);
        ASSERT_GT(never.count(), 100u);
        const uint64_t step = never.count() / 50;
        for (uint64_t k = 0; k < never.count(); k += k < 20 ? 1 : step) {
            const polls some(k);
            EXPECT_EQ(map_all(net.core, *arch, some.stop()), NPIM_EINTERRUPTED) << k;
        }
        for (const uint64_t k : {never.count() - 2, never.count() - 1}) {
            const polls some(k);
            EXPECT_EQ(map_all(net.core, *arch, some.stop()), NPIM_EINTERRUPTED) << k;
        }
        const polls enough(never.count());
        EXPECT_EQ(map_all(net.core, *arch, enough.stop()), NPIM_OK);
    }
}

// Once it is wanted, little more is done: the user waits.
TEST(stop, it_takes_few_more_polls) {
    const mapping::network net("tiny_residual.toml");
    const auto arch = mapping::load_arch("isaac", {});
    for (const uint64_t k : {0u, 10u, 1000u}) {
        const polls some(k);
        EXPECT_EQ(map_all(net.core, *arch, some.stop()), NPIM_EINTERRUPTED);
        EXPECT_LT(some.count(), k + 100) << k;
    }
}

} // namespace

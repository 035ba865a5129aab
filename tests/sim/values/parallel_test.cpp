#include "sim/values/parallel.h"

#include "tests/sim/values/layer_fixture.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace {

// Sums that say which vector they belong to; notes who came.
struct numbered {
    uint32_t outputs = 0;
    std::mutex mutex;
    std::set<std::thread::id> threads;
    std::atomic<int> calls{0}, begun{0}, ended{0};
    uint64_t fails_at = UINT64_MAX;

    static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *) {
        auto *e = static_cast<numbered *>(engine);
        e->outputs = layer->outputs;
        e->begun++;
        return NPIM_OK;
    }
    static npim_status run(void *engine, const npim_product_batch *b, npim_error *error) {
        auto *e = static_cast<numbered *>(engine);
        e->calls++;
        {
            const std::lock_guard<std::mutex> lock(e->mutex);
            e->threads.insert(std::this_thread::get_id());
        }
        for (size_t v = 0; v < b->n; v++) {
            const uint64_t number = b->first + v * b->stride;
            if (number >= e->fails_at) return npim_fail(error, NPIM_ENOMEM, "vector %d", int(number));
            for (uint32_t o = 0; o < e->outputs; o++)
                b->sums[v * e->outputs + o] = int32_t(number * 1000 + o) + b->inputs[v * 3];
        }
        return NPIM_OK;
    }
    static void end(void *engine) { static_cast<numbered *>(engine)->ended++; }
    npim_products products() {
        return {this, begin, run, end, [](void *) {}};
    }
};

std::vector<int32_t> run(numbered &engine, uint32_t threads, size_t n, npim_status expected = NPIM_OK,
                         std::string *message = nullptr) {
    npim_products inner = engine.products(), products{};
    npim_error error{};
    EXPECT_EQ(npim_parallel_init(&products, &inner, threads, &error), NPIM_OK);
    npim_product_layer layer{};
    layer.rows = 3;
    layer.outputs = 2;
    std::vector<int16_t> inputs(n * 3);
    for (size_t i = 0; i < inputs.size(); i++) inputs[i] = int16_t(i % 251);
    std::vector<int32_t> sums(n * 2, -1);
    const npim_product_batch batch{100, 7, n, inputs.data(), sums.data()};
    EXPECT_EQ(products.begin(products.engine, &layer, &error), NPIM_OK);
    EXPECT_EQ(products.run(products.engine, &batch, &error), expected);
    if (message) *message = error.message;
    products.end(products.engine);
    npim_products_fini(&products);
    EXPECT_EQ(engine.begun, 1);
    EXPECT_EQ(engine.ended, 1);
    return sums;
}

TEST(Parallel, AnyNumberOfThreadsGivesTheSameSums) {
    for (const size_t n : {size_t{0}, size_t{1}, size_t{15}, size_t{16}, size_t{97}, size_t{1000}}) {
        numbered one;
        const std::vector<int32_t> sums = run(one, 1, n);
        EXPECT_EQ(one.calls, 1);
        for (size_t i = 0; i < sums.size(); i++)
            ASSERT_EQ(sums[i], int32_t((100 + 7 * (i / 2)) * 1000 + i % 2) + int32_t(i / 2 * 3 % 251));
        for (const uint32_t threads : {2u, 3u, 7u, 256u}) {
            numbered many;
            EXPECT_EQ(run(many, threads, n), sums) << n << " vectors on " << threads;
            EXPECT_EQ(many.calls, std::max<int>(1, int(std::min<size_t>(threads, n / 8))));
        }
    }
}

TEST(Parallel, UsesThreads) {
    numbered engine;
    run(engine, 3, 300);
    EXPECT_EQ(engine.threads.size(), 3u);
}

TEST(Parallel, TellsTheFirstFailure) {
    numbered engine;
    engine.fails_at = 100 + 7 * 30;
    std::string message;
    run(engine, 4, 100, NPIM_ENOMEM, &message);
    EXPECT_EQ(message, "vector 310");
}

class ParallelEngine : public testing::TestWithParam<npim_strategy> {};

// Real engines with all their noise, and their counts.
TEST_P(ParallelEngine, IsTheSameOnThreads) {
    npim_hardware h = hardware_of(GetParam());
    h.mode = NPIM_MODE_ANALOG;
    h.cell.sigma = h.cell.read_sigma = h.buffer_sigma = 0.05;
    h.adc_noise = 0.01;
    const test_layer layer(8, 260, 9, 100);
    test_engine one(h, layer), many(h, layer);
    npim_products products{};
    npim_error error{};
    ASSERT_EQ(npim_parallel_init(&products, &many.products, 5, &error), NPIM_OK);
    EXPECT_EQ(layer.run(products), layer.run(one.products));
    EXPECT_EQ(many.seen().conversions, one.seen().conversions);
    EXPECT_EQ(many.seen().clipped, one.seen().clipped);
    npim_products_fini(&products);
}

INSTANTIATE_TEST_SUITE_P(Strategies, ParallelEngine,
                         testing::Values(NPIM_STRATEGY_A, NPIM_STRATEGY_B, NPIM_STRATEGY_C));

} // namespace

// What the tests of hw/ share: the contract that every block keeps, and the seed of random tests.
#ifndef NPIM_TESTS_HW_SUPPORT_HPP
#define NPIM_TESTS_HW_SUPPORT_HPP

#include "hw/block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

// NPIM_TEST_SEED, or the preset; printed, so that a failure can be repeated.
inline uint64_t test_seed(uint64_t preset) {
    const char *text = std::getenv("NPIM_TEST_SEED");
    uint64_t seed = text ? std::strtoull(text, nullptr, 10) : preset;
    std::cout << "NPIM_TEST_SEED=" << seed << "\n";
    return seed;
}

inline npim_work work_of(double count, uint32_t units = 1) {
    npim_work work = {};
    work.count = count;
    work.units = units;
    return work;
}

// Memory of any block's struct, aligned for all of them.
class block_memory {
  public:
    explicit block_memory(size_t size)
        : size_(size), words_(size / sizeof(std::max_align_t) + 1, std::max_align_t{}) {}
    void *data() { return words_.data(); }
    std::string bytes() const { return {reinterpret_cast<const char *>(words_.data()), size_}; }

  private:
    size_t size_;
    std::vector<std::max_align_t> words_;
};

// init of a bad config reports the key and leaves a zeroed core.
inline void expect_refused(const npim_block_ops &ops, const void *good, const npim_field &field,
                           double value) {
    SCOPED_TRACE(std::string(ops.name) + "." + field.key + " = " + std::to_string(value));
    block_memory config(ops.config_size), core(ops.core_size);
    std::memcpy(config.data(), good, ops.config_size);
    std::memset(core.data(), 0x5a, ops.core_size);
    npim_field_set(&field, config.data(), value);
    npim_error error = {};
    EXPECT_EQ(ops.init(core.data(), config.data(), &error), NPIM_ECONFIG);
    EXPECT_EQ(error.status, NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find(std::string(ops.name) + "." + field.key), std::string::npos)
        << error.message;
    EXPECT_EQ(core.bytes(), std::string(ops.core_size, '\0'));
}

// Checks that no field takes a value outside its range, that fini is safe on a zeroed struct and twice, and
// that no question changes the block. good: a valid config.
inline void expect_block_contract(const npim_block_ops &ops, const void *good) {
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &field = ops.fields[i];
        if (field.kind == NPIM_KIND_DOUBLE) {
            expect_refused(ops, good, field, std::nextafter(field.min, -1e300));
            expect_refused(ops, good, field, std::nextafter(field.max, 1e300));
            expect_refused(ops, good, field, std::numeric_limits<double>::infinity());
            expect_refused(ops, good, field, std::numeric_limits<double>::quiet_NaN());
        } else if (field.kind == NPIM_KIND_U32) {
            if (field.min > 0) expect_refused(ops, good, field, field.min - 1);
            expect_refused(ops, good, field, field.max + 1);
        }
    }
    block_memory core(ops.core_size);
    ops.fini(core.data());
    ASSERT_EQ(ops.init(core.data(), good, nullptr), NPIM_OK);
    std::string before = core.bytes();
    npim_work work = work_of(100.0);
    (void)ops.latency_ps(core.data(), &work);
    (void)npim_block_busy_ps(&ops, core.data(), &work);
    (void)ops.energy_pJ(core.data(), &work);
    (void)ops.area_um2(core.data());
    EXPECT_EQ(core.bytes(), before);
    ops.fini(core.data());
    ops.fini(core.data());
}

#endif

/* What holds for every block of hw/blocks.c: its life cycle, what it refuses, and its queries. */
#include "every_block.hpp"

#include <cmath>
#include <cstdio>

using namespace every_block;

namespace {

class BlockLife : public EveryBlock {};
INSTANTIATE_TEST_SUITE_P(All, BlockLife, testing::Range<size_t>(0, npim_n_blocks), block_name);

TEST_P(BlockLife, LivesAndDiesTwice) {
    Bytes zero = room(ops.core_size);
    ops.fini(zero.data());
    for (int round = 0; round < 2; round++) {
        Core core(ops);
        ASSERT_EQ(core.status, NPIM_OK) << core.error.message;
        ops.reset(core.bytes.data());
        ops.reset(core.bytes.data());
        ops.fini(core.bytes.data());
        ops.fini(core.bytes.data());
    }
}

TEST_P(BlockLife, CopiesTheConfigAndResetsToTheStateAfterInit) {
    Bytes config = good_config(ops);
    Core core(ops, config);
    ASSERT_EQ(core.status, NPIM_OK) << core.error.message;
    for (size_t i = 0; i < ops.n_fields; i++)
        EXPECT_EQ(npim_field_get(&ops.fields[i], core.bytes.data()),
                  npim_field_get(&ops.fields[i], config.data()))
            << ops.fields[i].key;
    Bytes before = core.bytes;
    ops.reset(core.bytes.data());
    EXPECT_EQ(std::memcmp(before.data(), core.bytes.data(), ops.core_size), 0);
}

/* Stores a number that may lie outside the range; false where the kind cannot hold it. */
bool force(const npim_field &f, Bytes *config, double value) {
    bool whole = f.kind == NPIM_KIND_U32 || f.kind == NPIM_KIND_ENUM;
    if (f.kind == NPIM_KIND_BOOL) return false;
    if (whole && (!(value >= 0) || value > UINT32_MAX)) return false;
    if (f.kind == NPIM_KIND_U64 && (!(value >= 0) || value > 0x1p63)) return false;
    npim_field_set(&f, config->data(), value);
    return true;
}

void expect_refused(const npim_block_ops &ops, const npim_field &f, double value) {
    Bytes config = good_config(ops);
    if (!force(f, &config, value)) return;
    Core core(ops, config);
    std::string message = core.error.message;
    EXPECT_EQ(core.status, NPIM_ECONFIG) << f.key << " = " << value;
    EXPECT_EQ(core.error.status, NPIM_ECONFIG);
    EXPECT_EQ(message.find(std::string(ops.name) + "." + f.key + " = "), 0u) << message;
    char range[80];
    std::snprintf(range, sizeof range, "outside %.17g..%.17g", f.min, f.max);
    EXPECT_NE(message.find(range), std::string::npos) << message;
    EXPECT_TRUE(core.is_zero()) << f.key;
}

TEST_P(BlockLife, RefusesWhatIsOutsideTheRange) {
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        bool real = f.kind == NPIM_KIND_DOUBLE;
        expect_refused(ops, f, real ? std::nextafter(f.min, -HUGE_VAL) : f.min - 1);
        expect_refused(ops, f, real ? std::nextafter(f.max, HUGE_VAL) : f.max + 1);
        if (!real) continue;
        for (double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) expect_refused(ops, f, value);
    }
}

TEST_P(BlockLife, RefusalNeedsNoErrorStruct) {
    Bytes config = good_config(ops), core = room(ops.core_size);
    const npim_field *f = std::find_if(ops.fields, ops.fields + ops.n_fields, [](const npim_field &field) {
        return field.kind == NPIM_KIND_DOUBLE;
    });
    ASSERT_NE(f, ops.fields + ops.n_fields);
    npim_field_set(f, config.data(), std::nan(""));
    EXPECT_EQ(ops.init(core.data(), config.data(), nullptr), NPIM_ECONFIG);
    ops.fini(core.data());
}

const npim_work works[] = {{0, 1, 0, 0},       {1, 1, 0, 100000},    {0.125, 1, 0, 100000},
                           {16, 2, 0, 123000}, {17.5, 4, 0, 123000}, {1e6, 512, 8, 110000}};

TEST_P(BlockLife, AskingChangesNothing) {
    Core core(ops);
    ASSERT_EQ(core.status, NPIM_OK) << core.error.message;
    Bytes before = core.bytes;
    for (const npim_work &work : works) {
        (void)ops.latency_ps(core.bytes.data(), &work);
        (void)npim_block_busy_ps(&ops, core.bytes.data(), &work);
        (void)ops.energy_pJ(core.bytes.data(), &work);
    }
    (void)ops.area_um2(core.bytes.data());
    if (ops.power_mW) (void)ops.power_mW(core.bytes.data());
    if (ops.standby_mW) (void)ops.standby_mW(core.bytes.data());
    EXPECT_EQ(std::memcmp(before.data(), core.bytes.data(), ops.core_size), 0);
}

TEST_P(BlockLife, EnergyIsLinearInCountAndDoesNotDependOnUnits) {
    Core core(ops);
    ASSERT_EQ(core.status, NPIM_OK) << core.error.message;
    npim_work one = {1, 1, 0, 110000}, none = {0, 1, 0, 110000};
    double unit_pJ = ops.energy_pJ(core.bytes.data(), &one);
    EXPECT_GE(unit_pJ, 0.0);
    EXPECT_EQ(ops.energy_pJ(core.bytes.data(), &none), 0.0);
    for (double count : {0.125, 2.0, 1000.0, 1e9})
        for (uint32_t units : {1u, 7u}) {
            npim_work many = {count, units, 0, 110000};
            EXPECT_NEAR(ops.energy_pJ(core.bytes.data(), &many), count * unit_pJ, 1e-12 * count * unit_pJ)
                << count;
        }
}

TEST_P(BlockLife, NumbersAreSane) {
    Core core(ops);
    ASSERT_EQ(core.status, NPIM_OK) << core.error.message;
    EXPECT_GE(ops.area_um2(core.bytes.data()), 0.0);
    EXPECT_TRUE(std::isfinite(ops.area_um2(core.bytes.data())));
    if (ops.power_mW) {
        EXPECT_GE(ops.power_mW(core.bytes.data()), 0.0);
    }
    if (ops.standby_mW) {
        EXPECT_GE(ops.standby_mW(core.bytes.data()), 0.0);
    }
}

TEST_P(BlockLife, MoreWorkNeverTakesLessTimeAndUnitsAreBusyNoLongerThanTheResultTakes) {
    Core core(ops);
    ASSERT_EQ(core.status, NPIM_OK) << core.error.message;
    uint64_t before_ps = 0;
    for (double count : {0.0, 0.125, 1.0, 2.0, 3.0, 64.0, 1000.0}) {
        npim_work work = {count, 2, 0, 110000};
        uint64_t latency_ps = ops.latency_ps(core.bytes.data(), &work);
        EXPECT_GE(latency_ps, before_ps) << count;
        EXPECT_LE(npim_block_busy_ps(&ops, core.bytes.data(), &work), latency_ps) << count;
        before_ps = latency_ps;
    }
}

} // namespace

/* What holds for every block of hw/blocks.c: its tables, its life cycle and its queries. */
#include "hw/block.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

namespace {

using Bytes = std::vector<std::max_align_t>;

Bytes room(size_t size, int fill = 0) {
    Bytes bytes(size / sizeof(std::max_align_t) + 1);
    std::memset(bytes.data(), fill, bytes.size() * sizeof(std::max_align_t));
    return bytes;
}

size_t size_of(npim_kind kind) {
    switch (kind) {
    case NPIM_KIND_DOUBLE:
        return sizeof(double);
    case NPIM_KIND_U64:
        return sizeof(uint64_t);
    case NPIM_KIND_BOOL:
        return sizeof(bool);
    case NPIM_KIND_U32:
    case NPIM_KIND_ENUM:
        break;
    }
    return sizeof(uint32_t);
}

/* A configuration that the block accepts: presets, and 1 (or the limit next to it) where a file has to say.
 */
Bytes good_config(const npim_block_ops &ops) {
    Bytes config = room(ops.config_size);
    npim_fields_preset(ops.fields, ops.n_fields, config.data());
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        if (f.required) npim_field_set(&f, config.data(), std::clamp(1.0, f.min, f.max));
    }
    auto set = [&](const char *key, double value) {
        const npim_field *f = npim_field_find(ops.fields, ops.n_fields, key);
        if (f) npim_field_set(f, config.data(), value);
    };
    if (std::string("edram") == ops.name) set("size_B", 65536), set("banks", 2), set("width_B", 32);
    if (std::string("bus") == ops.name) set("width_bits", 192);
    return config;
}

struct Core {
    const npim_block_ops &ops;
    Bytes bytes;
    npim_error error{};
    npim_status status;
    explicit Core(const npim_block_ops &o) : Core(o, good_config(o)) {}
    Core(const npim_block_ops &o, const Bytes &config) : ops(o), bytes(room(o.core_size, 0xa5)) {
        status = ops.init(bytes.data(), config.data(), &error);
    }
    Core(const Core &) = delete;
    ~Core() { ops.fini(bytes.data()); }
    bool is_zero() const {
        const char *p = reinterpret_cast<const char *>(bytes.data());
        return std::all_of(p, p + ops.core_size, [](char c) { return c == 0; });
    }
};

/* One test for each block, so that a failure names it. */
class Block : public testing::TestWithParam<size_t> {
  protected:
    const npim_block_ops &ops = *npim_blocks[GetParam()];
};

INSTANTIATE_TEST_SUITE_P(All, Block, testing::Range<size_t>(0, npim_n_blocks),
                         [](const auto &row) { return std::string(npim_blocks[row.param]->name); });

TEST(Blocks, NamesAreUniqueAndFound) {
    std::set<std::string> names;
    for (size_t i = 0; i < npim_n_blocks; i++) {
        EXPECT_TRUE(names.insert(npim_blocks[i]->name).second) << npim_blocks[i]->name;
        EXPECT_EQ(npim_block_find(npim_blocks[i]->name), npim_blocks[i]);
    }
    EXPECT_EQ(npim_block_find("adc"), nullptr);
    EXPECT_EQ(npim_block_find(""), nullptr);
    for (const char *name : {"rram", "crossbar", "dac", "sample_hold", "neural_sa", "neural_adc", "sar_adc",
                             "shift_add", "tia", "analog_buffer", "summing_amp", "sram_register", "edram",
                             "bus", "activation", "pooling", "router", "link", "chip_link"})
        EXPECT_EQ(names.count(name), 1u) << name;
}

TEST_P(Block, IsComplete) {
    EXPECT_GT(std::strlen(ops.doc), 0u);
    EXPECT_GT(ops.n_fields, 0u);
    EXPECT_GT(ops.n_probes, 0u);
    EXPECT_GE(ops.core_size, ops.config_size);
    EXPECT_TRUE(ops.init && ops.fini && ops.reset && ops.latency_ps && ops.energy_pJ && ops.area_um2);
}

TEST_P(Block, FieldsLieInTheConfigAndDoNotOverlap) {
    std::vector<int> owner(ops.config_size, -1);
    std::set<std::string> keys;
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        EXPECT_TRUE(keys.insert(f.key).second) << f.key;
        EXPECT_EQ(f.offset % size_of(f.kind), 0u) << f.key;
        ASSERT_LE(f.offset + size_of(f.kind), ops.config_size) << f.key;
        for (size_t at = f.offset; at < f.offset + size_of(f.kind); at++) {
            EXPECT_EQ(owner[at], -1) << f.key;
            owner[at] = static_cast<int>(i);
        }
    }
}

TEST_P(Block, FieldsAreWellFormed) {
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        ASSERT_TRUE(f.unit && f.doc) << f.key;
        EXPECT_GT(std::strlen(f.doc), 0u) << f.key;
        EXPECT_TRUE(std::isfinite(f.min) && std::isfinite(f.max)) << f.key;
        EXPECT_LE(f.min, f.max) << f.key;
        if (!f.required) {
            EXPECT_GE(f.preset, f.min) << f.key;
            EXPECT_LE(f.preset, f.max) << f.key;
        }
        if (f.kind == NPIM_KIND_U32) {
            EXPECT_TRUE(f.min >= 0 && f.max <= UINT32_MAX) << f.key;
        }
        EXPECT_EQ(f.names != nullptr, f.kind == NPIM_KIND_ENUM) << f.key;
        if (f.kind == NPIM_KIND_ENUM) {
            size_t n = 0;
            while (f.names[n]) n++;
            EXPECT_EQ(static_cast<double>(n), f.max + 1) << f.key;
        }
    }
}

/* "energy_pJ_per_B" for pJ/B, "rate_GBps" for GB/s, "size_B" for B, "bits" for bit, "ports" for ports. */
bool ends_in_unit(const std::string &key, const std::string &unit) {
    std::vector<std::string> endings = {unit, unit + "s"};
    size_t slash = unit.find('/');
    if (slash != std::string::npos) {
        endings.push_back(unit.substr(0, slash) + "_per_" + unit.substr(slash + 1));
        endings.push_back(unit.substr(0, slash) + "p" + unit.substr(slash + 1));
    }
    auto ends = [&](const std::string &e) {
        return key == e ||
               (key.size() > e.size() && key.compare(key.size() - e.size() - 1, e.size() + 1, "_" + e) == 0);
    };
    return std::any_of(endings.begin(), endings.end(), ends);
}

TEST_P(Block, PhysicalNamesEndInTheirUnit) {
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        if (*f.unit) {
            EXPECT_TRUE(ends_in_unit(f.key, f.unit)) << f.key << " [" << f.unit << "]";
        }
        for (const char *physical : {"energy", "area", "power", "rate", "latency", "size"}) {
            bool starts =
                std::strncmp(f.key, (std::string(physical) + "_").c_str(), std::strlen(physical) + 1) == 0;
            if (starts) {
                EXPECT_GT(std::strlen(f.unit), 0u) << f.key;
            }
        }
    }
    for (size_t i = 0; i < ops.n_probes; i++) {
        const npim_probe &p = ops.probes[i];
        bool counter = std::strncmp(p.name, "n_", 2) == 0;
        if (*p.unit && !counter) {
            EXPECT_TRUE(ends_in_unit(p.name, p.unit)) << p.name << " [" << p.unit << "]";
        }
    }
}

TEST_P(Block, ProbesLieInTheStateBehindTheConfig) {
    std::set<std::string> names;
    for (size_t i = 0; i < ops.n_probes; i++) {
        const npim_probe &p = ops.probes[i];
        EXPECT_TRUE(names.insert(p.name).second) << p.name;
        EXPECT_GT(std::strlen(p.doc), 0u) << p.name;
        EXPECT_TRUE(p.unit) << p.name;
        EXPECT_EQ(p.offset % size_of(p.kind), 0u) << p.name;
        EXPECT_GE(p.offset, ops.config_size) << p.name;
        EXPECT_LE(p.offset + size_of(p.kind), ops.core_size) << p.name;
        EXPECT_EQ(p.names != nullptr, p.kind == NPIM_KIND_ENUM) << p.name;
    }
}

TEST_P(Block, LivesAndDiesTwice) {
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

TEST_P(Block, CopiesTheConfigAndResetsToTheStateAfterInit) {
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

TEST_P(Block, RefusesWhatIsOutsideTheRange) {
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        bool real = f.kind == NPIM_KIND_DOUBLE;
        expect_refused(ops, f, real ? std::nextafter(f.min, -HUGE_VAL) : f.min - 1);
        expect_refused(ops, f, real ? std::nextafter(f.max, HUGE_VAL) : f.max + 1);
        if (!real) continue;
        for (double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) expect_refused(ops, f, value);
    }
}

TEST_P(Block, RefusalNeedsNoErrorStruct) {
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

TEST_P(Block, AskingChangesNothing) {
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

TEST_P(Block, EnergyIsLinearInCountAndDoesNotDependOnUnits) {
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

TEST_P(Block, NumbersAreSane) {
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

TEST_P(Block, MoreWorkNeverTakesLessTimeAndUnitsAreBusyNoLongerThanTheResultTakes) {
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

/* What holds for every block of hw/blocks.c: its name and its tables. */
#include "every_block.hpp"

#include <cmath>
#include <set>

using namespace every_block;

namespace {

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

class BlockTables : public EveryBlock {};
INSTANTIATE_TEST_SUITE_P(All, BlockTables, testing::Range<size_t>(0, npim_n_blocks), block_name);

TEST_P(BlockTables, IsComplete) {
    EXPECT_GT(std::strlen(ops.doc), 0u);
    EXPECT_GT(ops.n_fields, 0u);
    EXPECT_GT(ops.n_probes, 0u);
    EXPECT_GE(ops.core_size, ops.config_size);
    EXPECT_TRUE(ops.init && ops.fini && ops.reset && ops.latency_ps && ops.energy_pJ && ops.area_um2);
}

TEST_P(BlockTables, FieldsLieInTheConfigAndDoNotOverlap) {
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

TEST_P(BlockTables, FieldsAreWellFormed) {
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

TEST_P(BlockTables, PhysicalNamesEndInTheirUnit) {
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

TEST_P(BlockTables, ProbesLieInTheStateBehindTheConfig) {
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

} // namespace

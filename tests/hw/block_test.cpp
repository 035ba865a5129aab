#include "hw/units.h"
#include "tests/hw/support.hpp"

#include <set>

namespace {

struct sample_config {
    double energy_pJ;
    uint32_t bits;
    uint64_t size_B;
    bool enabled;
    uint32_t mode;
};

struct sample {
    sample_config config;
    uint64_t state;
};

const char *const mode_names[] = {"slow", "fast", nullptr};

const npim_field fields[] = {
    {"energy_pJ", NPIM_KIND_DOUBLE, offsetof(sample_config, energy_pJ), 0, 10, "pJ", false, 0.1, nullptr, ""},
    {"bits", NPIM_KIND_U32, offsetof(sample_config, bits), 1, 16, "bit", false, 8, nullptr, ""},
    {"size_B", NPIM_KIND_U64, offsetof(sample_config, size_B), 0, 9007199254740992.0, "B", false, 65536,
     nullptr, ""},
    {"enabled", NPIM_KIND_BOOL, offsetof(sample_config, enabled), 0, 1, "", false, 1, nullptr, ""},
    {"mode", NPIM_KIND_ENUM, offsetof(sample_config, mode), 0, 1, "", false, 1, mode_names, ""},
};
constexpr size_t n_fields = sizeof fields / sizeof *fields;

npim_block_ops sample_ops() {
    npim_block_ops ops = {};
    ops.name = "sample";
    ops.config_size = sizeof(sample_config);
    ops.core_size = sizeof(sample);
    ops.fields = fields;
    ops.n_fields = n_fields;
    ops.latency_ps = [](const void *, const npim_work *work) {
        return static_cast<uint64_t>(work->count) * 10;
    };
    return ops;
}

sample_config preset() {
    sample_config config;
    std::memset(&config, 0x5a, sizeof config);
    npim_fields_preset(fields, n_fields, &config);
    return config;
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

} // namespace

TEST(block, presets_fill_every_kind) {
    sample_config config = preset();
    EXPECT_EQ(config.energy_pJ, 0.1);
    EXPECT_EQ(config.bits, 8u);
    EXPECT_EQ(config.size_B, 65536u);
    EXPECT_TRUE(config.enabled);
    EXPECT_EQ(config.mode, 1u);
}

TEST(block, get_returns_what_set_stored) {
    const double values[n_fields] = {3.25, 16, 9007199254740992.0, 0, 0};
    sample_config config = preset();
    for (size_t i = 0; i < n_fields; i++) npim_field_set(&fields[i], &config, values[i]);
    for (size_t i = 0; i < n_fields; i++) EXPECT_EQ(npim_field_get(&fields[i], &config), values[i]) << i;
    EXPECT_EQ(config.size_B, uint64_t{1} << 53);
    EXPECT_FALSE(config.enabled);
}

TEST(block, fields_are_found_by_their_whole_key) {
    EXPECT_EQ(npim_field_find(fields, n_fields, "bits"), &fields[1]);
    EXPECT_EQ(npim_field_find(fields, n_fields, "bit"), nullptr);
    EXPECT_EQ(npim_field_find(fields, n_fields, ""), nullptr);
    EXPECT_EQ(npim_field_find(fields, 0, "bits"), nullptr);
}

TEST(block, check_names_place_value_and_range) {
    sample_config config = preset();
    npim_error error = {};
    EXPECT_EQ(npim_fields_check(fields, n_fields, &config, "dac", &error), NPIM_OK);
    EXPECT_STREQ(error.message, "");
    config.bits = 33;
    EXPECT_EQ(npim_fields_check(fields, n_fields, &config, "dac", &error), NPIM_ECONFIG);
    EXPECT_STREQ(error.message, "dac.bits = 33: outside 1..16 bit");
    config.bits = 8;
    config.mode = 2;
    EXPECT_EQ(npim_fields_check(fields, n_fields, &config, "dac", &error), NPIM_ECONFIG);
    EXPECT_STREQ(error.message, "dac.mode = 2: outside 0..1");
}

TEST(block, check_includes_the_limits_and_refuses_what_is_not_finite) {
    sample_config config = preset();
    for (double good : {0.0, 10.0}) {
        config.energy_pJ = good;
        EXPECT_EQ(npim_fields_check(fields, n_fields, &config, "x", nullptr), NPIM_OK) << good;
    }
    for (double bad : {-1e-300, std::nextafter(10.0, 11.0), std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        config.energy_pJ = bad;
        EXPECT_EQ(npim_fields_check(fields, n_fields, &config, "x", nullptr), NPIM_ECONFIG) << bad;
    }
}

TEST(block, begin_is_transactional) {
    npim_block_ops ops = sample_ops();
    sample_config config = preset();
    sample core;
    std::memset(&core, 0x5a, sizeof core);
    EXPECT_EQ(npim_block_begin(&ops, &core, &config, nullptr), NPIM_OK);
    EXPECT_EQ(core.config.bits, 8u);
    EXPECT_EQ(core.state, 0u);

    config.bits = 0;
    core.state = 7;
    EXPECT_EQ(npim_block_begin(&ops, &core, &config, nullptr), NPIM_ECONFIG);
    EXPECT_EQ(core.config.bits, 0u);
    EXPECT_EQ(core.config.size_B, 0u);
    EXPECT_EQ(core.state, 0u);
}

TEST(block, busy_falls_back_to_latency) {
    npim_block_ops ops = sample_ops();
    npim_work work = work_of(3);
    EXPECT_EQ(npim_block_busy_ps(&ops, nullptr, &work), 30u);
    ops.busy_ps = [](const void *, const npim_work *) { return uint64_t{7}; };
    EXPECT_EQ(npim_block_busy_ps(&ops, nullptr, &work), 7u);
}

TEST(block, the_table_finds_blocks_by_name) {
    for (const char *name : {"sram_register", "shift_add", "activation", "pooling", "edram", "bus", "router",
                             "link", "chip_link"}) {
        const npim_block_ops *ops = npim_block_find(name);
        ASSERT_NE(ops, nullptr) << name;
        EXPECT_STREQ(ops->name, name);
    }
    EXPECT_EQ(npim_block_find("edra"), nullptr);
    EXPECT_EQ(npim_block_find(""), nullptr);
}

TEST(block, every_block_of_the_table_is_complete) {
    std::set<std::string> names;
    for (size_t i = 0; i < npim_n_blocks; i++) {
        const npim_block_ops &ops = *npim_blocks[i];
        EXPECT_TRUE(names.insert(ops.name).second) << ops.name << " twice";
        EXPECT_GT(std::strlen(ops.doc), 0u) << ops.name;
        EXPECT_TRUE(ops.init && ops.fini && ops.reset && ops.latency_ps && ops.energy_pJ && ops.area_um2)
            << ops.name;
        EXPECT_GE(ops.core_size, ops.config_size) << ops.name;
    }
}

TEST(block, every_field_of_every_block_is_sound) {
    for (size_t i = 0; i < npim_n_blocks; i++) {
        const npim_block_ops &ops = *npim_blocks[i];
        std::set<std::string> keys;
        for (size_t k = 0; k < ops.n_fields; k++) {
            const npim_field &f = ops.fields[k];
            SCOPED_TRACE(std::string(ops.name) + "." + f.key);
            EXPECT_TRUE(keys.insert(f.key).second) << "twice";
            EXPECT_LE(f.offset + size_of(f.kind), ops.config_size);
            EXPECT_EQ(f.offset % size_of(f.kind), 0u);
            EXPECT_LE(f.min, f.max);
            EXPECT_TRUE(std::isfinite(f.min) && std::isfinite(f.max));
            EXPECT_GT(std::strlen(f.doc), 0u);
            EXPECT_EQ(f.names != nullptr, f.kind == NPIM_KIND_ENUM);
            if (f.required) continue;
            EXPECT_TRUE(f.preset >= f.min && f.preset <= f.max) << f.preset;
        }
    }
}

TEST(block, shared_answers_hold_or_count_clocks) {
    const struct {
        double count;
        uint32_t units;
        uint64_t clocks;
    } rows[] = {{0, 1, 0}, {0.125, 1, 1}, {1, 1, 1}, {1, 2, 1}, {2, 2, 1}, {2.125, 2, 2}, {1e6, 7, 142858}};
    for (const auto &row : rows) {
        npim_work work = {row.count, row.units, 0, 123000};
        EXPECT_EQ(npim_block_clocked_ps(nullptr, &work), row.clocks * NPIM_CLOCK_PS) << row.count;
        EXPECT_EQ(npim_block_held_ps(nullptr, &work), 123000u);
    }
}

TEST(block, every_probe_of_every_block_is_sound) {
    for (size_t i = 0; i < npim_n_blocks; i++) {
        const npim_block_ops &ops = *npim_blocks[i];
        std::set<std::string> probe_names;
        for (size_t k = 0; k < ops.n_probes; k++) {
            const npim_probe &p = ops.probes[k];
            SCOPED_TRACE(std::string(ops.name) + "." + p.name);
            EXPECT_TRUE(probe_names.insert(p.name).second) << "twice";
            EXPECT_LE(p.offset + size_of(p.kind), ops.core_size);
            EXPECT_EQ(p.offset % size_of(p.kind), 0u);
            EXPECT_EQ(p.names != nullptr, p.kind == NPIM_KIND_ENUM);
        }
    }
}

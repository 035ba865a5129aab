#include "sim/config.h"

#include "sim/arch_fields.h"
#include "sim/describe.h"

#include "arch_fixture.hpp"

#include <cstring>
#include <memory>

namespace {

struct config : arch_fixture {
    std::string text(const npim_arch &a) {
        char *data = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&data, &size);
        EXPECT_EQ(npim_config_write(&a, out, &error), NPIM_OK) << error.message;
        fclose(out);
        const std::string written(data, size);
        free(data);
        return written;
    }
    std::string reference() {
        char *data = nullptr;
        size_t size = 0;
        FILE *out = open_memstream(&data, &size);
        EXPECT_EQ(npim_config_reference(out, &error), NPIM_OK);
        fclose(out);
        const std::string written(data, size);
        free(data);
        return written;
    }
    // Loads what config wrote; returns what describe says of it.
    std::string reload(const std::string &written) {
        const std::string path = (folder / "effective.toml").string();
        std::ofstream(path) << written;
        EXPECT_EQ(load_file(path), NPIM_OK) << error.message << "\n" << written;
        return described();
    }
    std::string described() {
        cJSON *json = npim_describe_json(arch);
        char *printed = cJSON_Print(json);
        const std::string all = printed;
        cJSON_free(printed);
        cJSON_Delete(json);
        return all;
    }
};

void expect_same(const npim_arch &a, const npim_arch &b) {
    for (size_t i = 0; i < npim_n_arch_tables; i++)
        for (size_t f = 0; f < npim_arch_tables[i].n_fields; f++) {
            const npim_arch_table &t = npim_arch_tables[i];
            EXPECT_EQ(npim_field_get(&t.fields[f], reinterpret_cast<const char *>(&a) + t.offset),
                      npim_field_get(&t.fields[f], reinterpret_cast<const char *>(&b) + t.offset))
                << t.path << "." << t.fields[f].key;
        }
    ASSERT_EQ(a.n_blocks, b.n_blocks);
    for (uint32_t i = 0; i < a.n_blocks; i++) {
        const npim_block_instance &x = a.blocks[i], &y = b.blocks[i];
        EXPECT_STREQ(x.name, y.name);
        ASSERT_EQ(x.ops, y.ops);
        EXPECT_EQ(memcmp(&x.placement, &y.placement, sizeof x.placement), 0) << x.name;
        for (size_t f = 0; f < x.ops->n_fields; f++)
            EXPECT_EQ(npim_field_get(&x.ops->fields[f], x.config),
                      npim_field_get(&x.ops->fields[f], y.config))
                << x.name << "." << x.ops->fields[f].key;
    }
    ASSERT_EQ(a.plan.n_stages, b.plan.n_stages);
    for (uint32_t s = 0; s < a.plan.n_stages; s++) {
        EXPECT_STREQ(a.stages[s].block, b.stages[s].block);
        for (size_t f = 0; f < npim_n_stage_fields; f++)
            EXPECT_EQ(npim_field_get(&npim_stage_fields[f], &a.stages[s]),
                      npim_field_get(&npim_stage_fields[f], &b.stages[s]));
    }
}

TEST_F(config, what_is_written_loads_into_the_same_architecture) {
    for (const char *name : {"neural-pim", "isaac", "cascade", "isaac-16bit"}) {
        SCOPED_TRACE(name);
        load(name);
        const std::string before = described(), written = text(*arch);
        EXPECT_EQ(reload(written), before);
        auto original = std::make_unique<npim_arch>();
        ASSERT_EQ(npim_arch_load(original.get(), arch_path(name).c_str(), nullptr, 0, nullptr), NPIM_OK);
        expect_same(*original, *arch);
        npim_arch_fini(original.get());
    }
}

TEST_F(config, assignments_survive) {
    load("cascade", {"data.input_bits=16", "data.weight_bits=16", "run.seed=9007199254740991",
                     "block.dac.power_uW=0.1", "block.tia.noise_V=1e-05", "system.ideal_links=true"});
    const std::string before = described(), written = text(*arch);
    EXPECT_NE(written.find("input_bits = { value = 16, source = \"--set\", tag = \"A\" } # --set\n"),
              std::string::npos)
        << written;
    EXPECT_EQ(reload(written), before);
    EXPECT_EQ(arch->run.seed, 9007199254740991u);
    EXPECT_TRUE(arch->system.ideal_links);
    EXPECT_EQ(*static_cast<const double *>(npim_arch_block(arch, "dac")->config) != 0, true);
}

TEST_F(config, every_line_says_where_its_value_comes_from) {
    const std::string written = text(load("isaac-16bit"));
    EXPECT_NE(written.find("isaac-16bit.toml:"), std::string::npos);
    EXPECT_NE(written.find("isaac.toml:"), std::string::npos);
    EXPECT_NE(written.find("seed = 1 # default\n"), std::string::npos);
    EXPECT_NE(written.find("# rows = 128 # follows from pe.array_rows\n"), std::string::npos);
    std::istringstream lines(written);
    for (std::string line; std::getline(lines, line);) {
        const bool plain = line.empty() || line[0] == '[' || line.rfind("name", 0) == 0 ||
                           line.rfind("doc", 0) == 0 || line.rfind("type", 0) == 0 ||
                           line.rfind("block", 0) == 0;
        EXPECT_TRUE(plain || line.find(" # ") != std::string::npos) << line;
    }
}

TEST_F(config, texts_are_quoted) {
    ASSERT_EQ(load_edited("isaac", "doc = \"ISAAC", "doc = \"a \\\"b\\\" \\\\ \\t \\u0001 ISAAC"), NPIM_OK)
        << error.message;
    const std::string doc = arch->doc_line;
    EXPECT_NE(doc.find("a \"b\" \\ \t \x01"), std::string::npos);
    reload(text(*arch));
    EXPECT_EQ(arch->doc_line, doc);
}

TEST_F(config, the_reference_has_every_key_of_every_table) {
    const std::string all = reference();
    const auto has = [&all](const npim_field *fields, size_t n) {
        for (size_t i = 0; i < n; i++) {
            EXPECT_NE(all.find(std::string("  ") + fields[i].key + " "), std::string::npos) << fields[i].key;
            EXPECT_NE(all.find(fields[i].doc), std::string::npos) << fields[i].key;
        }
    };
    for (size_t i = 0; i < npim_n_arch_tables; i++)
        has(npim_arch_tables[i].fields, npim_arch_tables[i].n_fields);
    has(npim_placement_fields, npim_n_placement_fields);
    has(npim_stage_fields, npim_n_stage_fields);
    for (size_t b = 0; b < npim_n_blocks; b++) {
        EXPECT_NE(all.find(std::string("[block.") + npim_blocks[b]->name + "]"), std::string::npos);
        has(npim_blocks[b]->fields, npim_blocks[b]->n_fields);
    }
    EXPECT_NE(all.find("1..32 bit, integer; required"), std::string::npos);
    EXPECT_NE(all.find("A | B | C; required"), std::string::npos);
    EXPECT_NE(all.find("follows from data.dac_bits"), std::string::npos);
}

TEST_F(config, a_full_disk_is_an_error) {
    load("isaac");
    FILE *full = fopen("/dev/full", "w");
    if (!full) GTEST_SKIP() << "no /dev/full";
    EXPECT_EQ(npim_config_write(arch, full, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("cannot be written"), std::string::npos);
    fclose(full);
    full = fopen("/dev/full", "w");
    EXPECT_EQ(npim_config_reference(full, nullptr), NPIM_EUSAGE);
    fclose(full);
}

} // namespace

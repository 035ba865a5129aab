// Loads the architectures of the project, as they are or edited, for the tests of sim/arch*.
#ifndef NPIM_TESTS_SIM_ARCH_FIXTURE_HPP
#define NPIM_TESTS_SIM_ARCH_FIXTURE_HPP

#include "sim/arch.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

inline std::string arch_path(const std::string &name) {
    return NPIM_SOURCE_DIR "/sim/arch/" + name + ".toml";
}

class arch_fixture : public testing::Test {
  protected:
    arch_fixture() : arch(new npim_arch()) {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_arch_XXXXXX").string();
        folder = mkdtemp(pattern.data());
        // Architectures look for their designs beside their own file.
        std::filesystem::create_directory_symlink(NPIM_SOURCE_DIR "/sim/arch/circuits", folder / "circuits");
    }
    ~arch_fixture() override {
        npim_arch_fini(arch);
        delete arch;
        std::filesystem::remove_all(folder);
    }

    npim_status load_file(const std::string &path, const std::vector<const char *> &sets = {}) {
        npim_arch_fini(arch);
        error = {};
        return npim_arch_load(arch, path.c_str(), sets.data(), sets.size(), &error);
    }

    // One of the project's architectures, which must load.
    const npim_arch &load(const std::string &name, const std::vector<const char *> &sets = {}) {
        EXPECT_EQ(load_file(arch_path(name), sets), NPIM_OK) << error.message;
        return *arch;
    }

    // The same with the first `from` of the file replaced by `to`; an empty `from` appends.
    npim_status load_edited(const std::string &name, const std::string &from, const std::string &to) {
        std::ifstream in(arch_path(name));
        std::stringstream text;
        text << in.rdbuf();
        std::string all = text.str();
        const auto at = from.empty() ? all.size() : all.find(from);
        EXPECT_NE(at, std::string::npos) << "the file has no " << from;
        if (at != std::string::npos) all.replace(at, from.size(), to);
        const std::string path = (folder / "edited.toml").string();
        std::ofstream(path) << all;
        return load_file(path);
    }

    // The message has all parts, and a failed load leaves nothing behind.
    void expect_message(std::initializer_list<const char *> parts) {
        for (const char *part : parts)
            EXPECT_NE(std::string(error.message).find(part), std::string::npos)
                << error.message << "\nlacks: " << part;
        EXPECT_EQ(arch->n_blocks, 0u);
        EXPECT_EQ(arch->doc.entries, nullptr);
    }

    void refuse_edit(const std::string &name, const std::string &from, const std::string &to,
                     std::initializer_list<const char *> parts) {
        EXPECT_EQ(load_edited(name, from, to), NPIM_ECONFIG) << from << " -> " << to;
        expect_message(parts);
    }

    void refuse_set(const std::string &name, const char *set, std::initializer_list<const char *> parts) {
        EXPECT_EQ(load_file(arch_path(name), {set}), NPIM_ECONFIG) << set;
        expect_message(parts);
    }

    npim_arch *arch; // too large for some stacks
    npim_error error{};
    std::filesystem::path folder;
};

#endif

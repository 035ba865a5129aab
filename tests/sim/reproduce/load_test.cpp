#include "sim/reproduce/load.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace {

struct load : testing::Test {
    void SetUp() override {
        before = std::filesystem::current_path();
        std::filesystem::current_path(NPIM_SOURCE_DIR); // where architectures are looked up
    }
    void TearDown() override {
        npim_free_arch(arch);
        std::filesystem::current_path(before);
    }
    std::filesystem::path before;
    npim_arch *arch = nullptr;
    npim_error error{};
};

TEST_F(load, finds_an_architecture_by_its_name) {
    ASSERT_EQ(npim_load_arch(&arch, "cascade", nullptr, 0, &error), NPIM_OK) << error.message;
    EXPECT_STREQ(arch->name, "cascade");
    EXPECT_EQ(arch->pe.array_rows, 64u);
}

TEST_F(load, assignments_come_over_the_file) {
    const char *const assignments[] = {"pe.cycle_ns=77", "pe.array_rows=32"};
    ASSERT_EQ(npim_load_arch(&arch, "cascade", assignments, 1, &error), NPIM_OK) << error.message;
    EXPECT_EQ(arch->pe.cycle_ns, 77);
    EXPECT_EQ(arch->pe.array_rows, 64u); // beyond n
}

TEST_F(load, what_goes_wrong_leaves_nothing) {
    arch = reinterpret_cast<npim_arch *>(this); // anything but NULL
    EXPECT_EQ(npim_load_arch(&arch, "no-such", nullptr, 0, &error), NPIM_ECONFIG);
    EXPECT_EQ(arch, nullptr);
    EXPECT_NE(std::string(error.message).find("no-such"), std::string::npos) << error.message;
    arch = reinterpret_cast<npim_arch *>(this);
    const char *const wrong = "pe.no_such_key=1";
    EXPECT_EQ(npim_load_arch(&arch, "isaac", &wrong, 1, &error), NPIM_ECONFIG);
    EXPECT_EQ(arch, nullptr);
    EXPECT_NE(std::string(error.message).find("no_such_key"), std::string::npos) << error.message;
    npim_free_arch(nullptr);
}

} // namespace

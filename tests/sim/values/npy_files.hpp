// Bytes of .npy files, and a folder for files, for the tests of sim/values/.
#ifndef NPIM_TESTS_SIM_VALUES_NPY_FILES_HPP
#define NPIM_TESTS_SIM_VALUES_NPY_FILES_HPP

#include "sim/values/npy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace npy_files {

// Version 1.0, without NumPy's blanks.
inline std::string npy(const std::string &text, const std::string &numbers = "") {
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(text.size() & 255);
    bytes += static_cast<char>(text.size() >> 8);
    return bytes + text + numbers;
}

inline std::string header(const std::string &descr, const std::string &shape,
                          const std::string &order = "False") {
    return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

template <typename T> std::string bytes_of(const std::vector<T> &numbers) {
    return {reinterpret_cast<const char *>(numbers.data()), numbers.size() * sizeof(T)};
}

inline std::string slurp(const std::filesystem::path &path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

inline std::string data(const std::string &name) {
    return std::string(NPIM_TEST_DATA) + "/npy/" + name;
}

template <typename T> constexpr npim_npy_type type_of() {
    if (sizeof(T) == 1) return T(-1) < T(0) ? NPIM_NPY_I8 : NPIM_NPY_U8;
    if (sizeof(T) == 2) return T(-1) < T(0) ? NPIM_NPY_I16 : NPIM_NPY_U16;
    if (T(1) / T(2) != T(0)) return sizeof(T) == 4 ? NPIM_NPY_F32 : NPIM_NPY_F64;
    return sizeof(T) == 4 ? NPIM_NPY_I32 : NPIM_NPY_I64;
}

struct folder_fixture : testing::Test {
    folder_fixture() {
        const auto *info = testing::UnitTest::GetInstance()->current_test_info();
        std::string test = std::string(info->test_suite_name()) + "." + info->name();
        std::replace(test.begin(), test.end(), '/', '.');
        test += "." + std::to_string(getpid()); // another build's tests may run at the same time
        folder = std::filesystem::path(testing::TempDir()) / ("npim_" + test);
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    ~folder_fixture() override { std::filesystem::remove_all(folder); }
    std::string put(const std::string &name, const std::string &bytes) {
        const std::filesystem::path path = folder / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << bytes;
        return path.string();
    }
    template <typename T>
    std::string put(const std::string &name, const std::vector<size_t> &shape,
                    const std::vector<T> &numbers) {
        const std::string path = (folder / name).string();
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        EXPECT_EQ(npim_npy_write(path.c_str(), type_of<T>(), static_cast<uint32_t>(shape.size()),
                                 shape.data(), numbers.data(), nullptr),
                  NPIM_OK);
        return path;
    }
    // The message is of that file and has that text.
    void complains(const std::string &path, const std::string &fragment) const {
        const std::string message = error.message;
        EXPECT_EQ(message.rfind(path, 0), 0u) << message;
        EXPECT_NE(message.find(fragment), std::string::npos) << fragment << " not in " << message;
    }
    std::filesystem::path folder;
    npim_error error = {};
};

} // namespace npy_files

#endif

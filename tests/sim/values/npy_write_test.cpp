#include "sim/values/npy_header.h"

#include "tests/sim/values/npy_files.hpp"

using namespace npy_files;

namespace {

struct npy_write_test : folder_fixture {
    // Reads what NumPy has saved and writes it again.
    void repeats(const std::string &name) {
        npim_npy array = {};
        ASSERT_EQ(npim_npy_read(&array, data(name).c_str(), &error), NPIM_OK) << error.message;
        const std::string path = (folder / name).string();
        EXPECT_EQ(npim_npy_write(path.c_str(), array.type, array.rank, array.shape, array.data, &error),
                  NPIM_OK)
            << error.message;
        EXPECT_EQ(slurp(path), slurp(data(name))) << name;
        npim_npy_fini(&array);
    }
};

} // namespace

TEST_F(npy_write_test, writes_what_numpy_saves) {
    int files = 0;
    for (const auto &entry : std::filesystem::directory_iterator(data(""))) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".npy" || name.rfind("version_", 0) == 0) continue;
        repeats(name);
        files++;
    }
    EXPECT_EQ(files, 11);
}

// Longer than any array in memory: still 64 bytes a piece, and read again.
TEST_F(npy_write_test, longest_header) {
    const size_t shape[NPIM_NPY_MAX_RANK] = {0,        SIZE_MAX, SIZE_MAX, SIZE_MAX,
                                             SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    for (uint32_t rank = 1; rank <= NPIM_NPY_MAX_RANK; rank++) {
        const std::string path = (folder / "x.npy").string();
        ASSERT_EQ(npim_npy_write(path.c_str(), NPIM_NPY_I8, rank, shape, nullptr, &error), NPIM_OK);
        const std::string bytes = slurp(path);
        EXPECT_EQ(bytes.size() % 64, 0u);
        EXPECT_EQ(bytes.back(), '\n');
        npim_npy array = {};
        ASSERT_EQ(npim_npy_read(&array, path.c_str(), &error), NPIM_OK) << error.message;
        EXPECT_EQ(std::vector<size_t>(array.shape, array.shape + array.rank),
                  std::vector<size_t>(shape, shape + rank));
        npim_npy_fini(&array);
    }
}

// 27 digits behind the first one make 128 bytes with the line's end: NumPy adds 64 blanks more.
TEST_F(npy_write_test, header_that_ends_at_64_bytes) {
    const std::string path = (folder / "x.npy").string();
    for (size_t last : {10, 100}) {
        const size_t shape[NPIM_NPY_MAX_RANK] = {0, 1000, 1000, 1000, 1000, 1000, 1000, last};
        ASSERT_EQ(npim_npy_write(path.c_str(), NPIM_NPY_I8, 8, shape, nullptr, &error), NPIM_OK);
        EXPECT_EQ(slurp(path).size(), last == 10 ? 128u : 192u);
    }
}

// A file is there when it is complete; what was there stays where it fails.
TEST_F(npy_write_test, refuses_what_cannot_be_written) {
    const float number = 1.0F;
    const std::string nowhere = (folder / "none" / "x.npy").string();
    EXPECT_EQ(npim_npy_write(nowhere.c_str(), NPIM_NPY_F32, 0, nullptr, &number, &error), NPIM_EUSAGE);
    complains(nowhere, "No such file");
    std::filesystem::create_directories(folder / "taken.npy" / "by");
    const std::string taken = (folder / "taken.npy").string();
    EXPECT_EQ(npim_npy_write(taken.c_str(), NPIM_NPY_F32, 0, nullptr, &number, &error), NPIM_EUSAGE);
    complains(taken, "cannot write");
    EXPECT_FALSE(std::filesystem::exists(taken + ".part"));
    const std::string long_name(9000, 'x');
    EXPECT_EQ(npim_npy_write(long_name.c_str(), NPIM_NPY_F32, 0, nullptr, &number, nullptr), NPIM_EUSAGE);
    std::filesystem::create_symlink("/dev/full", folder / "full.npy.part");
    const std::string full = (folder / "full.npy").string();
    EXPECT_EQ(npim_npy_write(full.c_str(), NPIM_NPY_F32, 0, nullptr, &number, &error), NPIM_EUSAGE);
    complains(full, "No space left");
    EXPECT_FALSE(std::filesystem::exists(full));
}

#include "sim/values/npy.h"

#include "tests/sim/values/npy_files.hpp"

#include <cmath>
#include <sys/stat.h>

using namespace npy_files;

namespace {

struct npy_test : folder_fixture {
    ~npy_test() override { npim_npy_fini(&array); }
    npim_status read(const std::string &path) {
        npim_npy_fini(&array);
        error = {};
        const npim_status status = npim_npy_read(&array, path.c_str(), &error);
        EXPECT_EQ(error.status, status);
        EXPECT_EQ(status == NPIM_OK, array.data != nullptr);
        return status;
    }
    void reads(const std::string &name, npim_npy_type type, const std::vector<size_t> &shape,
               const std::vector<double> &values) {
        SCOPED_TRACE(name);
        ASSERT_EQ(read(data(name + ".npy")), NPIM_OK) << error.message;
        EXPECT_EQ(array.type, type);
        EXPECT_EQ(std::vector<size_t>(array.shape, array.shape + array.rank), shape);
        ASSERT_EQ(array.n, values.size());
        for (size_t i = 0; i < values.size(); i++) EXPECT_EQ(npim_npy_at(&array, i), values[i]) << i;
    }
    npim_npy array = {};
};

} // namespace

// What NumPy has saved; the numbers are those of tests/data/npy/make.py.
TEST_F(npy_test, reads_what_numpy_saves) {
    reads("int8_2x3", NPIM_NPY_I8, {2, 3}, {-2, 1, 4, 7, 10, 13});
    reads("uint8_4", NPIM_NPY_U8, {4}, {0, 3, 6, 9});
    reads("int16_0x3", NPIM_NPY_I16, {0, 3}, {});
    reads("uint16_3x1", NPIM_NPY_U16, {3, 1}, {65534, 1, 4});
    reads("int32_1x2x3", NPIM_NPY_I32, {1, 2, 3}, {-2, 1, 4, 7, 10, 13});
    reads("int64_scalar", NPIM_NPY_I64, {}, {-0x1p53});
    const float seventh[] = {-2 / 7.0F, 1 / 7.0F, 4 / 7.0F, 1.0F};
    reads("float32_2x2", NPIM_NPY_F32, {2, 2},
          {double{seventh[0]}, double{seventh[1]}, double{seventh[2]}, double{seventh[3]}});
    reads("float64_3", NPIM_NPY_F64, {3}, {-2 / 7.0, 1 / 7.0, 4 / 7.0});
    reads("float32_rank8", NPIM_NPY_F32, {1, 2, 1, 2, 1, 1, 1, 3},
          {-2, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31});
    reads("int8_long", NPIM_NPY_I8, {0, 100, 1000, 1000, 1000, 1000, 100, 100}, {});
    for (const char *version : {"version_2", "version_3"})
        reads(version, NPIM_NPY_I32, {2, 2}, {-2, 1, 4, 7});
}

// 0, -1, 0.1 (0x2e66), the largest, the smallest subnormal, the smallest normal, infinity and not-a-number.
TEST_F(npy_test, half_precision) {
    ASSERT_EQ(read(data("float16_8.npy")), NPIM_OK) << error.message;
    const double values[] = {0.0, -1.0, 0x1.998p-4, 65504.0, 0x1p-24, 0x1p-14, HUGE_VAL};
    for (size_t i = 0; i < 7; i++) EXPECT_EQ(npim_npy_at(&array, i), values[i]) << i;
    EXPECT_TRUE(std::isnan(npim_npy_at(&array, 7)));
    // All of them, against the definition.
    std::vector<uint16_t> all(65536);
    for (size_t i = 0; i < all.size(); i++) all[i] = static_cast<uint16_t>(i);
    const std::string path = put("all.npy", npy(header("<f2", "(65536,)"), bytes_of(all)));
    ASSERT_EQ(read(path), NPIM_OK) << error.message;
    for (size_t i = 0; i < all.size(); i++) {
        const int exponent = static_cast<int>(i >> 10 & 31), fraction = static_cast<int>(i & 1023);
        const double sign = i >> 15 ? -1.0 : 1.0;
        const double value = npim_npy_at(&array, i);
        if (exponent == 31 && fraction)
            EXPECT_TRUE(std::isnan(value));
        else if (exponent == 31)
            EXPECT_EQ(value, sign * HUGE_VAL);
        else
            EXPECT_EQ(value, sign * std::pow(2.0, exponent ? exponent - 15 : -14) *
                                 ((exponent ? 1.0 : 0.0) + fraction / 1024.0));
    }
}

TEST_F(npy_test, keeps_what_is_not_finite) {
    const std::string path = put("x.npy", {3}, std::vector<float>{NAN, INFINITY, -INFINITY});
    ASSERT_EQ(read(path), NPIM_OK);
    EXPECT_TRUE(std::isnan(npim_npy_at(&array, 0)));
    EXPECT_EQ(npim_npy_at(&array, 1), HUGE_VAL);
    EXPECT_EQ(npim_npy_at(&array, 2), -HUGE_VAL);
}

TEST_F(npy_test, refuses_files_that_are_not_as_long_as_their_shape_says) {
    const std::string numbers = bytes_of(std::vector<float>{1, 2, 3, 4, 5, 6});
    const std::string good = npy(header("<f4", "(2, 3)"), numbers);
    EXPECT_EQ(read(put("good.npy", good)), NPIM_OK);
    for (size_t n = 0; n < good.size(); n++) {
        const std::string path = put("short.npy", good.substr(0, n));
        EXPECT_EQ(read(path), NPIM_ECONFIG) << n;
        complains(path, n + 24 >= good.size()
                            ? "cut short: " + std::to_string(n + 24 - good.size()) + " of 24"
                        : n < 8 ? "not a .npy file"
                                : "cut short within its header");
    }
    const std::string path = put("long.npy", good + "12345");
    EXPECT_EQ(read(path), NPIM_ECONFIG);
    complains(path, "5 bytes behind the last number");
}

// No memory is asked for that the file does not hold.
TEST_F(npy_test, refuses_huge_shapes) {
    for (const char *shape : {"(1099511627776,)", "(4611686018427387903,)", "(2147483648, 2147483647)"}) {
        const std::string path = put("huge.npy", npy(header("<f4", shape), "1234"));
        EXPECT_EQ(read(path), NPIM_ECONFIG);
        complains(path, "cut short: 4 of ");
    }
}

TEST_F(npy_test, refuses_what_is_no_file) {
    const std::string missing = (folder / "missing.npy").string();
    EXPECT_EQ(read(missing), NPIM_ECONFIG);
    complains(missing, "No such file");
    EXPECT_EQ(read(folder.string()), NPIM_ECONFIG);
    complains(folder.string(), "not a regular file");
    const std::string pipe = (folder / "pipe").string();
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    EXPECT_EQ(read(pipe), NPIM_ECONFIG); // and does not wait for someone to write
    complains(pipe, "not a regular file");
    EXPECT_EQ(read("/dev/zero"), NPIM_ECONFIG);
    EXPECT_EQ(read(put("empty.npy", "")), NPIM_ECONFIG);
}

TEST_F(npy_test, from_memory_as_from_a_file) {
    const std::string good = npy(header("<i2", "(3,)"), bytes_of(std::vector<int16_t>{-1, 0, 32767}));
    const std::vector<char> bytes(good.begin(), good.end());
    ASSERT_EQ(npim_npy_parse(&array, bytes.data(), bytes.size(), "memory", &error), NPIM_OK);
    EXPECT_EQ(npim_npy_at(&array, 0), -1.0);
    EXPECT_EQ(npim_npy_at(&array, 2), 32767.0);
    npim_npy other = {};
    EXPECT_EQ(npim_npy_parse(&other, bytes.data(), bytes.size() - 1, "memory", &error), NPIM_ECONFIG);
    complains("memory: ", "cut short");
    EXPECT_EQ(other.data, nullptr);
    npim_npy_fini(&other);
    npim_npy_fini(&other);
}

TEST_F(npy_test, names_and_sizes) {
    const size_t sizes[] = {1, 1, 2, 2, 4, 8, 2, 4, 8};
    const char *names[] = {"int8",  "uint8",   "int16",   "uint16", "int32",
                           "int64", "float16", "float32", "float64"};
    for (int type = 0; type < NPIM_NPY_TYPES; type++) {
        EXPECT_EQ(npim_npy_size(static_cast<npim_npy_type>(type)), sizes[type]);
        EXPECT_STREQ(npim_npy_type_names[type], names[type]);
    }
    EXPECT_EQ(npim_npy_type_names[NPIM_NPY_TYPES], nullptr);
}

TEST_F(npy_test, shapes_in_messages) {
    const size_t most[NPIM_NPY_MAX_RANK] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX,
                                            SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    const size_t shape[] = {2, 3, 0};
    char text[NPIM_NPY_SHAPE_SIZE];
    EXPECT_STREQ(npim_npy_shape_text(0, shape, text), "()");
    EXPECT_STREQ(npim_npy_shape_text(1, shape, text), "(2,)");
    EXPECT_STREQ(npim_npy_shape_text(3, shape, text), "(2, 3, 0)");
    EXPECT_EQ(std::strlen(npim_npy_shape_text(8, most, text)), size_t{8 * 20 + 7 * 2 + 2});
}

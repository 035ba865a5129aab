#include "sim/import/onnx_model.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

namespace {

namespace fs = std::filesystem;
using npim::importer::read_tensor;
using npim::importer::refusal;
using proto = ONNX_NAMESPACE::TensorProto;

class OnnxTensor : public testing::Test {
  protected:
    OnnxTensor() {
        std::string pattern = (fs::temp_directory_path() / "npim_tensor_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~OnnxTensor() override { fs::remove_all(folder); }

    proto tensor(int type, const std::vector<int64_t> &dims) const {
        proto t;
        t.set_data_type(type);
        for (int64_t d : dims) t.add_dims(d);
        return t;
    }
    template <typename number> proto raw(int type, const std::vector<number> &numbers) const {
        proto t = tensor(type, {static_cast<int64_t>(numbers.size())});
        t.set_raw_data(numbers.data(), numbers.size() * sizeof(number));
        return t;
    }
    std::vector<double> read(const proto &t) const {
        const auto v = read_tensor(t, folder.string(), "w");
        std::vector<double> all;
        for (std::size_t i = 0; i < v.fixed->n(); i++) all.push_back(v.fixed->real(i));
        return all;
    }
    void refused(const proto &t, npim_status status, const std::string &part) const {
        try {
            read(t);
            ADD_FAILURE() << "taken: " << part;
        } catch (const refusal &r) {
            EXPECT_EQ(r.status, status);
            EXPECT_EQ(r.text.rfind("tensor \"w\": ", 0), 0u) << r.text;
            EXPECT_NE(r.text.find(part), std::string::npos) << r.text;
        }
    }

    proto outside(const std::string &location, const char *offset = nullptr,
                  const char *length = nullptr) const {
        proto t = tensor(proto::FLOAT, {3});
        t.set_data_location(proto::EXTERNAL);
        const auto add = [&](const char *key, const std::string &value) {
            auto &e = *t.add_external_data();
            e.set_key(key);
            e.set_value(value);
        };
        if (!location.empty()) add("location", location);
        if (offset) add("offset", offset);
        if (length) add("length", length);
        return t;
    }

    fs::path folder;
};

using doubles = std::vector<double>;

TEST_F(OnnxTensor, ReadsRawNumbersOfEveryType) {
    EXPECT_EQ(read(raw<float>(proto::FLOAT, {1.5F, -2.0F})), (doubles{1.5, -2.0}));
    EXPECT_EQ(read(raw<double>(proto::DOUBLE, {1.5, -2.0})), (doubles{1.5, -2.0}));
    EXPECT_EQ(read(raw<int8_t>(proto::INT8, {-128, 127})), (doubles{-128, 127}));
    EXPECT_EQ(read(raw<uint8_t>(proto::UINT8, {0, 255})), (doubles{0, 255}));
    EXPECT_EQ(read(raw<int16_t>(proto::INT16, {-32768, 7})), (doubles{-32768, 7}));
    EXPECT_EQ(read(raw<uint16_t>(proto::UINT16, {65535, 7})), (doubles{65535, 7}));
    EXPECT_EQ(read(raw<int32_t>(proto::INT32, {-7, 1 << 30})), (doubles{-7, 1 << 30}));
    EXPECT_EQ(read(raw<uint32_t>(proto::UINT32, {4294967295u})), (doubles{4294967295.0}));
    EXPECT_EQ(read(raw<int64_t>(proto::INT64, {-7, int64_t{1} << 40})), (doubles{-7, 0x1p40}));
    EXPECT_EQ(read(raw<uint8_t>(proto::BOOL, {1, 0})), (doubles{1, 0}));
}

// Signs, numbers below the smallest normal one, the largest, and what is no number.
TEST_F(OnnxTensor, ReadsHalfPrecision) {
    const auto half =
        read(raw<uint16_t>(proto::FLOAT16, {0x3c00, 0xc000, 0x0001, 0x8001, 0x0400, 0x7bff, 0x3555, 0x8000}));
    const doubles wanted = {1.0, -2.0, 0x1p-24, -0x1p-24, 0x1p-14, 65504.0, 1365 * 0x1p-12, -0.0};
    EXPECT_EQ(half, wanted);
    EXPECT_TRUE(std::signbit(half[7]));
    const auto odd = read(raw<uint16_t>(proto::FLOAT16, {0x7c00, 0xfc00, 0x7c01}));
    EXPECT_EQ(odd[0], INFINITY);
    EXPECT_EQ(odd[1], -INFINITY);
    EXPECT_TRUE(std::isnan(odd[2]));
    EXPECT_EQ(read(raw<uint16_t>(proto::BFLOAT16, {0x3f80, 0xc040})), (doubles{1.0, -3.0}));
}

TEST_F(OnnxTensor, ReadsNumbersInFields) {
    proto t = tensor(proto::FLOAT, {2});
    t.add_float_data(0.5F), t.add_float_data(-1.0F);
    EXPECT_EQ(read(t), (doubles{0.5, -1.0}));
    t = tensor(proto::DOUBLE, {1, 1});
    t.add_double_data(1e300);
    EXPECT_EQ(read(t), doubles{INFINITY}); // beyond what weights are kept as: refused where it is used
    t = tensor(proto::FLOAT16, {2});
    t.add_int32_data(0x3c00), t.add_int32_data(0xc000);
    EXPECT_EQ(read(t), (doubles{1.0, -2.0}));
    t = tensor(proto::INT64, {});
    t.add_int64_data(-9);
    EXPECT_EQ(read(t), doubles{-9});
    t = tensor(proto::INT8, {1});
    t.add_int32_data(-9);
    EXPECT_EQ(read(t), doubles{-9});
    t = tensor(proto::UINT32, {1});
    t.add_uint64_data(9);
    EXPECT_EQ(read(t), doubles{9});
    EXPECT_EQ(read(tensor(proto::INT64, {0})), doubles{});
}

TEST_F(OnnxTensor, RefusesNumbersThatDoNotFillTheShape) {
    proto t = raw<float>(proto::FLOAT, {1, 2, 3});
    t.set_dims(0, 4);
    refused(t, NPIM_ECONFIG, "12 numbers or bytes where its shape needs 16");
    t.set_dims(0, 2);
    refused(t, NPIM_ECONFIG, "needs 8");
    t = tensor(proto::FLOAT, {3});
    refused(t, NPIM_ECONFIG, "0 numbers");
    t.add_double_data(1);
    refused(t, NPIM_ECONFIG, "0 numbers"); // a field of another type
}

TEST_F(OnnxTensor, RefusesHostileShapesBeforeThereIsRoomForThem) {
    refused(tensor(proto::FLOAT, {int64_t{1} << 40}), NPIM_ECONFIG, "2^30");
    refused(tensor(proto::FLOAT, {1 << 16, 1 << 16, 1 << 16, 1 << 16}), NPIM_ECONFIG, "2^30");
    refused(tensor(proto::FLOAT, {1 << 30}), NPIM_ECONFIG, "needs");
    refused(tensor(proto::FLOAT, {-1}), NPIM_ECONFIG, "size -1");
    refused(tensor(proto::FLOAT, std::vector<int64_t>(9, 1)), NPIM_EUNSUPPORTED, "9 dimensions");
}

TEST_F(OnnxTensor, RefusesTypesThatAreNoNumbers) {
    refused(tensor(proto::STRING, {1}), NPIM_EUNSUPPORTED, "type 8");
    refused(tensor(proto::COMPLEX64, {1}), NPIM_EUNSUPPORTED, "type 14");
    refused(tensor(99, {1}), NPIM_EUNSUPPORTED, "type 99");
    refused(proto(), NPIM_EUNSUPPORTED, "type 0");
}

TEST_F(OnnxTensor, ReadsExternalData) {
    const float numbers[] = {1.0F, 2.0F, 3.0F, 4.0F};
    fs::create_directory(folder / "sub");
    std::ofstream(folder / "w.bin", std::ios::binary).write(reinterpret_cast<const char *>(numbers), 16);
    fs::copy(folder / "w.bin", folder / "sub" / "w.bin");
    EXPECT_EQ(read(outside("w.bin")), (doubles{1, 2, 3}));
    EXPECT_EQ(read(outside("w.bin", "4")), (doubles{2, 3, 4}));
    EXPECT_EQ(read(outside("w.bin", "4", "12")), (doubles{2, 3, 4}));
    EXPECT_EQ(read(outside("sub/w.bin")), (doubles{1, 2, 3}));
    EXPECT_EQ(read(outside("./sub/../w.bin")), (doubles{1, 2, 3}));
    refused(outside("w.bin", "8"), NPIM_ECONFIG, "16 bytes, needed are 12 from 8 on");
    refused(outside("w.bin", "17"), NPIM_ECONFIG, "16 bytes");
    refused(outside("w.bin", "4", "16"), NPIM_ECONFIG, "needs 12");
    refused(outside("w.bin", "-4"), NPIM_ECONFIG, "\"-4\" is no number");
    refused(outside("w.bin", "18446744073709551615"), NPIM_ECONFIG, "is no number");
}

TEST_F(OnnxTensor, RefusesFilesOutsideTheFolder) {
    const fs::path secret = folder / "secret.bin";
    std::ofstream(secret) << "123456789012";
    fs::create_directory(folder / "model");
    fs::create_symlink(secret, folder / "model" / "link.bin");
    fs::create_directory_symlink(folder, folder / "model" / "up");
    folder /= "model";
    for (const std::string &location :
         {std::string("../secret.bin"), secret.string(), std::string("link.bin"),
          std::string("up/secret.bin"), std::string("a/../../secret.bin")})
        refused(outside(location), NPIM_ECONFIG, "only files in the model's folder");
    refused(outside("none.bin"), NPIM_ECONFIG, "there is no such file");
    refused(outside("."), NPIM_ECONFIG, "there is no such file");
    refused(outside(std::string("a\0b", 3)), NPIM_ECONFIG, "only files");
    refused(outside(""), NPIM_ECONFIG, "without location");
    folder = folder.parent_path();
}

} // namespace

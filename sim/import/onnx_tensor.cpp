#include "sim/import/onnx_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace npim::importer {

namespace {

using proto = ONNX_NAMESPACE::TensorProto;

// IEEE half precision: 1 sign, 5 exponent, 10 fraction.
float of_half(std::uint32_t bits) {
    const std::uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023;
    double magnitude = exponent == 0    ? std::ldexp(fraction, -24)
                       : exponent == 31 ? (fraction ? std::nan("") : HUGE_VAL)
                                        : std::ldexp(1024 + fraction, static_cast<int>(exponent) - 25);
    return static_cast<float>(bits & 0x8000 ? -magnitude : magnitude);
}

// The upper half of a float.
float of_bfloat(std::uint32_t bits) {
    const std::uint32_t wide = bits << 16;
    float x;
    std::memcpy(&x, &wide, sizeof x);
    return x;
}

// Little endian, as ONNX wants raw data.
template <typename number> number at(const char *bytes) {
    number x;
    std::memcpy(&x, bytes, sizeof x);
    return x;
}

// How numbers of a type lie in raw data.
struct type_row {
    int type;
    std::size_t size;
    bool is_integer;
    float (*real)(const char *);
    std::int64_t (*integer)(const char *);
};

template <typename number> std::int64_t integer_at(const char *bytes) {
    return static_cast<std::int64_t>(at<number>(bytes));
}

const type_row types[] = {
    {proto::FLOAT, 4, false, at<float>, nullptr},
    {proto::DOUBLE, 8, false, [](const char *b) { return static_cast<float>(at<double>(b)); }, nullptr},
    {proto::FLOAT16, 2, false, [](const char *b) { return of_half(at<std::uint16_t>(b)); }, nullptr},
    {proto::BFLOAT16, 2, false, [](const char *b) { return of_bfloat(at<std::uint16_t>(b)); }, nullptr},
    {proto::INT8, 1, true, nullptr, integer_at<std::int8_t>},
    {proto::UINT8, 1, true, nullptr, integer_at<std::uint8_t>},
    {proto::INT16, 2, true, nullptr, integer_at<std::int16_t>},
    {proto::UINT16, 2, true, nullptr, integer_at<std::uint16_t>},
    {proto::INT32, 4, true, nullptr, integer_at<std::int32_t>},
    {proto::UINT32, 4, true, nullptr, integer_at<std::uint32_t>},
    {proto::INT64, 8, true, nullptr, integer_at<std::int64_t>},
    {proto::BOOL, 1, true, nullptr, integer_at<std::int8_t>},
};

const type_row &type_of(const proto &tensor, const std::string &name) {
    for (const auto &row : types)
        if (row.type == tensor.data_type()) return row;
    refuse(NPIM_EUNSUPPORTED,
           "tensor \"%s\": type %d is not supported (allowed: float, double, float16, bfloat16 "
           "and integers of 8 to 64 bit)",
           name.c_str(), tensor.data_type());
}

// Bytes to numbers.
void decode(constant &c, const type_row &type, const char *bytes, std::size_t n) {
    if (type.is_integer) {
        c.integers.resize(n);
        for (std::size_t i = 0; i < n; i++) c.integers[i] = type.integer(bytes + i * type.size);
    } else {
        c.reals.resize(n);
        for (std::size_t i = 0; i < n; i++) c.reals[i] = type.real(bytes + i * type.size);
    }
}

void check_length(const std::string &name, std::size_t have, std::size_t want) {
    if (have != want)
        refuse(NPIM_ECONFIG, "tensor \"%s\": %zu numbers or bytes where its shape needs %zu", name.c_str(),
               have, want);
}

// Numbers that are fields of their own. Those of 16 bit stand in integers.
void take_fields(constant &c, const proto &tensor, std::size_t n, const std::string &name) {
    const int type = tensor.data_type();
    const auto copy = [&](const auto &field, auto &to, auto convert) {
        check_length(name, static_cast<std::size_t>(field.size()), n);
        to.reserve(n);
        for (const auto &x : field) to.push_back(convert(x));
    };
    const auto as_integer = [](auto x) { return static_cast<std::int64_t>(x); };
    const auto as_real = [](auto x) { return static_cast<float>(x); };
    if (type == proto::FLOAT)
        copy(tensor.float_data(), c.reals, as_real);
    else if (type == proto::DOUBLE)
        copy(tensor.double_data(), c.reals, as_real);
    else if (type == proto::FLOAT16)
        copy(tensor.int32_data(), c.reals,
             [](auto x) { return of_half(static_cast<std::uint32_t>(x) & 0xffff); });
    else if (type == proto::BFLOAT16)
        copy(tensor.int32_data(), c.reals,
             [](auto x) { return of_bfloat(static_cast<std::uint32_t>(x) & 0xffff); });
    else if (type == proto::INT64)
        copy(tensor.int64_data(), c.integers, as_integer);
    else if (type == proto::UINT32)
        copy(tensor.uint64_data(), c.integers, as_integer);
    else
        copy(tensor.int32_data(), c.integers, as_integer);
}

// Where external data lie.
struct place {
    std::string location;
    std::uint64_t offset = 0, length = 0;
    bool has_length = false;
};

std::uint64_t number_of(const std::string &digits, const std::string &name) {
    if (digits.empty() || digits.size() > 18 || digits.find_first_not_of("0123456789") != std::string::npos)
        refuse(NPIM_ECONFIG, "tensor \"%s\": external data: \"%.40s\" is no number of bytes", name.c_str(),
               digits.c_str());
    return std::stoull(digits);
}

place place_of(const proto &tensor, const std::string &name) {
    place p;
    for (const auto &entry : tensor.external_data()) {
        if (entry.key() == "location") p.location = entry.value();
        if (entry.key() == "offset") p.offset = number_of(entry.value(), name);
        if (entry.key() == "length") p.length = number_of(entry.value(), name), p.has_length = true;
    }
    if (p.location.empty())
        refuse(NPIM_ECONFIG, "tensor \"%s\": external data without location", name.c_str());
    return p;
}

// The file must lie in the folder, links resolved: a model from elsewhere must not read what it likes.
std::filesystem::path confined(const std::string &folder, const place &p, const std::string &name) {
    namespace fs = std::filesystem;
    std::error_code code;
    const fs::path root = fs::canonical(folder.empty() ? "." : folder, code);
    if (code) refuse(NPIM_ECONFIG, "%s: %s", folder.c_str(), code.message().c_str());
    const fs::path wanted(p.location), file = fs::weakly_canonical(root / wanted, code);
    const auto outside =
        std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first != root.end();
    if (code || wanted.is_absolute() || outside || p.location.find('\0') != std::string::npos)
        refuse(NPIM_ECONFIG,
               "tensor \"%s\": external data \"%s\": only files in the model's folder are allowed",
               name.c_str(), p.location.c_str());
    if (!fs::is_regular_file(file, code))
        refuse(NPIM_ECONFIG, "tensor \"%s\": external data \"%s\": there is no such file", name.c_str(),
               p.location.c_str());
    return file;
}

// The bytes of n numbers; the file must hold them before there is room for them.
std::vector<char> read_external(const proto &tensor, const std::string &folder, std::size_t bytes,
                                const std::string &name) {
    const place p = place_of(tensor, name);
    const auto file = confined(folder, p, name);
    std::error_code code;
    const std::uint64_t size = std::filesystem::file_size(file, code);
    if (p.has_length) check_length(name, p.length, bytes);
    if (code || p.offset > size || size - p.offset < bytes)
        refuse(NPIM_ECONFIG,
               "tensor \"%s\": external data \"%s\" has %llu bytes, needed are %zu from %llu on",
               name.c_str(), p.location.c_str(), static_cast<unsigned long long>(size), bytes,
               static_cast<unsigned long long>(p.offset));
    std::vector<char> data(bytes);
    std::ifstream in(file, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(p.offset));
    if (!in.read(data.data(), static_cast<std::streamsize>(bytes)) && bytes > 0)
        refuse(NPIM_ECONFIG, "tensor \"%s\": external data \"%s\" cannot be read", name.c_str(),
               p.location.c_str());
    return data;
}

} // namespace

value read_tensor(const proto &tensor, const std::string &folder, const std::string &name) {
    value v;
    v.dims.assign(tensor.dims().begin(), tensor.dims().end());
    const type_row &type = type_of(tensor, name);
    std::size_t n;
    try {
        n = count(v.dims, true);
    } catch (const refusal &r) {
        refuse(r.status, "tensor \"%s\": %s", name.c_str(), r.text.c_str());
    }
    auto c = std::make_shared<constant>();
    c->is_integer = type.is_integer;
    if (tensor.data_location() == proto::EXTERNAL) {
        decode(*c, type, read_external(tensor, folder, n * type.size, name).data(), n);
    } else if (tensor.has_raw_data()) {
        check_length(name, tensor.raw_data().size(), n * type.size);
        decode(*c, type, tensor.raw_data().data(), n);
    } else {
        take_fields(*c, tensor, n, name);
    }
    v.fixed = std::move(c);
    return v;
}

} // namespace npim::importer

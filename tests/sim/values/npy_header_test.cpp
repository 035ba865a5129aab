#include "sim/values/npy_header.h"

#include "tests/hw/support.hpp"
#include "tests/sim/values/npy_files.hpp"

#include <random>

using namespace npy_files;

namespace {

struct parsed {
    npim_status status;
    npim_npy_header header;
    std::string message;
};

parsed parse(const std::string &bytes) {
    const std::vector<char> exact(bytes.begin(), bytes.end()); // nothing behind, so that a sanitizer sees it
    npim_error error = {};
    parsed p = {};
    p.status = npim_npy_header_parse(&p.header, exact.data(), exact.size(), "file", &error);
    p.message = error.message;
    return p;
}

void refuses(const std::string &bytes, const std::string &fragment) {
    const parsed p = parse(bytes);
    EXPECT_EQ(p.status, NPIM_ECONFIG) << bytes;
    EXPECT_EQ(p.message.rfind("file: ", 0), 0u) << p.message;
    EXPECT_NE(p.message.find(fragment), std::string::npos) << fragment << " not in " << p.message;
}

void expect_shape(const std::string &text, const std::vector<size_t> &shape, size_t n) {
    const parsed p = parse(npy(header("<f4", text)));
    ASSERT_EQ(p.status, NPIM_OK) << text << p.message;
    ASSERT_EQ(p.header.rank, shape.size()) << text;
    for (size_t i = 0; i < shape.size(); i++) EXPECT_EQ(p.header.shape[i], shape[i]) << text;
    EXPECT_EQ(p.header.n, n) << text;
}

} // namespace

TEST(npy_header, types) {
    const char *codes[] = {"|i1", "|u1", "<i2", "<u2", "<i4", "<i8", "<f2", "<f4", "<f8"};
    for (int type = 0; type < NPIM_NPY_TYPES; type++) {
        const parsed p = parse(npy(header(codes[type], "(2, 3)")));
        EXPECT_EQ(p.status, NPIM_OK) << p.message;
        EXPECT_EQ(p.header.type, type);
        EXPECT_STREQ(npim_npy_codes[type], codes[type]);
    }
    for (const char *other : {"|b1", "<u4", "<u8", "<c8", "<U3", "|O", "|S5", "<f16", "i4", "", "<i4 "})
        refuses(npy(header(other, "(2,)")), "type " + std::string(other) + " (allowed: int8, uint8, ");
    refuses(npy(header(">f4", "(2,)")), "big endian");
    refuses(npy(header(std::string(60000, 'x'), "(2,)")), "type xxxx");
    refuses(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"), "a type in quotes");
}

TEST(npy_header, shapes) {
    expect_shape("()", {}, 1);
    expect_shape("(5,)", {5}, 5);
    expect_shape("(2, 3)", {2, 3}, 6);
    expect_shape("( 2 ,3 , )", {2, 3}, 6);
    expect_shape("(1, 2, 1, 2, 1, 1, 1, 3)", {1, 2, 1, 2, 1, 1, 1, 3}, 12);
    expect_shape("(0, 7)", {0, 7}, 0);
    expect_shape("(18446744073709551615, 18446744073709551615, 0)", {SIZE_MAX, SIZE_MAX, 0}, 0);
    expect_shape("(4611686018427387903,)", {SIZE_MAX / 4}, SIZE_MAX / 4); // bytes just fit
    refuses(npy(header("<f4", "(4611686018427387904,)")), "more than 2^64 bytes");
    refuses(npy(header("<f4", "(4294967296, 4294967296)")), "more than 2^64 bytes");
    refuses(npy(header("|i1", "(4294967296, 4294967296)")), "more than 2^64 bytes");
    refuses(npy(header("<f4", "(18446744073709551616,)")), "a dimension beyond 2^64");
    refuses(npy(header("<f4", "(99999999999999999999999999,)")), "a dimension beyond 2^64");
    refuses(npy(header("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 1)")), "more than 8 dimensions");
    for (const char *other :
         {"(3)", "(-1,)", "(,)", "(2 3)", "(2,,3)", "(2.0,)", "(2, 3", "2", "[2, 3]", "(2L,)"})
        refuses(npy(header("<f4", other)), "malformed header");
}

TEST(npy_header, order) {
    refuses(npy(header("<f4", "(2,)", "True")), "Fortran's order");
    for (const char *other : {"0", "false", "Falsey", "", "None"})
        refuses(npy(header("<f4", "(2,)", other)), "True or False");
}

TEST(npy_header, keys_in_any_order_each_once) {
    const std::string d = "'descr': '<i2'", f = "'fortran_order': False", s = "'shape': (3,)";
    const std::vector<std::string> good = {"{" + d + "," + f + "," + s + "}",
                                           "{" + s + ", " + d + ", " + f + ", } \n \n",
                                           "{\"shape\": (3,), \"descr\": \"<i2\", \"fortran_order\" : False}",
                                           " \n{ " + f + ", " + s + ", " + d + "}"};
    for (const std::string &text : good) {
        const parsed p = parse(npy(text));
        EXPECT_EQ(p.status, NPIM_OK) << text << p.message;
        EXPECT_EQ(p.header.type, NPIM_NPY_I16);
        EXPECT_EQ(p.header.n, 3u);
        EXPECT_EQ(p.header.data_at, 10 + text.size());
    }
    const char *each_once = "descr, fortran_order and shape, each once";
    refuses(npy("{}"), each_once);
    refuses(npy("{" + d + ", " + f + "}"), each_once);
    refuses(npy("{" + s + ", " + f + "}"), each_once);
    refuses(npy("{" + d + ", " + s + "}"), each_once);
    refuses(npy("{" + d + ", " + d + ", " + f + ", " + s + "}"), each_once);
    refuses(npy("{" + s + ", " + d + ", " + f + ", " + s + "}"), each_once);
    refuses(npy("{" + d + ", " + f + ", " + s + ", 'more': 1}"), each_once);
    refuses(npy("{" + d + " " + f + ", " + s + "}"), "a comma between the keys");
    refuses(npy("{" + d + ", " + f + ", " + s), "malformed header");
    refuses(npy("{" + d + ", " + f + ", " + s + "} + 1"), "nothing behind }");
    refuses(npy(d + ", " + f + ", " + s), "{");
    refuses(npy("{'descr' '<i2', " + f + ", " + s + "}"), "a colon");
    refuses(npy("{descr: '<i2', " + f + ", " + s + "}"), "a key in quotes");
    refuses(npy("{'descr\": '<i2', " + f + ", " + s + "}"), "a colon");
    refuses(npy(""), "{");
}

TEST(npy_header, frames) {
    const std::string good = npy(header("<f4", "(2,)"), "12345678");
    EXPECT_EQ(parse(good).status, NPIM_OK);
    for (size_t n = 0; n < good.size() - 8; n++)
        EXPECT_EQ(parse(good.substr(0, n)).status, NPIM_ECONFIG) << n;
    refuses("", "not a .npy file");
    refuses("PK\3\4 and more of a .npz", "not a .npy file");
    refuses(good.substr(0, 9), "cut short within its header");
    refuses(good.substr(0, 60), "cut short within its header");
    for (char version : {'\0', '\4', '\xff'}) {
        std::string other = good;
        other[6] = version;
        refuses(other, ".npy of version ");
        other = good;
        other[7] = 1;
        refuses(other, ".1: 1.0, 2.0 or 3.0");
    }
    // The length of versions 2 and 3 takes 4 bytes.
    for (char version : {'\2', '\3'}) {
        std::string wide = good;
        wide[6] = version;
        wide.insert(10, 2, '\0');
        EXPECT_EQ(parse(wide).status, NPIM_OK);
        EXPECT_EQ(parse(wide).header.data_at, wide.size() - 8);
        wide[11] = '\x7f';
        refuses(wide, "cut short within its header");
        refuses(wide + std::string(NPIM_NPY_HEADER_SIZE - wide.size(), ' '),
                "a header of more than 65536 bytes");
        refuses(wide.substr(0, 11), "cut short within its header");
    }
}

// Whatever a byte is changed into: refused or understood, and never read beyond the end.
TEST(npy_header, any_byte_may_be_wrong) {
    const std::string good = npy(header("<f4", "(2, 3)"));
    for (size_t at = 0; at < good.size(); at++)
        for (int byte = 0; byte < 256; byte++) {
            std::string other = good;
            other[at] = static_cast<char>(byte);
            const parsed p = parse(other);
            if (p.status == NPIM_OK)
                EXPECT_LE(p.header.data_at, other.size());
            else
                EXPECT_EQ(p.status, NPIM_ECONFIG);
        }
    const uint64_t seed = test_seed(503);
    std::mt19937_64 random(seed);
    const std::string letters = "{}()',: \n0123456789<f4descrshapefortran_orderFalse\x93\x80\0";
    for (int i = 0; i < 20000; i++) {
        std::string text = header("<f4", "(2, 3)");
        for (int k = 0; k < 3; k++) text[random() % text.size()] = letters[random() % letters.size()];
        const parsed p = parse(npy(text));
        EXPECT_TRUE(p.status == NPIM_OK || p.status == NPIM_ECONFIG);
    }
}

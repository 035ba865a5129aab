#include "hw/kernel/matrix.h"

#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace {

struct matrix {
    npim_matrix m{};
    matrix(const std::vector<int16_t> &weight, uint32_t rows, uint32_t outputs) {
        npim_error error{};
        EXPECT_EQ(npim_matrix_init_i16(&m, weight.data(), rows, outputs, &error), NPIM_OK) << error.message;
    }
    ~matrix() { npim_matrix_fini(&m); }
    matrix(const matrix &) = delete;
    matrix &operator=(const matrix &) = delete;
};

std::vector<int32_t> by_hand(const std::vector<int16_t> &weight, uint32_t rows, uint32_t outputs,
                             const std::vector<int16_t> &inputs, size_t stride, size_t n) {
    std::vector<int32_t> sums;
    for (size_t v = 0; v < n; v++)
        for (size_t o = 0; o < outputs; o++) {
            int64_t sum = 0;
            for (size_t r = 0; r < rows; r++) sum += int64_t{inputs[v * stride + r]} * weight[o * rows + r];
            EXPECT_EQ(sum, static_cast<int32_t>(sum));
            sums.push_back(static_cast<int32_t>(sum));
        }
    return sums;
}

/* Everything that the machine has against plain sums; what lies between the rows of the result stays. */
void check(const std::vector<int16_t> &weight, uint32_t rows, uint32_t outputs,
           const std::vector<int16_t> &inputs, size_t stride, size_t n) {
    constexpr size_t gap = 3;
    constexpr int32_t untouched = 0x5a5a5a5a;
    const std::vector<int32_t> want = by_hand(weight, rows, outputs, inputs, stride, n);
    const matrix m(weight, rows, outputs);
    for (int isa = 0; isa <= npim_isa_best(); isa++) {
        SCOPED_TRACE(npim_isa_names[isa]);
        std::vector<int32_t> sums(n * (outputs + gap), untouched);
        npim_matrix_multiply(static_cast<npim_isa>(isa), &m.m, inputs.data(), stride, n, sums.data(),
                             outputs + gap);
        for (size_t v = 0; v < n; v++) {
            for (size_t o = 0; o < outputs; o++)
                ASSERT_EQ(sums[v * (outputs + gap) + o], want[v * outputs + o]) << v << " " << o;
            for (size_t o = outputs; o < outputs + gap; o++)
                ASSERT_EQ(sums[v * (outputs + gap) + o], untouched);
        }
    }
}

std::vector<int16_t> numbers(std::mt19937 &bits, size_t n, int most) {
    std::uniform_int_distribution<int> some(-most, most);
    std::vector<int16_t> out(n);
    for (int16_t &x : out) x = static_cast<int16_t>(some(bits));
    return out;
}

TEST(Matrix, RandomSizes) {
    std::random_device seeds;
    const unsigned seed = seeds();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 bits(seed);
    auto some = [&](uint32_t low, uint32_t high) {
        return std::uniform_int_distribution<uint32_t>(low, high)(bits);
    };
    for (int i = 0; i < 200 && !::testing::Test::HasFatalFailure(); i++) {
        const uint32_t rows = some(0, 70), outputs = some(0, 150), n = some(0, 20);
        const size_t stride = rows + some(0, 2);
        SCOPED_TRACE(testing::Message() << rows << " x " << outputs << ", " << n);
        check(numbers(bits, size_t{rows} * outputs, 4000), rows, outputs, numbers(bits, n * stride, 4000),
              stride, n);
    }
}

/* Ends of the range, at the ends of rows and outputs. */
TEST(Matrix, LargestNumbers) {
    for (uint32_t rows : {1u, 2u, 3u})
        for (uint32_t outputs : {1u, 16u, 17u, 64u, 81u})
            for (int16_t x : {int16_t{INT16_MIN}, int16_t{INT16_MAX}}) {
                std::vector<int16_t> weight(size_t{rows} * outputs, 0);
                for (size_t o = 0; o < outputs; o++) weight[o * rows + o % rows] = x;
                const std::vector<int16_t> inputs(size_t{rows} * 7, INT16_MAX);
                check(weight, rows, outputs, inputs, rows, 7);
            }
}

TEST(Matrix, BytesAreTheSameAsWiderNumbers) {
    std::mt19937 bits(1);
    constexpr uint32_t rows = 33, outputs = 21, n = 5;
    const std::vector<int16_t> weight = numbers(bits, rows * outputs, 128 - 1);
    const std::vector<int8_t> narrow(weight.begin(), weight.end());
    const std::vector<int16_t> inputs = numbers(bits, n * rows, 255);
    npim_matrix m{};
    ASSERT_EQ(npim_matrix_init_i8(&m, narrow.data(), rows, outputs, nullptr), NPIM_OK);
    std::vector<int32_t> sums(n * outputs);
    npim_matrix_multiply(npim_isa_best(), &m, inputs.data(), rows, n, sums.data(), outputs);
    EXPECT_EQ(sums, by_hand(weight, rows, outputs, inputs, rows, n));
    npim_matrix_fini(&m);
    npim_matrix_fini(&m);
}

} // namespace

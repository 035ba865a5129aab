// The quantised path of a crossbar against CrossSim (tests/data/crosssim): 1-bit DAC, cells, currents along
// the bit lines, converter, and the digital sum of slices and input cycles, each by its own block.
#include "hw/crossbar.h"
#include "hw/dac.h"
#include "hw/quantiser.h"
#include "hw/rram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace {

constexpr uint32_t slices = 7, input_bits = 8;
constexpr double scale = 127.0 * 255.0; // of weights and inputs

// Few binary digits: every sum of cell currents is exact, in whatever order, and ties of the converter are
// ties here as well. An on/off ratio of 100 is taken to 40 binary digits of its inverse; an infinite one is
// the largest that a cell can have, and the unit of current then one step.
constexpr double on_S = 1.0 / (1 << 19), v_V = 0.25, infinite_ratio = 1 << 29;

double exact_ratio(double ratio) {
    return 1 / std::ldexp(std::round(std::ldexp(1 / ratio, 40)), -40);
}

struct setting {
    uint32_t outputs, inputs, vectors, arrays;
    std::string adc;
    uint32_t bits;
    std::string range, on_off;

    bool operator<(const setting &o) const { return key() < o.key(); }
    std::tuple<uint32_t, uint32_t, uint32_t, std::string, uint32_t, std::string, std::string> key() const {
        return {outputs, inputs, vectors, adc, bits, range, on_off};
    }
    std::string name() const {
        return std::to_string(outputs) + " x " + std::to_string(inputs) + " " + adc + " " +
               std::to_string(bits) + " bit " + range + " on/off " + on_off;
    }
    uint32_t rows() const { return inputs / arrays; }
    bool finite() const { return on_off != "inf"; }
    double off_over_on() const { return finite() ? 1 / std::stod(on_off) : 0; }
    double limit() const { return range == "max" ? rows() : 256.0 / 255.0 * ((1 << (bits - 1)) - 1); }
};

std::map<setting, std::vector<double>> read_cases() {
    std::map<setting, std::vector<double>> cases; // y[output][vector]
    std::ifstream in(NPIM_TEST_DATA "/crosssim/outputs.csv");
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] < '0' || line[0] > '9') continue;
        std::istringstream text(line);
        std::vector<std::string> cell;
        for (std::string one; std::getline(text, one, ',');) cell.push_back(one);
        auto number = [&](size_t i) { return static_cast<uint32_t>(std::stoul(cell[i])); };
        const setting s = {number(0), number(1), number(2), number(3), cell[4], number(5), cell[6], cell[7]};
        std::vector<double> &y = cases[s];
        EXPECT_EQ(y.size(), number(8) * s.vectors + number(9)) << line;
        y.push_back(std::stod(cell[10]));
    }
    return cases;
}

int32_t weight(uint32_t output, uint32_t input) {
    return static_cast<int32_t>((37 * output + 11 * input + 5 * output * input) % 255) - 127;
}

uint32_t input_of(uint32_t input, uint32_t vector) {
    return (29 * input + 71 * vector + 3 * input * vector) % 256;
}

// What the converter makes of x, in units of one cell. The reference adds its limit before it rounds, and so
// does this: a quantiser of one sign whose zero is -limit. sign_magnitude has one code less, which clipping
// to
// +-limit keeps from being used.
double convert(const setting &s, double x) {
    if (s.adc == "ideal") return x;
    const double limit = s.limit(), codes = (1 << s.bits) - 1;
    const double steps = s.adc == "offset" ? codes : codes - 1;
    const npim_quantiser quantiser = {s.bits, false, 2 * limit * (codes / steps)};
    const int32_t code = npim_quantiser_code(&quantiser, std::clamp(x, -limit, limit) + limit, nullptr);
    if (s.adc == "sign_magnitude") { // but for ties, the bipolar converter of this project
        const npim_quantiser own = {s.bits, true, limit};
        const double in_steps = std::abs(x) * npim_quantiser_max_code(&own) / limit;
        const bool tie = std::abs(in_steps - std::floor(in_steps) - 0.5) < 1e-9;
        if (!tie) {
            EXPECT_EQ(npim_quantiser_code(&own, x, nullptr), code - steps / 2) << x;
        }
    }
    return (code - steps / 2) * (2 * limit / steps);
}

// One array with the inputs from first on.
class array {
  public:
    array(const setting &s, uint32_t first) : setting_(s), first_(first), rows_(s.rows()) {
        const uint32_t columns = s.outputs * 2 * slices;
        const npim_crossbar_config shape = {rows_, columns, 1, slices, NPIM_CODING_DIFFERENTIAL,
                                            18.31, 25,      0, 0};
        const npim_dac_config dac = {1, v_V, 2, 0};
        npim_rram_config cell;
        npim_fields_preset(npim_rram_ops.fields, npim_rram_ops.n_fields, &cell);
        cell.g_on_S = on_S;
        cell.on_off_ratio = s.finite() ? exact_ratio(std::stod(s.on_off)) : infinite_ratio;
        npim_error error = {};
        std::vector<int32_t> weights;
        for (uint32_t i = 0; i < rows_; i++)
            for (uint32_t o = 0; o < s.outputs; o++) weights.push_back(weight(o, first + i));
        if (npim_crossbar_init(&crossbar_, &shape, &error) != NPIM_OK ||
            npim_dac_init(&dac_, &dac, &error) != NPIM_OK ||
            npim_rram_init(&cell_, &cell, &error) != NPIM_OK ||
            npim_crossbar_program(&crossbar_, weights.data(), rows_, s.outputs, &error) != NPIM_OK)
            throw std::runtime_error(error.message);
        npim_rram_program(&cell_, nullptr, crossbar_.levels, size_t{rows_} * columns, crossbar_.g_S);
    }
    ~array() { npim_crossbar_fini(&crossbar_); }
    array(const array &) = delete;
    array &operator=(const array &) = delete;

    // Adds the array's part of the products with one vector to y[output].
    void add_products(uint32_t vector, std::vector<double> &y) {
        for (uint32_t cycle = 0; cycle < input_bits; cycle++) {
            read(vector, cycle);
            for (size_t c = 0; c < i_A_.size(); c += 2) {
                values_[c] = convert(setting_, difference(c));
                values_[c + 1] = 0; // subtracted before the converter
            }
            for (uint32_t o = 0; o < setting_.outputs; o++)
                y[o] += npim_crossbar_dot_real(&crossbar_, values_.data(), o, 0) * (1 << cycle) / scale /
                        (1 - setting_.off_over_on());
        }
    }

  private:
    void read(uint32_t vector, uint32_t cycle) {
        std::vector<uint32_t> digits(rows_);
        std::vector<double> word_V(rows_);
        for (uint32_t i = 0; i < rows_; i++)
            digits[i] = npim_dac_digit(&dac_, input_of(first_ + i, vector), cycle);
        npim_dac_eval(&dac_, digits.data(), rows_, word_V.data());
        npim_crossbar_eval(&crossbar_, word_V.data(), i_A_.data(), nullptr);
        npim_crossbar_sums(&crossbar_, digits.data(), sums_.data());
    }

    // Current of the pair of bit lines from c on, in cells that are fully on with input 1.
    double difference(size_t c) const {
        const double unit_S = setting_.finite() ? on_S : cell_.step_S;
        const double x = (i_A_[c] - i_A_[c + 1]) / (unit_S * v_V);
        EXPECT_EQ(x, static_cast<double>(sums_[c] - sums_[c + 1]) * (cell_.step_S / unit_S)); // exact
        return x;
    }

    const setting &setting_;
    uint32_t first_, rows_;
    npim_crossbar crossbar_{};
    npim_dac dac_{};
    npim_rram cell_{};
    std::vector<double> i_A_ = std::vector<double>(setting_.outputs * 2 * slices), values_ = i_A_;
    std::vector<int64_t> sums_ = std::vector<int64_t>(i_A_.size());
};

TEST(CrossSim, AllCases) {
    const auto cases = read_cases();
    ASSERT_EQ(cases.size(), 40u);
    for (const auto &[s, y] : cases) {
        SCOPED_TRACE(s.name());
        ASSERT_EQ(y.size(), s.outputs * s.vectors);
        std::vector<std::vector<double>> mine(s.vectors, std::vector<double>(s.outputs, 0.0));
        for (uint32_t a = 0; a < s.arrays; a++) {
            array one(s, a * s.rows());
            for (uint32_t v = 0; v < s.vectors; v++) one.add_products(v, mine[v]);
        }
        for (uint32_t o = 0; o < s.outputs; o++)
            for (uint32_t v = 0; v < s.vectors; v++)
                EXPECT_NEAR(mine[v][o], y[o * s.vectors + v], 1e-12) << "output " << o << " vector " << v;
    }
}

} // namespace

#include "hw/wires.h"

#include "hw/crossbar.h"
#include "tests/hw/support.hpp"
#include "tests/hw/wires_network.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace {

constexpr double on_S = 2e-6; // R_on of 0.5 MOhm

double total(const std::vector<double> &x) {
    return std::accumulate(x.begin(), x.end(), 0.0);
}

std::vector<double> random_voltages(std::mt19937_64 &random, uint32_t n, double min_V = -0.2) {
    std::uniform_real_distribution<> volt(min_V, 0.2);
    std::vector<double> v_V(n);
    for (double &v : v_V) v = volt(random);
    return v_V;
}

TEST(Wires, OneCellIsThreeResistorsInSeries) {
    for (double word_ohm : {0.0, 1.0, 1e9})
        for (double bit_ohm : {0.0, 2.5, 1e9})
            for (double g_S : {1e-9, 2e-6, 1e9})
                EXPECT_NEAR(wired_array(1, 1, word_ohm, bit_ohm, g_S).effective_S()[0],
                            1 / (word_ohm + 1 / g_S + bit_ohm), 1e-15 / (word_ohm + 1 / g_S + bit_ohm));
}

// 1 S all over: on the word line the voltage falls to 5/13, 2/13 and 1/13 of the driver's.
TEST(Wires, LadderByHand) {
    const auto row_S = wired_array(1, 3, 1, 0, 1).effective_S();
    const auto column_S = wired_array(3, 1, 0, 1, 1).effective_S();
    const double parts[] = {5.0 / 13, 2.0 / 13, 1.0 / 13};
    for (size_t i = 0; i < 3; i++) {
        EXPECT_NEAR(row_S[i], parts[i], 1e-16);
        EXPECT_NEAR(column_S[2 - i], parts[i], 1e-16); // by reciprocity: the last row is nearest to ground
    }
}

TEST(Wires, IdealWiresChangeNoBit) {
    std::mt19937_64 random(test_seed(1));
    wired_array array(13, 21, 0, 0);
    array.fill(random, on_S, 3);
    EXPECT_EQ(array.effective_S(), array.g_S);
}

// Every bit line is alone when word lines are ideal, every word line when bit lines are.
TEST(Wires, LinesWithoutResistanceKeepTheOthersApart) {
    std::mt19937_64 random(test_seed(2));
    for (bool word : {false, true}) {
        wired_array array(9, 11, word ? 30e3 : 0, word ? 0 : 30e3);
        for (double &g : array.g_S) g = on_S / static_cast<double>(1 + random() % 9);
        const auto before_S = array.effective_S();
        array.g_S[4 * 11 + 5] = 3 * on_S;
        const auto after_S = array.effective_S();
        for (size_t r = 0; r < 9; r++)
            for (size_t c = 0; c < 11; c++) {
                bool same_line = word ? r == 4 : c == 5;
                EXPECT_EQ(after_S[r * 11 + c] == before_S[r * 11 + c], !same_line) << r << " " << c;
            }
    }
}

TEST(Wires, NoConductanceNoCurrent) {
    EXPECT_EQ(wired_array(17, 9, 1, 1, 0).effective_S(), std::vector<double>(17 * 9, 0.0));
    wired_array one(17, 9, 100e3, 100e3, 0); // a single cell: its way to the driver and to ground in series
    one.g_S[3 * 9 + 4] = on_S;
    const auto effective_S = one.effective_S();
    for (size_t i = 0; i < effective_S.size(); i++)
        EXPECT_NEAR(effective_S[i], i == 3 * 9 + 4 ? 1 / (5 * 100e3 + 1 / on_S + 14 * 100e3) : 0, 1e-21) << i;
}

struct wires_case {
    uint32_t rows, columns;
    double word_ohm, bit_ohm, decades;
};

// Two solutions that share no code, from wires of no account to wires far worse than cells; superposition,
// and what the drivers give comes out of the bit lines.
TEST(Wires, AgreesWithADenseSolutionAtAnyRatio) {
    std::mt19937_64 random(test_seed(3));
    for (const wires_case &k : {wires_case{5, 7, 1, 2.5, 2},
                                {7, 5, 1e-6, 1e-3, 6},
                                {1, 12, 10, 10, 1},
                                {12, 1, 10, 10, 1},
                                {8, 8, 500e3, 500e3, 2},
                                {6, 9, 1e9, 1e9, 3},
                                {9, 6, 1e9, 1, 3},
                                {4, 9, 1, 1e9, 3},
                                {3, 17, 0, 500e3, 1},
                                {17, 3, 500e3, 0, 1},
                                {10, 10, 0, 0, 1}}) {
        SCOPED_TRACE(std::to_string(k.rows) + " x " + std::to_string(k.columns) + ", " +
                     std::to_string(k.word_ohm) + " and " + std::to_string(k.bit_ohm) + " ohm");
        wired_array array(k.rows, k.columns, k.word_ohm, k.bit_ohm);
        const auto effective_S = array.fill(random, on_S, k.decades).effective_S();
        for (uint32_t row = 0; row < k.rows; row++) {
            std::vector<double> v_V(k.rows, 0.0);
            v_V[row] = 1;
            const dense_network dense(array, v_V);
            for (uint32_t c = 0; c < k.columns; c++)
                EXPECT_NEAR(effective_S[row * k.columns + c], dense.bit_line_A[c],
                            1e-13 * dense.bit_line_A[c])
                    << row << " " << c;
        }
        const auto v_V = random_voltages(random, k.rows), i_A = product(effective_S, v_V);
        const dense_network together(array, v_V);
        for (uint32_t c = 0; c < k.columns; c++) EXPECT_NEAR(i_A[c], together.bit_line_A[c], 1e-19) << c;
        EXPECT_NEAR(total(i_A), total(together.driver_A), 1e-18);
    }
}

// All sizes about those of groups and lanes, up to beyond 128: Kirchhoff's laws hold from the bottom to the
// top of the bit lines.
TEST(Wires, KirchhoffsLawsHoldAtAnySize) {
    std::mt19937_64 random(test_seed(4));
    const std::vector<uint32_t> sizes = {1, 2, 3, 7, 8, 9, 15, 16, 17, 33, 64, 127, 130};
    for (uint32_t rows : sizes)
        for (uint32_t columns : sizes) {
            if (rows * columns > 9000 && rows != columns) continue;
            SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(columns));
            wired_array array(rows, columns, 2.5, 1);
            const auto v_V = random_voltages(random, rows, 0);
            const auto i_A = product(array.fill(random, on_S, 2).effective_S(), v_V);
            const kirchhoff nodes(array, v_V, i_A);
            for (uint32_t c = 0; c < columns; c++)
                EXPECT_NEAR(nodes.left_A[c], 0, 1e-11 * i_A[c] + 1e-22) << c;
        }
}

// Drivers and grounds may change places: the array mirrored at the diagonal from lower left to upper right,
// with word and bit lines exchanged, has the same transfer conductances.
TEST(Wires, Reciprocity) {
    std::mt19937_64 random(test_seed(5));
    const uint32_t rows = 37, columns = 50;
    for (double ohm : {1.0, 1e5}) {
        wired_array array(rows, columns, ohm, 3 * ohm), mirrored(columns, rows, 3 * ohm, ohm);
        array.fill(random, on_S, 2);
        for (size_t r = 0; r < rows; r++)
            for (size_t c = 0; c < columns; c++)
                mirrored.g_S[(columns - 1 - c) * rows + (rows - 1 - r)] = array.at(r, c);
        const auto one_S = array.effective_S(), other_S = mirrored.effective_S();
        for (size_t r = 0; r < rows; r++)
            for (size_t c = 0; c < columns; c++) {
                double expected_S = one_S[r * columns + c];
                EXPECT_NEAR(other_S[(columns - 1 - c) * rows + (rows - 1 - r)], expected_S,
                            1e-13 * expected_S);
            }
    }
}

// Rayleigh: what all drivers together send to ground falls with any resistance and grows with any
// conductance.
TEST(Wires, MoreResistanceLessCurrent) {
    std::mt19937_64 random(test_seed(6));
    wired_array array(20, 30, 0, 0);
    array.fill(random, on_S, 2);
    double last_S = total(array.g_S) * (1 + 1e-14);
    for (double ohm : {1e-3, 1.0, 100.0, 1e4, 1e6, 1e8}) {
        array.word_line_ohm = ohm;
        double word_S = total(array.effective_S());
        EXPECT_LT(word_S, last_S) << ohm;
        array.bit_line_ohm = ohm;
        const auto effective_S = array.effective_S();
        last_S = total(effective_S);
        EXPECT_LT(last_S, word_S) << ohm;
        EXPECT_TRUE(std::all_of(effective_S.begin(), effective_S.end(), [](double g) { return g >= 0; }));
        wired_array better = array;
        better.g_S[random() % better.g_S.size()] += on_S;
        EXPECT_GT(total(better.effective_S()), last_S) << ohm;
    }
}

TEST(Wires, LinesCarryAtMostWhatTheirCellsWould) {
    std::mt19937_64 random(test_seed(7));
    wired_array array(24, 19, 5e4, 2e4);
    const auto effective_S = array.fill(random, on_S, 2).effective_S();
    bool larger = false;
    for (size_t r = 0; r < 24; r++) {
        double sum_S = 0, ideal_S = 0;
        for (size_t c = 0; c < 19; c++) {
            sum_S += effective_S[r * 19 + c], ideal_S += array.at(r, c);
            larger = larger || effective_S[r * 19 + c] > array.at(r, c);
        }
        EXPECT_LT(sum_S, ideal_S) << "row " << r;
    }
    for (size_t c = 0; c < 19; c++) {
        double sum_S = 0, ideal_S = 0;
        for (size_t r = 0; r < 24; r++) sum_S += effective_S[r * 19 + c], ideal_S += array.at(r, c);
        EXPECT_LT(sum_S, ideal_S) << "column " << c;
    }
    EXPECT_TRUE(larger); // through neighbours, as the header says
}

// All cells of 128 x 128 on, R_on 0.5 MOhm. To first order a cell loses g x ohm x (nodes that share the wire,
// each as often as it does), on average (n + 1)(2n + 1) / 6 on either line.
TEST(Wires, LossOfAnArrayWithAllCellsOn) {
    const uint32_t n = 128;
    auto loss = [&](double ohm, double *worst) {
        const auto effective_S = wired_array(n, n, ohm, ohm, on_S).effective_S();
        *worst = 1 - *std::min_element(effective_S.begin(), effective_S.end()) / on_S;
        return 1 - total(effective_S) / (n * n * on_S);
    };
    double worst;
    const double first_order_per_ohm = 2 * on_S * (n + 1) * (2 * n + 1) / 6;
    EXPECT_NEAR(loss(1e-3, &worst) / 1e-3, first_order_per_ohm, 1e-4 * first_order_per_ohm);
    EXPECT_NEAR(loss(1, &worst), 0.02158, 1e-5);
    EXPECT_NEAR(worst, 0.03205, 1e-5);
    EXPECT_NEAR(loss(2.5, &worst), 0.05210, 1e-5);
    EXPECT_NEAR(worst, 0.07673, 1e-5);
}

// The order of operations is fixed, so the bytes are the same on every CPU and in every build.
TEST(Wires, SameBytesEverywhere) {
    wired_array array(61, 45, 1e5, 2.5e5); // so large that the last bits of all sums count
    for (uint32_t i = 0; i < array.g_S.size(); i++) array.g_S[i] = on_S / (1 + i * 37 % 101);
    uint64_t hash = 14695981039346656037u;
    for (double g : array.effective_S()) {
        uint64_t bits;
        std::memcpy(&bits, &g, sizeof bits);
        for (int b = 0; b < 64; b += 8) hash = (hash ^ (bits >> b & 255)) * 1099511628211u;
    }
    EXPECT_EQ(hash, 17909439361899303828u);
}

TEST(Wires, TakesThePlaceOfTheConductancesOfACrossbar) {
    std::mt19937_64 random(test_seed(8));
    const npim_crossbar_config config = {11, 14, 1, 8, NPIM_CODING_DIFFERENTIAL, 18.31, 25, 2e3, 1e3};
    npim_crossbar crossbar;
    npim_wires wires;
    ASSERT_EQ(npim_crossbar_init(&crossbar, &config, nullptr), NPIM_OK);
    ASSERT_EQ(npim_wires_init(&wires, config.rows, config.columns, config.word_line_ohm, config.bit_line_ohm,
                              nullptr),
              NPIM_OK);
    for (int round = 0; round < 3; round++) { // nothing is left of the array before
        wired_array array(11, 14, 2e3, 1e3);
        array.fill(random, on_S, 2);
        std::copy(array.g_S.begin(), array.g_S.end(), crossbar.g_S);
        ASSERT_EQ(npim_wires_effective(&wires, crossbar.g_S, crossbar.g_S, nullptr), NPIM_OK);
        const auto v_V = random_voltages(random, 11);
        std::vector<double> i_A(14);
        npim_crossbar_eval(&crossbar, v_V.data(), i_A.data(), nullptr);
        EXPECT_EQ(i_A, product(array.effective_S(), v_V));
    }
    npim_wires_fini(&wires);
    npim_crossbar_fini(&crossbar);
}

TEST(Wires, RefusesWiresThatAreNone) {
    npim_wires wires;
    npim_error error;
    auto refused = [&](uint32_t rows, uint32_t columns, double word_ohm, double bit_ohm) {
        std::memset(&wires, 0x5a, sizeof wires);
        EXPECT_EQ(npim_wires_init(&wires, rows, columns, word_ohm, bit_ohm, &error), NPIM_ECONFIG);
        EXPECT_EQ(wires.coupling_S, nullptr);
        npim_wires_fini(&wires);
        return std::string(error.message);
    };
    EXPECT_EQ(refused(0, 4, 1, 1), "wires: 0 rows x 4 columns: outside 1..1024");
    EXPECT_EQ(refused(4, 1025, 1, 1), "wires: 4 rows x 1025 columns: outside 1..1024");
    EXPECT_EQ(refused(4, 4, -1, 1), "wires: word_line_ohm = -1: outside 0..1e+09 ohm");
    EXPECT_EQ(refused(4, 4, 1, 2e9), "wires: bit_line_ohm = 2000000000: outside 0..1e+09 ohm");
    EXPECT_NE(refused(4, 4, NAN, 1), "");
    EXPECT_NE(refused(4, 4, 1, std::numeric_limits<double>::infinity()), "");
}

// Asked for every group of bit lines of every row, and given up wherever the answer is yes.
TEST(Wires, CanBeGivenUp) {
    struct asked {
        int times, at;
        static bool wanted(void *context) {
            auto *a = static_cast<asked *>(context);
            return ++a->times == a->at;
        }
    };
    const uint32_t rows = 5, columns = 2 * NPIM_WIRES_GROUP + 1; // three groups
    std::vector<double> g_S(rows * columns, on_S), whole_S(g_S.size()), out_S(g_S.size());
    npim_wires wires;
    npim_error error;
    ASSERT_EQ(npim_wires_init(&wires, rows, columns, 1, 1, &error), NPIM_OK);
    ASSERT_EQ(npim_wires_effective(&wires, g_S.data(), whole_S.data(), &error), NPIM_OK);
    asked never{0, 0};
    wires.stop_wanted = asked::wanted;
    wires.stop_context = &never;
    ASSERT_EQ(npim_wires_effective(&wires, g_S.data(), out_S.data(), &error), NPIM_OK);
    EXPECT_EQ(out_S, whole_S);
    EXPECT_EQ(never.times, 5 * 3);
    for (int at : {1, 2, 8, 15}) {
        asked once{0, at};
        wires.stop_context = &once;
        std::fill(out_S.begin(), out_S.end(), 7.0);
        EXPECT_EQ(npim_wires_effective(&wires, g_S.data(), out_S.data(), &error), NPIM_EINTERRUPTED);
        EXPECT_EQ(once.times, at);
        EXPECT_EQ(out_S, std::vector<double>(g_S.size(), 7.0));
    }
    wires.stop_context = &never; // nothing is left of what was given up
    ASSERT_EQ(npim_wires_effective(&wires, g_S.data(), out_S.data(), &error), NPIM_OK);
    EXPECT_EQ(out_S, whole_S);
    npim_wires_fini(&wires);
}

TEST(Wires, RefusesConductancesThatAreNone) {
    npim_wires wires;
    npim_error error;
    ASSERT_EQ(npim_wires_init(&wires, 2, 3, 1, 1, &error), NPIM_OK);
    for (double bad : {-1e-9, 1.1e9, std::nan(""), std::numeric_limits<double>::infinity()}) {
        std::vector<double> g_S(6, on_S), out_S(6, 7.0);
        g_S[4] = bad;
        EXPECT_EQ(npim_wires_effective(&wires, g_S.data(), out_S.data(), &error), NPIM_ECONFIG);
        EXPECT_EQ(std::string(error.message).find("wires: g_S[1][1] = "), 0u) << error.message;
        EXPECT_EQ(out_S, std::vector<double>(6, 7.0));
    }
    npim_wires_fini(&wires);
    npim_wires_fini(&wires);
    EXPECT_EQ(wires.coupling_S, nullptr);
}

} // namespace

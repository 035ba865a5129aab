// Crossbars with wire resistance for tests: random ones, a dense solution of their nodal equations, and
// Kirchhoff's laws followed from the currents of the bit lines upwards.
#ifndef NPIM_TESTS_HW_WIRES_NETWORK_HPP
#define NPIM_TESTS_HW_WIRES_NETWORK_HPP

#include "hw/wires.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <utility>
#include <vector>

struct wired_array {
    uint32_t rows, columns;
    double word_line_ohm, bit_line_ohm;
    std::vector<double> g_S; // row by row

    wired_array(uint32_t r, uint32_t c, double word_ohm, double bit_ohm, double cell_S = 0)
        : rows(r), columns(c), word_line_ohm(word_ohm), bit_line_ohm(bit_ohm), g_S(size_t{r} * c, cell_S) {}

    // Conductances over `decades` decades below g_on_S, one cell in five without any.
    wired_array &fill(std::mt19937_64 &random, double g_on_S, double decades) {
        std::uniform_real_distribution<> exponent(-decades, 0);
        for (double &g : g_S) g = random() % 5 == 0 ? 0 : g_on_S * std::pow(10, exponent(random));
        return *this;
    }

    double at(size_t row, size_t column) const { return g_S[row * columns + column]; }

    std::vector<double> effective_S() const {
        npim_wires wires;
        npim_error error = {};
        std::vector<double> out_S(g_S.size(), NAN);
        if (npim_wires_init(&wires, rows, columns, word_line_ohm, bit_line_ohm, &error) != NPIM_OK ||
            npim_wires_effective(&wires, g_S.data(), out_S.data(), &error) != NPIM_OK)
            ADD_FAILURE() << error.message;
        npim_wires_fini(&wires);
        return out_S;
    }
};

inline std::vector<double> product(const std::vector<double> &g_S, const std::vector<double> &v_V) {
    const size_t columns = g_S.size() / v_V.size();
    std::vector<double> i_A(columns, 0.0);
    for (size_t r = 0; r < v_V.size(); r++)
        for (size_t c = 0; c < columns; c++) i_A[c] += v_V[r] * g_S[r * columns + c];
    return i_A;
}

// Gaussian elimination of the nodal equations, in numbers of 113 bits so that no ratio of resistances
// matters. Nodes joined by wires without resistance are one.
class dense_network {
  public:
    std::vector<double> bit_line_A, driver_A;

    dense_network(const wired_array &array, const std::vector<double> &v_V)
        : bit_line_A(array.columns), driver_A(array.rows), array_(array) {
        n_ = size_t{array.rows} * array.columns * 2;
        matrix_.assign(n_ * (n_ + 1), 0);
        for (size_t r = 0; r < array.rows; r++)
            for (size_t c = 0; c < array.columns; c++) {
                if (array.word_line_ohm > 0)
                    connect(word(r, c), c ? word(r, c - 1) : fixed(v_V[r]), one / array.word_line_ohm);
                if (array.bit_line_ohm > 0)
                    connect(bit(r, c), r + 1 < array.rows ? bit(r + 1, c) : fixed(0),
                            one / array.bit_line_ohm);
                connect(array.word_line_ohm > 0 ? word(r, c) : fixed(v_V[r]),
                        array.bit_line_ohm > 0 ? bit(r, c) : fixed(0), array.at(r, c));
            }
        solve();
        for (size_t r = 0; r < array.rows; r++)
            for (size_t c = 0; c < array.columns; c++) {
                quad word_V = array.word_line_ohm > 0 ? solution_[word(r, c).index] : quad(v_V[r]);
                quad bit_V = array.bit_line_ohm > 0 ? solution_[bit(r, c).index] : quad(0);
                cells_A_.push_back((word_V - bit_V) * array.at(r, c));
            }
        for (size_t c = 0; c < array.columns; c++) bit_line_A[c] = sum(c, array.rows, array.columns);
        for (size_t r = 0; r < array.rows; r++) driver_A[r] = sum(r * array.columns, array.columns, 1);
    }

  private:
    __extension__ typedef __float128 quad;
    static constexpr quad one = 1;

    struct node {
        bool is_fixed;
        size_t index;
        double v_V;
    };
    static node fixed(double v_V) { return {true, 0, v_V}; }
    node word(size_t r, size_t c) const { return {false, 2 * (r * array_.columns + c), 0}; }
    node bit(size_t r, size_t c) const { return {false, 2 * (r * array_.columns + c) + 1, 0}; }
    quad &entry(size_t i, size_t j) { return matrix_[i * (n_ + 1) + j]; }

    void connect(node a, node b, quad g_S) {
        for (const auto &[from, to] : {std::pair(a, b), std::pair(b, a)}) {
            if (from.is_fixed) continue;
            entry(from.index, from.index) += g_S;
            if (to.is_fixed)
                entry(from.index, n_) += g_S * to.v_V;
            else
                entry(from.index, to.index) -= g_S;
        }
    }

    // Without pivoting: diagonally dominant. A node that nothing is connected to has no equation.
    void solve() {
        for (size_t k = 0; k < n_; k++)
            for (size_t i = k + 1; i < n_ && entry(k, k) != 0; i++) {
                if (entry(i, k) == 0) continue;
                quad factor = entry(i, k) / entry(k, k);
                for (size_t j = k; j <= n_; j++) entry(i, j) -= factor * entry(k, j);
            }
        solution_.assign(n_, 0);
        for (size_t k = n_; k-- > 0;) {
            quad rest = entry(k, n_);
            for (size_t j = k + 1; j < n_; j++) rest -= entry(k, j) * solution_[j];
            solution_[k] = entry(k, k) != 0 ? rest / entry(k, k) : 0;
        }
    }

    double sum(size_t first, size_t n, size_t step) const {
        quad total = 0;
        for (size_t i = 0; i < n; i++) total += cells_A_[first + i * step];
        return static_cast<double>(total);
    }

    const wired_array &array_;
    size_t n_ = 0;
    std::vector<quad> matrix_, solution_, cells_A_;
};

// From the currents of the bit lines and the voltages of the drivers all node voltages follow, row by row
// from the bottom: Ohm's law along the bit lines, and a tridiagonal system for every word line. What current
// is left above the top row must be nothing. Errors grow on the way by cosh(rows x sqrt(bit_line_ohm x g)):
// for wires that conduct better than cells.
struct kirchhoff {
    std::vector<double> word_V, bit_V; // of the nodes, row by row
    std::vector<double> left_A;        // of the bit lines, above the top row

    kirchhoff(const wired_array &array, const std::vector<double> &v_V, const std::vector<double> &bit_line_A)
        : word_V(array.g_S.size()), bit_V(array.g_S.size()), left_A(bit_line_A) {
        const size_t n = array.columns;
        std::vector<double> below_V(n, 0.0);
        for (size_t r = array.rows; r-- > 0;) {
            double *b_V = &bit_V[r * n], *w_V = &word_V[r * n];
            for (size_t c = 0; c < n; c++) b_V[c] = below_V[c] + array.bit_line_ohm * left_A[c];
            word_line(array, r, v_V[r], b_V, w_V);
            for (size_t c = 0; c < n; c++) left_A[c] -= (w_V[c] - b_V[c]) * array.at(r, c);
            below_V.assign(b_V, b_V + n);
        }
    }

  private:
    static void word_line(const wired_array &array, size_t r, double v_V, const double *b_V, double *w_V) {
        const size_t n = array.columns;
        if (array.word_line_ohm <= 0) {
            for (size_t c = 0; c < n; c++) w_V[c] = v_V;
            return;
        }
        const double wire_S = 1 / array.word_line_ohm;
        std::vector<double> upper(n);
        double above = 0, above_V = v_V;
        for (size_t c = 0; c < n; c++) {
            double diagonal = wire_S * (c + 1 < n ? 2 : 1) + array.at(r, c) - wire_S * above;
            above_V = (array.at(r, c) * b_V[c] + wire_S * above_V) / diagonal;
            above = upper[c] = wire_S / diagonal;
            w_V[c] = above_V;
        }
        for (size_t c = n - 1; c-- > 0;) w_V[c] += upper[c] * w_V[c + 1];
    }
};

#endif

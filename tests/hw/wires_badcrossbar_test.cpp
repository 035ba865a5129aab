// Crossbars with wire resistance against badcrossbar (tests/data/badcrossbar).
#include "tests/hw/wires_network.hpp"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <tuple>

namespace {

using wired_shape =
    std::tuple<uint32_t, uint32_t, double, double>; // rows, columns, ohms of word and bit lines

// The numbers of a table, line by line, under the shape in their first four columns.
std::map<wired_shape, std::vector<std::vector<double>>> read_table(const std::string &name) {
    std::map<wired_shape, std::vector<std::vector<double>>> table;
    std::ifstream in(NPIM_TEST_DATA "/badcrossbar/" + name);
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] < '0' || line[0] > '9') continue;
        std::istringstream cells(line);
        std::vector<double> row;
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(std::stod(cell));
        table[{static_cast<uint32_t>(row[0]), static_cast<uint32_t>(row[1]), row[2], row[3]}].emplace_back(
            row.begin() + 4, row.end());
    }
    return table;
}

// As the tables say.
wired_array array_of(const wired_shape &s) {
    auto [rows, columns, word_ohm, bit_ohm] = s;
    wired_array array(rows, columns, word_ohm, bit_ohm);
    for (uint32_t i = 0; i < rows; i++)
        for (uint32_t j = 0; j < columns; j++)
            array.g_S[i * columns + j] = 1e-6 + (1e-4 - 1e-6) * ((7 * i + 11 * j + 3 * i * j) % 16) / 15;
    return array;
}

std::vector<double> voltages(uint32_t rows) {
    std::vector<double> v_V(rows);
    for (uint32_t i = 0; i < rows; i++) v_V[i] = 0.025 * (1 + 5 * i % 8);
    return v_V;
}

std::string name_of(const wired_shape &s) {
    std::ostringstream name;
    name << std::get<0>(s) << " x " << std::get<1>(s) << ", " << std::get<2>(s) << " and " << std::get<3>(s)
         << " ohm";
    return name.str();
}

TEST(WiresBadcrossbar, CurrentsOfAllCases) {
    const auto table = read_table("outputs.csv");
    ASSERT_EQ(table.size(), 9u);
    for (const auto &[shape, lines] : table) {
        SCOPED_TRACE(name_of(shape));
        const wired_array array = array_of(shape);
        ASSERT_EQ(lines.size(), array.columns);
        const auto i_A = product(array.effective_S(), voltages(array.rows));
        for (const auto &line : lines) {
            const double expected_A = line[1];
            EXPECT_NEAR(i_A[static_cast<size_t>(line[0])], expected_A, 1e-11 * expected_A) << line[0];
        }
    }
}

// The nodes follow from the currents by Kirchhoff's laws, which close at the top of the bit lines.
TEST(WiresBadcrossbar, NodeVoltages) {
    const auto table = read_table("voltages.csv");
    ASSERT_EQ(table.size(), 7u);
    for (const auto &[shape, lines] : table) {
        SCOPED_TRACE(name_of(shape));
        const wired_array array = array_of(shape);
        const auto v_V = voltages(array.rows), i_A = product(array.effective_S(), v_V);
        const kirchhoff nodes(array, v_V, i_A);
        ASSERT_EQ(lines.size(), array.g_S.size());
        for (const auto &line : lines) {
            const size_t at = static_cast<size_t>(line[0]) * array.columns + static_cast<size_t>(line[1]);
            EXPECT_NEAR(nodes.word_V[at], line[2], 1e-11 * line[2]) << at;
            EXPECT_NEAR(nodes.bit_V[at], line[3], 1e-11 * line[3]) << at;
        }
        for (uint32_t c = 0; c < array.columns; c++) EXPECT_NEAR(nodes.left_A[c], 0, 1e-11 * i_A[c]) << c;
    }
}

} // namespace

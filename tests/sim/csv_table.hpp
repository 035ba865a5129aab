// Reads the tables of a results directory back, as RFC 4180 has them.
#ifndef NPIM_TESTS_SIM_CSV_TABLE_HPP
#define NPIM_TESTS_SIM_CSV_TABLE_HPP

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

struct csv_table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;

    explicit csv_table(const std::string &text) {
        std::vector<std::string> row(1);
        bool quoted = false;
        for (size_t i = 0; i < text.size(); i++) {
            const char c = text[i];
            if (quoted && c == '"' && text[i + 1] == '"') {
                row.back() += text[++i];
            } else if (c == '"') {
                quoted = !quoted;
            } else if (quoted) {
                row.back() += c;
            } else if (c == ',') {
                row.emplace_back();
            } else if (c == '\n') {
                (columns.empty() ? columns : rows.emplace_back()) = row;
                row.assign(1, "");
            } else {
                row.back() += c;
            }
        }
        EXPECT_FALSE(quoted) << "a quote is left open";
        EXPECT_EQ(row, std::vector<std::string>(1)) << "no newline at the end";
        for (const auto &r : rows) EXPECT_EQ(r.size(), columns.size()) << r[0];
    }

    size_t column(const std::string &name) const {
        for (size_t i = 0; i < columns.size(); i++)
            if (columns[i] == name) return i;
        ADD_FAILURE() << "no column " << name;
        return 0;
    }
    const std::string &text(size_t row, const std::string &name) const { return rows[row][column(name)]; }
    double number(size_t row, const std::string &name) const {
        const std::string &cell = text(row, name);
        char *end = nullptr;
        const double value = std::strtod(cell.c_str(), &end);
        EXPECT_TRUE(!cell.empty() && *end == '\0') << name << ": " << cell;
        return value;
    }
    double sum(const std::string &name) const {
        double total = 0.0;
        for (size_t row = 0; row < rows.size(); row++) total += number(row, name);
        return total;
    }
};

#endif

// Results of whole runs against tests/golden: times and counts exactly, energies and shares to 1e-9. The
// files are rewritten only with UPDATE_GOLDEN=1 in the environment.
#include "replay_fixture.hpp"
#include "sim/csv.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace {

using row = std::vector<std::string>;

std::vector<row> parse(const std::string &text) {
    std::vector<row> rows;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
}

std::string read(const std::string &path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

bool is_exact(const std::string &column) {
    return column.rfind("energy_", 0) != 0 && column != "utilisation" &&
           column.find("_share") == std::string::npos;
}

bool is_close(const std::string &a, const std::string &b) {
    const double x = std::strtod(a.c_str(), nullptr), y = std::strtod(b.c_str(), nullptr);
    return std::isfinite(x) && std::isfinite(y) && std::fabs(x - y) <= 1e-9 * std::fabs(y);
}

void expect_same(const std::string &actual, const std::string &golden) {
    const std::vector<row> a = parse(actual), g = parse(golden);
    ASSERT_FALSE(g.empty());
    ASSERT_EQ(a.size(), g.size()) << "layers";
    ASSERT_EQ(a[0], g[0]) << "columns";
    for (size_t i = 1; i < g.size(); i++) {
        ASSERT_EQ(a[i].size(), g[0].size()) << a[i][0];
        ASSERT_EQ(g[i].size(), g[0].size()) << g[i][0];
        for (size_t c = 0; c < g[0].size(); c++)
            if (is_exact(g[0][c]))
                EXPECT_EQ(a[i][c], g[i][c]) << a[i][0] << ", " << g[0][c];
            else
                EXPECT_TRUE(is_close(a[i][c], g[i][c]))
                    << a[i][0] << ", " << g[0][c] << ": " << a[i][c] << " against " << g[i][c];
    }
}

struct known_run {
    std::string network, arch;
};

class golden_test : public replay_fixture, public testing::WithParamInterface<known_run> {
  protected:
    std::string layers() const {
        char *text = nullptr;
        size_t size = 0;
        std::FILE *out = open_memstream(&text, &size);
        npim_csv_layers(out, &result());
        std::fclose(out);
        const std::string all(text, size);
        std::free(text);
        return all;
    }
};

TEST_P(golden_test, LayersAreAsRecorded) {
    const known_run &p = GetParam();
    const std::string path = NPIM_TEST_DATA "/../golden/" + p.network + "__" + p.arch + ".csv";
    replay(p.network, p.arch);
    if (HasFatalFailure()) return;
    const char *update = std::getenv("UPDATE_GOLDEN");
    if (update && std::string(update) == "1") {
        std::ofstream out(path);
        out << layers();
        out.close();
        ASSERT_TRUE(out) << path;
    }
    ASSERT_TRUE(std::filesystem::exists(path)) << path << ": run once with UPDATE_GOLDEN=1";
    expect_same(layers(), read(path));
}

std::vector<known_run> known_runs() {
    std::vector<known_run> all;
    for (const char *network : {"tiny_chain", "tiny_residual", "tiny_concat", "tiny_depthwise",
                                "tiny_grouped", "tiny_lstm", "tiny_digital", "tiny_gather"})
        for (const std::string &arch : architectures) all.push_back({network, arch});
    all.push_back({"googlenet", "neural-pim"});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Networks, golden_test, testing::ValuesIn(known_runs()),
                         [](const testing::TestParamInfo<known_run> &tested) {
                             return test_name(tested.param.network + "_" + tested.param.arch);
                         });

} // namespace

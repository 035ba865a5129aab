// A folder for results, and a program that answers in the place of npim: a script, so that tests know what
// comes out and count who was asked.
#ifndef NPIM_TESTS_SIM_REPRODUCE_STUDY_FIXTURE_HPP
#define NPIM_TESTS_SIM_REPRODUCE_STUDY_FIXTURE_HPP

#include "sim/reproduce/study.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

class study_fixture : public testing::Test {
  protected:
    void SetUp() override {
        folder = (std::filesystem::temp_directory_path() / "npim_study_XXXXXX").string();
        ASSERT_NE(mkdtemp(folder.data()), nullptr);
        before = std::filesystem::current_path();
        std::filesystem::current_path(NPIM_SOURCE_DIR); // where the names of networks are looked up
    }
    void TearDown() override {
        npim_study_fini(&study);
        std::filesystem::current_path(before);
        std::filesystem::remove_all(folder);
    }

    // A study of what fake_npim answers.
    void begin(bool quick) {
        ASSERT_EQ(
            npim_study_begin(&study, (folder + "/runs").c_str(), fake_npim().c_str(), quick, nullptr, &error),
            NPIM_OK)
            << error.message;
    }

    // A program of these lines of shell; what it was asked is in asked(), a line each.
    std::string script(const std::string &lines) {
        const std::string path = folder + "/program";
        std::ofstream(path) << "#!/bin/sh\necho \"$*\" >> " << folder << "/asked\n" << lines << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }

    std::vector<std::string> asked() const {
        std::vector<std::string> lines;
        std::ifstream file(folder + "/asked");
        for (std::string line; std::getline(file, line);) lines.push_back(line);
        return lines;
    }

    static std::string read(const std::string &path) {
        std::ifstream file(path);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    // Throughputs of 1000, 2000 and 4000 images/s, 100, 50 and 20 uJ; half the throughput with ideal links.
    std::string fake_npim() {
        return script(R"(case "$*" in
*isaac*) t=1000; e=100;;
*cascade*) t=2000; e=50;;
*) t=4000; e=20;;
esac
case "$*" in *ideal_links*) t=$((t * 2));; esac
cat <<END
{"chips": 16, "throughput_images_per_s": $t, "throughput_bound_images_per_s": $((t * 4)),
 "throughput_bound_links_images_per_s": $((t * 3)),
 "energy_event_uJ": $e, "energy_nameplate_uJ": $((e * 2)), "energy_constant_uJ": $e,
 "energy_movement_uJ": 3, "energy_compute_uJ": $((e - 3)),
 "limits": {"pipeline": {"name": "slow", "images_per_s": 9000}, "link": {"name": "narrow", "images_per_s": $t},
            "host": {"name": "none", "images_per_s": 0}},
 "layers": [{"name": "input", "arrays": 0, "stalled_share": {"input": 0.9}},
            {"name": "slow", "arrays": 4, "stalled_share": {"input": 0.25, "output": 0.5}}]}
END)");
    }

    const npim_exhibit *exhibit(const std::string &name) const {
        for (size_t i = 0; i < study.n_exhibits; i++)
            if (study.exhibits[i].name == name) return &study.exhibits[i];
        ADD_FAILURE() << "no exhibit " << name;
        return nullptr;
    }

    // The cell of the first row whose first columns hold these texts.
    static const npim_table_cell *cell(const npim_exhibit *e, const std::vector<std::string> &row,
                                       const std::string &key) {
        const npim_table *t = &e->table;
        for (size_t r = 0; r < npim_table_rows(t); r++) {
            bool same = true;
            for (size_t c = 0; c < row.size(); c++) {
                const char *text = npim_table_at(t, r, c)->text;
                same = same && text && row[c] == text;
            }
            for (size_t c = 0; same && c < t->n_columns; c++)
                if (t->columns[c].key == key) return npim_table_at(t, r, c);
        }
        ADD_FAILURE() << "no such cell: " << key;
        static const npim_table_cell none = {nullptr, 0.0};
        return &none;
    }

    std::string folder;
    std::filesystem::path before;
    npim_study study{};
    npim_error error{};
};

#endif

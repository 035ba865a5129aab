#include "sim/reproduce/page.h"

#include "sim/design/gnuplot.h"
#include "study_fixture.hpp"

#include <sys/inotify.h>
#include <unistd.h>

namespace {

class page : public study_fixture {
  protected:
    void SetUp() override {
        static const npim_column columns[] = {{"name", "name", 0}, {"value", "value", 0}};
        study_fixture::SetUp();
        if (npim_gnuplot_check(nullptr, &error) != NPIM_OK) GTEST_SKIP() << error.message;
        out = folder + "/out";
        ASSERT_EQ(
            npim_study_begin(&study, (out + "/runs").c_str(), fake_npim().c_str(), true, nullptr, &error),
            NPIM_OK);
        npim_exhibit *e = npim_study_exhibit(&study, "bars", "Bars", columns, 2);
        for (const double value : {1.0, 2.0}) {
            npim_table_text(&e->table, "row");
            npim_table_number(&e->table, value);
        }
        e->chart.kind = NPIM_CHART_BARS;
        e->chart.series[0] = {1, "value", 0};
        e->chart.n_series = 1;
    }
    std::string out;
    bool made = false;
};

TEST_F(page, writes_all_files_and_leaves_nothing_else) {
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(out))
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"bars.csv", "bars.svg", "manifest.json", "report.html",
                                               "summary.json"}));
    EXPECT_EQ(read(out + "/bars.csv"), "name,value\nrow,1\nrow,2\n");
}

TEST_F(page, the_same_study_gives_the_same_bytes) {
    std::string first;
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK);
    for (int i = 0; i < 2; i++) {
        ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
        const std::string text = read(out + "/report.html") + read(out + "/bars.svg");
        if (i == 0) first = text;
        EXPECT_EQ(text, first);
    }
}

TEST_F(page, what_is_not_ours_is_left_alone) {
    std::filesystem::create_directory(out);
    std::ofstream(out + "/thesis.txt") << "mine";
    EXPECT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("not empty"), std::string::npos);
    EXPECT_EQ(npim_page_check(out.c_str(), true, &made, &error), NPIM_OK);
    std::filesystem::create_directory(out + "/runs"); // many have such a folder
    EXPECT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_EUSAGE);
    std::filesystem::create_directory(out + "/runs/lock");
    EXPECT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_EUSAGE);
    std::filesystem::remove(out + "/runs/lock");
    ASSERT_EQ(npim_runs_make(&study.runs, 1, nullptr, nullptr, &error), NPIM_OK); // of a study
    EXPECT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK) << error.message;
    EXPECT_EQ(npim_page_check((out + "/thesis.txt").c_str(), true, &made, &error), NPIM_EUSAGE);
    std::filesystem::create_directory(folder + "/hidden");
    std::ofstream(folder + "/hidden/.profile") << "mine";
    EXPECT_EQ(npim_page_check((folder + "/hidden").c_str(), false, &made, &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_page_check("", true, &made, &error), NPIM_EUSAGE);
    EXPECT_EQ(npim_page_check("/proc/no", true, &made, &error), NPIM_EUSAGE);
}

TEST_F(page, a_new_directory_is_told) {
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK) << error.message;
    EXPECT_TRUE(made);
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK) << error.message;
    EXPECT_FALSE(made);
}

// Of all that an earlier manifest lists, only what could be an exhibit's is taken away.
TEST_F(page, files_of_exhibits_that_are_gone_go) {
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK) << error.message;
    const std::vector<std::string> others = {"/unlisted.csv", "/notes.txt", "/../mine.csv",
                                             "/.csv",         "/Old.csv",   "/a-b.svg"};
    for (const std::string &name : others) std::ofstream(out + name) << "old";
    for (const char *name : {"/old.csv", "/old.svg"}) std::ofstream(out + name) << "old";
    std::filesystem::create_directory(out + "/folder.csv");
    const auto list = [&](const std::string &command) {
        std::ofstream(out + "/manifest.json")
            << R"({"command": ")" << command
            << R"(", "files": ["old.csv", "old.svg", "bars.csv", "notes.txt", "../mine.csv", ".csv", "Old.csv", "a-b.svg",)"
            << R"("folder.csv", "never_there.csv", 4]})";
    };
    list("npim replay");
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(read(out + "/old.csv"), "old") << "of another command";
    list("npim reproduce --quick");
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_FALSE(std::filesystem::exists(out + "/old.csv"));
    EXPECT_FALSE(std::filesystem::exists(out + "/old.svg"));
    for (const std::string &name : others) EXPECT_EQ(read(out + name), "old") << name;
    EXPECT_TRUE(std::filesystem::exists(out + "/folder.csv"));
    EXPECT_EQ(read(out + "/bars.csv"), "name,value\nrow,1\nrow,2\n");
}

// As page.c lists them itself.
TEST_F(page, an_exhibit_that_is_gone_takes_its_files_along) {
    static const npim_column columns[] = {{"value", "value", 0}};
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK) << error.message;
    npim_exhibit *e = npim_study_exhibit(&study, "former", "Former", columns, 1);
    npim_table_number(&e->table, 1);
    e->chart = study.exhibits[0].chart;
    e->chart.series[0] = {0, "value", 0};
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
    ASSERT_TRUE(std::filesystem::exists(out + "/former.csv"));
    ASSERT_TRUE(std::filesystem::exists(out + "/former.svg"));
    npim_table_fini(&e->table);
    study.n_exhibits--;
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_FALSE(std::filesystem::exists(out + "/former.csv"));
    EXPECT_FALSE(std::filesystem::exists(out + "/former.svg"));
    EXPECT_TRUE(std::filesystem::exists(out + "/bars.svg"));
}

TEST_F(page, a_failure_leaves_what_was_there) {
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK);
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK);
    const std::string before_it = read(out + "/report.html");
    study.exhibits[0].chart.kind = NPIM_N_CHART_KINDS; // draws nothing, which gnuplot_draw refuses
    EXPECT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_EUSAGE);
    EXPECT_EQ(read(out + "/report.html"), before_it);
    size_t n = 0;
    for (const auto &entry : std::filesystem::directory_iterator(out)) n += !entry.path().empty();
    EXPECT_EQ(n, 5u);
}

// The names that a directory loses (IN_MOVED_FROM) or gets (IN_MOVED_TO) while f runs, in their order.
template <typename function>
std::vector<std::string> moved(const std::string &directory, uint32_t what, function f) {
    std::vector<std::string> names;
    alignas(inotify_event) char events[1 << 14];
    const int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    EXPECT_GE(inotify_add_watch(watch, directory.c_str(), what), 0);
    f();
    const ssize_t size = ::read(watch, events, sizeof events);
    for (ssize_t at = 0; at < size;) {
        const auto *event = reinterpret_cast<const inotify_event *>(events + at);
        names.push_back(event->name);
        at += static_cast<ssize_t>(sizeof *event + event->len);
    }
    close(watch);
    return names;
}

TEST_F(page, the_manifest_leaves_first_and_comes_last) {
    const auto write = [&] { ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK); };
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK);
    const std::vector<std::string> came = moved(out, IN_MOVED_TO, write);
    ASSERT_EQ(came.size(), 5u);
    EXPECT_EQ(came.back(), "manifest.json");
    const std::vector<std::string> left = moved(out, IN_MOVED_FROM, write);
    ASSERT_EQ(left.size(), 5u);
    EXPECT_EQ(left.front(), "manifest.json");
    EXPECT_NE(read(out + "/manifest.json").find("npim reproduce --quick"), std::string::npos);
}

// What programs that were killed have left goes; what only looks like it stays.
TEST_F(page, litter_is_removed_while_nobody_else_is_at_work) {
    const std::string dead = out + "/.partial.1", own = out + "/.partial." + std::to_string(getpid());
    const std::vector<std::string> others = {out + "/.partial.", out + "/.partial.1x", out + "/partial.1"};
    ASSERT_EQ(npim_page_check(out.c_str(), false, &made, &error), NPIM_OK);
    std::filesystem::create_directories(folder + "/elsewhere");
    std::ofstream(folder + "/elsewhere/file") << "mine";
    std::filesystem::create_directory_symlink(folder + "/elsewhere", out + "/.partial.2");
    for (const std::string &path : others) std::filesystem::create_directory(path);
    const auto leave = [&](const std::string &path) {
        std::filesystem::create_directory(path);
        for (const char *name : {"/bars.csv", "/manifest.json.old", "/bars.svg.part"})
            std::ofstream(path + name) << "old";
    };
    leave(dead);
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK);
    EXPECT_TRUE(std::filesystem::exists(dead)) << "without the lock";
    leave(own); // the number comes again
    EXPECT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_EUSAGE);
    EXPECT_TRUE(std::filesystem::exists(own + "/bars.csv")) << "somebody else's";
    ASSERT_EQ(npim_runs_make(&study.runs, 1, nullptr, nullptr, &error), NPIM_OK) << error.message;
    ASSERT_EQ(npim_page_write(&study, out.c_str(), &error), NPIM_OK) << error.message;
    EXPECT_FALSE(std::filesystem::exists(dead));
    EXPECT_FALSE(std::filesystem::exists(own));
    EXPECT_EQ(read(out + "/bars.csv"), "name,value\nrow,1\nrow,2\n");
    for (const std::string &path : others) EXPECT_TRUE(std::filesystem::exists(path)) << path;
    EXPECT_EQ(read(folder + "/elsewhere/file"), "mine");
}

} // namespace

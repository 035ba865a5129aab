#include "sim/replace.h"

#include <gtest/gtest.h>

#include <sys/inotify.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct replace_test : testing::Test {
    replace_test() {
        std::string pattern = (fs::temp_directory_path() / "npim_replace_XXXXXX").string();
        folder = mkdtemp(pattern.data());
        fs::create_directory(folder / "new");
        fs::create_directory(folder / "there");
        for (const char *name : names) write(std::string("new/") + name, std::string("new ") + name);
        write("there/notes.txt", "mine");
    }
    ~replace_test() override { fs::remove_all(folder); }

    void write(const std::string &name, const std::string &text) {
        std::ofstream(folder / name, std::ios::binary) << text;
    }
    npim_status replace() {
        error = {};
        return npim_replace((folder / "new").c_str(), (folder / "there").c_str(), names, 4, 4, &error);
    }
    // Every file with its content, every folder.
    std::map<std::string, std::string> state() const {
        std::map<std::string, std::string> all;
        for (const auto &entry : fs::recursive_directory_iterator(folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            std::stringstream text;
            if (entry.is_regular_file()) text << in.rdbuf();
            all[fs::relative(entry.path(), folder).string()] = text.str();
        }
        return all;
    }
    void put_old(std::initializer_list<const char *> which) {
        for (const char *name : which) write(std::string("there/") + name, std::string("old ") + name);
    }
    void expect_refused(const std::string &name, const char *reason) {
        const auto before = state();
        EXPECT_EQ(replace(), NPIM_EUSAGE);
        const std::string message = error.message;
        EXPECT_EQ(message.rfind((folder / "there" / name).string() + ": cannot write: ", 0), 0u) << message;
        EXPECT_NE(message.find(reason), std::string::npos) << message;
        EXPECT_EQ(state(), before);
    }
    void expect_done() {
        EXPECT_EQ(replace(), NPIM_OK) << error.message;
        std::map<std::string, std::string> expected = {{"there", ""}, {"there/notes.txt", "mine"}};
        for (const char *name : names) expected[std::string("there/") + name] = std::string("new ") + name;
        EXPECT_EQ(state(), expected);
    }

    const char *const names[4] = {"mark", "a", "b", "c"};
    fs::path folder;
    npim_error error{};
};

TEST_F(replace_test, puts_new_files_where_there_were_none_some_or_all) {
    for (const auto &old :
         {std::initializer_list<const char *>{}, {"a"}, {"mark", "c"}, {"mark", "a", "b", "c"}}) {
        fs::remove_all(folder / "there");
        fs::create_directories(folder / "there");
        fs::create_directories(folder / "new");
        for (const char *name : names) write(std::string("new/") + name, std::string("new ") + name);
        write("there/notes.txt", "mine");
        put_old(old);
        expect_done();
    }
}

// A directory that has the name of a file cannot be replaced; it comes up after the others were taken away.
TEST_F(replace_test, a_directory_in_the_way_leaves_everything_as_it_was) {
    for (const char *name : names) {
        put_old({"mark", "a", "b", "c"});
        fs::remove(folder / "there" / name);
        fs::create_directory(folder / "there" / name);
        write(std::string("there/") + name + "/kept", "x");
        expect_refused(name, "directory");
        fs::remove_all(folder / "there" / name);
    }
    put_old({"mark", "a", "b", "c"});
    expect_done();
}

// A new file that is not there cannot be moved; it is missed after others have arrived.
TEST_F(replace_test, a_move_that_fails_in_the_middle_is_undone) {
    for (const auto &old : {std::initializer_list<const char *>{}, {"mark", "b"}, {"mark", "a", "b", "c"}})
        for (const char *name : names) {
            SCOPED_TRACE(name);
            fs::remove_all(folder / "there");
            fs::create_directory(folder / "there");
            put_old(old);
            fs::remove(folder / "new" / name);
            expect_refused(name, "No such file");
            write(std::string("new/") + name, std::string("new ") + name);
        }
}

// Names behind the new ones: what lies there goes, or stays when something fails.
TEST_F(replace_test, an_old_file_may_be_replaced_by_nothing) {
    const auto without_c = [this] {
        error = {};
        return npim_replace((folder / "new").c_str(), (folder / "there").c_str(), names, 3, 4, &error);
    };
    fs::remove(folder / "new" / "c");
    put_old({"mark", "a", "b", "c"});
    fs::rename(folder / "new" / "b", folder / "b");
    const auto before = state();
    EXPECT_EQ(without_c(), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("there/b: cannot write"), std::string::npos) << error.message;
    EXPECT_EQ(state(), before);
    fs::rename(folder / "b", folder / "new" / "b");
    EXPECT_EQ(without_c(), NPIM_OK) << error.message;
    EXPECT_EQ(state(), (std::map<std::string, std::string>{{"there", ""},
                                                           {"there/notes.txt", "mine"},
                                                           {"there/mark", "new mark"},
                                                           {"there/a", "new a"},
                                                           {"there/b", "new b"}}));
}

TEST_F(replace_test, a_directory_that_would_go_is_refused) {
    fs::remove(folder / "new" / "c");
    fs::create_directory(folder / "there" / "c");
    const auto before = state();
    EXPECT_EQ(npim_replace((folder / "new").c_str(), (folder / "there").c_str(), names, 3, 4, &error),
              NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("there/c: cannot write"), std::string::npos) << error.message;
    EXPECT_EQ(state(), before);
}

TEST_F(replace_test, a_target_that_is_gone_is_refused) {
    fs::remove_all(folder / "there");
    expect_refused("c", "No such file");
}

// What the kernel saw, in its order: the mark leaves before all others and arrives behind them.
TEST_F(replace_test, the_mark_leaves_first_and_comes_last) {
    put_old({"mark", "a", "b", "c"});
    const int watch = inotify_init1(IN_NONBLOCK);
    if (watch < 0 || inotify_add_watch(watch, (folder / "there").c_str(), IN_ALL_EVENTS & ~IN_OPEN) < 0)
        GTEST_SKIP() << "no inotify";
    expect_done();
    alignas(inotify_event) char events[65536];
    const ssize_t n = read(watch, events, sizeof events);
    close(watch);
    ASSERT_GT(n, 0);
    std::vector<std::string> left, arrived;
    for (const char *at = events; at < events + n;) {
        const auto *event = reinterpret_cast<const inotify_event *>(at);
        if (event->mask & IN_MOVED_FROM) {
            EXPECT_TRUE(arrived.empty()) << event->name;
            left.push_back(event->name);
        }
        if (event->mask & IN_MOVED_TO) arrived.push_back(event->name);
        EXPECT_EQ(event->mask & (IN_CREATE | IN_MODIFY | IN_DELETE), 0u) << event->name;
        at += sizeof *event + event->len;
    }
    ASSERT_EQ(left.size(), 4u);
    ASSERT_EQ(arrived.size(), 4u);
    EXPECT_EQ(left.front(), "mark");
    EXPECT_EQ(arrived.back(), "mark");
}

TEST_F(replace_test, links_are_replaced_and_not_followed) {
    write("elsewhere", "x");
    fs::create_symlink(folder / "elsewhere", folder / "there/a");
    fs::create_symlink(folder / "nowhere", folder / "there/mark");
    EXPECT_EQ(replace(), NPIM_OK) << error.message;
    EXPECT_EQ(state()["elsewhere"], "x");
    EXPECT_EQ(state()["there/a"], "new a");
    EXPECT_EQ(state()["there/mark"], "new mark");
    EXPECT_FALSE(fs::is_symlink(folder / "there/a"));
}

} // namespace

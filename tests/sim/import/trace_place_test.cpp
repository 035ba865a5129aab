#include "sim/import/trace_place.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

class TracePlace : public testing::Test {
  protected:
    TracePlace() {
        std::string pattern = (fs::temp_directory_path() / "npim_place_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~TracePlace() override { fs::remove_all(folder); }

    std::string path(const std::string &name) const { return (folder / name).string(); }
    void write(const fs::path &file, const std::string &text) const {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << text;
    }
    std::string text(const std::string &name) const {
        std::ifstream in(folder / name);
        std::stringstream s;
        s << in.rdbuf();
        return s.str();
    }
    std::vector<std::string> listing() const {
        std::vector<std::string> names;
        for (const auto &e : fs::recursive_directory_iterator(folder))
            names.push_back(fs::relative(e.path(), folder).string());
        std::sort(names.begin(), names.end());
        return names;
    }
    npim_status begin(const std::string &target, bool force = false) {
        return npim_place_begin(target.c_str(), force, scratch, &error);
    }
    void fill(const std::string &mark, bool tensors = true) {
        write(fs::path(scratch) / "network.toml", mark);
        if (tensors) write(fs::path(scratch) / "tensors" / (mark + ".npy"), mark);
    }
    void refused(const std::string &part) {
        EXPECT_EQ(error.status, NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message).find(part), std::string::npos) << error.message;
    }

    fs::path folder;
    char scratch[NPIM_PLACE_SIZE];
    npim_error error = {};
};

using names = std::vector<std::string>;

TEST_F(TracePlace, MakesANewFolder) {
    for (const char *slash : {"", "/", "//"}) {
        ASSERT_EQ(begin(path("net") + slash), NPIM_OK) << error.message;
        EXPECT_EQ(fs::path(scratch).parent_path(), folder);
        fill("a");
        ASSERT_EQ(npim_place_end(scratch, (path("net") + slash).c_str(), &error), NPIM_OK) << error.message;
        EXPECT_EQ(listing(), (names{"net", "net/network.toml", "net/tensors", "net/tensors/a.npy"}));
        fs::remove_all(path("net"));
    }
}

// What --force would replace but no import wrote stays as it is.
TEST_F(TracePlace, ForceReplacesNothingElse) {
    write(folder / "precious" / "a.npy", "mine");
    fs::create_directory(path("net"));
    fs::create_directory_symlink(path("precious"), path("net/tensors"));
    EXPECT_EQ(begin(path("net"), true), NPIM_EUSAGE);
    refused("net/tensors: is no folder");
    fs::remove(path("net/tensors"));
    write(folder / "net" / "tensors" / "notes.txt", "mine");
    EXPECT_EQ(begin(path("net"), true), NPIM_EUSAGE);
    refused("notes.txt: is no .npy file");
    fs::remove_all(path("net/tensors"));
    fs::create_directories(path("net/tensors/sub"));
    EXPECT_EQ(begin(path("net"), true), NPIM_EUSAGE);
    refused("sub: is no .npy file");
    fs::remove_all(path("net/tensors"));
    fs::create_directory(path("net/network.toml"));
    EXPECT_EQ(begin(path("net"), true), NPIM_EUSAGE);
    refused("network.toml: is a folder");
    EXPECT_EQ(text("precious/a.npy"), "mine");
    EXPECT_EQ(listing(), (names{"net", "net/network.toml", "precious", "precious/a.npy"}));
}

TEST_F(TracePlace, ADanglingLinkIsNoFolder) {
    fs::create_symlink(path("nowhere"), path("net"));
    EXPECT_EQ(begin(path("net")), NPIM_EUSAGE);
    refused("is no folder");
}

TEST_F(TracePlace, FillsAnEmptyFolder) {
    fs::create_directory(path("net"));
    ASSERT_EQ(begin(path("net")), NPIM_OK) << error.message;
    EXPECT_EQ(fs::path(scratch).parent_path(), fs::path(path("net")));
    fill("a");
    ASSERT_EQ(npim_place_end(scratch, path("net").c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(listing(), (names{"net", "net/network.toml", "net/tensors", "net/tensors/a.npy"}));
}

TEST_F(TracePlace, RefusesWhatIsThereUnlessForced) {
    write(folder / "net" / "notes.txt", "mine");
    write(folder / "net" / "network.toml", "old");
    write(folder / "net" / "tensors" / "old.npy", "old");
    EXPECT_EQ(begin(path("net")), NPIM_EUSAGE);
    refused("--force");
    ASSERT_EQ(begin(path("net"), true), NPIM_OK) << error.message;
    fill("new");
    ASSERT_EQ(npim_place_end(scratch, path("net").c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(listing(),
              (names{"net", "net/network.toml", "net/notes.txt", "net/tensors", "net/tensors/new.npy"}));
    EXPECT_EQ(text("net/network.toml"), "new");
    EXPECT_EQ(text("net/notes.txt"), "mine");
}

TEST_F(TracePlace, TakesOldTensorsAwayWhereThereAreNoNewOnes) {
    write(folder / "net" / "network.toml", "old");
    write(folder / "net" / "tensors" / "old.npy", "old");
    ASSERT_EQ(begin(path("net"), true), NPIM_OK) << error.message;
    fill("new", false);
    ASSERT_EQ(npim_place_end(scratch, path("net").c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(listing(), (names{"net", "net/network.toml"}));
}

TEST_F(TracePlace, ImagesGoWithTheTrace) {
    write(folder / "net" / "network.toml", "old");
    write(folder / "net" / "calibrate.npy", "old");
    ASSERT_EQ(begin(path("net"), true), NPIM_OK) << error.message;
    fill("new", false);
    write(fs::path(scratch) / "calibrate.npy", "new");
    ASSERT_EQ(npim_place_end(scratch, path("net").c_str(), &error), NPIM_OK) << error.message;
    EXPECT_EQ(listing(), (names{"net", "net/calibrate.npy", "net/network.toml"}));
    EXPECT_EQ(text("net/calibrate.npy"), "new");
    fs::remove(path("net/calibrate.npy"));
    fs::create_directory(path("net/calibrate.npy"));
    EXPECT_EQ(begin(path("net"), true), NPIM_EUSAGE);
    refused("calibrate.npy: is a folder");
}

TEST_F(TracePlace, LeavesAllAsItWasWhenItFails) {
    write(folder / "net" / "network.toml", "old");
    write(folder / "net" / "tensors" / "old.npy", "old");
    write(folder / "net" / "calibrate.npy", "old");
    ASSERT_EQ(begin(path("net"), true), NPIM_OK) << error.message;
    write(fs::path(scratch) / "tensors" / "new.npy", "new"); // and no network.toml
    write(fs::path(scratch) / "calibrate.npy", "new");
    EXPECT_EQ(npim_place_end(scratch, path("net").c_str(), &error), NPIM_EUSAGE);
    EXPECT_EQ(listing(),
              (names{"net", "net/calibrate.npy", "net/network.toml", "net/tensors", "net/tensors/old.npy"}));
    EXPECT_EQ(text("net/calibrate.npy"), "old");
    EXPECT_EQ(text("net/network.toml"), "old");
}

TEST_F(TracePlace, AbandonsWithoutATrace) {
    ASSERT_EQ(begin(path("net")), NPIM_OK);
    fill("a");
    npim_place_abandon(scratch);
    npim_place_abandon(scratch);
    EXPECT_EQ(listing(), names{});
}

TEST_F(TracePlace, RefusesWhatIsNoPlace) {
    write(folder / "file", "text");
    EXPECT_EQ(begin(path("file")), NPIM_EUSAGE);
    refused("is no folder");
    EXPECT_EQ(begin(path("file/net")), NPIM_EUSAGE);
    refused("cannot create");
    EXPECT_EQ(begin(path("none/net")), NPIM_EUSAGE);
    refused("cannot create");
    EXPECT_EQ(begin(""), NPIM_EUSAGE);
    refused("empty");
    EXPECT_EQ(begin(std::string(5000, 'x')), NPIM_EUSAGE);
    refused("too long");
    EXPECT_EQ(listing(), names{"file"});
}

} // namespace

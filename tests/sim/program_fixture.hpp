// Runs the program itself as a user does: a child process with its own working directory and environment, its
// output caught. Every test has an empty temporary directory, and says what may be left in it.
#ifndef NPIM_TESTS_SIM_PROGRAM_FIXTURE_HPP
#define NPIM_TESTS_SIM_PROGRAM_FIXTURE_HPP

#include <cjson/cJSON.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

using json_ptr = std::unique_ptr<cJSON, decltype(&cJSON_Delete)>;

struct outcome {
    int code = -1;     // exit code; -1: killed by a signal
    int signal = 0;    // that signal
    bool hung = false; // killed by us after `patience_s`
    std::string out, err;
};

inline std::string network_file(const std::string &name) {
    return NPIM_TEST_DATA "/" + name + ".toml";
}

inline std::string arch_file(const std::string &name) {
    return NPIM_SOURCE_DIR "/sim/arch/" + name + ".toml";
}

inline std::string read_text(const std::filesystem::path &path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

inline double number_of(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    EXPECT_TRUE(cJSON_IsNumber(item)) << key;
    return cJSON_IsNumber(item) ? item->valuedouble : 0.0;
}

inline std::string text_in(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    EXPECT_TRUE(cJSON_IsString(item)) << key;
    return cJSON_IsString(item) ? item->valuestring : "";
}

inline std::vector<std::string> keys_of(const cJSON *object) {
    std::vector<std::string> keys;
    for (const cJSON *item = object ? object->child : nullptr; item; item = item->next)
        keys.push_back(item->string ? item->string : "");
    return keys;
}

// Waits until the program catches a signal, which it does once its files are read, and sends it.
inline void interrupt(pid_t child, int number) {
    const std::string status = "/proc/" + std::to_string(child) + "/status";
    for (bool caught = false; !caught && kill(child, 0) == 0;) {
        std::ifstream in(status);
        if (!in) return;
        for (std::string line; std::getline(in, line);) {
            if (line.rfind("State:\tZ", 0) == 0) return;
            if (line.rfind("SigCgt:", 0) == 0)
                caught = std::strtoull(line.c_str() + 8, nullptr, 16) >> (number - 1) & 1;
        }
        if (!caught) usleep(1000);
    }
    kill(child, number);
}

class program_fixture : public testing::Test {
  protected:
    using words = std::vector<std::string>;

    program_fixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_cli_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~program_fixture() override { std::filesystem::remove_all(folder); }

    // A file in the temporary directory.
    std::string write(const std::string &name, const std::string &text) {
        const std::string path = (folder / name).string();
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    std::string path_of(const std::string &name) const { return (folder / name).string(); }

    // A network that the mapper takes many seconds for: 800 million windows.
    std::string slow_to_map() {
        std::string text =
            "name = \"slow\"\n[network]\ninput = { channels = 1, height = 20000, width = 20000 }\n";
        for (const char *name : {"a", "b"})
            text += "[[layer]]\nname = \"" + std::string(name) +
                    "\"\nkind = \"conv\"\nchannels = 1\nkernel = 3\npadding = 1\n";
        return write("slow.toml", text + "[[layer]]\nname = \"c\"\nkind = \"globalpool\"\n");
    }

    // A file of the project with the first `from` replaced by `to`.
    std::string edited(const std::string &file, const std::string &from, const std::string &to) {
        std::string text = read_text(file);
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << file << " has no " << from;
        if (at != std::string::npos) text.replace(at, from.size(), to);
        return write("edited.toml", text);
    }

    // Runs the program with these words in working_directory; `prepare` runs in the child before it,
    // `meanwhile` in this process once the child runs.
    outcome run(const words &arguments, const std::function<void()> &prepare = {},
                const std::function<void(pid_t)> &meanwhile = {}) {
        int out[2], err[2];
        if (pipe(out) != 0 || pipe(err) != 0) std::abort();
        const pid_t child = fork();
        if (child == 0) start(arguments, prepare, out, err);
        close(out[1]);
        close(err[1]);
        if (meanwhile) meanwhile(child);
        outcome result;
        drain(child, out[0], err[0], result);
        int status = 0;
        waitpid(child, &status, 0);
        if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
        if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
        return result;
    }

    // Runs it and expects exit code 0 and nothing on stderr.
    std::string answer(const words &arguments) {
        const outcome r = run(arguments);
        EXPECT_EQ(r.code, 0) << joined(arguments) << "\n" << r.err;
        EXPECT_EQ(r.err, "") << joined(arguments);
        return r.out;
    }

    // Exactly one JSON object, nothing before and only white space behind it.
    json_ptr json(const words &arguments) { return parsed(answer(arguments)); }

    static json_ptr parsed(const std::string &text) {
        const char *end = nullptr;
        json_ptr root(cJSON_ParseWithOpts(text.c_str(), &end, false), cJSON_Delete);
        EXPECT_TRUE(cJSON_IsObject(root.get())) << text.substr(0, 200);
        EXPECT_EQ(std::string(end ? end : "").find_first_not_of(" \t\r\n"), std::string::npos) << end;
        EXPECT_EQ(text.empty() ? '?' : text[0], '{');
        return root;
    }

    // A refusal: this exit code, one message that begins with "npim: " and has all the parts, nothing on
    // stdout, and the temporary directory as it was.
    void refuse(int code, const words &arguments, std::initializer_list<std::string> parts,
                const std::function<void()> &prepare = {}) {
        SCOPED_TRACE(joined(arguments));
        const auto before = listing();
        const outcome r = run(arguments, prepare);
        EXPECT_EQ(r.code, code) << "signal " << r.signal << (r.hung ? ", hung" : "") << "\n" << r.err;
        EXPECT_EQ(r.out, "");
        EXPECT_EQ(r.err.rfind("npim: ", 0), 0u) << r.err;
        for (const auto &part : parts)
            EXPECT_NE(r.err.find(part), std::string::npos) << r.err << "\nlacks: " << part;
        EXPECT_EQ(listing(), before);
    }

    // All paths below the temporary directory.
    std::vector<std::string> listing() const {
        std::vector<std::string> names;
        for (const auto &entry : std::filesystem::recursive_directory_iterator(folder))
            names.push_back(std::filesystem::relative(entry.path(), folder).string());
        std::sort(names.begin(), names.end());
        return names;
    }

    static std::string joined(const words &arguments) {
        std::string all = "npim";
        for (const auto &word : arguments) all += " " + word;
        return all;
    }

    std::filesystem::path folder;
    std::string working_directory = NPIM_SOURCE_DIR;
    int patience_s = 100;

  private:
    [[noreturn]] void start(const words &arguments, const std::function<void()> &prepare, int out[2],
                            int err[2]) {
        std::vector<char *> argv = {const_cast<char *>("npim")};
        for (const auto &word : arguments) argv.push_back(const_cast<char *>(word.c_str()));
        argv.push_back(nullptr);
        unsetenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE"); // the program keeps the banner away itself
        const int nothing = open("/dev/null", O_RDONLY);
        dup2(nothing, 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        for (int fd : {nothing, out[0], out[1], err[0], err[1]}) close(fd);
        if (chdir(working_directory.c_str()) != 0) _exit(126);
        if (prepare) prepare();
        execv(NPIM_PROGRAM, argv.data());
        _exit(127);
    }

    // Reads both pipes until the child closes them; a child that says nothing for `patience_s` is killed.
    void drain(pid_t child, int out, int err, outcome &result) const {
        pollfd ends[] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
        std::string *texts[] = {&result.out, &result.err};
        while (ends[0].fd >= 0 || ends[1].fd >= 0) {
            if (poll(ends, 2, patience_s * 1000) == 0) {
                result.hung = true;
                kill(child, SIGKILL);
            }
            for (int i = 0; i < 2; i++) {
                if (ends[i].fd < 0 || ends[i].revents == 0) continue;
                char block[65536];
                const ssize_t n = read(ends[i].fd, block, sizeof block);
                if (n > 0) texts[i]->append(block, static_cast<size_t>(n));
                if (n <= 0) {
                    close(ends[i].fd);
                    ends[i].fd = -1;
                }
            }
        }
    }
};

#endif

#include "sim/reproduce/jobs.h"

#include "study_fixture.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace {

class jobs : public study_fixture {
  protected:
    // Runs `sh -c command` for each, and gives the status.
    npim_status run(const std::vector<std::string> &commands, uint32_t processes,
                    const npim_stop *stop = nullptr) {
        std::vector<std::vector<char *>> words;
        std::vector<std::string> files;
        std::vector<npim_job> list;
        static char sh[] = "/bin/sh", c[] = "-c";
        for (size_t i = 0; i < commands.size(); i++) {
            words.push_back({sh, c, const_cast<char *>(commands[i].c_str()), nullptr});
            files.push_back(folder + "/out" + std::to_string(i));
            files.push_back(folder + "/err" + std::to_string(i));
        }
        for (size_t i = 0; i < commands.size(); i++)
            list.push_back({words[i].data(), files[2 * i].c_str(), files[2 * i + 1].c_str()});
        npim_jobs_watch watch{};
        watch.stop = stop;
        watch.context = this;
        watch.done = [](void *context, size_t job, npim_error *) {
            static_cast<jobs *>(context)->ended.push_back(job);
            return NPIM_OK;
        };
        error = {};
        return npim_jobs_run(list.data(), list.size(), processes, &watch, &error);
    }
    std::vector<size_t> ended;
};

TEST_F(jobs, none_is_done_at_once) {
    EXPECT_EQ(run({}, 1), NPIM_OK);
}

TEST_F(jobs, each_writes_into_its_files) {
    ASSERT_EQ(run({"echo one; echo bad >&2", "echo two", "echo three"}, 2), NPIM_OK) << error.message;
    EXPECT_EQ(read(folder + "/out0"), "one\n");
    EXPECT_EQ(read(folder + "/err0"), "bad\n");
    EXPECT_EQ(read(folder + "/out2"), "three\n");
    EXPECT_EQ(ended.size(), 3u);
}

TEST_F(jobs, one_process_keeps_their_order) {
    ASSERT_EQ(run({"true", "true", "true", "true"}, 1), NPIM_OK);
    EXPECT_EQ(ended, (std::vector<size_t>{0, 1, 2, 3}));
}

// Two that wait for each other end only side by side.
TEST_F(jobs, two_processes_run_side_by_side) {
    const std::string a = folder + "/a", b = folder + "/b";
    const auto meet = [](const std::string &mine, const std::string &other) {
        return "touch " + mine + "; i=0; while [ ! -e " + other +
               " ]; do i=$((i + 1)); [ $i -lt 600 ] || exit 3; sleep 0.05; done";
    };
    EXPECT_EQ(run({meet(a, b), meet(b, a)}, 2), NPIM_OK) << error.message;
}

TEST_F(jobs, exit_codes_come_back_as_what_they_mean) {
    const std::pair<int, npim_status> codes[] = {
        {1, NPIM_EUSAGE}, {2, NPIM_EUSAGE},     {3, NPIM_ECONFIG},       {4, NPIM_EUNSUPPORTED},
        {5, NPIM_EFIT},   {6, NPIM_EINVARIANT}, {130, NPIM_EINTERRUPTED}};
    for (const auto &[code, status] : codes) {
        EXPECT_EQ(run({"echo first >&2; echo the reason >&2; exit " + std::to_string(code)}, 1), status)
            << code;
        EXPECT_NE(std::string(error.message).find("the reason"), std::string::npos) << error.message;
        EXPECT_EQ(std::string(error.message).find(": first"), std::string::npos) << error.message;
    }
}

TEST_F(jobs, messages_of_several_lines_stay_whole) {
    EXPECT_EQ(
        run({"printf 'about to\\nnpim: a.toml:2: bad\\n\\n  2 | x = y\\n    |     ^\\n\\n' >&2; exit 3"}, 1),
        NPIM_ECONFIG);
    const std::string text = error.message, reason = "; exit 3: a.toml:2: bad\n\n  2 | x = y\n    |     ^";
    ASSERT_GE(text.size(), reason.size());
    EXPECT_EQ(text.substr(text.size() - reason.size()), reason);
}

TEST_F(jobs, messages_are_as_long_as_there_is_room) {
    EXPECT_EQ(run({"printf 'npim: %01500d\\n' 7 >&2; exit 3"}, 1), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find(": " + std::string(700, '0')), std::string::npos)
        << error.message;
    EXPECT_EQ(run({"exit 3"}, 1), NPIM_ECONFIG);
    EXPECT_NE(std::string(error.message).find("failed without a word"), std::string::npos);
}

// Processes that lose their parent become this one's children, so that it learns how they end.
class jobs_with_children : public jobs {
  protected:
    void SetUp() override {
        jobs::SetUp();
        ASSERT_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    }
    void TearDown() override {
        prctl(PR_SET_CHILD_SUBREAPER, 0);
        jobs::TearDown();
    }
    std::string child_file;
    // Shell that starts a child, waits for it in vain, and would leave a file behind.
    std::string sleeper() const {
        return "sleep 20 & echo $! > " + folder + "/child; wait; touch " + folder + "/late";
    }
    std::string when_it_sleeps(const std::string &then) const {
        return "i=0; while [ ! -s " + folder +
               "/child ] && [ $i -lt 2000 ]; do i=$((i + 1)); sleep 0.01; done; " + then;
    }
    void expect_killed() const {
        int result = 0;
        const pid_t child = std::atoi(read(folder + "/child").c_str());
        ASSERT_GT(child, 1);
        ASSERT_EQ(waitpid(child, &result, 0), child);
        EXPECT_TRUE(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL) << result;
        EXPECT_FALSE(std::filesystem::exists(folder + "/late"));
    }
};

TEST_F(jobs_with_children, the_first_failure_ends_the_others) {
    EXPECT_EQ(run({when_it_sleeps("exit 3"), sleeper(), "touch " + folder + "/never"}, 2), NPIM_ECONFIG);
    EXPECT_FALSE(std::filesystem::exists(folder + "/never"));
    EXPECT_TRUE(ended.empty());
    expect_killed();
}

TEST_F(jobs_with_children, what_an_ended_job_leaves_is_ended) {
    ASSERT_EQ(run({"sleep 20 & echo $! > " + folder + "/child"}, 1), NPIM_OK) << error.message;
    expect_killed();
}

TEST_F(jobs_with_children, a_stop_ends_them) {
    child_file = folder + "/child";
    const npim_stop stop = {[](void *path) {
                                const auto *name = static_cast<const std::string *>(path);
                                std::error_code none;
                                const auto size = std::filesystem::file_size(*name, none);
                                return !none && size > 0;
                            },
                            &child_file};
    EXPECT_EQ(run({sleeper()}, 1, &stop), NPIM_EINTERRUPTED);
    expect_killed();
}

// Ctrl-C on a terminal is for the caller alone.
TEST_F(jobs, are_groups_of_their_own) {
    ASSERT_EQ(run({"cut -d' ' -f5 /proc/$$/stat; echo $$"}, 1), NPIM_OK);
    std::istringstream text(read(folder + "/out0"));
    long group = 0, process = 0;
    text >> group >> process;
    EXPECT_GT(process, 1);
    EXPECT_EQ(group, process);
}

TEST_F(jobs, a_signal_is_named) {
    EXPECT_EQ(run({"kill -9 $$"}, 1), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("signal 9"), std::string::npos) << error.message;
}

TEST_F(jobs, a_program_that_is_missing_is_no_silence) {
    static char name[] = "/no/such/program";
    char *const words[] = {name, nullptr};
    const std::string out = folder + "/out", err = folder + "/err";
    const npim_job job = {words, out.c_str(), err.c_str()};
    const npim_jobs_watch watch{};
    EXPECT_EQ(npim_jobs_run(&job, 1, 1, &watch, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("cannot be started"), std::string::npos) << error.message;
}

TEST_F(jobs, a_stop_ends_all) {
    const npim_stop stop = {[](void *) { return true; }, nullptr};
    EXPECT_EQ(run({"sleep 600"}, 1, &stop), NPIM_EINTERRUPTED);
}

} // namespace

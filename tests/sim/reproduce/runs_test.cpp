#include "sim/reproduce/runs.h"

#include "study_fixture.hpp"

namespace {

class runs : public study_fixture {
  protected:
    void begin(const std::string &program) {
        npim_runs_fini(&core);
        ASSERT_EQ(npim_runs_begin(&core, (folder + "/runs").c_str(), program.c_str(), &error), NPIM_OK)
            << error.message;
    }
    void add(const char *command) {
        ASSERT_EQ(npim_runs_add(&core, &error, "%s", command), NPIM_OK) << error.message;
    }
    npim_status make(uint32_t processes = 1) {
        return npim_runs_make(&core, processes, nullptr, nullptr, &error);
    }
    std::string said(const char *command) const {
        const cJSON *document = npim_runs_document(&core, "%s", command);
        const cJSON *words = cJSON_GetObjectItem(document, "words");
        return cJSON_IsString(words) ? words->valuestring : "nothing";
    }
    void TearDown() override {
        npim_runs_fini(&core);
        study_fixture::TearDown();
    }
    std::string echo() { return script(R"(echo "{\"words\": \"$*\"}")"); }

    npim_runs core{};
};

TEST_F(runs, a_command_becomes_its_document) {
    begin(echo());
    add("describe isaac");
    add("replay alexnet --arch cascade --images 4");
    ASSERT_EQ(make(), NPIM_OK) << error.message;
    EXPECT_EQ(said("describe isaac"), "describe isaac --json");
    EXPECT_EQ(said("replay alexnet --arch cascade --images 4"),
              "replay alexnet --arch cascade --images 4 --json");
    EXPECT_EQ(npim_runs_document(&core, "describe %s", "cascade"), nullptr);
}

TEST_F(runs, twice_the_same_is_made_once) {
    begin(echo());
    for (int i = 0; i < 3; i++) add("describe isaac");
    EXPECT_EQ(core.n, 1u);
    ASSERT_EQ(make(), NPIM_OK);
    EXPECT_EQ(asked().size(), 1u);
}

TEST_F(runs, kept_results_are_not_made_again) {
    begin(echo());
    add("describe isaac");
    ASSERT_EQ(make(), NPIM_OK);
    begin(folder + "/program");
    add("describe isaac");
    add("describe cascade");
    ASSERT_EQ(make(), NPIM_OK);
    EXPECT_EQ(asked(), (std::vector<std::string>{"describe isaac --json", "describe cascade --json"}));
    EXPECT_EQ(said("describe isaac"), "describe isaac --json");
}

TEST_F(runs, another_program_makes_its_own) {
    begin(echo());
    add("describe isaac");
    ASSERT_EQ(make(), NPIM_OK);
    begin(script("echo '{\"words\": \"new\"}'"));
    add("describe isaac");
    ASSERT_EQ(make(), NPIM_OK);
    EXPECT_EQ(said("describe isaac"), "new");
}

// What had ended before another one failed is kept; a broken result is made again.
TEST_F(runs, resume_after_a_failure) {
    begin(
        script("[ -e " + folder + "/good ] || case $* in *cascade*) echo no >&2; exit 5;; esac\necho '{}'"));
    add("describe isaac");
    add("describe cascade");
    EXPECT_EQ(make(), NPIM_EFIT);
    EXPECT_NE(std::string(error.message).find("npim describe cascade --json: no"), std::string::npos)
        << error.message;
    std::ofstream(folder + "/good");
    begin(folder + "/program");
    add("describe isaac");
    add("describe cascade");
    ASSERT_EQ(make(), NPIM_OK) << error.message;
    EXPECT_EQ(asked().size(), 3u);
    for (const auto &entry : std::filesystem::directory_iterator(folder + "/runs"))
        EXPECT_TRUE(entry.path().extension() == ".json" || entry.path().filename() == "lock") << entry.path();
}

TEST_F(runs, what_is_no_document_is_refused_and_not_kept) {
    begin(script("echo half of '{'"));
    add("describe isaac");
    EXPECT_EQ(make(), NPIM_ECONFIG);
    begin(echo());
    add("describe isaac");
    EXPECT_EQ(make(), NPIM_OK) << error.message;
}

TEST_F(runs, a_kept_file_that_was_cut_is_made_again) {
    begin(echo());
    add("describe isaac");
    ASSERT_EQ(make(), NPIM_OK);
    std::ofstream(folder + "/runs/" + core.items[0].key + ".json") << "{\"words\":";
    begin(folder + "/program");
    add("describe isaac");
    ASSERT_EQ(make(), NPIM_OK) << error.message;
    EXPECT_EQ(asked().size(), 2u);
}

// Valid JSON, but not what the run gave: edited, of another run, of another shape.
TEST_F(runs, a_kept_file_that_was_edited_is_made_again) {
    begin(echo());
    add("describe isaac");
    add("describe cascade");
    ASSERT_EQ(make(), NPIM_OK);
    const std::string isaac = folder + "/runs/" + core.items[0].key + ".json",
                      cascade = folder + "/runs/" + core.items[1].key + ".json";
    std::string edited = read(isaac);
    edited.replace(edited.find("isaac --json"), 5, "other");
    const std::string other = read(cascade);
    size_t n = asked().size();
    for (const std::string &text : {edited, other, std::string("{}"), std::string("[]")}) {
        std::ofstream(isaac) << text;
        begin(folder + "/program");
        add("describe isaac");
        ASSERT_EQ(make(), NPIM_OK) << error.message;
        EXPECT_EQ(said("describe isaac"), "describe isaac --json");
        EXPECT_EQ(asked().size(), ++n) << text;
    }
}

// A result that was made from other files than its key says is not kept.
TEST_F(runs, what_changes_while_a_run_works_is_noticed) {
    std::filesystem::create_directory(folder + "/net");
    std::ofstream(folder + "/net/network.toml") << "# one\n";
    begin(script("[ -e " + folder + "/calm ] || echo '# two' >> " + folder + "/net/network.toml; echo '{}'"));
    add(("infer " + folder + "/net").c_str());
    EXPECT_EQ(make(), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("changed while it ran"), std::string::npos) << error.message;
    std::ofstream(folder + "/calm");
    begin(folder + "/program");
    add(("infer " + folder + "/net").c_str());
    EXPECT_EQ(make(), NPIM_OK) << error.message;
    EXPECT_EQ(asked().size(), 2u);
}

TEST_F(runs, files_of_others_stay) {
    std::filesystem::create_directory(folder + "/runs");
    for (const char *name : {"a.errors", "download.partial", "0123.partial"})
        std::ofstream(folder + "/runs/" + name) << "mine";
    begin(echo());
    add("describe isaac");
    ASSERT_EQ(make(), NPIM_OK);
    for (const char *name : {"a.errors", "download.partial", "0123.partial"})
        EXPECT_EQ(read(folder + "/runs/" + name), "mine") << name;
}

TEST_F(runs, do_not_depend_on_the_number_of_processes) {
    std::string results[2];
    for (uint32_t processes = 1; processes <= 2; processes++) {
        begin(echo());
        for (const char *arch : {"isaac", "cascade", "neural-pim"}) {
            add((std::string("describe ") + arch).c_str());
            add((std::string("map alexnet --arch ") + arch).c_str());
        }
        ASSERT_EQ(make(processes), NPIM_OK);
        for (size_t i = 0; i < core.n; i++) results[processes - 1] += said(core.items[i].command) + "\n";
        std::filesystem::remove_all(folder + "/runs");
    }
    EXPECT_EQ(results[0], results[1]);
}

TEST_F(runs, names_that_are_missing_are_refused_before_anything_runs) {
    begin(echo());
    EXPECT_EQ(npim_runs_add(&core, &error, "replay no_such_net --arch isaac"), NPIM_ECONFIG);
    EXPECT_EQ(npim_runs_add(&core, &error, "replay alexnet --arch no_such_arch"), NPIM_ECONFIG);
    EXPECT_EQ(npim_runs_add(&core, &error, "describe no_such_arch"), NPIM_ECONFIG);
    EXPECT_EQ(core.n, 0u);
}

// Cut, it would be another command, whose result would be kept.
TEST_F(runs, a_command_that_does_not_fit_is_refused) {
    begin(echo());
    std::string command = "describe isaac";
    for (int n = 2; n < NPIM_RUN_MAX_WORDS; n++) command += " x";
    add(command.c_str());
    EXPECT_EQ(npim_runs_add(&core, &error, "%s x", command.c_str()), NPIM_EINVARIANT);
    EXPECT_NE(std::string(error.message).find("49 words"), std::string::npos) << error.message;
    std::string longest = "describe isaac ";
    longest.resize(NPIM_RUN_COMMAND_SIZE - 1, 'x');
    add(longest.c_str());
    EXPECT_EQ(npim_runs_add(&core, &error, "%sx", longest.c_str()), NPIM_EINVARIANT);
    EXPECT_NE(std::string(error.message).find("512 characters"), std::string::npos) << error.message;
    EXPECT_EQ(core.n, 2u);
    ASSERT_EQ(make(), NPIM_OK) << error.message;
    EXPECT_EQ(said(command.c_str()), command + " --json");
    EXPECT_EQ(said(longest.c_str()), longest + " --json");
    EXPECT_EQ(said((longest + "x").c_str()), "nothing");
}

TEST_F(runs, a_folder_that_cannot_be_made_is_an_error) {
    ASSERT_EQ(npim_runs_begin(&core, "/proc/no/runs", echo().c_str(), &error), NPIM_OK);
    EXPECT_EQ(make(), NPIM_EUSAGE);
    EXPECT_EQ(npim_runs_begin(&core, folder.c_str(), "/no/such/program", &error), NPIM_EUSAGE);
}

} // namespace

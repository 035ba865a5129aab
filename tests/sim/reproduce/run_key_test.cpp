#include "sim/reproduce/run_key.h"

#include "study_fixture.hpp"

namespace {

class run_key : public study_fixture {
  protected:
    std::string key(const std::vector<const char *> &words, const char *program = "a program") {
        char text[NPIM_RUN_KEY_SIZE] = "";
        EXPECT_EQ(npim_run_key(program, words.data(), words.size(), text, &error), NPIM_OK) << error.message;
        return text;
    }
    void write(const std::string &name, const std::string &text) const {
        std::ofstream(folder + "/" + name) << text;
    }
};

TEST_F(run_key, is_the_same_for_the_same_and_depends_on_program_and_words) {
    const std::string one = key({"describe", "isaac"});
    EXPECT_EQ(one.size(), 64u);
    EXPECT_EQ(key({"describe", "isaac"}), one);
    EXPECT_NE(key({"describe", "isaac"}, "another"), one);
    EXPECT_NE(key({"describe", "cascade"}), one);
    EXPECT_NE(key({"characterize", "ab", "c"}), key({"characterize", "a", "bc"}));
}

TEST_F(run_key, depends_on_the_architecture_and_what_it_includes) {
    std::filesystem::create_directory(folder + "/circuits");
    for (const auto &entry : std::filesystem::directory_iterator("sim/arch/circuits"))
        std::filesystem::copy_file(entry.path(), folder + "/circuits/" + entry.path().filename().string());
    write("base.toml", read("sim/arch/neural-pim.toml"));
    write("other.toml", "include = \"base.toml\"\nname = \"other\"\n");
    const std::string path = folder + "/other.toml";
    const std::string earlier = key({"replay", "alexnet", "--arch", path.c_str()});
    EXPECT_EQ(key({"replay", "alexnet", "--arch", path.c_str()}), earlier);
    write("base.toml", read("sim/arch/neural-pim.toml") + "\n# changed\n");
    const std::string changed = key({"replay", "alexnet", "--arch", path.c_str()});
    EXPECT_NE(changed, earlier);
    write("circuits/more.txt", "a circuit");
    EXPECT_NE(key({"replay", "alexnet", "--arch", path.c_str()}), changed);
}

TEST_F(run_key, depends_on_every_file_of_the_network) {
    std::filesystem::create_directories(folder + "/net/tensors");
    write("net/network.toml", "[network]\n");
    const std::string path = folder + "/net";
    const std::string earlier = key({"infer", path.c_str()});
    write("net/tensors/weight.npy", "numbers");
    const std::string with = key({"infer", path.c_str()});
    EXPECT_NE(with, earlier);
    write("net/tensors/weight.npy", "numbers!");
    EXPECT_NE(key({"infer", path.c_str()}), with);
}

TEST_F(run_key, refuses_what_is_missing) {
    char text[NPIM_RUN_KEY_SIZE];
    const char *const network[] = {"replay", "./no/such"}, *const arch[] = {"describe", "./no/such.toml"};
    EXPECT_EQ(npim_run_key("p", network, 2, text, &error), NPIM_ECONFIG);
    EXPECT_EQ(npim_run_key("p", arch, 2, text, &error), NPIM_ECONFIG);
}

} // namespace

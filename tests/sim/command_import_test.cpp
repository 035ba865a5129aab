// npim import as a user runs it: exit codes, messages, and a trace that is whole or not there.
#include "tests/sim/program_fixture.hpp"

namespace {

class CommandImport : public program_fixture {
  protected:
    const std::string digits = NPIM_SOURCE_DIR "/traces/digits/";
    const std::string model = digits + "digits.onnx", images = digits + "calibrate.npy";

    words import(const words &more = {}) const {
        words all = {"import", model, "--calibrate", images, "-o", path_of("out")};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

TEST_F(CommandImport, WritesATrace) {
    const std::string said = answer(import());
    EXPECT_EQ(
        said,
        "digits: 6 layers, 8336 weights, 231680 multiply-accumulates per image, calibrated on 200 images "
        "(max)\n");
    EXPECT_NE(read_text(folder / "out/network.toml")
                  .find("doc = \"npim import digits.onnx, calibrated on 200 images (max)\""),
              std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(folder / "out/tensors/1_conv1.weight.npy"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1) << "something else is left";
    const std::string map = answer({"map", path_of("out")});
    EXPECT_NE(map.find("conv3"), std::string::npos) << map;
}

TEST_F(CommandImport, GivesTheSameBytesAgainAndTheTraceThatIsShipped) {
    answer(import());
    std::size_t files = 0;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder / "out")) {
        if (entry.is_directory()) continue;
        const auto name = std::filesystem::relative(entry.path(), folder / "out");
        EXPECT_EQ(read_text(entry.path()), read_text(std::filesystem::path(digits) / name)) << name;
        files++;
    }
    EXPECT_EQ(files, 21u);
}

TEST_F(CommandImport, KnowsThreeCalibrations) {
    std::vector<std::string> texts;
    for (const char *c : {"max", "percentile", "mse"}) {
        answer(import({"--calibration", c, "--force"}));
        texts.push_back(read_text(folder / "out/network.toml"));
        EXPECT_NE(texts.back().find(std::string("(") + c + ")"), std::string::npos);
    }
    EXPECT_NE(texts[0].substr(120), texts[1].substr(120));
    EXPECT_NE(texts[0].substr(120), texts[2].substr(120));
    refuse(2, import({"--calibration", "best", "--force"}), {"--calibration best", "max, percentile, mse"});
}

TEST_F(CommandImport, AsksForWhatIsMissing) {
    refuse(2, {"import"}, {"which model?"});
    refuse(2, {"import", model, "--calibrate", images}, {"--out DIR is missing"});
    refuse(2, {"import", model, "-o", path_of("out")}, {"--calibrate IMAGES.npy is missing"});
    refuse(2, import({"--arch", "isaac"}), {"unknown option --arch"});
}

TEST_F(CommandImport, OverwritesOnlyWhenForced) {
    write("out/notes.txt", "mine");
    refuse(2, import(), {path_of("out"), "--force"});
    answer(import({"--force"}));
    EXPECT_EQ(read_text(folder / "out/notes.txt"), "mine");
    refuse(2, import(), {"--force"});
}

TEST_F(CommandImport, RefusesBadModelsAndLeavesNothing) {
    const auto with = [&](const std::string &file) {
        return words{"import", file, "--calibrate", images, "-o", path_of("out")};
    };
    refuse(3, with(path_of("none.onnx")), {path_of("none.onnx"), "No such file"});
    const std::string whole = read_text(model);
    refuse(3, with(write("cut.onnx", whole.substr(0, whole.size() / 2))), {"cut.onnx", "no ONNX model"});
    refuse(3, with(write("empty.onnx", "")), {"is empty"});
    std::string other = whole;
    const std::string pool = "\"\aMaxPool"; // the field op_type
    ASSERT_NE(other.find(pool), std::string::npos);
    other.replace(other.find(pool), pool.size(), "\"\aMaxPoul");
    refuse(4, with(write("other.onnx", other)), {"MaxPoul", "opset 13", "not supported"});
}

TEST_F(CommandImport, RefusesImagesThatDoNotFit) {
    const auto with = [&](const std::string &file) {
        return words{"import", model, "--calibrate", file, "-o", path_of("out")};
    };
    refuse(3, with(path_of("none.npy")), {"none.npy"});
    refuse(3, with(digits + "labels.npy"), {"labels.npy"});
    refuse(3, with(model), {"digits.onnx"});
}

TEST_F(CommandImport, RefusesPlacesThatCannotBeWritten) {
    write("file", "text");
    refuse(2, {"import", model, "--calibrate", images, "-o", path_of("file")}, {"is no folder"});
    refuse(2, {"import", model, "--calibrate", images, "-o", path_of("none/out")},
           {"none/out", "No such file"});
}

TEST_F(CommandImport, ExplainsItself) {
    const std::string help = answer({"import", "--help"});
    for (const char *part :
         {"usage: npim import MODEL.onnx", "--calibrate FILE.npy", "percentile", "example: npim import"})
        EXPECT_NE(help.find(part), std::string::npos) << help;
}

} // namespace

// npim import as a user runs it: exit codes, messages, and a trace that is whole or not there.
#include "tests/sim/program_fixture.hpp"

#include <sys/stat.h>

#include <cmath>

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
    EXPECT_EQ(files, 22u); // network.toml, calibrate.npy, five for each of four layers
}

TEST_F(CommandImport, PrintsOneDocumentOfJson) {
    const json_ptr root = json(import({"--json"}));
    EXPECT_EQ(text_in(root.get(), "network"), "digits");
    EXPECT_EQ(text_in(root.get(), "model"), "digits.onnx");
    EXPECT_EQ(number_of(root.get(), "weights"), 8336);
    EXPECT_EQ(number_of(root.get(), "images"), 200);
    const cJSON *layers = cJSON_GetObjectItem(root.get(), "layers");
    ASSERT_EQ(cJSON_GetArraySize(layers), 6);
    for (const cJSON *layer = layers->child; layer; layer = layer->next) // they are there under these names
        for (const cJSON *file = cJSON_GetObjectItem(layer, "files")->child; file; file = file->next)
            EXPECT_TRUE(std::filesystem::exists(folder / "out/tensors" / file->valuestring))
                << file->valuestring;
}

// What the trace records is missed where it is not there.
TEST_F(CommandImport, LeavesNothingToBeMissed) {
    answer(import());
    std::filesystem::copy_file(digits + "images.npy", folder / "images.npy");
    const words infer = {"infer", path_of("out"), "--images", path_of("images.npy"), "--json"};
    EXPECT_EQ(number_of(json(infer).get(), "mismatches"), 0);
    for (const char *name : {"2_conv2.bias", "2_conv2.weight_float", "6_digit.weight"}) {
        const auto file = folder / "out/tensors" / (name + std::string(".npy"));
        const std::string bytes = read_text(file);
        std::filesystem::remove(file);
        refuse(3, infer, {file.string(), "missing"});
        std::ofstream(file, std::ios::binary) << bytes;
    }
    EXPECT_EQ(number_of(json(infer).get(), "mismatches"), 0);
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

// A .npy file of images of 64 numbers.
std::string npy(size_t images, float value) {
    std::string header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(images) + ", 64), }";
    header.resize(117, ' ');
    std::string file = std::string("\x93NUMPY\x01\x00v\x00", 10) + header + "\n";
    for (size_t i = 0; i < images * 64; i++)
        file.append(reinterpret_cast<const char *>(&value), sizeof value);
    return file;
}

TEST_F(CommandImport, SaysWhoseNumbersAreTooLarge) {
    const auto with = [&](const std::string &onnx, const std::string &file) {
        return words{"import", onnx, "--calibrate", file, "-o", path_of("out")};
    };
    refuse(3, with(model, write("none.npy", npy(0, 0))), {"none.npy", "no image"});
    refuse(3, with(model, write("nan.npy", npy(1, std::nanf("")))), {"nan.npy", "not a finite number"});
    const std::string weights = read_text(digits + "tensors/6_digit.weight_float.npy").substr(128);
    const auto spoilt = [&](const std::string &name, float weight) { // all of one tensor
        std::string onnx = read_text(model);
        const size_t at = onnx.find(weights);
        EXPECT_NE(at, std::string::npos);
        for (size_t i = 0; at != std::string::npos && i < weights.size(); i += sizeof weight)
            onnx.replace(at + i, sizeof weight, reinterpret_cast<const char *>(&weight), sizeof weight);
        return write(name, onnx);
    };
    const std::string huge = write("huge.npy", npy(1, 3e38F)), large = spoilt("large.onnx", 1000);
    refuse(3, with(large, huge), {huge + ": layer digit: image 0", "not a finite number", "3e+38"});
    const std::string larger = spoilt("larger.onnx", 3e38F);
    refuse(3, with(larger, images), {larger + ": layer digit: image 0", "not a finite number", "3e+38"});
    answer(with(large, images)); // not the model's fault
}

// Those that were calibrated on, in the network's shape and the smallest type that holds them.
TEST_F(CommandImport, KeepsTheImages) {
    const auto kept = [&](const std::string &file) {
        answer({"import", model, "--calibrate", file, "-o", path_of("out"), "--force"});
        return read_text(folder / "out/calibrate.npy");
    };
    const auto header = [](const std::string &type) {
        return "{'descr': '" + type + "', 'fortran_order': False, 'shape': (3, 1, 8, 8), }";
    };
    for (const float value : {0.5F, -1.0F, -0.0F, 256.0F}) {
        const std::string given = npy(3, value), file = kept(write("given.npy", given));
        ASSERT_EQ(file.size(), given.size()) << value;
        EXPECT_NE(file.find(header("<f4")), std::string::npos) << file.substr(10, 100);
        EXPECT_EQ(file.substr(128), given.substr(128)) << value;
    }
    for (const float value : {1.0F, 255.0F}) {
        const std::string file = kept(write("given.npy", npy(3, value)));
        EXPECT_NE(file.find(header("|u1")), std::string::npos) << file.substr(10, 100);
        EXPECT_EQ(file.substr(128), std::string(3 * 64, static_cast<char>(value))) << value;
    }
}

// A pipe says nothing about its size and is not there a second time.
TEST_F(CommandImport, RefusesImagesFromAPipe) {
    const std::string pipe = path_of("pipe");
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    refuse(3, {"import", model, "--calibrate", pipe, "-o", path_of("out")}, {pipe, "not a regular file"});
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST_F(CommandImport, RefusesPlacesThatCannotBeWritten) {
    write("file", "text");
    refuse(2, {"import", model, "--calibrate", images, "-o", path_of("file")}, {"is no folder"});
    refuse(2, {"import", model, "--calibrate", images, "-o", path_of("none/out")},
           {"none/out", "No such file"});
}

TEST_F(CommandImport, ExplainsItself) {
    const std::string help = answer({"import", "--help"});
    for (const char *part : {"usage: npim import MODEL.onnx", "--calibrate FILE.npy", "percentile", "--json",
                             "example: npim import"})
        EXPECT_NE(help.find(part), std::string::npos) << help;
}

} // namespace

// npim infer on a trace folder that the test writes: a convolution and a classifier of 3.
#include "program_fixture.hpp"

#include "hw/random.h"
#include "sim/values/npy.h"

#include <limits>
#include <map>

namespace {

struct command_infer_test : program_fixture {
    // .npy in the temporary directory.
    std::string array(const std::string &name, npim_npy_type type, const std::vector<size_t> &shape,
                      const void *data) {
        const std::string path = path_of(name);
        npim_error error{};
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        EXPECT_EQ(npim_npy_write(path.c_str(), type, uint32_t(shape.size()), shape.data(), data, &error),
                  NPIM_OK)
            << error.message;
        return path;
    }

    void weights(const std::string &stem, size_t outputs, size_t rows, uint32_t seed) {
        const npim_random random{seed, 0};
        std::vector<int8_t> weight;
        std::vector<float> real;
        for (size_t i = 0; i < outputs * rows; i++) {
            weight.push_back(int8_t(int(npim_random_bits(&random, NPIM_DRAW_WEIGHT, i) % 255) - 127));
            real.push_back(float(weight.back() / 127.0));
        }
        const std::vector<double> scale(outputs, 1.0 / 127);
        const std::vector<int32_t> bias(outputs, 100);
        const std::vector<float> bias_real(outputs, float(100.0 / 127 / 255));
        array("net/tensors/" + stem + ".weight.npy", NPIM_NPY_I8, {outputs, rows}, weight.data());
        array("net/tensors/" + stem + ".weight_scale.npy", NPIM_NPY_F64, {outputs}, scale.data());
        array("net/tensors/" + stem + ".weight_float.npy", NPIM_NPY_F32, {outputs, rows}, real.data());
        if (stem != "conv") return;
        array("net/tensors/" + stem + ".bias.npy", NPIM_NPY_I32, {outputs}, bias.data());
        array("net/tensors/" + stem + ".bias_float.npy", NPIM_NPY_F32, {outputs}, bias_real.data());
    }

    std::string trace() {
        write("net/network.toml", "name = \"tiny\"\n"
                                  "[network]\ninput = { channels = 2, height = 5, width = 5, "
                                  "scale = 0.00392156862745098 }\n"
                                  "[[layer]]\nname = \"conv\"\nkind = \"conv\"\nchannels = 4\nkernel = 3\n"
                                  "activation = \"relu\"\nscale = 0.02\ntensors = \"conv\"\n"
                                  "[[layer]]\nname = \"fc\"\nkind = \"fc\"\nchannels = 3\nscale = 0.1\n"
                                  "signed = true\ntensors = \"fc\"\n");
        weights("conv", 4, 18, 1);
        weights("fc", 3, 36, 2);
        return path_of("net");
    }

    std::string images(size_t n = 6, size_t side = 5) {
        const npim_random random{3, 0};
        std::vector<float> values;
        for (size_t i = 0; i < n * 2 * side * side; i++)
            values.push_back(float(npim_random_uniform(&random, NPIM_DRAW_INPUT, i)));
        return array("images.npy", NPIM_NPY_F32, {n, 2, side, side}, values.data());
    }

    std::string labels(const std::vector<int64_t> &values) {
        return array("labels.npy", NPIM_NPY_I64, {values.size()}, values.data());
    }

    // The text of a JSON answer without its one wall-clock figure.
    static std::string without_rate(std::string text) {
        const size_t at = text.find("\"macs_per_s\"");
        EXPECT_NE(at, std::string::npos);
        return text.erase(at, text.find('\n', at) - at);
    }
};

TEST_F(command_infer_test, every_mode_on_every_architecture) {
    const std::string net = trace(), x = images(), y = labels({0, 1, 2, 0, 1, 2});
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (const char *mode : {"ideal", "quantised", "analog"}) {
            SCOPED_TRACE(std::string(arch) + " " + mode);
            const json_ptr root =
                json({"infer", net, "--images", x, "--labels", y, "--arch", arch, "--mode", mode, "--json"});
            EXPECT_EQ(number_of(root.get(), "images"), 6);
            EXPECT_GE(number_of(root.get(), "accuracy_float"), 0);
            EXPECT_EQ(text_in(root.get(), "mode"), mode);
            EXPECT_GT(number_of(root.get(), "macs_per_s"), 0);
            const cJSON *mismatches = cJSON_GetObjectItemCaseSensitive(root.get(), "mismatches");
            EXPECT_EQ(cJSON_IsNull(mismatches), std::string(mode) == "analog");
            EXPECT_EQ(mismatches->valuedouble, 0);
            EXPECT_TRUE(std::string(mode) != "ideal" ||
                        number_of(root.get(), "accuracy") == number_of(root.get(), "accuracy_int8"));
            const cJSON *layers = cJSON_GetObjectItemCaseSensitive(root.get(), "layers");
            ASSERT_EQ(cJSON_GetArraySize(layers), 2);
            EXPECT_EQ(text_in(cJSON_GetArrayItem(layers, 0), "name"), "conv");
            EXPECT_GT(number_of(cJSON_GetArrayItem(layers, 1), "sinad_dB"), 0);
        }
}

TEST_F(command_infer_test, the_same_seed_gives_the_same_bytes_on_any_number_of_threads) {
    const std::string net = trace(), x = images(60);
    const auto run = [&](const char *seed, const char *threads) {
        return without_rate(
            answer({"infer", net, "--images", x, "--mode", "analog", "--set", "block.rram.read_sigma=0.02",
                    "--seed", seed, "--threads", threads, "--json"}));
    };
    const std::string one = run("1", "1");
    EXPECT_EQ(run("1", "1"), one);
    EXPECT_EQ(run("1", "4"), one);
    EXPECT_NE(run("2", "1"), one);
}

// Whatever the numbers came from is in the manifest under its hash.
TEST_F(command_infer_test, the_manifest_of_a_replay_has_every_file_that_was_read) {
    const std::string net = trace(), x = images(), y = labels({0, 1, 2, 0, 1, 2});
    std::filesystem::copy_file(x, path_of("net/calibrate.npy"));
    const auto inputs = [&](const words &more) {
        words all = {"replay", net, "--out", path_of("out"), "--force"};
        all.insert(all.end(), more.begin(), more.end());
        answer(all);
        const json_ptr root = parsed(read_text(path_of("out/manifest.json")));
        std::map<std::string, std::string> hashes;
        const cJSON *list = cJSON_GetObjectItem(root.get(), "inputs");
        for (const cJSON *i = list ? list->child : nullptr; i; i = i->next)
            hashes[text_in(i, "name")] = text_in(i, "sha256");
        return hashes;
    };
    auto first = inputs({"--images", x, "--labels", y});
    for (const char *name : {"conv.weight.npy", "conv.weight_scale.npy", "conv.weight_float.npy",
                             "conv.bias.npy", "conv.bias_float.npy", "fc.weight.npy", "fc.weight_scale.npy",
                             "fc.weight_float.npy", "images.npy", "labels.npy", "calibrate.npy"}) {
        ASSERT_EQ(first.count(name), 1u) << name;
        EXPECT_EQ(first[name].size(), 64u) << name;
    }
    EXPECT_EQ(first.size(), 13u); // and network.toml and the architecture
    EXPECT_EQ(first["images.npy"], first["calibrate.npy"]);
    weights("fc", 3, 36, 7); // other weights
    auto second = inputs({"--images", x, "--labels", y});
    EXPECT_NE(second["fc.weight.npy"], first["fc.weight.npy"]);
    second["fc.weight.npy"] = first["fc.weight.npy"];
    second["fc.weight_float.npy"] = first["fc.weight_float.npy"];
    EXPECT_EQ(second, first);
    EXPECT_EQ(inputs({"--values", "random", "--images", "1"}).count("fc.weight.npy"), 0u);
}

TEST_F(command_infer_test, replay_gives_time_and_values_in_one_run) {
    const std::string net = trace(), x = images(), y = labels({0, 1, 2, 0, 1, 2}), out = path_of("out");
    const words values = {"--images", x, "--labels", y, "--mode", "analog"};
    words replay = {"replay", net, "--json", "--out", out}, infer = {"infer", net, "--json"};
    replay.insert(replay.end(), values.begin(), values.end());
    infer.insert(infer.end(), values.begin(), values.end());
    const json_ptr both = json(replay), alone = json(infer);
    const cJSON *within = cJSON_GetObjectItemCaseSensitive(both.get(), "values");
    EXPECT_EQ(number_of(both.get(), "images"), 6);
    for (const char *key : {"images", "accuracy", "accuracy_int8", "accuracy_float", "macs"})
        EXPECT_EQ(number_of(within, key), number_of(alone.get(), key)) << key;
    EXPECT_TRUE(cJSON_Compare(cJSON_GetObjectItemCaseSensitive(within, "layers"),
                              cJSON_GetObjectItemCaseSensitive(alone.get(), "layers"), true));
    const std::string file = read_text(path_of("out/values.json")),
                      manifest = read_text(path_of("out/manifest.json"));
    EXPECT_EQ(file.find("macs_per_s"), std::string::npos);
    EXPECT_NE(file.find("\"sinad_dB\""), std::string::npos);
    for (const char *part :
         {"run.images=6", "--images images.npy", "--mode analog", "\"images.npy\"", "\"labels.npy\""})
        EXPECT_NE(manifest.find(part), std::string::npos) << manifest << "\nlacks: " << part;
    EXPECT_NE(read_text(path_of("out/timing.json")).find("macs_per_s"), std::string::npos);
    replay.push_back("--force");
    replay.insert(replay.end(), {"--threads", "3"});
    answer(replay);
    EXPECT_EQ(read_text(path_of("out/values.json")), file);
    EXPECT_EQ(read_text(path_of("out/manifest.json")), manifest);
}

TEST_F(command_infer_test, replay_compares_with_the_reference_in_ideal_mode) {
    const std::string net = trace(), x = images();
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (const char *mode : {"ideal", "quantised", "analog"}) {
            SCOPED_TRACE(std::string(arch) + " " + mode);
            const std::string out = path_of(std::string(arch) + "_" + mode);
            const json_ptr root =
                json({"replay", net, "--images", x, "--arch", arch, "--mode", mode, "--json", "--out", out});
            const cJSON *values = cJSON_GetObjectItemCaseSensitive(root.get(), "values");
            const cJSON *mismatches = cJSON_GetObjectItemCaseSensitive(values, "mismatches");
            EXPECT_EQ(cJSON_IsNumber(mismatches), std::string(mode) == "ideal");
            EXPECT_EQ(mismatches->valuedouble, 0);
            for (const char *file : {"/values.json", "/summary.json"}) {
                const json_ptr written(cJSON_Parse(read_text(out + file).c_str()), cJSON_Delete);
                EXPECT_EQ(cJSON_IsNumber(cJSON_GetObjectItem(written.get(), "mismatches")) != 0,
                          std::string(mode) == "ideal")
                    << file;
            }
        }
    EXPECT_NE(answer({"replay", net, "--images", x}).find("mismatches             0"), std::string::npos);
}

TEST_F(command_infer_test, replay_makes_random_values_of_any_trace) {
    const json_ptr root = json({"replay", network_file("tiny_residual"), "--values", "random", "--images",
                                "3", "--mode", "quantised", "--arch", "cascade", "--json"});
    EXPECT_EQ(number_of(cJSON_GetObjectItemCaseSensitive(root.get(), "values"), "images"), 3);
    const json_ptr plain = json({"replay", network_file("tiny_residual"), "--images", "3", "--json"});
    EXPECT_EQ(cJSON_GetObjectItemCaseSensitive(plain.get(), "values"), nullptr);
    refuse(2, {"replay", network_file("tiny_residual"), "--mode", "analog"}, {"--mode analog", "--images"});
    refuse(2, {"replay", network_file("tiny_residual"), "--values", "zero"}, {"--values zero", "random"});
    refuse(4,
           {"replay", network_file("tiny_residual"), "--values", "random", "--mode", "analog", "--arch",
            "isaac-16bit"},
           {"16-bit"});
}

// An LSTM that reads what an embedding gives and then words of the host.
TEST_F(command_infer_test, random_values_of_recurrent_networks_with_further_inputs) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (const char *mode : {"ideal", "quantised", "analog"}) {
            SCOPED_TRACE(std::string(arch) + " " + mode);
            const json_ptr infer = json({"infer", network_file("tiny_lstm"), "--values", "random", "--arch",
                                         arch, "--mode", mode, "--set", "run.images=3", "--json"});
            const json_ptr replay = json({"replay", network_file("tiny_lstm"), "--values", "random", "--arch",
                                          arch, "--mode", mode, "--images", "3", "--json"});
            const cJSON *values = cJSON_GetObjectItemCaseSensitive(replay.get(), "values");
            const cJSON *mismatches = cJSON_GetObjectItemCaseSensitive(infer.get(), "mismatches");
            EXPECT_EQ(cJSON_IsNumber(mismatches), std::string(mode) != "analog");
            EXPECT_EQ(mismatches->valuedouble, 0);
            EXPECT_TRUE(cJSON_Compare(cJSON_GetObjectItemCaseSensitive(infer.get(), "layers"),
                                      cJSON_GetObjectItemCaseSensitive(values, "layers"), true));
        }
}

// The same from files: beside the images, and named.
TEST_F(command_infer_test, files_of_further_inputs) {
    write("net/network.toml", "name = \"two\"\n[network]\n"
                              "input = { channels = 2, height = 5, width = 5, scale = 0.01 }\n"
                              "[[layer]]\nname = \"more\"\nkind = \"input\"\nout = [3, 1, 1]\n"
                              "scale = 0.02\nsigned = true\n"
                              "[[layer]]\nname = \"fc\"\nkind = \"fc\"\ninputs = [\"input\"]\n"
                              "channels = 3\nscale = 0.02\nsigned = true\ntensors = \"fc\"\n"
                              "[[layer]]\nname = \"sum\"\nkind = \"add\"\ninputs = [\"fc\", \"more\"]\n"
                              "scale = 0.05\nsigned = true\n");
    weights("fc", 3, 50, 2);
    const std::string net = path_of("net"), x = images(), out = path_of("out");
    refuse(3, {"infer", net, "--images", x}, {"input more", "images.more.npy", "--images NAME=FILE.npy"});
    std::vector<float> some(18), others(18, -1.5f), few(15);
    for (size_t i = 0; i < some.size(); i++) some[i] = float(i) * 0.1f;
    const std::string w = array("w.npy", NPIM_NPY_F32, {6, 3}, some.data());
    const auto seen = [&](const words &more) {
        words line = {"replay", net, "--images", x, "--json", "--out", out, "--force"};
        line.insert(line.end(), more.begin(), more.end());
        const json_ptr root = json(line);
        const cJSON *values = cJSON_GetObjectItemCaseSensitive(root.get(), "values");
        EXPECT_EQ(number_of(values, "mismatches"), 0);
        return read_text(out + "/manifest.json");
    };
    const std::string named = seen({"--images", "more=" + w});
    for (const char *part : {"--images more=w.npy", "\"w.npy\""})
        EXPECT_NE(named.find(part), std::string::npos) << named;
    array("images.more.npy", NPIM_NPY_F32, {6, 3}, others.data());
    EXPECT_NE(seen({}).find("\"images.more.npy\""), std::string::npos);
    EXPECT_EQ(seen({"--images", "more=" + w}), named) << "what is named goes first";
    refuse(2, {"infer", net, "--images", x, "--images", "less=" + w}, {"less=", "more"});
    refuse(2, {"infer", net, "--images", x, "--images", "more=" + w, "--images", "more=" + w}, {"more="});
    refuse(3, {"infer", net, "--images", x, "--images", "more=none.npy"}, {"none.npy"});
    array("images.more.npy", NPIM_NPY_F32, {5, 3}, few.data());
    refuse(3, {"infer", net, "--images", x}, {"images.more.npy", "5 images", "6"});
    refuse(2, {"infer", trace(), "--images", x, "--images", "more=" + w}, {"no further inputs"});
}

TEST_F(command_infer_test, without_labels_there_is_no_accuracy) {
    const std::string text = answer({"infer", trace(), "--images", images()});
    EXPECT_EQ(text.find("accuracy"), std::string::npos) << text;
    EXPECT_NE(text.find("mismatches             0"), std::string::npos) << text;
}

TEST_F(command_infer_test, bad_words) {
    const std::string net = trace(), x = images();
    refuse(2, {"infer"}, {"which network"});
    refuse(2, {"infer", net}, {"which images", "--images"});
    refuse(2, {"infer", net, "--images", x, "--mode", "exact"},
           {"--mode exact", "ideal, quantised or analog"});
    for (const char *threads : {"0", "257", "-1", "two", "1.5", ""})
        refuse(2, {"infer", net, "--images", x, "--threads", threads}, {"--threads", "1..256"});
}

// What lies beside network.toml is taken where nothing else is named.
TEST_F(command_infer_test, images_beside_the_network) {
    const std::string net = trace(), x = images();
    refuse(2, {"infer", net, "--mode", "quantised"}, {"which images", "images.npy"});
    std::filesystem::copy_file(x, path_of("net/images.npy"));
    const auto answer_to = [&](words line) {
        json_ptr root = json(line);
        cJSON_DeleteItemFromObject(root.get(), "macs_per_s");
        char *printed = cJSON_Print(root.get());
        const std::string copy = printed;
        std::free(printed);
        return copy;
    };
    for (const char *mode : {"ideal", "analog"}) {
        const std::string named = answer_to({"infer", net, "--images", x, "--mode", mode, "--json"});
        EXPECT_EQ(answer_to({"infer", net, "--mode", mode, "--json"}), named);
        EXPECT_EQ(answer_to({"infer", net + "/network.toml", "--mode", mode, "--json"}), named);
    }
    std::filesystem::copy_file(labels({0, 1, 2, 0, 1, 2}), path_of("net/labels.npy"));
    const json_ptr labelled = json({"infer", net, "--json"});
    EXPECT_TRUE(cJSON_IsNumber(cJSON_GetObjectItem(labelled.get(), "accuracy")));
}

// Converters that are laid out for images of their own do the same to an image alone and among others.
TEST_F(command_infer_test, calibration_images_make_results_independent_of_company) {
    const std::string net = trace(), x = images(), layout = path_of("layout.npy");
    std::filesystem::copy_file(x, layout);
    std::vector<float> values(50, 0.25f);
    const std::string one = array("one.npy", NPIM_NPY_F32, {1, 2, 5, 5}, values.data());
    const auto steps = [&](const words &more) {
        words line = {"infer", net, "--mode", "quantised", "--json"};
        line.insert(line.end(), more.begin(), more.end());
        const json_ptr root = json(line);
        std::vector<double> all = {number_of(root.get(), "layout_images")};
        const cJSON *layer = nullptr;
        cJSON_ArrayForEach(layer, cJSON_GetObjectItem(root.get(), "layers"))
            all.push_back(number_of(layer, "step"));
        return all;
    };
    const auto of_six = steps({"--images", x}), of_one = steps({"--images", one});
    EXPECT_EQ(of_six[0], 6);
    EXPECT_EQ(of_one[0], 1);
    EXPECT_NE(of_six, of_one);
    EXPECT_EQ(steps({"--images", one, "--calibrate", layout}), of_six);
    std::filesystem::copy_file(layout, path_of("net/calibrate.npy")); // found beside the network
    EXPECT_EQ(steps({"--images", one}), of_six);
    refuse(3, {"infer", net, "--images", x, "--calibrate", path_of("none.npy")}, {"none.npy"});
    refuse(2, {"infer", net, "--values", "random", "--calibrate", layout}, {"--calibrate", "one of them"});
}

// Codes have 8 bit: fewer input cycles than those would drop some in silence.
TEST_F(command_infer_test, inputs_of_other_than_8_bit) {
    const std::string net = trace(), x = images();
    for (const char *bits : {"4", "7", "9"})
        refuse(4,
               {"infer", net, "--images", x, "--mode", "quantised", "--set",
                std::string("data.input_bits=") + bits},
               {"8 bit"});
}

TEST_F(command_infer_test, bad_images_and_labels) {
    const std::string net = trace(), x = images();
    refuse(3, {"infer", net, "--images", path_of("none.npy")}, {"none.npy"});
    refuse(3, {"infer", net, "--images", x, "--labels", labels({0, 1})}, {"labels.npy", "6"});
    refuse(3, {"infer", net, "--images", x, "--labels", labels({0, 1, 2, 3, 0, 0})}, {"labels.npy", "3"});
    refuse(3, {"infer", net, "--images", x, "--labels", labels({0, 1, 2, -1, 0, 0})}, {"labels.npy"});
    std::vector<float> values(300, 0.5f);
    refuse(3, {"infer", net, "--images", array("x.npy", NPIM_NPY_F32, {6, 2, 5, 4}, values.data())},
           {"x.npy", "5"});
    refuse(3, {"infer", net, "--images", array("x.npy", NPIM_NPY_F32, {0, 2, 5, 5}, values.data())},
           {"x.npy"});
    values[77] = std::numeric_limits<float>::quiet_NaN();
    refuse(3, {"infer", net, "--images", array("x.npy", NPIM_NPY_F32, {6, 2, 5, 5}, values.data())},
           {"x.npy"});
    refuse(3, {"infer", net, "--images", write("x.npy", "no array")}, {"x.npy"});
    refuse(3, {"infer", net, "--images", x, "--labels", array("y.npy", NPIM_NPY_F32, {6}, values.data())},
           {"y.npy"});
}

TEST_F(command_infer_test, bad_traces) {
    const std::string net = trace(), x = images();
    refuse(3, {"infer", NPIM_TEST_DATA "/tiny_conv.toml", "--images", x}, {"tiny_conv", "no values"});
    std::filesystem::remove(path_of("net/tensors/fc.weight.npy"));
    refuse(3, {"infer", net, "--images", x}, {"fc.weight.npy"});
    trace();
    std::vector<double> scale(3, std::numeric_limits<double>::infinity());
    array("net/tensors/fc.weight_scale.npy", NPIM_NPY_F64, {3}, scale.data());
    refuse(3, {"infer", net, "--images", x}, {"fc.weight_scale.npy"});
    trace();
    refuse(4, {"infer", net, "--images", x, "--mode", "quantised", "--arch", "isaac-16bit"}, {"16-bit"});
}

// One array of 1024 x 1024 with wires takes minutes: they need not be waited for.
TEST_F(command_infer_test, an_interrupt_ends_the_solution_of_wires) {
    if (access("/proc/self/status", R_OK) != 0) GTEST_SKIP() << "no /proc";
    const std::string net = trace(), x = images();
    const outcome r = run({"infer", net, "--images", x, "--mode", "analog", "--set", "pe.array_rows=1024",
                           "--set", "pe.array_columns=1024", "--set", "block.crossbar.word_line_ohm=1",
                           "--set", "block.crossbar.bit_line_ohm=1"},
                          {}, [](pid_t child) {
                              usleep(500000); // most likely it is at the wires then
                              interrupt(child, SIGINT);
                          });
    EXPECT_EQ(r.code, 130) << r.signal << r.err;
    EXPECT_EQ(r.out, "");
    EXPECT_EQ(r.err, "npim: interrupted\n");
}

} // namespace

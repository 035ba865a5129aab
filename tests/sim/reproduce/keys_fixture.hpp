// Copies of the architecture files with single lines changed, and the runs in which a change must show.
#ifndef NPIM_TESTS_SIM_REPRODUCE_KEYS_FIXTURE_HPP
#define NPIM_TESTS_SIM_REPRODUCE_KEYS_FIXTURE_HPP

#include "sim/describe.h"
#include "sim/replay.h"
#include "sim/report.h"
#include "sim/reproduce/constants.h"
#include "sim/values/infer_report.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

// What is written for a key: "data.dac_bits", "2"; strings without quotes. "": the line is left out.
using edit = std::pair<std::string, std::string>;
using edits = std::vector<edit>;

// The numbers of a result as text; nothing when the run refuses.
using numbers = std::optional<std::string>;

struct arch_deleter {
    void operator()(npim_arch *arch) const {
        npim_arch_fini(arch);
        delete arch;
    }
};
using arch_ptr = std::unique_ptr<npim_arch, arch_deleter>;

// Numbers alone: texts name things and say where values come from, and the rate of work is the clock's.
inline void keep_numbers(cJSON *json) {
    cJSON *next = nullptr;
    for (cJSON *item = json->child; item; item = next) {
        next = item->next;
        const bool clock = item->string && std::string(item->string) == "macs_per_s";
        if (cJSON_IsString(item) || clock)
            cJSON_Delete(cJSON_DetachItemViaPointer(json, item));
        else
            keep_numbers(item);
    }
}

inline std::string numbers_of(cJSON *json) {
    if (!json) return "";
    keep_numbers(json);
    const std::unique_ptr<char, decltype(&cJSON_free)> text(cJSON_PrintUnformatted(json), cJSON_free);
    cJSON_Delete(json);
    return text.get();
}

// Convolutions, an addition, pooling, pixels of more than one packet, and fully connected layers, one of them
// with partial sums that go from tile to tile in every architecture: its chunks of rows do not divide a
// tile's arrays.
constexpr char keys_network[] = R"(name = "keys"
[network]
input = { channels = 3, height = 20, width = 20 }
[[layer]]
name = "conv1"
kind = "conv"
channels = 16
kernel = 3
padding = 1
activation = "relu"
[[layer]]
name = "conv2"
kind = "conv"
channels = 16
kernel = 3
padding = 1
[[layer]]
name = "add"
kind = "add"
inputs = ["conv2", "conv1"]
activation = "relu"
[[layer]]
name = "pool"
kind = "maxpool"
kernel = 2
stride = 2
[[layer]]
name = "many"
kind = "conv"
channels = 80
kernel = 1
[[layer]]
name = "wide"
kind = "fc"
inputs = ["add"]
channels = 24
[[layer]]
name = "narrow"
kind = "fc"
inputs = ["many"]
channels = 3
[[layer]]
name = "concat"
kind = "concat"
inputs = ["wide", "narrow"]
)";

class keys_fixture : public testing::Test {
  public:
    keys_fixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_keys_XXXXXX").string();
        folder = mkdtemp(pattern.data());
        std::filesystem::create_directories(folder / "sim/arch/base");
        std::filesystem::create_directory_symlink(NPIM_SOURCE_DIR "/sim/arch/circuits",
                                                  folder / "sim/arch/circuits");
        copy_files();
        for (const std::string &name : names) originals[name] = load(name);
        write("network.toml", keys_network);
        load_digits();
        std::filesystem::current_path(folder); // where names of architectures are looked for first
    }
    ~keys_fixture() override {
        std::filesystem::current_path(started_in);
        npim_images_fini(&images);
        npim_tensors_fini(&tensors);
        npim_network_fini(&digits);
        std::filesystem::remove_all(folder);
    }

    // The files of the project, but what one includes is a copy of its own: a change of isaac.toml is none of
    // isaac-2bit.
    void copy_files() {
        for (const auto &file : std::filesystem::directory_iterator(NPIM_SOURCE_DIR "/sim/arch")) {
            if (file.path().extension() != ".toml") continue;
            std::stringstream text;
            text << std::ifstream(file.path()).rdbuf();
            std::string all = text.str();
            write("sim/arch/base" / file.path().filename(), all);
            const auto at = all.find("\ninclude = \"");
            if (at != std::string::npos) all.insert(at + 12, "base/");
            write("sim/arch" / file.path().filename(), all);
            names.push_back(file.path().stem());
        }
    }

    void write(const std::filesystem::path &name, const std::string &text) const {
        std::ofstream(folder / name) << text;
    }

    arch_ptr load(const std::string &name, const std::vector<const char *> &sets = {}) {
        arch_ptr arch(new npim_arch());
        const std::string path = (folder / "sim/arch" / (name + ".toml")).string();
        error = {};
        if (npim_arch_load(arch.get(), path.c_str(), sets.data(), sets.size(), &error) != NPIM_OK)
            return nullptr;
        return arch;
    }

    const npim_arch &original(const std::string &name) {
        EXPECT_NE(originals[name], nullptr) << name;
        return *originals[name];
    }

    // The files as they are, but for these lines, wherever the architecture has them from.
    void apply(const std::string &name, const edits &changes) {
        for (const auto &[file, text] : edited) write(file, text);
        edited.clear();
        for (const edit &change : changes) {
            const npim_entry *entry = npim_doc_find(&original(name).doc, change.first.c_str());
            ASSERT_NE(entry, nullptr) << name << " has no " << change.first;
            replace_line(entry, change.second);
        }
    }

    // --- the three runs ---

    numbers describe(const std::string &name) {
        const arch_ptr arch = load(name);
        return arch ? numbers(numbers_of(npim_describe_json(arch.get()))) : std::nullopt;
    }

    // In a process of its own: SystemC elaborates one design.
    numbers replay(const std::string &name) {
        int ends[2];
        if (pipe(ends) != 0) std::abort();
        const pid_t child = fork();
        if (child == 0) {
            const numbers result = replay_here(name);
            std::ofstream out("/dev/fd/" + std::to_string(ends[1]));
            out << result.value_or("") << std::flush;
            _exit(result && out ? 0 : 1);
        }
        close(ends[1]);
        std::string text;
        char block[4096];
        for (ssize_t n; (n = read(ends[0], block, sizeof block)) > 0;)
            text.append(block, static_cast<size_t>(n));
        close(ends[0]);
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? numbers(text) : std::nullopt;
    }

    numbers infer(const std::string &name) {
        const arch_ptr arch = load(name);
        if (!arch) return std::nullopt;
        npim_inference result{};
        npim_infer_request request{};
        request.mode = NPIM_MODE_ANALOG;
        request.arch = arch.get();
        request.isa = npim_isa_best();
        request.threads = 1;
        if (npim_infer(&result, &request, &digits, &tensors, &images, &error) != NPIM_OK) return std::nullopt;
        const npim_infer_subject subject = {&digits, arch.get()};
        const std::string text = numbers_of(npim_infer_json(&result, &subject));
        npim_inference_fini(&result);
        return text;
    }

    std::filesystem::path folder;
    std::vector<std::string> names; // of the architectures
    npim_error error{};

  private:
    std::map<std::string, arch_ptr> originals;
    std::map<std::string, std::string> edited; // files and what they were
    const std::filesystem::path started_in = std::filesystem::current_path();

    numbers replay_here(const std::string &name) {
        npim_network network{};
        npim_graph graph{};
        npim_map map{};
        npim_measurement measurement{};
        npim_result result{};
        const arch_ptr arch = load(name, {"system.chips=2", "run.images=4"});
        const std::string path = (folder / "network.toml").string();
        npim_status status = arch ? npim_network_load(&network, path.c_str(), &error) : error.status;
        if (status == NPIM_OK) status = npim_graph_build(&graph, &network, nullptr, &error);
        if (status == NPIM_OK) status = npim_map_make(&map, arch.get(), &network, &graph, nullptr, &error);
        const npim_replay_options options{};
        if (status == NPIM_OK) status = npim_replay(&measurement, &map, &options, &error);
        if (status == NPIM_OK) status = npim_result_make(&result, &map, &measurement, &error);
        const numbers text =
            status == NPIM_OK ? numbers(numbers_of(npim_report_json(&result))) : std::nullopt;
        npim_result_fini(&result);
        npim_measurement_fini(&measurement);
        npim_map_fini(&map);
        npim_graph_fini(&graph);
        npim_network_fini(&network);
        return text;
    }

    // Four images of the digits.
    void load_digits() {
        const char *path = NPIM_SOURCE_DIR "/traces/digits",
                   *file = NPIM_SOURCE_DIR "/traces/digits/images.npy";
        npim_status status = npim_network_load(&digits, path, &error);
        if (status == NPIM_OK) status = npim_tensors_load(&tensors, &digits, path, &error);
        if (status == NPIM_OK) status = npim_images_read(&images, &digits, file, &error);
        EXPECT_EQ(status, NPIM_OK) << error.message;
        if (images.n > 4) images.n = 4;
    }

    void replace_line(const npim_entry *entry, const std::string &value) {
        std::stringstream before, after;
        before << std::ifstream(entry->file).rdbuf();
        edited.emplace(entry->file, before.str());
        std::string line;
        for (uint32_t n = 1; std::getline(before, line); n++)
            after << (n == entry->line ? with_value(line, entry, value) : line) << '\n';
        write(entry->file, after.str());
    }

    // key = { value = 8, source = ... } or key = "text" # comment
    static std::string with_value(const std::string &line, const npim_entry *entry,
                                  const std::string &value) {
        if (value.empty()) return "";
        const std::string text = entry->kind == NPIM_ENTRY_STRING ? '"' + value + '"' : value;
        const auto inside = line.find("{ value = ");
        const auto from = inside == std::string::npos ? line.find("= ") + 2 : inside + 10;
        const auto to =
            std::min(line.find(inside == std::string::npos ? " #" : ", source", from), line.size());
        EXPECT_NE(line.substr(from, to - from), text) << line;
        return line.substr(0, from) + text + line.substr(to);
    }

    npim_network digits{};
    npim_tensors tensors{};
    npim_images images{};
};

#endif

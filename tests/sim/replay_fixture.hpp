// Loads an architecture and a network, maps and replays them: what the tests of the simulation share. One
// replay for each test, since SystemC elaborates one design in a process.
#ifndef NPIM_TESTS_SIM_REPLAY_FIXTURE_HPP
#define NPIM_TESTS_SIM_REPLAY_FIXTURE_HPP

#include "sim/replay.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

inline const std::vector<std::string> architectures = {"isaac", "cascade", "neural-pim"};

// A tiny network of tests/data, a network of traces, or a path.
inline std::string network_path(const std::string &name) {
    if (name.find('/') != std::string::npos) return name;
    if (name.rfind("tiny_", 0) == 0) return NPIM_TEST_DATA "/" + name + ".toml";
    return NPIM_SOURCE_DIR "/traces/" + name;
}

// "neural-pim" as a part of a test's name.
inline std::string test_name(std::string text) {
    for (char &c : text)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return text;
}

class replay_fixture : public testing::Test {
  protected:
    // Everything that a run needs; too large for some stacks.
    struct run_state {
        npim_arch arch{};
        npim_network network{};
        npim_graph graph{};
        npim_map map{};
        npim_measurement measurement{};
        npim_result result{};
        ~run_state() {
            npim_result_fini(&result);
            npim_measurement_fini(&measurement);
            npim_map_fini(&map);
            npim_graph_fini(&graph);
            npim_network_fini(&network);
            npim_arch_fini(&arch);
        }
    };

    replay_fixture() : state(new run_state()) {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_replay_XXXXXX").string();
        folder = mkdtemp(pattern.data());
    }
    ~replay_fixture() override { std::filesystem::remove_all(folder); }

    // Up to the mapping.
    npim_status load(const std::string &network, const std::string &arch,
                     const std::vector<std::string> &sets = {}) {
        std::vector<const char *> assignments;
        for (const std::string &set : sets) assignments.push_back(set.c_str());
        const std::string file = NPIM_SOURCE_DIR "/sim/arch/" + arch + ".toml";
        npim_status status =
            npim_arch_load(&state->arch, file.c_str(), assignments.data(), assignments.size(), &error);
        if (status == NPIM_OK)
            status = npim_network_load(&state->network, network_path(network).c_str(), &error);
        if (status == NPIM_OK) status = npim_graph_build(&state->graph, &state->network, nullptr, &error);
        if (status == NPIM_OK)
            status =
                npim_map_make(&state->map, &state->arch, &state->network, &state->graph, nullptr, &error);
        return status;
    }

    npim_status simulate(const npim_replay_options &options = {}) {
        return npim_replay(&state->measurement, &state->map, &options, &error);
    }

    // All of it; every step must succeed.
    void replay(const std::string &network, const std::string &arch,
                const std::vector<std::string> &sets = {}) {
        ASSERT_EQ(load(network, arch, sets), NPIM_OK) << error.message;
        ASSERT_EQ(simulate(), NPIM_OK) << error.message;
        ASSERT_EQ(npim_result_make(&state->result, &state->map, &state->measurement, &error), NPIM_OK)
            << error.message;
    }

    // Writes a network into the test's folder and returns its path.
    std::string write_network(const std::string &text) {
        const std::string path = (folder / "network.toml").string();
        std::ofstream(path) << text;
        return path;
    }

    const npim_result &result() const { return state->result; }
    const npim_measurement &measurement() const { return state->measurement; }
    const npim_layer_counts &counts(uint32_t layer) const { return state->measurement.layers[layer]; }

    std::unique_ptr<run_state> state;
    npim_error error{};
    std::filesystem::path folder;
};

#endif

// Loads traces written in the test, for the tests of sim/network*.
#ifndef NPIM_TESTS_SIM_NETWORK_FIXTURE_HPP
#define NPIM_TESTS_SIM_NETWORK_FIXTURE_HPP

#include "sim/network.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace network_text {

using shape = std::vector<uint32_t>;

// Lines 1 to 3, so that the first layer begins in line 4.
inline const std::string head = "name = \"t\"\n[network]\ninput = { channels = 3, height = 8, width = 8 }\n";

inline std::string layer(const std::string &name, const std::string &kind, const std::string &keys = "") {
    return "[[layer]]\nname = \"" + name + "\"\nkind = \"" + kind + "\"\n" + keys + "\n";
}

inline std::string conv(const std::string &name, const std::string &inputs = "") {
    return layer(name, "conv", "channels = 4\nkernel = 1" + (inputs.empty() ? "" : "\ninputs = " + inputs));
}

inline std::string read(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    EXPECT_FALSE(text.str().empty()) << path;
    return text.str();
}

struct network_fixture : testing::Test {
    network_fixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "npim_network_XXXXXX").string();
        folder = mkdtemp(pattern.data()); // its own, whoever else runs the same test
    }
    ~network_fixture() override {
        npim_network_fini(&n);
        std::filesystem::remove_all(folder);
    }
    npim_status load(const std::string &path) {
        npim_network_fini(&n);
        e = {};
        const npim_status status = npim_network_load(&n, path.c_str(), &e);
        EXPECT_EQ(status == NPIM_OK, n.layers != nullptr);
        EXPECT_EQ(e.status, status);
        EXPECT_EQ(e.message[0] == '\0', status == NPIM_OK) << e.message;
        return status;
    }
    npim_status load_text(const std::string &text) {
        std::ofstream(folder / "t.toml", std::ios::binary) << text;
        return load((folder / "t.toml").string());
    }
    // Refused with status, at that line (0: of the file as a whole), with that text in the message.
    void refuses(const std::string &text, unsigned line, const std::string &fragment,
                 npim_status status = NPIM_ECONFIG) {
        ASSERT_EQ(load_text(text), status) << text << e.message;
        const std::string place = "t.toml:" + (line ? std::to_string(line) + ":" : "");
        const std::string message = e.message;
        EXPECT_NE(message.find(line ? place : "t.toml"), std::string::npos) << place << " not in " << message;
        EXPECT_NE(message.find(fragment), std::string::npos) << fragment << " not in " << message;
    }
    const npim_layer &at(const std::string &name) {
        for (uint32_t i = 0; i < n.n_layers; i++)
            if (n.layers[i].name == name) return n.layers[i];
        ADD_FAILURE() << "no layer " << name;
        static const npim_layer none{};
        return none;
    }
    shape out(const std::string &name) { return {at(name).out_c, at(name).out_h, at(name).out_w}; }
    std::string order() {
        std::string names;
        for (uint32_t i = 0; i < n.n_layers; i++) names += std::string(i ? " " : "") + n.layers[i].name;
        return names;
    }
    std::filesystem::path folder;
    npim_network n{};
    npim_error e{};
};

} // namespace network_text

#endif

// Files that nobody would write: the program answers, or refuses with a message; it never crashes, hangs or
// breaks an invariant, and leaves nothing behind.
#include "../hw/support.hpp"
#include "program_fixture.hpp"

#include <random>

namespace {

const std::vector<std::string> numbers = {"0",
                                          "1",
                                          "-1",
                                          "2",
                                          "3",
                                          "7",
                                          "16",
                                          "255",
                                          "65535",
                                          "65536",
                                          "65537",
                                          "4294967295",
                                          "4294967296",
                                          "9223372036854775807",
                                          "99999999999999999999",
                                          "1e9",
                                          "0.5",
                                          "1e308",
                                          "nan",
                                          "inf",
                                          "-0.0",
                                          "true",
                                          "\"x\"",
                                          "[]",
                                          "[1]",
                                          "[1, 2]",
                                          "[1, 2, 3, 4]",
                                          "{}",
                                          "1979-05-27",
                                          "'''"};

class mutator {
  public:
    explicit mutator(uint64_t seed) : random_(seed) {}

    size_t below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random_); }
    template <class T> const T &one_of(const std::vector<T> &all) { return all[below(all.size())]; }

    std::string mutate(std::string text) {
        for (size_t n = 1 + below(3); n > 0; n--) text = once(text);
        return text;
    }

  private:
    std::string once(std::string text) {
        if (text.empty()) return "x";
        const size_t at = below(text.size());
        switch (below(8)) {
        case 0: // a byte
            text[at] = static_cast<char>(1 + below(255));
            return text;
        case 1: // cut off
            return text.substr(0, at);
        case 2: // a piece twice
            return text.insert(at, text.substr(below(text.size()), below(80)));
        case 3: // a piece less
            return text.erase(at, below(80));
        case 4: // a line twice, somewhere else
            return text.insert(text.find('\n', at) == std::string::npos ? 0 : text.find('\n', at) + 1,
                               line_at(text, below(text.size())));
        default: // a number
            return other_number(text, at);
        }
    }
    static std::string line_at(const std::string &text, size_t at) {
        const size_t from = text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
        return text.substr(from, text.find('\n', from) - from) + "\n";
    }
    std::string other_number(std::string text, size_t at) {
        const size_t from = text.find_first_of("0123456789", at);
        if (from == std::string::npos) return text;
        const size_t to = text.find_first_not_of("0123456789.", from);
        return text.replace(from, to - from, one_of(numbers));
    }

    std::mt19937_64 random_;
};

struct commands_fuzz_test : program_fixture {
    commands_fuzz_test() { patience_s = 60; }

    // Runs a mutation of one of the files; the words say what to do with it.
    void fuzz(uint64_t preset, int rounds, const std::vector<std::string> &files,
              const std::function<words(const std::string &path, mutator &)> &command) {
        mutator m(test_seed(preset));
        for (int i = 0; i < rounds && !HasFailure(); i++) {
            const std::string text = m.mutate(read_text(m.one_of(files))), path = write("fuzz.toml", text);
            const words arguments = command(path, m);
            const outcome r = run(arguments);
            const bool known = r.code == 0 || (r.code >= 2 && r.code <= 5);
            EXPECT_TRUE(known && !r.hung) << "round " << i << ": " << joined(arguments) << "\nexit code "
                                          << r.code << ", signal " << r.signal << "\n"
                                          << r.err << "\n"
                                          << text;
            EXPECT_EQ(r.code == 0, r.err.empty()) << r.err;
            EXPECT_EQ(r.code == 0, !r.out.empty()) << "round " << i;
            EXPECT_EQ(r.code == 0 || r.err.rfind("npim: ", 0) == 0, true) << r.err;
            EXPECT_EQ(listing(), std::vector<std::string>{"fuzz.toml"});
        }
    }
    static words on_network(const std::string &path, mutator &m) {
        return {m.one_of<std::string>({"replay", "map"}), path, "--json", "--arch",
                m.one_of<std::string>({"isaac", "cascade", "neural-pim"})};
    }
    static words on_arch(const std::string &path, mutator &m) {
        switch (m.below(3)) {
        case 0:
            return {"describe", path, "--json"};
        case 1:
            return {"config", path};
        default:
            return {"replay",
                    network_file(m.one_of<std::string>({"tiny_chain", "tiny_residual", "tiny_grouped"})),
                    "--arch", path};
        }
    }
    const std::vector<std::string> networks = {network_file("tiny_chain"),   network_file("tiny_concat"),
                                               network_file("tiny_conv"),    network_file("tiny_depthwise"),
                                               network_file("tiny_fc"),      network_file("tiny_grouped"),
                                               network_file("tiny_residual")};
    const std::vector<std::string> archs = {arch_file("isaac"), arch_file("cascade"),
                                            arch_file("neural-pim")};
};

TEST_F(commands_fuzz_test, SlowNetworksA) {
    fuzz(1001, 125, networks, on_network);
}
TEST_F(commands_fuzz_test, SlowNetworksB) {
    fuzz(1002, 125, networks, on_network);
}
TEST_F(commands_fuzz_test, SlowArchitecturesA) {
    fuzz(1003, 125, archs, on_arch);
}
TEST_F(commands_fuzz_test, SlowArchitecturesB) {
    fuzz(1004, 125, archs, on_arch);
}

// Whatever the machine, a network that fits is replayed to its end and its books balance.
TEST_F(commands_fuzz_test, SlowSettings) {
    const std::vector<words> settings = {{"chip.tiles", "1", "2", "5", "61", "280"},
                                         {"chip.tiles_per_router", "1", "2", "3", "12"},
                                         {"tile.pes", "1", "2", "8"},
                                         {"pe.arrays", "1", "3", "32"},
                                         {"pe.array_rows", "2", "7", "64", "1024"},
                                         {"pe.array_columns", "16", "17", "100", "1024"},
                                         {"pe.cycle_ns", "0.001", "1", "99.9", "1000000"},
                                         {"pe.synchronous", "true", "false"},
                                         {"data.psum_B", "1", "3", "8"},
                                         {"data.input_bits", "4", "9", "16"},
                                         {"data.activation_B", "2", "4"},
                                         {"data.weight_bits", "4", "16"},
                                         {"block.edram.banks", "1", "2", "16"},
                                         {"block.edram.size_B", "64", "1000", "4096"},
                                         {"block.edram.width_B", "1", "8", "32"},
                                         {"block.bus.width_bits", "8", "16", "384"},
                                         {"block.link.flit_B", "1", "4", "8"},
                                         {"block.link.packet_flits", "1", "3", "16"},
                                         {"block.adder.units", "1", "3"},
                                         {"run.images", "2", "5", "17"},
                                         {"run.minimum_buffers", "true"},
                                         {"run.extra_windows", "1", "7"},
                                         {"system.ideal_links", "true"}};
    fuzz(1005, 120, networks, [&settings](const std::string &path, mutator &m) {
        words all = on_network(path, m);
        std::ofstream(path) << read_text(network_file(m.one_of<std::string>(
            {"tiny_chain", "tiny_concat", "tiny_depthwise", "tiny_grouped", "tiny_residual"})));
        for (size_t n = 1 + m.below(4); n > 0; n--) {
            const words &row = m.one_of(settings);
            all.insert(all.end(), {"--set", row[0] + "=" + row[1 + m.below(row.size() - 1)]});
        }
        return all;
    });
}

} // namespace

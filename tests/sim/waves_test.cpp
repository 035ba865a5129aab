// Waves end to end: the program writes them, an own parser reads them back.
#include "csv_table.hpp"
#include "hw/random.h"
#include "program_fixture.hpp"
#include "vcd_reader.hpp"

#include <cmath>

namespace {

struct waves_test : program_fixture {
    // Replays a tiny network with its waves, and returns them.
    std::string wave(const std::string &network, const std::string &arch, const words &more = {},
                     const std::string &scope = "chip_0.tile_000.**") {
        words all = {"replay", network_file(network), "--arch",       arch, "--json",
                     "--wave", path_of("x.vcd"),      "--wave-scope", scope};
        all.insert(all.end(), more.begin(), more.end());
        json_text = answer(all);
        return read_text(path_of("x.vcd"));
    }
    void expect_same_results(const std::string &network);
    std::string json_text;
};

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

bool ends_with(const std::string &text, const std::string &ending) {
    return text.size() >= ending.size() &&
           text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

// The slots of a save file by layer: "tile_000 slot_3 conv1 replica 2".
std::map<std::string, std::vector<std::string>> slots_by_layer(const std::string &save_file) {
    std::map<std::string, std::vector<std::string>> slots;
    const auto lines = lines_of(save_file);
    for (size_t i = 0; i + 1 < lines.size(); i++) {
        std::istringstream in(lines[i + 1]);
        std::string tile, slot, layer;
        in >> tile >> slot >> layer;
        if ((lines[i] == "@800200" || lines[i] == "@c00200") && slot.rfind("slot_", 0) == 0)
            slots[layer].push_back("chip_0." + tile.substr(1) + "." + slot);
    }
    return slots;
}

// The results directory of a replay, with and without waves of everything.
void waves_test::expect_same_results(const std::string &network) {
    for (const char *arch : {"neural-pim", "isaac", "cascade", "isaac-16bit"}) {
        SCOPED_TRACE(std::string(arch) + " " + network);
        const words plain = {"replay", network_file(network), "--arch", arch, "--images", "3"};
        words with = plain, files = plain;
        files.insert(files.end(), {"--out", path_of("plain")});
        with.insert(with.end(), {"--out", path_of("with"), "--wave", path_of("x.vcd"), "--wave-scope", "**",
                                 "--wave-max", "100000"});
        EXPECT_EQ(answer(files), answer(with));
        for (const char *file : {"summary.json", "layers.csv", "blocks.csv", "links.csv", "config.toml"})
            EXPECT_EQ(read_text(folder / "plain" / file), read_text(folder / "with" / file)) << file;
        std::filesystem::remove_all(folder / "plain");
        std::filesystem::remove_all(folder / "with");
    }
}

TEST_F(waves_test, do_not_change_the_results) {
    expect_same_results("tiny_chain");
}
TEST_F(waves_test, do_not_change_the_results_of_branches) {
    expect_same_results("tiny_residual");
}

TEST_F(waves_test, are_well_formed_and_the_save_file_names_what_is_there) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"}) {
        SCOPED_TRACE(arch);
        const vcd_reader read(wave("tiny_chain", arch, {"--images", "2"}, "chip_0.*_000.**"));
        EXPECT_EQ(read.timescale, "1ps");
        EXPECT_EQ(read.first_ps, 0u);
        const std::string save_file = read_text(path_of("x.gtkw"));
        uint32_t n = 0, n_analog = 0;
        std::string flags;
        for (const std::string &line : lines_of(save_file)) {
            if (line[0] == '@') flags = line;
            if (line.rfind("+{", 0) != 0) continue;
            std::string name = line.substr(line.find("} ") + 2);
            const auto range = name.find('[');
            const std::string bits = range == std::string::npos ? "" : name.substr(range);
            name = name.substr(0, range);
            ASSERT_TRUE(read.signals.count(name)) << name;
            const vcd_signal &one = read[name];
            EXPECT_EQ(bits,
                      one.bits > 1 && one.type == "wire" ? "[" + std::to_string(one.bits - 1) + ":0]" : "");
            EXPECT_EQ(flags == "@88420", ends_with(name, "_V") || ends_with(name, "_A")) << name << flags;
            EXPECT_EQ(flags == "@2022", ends_with(name, ".state")) << name;
            n++;
            n_analog += flags == "@88420";
        }
        EXPECT_GT(n, 50u);
        EXPECT_GT(n_analog, 10u);
        EXPECT_NE(save_file.find("^1 ./x.state.txt\n"), std::string::npos);
        EXPECT_NE(read_text(path_of("x.state.txt")).find("2 computing\n3 wait_input\n"), std::string::npos);
    }
}

// Against the layers' table: every window computes for one interval, the first one is read at the start.
TEST_F(waves_test, have_the_time_base_of_the_layers_table) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"}) {
        SCOPED_TRACE(arch);
        const vcd_reader read(wave("tiny_chain", arch,
                                   {"--images", "3", "--wave-max", "100000", "--out", path_of(arch)}, "**"));
        const auto slots = slots_by_layer(read_text(path_of("x.gtkw")));
        const csv_table layers(read_text(folder / arch / "layers.csv"));
        for (size_t row = 0; row < layers.rows.size(); row++) {
            if (layers.text(row, "kind") != "conv" && layers.text(row, "kind") != "fc") continue;
            SCOPED_TRACE(layers.text(row, "layer"));
            ASSERT_TRUE(slots.count(layers.text(row, "layer")));
            uint64_t computing_ps = 0, first_ps = UINT64_MAX, n_begun = 0;
            for (const std::string &slot : slots.at(layers.text(row, "layer"))) {
                const vcd_signal &state = read[slot + ".state"];
                computing_ps += state.time_at(2, read.last_ps);
                if (state.changes.size() > 1) first_ps = std::min(first_ps, state.changes[1].first);
                n_begun += vcd_signal::number(read[slot + ".crossbar.n_done"].changes.back().second);
            }
            EXPECT_EQ(
                static_cast<double>(computing_ps),
                std::round(1000 * 3 * layers.number(row, "interval_ns") * layers.number(row, "windows")));
            EXPECT_EQ(static_cast<double>(first_ps), std::round(1000 * layers.number(row, "start_ns")));
            EXPECT_GE(static_cast<double>(n_begun), 3 * layers.number(row, "windows"))
                << "a crossbar works in every cycle";
        }
        const vcd_reader one(wave("tiny_chain", arch));
        EXPECT_EQ(static_cast<double>(one.last_ps),
                  std::round(1000 * number_of(parsed(json_text).get(), "latency_ns")));
    }
}

// The accumulated voltage of the first window of a slot, of perfect cells, against an own computation in
// integers.
TEST_F(waves_test, accumulate_what_was_drawn) {
    const vcd_reader read(wave("tiny_conv", "neural-pim", {"--seed", "11", "--set", "block.rram.sigma=0"}));
    const std::string slot = "chip_0.tile_000.slot_0";
    const vcd_signal &state = read[slot + ".state"];
    uint64_t start_ps = UINT64_MAX;
    for (const auto &[at, value] : state.changes)
        if (vcd_signal::number(value) == 2) start_ps = std::min(start_ps, at);
    ASSERT_NE(start_ps, UINT64_MAX);
    const uint64_t cycle_ps = 123000, window = read[slot + ".row"].number_at(start_ps) << 20 |
                                               read[slot + ".column"].number_at(start_ps);
    // Node 1 is the convolution of 36 rows; its first block of columns.
    const npim_random inputs = {11, 1}, weights = {11, 1u << 31 | 1u << 16};
    double dot[2] = {0, 0}, mean = 0, square = 0;
    for (uint32_t r = 0; r < 36; r++) {
        const uint64_t x = npim_random_bits(&inputs, NPIM_DRAW_INPUT, window << 20 | r) & 255;
        const double w = static_cast<double>(npim_random_bits(&weights, NPIM_DRAW_WEIGHT, r) % 511) - 255;
        dot[0] += static_cast<double>(x & 15) * w;
        dot[1] += static_cast<double>(x >> 4) * w;
    }
    for (int digit = 0; digit < 16; digit++) {
        mean += digit / 16.0 / 4; // a cell of a differential pair is on in one of four
        square += digit * digit / 16.0 / 4;
    }
    const double unit_V = 0.5 / (128 * mean + 4 * std::sqrt(128 * (square - mean * mean)));
    const double first_V = 15.0 / 16 * unit_V * dot[0] / 255;
    const double second_V = first_V / 16 + 15.0 / 16 * unit_V * dot[1] / 255;
    const vcd_signal &acc = read[slot + ".neural_sa.v_acc_V"];
    EXPECT_EQ(acc.real_at(start_ps + cycle_ps - 1), 0.0) << "before the first cycle is over";
    EXPECT_NEAR(acc.real_at(start_ps + cycle_ps), first_V, 1e-12);
    EXPECT_NEAR(acc.real_at(start_ps + 2 * cycle_ps - 1), first_V, 1e-12);
    EXPECT_NEAR(acc.real_at(start_ps + 2 * cycle_ps), second_V, 1e-12);
    EXPECT_GT(std::fabs(second_V), 1e-4);
    const vcd_signal &code = read[slot + ".neural_adc.code"];
    // The circuit's transitions lie within 0.1 LSB of multiples of it.
    const double at_lsb = 128 + second_V * 256;
    const auto found = static_cast<double>(vcd_signal::number(code.changes[1].second));
    EXPECT_GT(found, at_lsb - 1.1);
    EXPECT_LT(found, at_lsb + 0.1);
    const vcd_signal &residue = read[slot + ".neural_adc.residue_V"];
    EXPECT_GT(residue.real_at(code.changes[1].first), 0.0);
    EXPECT_LT(residue.real_at(code.changes[1].first), 1.0);
    EXPECT_GT(code.changes[1].first, start_ps + 2 * cycle_ps);
}

TEST_F(waves_test, of_a_window_are_a_part_of_the_whole) {
    const vcd_reader whole(wave("tiny_chain", "cascade", {"--images", "2"}));
    const vcd_reader part(wave("tiny_chain", "cascade", {"--images", "2", "--wave-window", "1us:1500.5ns"}));
    EXPECT_EQ(part.first_ps, 1000000u);
    EXPECT_EQ(part.last_ps, 1500500u);
    EXPECT_EQ(part.signals.size(), whole.signals.size());
    uint32_t n_changes = 0;
    for (const auto &[name, one] : whole.signals) {
        SCOPED_TRACE(name);
        std::vector<std::pair<uint64_t, std::string>> expected = {{1000000, one.at(1000000)}};
        for (const auto &change : one.changes)
            if (change.first > 1000000 && change.first < 1500500) expected.push_back(change);
        EXPECT_EQ(part[name].changes, expected);
        n_changes += static_cast<uint32_t>(expected.size()) - 1;
    }
    EXPECT_GT(n_changes, 20u);
    wave("tiny_chain", "cascade", {"--wave-window", "1us:900ms"});
    EXPECT_LT(vcd_reader(read_text(path_of("x.vcd"))).last_ps, 100000000u) << "the end of the run";
}

TEST_F(waves_test, are_the_same_for_a_seed_and_differ_in_values_alone_for_another) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"}) {
        SCOPED_TRACE(arch);
        const std::string one = wave("tiny_chain", arch, {"--seed", "5"});
        const std::string save_file = read_text(path_of("x.gtkw"));
        EXPECT_TRUE(one == wave("tiny_chain", arch, {"--seed", "5"}));
        EXPECT_EQ(save_file, read_text(path_of("x.gtkw")));
        const vcd_reader first(one), other(wave("tiny_chain", arch, {"--seed", "6"}));
        EXPECT_EQ(first.last_ps, other.last_ps);
        std::set<std::string> different;
        for (const auto &[name, signal] : first.signals)
            if (signal.changes != other[name].changes) different.insert(name.substr(name.rfind('.') + 1));
        EXPECT_TRUE(different.count("code"));
        for (const std::string &name : different) // values of the lanes
            EXPECT_TRUE((std::set<std::string>{"code", "v_out_V", "i_bl_A", "v_in_V", "v_acc_V", "sum",
                                               "i_in_A", "level", "residue_V"}
                             .count(name)))
                << name;
    }
}

TEST_F(waves_test, list_their_signals) {
    const vcd_reader read(wave("tiny_chain", "isaac"));
    const words list = {"replay",       network_file("tiny_chain"), "--arch", "isaac", "--wave-list",
                        "--wave-scope", "chip_0.tile_000.**"};
    std::set<std::string> names;
    for (const std::string &line : lines_of(answer(list))) names.insert(line.substr(0, line.find(' ')));
    std::set<std::string> expected;
    for (const auto &[name, one] : read.signals) expected.insert(name);
    EXPECT_EQ(names, expected);
    words in_json = list;
    in_json.push_back("--json");
    const json_ptr root = json(in_json);
    const cJSON *signals = cJSON_GetObjectItem(root.get(), "signals"), *one = nullptr;
    EXPECT_EQ(static_cast<size_t>(cJSON_GetArraySize(signals)), expected.size());
    cJSON_ArrayForEach(one, signals) {
        EXPECT_FALSE(text_in(one, "meaning").empty());
        const std::string name = text_in(one, "name"), unit = text_in(one, "unit");
        if (ends_with(name, "_V") || ends_with(name, "_pJ") || ends_with(name, "_A")) {
            EXPECT_EQ(unit, name.substr(name.rfind('_') + 1)) << name;
        }
        const vcd_signal &signal = read[name];
        EXPECT_EQ(text_in(one, "kind") == "real", signal.type == "real") << name;
    }
    EXPECT_GT(lines_of(answer({"replay", network_file("tiny_chain"), "--wave-list"})).size(), names.size());
}

TEST_F(waves_test, of_links_alone_need_no_stages) {
    const vcd_reader read(wave("tiny_chain", "neural-pim", {}, "chip_0.router_000.**"));
    uint64_t busy_ps = 0;
    for (const auto &[name, one] : read.signals) {
        EXPECT_EQ(name.rfind("chip_0.router_000.", 0), 0u);
        busy_ps += one.time_at(1, read.last_ps);
    }
    EXPECT_GT(busy_ps, 0u);
    EXPECT_EQ(listing(), (std::vector<std::string>{"x.gtkw", "x.vcd"})) << "no states, no names";
}

TEST_F(waves_test, reach_every_chip_and_the_links_between_them) {
    wave("tiny_chain", "neural-pim", {"--chips", "2"}, "chip_1.router_*.**");
    EXPECT_GT(vcd_reader(read_text(path_of("x.vcd"))).signals.size(), 8u);
    const vcd_reader links(wave("tiny_chain", "neural-pim", {"--chips", "2"}, "*link*.**"));
    EXPECT_GT(links["host_link.away.busy"].time_at(1, links.last_ps), 0u) << "the image comes in";
    EXPECT_TRUE(links.signals.count("link_0_1.away.busy"));
}

TEST_F(waves_test, that_cannot_be_are_refused) {
    const std::string network = network_file("tiny_chain"), file = path_of("x.vcd");
    const struct {
        words more;
        std::initializer_list<std::string> parts;
    } rows[] = {{{"--wave-scope", "chip_0.tile_999.**"},
                 {"chip_0.tile_999.**", "matches no signal", "chip_0.tile_000.slot_0.state"}},
                {{"--wave-scope", "chip_0.tile_000"}, {"matches no signal", "'chip_0.tile_000.**'"}},
                {{"--wave-scope", ""}, {"matches no signal"}},
                {{"--wave-scope", "**", "--wave-max", "10"}, {"signals", "--wave-max allows 10"}},
                {{"--wave-scope", "**", "--wave-window", "5us:4us"}, {"FROM must be before TO"}},
                {{"--wave-scope", "**", "--wave-window", "500ms:501ms"}, {"500000.000000 us", "over after"}},
                {{}, {"--wave-scope"}}};
    for (const auto &row : rows) {
        words all = {"replay", network, "--wave", file};
        all.insert(all.end(), row.more.begin(), row.more.end());
        refuse(2, all, row.parts);
    }
    refuse(2, {"replay", network, "--wave", path_of("x.fst"), "--wave-scope", "**"}, {"x.fst", ".vcd"});
    refuse(2, {"replay", network, "--wave", path_of("no/x.vcd"), "--wave-scope", "**"},
           {"cannot write", "x.vcd"});
    refuse(2, {"replay", network, "--wave-window", "1us:2us"}, {"--wave FILE.vcd"});
    refuse(2, {"replay", network, "--wave-list", "--wave-scope", "nothing"}, {"matches no signal"});
    refuse(2, {"map", network, "--wave", file}, {"unknown option --wave"});
}

// A limit on the size of files is as good as a full disk: in the declarations, in the values, in the save
// file.
TEST_F(waves_test, a_full_disk_leaves_nothing) {
    const uint64_t size = wave("tiny_chain", "isaac").size();
    for (const char *file : {"x.vcd", "x.gtkw", "x.state.txt"}) std::filesystem::remove(path_of(file));
    for (const rlim_t limit : {rlim_t{100}, rlim_t{size / 2}, rlim_t{size - 1}}) {
        const auto full = [limit] {
            const rlimit files = {limit, limit};
            setrlimit(RLIMIT_FSIZE, &files);
        };
        refuse(2,
               {"replay", network_file("tiny_chain"), "--arch", "isaac", "--json", "--wave", path_of("x.vcd"),
                "--wave-scope", "chip_0.tile_000.**"},
               {"cannot write", "x.vcd"}, full);
    }
}

// Sends the signal when the wave has begun to grow.
TEST_F(waves_test, an_interrupt_keeps_what_there_is) {
    const std::string path = path_of("x.vcd");
    const outcome r = run({"replay", network_file("tiny_chain"), "--images", "1000000", "--json", "--wave",
                           path, "--wave-scope", "chip_0.tile_000.slot_0.**"},
                          {}, [&path](pid_t child) {
                              std::error_code ignored;
                              for (int i = 0; i < 10000; i++, usleep(1000))
                                  if (const auto size = std::filesystem::file_size(path, ignored);
                                      !ignored && size > 500000)
                                      break;
                              kill(child, SIGINT);
                          });
    EXPECT_EQ(r.code, 130) << r.signal << r.err;
    EXPECT_EQ(r.err, "npim: interrupted\n");
    EXPECT_EQ(listing(), (std::vector<std::string>{"x.gtkw", "x.state.txt", "x.vcd"}));
    const vcd_reader read(read_text(path));
    EXPECT_GT(read.last_ps, 1000000u);
    EXPECT_GT(read["chip_0.tile_000.slot_0.image"].changes.size(), 10u);
}

} // namespace

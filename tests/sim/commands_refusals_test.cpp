// Everything that a user can get wrong, with its exit code and what the message must say.
#include "program_fixture.hpp"

namespace {

struct commands_refusals_test : program_fixture {
    // The tiny network with one edit is refused by replay and by map.
    void refuse_network(int code, const std::string &from, const std::string &to,
                        std::initializer_list<std::string> parts) {
        const std::string path = edited(network_file("tiny_chain"), from, to);
        refuse(code, {"replay", path, "--out", path_of("r")}, parts);
        refuse(code, {"map", path, "--json"}, parts);
    }
    // An architecture with one edit is refused by all commands.
    void refuse_arch(const std::string &from, const std::string &to,
                     std::initializer_list<std::string> parts) {
        const std::string path = edited(arch_file("isaac"), from, to);
        refuse(3, {"describe", path, "--json"}, parts);
        refuse(3, {"config", path}, parts);
        refuse(3, {"replay", network_file("tiny_conv"), "--arch", path, "--out", path_of("r")}, parts);
        refuse(3, {"map", network_file("tiny_conv"), "--arch", path}, parts);
    }
    void refuse_as_both(const std::string &path, std::initializer_list<std::string> parts) {
        refuse(3, {"replay", path}, parts);
        refuse(3, {"map", path}, parts);
        refuse(3, {"describe", path}, parts);
        refuse(3, {"config", path}, parts);
        refuse(3, {"replay", network_file("tiny_conv"), "--arch", path}, parts);
    }
};

// The line of the first occurrence of text in a file.
std::string line_of(const std::string &file, const std::string &text) {
    const std::string all = read_text(file);
    return ":" +
           std::to_string(1 +
                          std::count(all.begin(), all.begin() + static_cast<long>(all.find(text)), '\n')) +
           ":";
}

TEST_F(commands_refusals_test, files_that_are_none) {
    std::filesystem::create_directory(folder / "directory.toml");
    refuse_as_both(path_of("missing.toml"), {path_of("missing.toml"), "No such file"});
    refuse(3, {"describe", path_of("directory.toml")}, {path_of("directory.toml"), "directory"});
    refuse(3, {"replay", path_of("directory.toml")}, {path_of("directory.toml"), "without network.toml"});
    refuse(3, {"replay", "no such network"}, {"no such network", "./traces"});
    refuse(3, {"replay", network_file("tiny_conv"), "--arch", "no such chip"},
           {"no such chip", "./sim/arch"});
    refuse(3, {"replay", ""}, {"empty"});
    refuse(3, {"describe", "--arch="}, {"empty"});
    refuse(2, {"replay"}, {"which network"});
    refuse(2, {"map", "--json"}, {"which network"});
}

TEST_F(commands_refusals_test, empty_binary_and_truncated_files) {
    refuse_as_both(write("empty.toml", ""), {"empty.toml:1", "empty"});
    refuse_as_both(write("blank.toml", " \n\t\n"), {"blank.toml:1", "empty"});
    refuse_as_both(write("comment.toml", "# nothing\n"), {"comment.toml:1", "empty"});
    refuse_as_both(write("binary.toml", std::string("name\0=", 6)), {"binary.toml", "binary"});
    refuse_as_both(NPIM_PROGRAM "/../npim.toml/", {"npim.toml"});
    std::string noise;
    for (int i = 1; i < 2000; i++) noise += static_cast<char>(1 + i * 37 % 255);
    refuse_as_both(write("noise.toml", noise), {"noise.toml:1"});
    for (const auto &file : {network_file("tiny_chain"), arch_file("cascade")}) {
        const std::string text = read_text(file);
        const std::string path = write("truncated.toml", text.substr(0, text.rfind('=') + 1));
        refuse_as_both(path, {"truncated.toml:"});
    }
}

TEST_F(commands_refusals_test, a_fifo_nobody_writes_to_or_an_endless_device) {
    refuse_as_both("/dev/null", {"/dev/null", "empty"});
    refuse_as_both("/dev/zero", {"/dev/zero"});
}

TEST_F(commands_refusals_test, keys_of_a_network) {
    const std::string file = network_file("tiny_chain"), at = "edited.toml";
    refuse_network(3, "stride = 2", "strid = 2", {at + line_of(file, "stride = 2"), "strid", "stride"});
    refuse_network(3, "stride = 2", "stride = 2\nstride = 2", {at, "stride"});
    refuse_network(3, "stride = 2", "stride = \"2\"",
                   {at + line_of(file, "stride = 2"), "stride", "1..65536"});
    refuse_network(3, "stride = 2", "stride = 0",
                   {at + line_of(file, "stride = 2"), "stride = 0", "1..65536"});
    refuse_network(3, "stride = 2", "stride = 65537", {"stride = 65537", "1..65536"});
    refuse_network(3, "stride = 2", "stride = [1, 2, 3]", {at + line_of(file, "stride = 2"), "stride"});
    refuse_network(3, "channels = 7", "channels = 65537", {"channels = 65537", "1..65536"});
    refuse_network(3, "kernel = 3", "kernel = 65536", {at, "kernel", "65536"});
    refuse_network(3, "height = 13", "height = 0",
                   {at + line_of(file, "height = 13"), "height = 0", "1..65536"});
    refuse_network(3, "height = 13", "height = -13", {"height = -13", "1..65536"});
    refuse_network(3, "kind = \"conv\"", "kind = 1", {at, "kind", "text"});
    refuse_network(3, "kernel = 3\n", "", {at, "conv1", "kernel"});
}

TEST_F(commands_refusals_test, layers_of_a_network) {
    const std::string file = network_file("tiny_chain"), at = "edited.toml";
    refuse_network(3, "out = [7, 6, 5]", "out = [7, 6, 6]",
                   {at + line_of(file, "out = [7, 6, 5]"), "conv1", "[7, 6, 6]", "[7, 6, 5]"});
    refuse_network(3, "name = \"conv1\"", "name = \"conv1\"\ninputs = [\"conv2\"]",
                   {at, "cycle", "conv1", "conv2"});
    refuse_network(3, "name = \"conv1\"", "name = \"conv1\"\ninputs = [\"conv1\"]", {at, "cycle", "conv1"});
    refuse_network(3, "name = \"conv1\"", "name = \"conv1\"\ninputs = [\"nobody\"]", {at, "nobody"});
    refuse_network(3, "name = \"conv2\"", "name = \"conv1\"", {at, "conv1", "taken"});
    refuse_network(4, "kind = \"fc\"", "kind = \"gru\"",
                   {at + line_of(file, "kind = \"fc\""), "gru", "not supported", "conv", "globalpool"});
    refuse_network(3, "name = \"pool\"", "name = \"a pool\"",
                   {at + line_of(file, "name = \"pool\""), "name"});
    refuse_network(3, "kind = \"conv\"", "kind = \"add\"\ninputs = [\"input\", \"fc\"]\n#", {at});
}

TEST_F(commands_refusals_test, keys_of_an_architecture) {
    const std::string file = arch_file("isaac"), at = "edited.toml";
    refuse_arch("tiles_per_router", "tiles_per_ruter",
                {at + line_of(file, "tiles_per_router"),
                 "chip.tiles_per_ruter (did you mean chip.tiles_per_router?)"});
    refuse_arch("[tile]", "[tile]\npes = 1", {at, "pes"});
    refuse_arch("[tile]", "[tile]\n[tile]", {at, "tile"});
    refuse_arch("synchronous = { value = true", "synchronous = { value = 1",
                {at + line_of(file, "synchronous"), "pe.synchronous = 1", "true or false"});
    refuse_arch("strategy = { value = \"A\"", "strategy = { value = \"D\"",
                {"data.strategy = \"D\"", "A, B, C"});
    refuse_arch("tag = \"S\"", "tag = \"X\"", {at, "tag", "S, S2, D, A, C"});
    refuse_arch("[block.dac]\n", "[block.dca] # here\n",
                {at + line_of(file, "per = \"row\"\ngroup = \"dac\"\npower"), "block.dca.type",
                 "there is no block type dca"});
    refuse_arch("name = \"isaac\"", "", {at, "name", "missing"});
    refuse_arch("name = \"isaac\"", "include = \"nothing.toml\"\nname = \"isaac\"",
                {"nothing.toml", "No such file"});
    refuse_arch("name = \"isaac\"", "include = \"edited.toml\"\nname = \"isaac\"",
                {at, "include", "8 files deep"});
}

TEST_F(commands_refusals_test, values_out_of_range) {
    struct {
        const char *assignment, *range;
    } rows[] = {{"chip.tiles=0", "1..4096"},
                {"chip.tiles=100000", "1..4096"},
                {"chip.tiles_per_router=13", "1..12"},
                {"pe.array_rows=1", "2..1024"},
                {"pe.array_rows=1025", "2..1024"},
                {"pe.array_columns=15", "16..1024"},
                {"pe.cycle_ns=0", "0.001..1000000"},
                {"pe.cycle_ns=1e9", "0.001..1000000"},
                {"pe.cycle_ns=nan", "0.001..1000000"},
                {"pe.cycle_ns=-inf", "0.001..1000000"},
                {"run.images=0", "1..1000000"},
                {"run.images=1000000000", "1..1000000"},
                {"run.images=1e9", "1..1000000"},
                {"run.images=abc", "1..1000000"},
                {"run.seed=9007199254740993", "0..9007199254740992"},
                {"run.seed=-1", "0..9007199254740992"},
                {"data.psum_B=9", "1..8 B"},
                {"data.dac_bits=9", "1..8 bit"},
                {"data.cell_bits=9", "1..8 bit"},
                {"block.dac.units=0", "1..65536"},
                {"system.ideal_links=1", "true or false"},
                {"block.edram.size_B=33554432", "1..16777216"}};
    for (const auto &row : rows) {
        const std::string key = std::string(row.assignment).substr(0, std::string(row.assignment).find('='));
        for (const char *command : {"describe", "config"})
            refuse(3, {command, "isaac", "--set", row.assignment}, {"--set", key, row.range});
        refuse(3, {"replay", network_file("tiny_conv"), "--arch", "isaac", "--set", row.assignment},
               {key, row.range});
    }
}

TEST_F(commands_refusals_test, assignments_that_are_none) {
    const std::string net = network_file("tiny_conv");
    for (const char *bad : {"pe.cycle_ns", "=4", "", "pe.cycle_ns=", "pe cycle=4", "--json", "\xff=1"})
        refuse(2, {"replay", net, "--set", bad}, {"--set", bad, "key=value"});
    refuse(3, {"replay", net, "--set", "pe.cycle_n=4"}, {"--set", "pe.cycle_n (did you mean pe.cycle_ns?)"});
    refuse(3, {"describe", "--set", "nonsense=4"}, {"--set", "unknown key nonsense"});
    refuse(2, {"replay", net, "--images", "0"}, {"--images 0", "1..1000000"});
    refuse(2, {"replay", net, "--images", "abc"}, {"--images abc", "1..1000000"});
    refuse(2, {"map", net, "--images=1000000000"}, {"--images 1000000000", "1..1000000"});
    refuse(2, {"replay", net, "--seed", "-1"}, {"--seed -1", "0..9007199254740992"});
    refuse(2, {"replay", net, "--nonsense"}, {"--nonsense", "--images"});
    refuse(2, {"replay", net, "--arch"}, {"--arch needs a value"});
    refuse(2, {"replay", net, "another"}, {"another", "one name only"});
    refuse(2, {"describe", "--images", "2"}, {"--images"});
    refuse(2, {"config", "--json"}, {"--json"});
}

TEST_F(commands_refusals_test, networks_that_do_not_fit) {
    const words small = {"--set", "chip.tiles=1", "--set",   "tile.pes=1",
                         "--set", "pe.arrays=1",  "--chips", "1"};
    for (const char *command : {"replay", "map"}) {
        words all = {command, network_file("tiny_chain"), "--arch", "isaac"};
        all.insert(all.end(), small.begin(), small.end());
        refuse(5, all, {"tiny_chain on isaac", "arrays", "1 chip has 1", "chips"});
        refuse(5, {command, "googlenet", "--set", "chip.tiles=10", "--chips=1"}, {"googlenet", "at least"});
    }
    refuse(5, {"map", "vgg16", "--chips", "1"}, {"vgg16 on neural-pim", "1 chip has", "at least 8 chips"});
}

} // namespace

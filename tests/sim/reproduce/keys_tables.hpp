// Keys of architecture files that a test cannot change alone, or to any other value, each with the reason.
#ifndef NPIM_TESTS_SIM_REPRODUCE_KEYS_TABLES_HPP
#define NPIM_TESTS_SIM_REPRODUCE_KEYS_TABLES_HPP

#include "keys_fixture.hpp"

#include <set>

// A key whose change takes others, or values of its own to try. What is compared is made with the others
// wherever the architecture allows them without that key's.
struct special {
    const char *arch, *key;
    edits others;
    std::vector<std::string> values; // none: those of every key of its kind
    const char *reason;
};

constexpr char finer[] = "the converter must be fine enough for the partial sums";
constexpr char agree[] = "data.differential and the coding must agree";
constexpr char recipe[] = "the recipe must convert as often and as finely as the strategy says";
constexpr char swapped[] = "some stage must be of either group: they change places";
constexpr char rounded[] = "codes swallow errors below half a step, and those of such cells are far below";
constexpr char circuit[] = "the circuit is made for 8 bit";
constexpr char router[] = "the area of links is counted in the router: of 0, nobody sees the group";

inline const special specials[] = {
    {"isaac", "data.dac_bits", {{"block.sar_adc.bits", "9"}}, {}, finer},
    {"isaac", "data.cell_bits", {{"block.sar_adc.bits", "9"}}, {}, finer},
    {"isaac", "data.differential", {{"block.crossbar.coding", "biased"}}, {}, agree},
    {"isaac",
     "block.crossbar.coding",
     {{"data.differential", "false"}, {"block.rram.sigma", "0.3"}},
     {},
     rounded},
    {"isaac",
     "data.strategy",
     {{"block.sar_adc.bits", "10"}, {"pe.stage[5].fires", "result"}, {"pe.stage[5].per", "conversion"}},
     {},
     recipe},
    {"isaac", "block.rram.on_off_ratio", {}, {"1.5"}, rounded},
    {"isaac", "block.dac.group", {{"block.crossbar.group", "dac"}}, {}, swapped},
    {"isaac", "block.crossbar.group", {{"block.dac.group", "array"}}, {}, swapped},
    {"isaac", "block.link.group", {{"block.link.area_um2", "1"}}, {}, router},
    {"cascade",
     "data.cell_bits",
     {{"block.crossbar.coding", "biased"}},
     {},
     "two's complement: 1 bit per cell"},
    {"cascade", "data.differential", {{"block.crossbar.coding", "differential"}}, {}, agree},
    {"cascade", "block.rram.on_off_ratio", {}, {"1.5"}, rounded},
    {"cascade", "block.dac.group", {{"block.crossbar.group", "dac"}}, {}, swapped},
    {"cascade", "block.crossbar.group", {{"block.dac.group", "array"}}, {}, swapped},
    {"cascade", "block.link.group", {{"block.link.area_um2", "1"}}, {}, router},
    {"neural-pim", "data.differential", {{"block.crossbar.coding", "biased"}}, {}, agree},
    {"neural-pim",
     "block.crossbar.coding",
     {{"data.differential", "false"}, {"block.neural_sa.design", ""}, {"block.neural_adc.design", ""}},
     {},
     "the circuits are made for differential cells"},
    {"neural-pim",
     "data.strategy",
     {{"block.neural_adc.bits", "12"}, {"pe.stage[6].per", "conversion"}},
     {},
     recipe},
    {"neural-pim", "block.neural_adc.bits", {{"block.neural_adc.design", ""}}, {}, circuit},
    {"neural-pim", "block.dac.group", {{"block.crossbar.group", "dac"}}, {}, swapped},
    {"neural-pim", "block.crossbar.group", {{"block.dac.group", "array"}}, {}, swapped},
    {"neural-pim", "block.link.group", {{"block.link.area_um2", "1"}}, {}, router},
    {"isaac-16bit", "data.encoded", {{"block.sar_adc.bits", "9"}}, {}, finer},
    {"isaac-2bit", "data.encoded", {{"block.sar_adc.bits", "9"}}, {}, finer},
    {"isaac-16bit", "data.differential", {{"block.crossbar.coding", "differential"}}, {}, agree},
    {"isaac-16bit",
     "block.crossbar.coding",
     {{"data.input_bits", "8"}, {"data.weight_bits", "8"}, {"data.cell_bits", "1"}},
     {},
     "values have 8 bit, and two's complement has 1 bit per cell"},
    {"isaac-2bit", "data.differential", {{"block.crossbar.coding", "differential"}}, {}, agree},
    {"isaac-2bit",
     "block.crossbar.coding",
     {{"data.cell_bits", "1"}},
     {},
     "two's complement: 1 bit per cell"},
    {"cascade-differential", "data.differential", {{"block.crossbar.coding", "twos"}}, {}, agree},
    {"cascade-differential", "block.crossbar.coding", {{"data.differential", "false"}}, {}, agree},
};

// Keys that may have no other value than theirs. Their effect is that every other one is refused.
struct single {
    const char *key;
    std::set<std::string> archs;    // none: all
    const char *message;            // what the refusal names
    std::set<std::string> synonyms; // values that mean the same there
};

inline const single singles[] = {
    // The tile asks for these by name, and knows them in one place.
    {"block.crossbar.per", {}, "crossbar", {}},
    {"block.input_register.per", {}, "input_register", {}},
    {"block.tile_register.per", {}, "tile_register", {}},
    {"block.edram.per", {}, "block.edram.per", {}},
    {"block.bus.per", {}, "block.bus.per", {}},
    {"block.adder.per", {}, "adder", {}},
    {"block.activation.per", {}, "block.activation.per", {}},
    {"block.pooling.per", {}, "block.pooling.per", {}},
    {"block.router.per", {}, "block.router.per", {}},
    {"block.link.per", {}, "block.link.per", {}},
    {"block.chip_link.per", {}, "block.chip_link.per", {}},
    // Stages of group adc are those that convert, and the strategy says how often: once for every result of
    // strategy C, which has one byte.
    {"block.sar_adc.group", {}, "data.strategy", {}},
    {"block.neural_adc.group", {}, "data.strategy", {}},
    {"pe.stage[5].fires", {"isaac"}, "data.strategy", {}},
    {"pe.stage[6].per", {"neural-pim"}, "data.strategy", {"conversion", "result_B"}},
    {"pe.stage[7].per", {"cascade"}, "data.strategy", {}},
};

#endif

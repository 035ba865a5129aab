#include "sim/arch_blocks.h"

#include "arch_fixture.hpp"

namespace {

using arch_check = arch_fixture;

TEST_F(arch_check, every_service_block_is_needed) {
    for (const char *name :
         {"edram", "bus", "router", "link", "chip_link", "activation", "pooling", "adder"}) {
        const std::string table = std::string("[block.") + name + "]";
        const std::string moved =
            std::string("[block.other]\n") +
            (std::string(name) == "adder" ? "" : "type = \"" + std::string(name) + "\"");
        refuse_edit("isaac", table, moved, {"edited.toml: ", (table + " is missing").c_str()});
    }
}

TEST_F(arch_check, services_have_their_type_and_place) {
    refuse_edit("isaac", "[block.adder]\ntype = \"shift_add\"", "[block.adder]\ntype = \"pooling\"",
                {"edited.toml:", "block.adder.type = \"pooling\": must be \"shift_add\""});
    refuse_set("isaac", "block.edram.per=chip", {"block.edram.per = \"chip\": must be \"tile\""});
    refuse_set("isaac", "block.edram.units=2", {"block.edram.units = 2: must be 1"});
    refuse_set("isaac", "block.router.per=tile", {"must be \"router\""});
}

TEST_F(arch_check, the_coding_agrees_with_the_data) {
    refuse_set("isaac", "block.crossbar.coding=twos",
               {"block.crossbar.coding = \"twos\"", "must be \"differential\""});
    refuse_set("cascade", "block.crossbar.coding=differential", {"must be \"biased\" or \"twos\""});
    EXPECT_EQ(load_file(arch_path("cascade"), {"block.crossbar.coding=biased"}), NPIM_OK) << error.message;
}

TEST_F(arch_check, an_address_reaches_all_of_the_edram) {
    EXPECT_EQ(load_file(arch_path("isaac"), {"block.edram.size_B=16777216"}), NPIM_OK) << error.message;
    refuse_set("isaac", "block.edram.size_B=16777280", {"block.edram.size_B = 16777280", "1..16777216 B"});
}

TEST_F(arch_check, a_recipe_has_drivers_arrays_and_converters) {
    refuse_set("isaac", "block.dac.group=analog", {"no stage has a block of group \"dac\""});
    refuse_set("isaac", "block.crossbar.group=analog", {"group \"array\""});
}

} // namespace

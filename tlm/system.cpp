#include "tlm/system.hpp"

#include "tlm/teardown.hpp"

#include <algorithm>

namespace npim {

// Both directions between one end of a link and a router's port.
static void bind(chip_link &link, uint32_t end, router &gate, npim_port side) {
    link.out[end].bind(gate.in[side]);
    gate.out[side].bind(link.in[end]);
}

// Of the chips of a program, the rows that are in use: packets go along a row first.
static uint32_t chips_to_build(const npim_program &program, uint32_t chips, uint32_t wide) {
    if (program.used_tiles == 0) return chips;
    const uint32_t last = (program.used_tiles - 1) / program.tiles_per_chip;
    return std::min(chips, (last / wide + 1) * wide);
}

system::system(const chip_config &config, const npim_program &program, sequencer &agenda)
    : tiles_per_chip_(program.tiles_per_chip), wide_(square_side(program.n_tiles / program.tiles_per_chip)) {
    chip_config of_chip = config;
    tile_config &of_tile = of_chip.tile;
    of_tile.packet_B = config.link.packet_flits * config.link.flit_B;
    of_tile.flit_B = config.link.flit_B;
    of_tile.tiles_per_chip = tiles_per_chip_;
    host_ =
        std::make_unique<npim::host>("host", program, of_tile.packet_B, of_tile.flit_B, agenda, next_packet_);
    const uint32_t chips = program.n_tiles / tiles_per_chip_;
    const uint32_t built = chips_to_build(program, chips, wide_);
    for (uint32_t c = 0; c < built; c++)
        chips_.push_back(std::make_unique<npim::chip>(
            ("chip_" + std::to_string(c)).c_str(), of_chip, program,
            mesh{c, chips, tiles_per_chip_, config.tiles_per_router}, agenda, next_packet_));
    for (uint32_t t = 0; t < built * tiles_per_chip_; t++)
        consumers_.push_back(&chips_[t / tiles_per_chip_]->tile(t % tiles_per_chip_));
    for (uint32_t t = 0; t < n_tiles(); t++) tile(t).connect(&consumers_, host_.get());
    host_->connect(&consumers_);
    join_chips(config, program.ideal_links);
    join_host(config, program.ideal_links);
}

system::~system() {
    host_link_.reset();
    destroy_backwards(links_);
    destroy_backwards(chips_);
}

void system::join_chips(const chip_config &config, bool ideal) {
    const auto join = [&](uint32_t near, npim_port side, uint32_t far, npim_port opposite) {
        const std::string name = "link_" + std::to_string(near) + "_" + std::to_string(far);
        links_.push_back(std::make_unique<chip_link>(name.c_str(), config.chip_link, ideal,
                                                     chips_[near]->name(), chips_[far]->name()));
        bind(*links_.back(), chip_link::NEAR, chips_[near]->gateway(side), side);
        bind(*links_.back(), chip_link::FAR, chips_[far]->gateway(opposite), opposite);
    };
    for (uint32_t c = 0; c < n_chips(); c++) {
        if (c % wide_ + 1 < wide_ && c + 1 < n_chips()) join(c, NPIM_PORT_EAST, c + 1, NPIM_PORT_WEST);
        if (c + wide_ < n_chips()) join(c, NPIM_PORT_SOUTH, c + wide_, NPIM_PORT_NORTH);
    }
}

void system::join_host(const chip_config &config, bool ideal) {
    host_link_ = std::make_unique<chip_link>("host_link", config.chip_link, ideal, "host", chips_[0]->name());
    host_->to_chip.bind(host_link_->in[chip_link::NEAR]);
    host_link_->out[chip_link::NEAR].bind(host_->from_chip);
    bind(*host_link_, chip_link::FAR, chips_[0]->gateway(NPIM_PORT_WEST), NPIM_PORT_WEST);
}

void system::attach_meter(npim_meter *meter) {
    for (auto &one : chips_) one->attach_meter(meter);
    for (auto &one : links_) one->attach_meter(meter);
    host_link_->attach_meter(meter);
}

std::string system::outstanding() const {
    for (uint32_t t = 0; t < n_tiles(); t++) {
        const std::string left = tile(t).outstanding();
        if (!left.empty()) return left;
    }
    return host_->outstanding();
}

} // namespace npim

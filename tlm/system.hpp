// The whole system: chips in a near-square mesh (see mesh.hpp), links between them, and the host behind the
// west link of chip 0. Rows of chips behind the last one with something to do are not built: no way leads
// through them. Modules are chip_0, chip_1, ..., link_0_1 (between chips 0 and 1), host_link and host.
#ifndef NPIM_TLM_SYSTEM_HPP
#define NPIM_TLM_SYSTEM_HPP

#include "tlm/chip.hpp"
#include "tlm/chip_link.hpp"
#include "tlm/host.hpp"

namespace npim {

class system final {
  public:
    // program and the plan within config are borrowed. Bad configurations are reported as errors.
    system(const chip_config &config, const npim_program &program, sequencer &agenda);
    ~system();

    // Counts over time what happens anywhere in the system; borrowed.
    void attach_meter(npim_meter *meter);

    npim::host &host() { return *host_; }
    chip_link &host_link() { return *host_link_; }
    const chip_link &host_link() const { return *host_link_; }
    uint32_t n_chips() const { return static_cast<uint32_t>(chips_.size()); } // built
    npim::chip &chip(uint32_t i) { return *chips_[i]; }
    const npim::chip &chip(uint32_t i) const { return *chips_[i]; }
    uint32_t n_links() const { return static_cast<uint32_t>(links_.size()); } // between chips
    chip_link &link(uint32_t i) { return *links_[i]; }
    const chip_link &link(uint32_t i) const { return *links_[i]; }

    // Tiles are counted over all chips.
    uint32_t n_tiles() const { return static_cast<uint32_t>(consumers_.size()); }
    npim::tile &tile(uint32_t i) { return chips_[i / tiles_per_chip_]->tile(i % tiles_per_chip_); }
    const npim::tile &tile(uint32_t i) const {
        return chips_[i / tiles_per_chip_]->tile(i % tiles_per_chip_);
    }

    // Empty when nothing is left to do or on its way; else who waits for what.
    std::string outstanding() const;

  private:
    void join_chips(const chip_config &config, bool ideal);
    void join_host(const chip_config &config, bool ideal);

    const uint32_t tiles_per_chip_, wide_; // chips in a row
    uint64_t next_packet_ = 0;
    std::vector<std::unique_ptr<npim::chip>> chips_;
    std::vector<std::unique_ptr<chip_link>> links_;
    std::unique_ptr<chip_link> host_link_;
    std::unique_ptr<npim::host> host_;
    std::vector<consumer *> consumers_;
};

} // namespace npim
#endif

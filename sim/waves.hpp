// The wave of a replay: which signals there are, and what happens to them, into a VCD with its save file.
#ifndef NPIM_SIM_WAVES_HPP
#define NPIM_SIM_WAVES_HPP

#include "sim/arch_design.h"
#include "sim/gtkw.h"
#include "sim/map.h"
#include "sim/vcd.h"
#include "sim/wave_request.h"
#include "sim/wave_values.h"
#include "tlm/system.hpp"
#include "tlm/tile_wave.hpp"

#include <map>

namespace npim {

struct design_deleter {
    void operator()(npim_design *design) const;
};
using design_pointer = std::unique_ptr<npim_design, design_deleter>;

class waves final : public wave_sink {
  public:
    // Declares the signals in scope of a system; all are borrowed.
    waves(const npim_map *map, system &system, const char *scope);
    ~waves() override; // closes a file that is open, complete up to now

    const std::vector<wave_signal> &signals() const { return wave_.signals(); }
    // NPIM_EUSAGE when no signal is in scope, with names that there are.
    npim_status check_scope(npim_error *error) const;

    // Computes the network's values, and lets the slots in scope show them instead of drawn ones. values is
    // borrowed. Errors as npim_wave_values_compute and npim_wave_values_lane.
    npim_status give(npim_wave_values *values, npim_error *error);

    // Creates the file. NPIM_EUSAGE for more signals than asked for, or a file that cannot be written.
    npim_status open(const npim_wave_request &request, npim_error *error);
    // Shall the tile run stage by stage?
    bool sees(uint32_t tile) const { return tiles_.count(tile) > 0; }
    void attach(uint32_t tile, pe &modules) { tiles_.at(tile)->attach(modules); }
    void attach_links();

    bool failed() const { return npim_vcd_failed(&vcd_); } // the file cannot be written any more
    // The run is over: closes the file and writes the save file. NPIM_EUSAGE, and no file left, when the
    // window begins behind the end, or when something could not be written.
    npim_status close(uint64_t end_ps, npim_error *error);

    void begin(uint64_t time_ps, const std::vector<uint64_t> &values) override;
    void change(uint64_t time_ps, uint32_t signal, uint64_t value) override;
    void end(uint64_t time_ps) override;

  private:
    void load_designs();
    void declare_tiles();
    std::vector<std::pair<uint32_t, npim_lane_place>> places(uint32_t tile) const; // by slot
    void declare_links();
    void declare_routers(chip &of);
    void declare_link(const std::string &name, const std::string &group, npim_calendar &calendar);
    void put(uint32_t signal, uint64_t value);
    std::vector<npim_gtkw_signal> save_file_signals() const;

    const npim_map *map_;
    system &system_;
    design_pointer sa_, adc_; // of the neural peripherals; the tiles borrow them
    wave wave_;
    std::map<uint32_t, std::unique_ptr<tile_wave>> tiles_; // with signals in scope
    std::vector<std::pair<npim_calendar *, uint32_t>> links_;
    std::deque<calendar_span> spans_;
    npim_vcd vcd_{};
    std::string path_, example_;
    std::vector<uint32_t> bits_;
    uint64_t from_ps_ = 0, to_ps_ = 0;
};

} // namespace npim
#endif

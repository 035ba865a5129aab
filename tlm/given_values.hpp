// Values that a source outside gives, window by window: those of a network's own tensors. What it says is put
// into states of the stages' blocks; nothing is computed here.
#ifndef NPIM_TLM_GIVEN_VALUES_HPP
#define NPIM_TLM_GIVEN_VALUES_HPP

#include "tlm/lane_values.h"
#include "tlm/stage_values.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace npim {

class given_values final : public stage_values {
  public:
    // plan is borrowed, and so is what source refers to. The plan has NPIM_LANE_VALUE_CYCLES at most.
    given_values(const npim_pe_plan *plan, const npim_lane_source &source);

    const void *fire(uint64_t operation, const value_window &at, const npim_stage_record &record) override;

  private:
    struct run {
        uint64_t operation = UINT64_MAX;
        npim_lane_values values;
    };
    const npim_pe_plan *plan_;
    npim_lane_source source_;
    // States of the stages' blocks, of which only what is probed is set; empty without values.
    std::vector<std::unique_ptr<std::max_align_t[]>> states_;
    std::vector<run> runs_; // the last ones
};

} // namespace npim
#endif

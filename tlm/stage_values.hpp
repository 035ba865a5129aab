// The values that pass the stages of one slot, for waves: who makes them, drawn_values or given_values, shows
// them as states of the stages' blocks, unit 0 of each.
#ifndef NPIM_TLM_STAGE_VALUES_HPP
#define NPIM_TLM_STAGE_VALUES_HPP

#include "hw/pe_plan.h"

namespace npim {

// A window: by a number that is the same wherever it is computed, and by its place.
struct value_window {
    uint64_t number;
    uint32_t image, y, x;

    value_window(uint64_t its_number, uint32_t of_image = 0, uint32_t row = 0, uint32_t column = 0)
        : number(its_number), image(of_image), y(row), x(column) {}
};

class stage_values {
  public:
    virtual ~stage_values() = default;

    // Does the stage work on values?
    static bool has_values(const npim_block_ops &ops);

    // A stage of an operation on a window begins; its stages must come in the order of the plan's records,
    // operations may overlap. Returns the state of the stage's block, unit 0 being the lane's first bit line:
    // valid until the next call; nullptr for a stage without values.
    virtual const void *fire(uint64_t operation, const value_window &at, const npim_stage_record &record) = 0;

    // Digital adders that work once for each result add up the row chunks.
    static bool reduces(const npim_stage &stage);
};

// Operations of one slot that are under way at once; a pipeline holds fewer.
constexpr uint32_t max_value_runs = 64;

} // namespace npim
#endif

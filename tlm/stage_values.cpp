#include "tlm/stage_values.hpp"

#include "hw/analog_buffer.h"
#include "hw/crossbar.h"
#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"

namespace npim {

bool stage_values::has_values(const npim_block_ops &ops) {
    static const npim_block_ops *const all[] = {
        &npim_dac_ops,           &npim_crossbar_ops,  &npim_sample_hold_ops, &npim_tia_ops,
        &npim_analog_buffer_ops, &npim_neural_sa_ops, &npim_summing_amp_ops, &npim_sar_adc_ops,
        &npim_neural_adc_ops,    &npim_shift_add_ops};
    for (const npim_block_ops *one : all)
        if (one == &ops) return true;
    return false;
}

bool stage_values::reduces(const npim_stage &stage) {
    return stage.ops == &npim_shift_add_ops && stage.fires == NPIM_FIRES_RESULT && stage.per == NPIM_PER_DOT;
}

} // namespace npim

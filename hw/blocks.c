/* The one table of all blocks: a new block is one include and one line here. */
#include "hw/activation.h"
#include "hw/analog_buffer.h"
#include "hw/bus.h"
#include "hw/chip_link.h"
#include "hw/crossbar.h"
#include "hw/dac.h"
#include "hw/edram.h"
#include "hw/link.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/pooling.h"
#include "hw/router.h"
#include "hw/rram.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/sram_register.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"

const npim_block_ops *const npim_blocks[] = {
    &npim_rram_ops,      &npim_crossbar_ops,      &npim_dac_ops,         &npim_sample_hold_ops,
    &npim_neural_sa_ops, &npim_neural_adc_ops,    &npim_sar_adc_ops,     &npim_shift_add_ops,
    &npim_tia_ops,       &npim_analog_buffer_ops, &npim_summing_amp_ops, &npim_sram_register_ops,
    &npim_edram_ops,     &npim_bus_ops,           &npim_activation_ops,  &npim_pooling_ops,
    &npim_router_ops,    &npim_link_ops,          &npim_chip_link_ops,
};

const size_t npim_n_blocks = sizeof npim_blocks / sizeof npim_blocks[0];

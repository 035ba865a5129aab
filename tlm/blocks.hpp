// The module of each block that works for a time: block.hpp over the block's own ops. The eDRAM, the router
// and the chip link have modules of their own.
#ifndef NPIM_TLM_BLOCKS_HPP
#define NPIM_TLM_BLOCKS_HPP

#include "hw/activation.h"
#include "hw/analog_buffer.h"
#include "hw/bus.h"
#include "hw/chip_link.h"
#include "hw/crossbar.h"
#include "hw/dac.h"
#include "hw/link.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/pooling.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/sram_register.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"
#include "tlm/block.hpp"

namespace npim {

using activation = block_of<npim_activation_unit, npim_activation_config, npim_activation_ops>;
using analog_buffer = block_of<npim_analog_buffer, npim_analog_buffer_config, npim_analog_buffer_ops>;
using bus = block_of<npim_bus, npim_bus_config, npim_bus_ops>;
using chip_link = block_of<npim_chip_link, npim_chip_link_config, npim_chip_link_ops>;
using crossbar = block_of<npim_crossbar, npim_crossbar_config, npim_crossbar_ops>;
using dac = block_of<npim_dac, npim_dac_config, npim_dac_ops>;
using link = block_of<npim_link, npim_link_config, npim_link_ops>;
using neural_adc = block_of<npim_neural_adc, npim_neural_adc_config, npim_neural_adc_ops>;
using neural_sa = block_of<npim_neural_sa, npim_neural_sa_config, npim_neural_sa_ops>;
using pooling = block_of<npim_pooling, npim_pooling_config, npim_pooling_ops>;
using sample_hold = block_of<npim_sample_hold, npim_sample_hold_config, npim_sample_hold_ops>;
using sar_adc = block_of<npim_sar_adc, npim_sar_adc_config, npim_sar_adc_ops>;
using shift_add = block_of<npim_shift_add, npim_shift_add_config, npim_shift_add_ops>;
using sram_register = block_of<npim_sram_register, npim_sram_register_config, npim_sram_register_ops>;
using summing_amp = block_of<npim_summing_amp, npim_summing_amp_config, npim_summing_amp_ops>;
using tia = block_of<npim_tia, npim_tia_config, npim_tia_ops>;

} // namespace npim
#endif

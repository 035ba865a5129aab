// Collects what a finished simulation counted.
#ifndef NPIM_SIM_MEASURE_HPP
#define NPIM_SIM_MEASURE_HPP

#include "sim/result.h"
#include "tlm/chip.hpp"

namespace npim {

// measurement must be zeroed.
npim_status measure(npim_measurement *measurement, const npim_map *map, chip &system, uint64_t events,
                    npim_error *error);

} // namespace npim
#endif

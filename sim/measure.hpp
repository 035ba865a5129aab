// Collects what a finished simulation counted.
#ifndef NPIM_SIM_MEASURE_HPP
#define NPIM_SIM_MEASURE_HPP

#include "sim/result.h"
#include "tlm/system.hpp"

namespace npim {

// measurement must be zeroed.
npim_status measure(npim_measurement *measurement, const npim_map *map, npim::system &system, uint64_t events,
                    npim_error *error);

} // namespace npim
#endif

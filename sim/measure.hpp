// Collects what a finished simulation counted.
#ifndef NPIM_SIM_MEASURE_HPP
#define NPIM_SIM_MEASURE_HPP

#include "sim/result.h"
#include "tlm/system.hpp"

namespace npim {

// measurement must be zeroed.
// program: what the system runs.
npim_status measure(npim_measurement *measurement, const npim_map *map, const npim_program &program,
                    npim::system &system, uint64_t events, npim_error *error);

} // namespace npim
#endif

// The inverters of the tests of sim/design: their curves as a circuit simulator gave them, one output voltage
// per line at inputs of 0, 1, .. 1000 mV.
#ifndef NPIM_TESTS_SIM_DESIGN_VTC_FIXTURE_HPP
#define NPIM_TESTS_SIM_DESIGN_VTC_FIXTURE_HPP

#include "hw/inverter.h"

#include <fstream>
#include <stdexcept>
#include <string>

// name: "sc", short-channel-like with a gain of 20, or "b4", BSIM4 with a gain of 9.
inline npim_inverter test_inverter(const std::string &name) {
    const std::string path = NPIM_TEST_DATA "/inverter_" + name + ".txt";
    std::ifstream in(path);
    npim_inverter inverter{};
    inverter.vdd_V = 1;
    for (double &out_V : inverter.out_V)
        if (!(in >> out_V)) throw std::runtime_error("cannot read " + path);
    return inverter;
}

#endif

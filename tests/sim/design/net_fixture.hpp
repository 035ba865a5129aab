// What the tests of trained networks share.
#ifndef NPIM_TESTS_SIM_DESIGN_NET_FIXTURE_HPP
#define NPIM_TESTS_SIM_DESIGN_NET_FIXTURE_HPP

#include "sim/design/net_copy.h"
#include "sim/design/samples.h"

#include "../../hw/support.hpp"
#include "spice_fixture.hpp"

#include <random>

inline npim_net_shape shape_of(uint32_t n_inputs, uint32_t n_hidden, uint32_t n_outputs, bool output_inverter,
                               uint32_t multiplicity = 1, uint32_t bias_cells = 2) {
    npim_net_shape shape{};
    shape.n_inputs = n_inputs;
    shape.n_hidden = n_hidden;
    shape.n_outputs = n_outputs;
    shape.multiplicity = multiplicity;
    shape.bias_cells = bias_cells;
    shape.output_inverter = output_inverter;
    shape.bits = 3;
    shape.on_off_ratio = 100;
    return shape;
}

// The shipped curve, of another supply where wanted.
inline npim_inverter curve(double vdd_V = 1) {
    npim_inverter inverter = shipped_table("sc").inverter;
    for (double &out : inverter.out_V) out *= vdd_V / inverter.vdd_V;
    inverter.vdd_V = vdd_V;
    return inverter;
}

struct made_net {
    explicit made_net(const npim_net_shape &shape, const npim_inverter &inverter = curve()) {
        npim_error error{};
        EXPECT_EQ(npim_net_init(&net, &shape, &inverter, &error), NPIM_OK) << error.message;
    }
    ~made_net() { npim_net_fini(&net); }
    made_net(const made_net &) = delete;
    made_net &operator=(const made_net &) = delete;
    void randomise(std::mt19937_64 &random) {
        std::uniform_real_distribution<double> place(0, 1);
        for (size_t i = 0; i < net.n_parameters; i++) net.parameter[i] = place(random);
    }
    std::vector<double> parameters() const { return {net.parameter, net.parameter + net.n_parameters}; }
    npim_net net{};
};

struct made_copy {
    explicit made_copy(const npim_net &net) { EXPECT_EQ(npim_net_copy_init(&copy, &net, nullptr), NPIM_OK); }
    ~made_copy() { npim_net_copy_fini(&copy); }
    made_copy(const made_copy &) = delete;
    made_copy &operator=(const made_copy &) = delete;
    npim_net_copy copy{};
};

// Inputs and wanted outputs at random.
struct random_samples {
    random_samples(size_t n, const npim_net_shape &shape, std::mt19937_64 &random) {
        EXPECT_EQ(npim_samples_init(&samples, n, shape.n_inputs, shape.n_outputs, nullptr), NPIM_OK);
        std::uniform_real_distribution<double> voltage(0, 1);
        for (size_t i = 0; i < n * shape.n_inputs; i++) samples.in[i] = voltage(random);
        for (size_t i = 0; i < n * shape.n_outputs; i++) samples.out[i] = voltage(random);
    }
    ~random_samples() { npim_samples_fini(&samples); }
    random_samples(const random_samples &) = delete;
    random_samples &operator=(const random_samples &) = delete;
    npim_samples samples{};
};

// The same loss as npim_net_loss has per sample and output, of the rounded network without variation.
inline double rounded_loss(const npim_net &net, const npim_samples &samples) {
    made_copy at(net);
    npim_net_programming how{};
    how.rounded = true;
    npim_net_program(&at.copy, &net, &how);
    return npim_net_loss(&at.copy, &net, &samples, 0, samples.n, 0, nullptr) /
           static_cast<double>(samples.n * samples.n_outputs);
}

// Are all parameters whole levels?
inline bool is_rounded(const npim_net &net) {
    std::vector<double> before(net.parameter, net.parameter + net.n_parameters);
    made_net other(net.shape, net.inverter);
    std::copy(before.begin(), before.end(), other.net.parameter);
    npim_net_round(&other.net);
    return std::equal(before.begin(), before.end(), other.net.parameter);
}

#endif

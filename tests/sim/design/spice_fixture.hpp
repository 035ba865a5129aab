// What the tests with ngspice share: whether it is there, the shipped decks and tables, and small circuits.
#ifndef NPIM_TESTS_SIM_DESIGN_SPICE_FIXTURE_HPP
#define NPIM_TESTS_SIM_DESIGN_SPICE_FIXTURE_HPP

#include "sim/design/inverter_table.h"
#include "sim/design/netlist.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

inline bool has_ngspice() {
    char version[NPIM_SPICE_VERSION_SIZE];
    const npim_spice spice{};
    return npim_spice_version(&spice, version, nullptr) == NPIM_OK;
}

#define NEEDS_NGSPICE()                                                                                      \
    if (!has_ngspice()) GTEST_SKIP() << "no ngspice here (apt install ngspice)"

inline std::string circuits_folder() {
    return std::string(NPIM_SOURCE_DIR) + "/sim/arch/circuits/";
}

inline std::string text_of(const std::string &path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline npim_inverter_table shipped_table(const std::string &card) {
    npim_inverter_table table;
    npim_error error{};
    EXPECT_EQ(
        npim_inverter_table_load(&table, (circuits_folder() + "inverter_" + card + ".toml").c_str(), &error),
        NPIM_OK)
        << error.message;
    return table;
}

// A deck as the netlists take it.
struct shipped_deck {
    explicit shipped_deck(const std::string &card) {
        npim_error error{};
        EXPECT_EQ(
            npim_inverter_deck_load(&deck, (circuits_folder() + "inverter_" + card + ".cir").c_str(), &error),
            NPIM_OK)
            << error.message;
    }
    ~shipped_deck() { npim_inverter_deck_fini(&deck); }
    npim_inverter_deck deck{};
};

// A folder that is gone with the test.
struct scratch_folder {
    scratch_folder() : path(testing::TempDir() + "npim_design_XXXXXX") {
        EXPECT_NE(mkdtemp(path.data()), nullptr);
    }
    ~scratch_folder() { EXPECT_EQ(std::system(("rm -rf '" + path + "'").c_str()), 0); }
    std::string write(const std::string &name, const std::string &text) const {
        std::ofstream(path + "/" + name) << text;
        return path + "/" + name;
    }
    std::string path;
};

// A circuit in the making; neurons and cells are appended.
struct small_circuit {
    small_circuit(uint32_t n_inputs, std::vector<double> rails, const npim_inverter &vtc)
        : rail_V(std::move(rails)) {
        circuit.bits = 3;
        circuit.vdd_V = 1;
        circuit.n_inputs = n_inputs;
        circuit.n_rails = static_cast<uint32_t>(rail_V.size());
        circuit.n_outputs = 1;
        circuit.inverter = circuit.residue = vtc;
    }
    uint16_t rail(uint32_t r) const { return static_cast<uint16_t>(circuit.n_inputs + r); }
    uint16_t neuron(uint32_t n) const {
        return static_cast<uint16_t>(circuit.n_inputs + circuit.n_rails + n);
    }
    uint32_t add(npim_neuron_kind kind, const std::vector<npim_cell> &row, uint32_t chain = 1) {
        neurons.push_back(
            {static_cast<uint32_t>(cells.size()), static_cast<uint32_t>(row.size()), kind, chain});
        cells.insert(cells.end(), row.begin(), row.end());
        return static_cast<uint32_t>(neurons.size() - 1);
    }
    const npim_circuit *done() {
        npim_error error{};
        circuit.rail_V = rail_V.data();
        circuit.neurons = neurons.data();
        circuit.cells = cells.data();
        circuit.n_neurons = static_cast<uint32_t>(neurons.size());
        circuit.n_cells = static_cast<uint32_t>(cells.size());
        EXPECT_EQ(npim_circuit_check(&circuit, &error), NPIM_OK) << error.message;
        return &circuit;
    }
    npim_circuit circuit{};
    std::vector<double> rail_V;
    std::vector<npim_neuron> neurons;
    std::vector<npim_cell> cells;
};

// Three comparators at 1/4, 1/2 and 3/4 V: two full cells of the input each, and one of a rail.
inline small_circuit flash_2_bit(npim_neuron_kind kind, uint32_t chain, const npim_inverter &vtc) {
    small_circuit c(1, {1, 0}, vtc);
    c.add(kind, {{0, 7, false}, {0, 7, false}, {c.rail(0), 7, false}}, chain);
    c.add(kind, {{0, 7, false}, {0, 7, false}}, chain);
    c.add(kind, {{0, 7, false}, {0, 7, false}, {c.rail(1), 7, false}}, chain);
    c.circuit.n_outputs = 3;
    return c;
}

struct instance_of {
    explicit instance_of(const npim_circuit *circuit, double sigma = 0, double offset_V = 0,
                         uint64_t seed = 1) {
        npim_error error{};
        const npim_random random{seed, 3};
        npim_circuit_variation variation{};
        variation.sigma = sigma;
        variation.offset_V = offset_V;
        EXPECT_EQ(npim_instance_init(&at, circuit, &variation, &random, &error), NPIM_OK) << error.message;
    }
    ~instance_of() { npim_instance_fini(&at); }
    npim_instance at{};
};

// The rows and outputs of a circuit, by ngspice and by the model.
struct comparison {
    size_t n_rows = 0;
    double row_V = 0, out_V = 0; // largest difference; outputs only where the model's row is away from a step
    size_t codes_off = 0;        // points where an output is on the other side of half the supply
};

inline comparison compare(const npim_spice_data &data, const npim_instance &at, const npim_netlist_ramp &ramp,
                          double near_V) {
    const npim_circuit &c = *at.circuit;
    const uint32_t n = c.n_neurons;
    std::vector<double> in(ramp.in_V, ramp.in_V + c.n_inputs), u(n), o(n);
    comparison result;
    result.n_rows = data.n_rows;
    for (size_t k = 0; k < data.n_rows; k++) {
        const double *row = data.value + k * data.n_columns;
        in[ramp.input] = row[0];
        npim_instance_eval(&at, in.data(), 0, u.data(), o.data());
        bool off = false;
        for (uint32_t i = 0; i < n; i++) {
            result.row_V = std::max(result.row_V, std::fabs(row[1 + i] - u[i]));
            const bool near = std::fabs(u[i] - c.vdd_V / 2) < near_V;
            if (near) continue;
            result.out_V = std::max(result.out_V, std::fabs(row[1 + n + i] - o[i]));
            off |= (row[1 + n + i] > c.vdd_V / 2) != (o[i] > c.vdd_V / 2);
        }
        result.codes_off += off;
    }
    return result;
}

// Runs a ramp through ngspice and compares it with the model.
inline comparison run_ramp(const npim_netlist &netlist, const npim_netlist_ramp &ramp, double near_V) {
    const npim_spice spice{};
    npim_spice_data data{};
    npim_error error{};
    char *text = nullptr;
    EXPECT_EQ(npim_netlist_ramp_text(&netlist, &ramp, &text, &error), NPIM_OK) << error.message;
    EXPECT_EQ(npim_spice_run(&spice, text ? text : "", ramp.n_points, npim_netlist_columns(&netlist), &data,
                             &error),
              NPIM_OK)
        << error.message;
    std::free(text);
    const comparison result = compare(data, *netlist.instance, ramp, near_V);
    npim_spice_data_fini(&data);
    return result;
}

#endif

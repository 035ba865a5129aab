// The strategies beside each other: SINAD of uniform data at one bit per input cycle, with all cells varied.
#include "sim/design/request.h"

#include "tests/sim/arch_fixture.hpp"
#include "tests/sim/values/layer_fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace {

using owned_design = std::unique_ptr<npim_design, void (*)(npim_design *)>;

// A shift-and-add for one bit per cycle, or the converter of 8 bit.
owned_design make_design(npim_design_kind kind) {
    owned_design design(static_cast<npim_design *>(std::calloc(1, sizeof(npim_design))), [](npim_design *d) {
        npim_design_fini(d);
        std::free(d);
    });
    npim_options options{};
    options.subject = npim_design_kind_names[kind];
    options.dac_bits = kind == NPIM_DESIGN_NEURAL_SA ? "1" : nullptr;
    npim_design_request request;
    npim_error error{};
    EXPECT_EQ(npim_design_request_read(&request, &options, &error), NPIM_OK) << error.message;
    EXPECT_EQ(npim_design_make(design.get(), &request, NPIM_SOURCE_DIR "/sim/arch/circuits", &error), NPIM_OK)
        << error.message;
    return design;
}

struct StrategiesSlow : testing::Test {
    owned_design sa = make_design(NPIM_DESIGN_NEURAL_SA), adc = make_design(NPIM_DESIGN_NEURAL_ADC);

    npim_hardware hardware(npim_strategy strategy) {
        npim_hardware h = hardware_of(strategy, strategy == NPIM_STRATEGY_B ? 64 : 128);
        h.mode = NPIM_MODE_ANALOG;
        h.dataflow.dac_bits = 1;
        h.cell.sigma = h.buffer_sigma = h.circuit_sigma = 0.025;
        if (strategy == NPIM_STRATEGY_C) {
            h.sa = sa.get();
            h.adc = adc.get();
        }
        return h;
    }

    // Median over 20 seeds of weights, inputs and devices alike.
    double median_dB(npim_strategy strategy) {
        std::vector<double> all;
        for (uint64_t seed = 1; seed <= 20; seed++) {
            npim_hardware h = hardware(strategy);
            h.seed = seed;
            const test_layer layer(seed, 128, 48, 300);
            test_engine engine(h, layer, npim_isa_best());
            all.push_back(sinad_dB(layer, layer.run(engine.products)));
        }
        std::sort(all.begin(), all.end());
        return (all[9] + all[10]) / 2;
    }
};

TEST_F(StrategiesSlow, uniform_data_come_out_in_the_order_a_c_b) {
    const double a = median_dB(NPIM_STRATEGY_A), b = median_dB(NPIM_STRATEGY_B),
                 c = median_dB(NPIM_STRATEGY_C);
    RecordProperty("a_dB", std::to_string(a));
    RecordProperty("b_dB", std::to_string(b));
    RecordProperty("c_dB", std::to_string(c));
    EXPECT_GE(a, c);
    EXPECT_GT(c, b);
    EXPECT_GT(b, 15);
    EXPECT_LT(c, 41);
}

} // namespace

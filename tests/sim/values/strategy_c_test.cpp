// Strategy C as a whole: what it is laid out for, and how good the shipped design is.
#include "tests/sim/arch_fixture.hpp"
#include "tests/sim/values/strategy_fixture.hpp"

namespace {

class strategy_c : public arch_fixture {
  protected:
    ~strategy_c() override { npim_hardware_fini(&h); }
    // Cells do not vary unless the sets say so.
    void take(npim_mode mode, std::vector<const char *> sets = {}) {
        sets.insert(sets.begin(), "block.rram.sigma=0");
        load("neural-pim", sets);
        npim_hardware_fini(&h);
        ASSERT_EQ(npim_hardware_init(&h, arch, mode, &error), NPIM_OK) << error.message;
    }
    npim_hardware h{};
};

TEST_F(strategy_c, v_max_is_what_full_scale_is_at_the_shift_and_add) {
    take(NPIM_MODE_ANALOG);
    const test_layer layer(1, 128, 8, 50);
    test_engine engine(h, layer);
    layer.run(engine.products);
    const npim_layer_figures &f = engine.seen();
    EXPECT_EQ(f.step, npim_engine_step(&f, 8));
    EXPECT_EQ(f.conversions, 8u * 50);
    // 1 V: half of it for 128 rows x 15 at a bit line; the shift-and-add takes 15 / 16 / 255 of slice 0, and
    // 1 / 16 of that is left of the first digit.
    EXPECT_NEAR(f.v_max_V, f.step * 128 * 0.5 / (128 * 15) * (15.0 / 16 / 255) / 16, 1e-12);
    EXPECT_GT(f.v_max_V, 0.01);
    EXPECT_LT(f.v_max_V, 0.05);
}

// An ideal converter clipping at 4 sigma makes about 40.7 dB of uniform data; the shipped design without
// variation comes near.
TEST_F(strategy_c, quantised_and_nominal_are_near_40_dB) {
    const test_layer layer(7, 128, 48, 300);
    take(NPIM_MODE_QUANTISED);
    const double quantised = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    EXPECT_NEAR(quantised, 40.7, 1.5);
    take(NPIM_MODE_ANALOG);
    const double nominal = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    EXPECT_NEAR(nominal, quantised, 0.5);
}

TEST_F(strategy_c, every_non_ideality_costs) {
    const test_layer layer(7, 128, 16, 200);
    take(NPIM_MODE_ANALOG);
    double last = sinad_dB(layer, layer.run(test_engine(h, layer).products));
    const double nominal = last;
    for (const char *sigma : {"0.01", "0.025", "0.1"}) {
        take(NPIM_MODE_ANALOG, {(std::string("block.rram.sigma=") + sigma).c_str()});
        const double now = sinad_dB(layer, layer.run(test_engine(h, layer).products));
        EXPECT_LT(now, last - 1) << sigma;
        last = now;
    }
    for (const char *set :
         {"block.rram.read_sigma=0.2", "block.rram.stuck_on_rate=0.01", "block.rram.stuck_off_rate=0.05",
          "block.neural_adc.noise_V=0.03", "block.sample_hold.noise_V=0.001",
          "block.sample_hold.droop_V_per_us=1", "block.neural_sa.noise_V=0.001"}) {
        take(NPIM_MODE_ANALOG, {set});
        EXPECT_LT(sinad_dB(layer, layer.run(test_engine(h, layer).products)), nominal - 1) << set;
    }
    take(NPIM_MODE_ANALOG, {"block.rram.drift_nu=0.05", "block.rram.drift_time_s=1000"}); // 0.71 of all
    EXPECT_LT(sinad_dB(layer, layer.run(test_engine(h, layer).products)), 15);
}

// The results of a chunk in double precision, from the very cells and circuits.
std::vector<double> in_doubles(test_c &t, const test_layer &layer, uint32_t chunk) {
    const npim_hardware &h = t.own.hardware;
    const uint32_t rows = npim_engine_rows(&t.c.base, chunk), first = chunk * h.crossbar.rows;
    const int dac_bits = int(h.dataflow.dac_bits), cycles = 8 / dac_bits;
    std::vector<double> results(layer.n * layer.outputs);
    for (uint32_t block = 0; block < npim_cells_blocks(&t.c.base.cells, &t.c.base.layer); block++) {
        npim_cells_array array;
        const std::vector<double> value = cells_of(t.own.base, chunk, block, &array);
        for (uint32_t at = 0; at < array.outputs; at++) {
            const uint32_t o = array.first_output + at;
            const npim_shift_add_row *row = npim_c_row(&t.c, chunk, o), &rule = t.c.circuits.nominal;
            for (size_t v = 0; v < layer.n; v++)
                for (uint32_t r = 0; r < rows; r++) {
                    const int code = layer.inputs[v * layer.rows + first + r];
                    double input = 0, weight = 0;
                    for (int c = 0; c < cycles; c++)
                        input += std::ldexp(code >> c * dac_bits & ((1 << dac_bits) - 1), c * dac_bits) *
                                 std::pow(row->keep / rule.keep, cycles - 1 - c);
                    for (uint32_t k = 0; k < 16; k++)
                        weight += npim_hardware_column_weight(&h, k) * row->slice[k / 2] / rule.slice[k / 2] *
                                  value[size_t{r} * array.columns + size_t{at} * 16 + k];
                    results[v * layer.outputs + o] += input * weight;
                }
        }
    }
    return results;
}

// Makes the first vectors the worst ones of row chunk 0: of output o, vector 2 o + 1 drives the rows whose
// weights are rounded up, and vector 2 o the others; the rows tell one by one.
void drive_the_worst(const npim_hardware &h, test_layer &layer, uint64_t seed) {
    const uint32_t rows = h.crossbar.rows, outputs = layer.outputs;
    test_layer one(seed, layer.rows, outputs, rows);
    std::fill(one.inputs.begin(), one.inputs.end(), int16_t(0));
    for (uint32_t r = 0; r < rows; r++) one.inputs[size_t{r} * layer.rows + r] = 255;
    test_c alone(h, one, 1 << 24); // one matrix
    ASSERT_EQ(alone.chunks[0].weight.low.packed, nullptr);
    alone.take(0);
    npim_c_read(&alone.c, &alone.lane);
    const std::vector<double> exact = in_doubles(alone, one, 0);
    for (uint32_t o = 0; o < outputs; o++)
        for (uint32_t r = 0; r < rows; r++) {
            const bool up = alone.result[r * outputs + o] > exact[r * outputs + o];
            layer.inputs[size_t{2 * o} * layer.rows + r] = up ? 0 : 255;
            layer.inputs[size_t{2 * o + 1} * layer.rows + r] = up ? 255 : 0;
        }
}

// Largest errors of a chunk's results against double precision. Never beyond the bound.
double largest_error(test_c &t, const test_layer &layer, uint32_t chunk) {
    t.take(chunk);
    npim_c_read(&t.c, &t.lane);
    const std::vector<double> exact = in_doubles(t, layer, chunk);
    double largest = 0;
    for (size_t i = 0; i < exact.size(); i++) {
        const double error = std::fabs(t.result[i] - exact[i]);
        EXPECT_LE(error, t.chunks[chunk].error * 1.000001 + 1e-8) << i;
        largest = std::fmax(largest, error);
    }
    return largest;
}

// Fixed point against double precision, for random and for the worst inputs: with steps of 5000 products one
// matrix is enough, with 250 it takes a second one, and with 1 that one's digits apart.
TEST_F(strategy_c, fixed_point_stays_below_a_hundredth_of_a_code) {
    take(NPIM_MODE_ANALOG, {"block.rram.sigma=0.025"});
    for (const int32_t step : {1, 250, 5000}) {
        SCOPED_TRACE(step);
        test_layer layer(uint64_t(step), 200, 11, 40);
        drive_the_worst(h, layer, uint64_t(step));
        test_c t(h, layer, step);
        for (uint32_t chunk = 0; chunk < 2; chunk++) {
            const double largest = largest_error(t, layer, chunk), bound = t.chunks[chunk].error;
            EXPECT_EQ(t.chunks[chunk].weight.low.packed != nullptr, step < 5000);
            EXPECT_LE(bound, 0.01 * step);
            EXPECT_EQ(t.chunks[chunk].low_at_once, step == 250);
            EXPECT_LE(largest, step == 1 ? 0.003 : step == 250 ? 0.5 : 30);
            if (step == 5000 && chunk == 0) {
                EXPECT_GE(largest, 0.9 * bound); // it is what the worst inputs do
            }
        }
    }
}

TEST_F(strategy_c, groups_share_the_circuits_of_their_layer) {
    take(NPIM_MODE_ANALOG, {"block.rram.sigma=0.025"});
    const test_layer layer(7, 9, 2, 10, true, 40);
    test_engine engine(h, layer);
    for (uint32_t group = 0; group < 40; group++) {
        const std::vector<int32_t> sums = layer.run(engine.products, group);
        EXPECT_GT(sinad_dB(layer, sums, group), 5) << group;
    }
    EXPECT_EQ(engine.seen().conversions, 40u * 2 * 10);
}

} // namespace

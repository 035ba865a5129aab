// What waves show against the engine: the program writes a wave of random values, and the same values are
// computed here, by the engines whose sums are recorded.
#include "sim/wave_values.h"

#include "hw/shift_add.h"
#include "mapping_fixture.hpp"
#include "program_fixture.hpp"
#include "sim/values/engine.h"
#include "sim/values/exact.h"
#include "sim/values/forward.h"
#include "sim/values/random_values.h"
#include "sim/values/word_lines.h"
#include "vcd_reader.hpp"

namespace {

// Products that remember what they were given, and what came out.
struct recorder {
    struct vector {
        std::vector<int16_t> lines; // codes of the word lines
        std::vector<int32_t> sums;  // with what signed codes owe
    };
    npim_products inner{};
    npim_product_layer layer{};
    std::map<std::tuple<uint32_t, uint32_t, uint64_t>, vector> vectors; // by layer, group, number

    ~recorder() { npim_products_fini(&inner); }
    npim_products products() {
        return {this, begin, run, end, [](void *) {}};
    }

    static npim_status begin(void *engine, const npim_product_layer *layer, npim_error *error) {
        auto &r = *static_cast<recorder *>(engine);
        r.layer = *layer;
        return r.inner.begin(r.inner.engine, layer, error);
    }
    static npim_status run(void *engine, const npim_product_batch *b, npim_error *error) {
        auto &r = *static_cast<recorder *>(engine);
        const npim_status status = r.inner.run(r.inner.engine, b, error);
        for (size_t v = 0; v < b->n; v++) {
            vector &one = r.vectors[{r.layer.layer, r.layer.group, b->first + v * b->stride}];
            for (uint32_t row = 0; row < r.layer.rows; row++)
                one.lines.push_back(static_cast<int16_t>(b->inputs[v * r.layer.rows + row] +
                                                         (row >= r.layer.signed_from ? 128 : 0)));
            for (uint32_t o = 0; o < r.layer.outputs; o++)
                one.sums.push_back(b->sums[v * r.layer.outputs + o]);
        }
        return status;
    }
    static void end(void *engine) {
        auto &r = *static_cast<recorder *>(engine);
        r.inner.end(r.inner.engine);
    }
};

// A network with random values on an architecture, mapped and computed.
struct computed {
    mapping::system s;
    const npim_program &program;
    npim_tensors tensors{};
    npim_images images{};
    npim_inference inference{};
    npim_hardware hardware{};
    npim_infer_request request{};
    recorder seen;
    npim_error error{};

    computed(const std::string &network, const std::string &arch, npim_mode mode,
             const mapping::assignments &sets, size_t n)
        : s(network + ".toml", arch, sets), program(s.lower()) {
        npim_network &net = s.g.net.core;
        EXPECT_EQ(npim_random_values(&net, &tensors, &images, s.arch->run.seed, n, &error), NPIM_OK);
        request.mode = mode;
        request.arch = s.arch.get();
        request.isa = npim_isa_best();
        request.threads = 1;
        EXPECT_EQ(npim_infer(&inference, &request, &net, &tensors, &images, &error), NPIM_OK)
            << error.message;
        const bool exact = mode == NPIM_MODE_IDEAL;
        EXPECT_EQ(npim_hardware_init(&hardware, s.arch.get(), exact ? NPIM_MODE_QUANTISED : mode, &error),
                  NPIM_OK);
        EXPECT_EQ(
            exact ? npim_exact_init(&seen.inner, request.isa, &error)
                  : npim_engine_init(&seen.inner, &hardware, &net, &inference.figures, request.isa, &error),
            NPIM_OK);
        std::vector<int16_t> codes(inference.images * inference.elements);
        const npim_products products = seen.products();
        EXPECT_EQ(npim_forward(&net, &tensors, &images, &products, codes.data(), nullptr, &error), NPIM_OK);
        EXPECT_EQ(codes, std::vector<int16_t>(inference.codes, inference.codes + codes.size()))
            << "these sums made the network's output";
    }
    ~computed() {
        npim_inference_fini(&inference);
        npim_tensors_fini(&tensors);
        npim_images_fini(&images);
        npim_hardware_fini(&hardware);
    }

    const npim_part *part_of(uint32_t tile, const npim_program_slot &slot) const {
        for (uint32_t p = 0; p < s.map.n_parts; p++)
            if (s.map.parts[p].tile == tile && s.map.parts[p].node == slot.node &&
                s.map.parts[p].replica == slot.replica)
                return &s.map.parts[p];
        return nullptr;
    }
    // What signed rows of chunks [first, end) owe for an output.
    int64_t excess(const npim_lane_place &place, uint32_t end) const {
        const npim_layer &layer = s.g.net.core.layers[place.layer];
        const auto rows = static_cast<uint32_t>(npim_layer_rows(&layer));
        const uint32_t all = hardware.crossbar.rows;
        const int8_t *weight = tensors.layers[place.layer].weight +
                               (size_t{place.group} * npim_layer_outputs(&layer) + place.output) * rows;
        uint32_t signed_from = 0;
        if (!s.g.net.core.layers[layer.inputs[0]].is_signed)
            signed_from = layer.kind == NPIM_LAYER_LSTM ? layer.in_c : rows;
        int64_t sum = 0;
        for (uint32_t r = place.first_chunk * all; r < rows && r < end * all; r++)
            if (r >= signed_from) sum += 128 * weight[r];
        return sum;
    }
};

// Values that a signal takes one after the other, without those that are as before; it begins with 0.
template <class Value> std::vector<Value> changes(const std::vector<Value> &all) {
    std::vector<Value> some = {0};
    for (Value v : all)
        if (v != some.back()) some.push_back(v);
    return some;
}

std::vector<int64_t> codes_of(const vcd_signal &signal) {
    std::vector<int64_t> all;
    for (const auto &change : signal.changes)
        all.push_back(static_cast<int64_t>(vcd_signal::number(change.second)));
    return changes(all);
}

std::vector<double> reals_of(const vcd_signal &signal) {
    std::vector<double> all;
    for (const auto &change : signal.changes) all.push_back(std::strtod(change.second.c_str(), nullptr));
    return changes(all);
}

struct wave_values_test : program_fixture {
    vcd_reader wave(const std::string &network, const std::string &arch, const std::string &mode,
                    const words &sets) {
        words all = {"replay",       network_file(network),
                     "--arch",       arch,
                     "--values",     "random",
                     "--mode",       mode,
                     "--images",     "2",
                     "--wave",       path_of("x.vcd"),
                     "--wave-scope", "**",
                     "--wave-max",   "100000",
                     "--json"};
        for (const std::string &set : sets) all.insert(all.end(), {"--set", set});
        answer(all);
        return vcd_reader(read_text(path_of("x.vcd")));
    }
    void check(const std::string &network, const std::string &arch, npim_mode mode, const words &sets);
};

// One slot with values.
struct slot_check {
    const computed &c;
    const vcd_reader &read;
    std::string name; // of its signals
    npim_lane_place place;
    std::vector<uint64_t> numbers; // of its vectors, in their order

    const npim_layer &layer() const { return c.s.g.net.core.layers[place.layer]; }
    uint32_t chunks() const {
        const auto rows = static_cast<uint32_t>(npim_layer_rows(&layer()));
        return (rows + c.hardware.crossbar.rows - 1) / c.hardware.crossbar.rows;
    }
    const recorder::vector &vector(uint64_t number) const {
        return c.seen.vectors.at({place.layer, place.group, number});
    }
    int64_t sum(uint64_t number) const { return vector(number).sums[place.output]; }
    bool is_whole() const { return place.first_chunk == 0 && place.n_chunks == chunks(); }

    // The digits of the first row are those of the engine's inputs.
    void inputs() const {
        const uint32_t bits = c.hardware.dataflow.dac_bits,
                       cycles = npim_dataflow_cycles(&c.hardware.dataflow);
        std::vector<int64_t> digits;
        for (uint64_t number : numbers)
            for (uint32_t cycle = 0; cycle < cycles; cycle++)
                digits.push_back(vector(number).lines[place.first_chunk * c.hardware.crossbar.rows] >>
                                     (cycle * bits) &
                                 ((1 << bits) - 1));
        EXPECT_EQ(codes_of(read[name + "dac.code"]), changes(digits));
    }

    // The last number that a signal has for each window, from the sums of the engine.
    void last_sums(const char *signal) const {
        std::vector<double> sums;
        for (uint64_t number : numbers) sums.push_back(static_cast<double>(sum(number)));
        EXPECT_EQ(reals_of(read[name + signal]), changes(sums));
    }

    // One conversion of a whole dot product: from its code follows the engine's sum.
    void neural() const {
        if (is_whole()) last_sums("adder.sum");
        if (chunks() > 1) return;
        const int64_t step = c.inference.figures.layers[place.layer].step, owed = c.excess(place, 1);
        std::vector<int64_t> want;
        for (uint64_t number : numbers) {
            const int64_t result = sum(number) + owed;
            if (c.request.mode == NPIM_MODE_IDEAL) {
                want.push_back(static_cast<uint32_t>(result));
            } else if (c.request.mode == NPIM_MODE_QUANTISED) {
                ASSERT_EQ(result % step, 0);
                want.push_back(result / step + 127);
            } else {
                for (int64_t code = 0; code < 256; code++)
                    if ((2 * code - 255) * step / 2 == result) want.push_back(code);
            }
        }
        ASSERT_EQ(want.size(), numbers.size()) << "every sum is that of one code";
        EXPECT_EQ(codes_of(read[name + "neural_adc.code"]), changes(want));
        EXPECT_TRUE(c.request.mode != NPIM_MODE_ANALOG ||
                    read[name + "neural_adc.residue_V"].changes.size() > 1);
    }

    // Conversions of every cycle: looked at where each is made. Nothing of ISAAC's PEs is shared.
    void isaac(const npim_program_slot &slot) const {
        const npim_pe_plan &plan = c.s.arch->plan;
        std::vector<npim_stage_record> records(NPIM_MAX_RECORDS);
        uint32_t n = 0;
        npim_pe_plan_run(&plan, &slot.shape, 0, nullptr, records.data(), &n);
        uint64_t adds_ps = 0; // when the last cycle has been added
        for (uint32_t i = 0; i < n; i++)
            if (plan.stages[records[i].stage].ops == &npim_shift_add_ops &&
                plan.stages[records[i].stage].fires == NPIM_FIRES_CYCLE)
                adds_ps = records[i].start_ps + records[i].duration_ps;
        ASSERT_GT(adds_ps, 0u);
        uint64_t start_ps = UINT64_MAX;
        for (const auto &[at, value] : read[name + "state"].changes)
            if (vcd_signal::number(value) == 2) start_ps = std::min(start_ps, at);
        if (chunks() > 1) return;
        const vcd_signal &sum_of = read[name + "shift_add.sum"];
        EXPECT_EQ(sum_of.real_at(start_ps + adds_ps), static_cast<double>(sum(numbers[0])));
        EXPECT_EQ(std::strtod(sum_of.changes.back().second.c_str(), nullptr),
                  static_cast<double>(sum(numbers.back())));
        // In between every window's sum comes in its turn.
        const std::vector<double> all = reals_of(sum_of);
        size_t at = 0;
        for (uint64_t number : numbers) {
            while (at < all.size() && all[at] != static_cast<double>(sum(number))) at++;
            ASSERT_LT(at, all.size()) << "vector " << number;
        }
    }

    // Perfect cells: the codes of the most significant group that counts positive, diagonals 12 to 14.
    void cascade() const {
        if (is_whole()) last_sums("adder.sum");
        if (c.request.mode == NPIM_MODE_ANALOG) return;
        const auto rows = static_cast<uint32_t>(npim_layer_rows(&layer()));
        const uint32_t all = c.hardware.crossbar.rows, first = place.first_chunk * all;
        const int8_t *weight = c.tensors.layers[place.layer].weight +
                               (size_t{place.group} * npim_layer_outputs(&layer()) + place.output) * rows;
        std::vector<int64_t> codes;
        for (uint64_t number : numbers) {
            int64_t code = 0;
            for (uint32_t cycle = 6; cycle < 8; cycle++)
                for (uint32_t k = 12 - cycle; k < 7; k++) {
                    int64_t sum = 0;
                    for (uint32_t r = first; r < rows && r < first + all; r++)
                        sum += (vector(number).lines[r] >> cycle & 1) * (weight[r] >> k & 1);
                    if (c.request.mode == NPIM_MODE_QUANTISED) sum = std::min<int64_t>(sum, 63); // 6 bit
                    code += sum << (cycle + k - 12);
                }
            codes.push_back(code);
        }
        EXPECT_EQ(codes_of(read[name + "sar_adc.code"]), changes(codes));
    }
};

void wave_values_test::check(const std::string &network, const std::string &arch, npim_mode mode,
                             const words &sets) {
    SCOPED_TRACE(network + " " + arch + " " + npim_mode_names[mode]);
    mapping::assignments all = {"run.images=2"};
    for (const std::string &set : sets) all.push_back(set.c_str());
    const computed c(network, arch, mode, all, 2);
    const vcd_reader read = wave(network, arch, npim_mode_names[mode], sets);
    npim_kept kept{};
    kept.network = &c.s.g.net.core;
    uint32_t n_slots = 0;
    mapping::each_slot(c.program, [&](const npim_program_slot &slot, uint32_t tile) {
        if (slot.kind != NPIM_SLOT_CROSSBAR) return;
        const auto &tile_slots = c.program.tiles[tile];
        const auto number = static_cast<size_t>(&slot - tile_slots.slots);
        char name[64];
        std::snprintf(name, sizeof name, "chip_0.tile_%03u.slot_%zu.", tile, number);
        SCOPED_TRACE(name);
        slot_check one{c, read, name, npim_wave_values_place(&c.s.map, c.part_of(tile, slot)), {}};
        ASSERT_GT(one.place.n_chunks, 0u);
        for (uint32_t image = slot.image; image < 2; image += std::max(slot.image_step, 1u))
            mapping::each_window(slot, [&](uint32_t y, uint32_t x) {
                one.numbers.push_back(npim_kept_vector(&kept, one.place.layer, image, y, x));
            });
        if (one.numbers.empty()) return; // a replica for an image that there is not
        n_slots++;
        one.inputs();
        if (arch == "neural-pim") one.neural();
        if (arch == "isaac") one.isaac(slot);
        if (arch == "cascade") one.cascade();
    });
    EXPECT_GT(n_slots, 0u);
}

const std::vector<std::string> noise = {"block.rram.sigma=0.05", "block.rram.read_sigma=0.03"};

TEST_F(wave_values_test, of_convolutions_are_those_of_the_engine) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (npim_mode mode : {NPIM_MODE_IDEAL, NPIM_MODE_QUANTISED, NPIM_MODE_ANALOG})
            check("tiny_conv", arch, mode, mode == NPIM_MODE_ANALOG ? noise : words{});
}

TEST_F(wave_values_test, of_groups_are_those_of_the_engine) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (const char *network : {"tiny_grouped", "tiny_depthwise"})
            check(network, arch, NPIM_MODE_ANALOG, noise);
}

TEST_F(wave_values_test, of_chains_are_those_of_the_engine) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (npim_mode mode : {NPIM_MODE_QUANTISED, NPIM_MODE_ANALOG}) check("tiny_chain", arch, mode, {});
}

// Steps read the hidden units of the step before; replicas work on images of their own.
TEST_F(wave_values_test, of_recurrent_layers_are_those_of_the_engine) {
    for (const char *arch : {"neural-pim", "isaac", "cascade"})
        for (npim_mode mode : {NPIM_MODE_IDEAL, NPIM_MODE_QUANTISED, NPIM_MODE_ANALOG})
            check("tiny_lstm", arch, mode, mode == NPIM_MODE_ANALOG ? noise : words{});
}

// Values have 8 bit, and lanes the digits of an architecture; scopes without values do not mind.
TEST_F(wave_values_test, of_16_bit_are_refused) {
    words all = {"replay",
                 network_file("tiny_conv"),
                 "--arch",
                 "isaac-16bit",
                 "--values",
                 "random",
                 "--json",
                 "--wave",
                 path_of("x.vcd"),
                 "--wave-scope",
                 "chip_0.tile_000.**"};
    refuse(4, all, {"8 bit", "16-bit"});
    all.back() = "chip_0.router_000.**";
    answer(all);
}

} // namespace

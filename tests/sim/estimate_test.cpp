#include "sim/estimate.h"

#include "closed_form.hpp"
#include "mapping_fixture.hpp"

#include <cmath>

namespace {

using namespace mapping;

struct target {
    const char *network;
    double uJ[3]; // isaac, cascade, neural-pim: compute blocks, event accounting
};

// Per image, from an analytical model of the same parameters that shares nothing with this program.
const target targets[] = {{"alexnet", {1720.4, 553.8, 322.5}},   {"vgg16", {36797, 11800, 6891}},
                          {"vgg19", {46420, 14963, 8724}},       {"resnet50", {10015, 3122, 1844}},
                          {"resnet101", {18599, 5944, 3480}},    {"googlenet", {3993, 1225, 722.7}},
                          {"inception_v3", {14057, 4411, 2582}}, {"mobilenet_v1", {1983.6, 526.3, 334.0}},
                          {"neuraltalk", {310.0, 101.9, 59.1}}};
const char *const archs[] = {"isaac", "cascade", "neural-pim"};

struct loaded_arch {
    explicit loaded_arch(const std::string &name, const assignments &sets = {}) {
        npim_error error{};
        const std::string path = NPIM_SOURCE_DIR "/sim/arch/" + name + ".toml";
        if (npim_arch_load(&core, path.c_str(), sets.data(), sets.size(), &error) != NPIM_OK)
            throw std::runtime_error(error.message);
    }
    ~loaded_arch() { npim_arch_fini(&core); }
    npim_arch core{};
};

npim_estimate estimate(const std::string &source, const npim_arch &arch) {
    npim_error error{};
    network net(source);
    npim_graph graph{};
    if (npim_graph_build(&graph, &net.core, nullptr, &error) != NPIM_OK)
        throw std::runtime_error(error.message);
    npim_estimate e;
    npim_estimate_make(&e, &arch, &net.core, &graph);
    npim_graph_fini(&graph);
    return e;
}

TEST(estimate, meets_the_energies_of_the_modelling_rules) {
    for (size_t a = 0; a < 3; a++) {
        const loaded_arch arch(archs[a]);
        for (const target &t : targets) {
            const npim_estimate e = estimate(std::string("traces/") + t.network, arch.core);
            EXPECT_NEAR(e.compute_uJ, t.uJ[a], 0.01 * t.uJ[a]) << t.network << " on " << archs[a];
        }
    }
}

// One fully connected layer of 300 x 40: everything by hand.
TEST(estimate, of_one_layer_by_hand) {
    const std::string text = "name = \"one\"\n[network]\ninput = { channels = 300, height = 1, width = 1 }\n"
                             "[[layer]]\nname = \"fc\"\nkind = \"fc\"\nchannels = 40\n";
    const loaded_arch arch("neural-pim");
    const npim_estimate e = estimate(text, arch.core);
    const double dots = 3 * 40; // 128 rows
    EXPECT_EQ(e.macs, 12000.0);
    EXPECT_EQ(e.ad_conversions, dots);
    const double arrays = 3 * 5, interval_ps = e.array_ps / arrays;
    EXPECT_NEAR(interval_ps, 246000, 20000); // two input cycles, and what the converters add
    EXPECT_NEAR(e.chip_images_per_s, 1e12 * 280 * 64 / (arrays * interval_ps), 1e-6 * e.chip_images_per_s);
    // every output byte: eDRAM and bus twice, three routers of 4-byte flits
    EXPECT_NEAR(e.movement_uJ, 40 * (2 * 0.5375 + 2 * 0.1215 + 3 * 4.375 / 4) * 1e-6, 1e-12);
    double event = 0, nameplate = 0;
    for (double pJ : e.event_pJ) event += pJ * 1e-6;
    for (double pJ : e.nameplate_pJ) nameplate += pJ * 1e-6;
    EXPECT_NEAR(event, npim_estimate_event_uJ(&e), 1e-12);
    EXPECT_NEAR(nameplate, e.nameplate_uJ, 1e-12);
    EXPECT_NEAR(e.nameplate_uJ, npim_arch_tile_mW(&arch.core) * e.array_ps / 64 * 1e-9,
                1e-9 * e.nameplate_uJ);
}

// The window is that of the independent closed form.
TEST(estimate, windows_are_those_of_the_closed_form) {
    const struct {
        const char *name;
        const closed_form::numbers *numbers;
    } cases[] = {{"isaac", &closed_form::isaac},
                 {"cascade", &closed_form::cascade},
                 {"neural-pim", &closed_form::neural_pim},
                 {"isaac-16bit", &closed_form::isaac_16bit}};
    for (const auto &c : cases) {
        const loaded_arch arch(c.name);
        for (const uint32_t outputs : {1u, 7u, 64u, 129u})
            for (const uint32_t inputs : {1u, 64u, 128u, 129u, 1000u}) {
                npim_layer layer{};
                layer.kind = NPIM_LAYER_FC;
                layer.in_c = inputs;
                layer.in_h = layer.in_w = layer.out_h = layer.out_w = layer.groups = 1;
                layer.kernel_h = layer.kernel_w = 1;
                layer.out_c = outputs;
                const npim_pe_shape got = npim_estimate_window(&arch.core, &layer);
                const npim_pe_shape want = closed_form::shape(*c.numbers, {inputs, outputs, 1});
                EXPECT_EQ(got.rows, want.rows);
                EXPECT_EQ(got.cells, want.cells);
                EXPECT_EQ(got.columns, want.columns);
                EXPECT_EQ(got.dots, want.dots);
                EXPECT_EQ(got.input_B, want.input_B);
                EXPECT_EQ(got.load_B, want.load_B);
                EXPECT_EQ(got.result_B, want.result_B);
            }
    }
}

} // namespace

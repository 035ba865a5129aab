#include "sim/shape.h"
#include "tests/sim/mapping_fixture.hpp"

namespace {

using mapping::ceil_of;
using mapping::load_arch;

constexpr uint64_t none = UINT64_MAX;

struct weight_layer {
    weight_layer(uint32_t in_c, uint32_t out_c, uint32_t kernel_h, uint32_t kernel_w, uint32_t groups) {
        layer.kind = NPIM_LAYER_CONV;
        layer.in_c = node.in_c = in_c;
        layer.out_c = node.channels = out_c;
        layer.kernel_h = node.kernel_h = kernel_h;
        layer.kernel_w = node.kernel_w = kernel_w;
        layer.groups = node.groups = groups;
        node.kind = NPIM_NODE_WEIGHTS;
    }
    npim_placement place(const npim_arch &arch) {
        npim_network network{};
        network.layers = &layer;
        network.n_layers = 1;
        npim_placement placement{};
        npim_shape_placement(&arch, &network, &node, &placement);
        return placement;
    }
    npim_layer layer{};
    npim_node node{};
};

weight_layer random_layer(std::mt19937_64 &random) {
    const auto pick = [&](uint32_t from, uint32_t to) {
        return std::uniform_int_distribution<uint32_t>(from, to)(random);
    };
    const uint32_t groups = pick(0, 1) ? 1 : pick(2, 40), most = groups > 1 ? 30 : 400;
    return {groups * pick(1, most), groups * pick(1, most), pick(1, 4), pick(1, 4), groups};
}

// Parts of one replica, cut at random.
std::vector<npim_part> cut(std::mt19937_64 &random, const npim_arch &arch, const weight_layer &l,
                           const npim_placement &at, uint32_t most) {
    std::vector<npim_part> parts;
    for (uint32_t from = 0; from < at.arrays;) {
        npim_part part{};
        part.array_from = from;
        part.array_to = std::min<uint32_t>(at.arrays, from + 1 + static_cast<uint32_t>(random() % most));
        npim_shape_part(&arch, &l.node, &at, &part);
        from = part.array_to;
        parts.push_back(part);
    }
    return parts;
}

npim_pe_shape sum_of(const std::vector<npim_part> &parts) {
    npim_pe_shape sum{};
    for (const npim_part &p : parts) {
        sum.rows += p.shape.rows;
        sum.cells += p.shape.cells;
        sum.columns += p.shape.columns;
        sum.dots += p.shape.dots;
        sum.input_B += p.shape.input_B;
        sum.load_B += p.shape.load_B;
        sum.result_B += p.shape.result_B;
    }
    return sum;
}

// What the energy of one position counts: K rows, N outputs, G groups, rb row chunks, cb column blocks.
void check_sums(const npim_arch &arch, const weight_layer &l, const std::vector<npim_part> &parts) {
    const uint32_t cpw = arch.columns_per_weight;
    const uint64_t K = uint64_t{l.layer.kernel_h} * l.layer.kernel_w * l.layer.in_c / l.layer.groups;
    const uint64_t N = l.layer.out_c / l.layer.groups, G = l.layer.groups;
    const uint64_t rb = ceil_of(K, arch.pe.array_rows), cb = ceil_of(N * cpw, arch.pe.array_columns);
    const double input_B = static_cast<double>(ceil_of(arch.data.input_bits, 8));
    const npim_pe_shape sum = sum_of(parts);
    EXPECT_EQ(sum.rows, static_cast<double>(K * G * cb));
    EXPECT_EQ(sum.cells, static_cast<double>(K * N * G * cpw));
    EXPECT_EQ(sum.columns, static_cast<double>(rb * N * G * cpw));
    EXPECT_EQ(sum.dots, static_cast<double>(rb * N * G));
    EXPECT_EQ(sum.input_B, static_cast<double>(K * G * cb) * input_B);
    EXPECT_EQ(sum.load_B,
              static_cast<double>(K * G) * input_B * std::max(1.0, static_cast<double>(cb) / 8.0));
    EXPECT_EQ(sum.result_B, static_cast<double>(rb * N * G * arch.data.activation_B));
}

// The arrays that hold an output's dot product, and the group that one array belongs to.
struct array_model {
    array_model(const npim_arch &a, const weight_layer &l) : arch(a) {
        K = uint64_t{l.layer.kernel_h} * l.layer.kernel_w * l.layer.in_c / l.layer.groups;
        N = l.layer.out_c / l.layer.groups;
        cpw = arch.columns_per_weight;
        rb = ceil_of(K, arch.pe.array_rows);
        cb = ceil_of(N * cpw, arch.pe.array_columns);
        const bool one = rb == 1 && cb == 1 && l.layer.groups > 1;
        packed = one ? std::min(arch.pe.array_rows / K, arch.pe.array_columns / (N * cpw)) : 0;
    }
    // First array of the row chunks of the column block in which output o of group g begins.
    uint64_t first(uint64_t g, uint64_t o) const {
        if (packed) return g / packed;
        return (g * cb + o * cpw / arch.pe.array_columns) * rb;
    }
    const npim_arch &arch;
    uint64_t K, N, cpw, rb, cb, packed;
};

// Every output is finished in the part with its last row chunk; partial sums of those whose chunks are cut
// pass on.
void check_outputs(const npim_arch &arch, const weight_layer &l, const std::vector<npim_part> &parts) {
    const array_model model(arch, l);
    for (const npim_part &p : parts) {
        uint64_t from = none, to = 0, in = 0, out = 0, finished = 0;
        for (uint64_t c = 0; c < l.layer.out_c; c++) {
            const uint64_t first = model.first(c / model.N, c % model.N), last = first + model.rb - 1;
            in += first < p.array_from && last >= p.array_from;
            out += first < p.array_to && last >= p.array_to;
            if (last < p.array_from || last >= p.array_to) continue;
            from = std::min(from, c);
            to = c + 1;
            finished++;
        }
        EXPECT_EQ(p.psum_in, in);
        EXPECT_EQ(p.psum_out, out);
        EXPECT_EQ(p.out_to - p.out_from, finished);
        if (finished == 0) continue;
        EXPECT_EQ(p.out_from, from);
        EXPECT_EQ(p.out_to, to);
    }
    EXPECT_EQ(parts.front().psum_in, 0u);
    EXPECT_EQ(parts.back().psum_out, 0u);
    for (size_t i = 1; i < parts.size(); i++) EXPECT_EQ(parts[i].psum_in, parts[i - 1].psum_out);
}

// Row r of group g is tap r mod (kernel size) of channel r / (kernel size).
void check_inputs(const npim_arch &arch, const weight_layer &l, const std::vector<npim_part> &parts) {
    const array_model model(arch, l);
    const uint64_t taps = uint64_t{l.layer.kernel_h} * l.layer.kernel_w;
    const uint64_t per_group = l.layer.in_c / l.layer.groups;
    for (const npim_part &p : parts) {
        uint64_t from = none, to = 0;
        for (uint64_t a = p.array_from; a < p.array_to; a++) {
            const uint64_t g_from = model.packed ? a * model.packed : a / (model.rb * model.cb);
            const uint64_t g_to =
                model.packed ? std::min<uint64_t>(g_from + model.packed, l.layer.groups) : g_from + 1;
            const uint64_t chunk = model.packed ? 0 : a % model.rb;
            const uint64_t k_to = std::min(model.K, (chunk + 1) * arch.pe.array_rows);
            from = std::min(from, g_from * per_group + chunk * arch.pe.array_rows / taps);
            to = std::max(to, (g_to - 1) * per_group + (k_to - 1) / taps + 1);
        }
        EXPECT_EQ(p.in_from, from);
        EXPECT_EQ(p.in_to, to);
    }
}

void check_array_limits(const npim_arch &arch, const std::vector<npim_part> &parts) {
    for (const npim_part &p : parts) {
        const double n = p.array_to - p.array_from;
        EXPECT_GT(p.shape.columns_per_array, 0.0);
        EXPECT_LE(p.shape.columns_per_array, arch.pe.array_columns);
        EXPECT_LE(p.shape.columns, n * p.shape.columns_per_array);
        EXPECT_LE(p.shape.dots, n * p.shape.dots_per_array);
        EXPECT_LE(p.shape.rows, n * arch.pe.array_rows);
        EXPECT_LE(p.shape.cells, n * arch.pe.array_rows * arch.pe.array_columns);
    }
}

// A part is the sum of its arrays, each of them shaped alone; channels are their hull.
void check_arrays(const npim_arch &arch, const weight_layer &l, const npim_placement &at,
                  const std::vector<npim_part> &parts) {
    for (const npim_part &p : parts) {
        std::vector<npim_part> arrays;
        npim_part hull{};
        hull.in_from = hull.out_from = UINT32_MAX;
        for (uint32_t a = p.array_from; a < p.array_to; a++) {
            npim_part one{};
            one.array_from = a;
            one.array_to = a + 1;
            npim_shape_part(&arch, &l.node, &at, &one);
            hull.in_from = std::min(hull.in_from, one.in_from);
            hull.in_to = std::max(hull.in_to, one.in_to);
            if (one.out_from < one.out_to) hull.out_from = std::min(hull.out_from, one.out_from);
            hull.out_to = std::max(hull.out_to, one.out_to);
            hull.shape.columns_per_array =
                std::max(hull.shape.columns_per_array, one.shape.columns_per_array);
            hull.shape.dots_per_array = std::max(hull.shape.dots_per_array, one.shape.dots_per_array);
            arrays.push_back(one);
        }
        const npim_pe_shape sum = sum_of(arrays);
        EXPECT_EQ(p.shape.rows, sum.rows);
        EXPECT_EQ(p.shape.cells, sum.cells);
        EXPECT_EQ(p.shape.columns, sum.columns);
        EXPECT_EQ(p.shape.dots, sum.dots);
        EXPECT_EQ(p.shape.input_B, sum.input_B);
        EXPECT_EQ(p.shape.load_B, sum.load_B);
        EXPECT_EQ(p.shape.result_B, sum.result_B);
        EXPECT_EQ(p.shape.columns_per_array, hull.shape.columns_per_array);
        EXPECT_EQ(p.shape.dots_per_array, hull.shape.dots_per_array);
        EXPECT_EQ(p.in_from, hull.in_from);
        EXPECT_EQ(p.in_to, hull.in_to);
        EXPECT_EQ(p.out_from, hull.out_from == UINT32_MAX ? 0 : hull.out_from);
        EXPECT_EQ(p.out_to, hull.out_to);
        EXPECT_EQ(p.psum_in, arrays.front().psum_in);
        EXPECT_EQ(p.psum_out, arrays.back().psum_out);
    }
}

void check_random_layers(const npim_arch &arch, uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int i = 0; i < 60; i++) {
        weight_layer l = random_layer(random);
        SCOPED_TRACE(testing::Message()
                     << l.layer.in_c << " -> " << l.layer.out_c << ", kernel " << l.layer.kernel_h << " x "
                     << l.layer.kernel_w << ", " << l.layer.groups << " groups");
        const npim_placement at = l.place(arch);
        for (const uint32_t most : {1u, 5u, 64u, 100000u}) {
            const auto parts = cut(random, arch, l, at, most);
            check_sums(arch, l, parts);
            check_outputs(arch, l, parts);
            check_inputs(arch, l, parts);
            check_array_limits(arch, parts);
            check_arrays(arch, l, at, parts);
        }
        if (testing::Test::HasFailure()) break; // the first layer says enough
    }
}

TEST(shape, parts_add_up_and_share_the_outputs_however_they_are_cut) {
    const uint64_t seed = test_seed(91);
    for (const char *name : mapping::arch_names) {
        SCOPED_TRACE(name);
        check_random_layers(*load_arch(name, {}), seed);
    }
}

// 100 columns: a weight of 16 columns begins in one array and ends in the next.
TEST(shape, weights_may_straddle_arrays) {
    const uint64_t seed = test_seed(92);
    check_random_layers(*load_arch("isaac", {"pe.array_columns=100", "pe.array_rows=37"}), seed);
}

// Four columns of outputs, the gates, make one channel.
TEST(shape, recurrent_parts_are_the_sum_of_their_arrays) {
    std::mt19937_64 random(test_seed(93));
    for (const char *name : mapping::arch_names) {
        SCOPED_TRACE(name);
        const auto arch = load_arch(name, {});
        weight_layer l(300, 4 * 77, 1, 1, 1);
        l.node.recurrent = true;
        l.node.channels = 77;
        const npim_placement at = l.place(*arch);
        for (const uint32_t most : {1u, 3u, 7u, 100000u}) {
            const auto parts = cut(random, *arch, l, at, most);
            check_arrays(*arch, l, at, parts);
            uint32_t finished = 0;
            for (const npim_part &p : parts) finished = std::max(finished, p.out_to);
            EXPECT_EQ(finished, 77u);
        }
    }
}

TEST(shape, a_part_without_arrays_is_empty) {
    const auto isaac = load_arch("isaac", {});
    weight_layer l(300, 100, 3, 3, 1);
    const npim_placement at = l.place(*isaac);
    npim_part part{};
    part.array_from = part.array_to = 5;
    npim_shape_part(isaac.get(), &l.node, &at, &part);
    EXPECT_EQ(part.shape.rows, 0.0);
    EXPECT_EQ(part.out_to - part.out_from, 0u);
    EXPECT_EQ(part.psum_in + part.psum_out, 0u);
}

TEST(shape, by_hand_on_isaac) {
    const auto isaac = load_arch("isaac", {}); // 128 x 128, 16 columns per weight: 8 outputs
    struct expected {
        uint32_t in_c, out_c, kernel, groups, row_chunks, column_blocks, per_array, arrays;
    };
    const expected cases[] = {
        {3, 64, 7, 1, 2, 8, 0, 16},   // 147 rows, 1024 columns
        {1, 1, 1, 1, 1, 1, 0, 1},     //
        {128, 8, 1, 1, 1, 1, 0, 1},   // exactly one array
        {129, 9, 1, 1, 2, 2, 0, 4},   // one more of both
        {32, 32, 3, 32, 1, 1, 8, 4},  // depthwise: 9 rows and 16 columns each, 8 side by side
        {33, 33, 3, 33, 1, 1, 8, 5},  //
        {240, 48, 3, 2, 9, 3, 0, 54}, // 1080 rows, 384 columns in each group
        {80, 16, 4, 2, 5, 1, 0, 10},  // 640 rows, one column block
        {26, 26, 8, 13, 1, 1, 1, 13}, // 128 rows fill the array with one group
        {60, 36, 2, 12, 1, 1, 2, 6},  // 20 rows, 48 columns: two side by side
    };
    for (const expected &x : cases) {
        weight_layer l(x.in_c, x.out_c, x.kernel, x.kernel, x.groups);
        const npim_placement at = l.place(*isaac);
        EXPECT_EQ(at.row_chunks, x.row_chunks) << x.in_c;
        EXPECT_EQ(at.column_blocks, x.column_blocks) << x.in_c;
        EXPECT_EQ(at.groups_per_array, x.per_array) << x.in_c;
        EXPECT_EQ(at.arrays, x.arrays) << x.in_c;
    }
}

} // namespace

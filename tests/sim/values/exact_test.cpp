#include "sim/values/exact.h"

#include "tests/sim/values/layer_fixture.hpp"

namespace {

TEST(Exact, IsTheSumOfAllProducts) {
    for (int isa = 0; isa < NPIM_ISAS; isa++) {
        if (!npim_isa_supported(npim_isa(isa))) continue;
        npim_products products{};
        npim_error error{};
        ASSERT_EQ(npim_exact_init(&products, npim_isa(isa), &error), NPIM_OK);
        for (const auto &[rows, outputs, vectors] :
             {std::tuple{1u, 1u, 1u}, {129u, 17u, 5u}, {64u, 3u, 33u}, {1000u, 40u, 2u}}) {
            const test_layer layer(rows, rows, outputs, vectors, rows % 2 == 0, 2);
            for (uint32_t group = 0; group < 2; group++) {
                const std::vector<int32_t> sums = layer.run(products, group);
                for (size_t i = 0; i < sums.size(); i++)
                    ASSERT_EQ(sums[i], layer.exact(i / outputs, uint32_t(i % outputs), group))
                        << npim_isa_names[isa] << ' ' << rows << 'x' << outputs << " sum " << i;
            }
        }
        npim_products_fini(&products);
        npim_products_fini(&products);
    }
}

} // namespace

#include "sim/values/forward_parts.h"

#include "tests/sim/values/hand_cases.hpp"

using namespace value_net;

TEST(forward_pool, by_hand) {
    run_hand_cases(pool_cases(), pass::forward);
}

// Every pool of an image of one value, without padding that counts, is that value.
TEST(forward_pool, of_one_value_is_that_value) {
    for (auto kind : {NPIM_LAYER_MAXPOOL, NPIM_LAYER_AVGPOOL})
        for (uint32_t kernel = 1; kernel <= 4; kernel++)
            for (uint32_t stride = 1; stride <= 3; stride++)
                for (uint32_t pad = 0; pad < kernel; pad++) {
                    net n({2, 5, 6});
                    net::window w;
                    w.kernel_h = w.kernel_w = kernel, w.stride_h = stride, w.stride_w = 3;
                    w.top = w.right = pad;
                    const npim_layer &y = n.slide(kind, 0, w);
                    const codes same(size_t{2} * y.out_h * y.out_w, 77);
                    EXPECT_EQ(run(n, std::vector<float>(60, 77), pass::forward).out, same)
                        << kernel << " " << stride << " " << pad;
                }
}

// An average over 1000 x 1000 pixels: sums far beyond 16 bit.
TEST(forward_pool, large_planes) {
    net n({1, 1000, 1000});
    n.add(NPIM_LAYER_GLOBALPOOL, {0}, 1.0, false);
    std::vector<float> image(1000000, 255);
    for (size_t i = 0; i < image.size(); i += 2) image[i] = 3;
    EXPECT_EQ(run(n, image, pass::forward).out, codes{129});
}

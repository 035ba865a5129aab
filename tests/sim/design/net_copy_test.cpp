#include "net_fixture.hpp"

namespace {

const npim_net_shape shapes[] = {shape_of(1, 1, 1, false), shape_of(3, 4, 2, true, 2, 3),
                                 shape_of(9, 3, 1, false, 8, 16), shape_of(1, 7, 5, true, 1, 1)};

// Five straight pieces: few kinks, on which finite differences are wrong.
npim_inverter five_pieces() {
    const double in[] = {0, 0.3, 0.45, 0.52, 0.7, 1}, out[] = {1, 0.97, 0.8, 0.25, 0.04, 0.01};
    npim_inverter inverter{};
    inverter.vdd_V = 1;
    for (uint32_t i = 0; i < NPIM_VTC_POINTS; i++) {
        const double at = i / 1000.0;
        int k = 0;
        while (k < 4 && at > in[k + 1]) k++;
        inverter.out_V[i] = out[k] + (out[k + 1] - out[k]) * (at - in[k]) / (in[k + 1] - in[k]);
    }
    return inverter;
}

// Compares with central differences: |difference| <= relative x |gradient| + absolute x the largest one.
void check_gradient(const npim_net_shape &shape, const npim_inverter &inverter, double relative,
                    double absolute, std::mt19937_64 &random) {
    const size_t n = 67; // more than a block
    made_net made(shape, inverter);
    made.randomise(random);
    random_samples set(n, shape, random);
    made_copy at(made.net);
    const npim_net_programming how = {false, 0.1, {3, 1}, 1000};
    const auto loss = [&](double *gradient) {
        npim_net_program(&at.copy, &made.net, &how);
        return npim_net_loss(&at.copy, &made.net, &set.samples, 0, n, gradient ? 0.5 : 0, gradient);
    };
    std::vector<double> gradient(made.net.n_parameters, 0.25); // added to, by half
    loss(gradient.data());
    double largest = 0;
    for (double &g : gradient) largest = std::max(largest, std::fabs(g = 2 * (g - 0.25)));
    ASSERT_GT(largest, 1e-3);
    for (size_t i = 0; i < made.net.n_parameters; i++) {
        const double place = made.net.parameter[i], step = 1e-6;
        made.net.parameter[i] = place + step;
        const double above = loss(nullptr);
        made.net.parameter[i] = place - step;
        const double below = loss(nullptr);
        made.net.parameter[i] = place;
        EXPECT_NEAR(gradient[i], (above - below) / (2 * step),
                    relative * std::fabs(gradient[i]) + absolute * largest)
            << shape.n_hidden << " hidden, parameter " << i;
    }
}

TEST(net_copy, the_gradient_is_that_of_finite_differences) {
    std::mt19937_64 random(test_seed(11));
    for (const npim_net_shape &shape : shapes) {
        check_gradient(shape, five_pieces(), 1e-6, 1e-8, random);
        check_gradient(shape, curve(), 1e-3, 1e-3, random); // kinks at every mV
    }
}

TEST(net_copy, is_the_circuit_it_becomes) {
    std::mt19937_64 random(test_seed(12));
    for (double vdd_V : {1.0, 1.2})
        for (const npim_net_shape &shape : shapes) {
            made_net made(shape, curve(vdd_V));
            made.randomise(random);
            random_samples set(100, shape, random);
            npim_circuit circuit;
            npim_error error{};
            ASSERT_EQ(npim_net_circuit(&made.net, &circuit, &error), NPIM_OK) << error.message;
            {
                instance_of instance(&circuit);
                made_copy at(made.net);
                npim_net_programming how{};
                how.rounded = true;
                npim_net_program(&at.copy, &made.net, &how);
                std::vector<double> in(shape.n_inputs), node(circuit.n_neurons), out(circuit.n_neurons);
                for (size_t i = 0; i < 100; i++) {
                    for (uint32_t k = 0; k < shape.n_inputs; k++) in[k] = vdd_V * set.samples.in[k * 100 + i];
                    npim_instance_eval(&instance.at, in.data(), 0, node.data(), out.data());
                    npim_net_loss(&at.copy, &made.net, &set.samples, i, 1, 0, nullptr);
                    for (uint32_t k = 0; k < shape.n_outputs; k++)
                        EXPECT_NEAR(vdd_V * at.copy.out[k * NPIM_NET_BLOCK], out[shape.n_hidden + k], 1e-9);
                }
            }
            npim_circuit_fini(&circuit);
        }
}

TEST(net_copy, a_loss_is_the_sum_over_samples_that_count_on_from_the_first) {
    std::mt19937_64 random(test_seed(13));
    const npim_net_shape shape = shape_of(2, 3, 2, true);
    made_net made(shape);
    made.randomise(random);
    random_samples set(7, shape, random);
    made_copy at(made.net);
    npim_net_programming how{};
    npim_net_program(&at.copy, &made.net, &how);
    double sum = 0;
    for (size_t i = 5; i < 5 + 150; i++)
        sum += npim_net_loss(&at.copy, &made.net, &set.samples, i % 7, 1, 0, nullptr);
    EXPECT_NEAR(npim_net_loss(&at.copy, &made.net, &set.samples, 5, 150, 0, nullptr), sum, 1e-12 * sum);
    EXPECT_NEAR(npim_net_loss(&at.copy, &made.net, &set.samples, 5 + 7, 150, 0, nullptr), sum, 1e-12 * sum);
    EXPECT_EQ(npim_net_loss(&at.copy, &made.net, &set.samples, 0, 0, 0, nullptr), 0);
}

// Rounding counts as the identity: the gradient is that at the rounded parameters.
TEST(net_copy, the_gradient_goes_straight_through_rounding) {
    std::mt19937_64 random(test_seed(14));
    const npim_net_shape shape = shape_of(2, 3, 1, false, 2, 2);
    made_net made(shape);
    made.randomise(random);
    random_samples set(40, shape, random);
    made_copy at(made.net);
    npim_net_programming how{};
    how.rounded = true;
    std::vector<double> through(made.net.n_parameters), there(made.net.n_parameters);
    npim_net_program(&at.copy, &made.net, &how);
    npim_net_loss(&at.copy, &made.net, &set.samples, 0, 40, 1, through.data());
    npim_net_round(&made.net);
    how.rounded = false;
    npim_net_program(&at.copy, &made.net, &how);
    npim_net_loss(&at.copy, &made.net, &set.samples, 0, 40, 1, there.data());
    EXPECT_EQ(through, there);
}

// Parallel cells average their variation.
TEST(net_copy, conductances_vary_as_the_mean_of_their_cells) {
    const uint32_t cells = 9;
    made_net made(shape_of(30, 40, 1, false, cells, cells));
    made_copy at(made.net);
    const uint64_t seed = test_seed(15);
    const npim_net_programming how = {false, 0.3, {seed, 0}, 0};
    npim_net_program(&at.copy, &made.net, &how);
    double sum = 0, square = 0;
    const double n = static_cast<double>(made.net.n_parameters);
    for (size_t i = 0; i < made.net.n_parameters; i++) {
        const double off = at.copy.slope[i] / (0.99 * cells) - 1;
        sum += off / n;
        square += off * off / n;
    }
    EXPECT_NEAR(sum, 0, 4 * 0.1 / std::sqrt(n));
    EXPECT_NEAR(std::sqrt(square), 0.1, 4 * 0.1 / std::sqrt(2 * n));
}

TEST(net_copy, weights_of_a_row_sum_to_one) {
    std::mt19937_64 random(test_seed(16));
    made_net made(shape_of(3, 2, 2, true));
    made.randomise(random);
    made_copy at(made.net);
    const npim_net_programming how = {true, 0.2, {1, 2}, 3};
    npim_net_program(&at.copy, &made.net, &how);
    for (uint32_t layer = 0; layer < 2; layer++)
        for (uint32_t row = 0; row < 2; row++) {
            double sum = 0;
            for (uint32_t path = 0; path < 2; path++)
                for (uint32_t column = 0; column < made.net.layers[layer].n_columns; column++)
                    sum += at.copy.weight[npim_net_index(&made.net, layer, path, row, column)];
            EXPECT_NEAR(sum, 1, 1e-12);
        }
}

TEST(net_copy, ends_twice) {
    npim_net_copy copy{};
    npim_net_copy_fini(&copy);
    npim_net_copy_fini(&copy);
}

} // namespace

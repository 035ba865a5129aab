#include "tests/sim/network_fixture.hpp"

namespace {

using namespace network_text;
using std::string;

struct network_order_test : network_fixture {};

TEST_F(network_order_test, any_listing_gives_the_same_network_in_a_stable_order) {
    const string a = conv("a", "[\"input\"]"), b = conv("b", "[\"input\"]"), c = conv("c", "[\"b\"]");
    const string join = layer("join", "add", "inputs = [\"a\", \"c\"]");
    const std::pair<string, const char *> listings[] = {{a + b + c + join, "input a b c join"},
                                                        {b + a + c + join, "input b a c join"},
                                                        {b + c + a + join, "input b c a join"},
                                                        {join + c + b + a, "input b c a join"},
                                                        {c + join + a + b, "input a b c join"}};
    for (const auto &[text, names] : listings) {
        ASSERT_EQ(load_text(head + text), NPIM_OK) << e.message;
        EXPECT_EQ(order(), names);
        EXPECT_STREQ(n.layers[at("join").inputs[0]].name, "a");
        EXPECT_STREQ(n.layers[at("join").inputs[1]].name, "c");
        EXPECT_STREQ(n.layers[n.output].name, "join");
        EXPECT_EQ(npim_network_macs(&n), (12u + 12 + 16) * 64);
    }
}

TEST_F(network_order_test, an_omitted_input_is_the_layer_listed_before) {
    ASSERT_EQ(load_text(head + conv("a") + conv("b") + conv("c", "[\"a\"]") +
                        layer("d", "add", "inputs = [\"b\", \"c\"]")),
              NPIM_OK)
        << e.message;
    EXPECT_EQ(at("a").inputs[0], 0u);
    EXPECT_STREQ(n.layers[at("b").inputs[0]].name, "a");
    EXPECT_STREQ(n.layers[at("c").inputs[0]].name, "a");
}

TEST_F(network_order_test, cycles_name_their_members) {
    refuses(head + conv("a", "[\"a\"]"), 9, "cycle of layers: a <- a");
    refuses(head + conv("a", "[\"c\"]") + conv("b") + conv("c") + conv("tail"), 0, "cycle of layers: ");
    const string message = e.message;
    for (const char *member : {"a <- c", "c <- b", "b <- a"})
        EXPECT_NE(message.find(member), string::npos) << message;
    EXPECT_EQ(message.find("tail"), string::npos) << message;
    // Behind the input, with a layer before and one behind the cycle.
    refuses(head + conv("first") + layer("sum", "add", "inputs = [\"first\", \"back\"]") + conv("back") +
                conv("last"),
            0, "sum <- back <- sum");
    string ring;
    for (int i = 0; i < 200; i++)
        ring += conv("layer_" + std::to_string(i), "[\"layer_" + std::to_string((i + 1) % 200) + "\"]");
    refuses(head + ring, 0, "...");
}

TEST_F(network_order_test, inputs_are_checked) {
    refuses(head + conv("a", "[\"nobody\"]"), 9, "no layer \"nobody\"");
    refuses(head + conv("a", "[\"input\", \"input\"]"), 9, "2 inputs: outside 1..1");
    refuses(head + layer("a", "add", "inputs = [\"input\"]"), 7, "1 inputs: outside 2..64");
    refuses(head + layer("a", "concat"), 5, "1 inputs: outside 2..64");
    refuses(head + conv("a") + layer("b", "add", "inputs = [\"a\", \"a\"]"), 12, "\"a\" twice");
}

TEST_F(network_order_test, sixty_four_inputs_are_the_most) {
    string layers, names;
    for (int i = 0; i < 64; i++) {
        layers += conv("c" + std::to_string(i), "[\"input\"]");
        names += (i ? ", \"c" : "\"c") + std::to_string(i) + "\"";
    }
    ASSERT_EQ(load_text(head + layers + layer("j", "concat", "inputs = [" + names + "]")), NPIM_OK)
        << e.message;
    EXPECT_EQ(out("j"), (shape{256, 8, 8}));
    refuses(head + layers + layer("j", "concat", "inputs = [" + names + ", \"input\"]"), 0, "more than 64");
}

TEST_F(network_order_test, hundreds_of_layers_in_reverse_order_are_sorted) {
    const auto chain = [](int count) {
        string text;
        for (int i = count - 1; i >= 0; i--)
            text += "[[layer]]\nname = \"n" + std::to_string(i) + "\"\nkind = \"flatten\"\ninputs = [\"" +
                    (i ? "n" + std::to_string(i - 1) : "input") + "\"]\n";
        return text;
    };
    ASSERT_EQ(load_text(head + chain(500)), NPIM_OK) << e.message;
    ASSERT_EQ(n.n_layers, 501u);
    EXPECT_STREQ(n.layers[500].name, "n499");
    EXPECT_EQ(n.layers[500].inputs[0], 499u);
    EXPECT_EQ(n.output, 500u);
    string many;
    for (int i = 0; i < 4096; i++) many += "[[layer]]\nkind = \"flatten\"\n";
    refuses(head + many, 0, "outside 1..4095");
}

} // namespace

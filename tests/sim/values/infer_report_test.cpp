#include "sim/values/infer_report.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

struct infer_report : testing::Test {
    std::vector<npim_layer> layers;
    std::vector<npim_layer_figures> figures;
    npim_network network{};
    npim_inference i{};
    npim_arch *arch = new npim_arch();
    npim_infer_subject subject{&network, arch};

    infer_report() : layers(3), figures(3) {
        layers[1].kind = NPIM_LAYER_CONV;
        layers[2].kind = NPIM_LAYER_MAXPOOL;
        std::strcpy(layers[1].name, "first");
        std::strcpy(network.name, "net");
        std::strcpy(arch->name, "chip");
        arch->run.seed = 12;
        network.layers = layers.data();
        network.n_layers = 3;
        i.mode = NPIM_MODE_ANALOG;
        i.images = 8;
        i.figures = {figures.data(), 3};
        i.macs = 1000;
        i.seconds = 0.5;
        figures[1].n_sums = 4; // 10 dB
        figures[1].signal_sum = 16;
        figures[1].signal_squares = 84;
        figures[1].error_squares = 2;
        figures[1].conversions = 200;
        figures[1].clipped = 3;
        figures[1].step = 17;
        figures[1].v_max_V = 0.03;
    }
    ~infer_report() override { delete arch; }

    std::string json() {
        const std::unique_ptr<cJSON, decltype(&cJSON_Delete)> root(npim_infer_json(&i, &subject),
                                                                   cJSON_Delete);
        char *text = npim_json_text(root.get());
        std::string all;
        for (const char *c = text; *c; c++)
            if (!std::strchr(" \t\n", *c)) all += *c;
        std::free(text);
        return all;
    }
    std::string text() {
        char *all = npim_infer_text(&i, &subject);
        std::string copy = all;
        std::free(all);
        return copy;
    }
};

TEST_F(infer_report, json_has_everything_and_null_for_what_there_is_not) {
    EXPECT_EQ(json(), "{\"network\":\"net\",\"architecture\":\"chip\",\"mode\":\"analog\",\"seed\":12,"
                      "\"images\":8,\"layout_images\":0,"
                      "\"accuracy_float\":null,\"accuracy_int8\":null,\"accuracy\":null,\"mismatches\":null,"
                      "\"macs\":1000,\"macs_per_s\":2000,\"layers\":[{\"name\":\"first\",\"kind\":\"conv\","
                      "\"sinad_dB\":10,\"clipped\":0.015,\"v_max_V\":0.03,\"step\":17,"
                      "\"conversions\":200}]}");
}

TEST_F(infer_report, accuracies_are_shares_of_the_images) {
    i.labelled = true;
    i.right = 2, i.right_int8 = 6, i.right_float = 7;
    std::string all = json();
    EXPECT_NE(all.find("\"accuracy_float\":null,\"accuracy_int8\":0.75,\"accuracy\":0.25"), std::string::npos)
        << all;
    i.has_float = true;
    all = json();
    EXPECT_NE(all.find("\"accuracy_float\":0.875,"), std::string::npos) << all;
    i.compared = true;
    i.mismatches = 5;
    all = json();
    EXPECT_NE(all.find("\"mismatches\":5,"), std::string::npos) << all;
}

TEST_F(infer_report, ideal_has_no_error_and_no_converters) {
    i.mode = NPIM_MODE_IDEAL;
    figures[1] = {};
    const std::string all = json();
    EXPECT_NE(all.find("\"sinad_dB\":150,\"clipped\":0,\"v_max_V\":null,\"step\":null,\"conversions\":0"),
              std::string::npos)
        << all;
}

TEST_F(infer_report, text_says_the_same) {
    i.labelled = i.has_float = true;
    i.right = 2, i.right_int8 = 6, i.right_float = 7;
    const std::string all = text();
    EXPECT_EQ(all, "net, 8 images, analog on chip\n"
                   "\n"
                   "accuracy float      87.50 %\n"
                   "accuracy int8       75.00 %\n"
                   "accuracy analog     25.00 %\n"
                   "\n"
                   "layer                            SINAD_dB  clipped_%  V_max_mV\n"
                   "first                                10.0     1.5000     30.00\n");
    i.mode = NPIM_MODE_QUANTISED;
    i.compared = true;
    i.images = 1;
    EXPECT_NE(
        text().find("mismatches             0   output codes that differ from the second integer model"),
        std::string::npos)
        << text();
    EXPECT_NE(text().find("1 image,"), std::string::npos);
}

} // namespace

#include "sim/vcd.h"

#include "program_fixture.hpp"
#include "vcd_reader.hpp"

#include <cmath>
#include <random>

namespace {

struct vcd_test : program_fixture {
    npim_vcd vcd{};
    npim_error error{};

    std::string path() const { return path_of("x.vcd"); }
    void open(const std::vector<npim_vcd_signal> &signals) {
        ASSERT_EQ(npim_vcd_open(&vcd, path().c_str(), signals.data(), signals.size(), &error), NPIM_OK)
            << error.message;
    }
    std::string text() {
        EXPECT_EQ(npim_vcd_close(&vcd, &error), NPIM_OK) << error.message;
        return read_text(path());
    }
};

TEST_F(vcd_test, is_what_the_standard_says) {
    open({{"top.a.flag", 1}, {"top.a.count", 12}, {"top.b.c.v_V", 0}, {"alone", 64}});
    npim_vcd_time(&vcd, 5);
    npim_vcd_begin_dump(&vcd);
    npim_vcd_number(&vcd, 0, 1, 0);
    npim_vcd_number(&vcd, 1, 12, 0);
    npim_vcd_real(&vcd, 2, -0.25);
    npim_vcd_number(&vcd, 3, 64, UINT64_MAX);
    npim_vcd_end_dump(&vcd);
    npim_vcd_time(&vcd, 5); // the same again
    npim_vcd_time(&vcd, 1000);
    npim_vcd_number(&vcd, 0, 1, 1);
    npim_vcd_number(&vcd, 1, 12, 6);
    const std::string all = text();
    const size_t from = all.find("$timescale");
    EXPECT_EQ(all.substr(from), "$timescale 1ps $end\n"
                                "$scope module top $end\n"
                                "$scope module a $end\n"
                                "$var wire 1 ! flag $end\n"
                                "$var wire 12 \" count [11:0] $end\n"
                                "$upscope $end\n"
                                "$scope module b $end\n"
                                "$scope module c $end\n"
                                "$var real 64 # v_V $end\n"
                                "$upscope $end\n"
                                "$upscope $end\n"
                                "$upscope $end\n"
                                "$var wire 64 $ alone [63:0] $end\n"
                                "$enddefinitions $end\n"
                                "#5\n$dumpvars\n0!\nb0 \"\nr-0.25 #\nb" +
                                    std::string(64, '1') + " $\n$end\n#1000\n1!\nb110 \"\n");
    EXPECT_EQ(all.find(std::to_string(2000)), std::string::npos) << "no year in the date";
    const vcd_reader read(all);
    EXPECT_EQ(read["top.a.count"].number_at(1000), 6u);
}

// Enough to need codes of three characters and to fill the buffer many times.
TEST_F(vcd_test, random_values_come_back) {
    std::mt19937_64 random(20240607);
    std::printf("seed 20240607\n");
    const uint32_t n = 94 * 95 + 7;
    std::vector<std::string> names;
    std::vector<npim_vcd_signal> signals;
    for (uint32_t i = 0; i < n; i++)
        names.push_back("t" + std::to_string(i / 1000) + ".s" + std::to_string(i / 10) + ".x" +
                        std::to_string(i));
    for (uint32_t i = 0; i < n; i++) signals.push_back({names[i].c_str(), i % 65});
    open(signals);
    std::vector<uint64_t> numbers(n);
    std::vector<double> reals(n);
    for (uint64_t at = 0; at < 20; at++) {
        npim_vcd_time(&vcd, at * at);
        for (uint32_t i = 0; i < n; i++) {
            const uint32_t bits = i % 65;
            const uint64_t value =
                (numbers[i] + 1 + random() % 3) & (bits < 64 ? (uint64_t{1} << bits) - 1 : UINT64_MAX);
            if (bits > 0 && (at == 0 || value != numbers[i]))
                npim_vcd_number(&vcd, i, bits, numbers[i] = value);
            if (bits == 0)
                npim_vcd_real(&vcd, i, reals[i] = std::ldexp(double(random()), int(random() % 200) - 100));
        }
    }
    const vcd_reader read(text());
    EXPECT_EQ(read.signals.size(), n);
    for (uint32_t i = 0; i < n; i++) {
        if (i % 65 > 0)
            ASSERT_EQ(read[names[i]].number_at(400), numbers[i]) << names[i];
        else
            ASSERT_EQ(read[names[i]].real_at(400), reals[i]) << names[i];
    }
}

TEST_F(vcd_test, a_file_that_cannot_be_created_is_refused) {
    const npim_vcd_signal one = {"a", 1};
    for (const std::string &path : {path_of("no/such.vcd"), folder.string()}) {
        EXPECT_EQ(npim_vcd_open(&vcd, path.c_str(), &one, 1, &error), NPIM_EUSAGE);
        EXPECT_NE(std::string(error.message).find(path), std::string::npos) << error.message;
        EXPECT_EQ(npim_vcd_close(&vcd, &error), NPIM_OK) << "closed already";
    }
    EXPECT_TRUE(std::filesystem::is_directory(folder));
}

TEST_F(vcd_test, a_full_disk_is_noticed_and_reported) {
    if (access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full";
    std::filesystem::create_symlink("/dev/full", path()); // removed like the file it stands for
    const npim_vcd_signal one = {"a", 64};
    EXPECT_EQ(npim_vcd_open(&vcd, path().c_str(), &one, 1, &error), NPIM_EUSAGE);
    EXPECT_NE(std::string(error.message).find("No space left"), std::string::npos) << error.message;
    EXPECT_EQ(listing(), std::vector<std::string>{});
}

TEST_F(vcd_test, a_discarded_file_is_gone) {
    open({{"a", 1}});
    EXPECT_EQ(listing(), std::vector<std::string>{"x.vcd"});
    npim_vcd_discard(&vcd);
    npim_vcd_discard(&vcd);
    EXPECT_EQ(listing(), std::vector<std::string>{});
}

} // namespace

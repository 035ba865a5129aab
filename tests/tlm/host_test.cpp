#include "tlm/host.hpp"

#include "program_fixture.hpp"

using namespace program_fixture;

namespace {

// A host before stub consumers; what it sends goes to a sink, or straight to them.
struct site {
    npim::sequencer agenda{"sequencer"};
    uint64_t next_packet = 0;
    npim::host host;
    std::unique_ptr<traffic::sink> chip;
    std::unique_ptr<short_way> way;
    traffic::source from_chip{"from_chip"};
    std::deque<stub_consumer> stubs;
    std::vector<npim::consumer *> consumers;

    explicit site(npim_program &program, uint32_t n_stubs = 1, bool direct = true)
        : host("host", (program.tiles_per_chip = npim::max_tile, program), 64, 4, agenda, next_packet),
          stubs(n_stubs) {
        if (direct) {
            way = std::make_unique<short_way>("way", consumers, nullptr, npim::max_tile);
            host.to_chip.bind(way->in);
        } else {
            chip = std::make_unique<traffic::sink>("chip");
            host.to_chip.bind(chip->in);
        }
        from_chip.out.bind(host.from_chip);
        for (stub_consumer &stub : stubs) consumers.push_back(&stub);
        host.connect(&consumers);
    }

    // A result of the network comes back.
    void result(uint64_t image, uint32_t bytes, bool last, uint64_t arrival_ps) {
        npim::delivery what;
        what.at = {image, 0, 0};
        what.bytes = bytes;
        what.last = last;
        host.receive(what, arrival_ps);
    }
};

// 5 B a pixel: twelve fit a packet of 64 B, so a row of 14 is 12 and 2.
TEST(host, SendsPixelsInPackets) {
    builder p(1);
    builder::destination(p.image(2, 14, 5), 0, 3, 0, 5, 1);
    p.program.host_B = 1;
    site s(p.program);
    run_to(1000);
    const auto &got = s.stubs[0].arrivals;
    ASSERT_EQ(got.size(), 4u);
    const uint32_t x[] = {0, 12, 0, 12}, n[] = {12, 2, 12, 2};
    for (uint32_t i = 0; i < 4; i++) {
        EXPECT_EQ(got[i].what.at.y, i / 2);
        EXPECT_EQ(got[i].what.at.x, x[i]);
        EXPECT_EQ(got[i].what.n, n[i]);
        EXPECT_EQ(got[i].what.bytes, n[i] * 5);
        EXPECT_EQ(got[i].what.buffer, 3u);
        EXPECT_EQ(got[i].what.piece, 1u);
        EXPECT_TRUE(got[i].what.last);
    }
    EXPECT_EQ(s.host.sent_B(), 2 * 14 * 5u);
    EXPECT_EQ(s.host.sent(0).edram_B, 2 * 14 * 5u);
}

// 150 B a pixel: three packets each.
TEST(host, LargePixelsTakeSeveralPackets) {
    builder p(1);
    builder::destination(p.image(1, 2, 150), 0, 0, 0, 150);
    p.program.host_B = 1;
    site s(p.program);
    run_to(1000);
    const auto &got = s.stubs[0].arrivals;
    ASSERT_EQ(got.size(), 6u);
    const uint32_t bytes[] = {64, 64, 22};
    for (uint32_t i = 0; i < 6; i++) {
        EXPECT_EQ(got[i].what.bytes, bytes[i % 3]);
        EXPECT_EQ(got[i].what.last, i % 3 == 2);
        EXPECT_EQ(got[i].what.at.x, i / 3);
    }
    EXPECT_EQ(s.host.sent_B(), 300u);
}

// Consumers of the same channels share a packet; it is counted once on the link, at each consumer in its
// eDRAM.
TEST(host, MulticastsHaveOneNumber) {
    builder p(3);
    npim_program_slot &image = p.image(1, 4, 10);
    builder::destination(image, 0, 0, 0, 10);
    builder::destination(image, 2, 0, 0, 10);
    builder::destination(image, 1, 0, 1, 4);
    p.program.host_B = 1;
    site s(p.program, 3, false);
    run_to(1000);
    const auto &sent = s.chip->arrivals;
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_EQ(sent[0].packet, sent[1].packet);
    EXPECT_NE(sent[1].packet, sent[2].packet);
    EXPECT_EQ(npim::decompose(sent[0].address).tile, 0u);
    EXPECT_EQ(npim::decompose(sent[1].address).tile, 2u);
    EXPECT_EQ(npim::decompose(sent[2].address).tile, 1u);
    EXPECT_EQ(s.host.sent(0).edram_B, 4 * (10 + 10 + 4u));
    EXPECT_EQ(s.host.sent_B(), 40u);
}

// Packets end where the set of consumers that need a pixel changes; what nobody needs is not sent.
TEST(host, SendsOnlyWhatIsNeeded) {
    builder p(2);
    npim_program_slot &image = p.image(1, 10, 2);
    builder::destination(image, 0, 0, 0, 2);
    builder::destination(image, 1, 0, 0, 2);
    p.program.host_B = 1;
    site s(p.program, 2);
    s.stubs[0].wants = {0, 6};
    s.stubs[1].wants = {4, 8};
    run_to(1000);
    ASSERT_EQ(s.stubs[0].arrivals.size(), 2u); // 0..3, 4..5
    ASSERT_EQ(s.stubs[1].arrivals.size(), 2u); // 4..5, 6..7
    EXPECT_EQ(s.stubs[0].arrivals[0].what.n, 4u);
    EXPECT_EQ(s.stubs[0].arrivals[1].what.n, 2u);
    EXPECT_EQ(s.stubs[1].arrivals[0].what.at.x, 4u);
    EXPECT_EQ(s.stubs[1].arrivals[1].what.at.x, 6u);
    EXPECT_EQ(s.stubs[1].arrivals[1].what.n, 2u);
    EXPECT_EQ(s.host.sent_B(), 8 * 2u);
}

TEST(host, WaitsForPlaces) {
    builder p(1);
    builder::destination(p.image(1, 3, 64), 0, 0, 0, 64);
    p.program.host_B = 1;
    site s(p.program);
    s.stubs[0].open = false;
    run_to(49999);
    EXPECT_TRUE(s.stubs[0].arrivals.empty());
    ASSERT_EQ(s.stubs[0].waiters.size(), 1u);
    EXPECT_EQ(s.host.outstanding(),
              "host: image 0 is not complete; next to send is image 0, row 0, column 0");
    run_to(50000);
    s.stubs[0].let_in(s.agenda);
    run_to(50000);
    ASSERT_EQ(s.stubs[0].arrivals.size(), 3u);
    for (const auto &got : s.stubs[0].arrivals) EXPECT_EQ(got.time_ps, 50000u);
}

// The first image goes alone; the others follow when its result is back, as fast as they can.
TEST(host, TheFirstImageGoesAlone) {
    builder p(1, 3);
    builder::destination(p.image(1, 2, 64), 0, 0, 0, 64);
    p.program.host_B = 18;
    site s(p.program);
    run_to(100000);
    EXPECT_EQ(s.stubs[0].arrivals.size(), 2u);
    EXPECT_NEAR(s.host.share_sent(3), 1.0 / 3, 1e-12);
    s.result(0, 5, true, 123456); // of 18 bytes
    run_to(200000);
    EXPECT_EQ(s.stubs[0].arrivals.size(), 2u);
    s.result(0, 6, false, 250000);
    s.result(0, 7, true, 300000);
    run_to(299999);
    EXPECT_EQ(s.stubs[0].arrivals.size(), 2u);
    EXPECT_EQ(s.host.n_complete(), 0u);
    run_to(300000);
    EXPECT_EQ(s.host.n_complete(), 1u);
    EXPECT_EQ(s.host.completed_ps(0), 300000u);
    EXPECT_EQ(s.stubs[0].arrivals.size(), 6u);
    EXPECT_EQ(s.stubs[0].arrivals[2].time_ps, 300000u);
    EXPECT_EQ(s.host.outstanding(),
              "host: image 1 is not complete; next to send is image 3, row 0, column 0");
    for (uint64_t image = 1; image < 3; image++)
        for (uint32_t i = 0; i < 2; i++) s.result(image, 9, true, 400000 + image);
    run_to(500000);
    EXPECT_EQ(s.host.outstanding(), "");
    EXPECT_EQ(s.host.completed_ps(2), 400002u);
    EXPECT_EQ(s.host.received_B(), 5 + 6 + 7 + 4 * 9u);
    EXPECT_EQ(s.host.share_sent(3), 1.0);
}

// Tiles that the host's packets went to, in their order.
std::vector<uint32_t> receivers(const site &s) {
    std::vector<uint32_t> found;
    for (const auto &sent : s.chip->arrivals) found.push_back(npim::decompose(sent.address).tile);
    return found;
}

// Two inputs: the image to tile 0, three words to tile 1.
void two_inputs(builder &p) {
    builder::destination(p.image(1, 1, 60), 0, 0, 0, 60);
    npim_program_slot &words = p.input_layer();
    words.out_h = 3;
    words.x_to = 1;
    words.outputs = words.output_B = 20;
    builder::destination(words, 1, 0, 0, 20);
    p.program.host_B = 8;
}

TEST(host, InputsGoAtTheirOwnPace) {
    builder p(2);
    two_inputs(p);
    site s(p.program, 2, false);
    s.stubs[0].open = false;
    run_to(1000000);
    EXPECT_EQ(receivers(s), (std::vector<uint32_t>{1, 1, 1})) << "the words do not wait for the image";
    EXPECT_EQ(s.host.sent(0).sent_B, 0u);
    EXPECT_EQ(s.host.sent(1).sent_B, 60u);
    EXPECT_EQ(s.host.outstanding(),
              "host: image 0 is not complete; next to send is image 0, row 0, column 0; next to "
              "send is image 1, row 0, column 0");
    EXPECT_NEAR(s.host.share_sent(1), 3.0 / 4, 1e-12);
    s.stubs[0].let_in(s.agenda);
    run_to(2000000);
    EXPECT_EQ(receivers(s), (std::vector<uint32_t>{1, 1, 1, 0}));
    EXPECT_EQ(s.host.sent_B(), 120u);
    EXPECT_EQ(s.host.sent(0).edram_B, 60u);
    EXPECT_EQ(s.host.sent(1).edram_B, 60u);
    EXPECT_EQ(s.host.started_ps(0), 0u);
}

TEST(host, AllInputsOfTheFirstImageGoAlone) {
    builder p(2, 3);
    two_inputs(p);
    site s(p.program, 2, false);
    run_to(1000000);
    EXPECT_EQ(s.chip->arrivals.size(), 4u);
    s.stubs[1].open = false;
    s.result(0, 8, true, 1500000);
    run_to(2000000);
    EXPECT_EQ(s.chip->arrivals.size(), 6u) << "the images of two more, but no word";
    EXPECT_EQ(s.host.started_ps(1), 1500000u);
    s.stubs[1].let_in(s.agenda);
    run_to(4000000);
    EXPECT_EQ(s.chip->arrivals.size(), 12u);
    EXPECT_EQ(s.host.started_ps(2), 1500000u) << "its first packet, of any input";
    EXPECT_EQ(s.host.completed_ps(0), 1500000u);
}

// Others may address the host, but it has nothing for them.
TEST(host, HasNoMemory) {
    builder p(1);
    builder::destination(p.image(1, 1, 1), 0, 0, 0, 1);
    p.program.host_B = 1;
    site s(p.program);
    run_to(1000);
    unsigned char data[4] = {};
    tlm::tlm_generic_payload &payload = s.from_chip.pool.take();
    s.from_chip.make(payload, npim::compose({npim::host_chip, 0, 0}), 4, true, data);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    s.from_chip.out->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(s.from_chip.out->transport_dbg(payload), 0u);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    EXPECT_EQ(s.from_chip.begin(payload, delay), tlm::TLM_COMPLETED);
    EXPECT_EQ(payload.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    payload.release();
    EXPECT_EQ(s.host.received_B(), 0u);
}

} // namespace

#include "tlm/edram.hpp"

#include "traffic.hpp"

using namespace traffic;
using npim::compose;

namespace {

constexpr npim_edram_config isaac = {65536, 2, 32, 2, 0.5375, 20.7, 0.0, 83000.0};

struct bench {
    explicit bench(uint32_t depth) : memory("memory", isaac, depth) {
        from.out.bind(checker.in);
        checker.out.bind(memory.in);
        run_to(0);
    }
    ~bench() {
        expect_clean(checker);
        EXPECT_EQ(memory.n_under_way(), 0u);
        EXPECT_TRUE(from.pool.full());
    }
    void request(uint64_t address, uint32_t bytes, bool write) {
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        EXPECT_EQ(from.begin(from.make(from.pool.take(), address, bytes, write, data), delay),
                  tlm::TLM_ACCEPTED);
        run_to(npim::now_ps());
    }
    source from{"from"};
    npim::protocol_checker checker{"checker"};
    npim::edram memory;
    unsigned char data[1024] = {};
};

using times = std::vector<uint64_t>;

} // namespace

TEST(Edram, AnswersWhenTheLastByteIsThere) {
    struct row {
        uint32_t bytes;
        uint64_t clocks;
    };
    bench b(4);
    uint64_t start_ps = 0;
    for (const row &r : {row{1, 3}, row{32, 3}, row{33, 4}, row{64, 4}, row{256, 10}}) {
        b.request(128, r.bytes, false);
        EXPECT_EQ(b.from.end_req_ps.back(), start_ps);
        run_to(start_ps + r.clocks * clk - 1);
        const size_t n = b.from.begin_resp_ps.size();
        run_to(start_ps + r.clocks * clk);
        EXPECT_EQ(b.from.begin_resp_ps.size(), n + 1) << "not ready at t, or not blocked at t-1";
        start_ps += 100 * clk;
        run_to(start_ps);
    }
    EXPECT_EQ(b.memory.core.n_read_B, 1u + 32 + 33 + 64 + 256);
    EXPECT_NEAR(b.memory.energy_pJ(), 386 * 0.5375, 1e-9);
}

TEST(Edram, AFullBankWithholdsEndReqUntilAPlaceIsFree) {
    bench b(2);
    b.request(0, 320, true);  // 10 clocks
    b.request(64, 320, true); // second place; 10 more
    EXPECT_EQ(b.from.end_req_ps, (times{0, 0}));
    b.request(128, 32, true);
    run_to(10 * clk - 1);
    EXPECT_EQ(b.from.end_req_ps.size(), 2u) << "blocked at t-1";
    run_to(10 * clk);
    EXPECT_EQ(b.from.end_req_ps, (times{0, 0, 10 * clk})) << "ready at t";
    run_to(100 * clk);
    EXPECT_EQ(b.from.begin_resp_ps, (times{12 * clk, 22 * clk, 23 * clk})) << "the bank never idles";
}

TEST(Edram, BanksDoNotDisturbEachOther) {
    bench b(1);
    b.request(0, 320, false);
    b.request(32768, 320, false);
    EXPECT_EQ(b.from.end_req_ps, (times{0, 0}));
    run_to(100 * clk);
    EXPECT_EQ(b.from.begin_resp_ps, (times{12 * clk, 12 * clk}));
    EXPECT_EQ(b.memory.core.n_conflict_ps, 0u);
}

TEST(Edram, BTransportTakesTheSameTimeAndDebugTakesNone) {
    bench b(1);
    tlm::tlm_generic_payload &p = b.from.make(b.from.pool.take(), compose({0, 3, 100}), 64, true, b.data);
    for (uint32_t i = 0; i < 64; i++) b.data[i] = static_cast<unsigned char>(i + 1);
    sc_core::sc_time delay = npim::from_ps(5 * clk);
    b.from.out->b_transport(p, delay);
    EXPECT_EQ(p.get_response_status(), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(npim::to_ps(delay), 9 * clk);
    unsigned char read[64] = {};
    b.from.make(p, compose({0, 3, 100}), 64, false, read);
    EXPECT_EQ(b.from.out->transport_dbg(p), 64u);
    EXPECT_TRUE(std::equal(read, read + 64, b.data));
    b.from.make(p, 65530, 64, false, read);
    EXPECT_EQ(b.from.out->transport_dbg(p), 6u) << "as much as there is";
    b.from.make(p, 65536, 64, false, read);
    EXPECT_EQ(b.from.out->transport_dbg(p), 0u);
    EXPECT_EQ(b.memory.core.n_written_B, 64u) << "debug accesses are not booked";
    EXPECT_EQ(b.memory.core.n_read_B, 0u);
    p.release();
}

TEST(Edram, RefusesWhatItCannotDo) {
    bench b(1);
    struct row {
        uint64_t address;
        uint32_t bytes, width;
        tlm::tlm_command command;
        bool enables, pointer;
        tlm::tlm_response_status status;
    };
    const auto read = tlm::TLM_READ_COMMAND;
    const row rows[] = {
        {65535, 1, 1, read, false, true, tlm::TLM_OK_RESPONSE},
        {65536, 1, 1, read, false, true, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {65535, 2, 2, read, false, true, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {0xffffff, 4, 4, read, false, true, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {uint64_t{1} << 48, 4, 4, read, false, true, tlm::TLM_ADDRESS_ERROR_RESPONSE},
        {0, 0, 4, read, false, true, tlm::TLM_BURST_ERROR_RESPONSE},
        {0, 65537, 65537, read, false, true, tlm::TLM_BURST_ERROR_RESPONSE},
        {0, UINT32_MAX, UINT32_MAX, read, false, true, tlm::TLM_BURST_ERROR_RESPONSE},
        {0, 8, 4, read, false, true, tlm::TLM_BURST_ERROR_RESPONSE},
        {0, 8, 0, read, false, true, tlm::TLM_BURST_ERROR_RESPONSE},
        {0, 8, 8, read, true, true, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
        {0, 8, 8, tlm::TLM_IGNORE_COMMAND, false, true, tlm::TLM_COMMAND_ERROR_RESPONSE},
        {0, 8, 8, read, false, false, tlm::TLM_GENERIC_ERROR_RESPONSE},
    };
    for (const row &r : rows) {
        tlm::tlm_generic_payload &p = b.from.pool.take();
        b.from.make(p, r.address, r.bytes, false, r.pointer ? b.data : nullptr);
        p.set_streaming_width(r.width);
        p.set_command(r.command);
        if (r.enables) p.set_byte_enable_ptr(b.data);
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        tlm::tlm_fw_transport_if<> &target = b.memory;
        target.b_transport(p, delay);
        EXPECT_EQ(p.get_response_status(), r.status) << r.address << " " << r.bytes;
        p.release();
    }
}

TEST(Edram, APacketIsServedAtOnce) {
    bench b(1);
    tlm::tlm_generic_payload &p = b.from.pool.take_packet(1, 64, 17, nullptr);
    b.from.make(p, 0, 64, true, b.data);
    sc_core::sc_time delay = npim::from_ps(10 * clk);
    EXPECT_EQ(b.from.begin(p, delay), tlm::TLM_COMPLETED);
    EXPECT_EQ(npim::to_ps(delay), 14 * clk);
    EXPECT_EQ(p.get_response_status(), tlm::TLM_OK_RESPONSE);
    p.release();
}

TEST(Edram, ABadConfigurationIsReported) {
    npim_edram_config bad = isaac;
    bad.size_B = 65537;
    EXPECT_THROW(npim::edram("memory", bad), sc_core::sc_report);
}

TEST(Edram, ADepthOfZeroIsReported) {
    EXPECT_THROW(npim::edram("memory", isaac, 0), sc_core::sc_report);
}

TEST(Edram, FortyThousandRandomTransactions) {
    const uint64_t base = seed();
    uint32_t n_refused = 0;
    struct lane {
        lane(uint32_t depth, const options &o, uint64_t number)
            : memory(("memory" + std::to_string(depth)).c_str(), isaac, depth),
              checker(("checker" + std::to_string(depth)).c_str()),
              from(("from" + std::to_string(depth)).c_str(), o, {{{0, 0, 4096}, 57344}}, number) {
            from.out.bind(checker.in);
            checker.out.bind(memory.in);
        }
        npim::edram memory;
        npim::protocol_checker checker;
        initiator from;
    };
    std::vector<std::unique_ptr<lane>> lanes;
    for (uint32_t depth : {1u, 2u, 4u, 8u}) {
        options o{10000};
        o.max_B = 256;
        o.n_parallel = 8;
        o.max_pause = depth == 8 ? 1 : 20;
        o.packets_of_16 = depth == 4 ? 4 : 0;
        lanes.push_back(std::make_unique<lane>(depth, o, base + depth));
    }
    sc_core::sc_start();
    for (auto &one : lanes) {
        expect_done(one->from);
        expect_clean(one->checker);
        EXPECT_EQ(one->checker.n_transactions(), 10000u);
        EXPECT_EQ(one->memory.n_under_way(), 0u);
        n_refused += one->from.n_refused;
    }
    EXPECT_GT(n_refused, 1000u);
}

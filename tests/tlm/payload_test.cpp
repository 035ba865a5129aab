#include "tlm/payload.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

using npim::payload_pool;

TEST(Payload, AddressMapHasItsFieldsWhereTheContractPutsThem) {
    EXPECT_EQ(npim::compose({1, 0, 0}), uint64_t{1} << 36);
    EXPECT_EQ(npim::compose({0, 1, 0}), uint64_t{1} << 24);
    EXPECT_EQ(npim::compose({0, 0, 1}), 1u);
    EXPECT_EQ(npim::compose({0xfff, 0xfff, 0xffffff}), 0xffffffffffffu);
    EXPECT_EQ(npim::compose({0xabc, 0x123, 0x456789}), 0xabc123456789u);
}

TEST(Payload, DecomposeInvertsCompose) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 10000; i++) {
        const uint64_t value = random() >> 16;
        const npim::address a = npim::decompose(value);
        ASSERT_LE(a.chip, npim::max_chip);
        ASSERT_LE(a.tile, npim::max_tile);
        ASSERT_LE(a.offset, npim::max_offset);
        ASSERT_EQ(npim::compose(a), value);
        ASSERT_TRUE(npim::is_address(value));
    }
    EXPECT_FALSE(npim::is_address(uint64_t{1} << 48));
    EXPECT_FALSE(npim::is_address(UINT64_MAX));
}

TEST(Payload, PoolGivesPayloadsBackAsTheyWere) {
    payload_pool pool(1);
    unsigned char byte = 0;
    tlm::tlm_generic_payload &first = pool.take();
    EXPECT_EQ(first.get_ref_count(), 1);
    EXPECT_TRUE(first.has_mm());
    EXPECT_FALSE(pool.full());
    first.set_address(99);
    first.set_write();
    first.set_data_ptr(&byte);
    first.set_data_length(1);
    first.set_streaming_width(1);
    first.set_byte_enable_ptr(&byte);
    first.set_byte_enable_length(1);
    first.set_dmi_allowed(true);
    first.set_response_status(tlm::TLM_OK_RESPONSE);
    first.release();
    EXPECT_TRUE(pool.full());
    tlm::tlm_generic_payload &again = pool.take();
    EXPECT_EQ(&again, &first);
    EXPECT_EQ(again.get_address(), 0u);
    EXPECT_EQ(again.get_command(), tlm::TLM_IGNORE_COMMAND);
    EXPECT_EQ(again.get_data_ptr(), nullptr);
    EXPECT_EQ(again.get_data_length(), 0u);
    EXPECT_EQ(again.get_streaming_width(), 0u);
    EXPECT_EQ(again.get_byte_enable_ptr(), nullptr);
    EXPECT_EQ(again.get_byte_enable_length(), 0u);
    EXPECT_FALSE(again.is_dmi_allowed());
    EXPECT_EQ(again.get_response_status(), tlm::TLM_INCOMPLETE_RESPONSE);
    again.release();
}

TEST(Payload, PoolGrowsAndIsFullAgain) {
    payload_pool pool(2);
    std::vector<tlm::tlm_generic_payload *> taken;
    for (int i = 0; i < 100; i++) taken.push_back(&pool.take());
    std::sort(taken.begin(), taken.end());
    EXPECT_EQ(std::unique(taken.begin(), taken.end()), taken.end()) << "given away twice";
    EXPECT_EQ(pool.outstanding(), 100u);
    const size_t size = pool.size();
    for (auto *payload : taken) payload->release();
    EXPECT_TRUE(pool.full());
    pool.take().release();
    EXPECT_EQ(pool.size(), size);
}

TEST(Payload, PayloadStaysUntilTheLastReferenceIsGone) {
    payload_pool pool(1);
    tlm::tlm_generic_payload &payload = pool.take();
    payload.acquire();
    payload.release();
    EXPECT_EQ(pool.outstanding(), 1u);
    payload.release();
    EXPECT_TRUE(pool.full());
}

TEST(Payload, PacketExtensionComesAndGoes) {
    payload_pool pool(1);
    int message = 0;
    tlm::tlm_generic_payload &payload = pool.take_packet(5, 64, 17, &message);
    const auto *packet = payload.get_extension<npim::packet_extension>();
    ASSERT_NE(packet, nullptr);
    EXPECT_EQ(packet->packet, 5u);
    EXPECT_EQ(packet->bytes, 64u);
    EXPECT_EQ(packet->flits, 17u);
    EXPECT_EQ(packet->message, &message);
    std::unique_ptr<npim::packet_extension> copy(static_cast<npim::packet_extension *>(packet->clone()));
    EXPECT_EQ(copy->packet, 5u);
    copy->packet = 6;
    copy->copy_from(*packet);
    EXPECT_EQ(copy->packet, 5u);
    payload.release();
    tlm::tlm_generic_payload &plain = pool.take();
    EXPECT_EQ(plain.get_extension<npim::packet_extension>(), nullptr);
    plain.release();
}

TEST(Payload, APoolOfAnAbortedRunGoesQuietly) {
    payload_pool pool(2);
    pool.take();
    pool.take_packet(1, 4, 2, nullptr);
    EXPECT_EQ(pool.outstanding(), 2u);
}

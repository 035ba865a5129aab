// What crosses a tile's boundary: TLM-2.0 generic payloads, their addresses, the one ignorable extension, and
// the pool they come from.
#ifndef NPIM_TLM_PAYLOAD_HPP
#define NPIM_TLM_PAYLOAD_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tlm>
#include <vector>

namespace npim {

// Address map: chip [47:36], tile [35:24], offset [23:0]. Bits above 47 must be zero.
struct address {
    uint32_t chip, tile, offset;
};

inline constexpr uint32_t max_chip = 0xfff, max_tile = 0xfff, max_offset = 0xffffff;

// The chip number of the host, which sits behind chip 0's west link.
inline constexpr uint32_t host_chip = max_chip;

// The fields must be in range (max_*).
constexpr uint64_t compose(const address &a) {
    return uint64_t{a.chip} << 36 | uint64_t{a.tile} << 24 | a.offset;
}

constexpr address decompose(uint64_t value) {
    return {static_cast<uint32_t>(value >> 36) & max_chip, static_cast<uint32_t>(value >> 24) & max_tile,
            static_cast<uint32_t>(value) & max_offset};
}

// The first address of a tile, counted over all chips of so many tiles each.
constexpr uint64_t tile_address(uint32_t tile, uint32_t tiles_per_chip) {
    return compose({tile / tiles_per_chip, tile % tiles_per_chip, 0});
}

// False for addresses with bits above the map.
constexpr bool is_address(uint64_t value) {
    return value >> 48 == 0;
}

// Marks a payload as one packet of the NoC, which the whole way may then be booked in one call (see
// router.hpp). Ignorable: a component that does not know it follows the base protocol.
struct packet_extension : tlm::tlm_extension<packet_extension> {
    uint64_t packet = 0;           // number, 1 .. 2^63 - 1, the same for all branches of a multicast
    uint32_t bytes = 0;            // of payload
    uint32_t flits = 0;            // head included
    uint64_t *flit_hops = nullptr; // the sender's counter of flits x routers; may be nullptr
    uint64_t *link_B = nullptr;    // and of bytes over chip links, the host's included; may be nullptr
    uint64_t waited_ps = 0;        // for links so far, without the first one it leaves a router by
    void *message = nullptr;       // the sender's own bookkeeping, borrowed; nobody on the way looks at it

    tlm::tlm_extension_base *clone() const override { return new packet_extension(*this); }
    void copy_from(const tlm::tlm_extension_base &other) override {
        *this = static_cast<const packet_extension &>(other);
    }
};

// Payloads for reuse. Grows by doubling when it runs dry; it must be full again at the end of a simulation,
// and it must outlive every payload it gave away.
class payload_pool final : public tlm::tlm_mm_interface {
  public:
    explicit payload_pool(size_t n = 64) { grow(n > 0 ? n : 1); }
    payload_pool(const payload_pool &) = delete;
    payload_pool &operator=(const payload_pool &) = delete;

    // A payload with the defaults of the standard, no extension, and one reference, the caller's; its
    // release() brings it back.
    tlm::tlm_generic_payload &take() {
        if (idle_.empty()) grow(entries_.size());
        entry *taken = idle_.back();
        idle_.pop_back();
        taken->acquire();
        return *taken;
    }

    // The same with a packet_extension, which belongs to the pool.
    tlm::tlm_generic_payload &take_packet(uint64_t packet, uint32_t bytes, uint32_t flits, void *message) {
        auto &taken = static_cast<entry &>(take());
        taken.packet.packet = packet;
        taken.packet.bytes = bytes;
        taken.packet.flits = flits;
        taken.packet.message = message;
        taken.packet.flit_hops = nullptr;
        taken.packet.link_B = nullptr;
        taken.packet.waited_ps = 0;
        taken.set_extension(&taken.packet);
        return taken;
    }

    void free(tlm::tlm_generic_payload *payload) override {
        auto *back = static_cast<entry *>(payload);
        back->detach();
        back->reset();
        back->restore();
        idle_.push_back(back);
    }

    size_t size() const { return entries_.size(); }
    size_t outstanding() const { return entries_.size() - idle_.size(); }
    bool full() const { return outstanding() == 0; }

  private:
    struct entry : tlm::tlm_generic_payload {
        explicit entry(payload_pool *pool) : tlm::tlm_generic_payload(pool) {}
        ~entry() override { detach(); }
        void detach() { // a payload frees the extensions it holds, and this one is not its own
            if (get_extension<packet_extension>() == &packet) clear_extension<packet_extension>();
        }
        void restore() { // what tlm_generic_payload::reset() leaves as it was
            set_command(tlm::TLM_IGNORE_COMMAND);
            set_address(0);
            set_data_ptr(nullptr);
            set_data_length(0);
            set_streaming_width(0);
            set_byte_enable_ptr(nullptr);
            set_byte_enable_length(0);
            set_dmi_allowed(false);
            set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        }
        packet_extension packet;
    };

    void grow(size_t n) {
        idle_.reserve(entries_.size() + n);
        for (size_t i = 0; i < n; i++) {
            entries_.push_back(std::make_unique<entry>(this));
            idle_.push_back(entries_.back().get());
        }
    }

    std::vector<std::unique_ptr<entry>> entries_;
    std::vector<entry *> idle_;
};

} // namespace npim
#endif

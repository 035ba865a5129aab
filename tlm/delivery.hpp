// What travels in the packets between tiles, and the lookup of who receives it.
#ifndef NPIM_TLM_DELIVERY_HPP
#define NPIM_TLM_DELIVERY_HPP

#include "tlm/payload.hpp"
#include "tlm/program.h"

namespace npim {

// An output position of one image.
struct window {
    uint64_t image = 0;
    uint32_t y = 0, x = 0;
};

inline bool within(const npim_columns &columns, uint32_t x) {
    return x >= columns.from && x < columns.to;
}

// The content of a packet: n neighbouring pixels (or their partial sums) for one buffer (or slot). Travels as
// packet_extension::message and is borrowed by the receiver for the length of the call alone.
struct delivery {
    window at;
    uint32_t n = 1;
    uint32_t buffer = 0; // of the receiving tile; the slot for partial sums
    uint32_t piece = 0;
    uint32_t bytes = 0; // in this packet
    bool psum = false;
    bool last = false; // packet of the message: the pixels are complete
};

// Whoever receives windows, seen from those who send them. Calls take effect at once; asking changes nothing.
class consumer {
  public:
    virtual ~consumer() = default;
    // The columns of the row of `at` that buffer `b` reads; at.x does not matter.
    virtual npim_columns needs(uint32_t b, const window &at) const = 0;
    // True when the pixel, which must be needed, has its place.
    virtual bool accepts(uint32_t b, const window &at) const = 0;
    // Asks for one SEND for that instance and port when buffer `b` gives places free.
    virtual void wait_for(uint32_t b, uint32_t instance, uint32_t port) = 0;
    // A packet whose last byte is here at arrival_ps.
    virtual void receive(const delivery &what, uint64_t arrival_ps) = 0;
    // Reserves the place for one window's partial sums; false when there is none, and then one RESULT is
    // asked for that instance and port when there is.
    virtual bool promise_psum(uint32_t slot, uint32_t instance, uint32_t port) = 0;
};

// What entries of the sequencer ask of a tile or of the host.
enum task : uint32_t { ARRIVE, PSUM, READ, DONE, RESULT, WRITTEN, SEND, INJECT, ISSUE };

} // namespace npim
#endif

// What happens to the signals that somebody wants to see, in the order of simulated time.
//
// Changes come as the model makes them: now, at a time to come, or as a span that was booked ahead. They wait
// in a heap until simulated time has passed them, so that a sink gets every instant once, with the last value
// of each signal that changed, in the order of the signals. What is written depends on times and values
// alone, never on the order in which processes ran.
#ifndef NPIM_TLM_WAVE_HPP
#define NPIM_TLM_WAVE_HPP

#include "hw/block.h"

#include <queue>
#include <string>
#include <vector>

namespace npim {

inline constexpr uint32_t no_signal = UINT32_MAX;

struct wave_signal {
    std::string name; // full, levels with dots: chip_0.tile_003.slot_0.state
    npim_kind kind;
    const char *unit;         // "" for a plain number
    const char *const *names; // enum: NULL-terminated; other kinds nullptr
    std::string doc;          // one line: what it means
    std::string group;        // in the first view; "": not in it
};

// Takes what the wave writes. Values are raw 64 bits: a double's bits, or an unsigned number.
class wave_sink {
  public:
    virtual ~wave_sink() = default;
    virtual void begin(uint64_t time_ps, const std::vector<uint64_t> &values) = 0; // all of them, once
    virtual void change(uint64_t time_ps, uint32_t signal, uint64_t value) = 0;    // time never goes back
    virtual void end(uint64_t time_ps) = 0; // the last instant that is known; after begin
};

// Does a name with levels match a pattern? "*" stands for any characters of one level, "?" for one, a level
// "**" for any number of levels, none included.
bool scope_matches(const char *pattern, const char *name);

uint64_t raw_bits(double value);

class wave {
  public:
    // Signals whose full name matches the pattern are seen. Borrowed while signals are added.
    explicit wave(std::string scope) : scope_(std::move(scope)) {}

    // The signal's number, or no_signal when it is out of scope. Only before open().
    uint32_t add(const wave_signal &one);
    const std::vector<wave_signal> &signals() const { return signals_; }
    const std::string &scope() const { return scope_; }

    // From now on changes are kept; those in [from_ps, to_ps) go to the sink (borrowed).
    void open(wave_sink *sink, uint64_t from_ps, uint64_t to_ps);
    bool is_open() const { return sink_ != nullptr; }

    // Every function ignores no_signal.
    void set(uint32_t signal, uint64_t value); // now
    // At a time to come (or now), whatever happens meanwhile.
    void set_at(uint64_t time_ps, uint32_t signal, uint64_t value);
    // At a time to come, unless the signal is set before.
    void expect_at(uint64_t time_ps, uint32_t signal, uint64_t value);
    // One more (a bool: true) from from_ps to to_ps; spans may lie on one another.
    void span(uint32_t signal, uint64_t from_ps, uint64_t to_ps);

    // Writes what lies before time_ps, or, with finish, up to it and that it is the end. False when the
    // window begins after the end: nothing was written.
    void advance(uint64_t time_ps);
    bool finish(uint64_t end_ps);

  private:
    enum operation : uint8_t { SET, EXPECT, ADD };
    struct entry {
        uint64_t time_ps, sequence, value;
        uint32_t signal, generation;
        operation what;
        bool operator>(const entry &other) const {
            return time_ps != other.time_ps ? time_ps > other.time_ps : sequence > other.sequence;
        }
    };
    struct state {
        uint64_t value = 0, written = 0;
        uint64_t asked = 0; // by the last set()
        uint32_t generation = 0;
        bool expects = false, dirty = false;
    };

    void put(uint64_t time_ps, uint32_t signal, uint64_t value, operation what);
    void catch_up();
    void apply(const entry &next);
    void flush();
    void begin();
    uint64_t shown(uint32_t signal) const;

    const std::string scope_;
    std::vector<wave_signal> signals_;
    std::vector<state> states_;
    std::vector<uint32_t> dirty_;
    std::priority_queue<entry, std::vector<entry>, std::greater<entry>> queue_;
    wave_sink *sink_ = nullptr;
    uint64_t from_ps_ = 0, to_ps_ = UINT64_MAX, at_ps_ = 0, seen_ps_ = 0, sequence_ = 0;
    bool begun_ = false;
};

} // namespace npim
#endif

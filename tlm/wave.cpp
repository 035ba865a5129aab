#include "tlm/wave.hpp"

#include "tlm/time.hpp"

#include <algorithm>
#include <cstring>

namespace npim {

// "*" and "?" within one level; both end at a dot or at the end.
static bool level_matches(const char *pattern, const char *pattern_end, const char *name,
                          const char *name_end) {
    const char *star = nullptr, *retry = nullptr;
    while (name < name_end) {
        if (pattern < pattern_end && *pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (pattern < pattern_end && (*pattern == '?' || *pattern == *name)) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star;
            name = ++retry;
        } else {
            return false;
        }
    }
    while (pattern < pattern_end && *pattern == '*') pattern++;
    return pattern == pattern_end;
}

static const char *level_end(const char *text) {
    return text + std::strcspn(text, ".");
}

// At each level the only choice is how many levels a "**" takes; the last one decides, as with "*" in a
// level.
bool scope_matches(const char *pattern, const char *name) {
    const char *after_stars = nullptr, *retry = nullptr;
    while (true) {
        const char *pattern_end = level_end(pattern), *name_end = level_end(name);
        const bool name_over = name_end == name, pattern_over = pattern_end == pattern;
        if (pattern_end - pattern == 2 && std::memcmp(pattern, "**", 2) == 0) {
            if (!*pattern_end) return true;
            pattern = after_stars = pattern_end + 1;
            retry = name;
            continue;
        }
        if (name_over) return pattern_over;
        if (!pattern_over && level_matches(pattern, pattern_end, name, name_end)) {
            pattern = *pattern_end ? pattern_end + 1 : pattern_end;
            name = *name_end ? name_end + 1 : name_end;
            continue;
        }
        if (!after_stars || !*retry) return false;
        const char *skipped = level_end(retry);
        retry = *skipped ? skipped + 1 : skipped;
        pattern = after_stars;
        name = retry;
    }
}

uint64_t raw_bits(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

uint32_t wave::add(const wave_signal &one) {
    if (!scope_matches(scope_.c_str(), one.name.c_str())) return no_signal;
    signals_.push_back(one);
    return static_cast<uint32_t>(signals_.size() - 1);
}

void wave::open(wave_sink *sink, uint64_t from_ps, uint64_t to_ps) {
    states_.resize(signals_.size());
    sink_ = sink;
    from_ps_ = from_ps;
    to_ps_ = to_ps;
}

void wave::set(uint32_t signal, uint64_t value) {
    if (signal == no_signal || !sink_) return;
    state &s = states_[signal];
    if (!s.expects && s.asked == value) return;
    catch_up(); // what was expected until now has happened
    s.asked = value;
    s.expects = false;
    s.generation++;
    put(now_ps(), signal, value, SET);
}

void wave::set_at(uint64_t time_ps, uint32_t signal, uint64_t value) {
    if (signal != no_signal && sink_) put(time_ps, signal, value, SET);
}

void wave::expect_at(uint64_t time_ps, uint32_t signal, uint64_t value) {
    if (signal == no_signal || !sink_) return;
    states_[signal].expects = true;
    put(time_ps, signal, value, EXPECT);
}

void wave::span(uint32_t signal, uint64_t from_ps, uint64_t to_ps) {
    if (signal == no_signal || !sink_ || from_ps >= to_ps) return;
    put(from_ps, signal, 1, ADD);
    put(to_ps, signal, UINT64_MAX, ADD);
}

void wave::put(uint64_t time_ps, uint32_t signal, uint64_t value, operation what) {
    if (time_ps >= to_ps_) return;
    catch_up();
    queue_.push({time_ps, sequence_++, value, signal, states_[signal].generation, what});
}

void wave::catch_up() {
    const uint64_t now = now_ps();
    if (now > seen_ps_) advance(now);
}

uint64_t wave::shown(uint32_t signal) const {
    const uint64_t value = states_[signal].value;
    return signals_[signal].kind == NPIM_KIND_BOOL ? value != 0 : value;
}

void wave::apply(const entry &next) {
    state &s = states_[next.signal];
    if (next.what == EXPECT && next.generation != s.generation) return;
    s.value = next.what == ADD ? s.value + next.value : next.value;
    if (!s.dirty) dirty_.push_back(next.signal);
    s.dirty = true;
}

// All that has changed at at_ps_.
void wave::flush() {
    std::sort(dirty_.begin(), dirty_.end());
    for (uint32_t signal : dirty_) {
        states_[signal].dirty = false;
        const uint64_t value = shown(signal);
        if (!begun_ || value == states_[signal].written) continue;
        states_[signal].written = value;
        sink_->change(at_ps_, signal, value);
    }
    dirty_.clear();
}

void wave::begin() {
    std::vector<uint64_t> values(signals_.size());
    for (uint32_t i = 0; i < values.size(); i++) values[i] = states_[i].written = shown(i);
    begun_ = true;
    sink_->begin(from_ps_, values);
}

void wave::advance(uint64_t time_ps) {
    seen_ps_ = std::max(seen_ps_, time_ps);
    while (!queue_.empty() && queue_.top().time_ps < time_ps) {
        const entry next = queue_.top();
        queue_.pop();
        if (next.time_ps != at_ps_) {
            flush();
            if (!begun_ && next.time_ps > from_ps_) begin();
            at_ps_ = next.time_ps;
        }
        apply(next);
    }
    if (at_ps_ < time_ps) flush();
}

bool wave::finish(uint64_t end_ps) {
    if (from_ps_ > end_ps) return false;
    advance(end_ps + 1);
    flush();
    if (!begun_) begin();
    sink_->end(std::min(end_ps, to_ps_));
    return true;
}

} // namespace npim

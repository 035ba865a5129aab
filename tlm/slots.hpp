// A pool of records addressed by small numbers, and waiting lines of such numbers. Nothing is allocated once
// the pool has grown to what the run needs at once.
#ifndef NPIM_TLM_SLOTS_HPP
#define NPIM_TLM_SLOTS_HPP

#include <cassert>
#include <cstdint>
#include <vector>

namespace npim {

inline constexpr uint32_t no_slot = UINT32_MAX;

template <class T> class slots {
  public:
    // A slot with a copy of value. References to records end here: the pool may grow.
    uint32_t take(const T &value) {
        if (free_ == no_slot) {
            records_.push_back({value, no_slot, true});
            n_used_++;
            return static_cast<uint32_t>(records_.size() - 1);
        }
        const uint32_t i = free_;
        free_ = records_[i].next;
        records_[i] = {value, no_slot, true};
        n_used_++;
        return i;
    }

    void give(uint32_t i) {
        assert(records_[i].used);
        records_[i].used = false;
        records_[i].next = free_;
        free_ = i;
        n_used_--;
    }

    T &operator[](uint32_t i) {
        assert(records_[i].used);
        return records_[i].value;
    }

    // The first used slot whose record satisfies test, or no_slot.
    template <class Test> uint32_t find(const Test &test) const {
        for (uint32_t i = 0; i < records_.size(); i++)
            if (records_[i].used && test(records_[i].value)) return i;
        return no_slot;
    }

    uint32_t n_used() const { return n_used_; }

    // First come, first served; a slot stands in one line at a time.
    class line {
      public:
        bool empty() const { return first_ == no_slot; }
        uint32_t front() const { return first_; }
        void push(slots &pool, uint32_t i) {
            pool.records_[i].next = no_slot;
            if (empty())
                first_ = i;
            else
                pool.records_[last_].next = i;
            last_ = i;
        }
        uint32_t pop(slots &pool) {
            const uint32_t i = first_;
            first_ = pool.records_[i].next;
            return i;
        }

      private:
        uint32_t first_ = no_slot, last_ = no_slot;
    };

  private:
    struct record {
        T value;
        uint32_t next; // in a line, or among the free ones
        bool used;
    };

    std::vector<record> records_;
    uint32_t free_ = no_slot, n_used_ = 0;
};

} // namespace npim
#endif

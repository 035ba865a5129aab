// The PEs of a tile stage by stage: every operation's stage records are replayed on real modules, one for
// each private stage of a slot and one for each stage that the tile shares, which compute their own time and
// energy.
//
// The plan decides when a stage starts, since it asks the shared calendars; here it is seen whether the
// blocks agree: each firing must take the plan's time to the picosecond and its energy to 1e-9.
#ifndef NPIM_TLM_PE_HPP
#define NPIM_TLM_PE_HPP

#include "tlm/block.hpp"
#include "tlm/tile.hpp"

#include <deque>
#include <memory>

namespace npim {

// Hears of every operation and of the firings of its stages, in the order in which they begin; those that
// begin at the same time come slot by slot in the order of the recipe.
class stage_observer {
  public:
    virtual ~stage_observer() = default;
    // The slot's next operation, numbered from 0, with all its firings.
    virtual void planned(uint32_t slot, uint64_t operation, const npim_pe_timing &timing,
                         const npim_stage_record *records, uint32_t n_records) = 0;
    // A stage of it begins now.
    virtual void fired(uint32_t slot, uint64_t operation, const npim_stage_record &record) = 0;
};

class pe final : public sc_core::sc_module,
                 public operation_runner,
                 public tlm::tlm_bw_transport_if<pe_protocol> {
  public:
    SC_HAS_PROCESS(pe);
    // plan is borrowed. n_slots: of the tile.
    pe(const sc_core::sc_module_name &name, const npim_pe_plan *plan, uint32_t n_slots);

    npim_pe_timing run(uint32_t slot, const npim_pe_shape &shape, uint64_t start_ps,
                       npim_calendar *pools) override;

    void observe(stage_observer *observer) { observer_ = observer; } // borrowed; nullptr: nobody

    uint64_t n_firings() const { return n_firings_; }
    double energy_pJ() const; // of all modules
    // The module of a stage; slots have the same one where the tile shares it.
    const block &module(uint32_t slot, uint32_t stage) const { return *lanes_[lane(slot, stage)].module; }
    block &module(uint32_t slot, uint32_t stage) { return *lanes_[lane(slot, stage)].module; }

    // Only a stage that takes time of its own in a pool is one thing for the whole tile.
    static bool shared(const npim_stage &stage) { return stage.pooled && stage.pace == NPIM_PACE_OWN; }

    // Reports an invariant error when a module disagreed with the plan or has not finished.
    void check_agreement() const;

  private:
    // A stage's module and the socket that feeds it.
    struct stage_lane {
        std::unique_ptr<block> module;
        std::unique_ptr<tlm::tlm_initiator_socket<32, pe_protocol>> socket;
    };

    // One firing of a stage on its way through its module; a converter with several resolutions gets its work
    // in as many pieces.
    struct firing {
        uint32_t index = 0, lane = 0, slot = 0, n_open = 0;
        uint64_t operation = 0;
        npim_stage_record record{};
        double energy_pJ = 0;
        std::vector<npim_txn> pieces;
    };

    bool shared(uint32_t stage) const { return shared(plan_->stages[stage]); }
    uint32_t lane(uint32_t slot, uint32_t stage) const {
        return (shared(stage) ? 0 : slot) * plan_->n_stages + stage;
    }
    void build_lane(uint32_t slot, uint32_t stage);
    void prepare(firing &one, const npim_pe_shape &shape) const;
    void fire();
    void finish(firing &one);
    void disagree(const firing &one, const std::string &how);

    tlm::tlm_sync_enum nb_transport_bw(npim_txn &txn, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    const npim_pe_plan *plan_;
    stage_observer *observer_ = nullptr;
    std::vector<stage_lane> lanes_;
    std::vector<uint64_t> n_operations_; // of each slot
    std::deque<firing> firings_;         // pool
    std::vector<uint32_t> free_;
    std::vector<npim_stage_record> records_;
    timetable timetable_;
    uint64_t n_firings_ = 0, next_id_ = 0;
    std::string disagreement_;
};

} // namespace npim
#endif

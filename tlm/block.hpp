// One module for every block of hw/ that does work for a time: sockets, busy time, latency, energy ledger and
// probes, all from npim_block_ops.
//
// Protocol, over npim_txn: BEGIN_REQ brings work (accepted always, at its annotated time), END_REQ says that
// the units have begun it, so that a sender that waits for END_REQ feels the back-pressure. The result is
// there latency after the begin. It goes to `out` as BEGIN_REQ when `out` is bound (a pipeline), and
// otherwise back through `in` as BEGIN_RESP. A block whose result the next one has not begun does not begin
// new work.
#ifndef NPIM_TLM_BLOCK_HPP
#define NPIM_TLM_BLOCK_HPP

#include "tlm/signals.hpp"
#include "tlm/slots.hpp"
#include "tlm/timetable.hpp"
#include "tlm/txn.h"

#include <tlm>

namespace npim {

struct pe_protocol {
    typedef npim_txn tlm_payload_type;
    typedef tlm::tlm_phase tlm_phase_type;
};

class block;

// Looks at a module whenever its state may have changed.
class block_observer {
  public:
    virtual ~block_observer() = default;
    virtual void worked(const block &module) = 0;
};

class block : public sc_core::sc_module,
              public tlm::tlm_fw_transport_if<pe_protocol>,
              public tlm::tlm_bw_transport_if<pe_protocol> {
  public:
    tlm::tlm_target_socket<32, pe_protocol> in{"in"};
    tlm::tlm_initiator_socket<32, pe_protocol, 1, sc_core::SC_ZERO_OR_MORE_BOUND> out{"out"};

    SC_HAS_PROCESS(block);
    // config is the block's config struct; it is copied. A bad one is reported as an error.
    block(const sc_core::sc_module_name &name, const npim_block_ops &ops, const void *config);
    ~block() override;

    const npim_block_ops &ops() const { return ops_; }
    const void *state() const { return core_; }

    // Ledger.
    double energy_pJ() const { return energy_pJ_; }
    double count() const { return count_; } // unit operations
    uint64_t n_done() const { return n_done_; }
    uint64_t busy_ps() const { return busy_ps_; }

    // busy, txn_id, n_done, energy_pJ.
    std::vector<signal> work_signals() const;
    // These and the block's own.
    std::vector<signal> signals() const;

    void observe(block_observer *observer) { observer_ = observer; } // borrowed; nullptr: nobody

    bool idle() const { return work_.n_used() == 0; }

  protected:
    void *core_; // owned; the state struct
    // Computes values when the work is done; blocks with values override it.
    virtual void evaluate(npim_txn &) {}

  private:
    enum kind : uint32_t { SENT, DONE, FREE, ARRIVE }; // a result that cannot leave keeps the units

    tlm::tlm_sync_enum nb_transport_fw(npim_txn &txn, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    tlm::tlm_sync_enum nb_transport_bw(npim_txn &txn, tlm::tlm_phase &phase,
                                       sc_core::sc_time &delay) override;
    void b_transport(npim_txn &txn, sc_core::sc_time &delay) override;
    unsigned transport_dbg(npim_txn &) override { return 0; }
    bool get_direct_mem_ptr(npim_txn &, tlm::tlm_dmi &) override { return false; }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    void run();
    void begin();
    void finish(uint32_t i);
    void send();
    void book(npim_txn &txn, uint64_t start_ps);
    uint64_t occupancy_ps(const npim_txn &txn) const;

    const npim_block_ops &ops_;
    block_observer *observer_ = nullptr;
    timetable timetable_;
    slots<npim_txn *> work_;
    slots<npim_txn *>::line waiting_, finished_;
    bool busy_ = false;    // probed, like the next four
    bool sending_ = false; // the next block has not begun what we sent
    uint64_t txn_id_ = 0, n_done_ = 0, busy_ps_ = 0;
    double energy_pJ_ = 0, count_ = 0;
};

// The typed module of one block: `core` is its C state.
template <class Core, class Config, const npim_block_ops &Ops> class block_of : public block {
  public:
    static constexpr const npim_block_ops &block_ops = Ops;
    Core &core;
    block_of(const sc_core::sc_module_name &name, const Config &config)
        : block(name, Ops, &config), core(*static_cast<Core *>(core_)) {}
};

} // namespace npim
#endif

// The list of a module's waveform signals: its block's probe table with names and addresses filled in.
#ifndef NPIM_TLM_SIGNALS_HPP
#define NPIM_TLM_SIGNALS_HPP

#include "hw/block.h"

#include <string>
#include <vector>

namespace npim {

struct signal {
    std::string name; // full: chip_0.tile_3.edram.n_read_B
    npim_kind kind;
    const void *address; // valid as long as the module
    const char *unit;
    const char *const *names; // enum: NULL-terminated; other kinds nullptr
    const char *doc;
};

inline void add_signals(std::vector<signal> &list, const std::string &prefix, const npim_block_ops &ops,
                        const void *core) {
    for (size_t i = 0; i < ops.n_probes; i++) {
        const npim_probe &probe = ops.probes[i];
        list.push_back({prefix + "." + probe.name, probe.kind, static_cast<const char *>(core) + probe.offset,
                        probe.unit, probe.names, probe.doc});
    }
}

} // namespace npim
#endif

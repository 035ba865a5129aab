// A configuration and a state for any block of hw/blocks.c, and a test fixture that goes through all of them.
#ifndef NPIM_TESTS_HW_EVERY_BLOCK_HPP
#define NPIM_TESTS_HW_EVERY_BLOCK_HPP

#include "hw/block.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace every_block {

using Bytes = std::vector<std::max_align_t>;

inline Bytes room(size_t size, int fill = 0) {
    Bytes bytes(size / sizeof(std::max_align_t) + 1);
    std::memset(bytes.data(), fill, bytes.size() * sizeof(std::max_align_t));
    return bytes;
}

inline size_t size_of(npim_kind kind) {
    switch (kind) {
    case NPIM_KIND_DOUBLE:
        return sizeof(double);
    case NPIM_KIND_U64:
        return sizeof(uint64_t);
    case NPIM_KIND_BOOL:
        return sizeof(bool);
    case NPIM_KIND_U32:
    case NPIM_KIND_ENUM:
        break;
    }
    return sizeof(uint32_t);
}

/* A configuration that the block accepts: presets, and 1 (or the limit next to it) where a file has to say.
 */
inline Bytes good_config(const npim_block_ops &ops) {
    Bytes config = room(ops.config_size);
    npim_fields_preset(ops.fields, ops.n_fields, config.data());
    for (size_t i = 0; i < ops.n_fields; i++) {
        const npim_field &f = ops.fields[i];
        if (f.required) npim_field_set(&f, config.data(), std::clamp(1.0, f.min, f.max));
    }
    auto set = [&](const char *key, double value) {
        const npim_field *f = npim_field_find(ops.fields, ops.n_fields, key);
        if (f) npim_field_set(f, config.data(), value);
    };
    if (std::string("edram") == ops.name) set("size_B", 65536), set("banks", 2), set("width_B", 32);
    if (std::string("bus") == ops.name) set("width_bits", 192);
    return config;
}

struct Core {
    const npim_block_ops &ops;
    Bytes bytes;
    npim_error error{};
    npim_status status;
    explicit Core(const npim_block_ops &o) : Core(o, good_config(o)) {}
    Core(const npim_block_ops &o, const Bytes &config) : ops(o), bytes(room(o.core_size, 0xa5)) {
        status = ops.init(bytes.data(), config.data(), &error);
    }
    Core(const Core &) = delete;
    ~Core() { ops.fini(bytes.data()); }
    bool is_zero() const {
        const char *p = reinterpret_cast<const char *>(bytes.data());
        return std::all_of(p, p + ops.core_size, [](char c) { return c == 0; });
    }
};

/* One test for each block, so that a failure names it. */
class EveryBlock : public testing::TestWithParam<size_t> {
  protected:
    const npim_block_ops &ops = *npim_blocks[GetParam()];
};

inline std::string block_name(const testing::TestParamInfo<size_t> &row) {
    return npim_blocks[row.param]->name;
}

} // namespace every_block

#endif

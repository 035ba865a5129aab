#include "sim/import/onnx_value.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <numeric>

namespace npim::importer {

void refuse(npim_status status, const char *format, ...) {
    char message[NPIM_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    std::vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    throw refusal{status, message};
}

std::string text(const shape &dims) {
    std::string result = "[";
    for (std::size_t a = 0; a < dims.size(); a++)
        result += (a ? ", " : "") + (a == max_rank ? std::string("...") : std::to_string(dims[a]));
    return result + "]";
}

// Whoever goes through the coordinates of a shape needs room for them even where it has no elements.
static constexpr std::int64_t max_beside_empty = 65536;

std::size_t count(const shape &dims, bool empty_allowed) {
    std::int64_t n = 1;
    bool empty = false;
    if (dims.size() > max_rank)
        refuse(NPIM_EUNSUPPORTED, "%zu dimensions: more than %zu", dims.size(), max_rank);
    for (std::int64_t d : dims) {
        if (d < 0 || (d == 0 && !empty_allowed))
            refuse(NPIM_ECONFIG, "shape %s: a dimension of size %lld", text(dims).c_str(),
                   static_cast<long long>(d));
        empty = empty || d == 0;
        if (d > 0 && n > max_elements / d)
            refuse(NPIM_ECONFIG, "shape %s: more than 2^30 elements", text(dims).c_str());
        n *= std::max<std::int64_t>(d, 1);
    }
    if (empty && n > max_beside_empty)
        refuse(NPIM_ECONFIG, "shape %s: an empty tensor of large dimensions", text(dims).c_str());
    return empty ? 0 : static_cast<std::size_t>(n);
}

void budget::check(std::size_t elements) const {
    if (elements > left_)
        refuse(
            NPIM_EUNSUPPORTED,
            "too many elements for a model of this size are moved one by one, or are results of constants");
}

void budget::take(std::size_t elements) {
    check(elements);
    left_ -= elements;
}

std::vector<std::int64_t> all_of(std::int64_t n) {
    std::vector<std::int64_t> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

namespace {

std::vector<std::int64_t> strides(const shape &dims) {
    std::vector<std::int64_t> steps(dims.size(), 1);
    for (std::size_t a = dims.size(); a-- > 1;) steps[a - 1] = steps[a] * dims[a];
    return steps;
}

bool is_in_order(const std::vector<std::int32_t> &index, std::size_t elements) {
    if (index.size() != elements) return false;
    for (std::size_t e = 0; e < elements; e++)
        if (index[e] != static_cast<std::int32_t>(e)) return false;
    return true;
}

} // namespace

// Where the elements come from when each coordinate adds its offset; a negative one makes them 0. Row by row
// of the last axis.
static movement added_up(const std::vector<std::vector<std::int64_t>> &offsets, budget &left) {
    movement m;
    for (const auto &axis : offsets) m.dims.push_back(static_cast<std::int64_t>(axis.size()));
    const std::size_t n = count(m.dims, true), outer = offsets.empty() ? 0 : offsets.size() - 1;
    left.take(n);
    m.from.reserve(n);
    if (offsets.empty()) m.from.push_back(0);
    std::vector<std::size_t> place(outer, 0);
    while (m.from.size() < n) {
        std::int64_t row = 0;
        for (std::size_t a = 0; a < outer && row >= 0; a++)
            row = offsets[a][place[a]] < 0 ? -1 : row + offsets[a][place[a]];
        for (std::int64_t offset : offsets[outer])
            m.from.push_back(static_cast<std::int32_t>(row < 0 || offset < 0 ? -1 : row + offset));
        for (std::size_t a = outer; a-- > 0;) {
            if (++place[a] < offsets[a].size()) break;
            place[a] = 0;
        }
    }
    return m;
}

movement select(const shape &dims, const std::vector<std::vector<std::int64_t>> &picks, budget &left) {
    const auto steps = strides(dims);
    auto offsets = picks;
    for (std::size_t a = 0; a < offsets.size(); a++)
        for (auto &pick : offsets[a]) pick = pick < 0 ? -1 : pick * steps[a];
    return added_up(offsets, left);
}

movement permute(const shape &dims, const std::vector<std::size_t> &order, budget &left) {
    const auto steps = strides(dims);
    std::vector<std::vector<std::int64_t>> offsets;
    left.check(count(dims, true));
    for (std::size_t a : order) {
        offsets.push_back(all_of(dims[a]));
        for (auto &offset : offsets.back()) offset *= steps[a];
    }
    return added_up(offsets, left);
}

value moved(const value &x, movement m, std::size_t layer_elements) {
    value y;
    y.dims = m.dims;
    if (x.fixed) {
        auto fixed = std::make_shared<constant>();
        fixed->is_integer = x.fixed->is_integer;
        for (std::int32_t from : m.from) {
            const auto at = static_cast<std::size_t>(from);
            if (fixed->is_integer)
                fixed->integers.push_back(from < 0 ? 0 : x.fixed->integers[at]);
            else
                fixed->reals.push_back(from < 0 ? 0.0F : x.fixed->reals[at]);
        }
        y.fixed = std::move(fixed);
        return y;
    }
    if (x.index)
        for (auto &from : m.from)
            if (from >= 0) from = (*x.index)[static_cast<std::size_t>(from)];
    y.layer = x.layer;
    if (!is_in_order(m.from, layer_elements))
        y.index = std::make_shared<const std::vector<std::int32_t>>(std::move(m.from));
    return y;
}

value reshaped(const value &x, shape dims) {
    value y = x;
    y.dims = std::move(dims);
    return y;
}

shape broadcast(const shape &a, const shape &b) {
    const std::size_t rank = std::max(a.size(), b.size());
    shape dims(rank, 1);
    for (std::size_t i = 0; i < rank; i++) {
        const std::int64_t da = i < rank - a.size() ? 1 : a[i - (rank - a.size())];
        const std::int64_t db = i < rank - b.size() ? 1 : b[i - (rank - b.size())];
        if (da != db && da != 1 && db != 1)
            refuse(NPIM_ECONFIG, "shapes %s and %s do not fit", text(a).c_str(), text(b).c_str());
        dims[i] = da == 1 ? db : da;
    }
    return dims;
}

movement stretch(const shape &x, const shape &dims, budget &left) {
    const std::size_t n = count(dims, true);
    left.check(n);
    if (n > 0 && broadcast(x, dims) != dims)
        refuse(NPIM_ECONFIG, "shape %s does not stretch to %s", text(x).c_str(), text(dims).c_str());
    shape full(dims.size() - x.size(), 1);
    full.insert(full.end(), x.begin(), x.end());
    std::vector<std::vector<std::int64_t>> picks;
    for (std::size_t a = 0; a < dims.size(); a++)
        picks.push_back(full[a] == dims[a] ? all_of(dims[a])
                                           : std::vector<std::int64_t>(static_cast<std::size_t>(dims[a]), 0));
    return select(full, picks, left);
}

} // namespace npim::importer

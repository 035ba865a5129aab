#include "sim/shortest.h"

#include <charconv>

// The library of C has no such function, and printf with enough digits takes five times as long.
size_t npim_shortest(char *to, double value) {
    return static_cast<size_t>(std::to_chars(to, to + NPIM_SHORTEST_SIZE, value).ptr - to);
}

// Any bytes as a .npy file: refused with a message, or an array as large as the bytes say and no larger,
// every element of which can be read. Run by tests/fuzz/fuzz.sh.
#include "sim/values/npy.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    npim_npy array = {};
    npim_error error = {};
    const npim_status status = npim_npy_parse(&array, bytes, size, "input", &error);
    demand(error.status == status && std::memchr(error.message, '\0', sizeof error.message));
    demand((error.message[0] == '\0') == (status == NPIM_OK));
    if (status != NPIM_OK) {
        demand(status == NPIM_ECONFIG && !array.data);
        return 0;
    }
    demand(array.rank <= NPIM_NPY_MAX_RANK && array.type < NPIM_NPY_TYPES);
    size_t product = 1;
    bool wraps = false, empty = false;
    for (uint32_t i = 0; i < array.rank; i++) {
        empty = empty || array.shape[i] == 0;
        wraps = __builtin_mul_overflow(product, array.shape[i], &product) || wraps;
    }
    demand(empty ? array.n == 0 : !wraps && array.n == product);
    const size_t numbers = array.n * npim_npy_size(array.type);
    demand(array.n <= size && numbers <= size);
    demand(numbers == 0 || std::memcmp(array.data, bytes + size - numbers, numbers) == 0);
    volatile double sum = 0.0;
    for (size_t i = 0; i < array.n; i++) sum = sum + npim_npy_at(&array, i);
    char text[NPIM_NPY_SHAPE_SIZE];
    demand(std::strlen(npim_npy_shape_text(array.rank, array.shape, text)) + 1 < sizeof text);
    npim_npy_fini(&array);
    return 0;
}

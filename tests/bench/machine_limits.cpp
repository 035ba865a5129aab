#include "machine_limits.hpp"

#include "hw/kernel/isa.h"

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <vector>

#ifdef NPIM_OPENBLAS
#include <cblas.h>
#endif

namespace {

// Products per second of the best of some runs.
template <class Run> double best(double products, Run run) {
    double least_s = 1e9;
    for (int i = 0; i < 30; i++) {
        const double start_s = machine_limits::cpu_s();
        run();
        least_s = std::min(least_s, machine_limits::cpu_s() - start_s);
    }
    return products / least_s;
}

#ifdef __x86_64__

// Chains long enough to hide what an instruction waits for. In assembly: a compiler puts some of them into
// memory.
constexpr int rounds = 100000, chains = 12;

#define CHAINS                                                                                               \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11"

__attribute__((target("avx512f,avx512vpopcntdq"))) void count_bits() {
    for (int i = 0; i < rounds; i++)
        asm volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n"
                     "vpandq %%zmm13, %%zmm\\r, %%zmm14\n"
                     "vpopcntq %%zmm14, %%zmm14\n"
                     "vpaddq %%zmm14, %%zmm\\r, %%zmm\\r\n"
                     ".endr" ::
                         : CHAINS, "xmm13", "xmm14");
}

__attribute__((target("avx512f,avx512vnni"))) void multiply_bytes() {
    for (int i = 0; i < rounds; i++)
        asm volatile(".irp r,0,1,2,3,4,5,6,7,8,9,10,11\n"
                     "vpdpbusd %%zmm13, %%zmm13, %%zmm\\r\n"
                     ".endr" ::
                         : CHAINS, "xmm13");
}

#endif

} // namespace

namespace machine_limits {

double cpu_s() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

double popcount() {
#ifdef __x86_64__
    static const double limit =
        npim_isa_supported(NPIM_ISA_AVX512) ? best(512.0 * rounds * chains, count_bits) : 0.0;
    return limit;
#else
    return 0.0;
#endif
}

double vnni() {
#ifdef __x86_64__
    static const double limit =
        npim_isa_supported(NPIM_ISA_AVX512) ? best(64.0 * rounds * chains, multiply_bytes) : 0.0;
    return limit;
#else
    return 0.0;
#endif
}

double sgemm() {
#ifdef NPIM_OPENBLAS
    static const double limit = [] {
        constexpr int m = 512, n = 512, k = 1024;
        const std::vector<float> digit(std::size_t{m} * k, 1.0f), cell(std::size_t{k} * n, 0.5f);
        std::vector<float> sum(std::size_t{m} * n);
        openblas_set_num_threads(1);
        return best(1.0 * m * n * k, [&] {
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1.0f, digit.data(), k,
                        cell.data(), n, 0.0f, sum.data(), n);
        });
    }();
    return limit;
#else
    return 0.0;
#endif
}

const char *sgemm_kernel() {
#ifdef NPIM_OPENBLAS
    return openblas_get_corename();
#else
    return "no OpenBLAS";
#endif
}

} // namespace machine_limits

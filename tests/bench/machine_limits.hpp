// What this machine can do at most, in products of a binary input and a cell per second, to hold kernels
// against. Measured when first asked for, on one thread; 0 where the machine or the build has no such thing.
#ifndef NPIM_TESTS_BENCH_MACHINE_LIMITS_HPP
#define NPIM_TESTS_BENCH_MACHINE_LIMITS_HPP

namespace machine_limits {

double popcount(); // 512 products per AND, VPOPCNTQ and addition
double vnni();     // 64 products per VPDPBUSD
double sgemm();    // one per multiplication of OpenBLAS

// Which of its kernels OpenBLAS takes: releases older than the CPU take a slow one, unless OPENBLAS_CORETYPE
// names another (SkylakeX).
const char *sgemm_kernel();

double cpu_s(); // that this thread has had: others on the machine do not count

} // namespace machine_limits

#endif

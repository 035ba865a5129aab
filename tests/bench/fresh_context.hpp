// A simulation of its own inside a benchmark: what is built after it must be gone before it.
#ifndef NPIM_TESTS_BENCH_FRESH_CONTEXT_HPP
#define NPIM_TESTS_BENCH_FRESH_CONTEXT_HPP

#include <systemc>

struct fresh_context {
    fresh_context() : outer(sc_core::sc_curr_simcontext) {
        sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = new sc_core::sc_simcontext;
    }
    ~fresh_context() {
        delete sc_core::sc_curr_simcontext;
        sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = outer;
    }
    fresh_context(const fresh_context &) = delete;
    fresh_context &operator=(const fresh_context &) = delete;
    sc_core::sc_simcontext *outer;
};

#endif

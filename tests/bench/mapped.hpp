// A network of traces/ on an architecture of sim/arch/, ready to be mapped or replayed.
#ifndef NPIM_TESTS_BENCH_MAPPED_HPP
#define NPIM_TESTS_BENCH_MAPPED_HPP

#include "sim/graph.h"
#include "sim/map.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct mapped {
    mapped(const std::string &net, const std::string &arch_name, const std::vector<const char *> &sets = {})
        : arch(new npim_arch()) {
        const std::string source = NPIM_SOURCE_DIR;
        check(npim_network_load(&network, (source + "/traces/" + net).c_str(), &error));
        check(npim_arch_load(arch.get(), (source + "/sim/arch/" + arch_name + ".toml").c_str(), sets.data(),
                             sets.size(), &error));
        check(npim_graph_build(&graph, &network, nullptr, &error));
    }
    ~mapped() {
        npim_map_fini(&map);
        npim_graph_fini(&graph);
        npim_network_fini(&network);
        npim_arch_fini(arch.get());
    }
    mapped(const mapped &) = delete;
    mapped &operator=(const mapped &) = delete;

    void place() {
        npim_map_fini(&map);
        check(npim_map_make(&map, arch.get(), &network, &graph, nullptr, &error));
    }
    void check(npim_status status) const {
        if (status != NPIM_OK) throw std::runtime_error(error.message);
    }

    npim_error error{};
    std::unique_ptr<npim_arch> arch; // too large for some stacks
    npim_network network{};
    npim_graph graph{};
    npim_map map{};
};

#endif

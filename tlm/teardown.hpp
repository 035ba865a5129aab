// Destroys modules in the opposite order of their construction: SystemC's registries look for a port or
// export from the last one on, so that any other order takes time quadratic in the number of modules.
#ifndef NPIM_TLM_TEARDOWN_HPP
#define NPIM_TLM_TEARDOWN_HPP

#include <memory>
#include <vector>

namespace npim {

template <class module> void destroy_backwards(std::vector<std::unique_ptr<module>> &modules) {
    while (!modules.empty()) modules.pop_back();
}

} // namespace npim
#endif

// Inside sim/import/onnx*.cpp: the layers of the network while it is made.
#ifndef NPIM_SIM_IMPORT_ONNX_DRAFT_HPP
#define NPIM_SIM_IMPORT_ONNX_DRAFT_HPP

#include "sim/import/onnx.h"
#include "sim/import/onnx_value.hpp"

#include <map>
#include <string>
#include <unordered_set>
#include <vector>

namespace npim::importer {

struct draft {
    npim_layer layer = {}; // in, out and all that the kind needs; kernel, stride, ... are 1 elsewhere
    std::vector<float> weight, bias; // of conv, fc and lstm; bias may be empty
    std::vector<float> factor, offset;
    std::vector<std::int32_t> index;

    draft(npim_layer_kind kind, const std::string &name);

    std::size_t outputs() const; // elements of its output
};

struct extent {
    std::int64_t c, h, w;
};

// Layers in topological order; 0 is the image.
class drafts {
  public:
    budget moves;

    // held: numbers that the model holds. Layers may use and move them several times over, but not without
    // end.
    drafts(const extent &image, std::size_t held);

    const draft &at(std::uint32_t layer) const { return all_[layer]; }
    std::vector<draft> &all() { return all_; }

    // Adds a layer that reads `inputs`, of the output given, and returns its number. Its name is made fit for
    // network.toml and its own.
    std::uint32_t add(draft d, std::vector<std::uint32_t> inputs, const extent &out);

    // The layer whose output is just x, as channels, height and width: the one that x is of, or a gather
    // behind it. Refuses sizes that x does not have.
    std::uint32_t as(const value &x, const extent &out, const std::string &name);

    // The same where only the order of elements matters.
    std::uint32_t in_order(const value &x, const std::string &name);

    // All elements of the output of a layer.
    value whole(std::uint32_t layer, shape dims) const;

    value move(const value &x, movement m) const;

  private:
    std::vector<draft> all_;
    std::size_t weights_left_;
    std::unordered_set<std::string> names_;
    std::multimap<std::uint32_t, std::uint32_t> gathers_; // by the layer that they read

    std::vector<std::int32_t> all_of_them(std::size_t elements);
    std::uint32_t copy(std::uint32_t layer);
    std::string free_name(const std::string &wanted);
};

// Channels, height and width of a shape: [1, c, h, w], [1, c, l] (a row of l pixels, downwards), [1, n], [n].
// Others: what is left of all dimensions once those of size 1 are gone, so far as there are more than three.
extent extent_of(const shape &dims);

// Folds scale layers and activations into the layers before them, and takes out what nobody reads. output:
// the layer that is the result; its new number is returned. Counts what it does in folded.
std::uint32_t simplify(std::vector<draft> &layers, std::uint32_t output, npim_onnx_folded &folded);

// Hands the layers over. NPIM_ENOMEM is thrown as std::bad_alloc.
void hand_over(const std::vector<draft> &layers, std::uint32_t output, const std::string &name,
               npim_network *network, npim_tensors *tensors);

} // namespace npim::importer

#endif

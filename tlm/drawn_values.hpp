// Values that are drawn from the seed, for runs without tensors: those of one representative lane of a slot,
// computed by the blocks' own behaviour functions in the order of the recipe.
//
// The lane is output 0 of the slot's first array: its bit lines (one weight takes several), fed by all rows
// of that array. Where the tile adds up the results of several row chunks, output 0 is computed on all of
// them. Activations and weights are drawn from the seed: inputs by (node, window, row), weights by (node,
// block of columns, row), so that replicas of a layer agree; where a buffer keeps the sum of the sign column
// beside the others (CASCADE) weights are not negative. Wires are ideal: their resistance matters to whole
// arrays.
//
// Between the blocks: a reference column takes the off-state current away, what is left is `sense` times a
// voltage. A converter in every cycle sees one level times one digit as one step; for one that converts
// the accumulated result full scale is the largest sum that a bit line is likely to have. CASCADE's amplifier
// has its own gain, and its summing amplifier brings the largest sum of a group of diagonals to full scale.
#ifndef NPIM_TLM_DRAWN_VALUES_HPP
#define NPIM_TLM_DRAWN_VALUES_HPP

#include "hw/converter.h"
#include "hw/crossbar.h"
#include "hw/pe_plan.h"
#include "hw/random.h"
#include "hw/rram.h"
#include "tlm/stage_values.hpp"

#include <vector>

namespace npim {

// What the values need beyond the recipe.
struct value_config {
    uint32_t input_bits = 8;
    npim_rram_config cell{};
    uint64_t seed = 1;
    // Circuits of the neural peripherals, with the variation of cells; borrowed, nullptr: behavioural models.
    const npim_circuit *sa = nullptr;
    const npim_converter *adc = nullptr;
    double adc_full_scale_V = 0;
};

// The row chunks of output 0 that a slot holds: chunk c has rows[c] rows, the first of them row first_row of
// the layer's inputs.
struct value_lane {
    uint32_t node = 0;  // whose inputs
    uint32_t block = 0; // of its columns: below 2^16
    uint32_t first_row = 0;
    std::vector<uint32_t> rows; // empty: no values
};

class drawn_values final : public stage_values {
  public:
    // plan is borrowed. Reports a bad configuration as an error.
    drawn_values(const npim_pe_plan *plan, const value_config &config, const value_lane &lane);
    ~drawn_values() override;
    drawn_values(const drawn_values &) = delete;
    drawn_values &operator=(const drawn_values &) = delete;

    const void *fire(uint64_t operation, const value_window &at, const npim_stage_record &record) override;

    // For tests: what was drawn. row: of the layer.
    uint32_t input(uint64_t window, uint32_t row) const;
    int32_t weight(uint32_t row) const;

  private:
    // One operation on one chunk.
    struct chunk_run {
        std::vector<uint32_t> inputs, digits;
        std::vector<double> word_V, line_A, line_V;
        std::vector<double> diagonal_V; // of the analog buffer
        double digit_sum = 0, acc_V = 0;
        std::vector<double> sum_V;  // of the groups of diagonals
        std::vector<int32_t> codes; // of bit lines, of groups, or of the result
        int64_t sum = 0;
    };
    struct run {
        uint64_t operation = UINT64_MAX, window = 0;
        std::vector<chunk_run> chunks;
        int64_t result = 0;
    };
    // The blocks of one chunk, by stage; nullptr for stages without values.
    struct chunk {
        uint32_t first_row = 0, rows = 0;
        std::vector<void *> cores;
    };
    struct firing {
        const npim_stage_record *record;
        const npim_stage *stage;
        uint64_t index; // of what is drawn in it
        bool last_cycle;
    };
    struct behaviour {
        const npim_block_ops *ops;
        void (drawn_values::*evaluate)(const firing &, chunk &, chunk_run &, void *core);
    };
    static const behaviour behaviours[];
    static const behaviour *find(const npim_block_ops &ops);

    void build_circuits();
    void build_chunk(uint32_t first_row, uint32_t rows);
    void *build_core(const npim_stage &stage, uint32_t rows);
    void program(npim_crossbar &crossbar, uint32_t first_row);
    void scale();
    double likely_sum() const;
    run &run_of(uint64_t operation, uint64_t window);
    void draw(run &one);
    void reduce(run &one, void *core);
    double slice_weights() const;
    void take_bias(void *adder, chunk_run &r, double inputs, uint32_t shift) const;
    void group(uint32_t g, uint32_t *from, uint32_t *to, double *gain) const;

    void drive(const firing &, chunk &, chunk_run &, void *core);
    void read(const firing &, chunk &, chunk_run &, void *core);
    void hold(const firing &, chunk &, chunk_run &, void *core);
    void amplify(const firing &, chunk &, chunk_run &, void *core);
    void keep(const firing &, chunk &, chunk_run &, void *core);
    void accumulate(const firing &, chunk &, chunk_run &, void *core);
    void sum_up(const firing &, chunk &, chunk_run &, void *core);
    void convert(const firing &, chunk &, chunk_run &, void *core);
    void convert_neurally(const firing &, chunk &, chunk_run &, void *core);
    void shift_and_add(const firing &, chunk &, chunk_run &, void *core);

    const npim_pe_plan *plan_;
    const value_config config_;
    const value_lane lane_;
    const npim_random inputs_, random_; // of the node; of the lane
    npim_rram cell_{};
    uint32_t dac_bits_ = 1, cell_bits_ = 1, slices_ = 1, lines_ = 1, array_rows_ = 1;
    bool differential_ = false, twos_ = false, buffered_ = false;
    int32_t weight_min_ = 0, weight_max_ = 0;
    int64_t bias_ = 0;     // of stored weights
    double digit_V_ = 0;   // of input digit 1
    double sense_Ohm_ = 0; // of a sample-and-hold
    double unit_V_ = 0;    // that one level times one digit stands for
    double full_V_ = 1, step_V_ = 1;
    uint32_t groups_ = 0, diagonals_ = 0;
    npim_instance sa_{}, adc_{};    // of the lane
    std::vector<double> scratch_V_; // of their neurons
    std::vector<chunk> chunks_;
    std::vector<run> runs_; // the last ones
};

} // namespace npim
#endif

#include "tlm/drawn_values.hpp"

#include "hw/analog_buffer.h"
#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"

#include <algorithm>
#include <cmath>

namespace npim {

const drawn_values::behaviour drawn_values::behaviours[] = {
    {&npim_dac_ops, &drawn_values::drive},
    {&npim_crossbar_ops, &drawn_values::read},
    {&npim_sample_hold_ops, &drawn_values::hold},
    {&npim_tia_ops, &drawn_values::amplify},
    {&npim_analog_buffer_ops, &drawn_values::keep},
    {&npim_neural_sa_ops, &drawn_values::accumulate},
    {&npim_summing_amp_ops, &drawn_values::sum_up},
    {&npim_sar_adc_ops, &drawn_values::convert},
    {&npim_neural_adc_ops, &drawn_values::convert_neurally},
    {&npim_shift_add_ops, &drawn_values::shift_and_add},
};

const drawn_values::behaviour *drawn_values::find(const npim_block_ops &ops) {
    for (const behaviour &one : behaviours)
        if (one.ops == &ops) return &one;
    return nullptr;
}

// The first chunk comes last: its unit 0 is what is seen.
const void *drawn_values::fire(uint64_t operation, const value_window &at, const npim_stage_record &record) {
    const npim_stage &stage = plan_->stages[record.stage];
    const behaviour *how = find(*stage.ops);
    if (!how || chunks_.empty()) return nullptr;
    run &one = run_of(operation, at.number);
    void *shown = chunks_[0].cores[record.stage];
    if (reduces(stage)) {
        reduce(one, shown);
        return shown;
    }
    const firing now{&record, &stage, (at.number * plan_->n_cycles + record.cycle) * lines_,
                     record.cycle + 1 == plan_->n_cycles};
    for (size_t c = chunks_.size(); c-- > 0;)
        (this->*how->evaluate)(now, chunks_[c], one.chunks[c], chunks_[c].cores[record.stage]);
    return shown;
}

void drawn_values::reduce(run &one, void *core) {
    for (const chunk_run &r : one.chunks)
        npim_shift_add_eval(static_cast<npim_shift_add *>(core), &one.result, &r.sum, 1, 0, false);
}

void drawn_values::drive(const firing &now, chunk &at, chunk_run &r, void *core) {
    auto *dac = static_cast<npim_dac *>(core);
    r.digit_sum = 0;
    for (uint32_t row = 0; row < at.rows; row++) {
        r.digits[row] = npim_dac_digit(dac, r.inputs[row], now.record->cycle);
        r.digit_sum += r.digits[row];
    }
    npim_dac_eval(dac, r.digits.data(), at.rows, r.word_V.data());
}

// The reference column of cells that are off takes their share of the current away.
void drawn_values::read(const firing &now, chunk &, chunk_run &r, void *core) {
    std::vector<double> &i2_A2 = r.line_V; // free until the current is sampled
    npim_crossbar_eval(static_cast<npim_crossbar *>(core), r.word_V.data(), r.line_A.data(), i2_A2.data());
    for (uint32_t k = 0; k < lines_; k++)
        r.line_A[k] = npim_rram_read_A(&cell_, &random_, r.line_A[k], i2_A2[k], now.index + k) -
                      digit_V_ * cell_.g_off_S * r.digit_sum;
}

void drawn_values::hold(const firing &now, chunk &, chunk_run &r, void *core) {
    for (uint32_t k = 0; k < lines_; k++) r.line_V[k] = r.line_A[k] * sense_Ohm_;
    npim_sample_hold_eval(static_cast<npim_sample_hold *>(core), r.line_V.data(), lines_, plan_->cycle_ps,
                          &random_, now.index, r.line_V.data());
}

void drawn_values::amplify(const firing &now, chunk &, chunk_run &r, void *core) {
    npim_tia_eval(static_cast<npim_tia *>(core), r.line_A.data(), lines_, &random_, now.index,
                  r.line_V.data());
}

// The buffer's diagonals are read behind the last cycle: the next operation may write at once.
void drawn_values::keep(const firing &now, chunk &, chunk_run &r, void *core) {
    auto *buffer = static_cast<npim_analog_buffer *>(core);
    if (!npim_analog_buffer_fits(buffer, plan_->n_cycles, slices_)) return;
    if (now.record->cycle == 0) npim_analog_buffer_clear(buffer);
    for (uint32_t k = slices_; k-- > 0;) // slice 0 last: it is the one that is seen
        npim_analog_buffer_write(buffer, now.record->cycle, k, r.line_V[differential_ ? 2 * k : k], &random_,
                                 now.index + k);
    for (uint32_t d = 0; now.last_cycle && d < diagonals_; d++)
        r.diagonal_V[d] = npim_analog_buffer_diagonal_V(buffer, d);
}

// What the slices of a weight count for together.
double drawn_values::slice_weights() const {
    return (std::ldexp(1.0, static_cast<int>(slices_ * cell_bits_)) - 1) / ((1u << cell_bits_) - 1);
}

void drawn_values::accumulate(const firing &now, chunk &, chunk_run &r, void *core) {
    for (uint32_t k = 0; differential_ && k < slices_; k++)
        r.line_V[k] = r.line_V[2 * k] - r.line_V[2 * k + 1];
    if (config_.sa) {
        npim_neural_sa_step(static_cast<npim_neural_sa *>(core), &sa_, r.line_V.data(), full_V_, now.index,
                            scratch_V_.data(), &r.acc_V);
        return;
    }
    double mixed_V = npim_neural_sa_mix_V(r.line_V.data(), slices_, cell_bits_);
    if (bias_ != 0) mixed_V -= static_cast<double>(bias_) * r.digit_sum * unit_V_ / slice_weights();
    npim_neural_sa_eval(static_cast<npim_neural_sa *>(core), &mixed_V, 1, &random_, now.index, &r.acc_V);
}

// Group g of diagonals [from, to) and the gain that brings its largest sum to full scale.
void drawn_values::group(uint32_t g, uint32_t *from, uint32_t *to, double *gain) const {
    *from = 3 * g;
    *to = g + 1 == groups_ ? diagonals_ : 3 * (g + 1);
    const double line_V = unit_V_ * array_rows_ * ((1u << dac_bits_) - 1) * ((1u << cell_bits_) - 1);
    double largest_V = 0;
    for (uint32_t d = *from; d < *to; d++) {
        const uint32_t entries =
            std::min({d + 1, diagonals_ - d, plan_->n_cycles, slices_}); // cells of the diagonal
        largest_V += std::ldexp(entries * line_V, static_cast<int>((d - *from) * dac_bits_));
    }
    *gain = full_V_ / largest_V;
}

void drawn_values::sum_up(const firing &now, chunk &, chunk_run &r, void *core) {
    for (uint32_t g = 0; g < groups_; g++) {
        uint32_t from, to;
        double gain;
        group(g, &from, &to, &gain);
        std::vector<double> weights(to - from);
        for (uint32_t d = from; d < to; d++)
            weights[d - from] = std::ldexp(gain, static_cast<int>((d - from) * dac_bits_));
        r.sum_V[g] = npim_summing_amp_eval(static_cast<npim_summing_amp *>(core), &r.diagonal_V[from],
                                           weights.data(), to - from, &random_, now.index + g);
    }
}

// Every bit line in every cycle, or every group of diagonals, the most significant one last and with the most
// bits.
void drawn_values::convert(const firing &now, chunk &, chunk_run &r, void *core) {
    auto *adc = static_cast<npim_sar_adc *>(core);
    if (now.stage->fires == NPIM_FIRES_CYCLE) {
        npim_sar_adc_eval(adc, now.stage->n_bits == 1 ? now.stage->bits[0] : 0, r.line_V.data(), lines_,
                          &random_, now.index, r.codes.data());
        return;
    }
    for (uint32_t g = 0; g < groups_; g++) {
        const uint32_t bits = now.stage->n_bits == groups_ ? now.stage->bits[groups_ - 1 - g] : 0;
        npim_sar_adc_eval(adc, bits, &r.sum_V[g], 1, &random_, now.index + g, &r.codes[g]);
        const npim_quantiser curve = npim_sar_adc_quantiser(adc, bits);
        uint32_t from, to;
        double gain;
        group(g, &from, &to, &gain);
        r.sum_V[g] = r.codes[g] * npim_quantiser_lsb_V(&curve) / gain / unit_V_; // in levels x digits
    }
}

void drawn_values::convert_neurally(const firing &now, chunk &, chunk_run &r, void *core) {
    if (config_.adc) {
        r.codes[0] = npim_neural_adc_convert(static_cast<npim_neural_adc *>(core), config_.adc, &adc_,
                                             config_.adc_full_scale_V, r.acc_V, now.index, scratch_V_.data());
        r.sum = r.codes[0];
        return;
    }
    npim_neural_adc_eval(static_cast<npim_neural_adc *>(core), &r.acc_V, 1, &random_, now.index,
                         r.codes.data());
    r.sum = r.codes[0];
}

// The codes of a cycle's bit lines, or of the groups of diagonals.
void drawn_values::shift_and_add(const firing &now, chunk &, chunk_run &r, void *core) {
    auto *adder = static_cast<npim_shift_add *>(core);
    if (now.stage->fires == NPIM_FIRES_CYCLE) {
        for (uint32_t k = 0; k < lines_; k++) {
            const uint32_t slice = differential_ ? k / 2 : k;
            const bool negative = differential_ ? k % 2 == 1 : twos_ && k + 1 == lines_;
            const int64_t word = r.codes[k];
            npim_shift_add_eval(adder, &r.sum, &word, 1, now.record->cycle * dac_bits_ + slice * cell_bits_,
                                negative);
        }
        take_bias(adder, r, r.digit_sum, now.record->cycle * dac_bits_);
        return;
    }
    for (uint32_t g = 0; g < groups_; g++) {
        const int64_t word = std::llround(r.sum_V[g]);
        npim_shift_add_eval(adder, &r.sum, &word, 1, 3 * g * dac_bits_, false);
    }
    double inputs = 0;
    for (uint32_t value : r.inputs) inputs += value;
    take_bias(adder, r, inputs, 0);
}

void drawn_values::take_bias(void *adder, chunk_run &r, double inputs, uint32_t shift) const {
    const int64_t word = bias_ * static_cast<int64_t>(inputs);
    if (word != 0) npim_shift_add_eval(static_cast<npim_shift_add *>(adder), &r.sum, &word, 1, shift, true);
}

} // namespace npim

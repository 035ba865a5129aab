#include "tlm/stage_values.hpp"

#include "hw/analog_buffer.h"
#include "hw/dac.h"
#include "hw/neural_adc.h"
#include "hw/neural_sa.h"
#include "hw/sample_hold.h"
#include "hw/sar_adc.h"
#include "hw/shift_add.h"
#include "hw/summing_amp.h"
#include "hw/tia.h"
#include "tlm/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace npim {

// Operations of one slot that are under way at once; a pipeline holds fewer.
static constexpr uint32_t max_runs = 64;

const stage_values::behaviour stage_values::behaviours[] = {
    {&npim_dac_ops, &stage_values::drive},
    {&npim_crossbar_ops, &stage_values::read},
    {&npim_sample_hold_ops, &stage_values::hold},
    {&npim_tia_ops, &stage_values::amplify},
    {&npim_analog_buffer_ops, &stage_values::keep},
    {&npim_neural_sa_ops, &stage_values::accumulate},
    {&npim_summing_amp_ops, &stage_values::sum_up},
    {&npim_sar_adc_ops, &stage_values::convert},
    {&npim_neural_adc_ops, &stage_values::convert_neurally},
    {&npim_shift_add_ops, &stage_values::shift_and_add},
};

const stage_values::behaviour *stage_values::find(const npim_block_ops &ops) {
    for (const behaviour &one : behaviours)
        if (one.ops == &ops) return &one;
    return nullptr;
}

bool stage_values::has_values(const npim_block_ops &ops) {
    return find(ops) != nullptr;
}

// --- what the recipe is made of
// --------------------------------------------------------------------------------

template <class Core> static const Core *core_of(const npim_pe_plan &plan, const npim_block_ops &ops) {
    for (uint32_t s = 0; s < plan.n_stages; s++)
        if (plan.stages[s].ops == &ops) return static_cast<const Core *>(plan.stages[s].core);
    return nullptr;
}

stage_values::stage_values(const npim_pe_plan *plan, const value_config &config, const value_lane &lane)
    : plan_(plan), config_(config),
      lane_(lane), inputs_{config.seed, lane.node}, random_{config.seed,
                                                            1u << 31 | lane.node << 16 | lane.block},
      runs_(max_runs) {
    npim_error error{};
    check(npim_rram_init(&cell_, &config.cell, &error), error, "rram");
    build_circuits();
    scale();
    uint32_t first_row = lane.first_row;
    bool reduced = false;
    for (uint32_t s = 0; s < plan->n_stages; s++) reduced = reduced || reduces(plan->stages[s]);
    for (uint32_t rows : lane.rows) {
        if (!chunks_.empty() && !reduced) break; // nobody would see the others
        build_chunk(first_row, rows);
        first_row += rows;
    }
}

stage_values::~stage_values() {
    for (chunk &one : chunks_) {
        for (uint32_t s = 0; s < plan_->n_stages; s++) {
            if (one.cores[s]) plan_->stages[s].ops->fini(one.cores[s]);
            std::free(one.cores[s]);
        }
    }
    npim_instance_fini(&sa_);
    npim_instance_fini(&adc_);
    npim_rram_fini(&cell_);
}

// The lane's own circuits: their cells vary as those of the arrays do. They follow the crossbar's in the
// numbers of samples.
void stage_values::build_circuits() {
    npim_circuit_variation variation{};
    variation.sigma = std::min(config_.cell.sigma, 0.5);
    variation.stuck_on_rate = config_.cell.stuck_on_rate;
    variation.stuck_off_rate = config_.cell.stuck_off_rate;
    npim_error error{};
    size_t neurons = 0;
    const auto build = [&](npim_instance &instance, const npim_circuit *circuit, uint32_t block) {
        if (!circuit) return;
        const npim_random own{config_.seed, random_.block ^ block};
        check(npim_instance_init(&instance, circuit, &variation, &own, &error), error, "circuit");
        neurons = std::max<size_t>(neurons, circuit->n_neurons);
    };
    build(sa_, config_.sa, 1u << 30);
    build(adc_, config_.adc ? &config_.adc->circuit : nullptr, 3u << 29);
    scratch_V_.resize(2 * neurons);
}

// Sizes and scales of the whole chain, from the configurations of its blocks.
void stage_values::scale() {
    const auto *crossbar = core_of<npim_crossbar>(*plan_, npim_crossbar_ops);
    const auto *dac = core_of<npim_dac>(*plan_, npim_dac_ops);
    if (crossbar) {
        lines_ = crossbar->columns_per_weight;
        slices_ = crossbar->slices;
        cell_bits_ = crossbar->config.cell_bits;
        array_rows_ = crossbar->config.rows;
        differential_ = crossbar->config.coding == NPIM_CODING_DIFFERENTIAL;
        twos_ = crossbar->config.coding == NPIM_CODING_TWOS;
        npim_crossbar_weight_range(crossbar, &weight_min_, &weight_max_);
        if (crossbar->config.coding == NPIM_CODING_BIASED) bias_ = -int64_t{weight_min_};
    }
    if (dac) {
        dac_bits_ = dac->config.bits;
        digit_V_ = dac->lsb_V;
    }
    bool in_every_cycle = false;
    for (uint32_t s = 0; s < plan_->n_stages; s++) {
        const npim_stage &stage = plan_->stages[s];
        if (stage.converts) in_every_cycle = stage.fires == NPIM_FIRES_CYCLE;
        npim_quantiser curve{};
        if (stage.ops == &npim_sar_adc_ops)
            curve = npim_sar_adc_quantiser(static_cast<const npim_sar_adc *>(stage.core), 0);
        else if (stage.ops == &npim_neural_adc_ops)
            curve = static_cast<const npim_neural_adc *>(stage.core)->quantiser;
        else
            continue;
        full_V_ = curve.v_max_V;
        step_V_ = npim_quantiser_lsb_V(&curve);
    }
    const double unit_A = digit_V_ * cell_.step_S;
    unit_V_ = in_every_cycle ? step_V_ : full_V_ / likely_sum();
    sense_Ohm_ = unit_V_ / unit_A;
    if (const auto *tia = core_of<npim_tia>(*plan_, npim_tia_ops)) unit_V_ = unit_A * tia->config.gain_Ohm;
    buffered_ = core_of<npim_analog_buffer>(*plan_, npim_analog_buffer_ops) != nullptr;
    if (buffered_) weight_min_ = 0;
    diagonals_ = plan_->n_cycles + slices_ - 1;
    groups_ = std::max(1u, diagonals_ / 3);
}

// The largest sum of one bit line that uniform inputs and weights are likely to make: mean and four standard
// deviations. Of differential cells every other one is off.
double stage_values::likely_sum() const {
    const double digit = (1u << dac_bits_) - 1, level = (1u << cell_bits_) - 1;
    const double share = differential_ ? 0.5 : 1.0;
    const double mean = share * digit / 2 * level / 2;
    const double square = share * digit * (2 * digit + 1) / 6 * level * (2 * level + 1) / 6;
    const double sum = array_rows_ * mean + 4 * std::sqrt(array_rows_ * (square - mean * mean));
    return std::min(sum, array_rows_ * digit * level);
}

void stage_values::build_chunk(uint32_t first_row, uint32_t rows) {
    chunk one;
    one.first_row = first_row;
    one.rows = rows;
    one.cores.resize(plan_->n_stages);
    chunks_.push_back(one);
    for (uint32_t s = 0; s < plan_->n_stages; s++) {
        const npim_stage &stage = plan_->stages[s];
        if (!has_values(*stage.ops)) continue;
        chunks_.back().cores[s] = build_core(stage, rows);
        if (stage.ops == &npim_crossbar_ops)
            program(*static_cast<npim_crossbar *>(chunks_.back().cores[s]), first_row);
    }
}

// A block of the lane's own; of the crossbar only what the lane uses.
void *stage_values::build_core(const npim_stage &stage, uint32_t rows) {
    void *core = std::calloc(1, stage.ops->core_size);
    npim_error error{};
    npim_status status = core ? NPIM_OK : npim_fail(&error, NPIM_ENOMEM, "out of memory");
    npim_crossbar_config narrow{};
    const void *config = stage.core; // a state starts with its config
    if (stage.ops == &npim_crossbar_ops) {
        narrow = static_cast<const npim_crossbar *>(stage.core)->config;
        narrow.rows = rows;
        narrow.columns = lines_;
        config = &narrow;
    }
    if (status == NPIM_OK) status = stage.ops->init(core, config, &error);
    if (status != NPIM_OK) std::free(core);
    check(status, error, stage.ops->name);
    return core;
}

// --- what is drawn
// ---------------------------------------------------------------------------------------------

uint32_t stage_values::input(uint64_t window, uint32_t row) const {
    const uint64_t bits = npim_random_bits(&inputs_, NPIM_DRAW_INPUT, window << 20 | row);
    return static_cast<uint32_t>(bits & ((uint64_t{1} << config_.input_bits) - 1));
}

int32_t stage_values::weight(uint32_t row) const {
    const uint64_t range = static_cast<uint64_t>(int64_t{weight_max_} - weight_min_ + 1);
    return static_cast<int32_t>(
        weight_min_ + static_cast<int64_t>(npim_random_bits(&random_, NPIM_DRAW_WEIGHT, row) % range));
}

void stage_values::program(npim_crossbar &crossbar, uint32_t first_row) {
    npim_error error{};
    const uint32_t rows = crossbar.config.rows;
    std::vector<int32_t> weights(rows);
    for (uint32_t r = 0; r < rows; r++) weights[r] = weight(first_row + r);
    check(npim_crossbar_program(&crossbar, weights.data(), rows, 1, &error), error, "crossbar");
    npim_rram_program(&cell_, &random_, crossbar.levels, size_t{rows} * crossbar.config.columns,
                      crossbar.g_S);
}

void stage_values::draw(run &one) {
    for (uint32_t c = 0; c < chunks_.size(); c++) {
        chunk_run &r = one.chunks[c];
        for (uint32_t row = 0; row < chunks_[c].rows; row++)
            r.inputs[row] = input(one.window, chunks_[c].first_row + row);
        r.acc_V = 0;
        r.sum = 0;
    }
    one.result = 0;
}

stage_values::run &stage_values::run_of(uint64_t operation, uint64_t window) {
    run &one = runs_[operation % max_runs];
    if (one.operation == operation) return one;
    if (one.chunks.empty()) {
        one.chunks.resize(chunks_.size());
        for (uint32_t c = 0; c < chunks_.size(); c++) {
            chunk_run &r = one.chunks[c];
            r.inputs.resize(chunks_[c].rows);
            r.digits.resize(chunks_[c].rows);
            r.word_V.resize(chunks_[c].rows);
            r.line_A.resize(lines_);
            r.line_V.resize(lines_);
            r.diagonal_V.resize(diagonals_);
            r.sum_V.resize(groups_);
            r.codes.resize(std::max(lines_, groups_));
        }
    }
    one.operation = operation;
    one.window = window;
    draw(one);
    return one;
}

// --- the stages
// ------------------------------------------------------------------------------------------------

// Digital adders that work once for each result add up the row chunks.
bool stage_values::reduces(const npim_stage &stage) const {
    return stage.ops == &npim_shift_add_ops && stage.fires == NPIM_FIRES_RESULT && stage.per == NPIM_PER_DOT;
}

// The first chunk comes last: its unit 0 is what is seen.
const void *stage_values::fire(uint64_t operation, uint64_t window, const npim_stage_record &record) {
    const npim_stage &stage = plan_->stages[record.stage];
    const behaviour *how = find(*stage.ops);
    if (!how || chunks_.empty()) return nullptr;
    run &one = run_of(operation, window);
    void *shown = chunks_[0].cores[record.stage];
    if (reduces(stage)) {
        reduce(one, shown);
        return shown;
    }
    const firing now{&record, &stage, (window * plan_->n_cycles + record.cycle) * lines_,
                     record.cycle + 1 == plan_->n_cycles};
    for (size_t c = chunks_.size(); c-- > 0;)
        (this->*how->evaluate)(now, chunks_[c], one.chunks[c], chunks_[c].cores[record.stage]);
    return shown;
}

void stage_values::reduce(run &one, void *core) {
    for (const chunk_run &r : one.chunks)
        npim_shift_add_eval(static_cast<npim_shift_add *>(core), &one.result, &r.sum, 1, 0, false);
}

void stage_values::drive(const firing &now, chunk &at, chunk_run &r, void *core) {
    auto *dac = static_cast<npim_dac *>(core);
    r.digit_sum = 0;
    for (uint32_t row = 0; row < at.rows; row++) {
        r.digits[row] = npim_dac_digit(dac, r.inputs[row], now.record->cycle);
        r.digit_sum += r.digits[row];
    }
    npim_dac_eval(dac, r.digits.data(), at.rows, r.word_V.data());
}

// The reference column of cells that are off takes their share of the current away.
void stage_values::read(const firing &now, chunk &, chunk_run &r, void *core) {
    std::vector<double> &i2_A2 = r.line_V; // free until the current is sampled
    npim_crossbar_eval(static_cast<npim_crossbar *>(core), r.word_V.data(), r.line_A.data(), i2_A2.data());
    for (uint32_t k = 0; k < lines_; k++)
        r.line_A[k] = npim_rram_read_A(&cell_, &random_, r.line_A[k], i2_A2[k], now.index + k) -
                      digit_V_ * cell_.g_off_S * r.digit_sum;
}

void stage_values::hold(const firing &now, chunk &, chunk_run &r, void *core) {
    for (uint32_t k = 0; k < lines_; k++) r.line_V[k] = r.line_A[k] * sense_Ohm_;
    npim_sample_hold_eval(static_cast<npim_sample_hold *>(core), r.line_V.data(), lines_, plan_->cycle_ps,
                          &random_, now.index, r.line_V.data());
}

void stage_values::amplify(const firing &now, chunk &, chunk_run &r, void *core) {
    npim_tia_eval(static_cast<npim_tia *>(core), r.line_A.data(), lines_, &random_, now.index,
                  r.line_V.data());
}

// The buffer's diagonals are read behind the last cycle: the next operation may write at once.
void stage_values::keep(const firing &now, chunk &, chunk_run &r, void *core) {
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
double stage_values::slice_weights() const {
    return (std::ldexp(1.0, static_cast<int>(slices_ * cell_bits_)) - 1) / ((1u << cell_bits_) - 1);
}

void stage_values::accumulate(const firing &now, chunk &, chunk_run &r, void *core) {
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
void stage_values::group(uint32_t g, uint32_t *from, uint32_t *to, double *gain) const {
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

void stage_values::sum_up(const firing &now, chunk &, chunk_run &r, void *core) {
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
void stage_values::convert(const firing &now, chunk &, chunk_run &r, void *core) {
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

void stage_values::convert_neurally(const firing &now, chunk &, chunk_run &r, void *core) {
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
void stage_values::shift_and_add(const firing &now, chunk &, chunk_run &r, void *core) {
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

void stage_values::take_bias(void *adder, chunk_run &r, double inputs, uint32_t shift) const {
    const int64_t word = bias_ * static_cast<int64_t>(inputs);
    if (word != 0) npim_shift_add_eval(static_cast<npim_shift_add *>(adder), &r.sum, &word, 1, shift, true);
}

} // namespace npim

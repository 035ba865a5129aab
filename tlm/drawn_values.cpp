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
#include "tlm/report.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace npim {

// --- what the recipe is made of
// --------------------------------------------------------------------------------

template <class Core> static const Core *core_of(const npim_pe_plan &plan, const npim_block_ops &ops) {
    for (uint32_t s = 0; s < plan.n_stages; s++)
        if (plan.stages[s].ops == &ops) return static_cast<const Core *>(plan.stages[s].core);
    return nullptr;
}

drawn_values::drawn_values(const npim_pe_plan *plan, const value_config &config, const value_lane &lane)
    : plan_(plan), config_(config),
      lane_(lane), inputs_{config.seed, lane.node}, random_{config.seed,
                                                            1u << 31 | lane.node << 16 | lane.block},
      runs_(max_value_runs) {
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

drawn_values::~drawn_values() {
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
void drawn_values::build_circuits() {
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
void drawn_values::scale() {
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
double drawn_values::likely_sum() const {
    const double digit = (1u << dac_bits_) - 1, level = (1u << cell_bits_) - 1;
    const double share = differential_ ? 0.5 : 1.0;
    const double mean = share * digit / 2 * level / 2;
    const double square = share * digit * (2 * digit + 1) / 6 * level * (2 * level + 1) / 6;
    const double sum = array_rows_ * mean + 4 * std::sqrt(array_rows_ * (square - mean * mean));
    return std::min(sum, array_rows_ * digit * level);
}

void drawn_values::build_chunk(uint32_t first_row, uint32_t rows) {
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
void *drawn_values::build_core(const npim_stage &stage, uint32_t rows) {
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

uint32_t drawn_values::input(uint64_t window, uint32_t row) const {
    const uint64_t bits = npim_random_bits(&inputs_, NPIM_DRAW_INPUT, window << 20 | row);
    return static_cast<uint32_t>(bits & ((uint64_t{1} << config_.input_bits) - 1));
}

int32_t drawn_values::weight(uint32_t row) const {
    const uint64_t range = static_cast<uint64_t>(int64_t{weight_max_} - weight_min_ + 1);
    return static_cast<int32_t>(
        weight_min_ + static_cast<int64_t>(npim_random_bits(&random_, NPIM_DRAW_WEIGHT, row) % range));
}

void drawn_values::program(npim_crossbar &crossbar, uint32_t first_row) {
    npim_error error{};
    const uint32_t rows = crossbar.config.rows;
    std::vector<int32_t> weights(rows);
    for (uint32_t r = 0; r < rows; r++) weights[r] = weight(first_row + r);
    check(npim_crossbar_program(&crossbar, weights.data(), rows, 1, &error), error, "crossbar");
    npim_rram_program(&cell_, &random_, crossbar.levels, size_t{rows} * crossbar.config.columns,
                      crossbar.g_S);
}

void drawn_values::draw(run &one) {
    for (uint32_t c = 0; c < chunks_.size(); c++) {
        chunk_run &r = one.chunks[c];
        for (uint32_t row = 0; row < chunks_[c].rows; row++)
            r.inputs[row] = input(one.window, chunks_[c].first_row + row);
        r.acc_V = 0;
        r.sum = 0;
    }
    one.result = 0;
}

drawn_values::run &drawn_values::run_of(uint64_t operation, uint64_t window) {
    run &one = runs_[operation % max_value_runs];
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

} // namespace npim

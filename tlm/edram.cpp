#include "tlm/edram.hpp"

#include <algorithm>
#include <cstring>

namespace npim {

using tlm::tlm_generic_payload;

// calloc: pages of tiles that nobody touches cost nothing.
edram::edram(const sc_core::sc_module_name &name, const npim_edram_config &config, uint32_t depth)
    : sc_module(name), depth_(depth) {
    require_ps_resolution();
    npim_error error{};
    check(npim_edram_init(&core, &config, &error), error, this->name());
    if (depth == 0) check(npim_fail(&error, NPIM_ECONFIG, "depth = 0: at least 1"), error, this->name());
    memory_.reset(static_cast<unsigned char *>(std::calloc(config.size_B, 1)));
    if (!memory_) check(npim_fail(&error, NPIM_ENOMEM, "out of memory"), error, this->name());
    in.bind(*this);
    SC_METHOD(run);
    sensitive << timetable_.event();
    dont_initialize();
}

edram::~edram() {
    npim_edram_fini(&core);
}

std::vector<signal> edram::signals() const {
    std::vector<signal> list;
    add_signals(list, name(), npim_edram_ops, &core);
    return list;
}

static uint32_t offset_of(const tlm_generic_payload &payload) {
    return decompose(payload.get_address()).offset;
}

tlm::tlm_response_status edram::examine(const tlm_generic_payload &payload) const {
    const uint32_t bytes = payload.get_data_length(), size_B = core.config.size_B;
    if (!payload.is_read() && !payload.is_write()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
    if (payload.get_byte_enable_ptr()) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (bytes == 0 || bytes > size_B) return tlm::TLM_BURST_ERROR_RESPONSE;
    if (payload.get_streaming_width() < bytes) return tlm::TLM_BURST_ERROR_RESPONSE;
    if (!is_address(payload.get_address()) || uint64_t{offset_of(payload)} + bytes > size_B)
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    return payload.get_data_ptr() ? tlm::TLM_OK_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

void edram::move(tlm_generic_payload &payload, uint32_t bytes) {
    unsigned char *here = memory_.get() + offset_of(payload);
    if (payload.is_write())
        std::memcpy(here, payload.get_data_ptr(), bytes);
    else
        std::memcpy(payload.get_data_ptr(), here, bytes);
}

uint64_t edram::access(const tlm_generic_payload &payload, uint64_t at_ps) {
    npim_calendar &bank = core.bank[npim_edram_bank(&core, offset_of(payload))];
    npim_calendar_trim(&bank, now_ps());
    return npim_edram_access(&core, offset_of(payload), payload.get_data_length(), payload.is_write(), at_ps);
}

void edram::b_transport(tlm_generic_payload &payload, sc_core::sc_time &delay) {
    const tlm::tlm_response_status status = examine(payload);
    if (status == tlm::TLM_OK_RESPONSE) {
        delay = until_ps(access(payload, now_ps() + to_ps(delay)));
        move(payload, payload.get_data_length());
    }
    payload.set_response_status(status);
}

unsigned edram::transport_dbg(tlm_generic_payload &payload) {
    const uint32_t offset = offset_of(payload), size_B = core.config.size_B;
    if (!is_address(payload.get_address()) || offset >= size_B || !payload.get_data_ptr()) return 0;
    if (!payload.is_read() && !payload.is_write()) return 0;
    const uint32_t bytes = std::min(payload.get_data_length(), size_B - offset);
    move(payload, bytes);
    return bytes;
}

tlm::tlm_sync_enum edram::nb_transport_fw(tlm_generic_payload &payload, tlm::tlm_phase &phase,
                                          sc_core::sc_time &delay) {
    if (payload.get_extension<packet_extension>()) {
        b_transport(payload, delay);
        return tlm::TLM_COMPLETED;
    }
    const uint64_t at_ps = now_ps() + to_ps(delay);
    if (phase == tlm::BEGIN_REQ) {
        if (!payload.has_mm()) SC_REPORT_ERROR("/npim/invariant", "a payload without memory manager");
        payload.acquire();
        timetable_.put(at_ps, ARRIVE, 0, requests_.take(&payload));
    } else if (phase == tlm::END_RESP && responding_ != no_slot && requests_[responding_] == &payload) {
        timetable_.put(at_ps, RESPONSE_TAKEN, 0, responding_);
    }
    return tlm::TLM_ACCEPTED; // phases that are not the base protocol's are ignored
}

void edram::run() {
    timetable::entry next{};
    while (timetable_.take(next)) {
        if (next.kind == PLACE_FREE) n_queued_[next.port]--;
        if (next.kind == RESPONSE_TAKEN) {
            requests_[next.data]->release();
            requests_.give(next.data);
            responding_ = no_slot;
        }
        if (next.kind == RESPOND) {
            tlm_generic_payload &payload = *requests_[next.data];
            payload.set_response_status(examine(payload));
            if (payload.is_response_ok()) move(payload, payload.get_data_length());
            done_.push(requests_, next.data);
        }
        if (next.kind == ARRIVE) waiting_.push(requests_, next.data);
        serve_waiting();
        respond();
    }
}

void edram::serve_waiting() {
    while (!waiting_.empty()) {
        const uint32_t i = waiting_.front();
        tlm_generic_payload &payload = *requests_[i];
        uint64_t done_ps = now_ps(); // of a refusal
        if (examine(payload) == tlm::TLM_OK_RESPONSE) {
            const uint32_t bank = npim_edram_bank(&core, offset_of(payload));
            if (n_queued_[bank] == depth_) return;
            n_queued_[bank]++;
            done_ps = access(payload, now_ps());
            timetable_.put(done_ps - core.latency_ps, PLACE_FREE, bank, 0);
        }
        waiting_.pop(requests_);
        timetable_.put(done_ps, RESPOND, 0, i);
        tlm::tlm_phase phase = tlm::END_REQ;
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        in->nb_transport_bw(payload, phase, delay);
    }
}

void edram::respond() {
    if (responding_ != no_slot || done_.empty()) return;
    responding_ = done_.pop(requests_);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    const tlm::tlm_sync_enum answer = in->nb_transport_bw(*requests_[responding_], phase, delay);
    if (answer != tlm::TLM_ACCEPTED) timetable_.put(now_ps() + to_ps(delay), RESPONSE_TAKEN, 0, responding_);
}

} // namespace npim

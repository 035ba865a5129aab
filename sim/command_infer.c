#include "sim/command.h"

#include "sim/interrupt.h"
#include "sim/print.h"
#include "sim/value_inputs.h"
#include "sim/values/infer_report.h"

static npim_status infer(npim_session *s, npim_value_inputs *in, npim_error *error) {
    npim_inference result = {0};
    npim_status status = npim_value_inputs_load(in, s, error);
    if (status == NPIM_OK)
        status = npim_infer(&result, &in->request, &in->network, &in->tensors, &in->images, error);
    if (status != NPIM_OK) return status;
    const npim_infer_subject subject = {&s->network, &s->arch};
    status = s->options.json ? npim_print_json(npim_infer_json(&result, &subject), error)
                             : npim_print_text(npim_infer_text(&result, &subject), error);
    if (status == NPIM_OK) status = npim_inference_check(&result, error);
    npim_inference_fini(&result);
    return status;
}

npim_status npim_command_infer(npim_session *s, npim_error *error) {
    npim_value_inputs in;
    npim_status status = npim_value_inputs_read(&in, &s->options, true, error);
    if (status == NPIM_OK) status = npim_session_load_network(s, error);
    if (status == NPIM_OK) status = npim_value_inputs_beside(&in, s, error);
    in.request.compare = true;
    in.request.stop = npim_interrupt_catch();
    if (status == NPIM_OK) status = infer(s, &in, error);
    npim_value_inputs_fini(&in);
    return status;
}

/* What an import made, for reading: text and JSON. */
#ifndef NPIM_SIM_IMPORT_IMPORT_REPORT_H
#define NPIM_SIM_IMPORT_IMPORT_REPORT_H

#include "sim/import/onnx.h"
#include "sim/import/quantise.h"

#include <cjson/cJSON.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed. The network is quantised. */
typedef struct npim_imported {
    const npim_network *network;
    const npim_tensors *tensors;
    npim_onnx_folded folded;
    const char *model; /* the file's name, without its folder */
    npim_calibration calibration;
    size_t images; /* that it was calibrated on */
} npim_imported;

/* network, model, calibration, images, weights, macs (of one image); kinds: layers of each kind; folded: what
 * became part of other layers; input; layers[]: shape, scale of the codes and the real values of the least
 * and the largest one, weights with the range of their scales, files. The caller frees it; NULL fields: no
 * memory. */
cJSON *npim_import_json(const npim_imported *imported);

/* One line. The caller frees it; NULL: no memory. */
char *npim_import_text(const npim_imported *imported);

#ifdef __cplusplus
}
#endif
#endif

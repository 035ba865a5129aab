/* A CMOS inverter as the neuron of the peripheral circuits: its voltage transfer curve as a table at equal
 * steps of the input, made by a circuit simulator. Analytic fits of such curves are off by tens of mV where
 * the gain is high; linear interpolation between 1 mV steps is off by 0.1 mV. */
#ifndef NPIM_HW_INVERTER_H
#define NPIM_HW_INVERTER_H

#include "hw/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NPIM_VTC_POINTS = 1001 };

typedef struct npim_inverter {
    double vdd_V;                  /* supply; the table goes from 0 to vdd_V */
    double out_V[NPIM_VTC_POINTS]; /* output at input vdd_V x i / (NPIM_VTC_POINTS - 1); never rises */
} npim_inverter;

/* Checks a table: NPIM_ECONFIG when a value is not finite, lies more than 1 mV outside 0..vdd_V, or lies
 * above the one before. */
NPIM_MUST_USE npim_status npim_inverter_check(const npim_inverter *inverter, npim_error *error);

/* Output voltage; inputs outside 0..vdd_V give that of the nearer end. */
double npim_inverter_out_V(const npim_inverter *inverter, double in_V);

/* The input that gives an output; 0 or vdd_V when none does. */
double npim_inverter_in_V(const npim_inverter *inverter, double out_V);

/* The slope d out / d in of the table's segment at an input, negative; that of the nearer end outside. */
double npim_inverter_gain(const npim_inverter *inverter, double in_V);

/* The input that equals its output. */
double npim_inverter_threshold_V(const npim_inverter *inverter);

#ifdef __cplusplus
}
#endif
#endif

/* Smallest buffers that cannot deadlock, from how far the branches of a network run ahead of each other.
 *
 * Let need(v, p) be the number of image pixels after which node v can finish its pixel p: the maximum over
 * its edges of need(u, last pixel that window p reads), made monotone, since windows are finished in raster
 * order. Consider the unsent pixel (v, p) with the smallest need (of equals, the one furthest upstream). Its
 * inputs have been sent; it waits for nothing but places at its consumers. A consumer w whose next window is
 * p_w has need(w, p_w) >= need(v, p), so if every edge u -> w can hold all pixels q with need(u, q) <=
 * need(w, p_w) from the oldest pixel on that w still needs, the pixel has its place: no state is stuck. That
 * number, maximised over p_w, is minimum_px. It is the window itself on a plain chain, and the window plus
 * the skew where branches of different depth meet. */
#ifndef NPIM_SIM_SKEW_H
#define NPIM_SIM_SKEW_H

#include "sim/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sets minimum_px and window_px of every edge. */
NPIM_MUST_USE npim_status npim_skew_minimum(npim_graph *graph, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

/* Smallest buffers that cannot deadlock, from how far the branches of a network run ahead of each other.
 *
 * Every rule of the replay is of one form, "this happens after that": a window after its inputs, a pixel sent
 * after its places are free. Such a system gets stuck only if the rules contradict each other, hence never if
 * one order of all windows obeys them. The order taken here lets every window happen as soon as its inputs
 * are there, downstream first; the largest span of pixels that an edge holds meanwhile is its minimum. It is
 * the window itself on a plain chain, and the window plus the skew where branches of different depth meet.
 * Replicas only leave rows out, so the same number serves each of them. */
#ifndef NPIM_SIM_SKEW_H
#define NPIM_SIM_SKEW_H

#include "sim/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sets minimum_px and window_px of every edge. stop may be NULL; NPIM_EINTERRUPTED leaves them half done. */
NPIM_MUST_USE npim_status npim_skew_minimum(npim_graph *graph, const npim_stop *stop, npim_error *error);

#ifdef __cplusplus
}
#endif
#endif

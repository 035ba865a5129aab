/* The user's wish to stop, as the program hears of it: SIGINT and SIGTERM. */
#ifndef NPIM_SIM_INTERRUPT_H
#define NPIM_SIM_INTERRUPT_H

#include "sim/stop.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From now on the signals no longer end the program: they make the stop wanted that this returns. For
 * commands only, once their files are read; may be called again. Lives as long as the program. */
const npim_stop *npim_interrupt_catch(void);

#ifdef __cplusplus
}
#endif
#endif

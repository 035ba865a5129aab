/* What is published of Neural-PIM and compared with here: Cao et al., IEEE TC 71(9), 2022, read at second
 * hand. */
#ifndef NPIM_SIM_REPRODUCE_PUBLISHED_H
#define NPIM_SIM_REPRODUCE_PUBLISHED_H

enum { NPIM_PUBLISHED_NETWORKS = 9 }; /* that the ratios are means of */

#define NPIM_PUBLISHED_ENERGY_ISAAC 5.36 /* energy efficiency against ISAAC and CASCADE */
#define NPIM_PUBLISHED_ENERGY_CASCADE 1.73
#define NPIM_PUBLISHED_THROUGHPUT_ISAAC 3.43
#define NPIM_PUBLISHED_THROUGHPUT_CASCADE 1.59
#define NPIM_PUBLISHED_ADC_SHARE 0.58 /* of ISAAC's energy */
#define NPIM_PUBLISHED_SA_FACTOR 33.0 /* NNS+A: so many times less energy than ISAAC's ADCs */
#define NPIM_PUBLISHED_SINAD_DB 50.0  /* of Neural-PIM's dataflow */
/* Area of the arrays in that of a tile. */
#define NPIM_PUBLISHED_DENSITY_ISAAC 0.0068
#define NPIM_PUBLISHED_DENSITY_CASCADE 0.0076
#define NPIM_PUBLISHED_DENSITY_NEURAL_PIM 0.0071
/* ISAAC's own, of 16 bit: ISCA 2016, Table I (corrected Oct 2016). */
#define NPIM_PUBLISHED_ISAAC_TILE_MW 330.0
#define NPIM_PUBLISHED_ISAAC_TILE_MM2 0.372

#endif

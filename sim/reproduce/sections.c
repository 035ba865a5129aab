#include "sim/reproduce/sections.h"

/* The report, from the top. */
const npim_section npim_study_sections[] = {
    {"Summary",
     "<p>Neural-PIM is said to be 5.36 and 1.73 times as energy efficient as ISAAC and CASCADE, at 3.43 and "
     "1.59 times their throughput. This report makes these ratios anew from the blocks of the three "
     "designs.</p><p class=\"caveat\"><strong>Four values were calibrated to these four targets</strong>: "
     "the input cycle of Neural-PIM (123 ns), its energy of an A/D conversion (7.5 pJ), the input cycle of "
     "CASCADE (110 ns) and its energy of a buffer write (0.17 pJ). That the default set meets them is a fit, "
     "not a validation. What nothing was calibrated for is the a-priori column.</p>",
     NULL, npim_summary_make},
    {"Dataflows: A/D conversions",
     "<p>Strategy A (ISAAC) digitises every bit line in every input cycle, B (CASCADE) buffers analog "
     "partial sums in RRAM cells, adds them and then digitises, C (Neural-PIM) shifts and adds in the analog "
     "domain and digitises once. All figures are of one dot product on one array: 128 rows, 8-bit inputs and "
     "weights, 1-bit cells and 1-bit DACs, but for what is swept. Conversions are counted in replays of "
     "<code>traces/dot_product</code>, one fully connected layer that fills whole arrays, whose stages also "
     "run on the modules of the blocks; a count that is not that of the closed form ends this "
     "report.</p><p>To compare strategies and not designs, all three have arrays of one size and input "
     "cycles of 100 ns; a tile has 64 processing elements, so that one holds all arrays of the layer and no "
     "partial sum goes from tile to tile. B's two's complement needs cells of 1 bit: with more, its weights "
     "are biased (<code>block.crossbar.coding=biased</code>). Energies are those of the default set, but for "
     "two rules. SAR converters, ISAAC's 8 bit included, take what the table of 4 to 10 bit says (S): below "
     "4 bit they cost as 4 bit, above 10 bit there is no sourced energy, and so neither replay nor cost, "
     "only the closed form. The power of a DAC with its driver is <strong>assumed</strong>: 3.906 uW for 1 "
     "bit and 128 columns (ISAAC), 1.5 times that for 4 bit, linear in the bits in between and beyond, and "
     "in proportion to the columns that the row drives.</p>",
     npim_dataflows_plan, npim_dataflows_make},
    {"Peripherals: NNS+A and NNADC",
     "<p>The neural shift-and-add and the neural A/D converter are circuits of RRAM cells here, made by "
     "<code>npim design</code> and measured by <code>npim characterize</code>. Four are made and measured "
     "for this report; the two that the architecture names are read from their files, with the figures and "
     "the transient run of when they were made (ngspice), so that none is needed here.</p><p "
     "class=\"caveat\">They are synthesised, by ratios of whole 3-bit levels, where the originals are "
     "trained; their energy and speed are <strong>not</strong> what the other sections count with: those "
     "come from the published figures.</p>",
     npim_peripherals_plan, npim_peripherals_make},
    {"SINAD and accuracy",
     "<p>Signal to noise and distortion of what comes out of arrays and converters, against exact products; "
     "and how much of it a network needs: the shipped one for handwritten digits, with noise growing from "
     "none to where it knows nothing any more.</p>",
     npim_sinad_plan, npim_sinad_make},
    {"System: the published ratios",
     "<p>Energy per image and throughput of the nine networks at equal area. The published ratios are "
     "compared with a closed form, in which arrays are never idle, and with replays in which they are.</p>",
     npim_system_plan, npim_system_make},
    {"Breakdown",
     "<p>Energy of an image, power of a busy tile and area of a tile, block by block, in closed form.</p>",
     NULL, npim_breakdown_make},
    {"Sensitivity",
     "<p>Every number of the three architecture files that is assumed (A) or calibrated (C), at half and at "
     "twice its value: how much of a ratio rests on what nobody has measured.</p>",
     NULL, npim_sensitivity_make},
    {"Provenance", "<p>Where every number comes from.</p>", NULL, npim_provenance_make},
};

const size_t npim_n_study_sections = sizeof npim_study_sections / sizeof *npim_study_sections;

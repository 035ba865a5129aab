/* exp, log and tanh, made of additions, multiplications, divisions and exact scaling only, all of which IEEE
 * 754 rounds exactly: the variants of libm and of CPUs cannot change a bit of a result. The bounds hold
 * against the exact value and are tested. */
#ifndef NPIM_HW_ELEMENTARY_H
#define NPIM_HW_ELEMENTARY_H

#ifdef __cplusplus
extern "C" {
#endif

/* e^x, error below 1.5 ulp; 0 where it is below the smallest number, infinite where it is beyond the largest.
 * Any x, also infinite or NaN. */
double npim_exp(double x);

/* Natural logarithm of a finite normal x > 0, error below 2.5 ulp. */
double npim_log(double x);

/* Hyperbolic tangent, error below 4 ulp; odd. Any x. */
double npim_tanh(double x);

#ifdef __cplusplus
}
#endif
#endif

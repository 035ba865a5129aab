#include "sim/values/rescale.h"

#include <assert.h>
#include <math.h>

__extension__ typedef __int128 wide; /* 31 bit times 40 bit */

enum { FACTOR_BITS = 31, PRODUCT_BITS = 71 };

npim_rescale npim_rescale_of(double constant) {
    assert(isfinite(constant) && constant > 0.0);
    int exponent;
    double mantissa = frexp(constant, &exponent); /* in [1/2, 1) */
    double factor = nearbyint(ldexp(mantissa, FACTOR_BITS));
    if (factor == ldexp(1.0, FACTOR_BITS)) {
        factor /= 2.0;
        exponent++;
    }
    return (npim_rescale){(int32_t)factor, FACTOR_BITS - exponent};
}

int32_t npim_rescale_value(npim_rescale rescale, int64_t value) {
    assert(value < (int64_t)1 << 40 && -value < (int64_t)1 << 40);
    wide product = (wide)value * rescale.factor, limit = INT32_MAX;
    if (rescale.shift > PRODUCT_BITS + 1) return 0; /* nearer to 0 than to 1 */
    if (rescale.shift > 0) {
        product = (product + ((wide)1 << (rescale.shift - 1))) >> rescale.shift;
    } else if (product != 0) {
        int up = rescale.shift > -FACTOR_BITS ? -rescale.shift : FACTOR_BITS;
        product *= (wide)1 << up;
    }
    return (int32_t)(product > limit ? limit : product < -limit ? -limit : product);
}

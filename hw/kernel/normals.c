#include "hw/kernel/normals.h"

#include "hw/kernel/normals_parts.h"

#include <assert.h>
#include <string.h>

/* --- single precision --- */

/* -quantile(2^(e - 32) m) for an exponent e = 0 .. 30 and a mantissa 1 <= m < 2: polynomials of m - 1.5 that
 * agree with it in Chebyshev's six points. [power][(e - 1) mod 32]; e = 31 is the median. Off by 5e-6 at
 * most. */
const float npim_normal_table[NPIM_NORMAL_POWERS][32] = {
    {6.05582809f,  5.9432683f,   5.82864571f, 5.71184492f, 5.59273863f, 5.47118711f, 5.34703588f,
     5.22011423f,  5.09023237f,  4.95717621f, 4.82070732f, 4.68055439f, 4.53640938f, 4.38791943f,
     4.23467731f,  4.07620811f,  3.91195464f, 3.74125433f, 3.56330967f, 3.37714791f, 3.18156171f,
     2.97502279f,  2.7555511f,   2.52050447f, 2.26622915f, 1.98743045f, 1.67594242f, 1.31801379f,
     0.887149692f, 0.318642616f, 0.0f,        6.16643095f},
    {-0.107302934f, -0.109234437f, -0.111272402f, -0.113426894f, -0.11570935f,  -0.118132815f, -0.120712288f,
     -0.123465054f, -0.126411214f, -0.129574224f, -0.132981762f, -0.136666581f, -0.140667945f, -0.14503324f,
     -0.149820343f, -0.155100748f, -0.160963938f, -0.167523623f, -0.174926788f, -0.183367223f, -0.193106428f,
     -0.204506949f, -0.218088225f, -0.234624788f, -0.255331039f, -0.282237977f, -0.31905058f,  -0.373413295f,
     -0.464411288f, -0.659292936f, 0.0f,          -0.105469011f},
    {0.034774024f,  0.0353674591f, 0.0359917693f, 0.0366497003f, 0.0373443365f, 0.0380791686f, 0.038858179f,
     0.0396859013f, 0.0405675508f, 0.0415091328f, 0.0425176397f, 0.0436012149f, 0.0447694547f, 0.0460337065f,
     0.0474075302f, 0.048907239f,  0.0505526587f, 0.052368097f,  0.0543836877f, 0.0566371866f, 0.0591763929f,
     0.062062405f,  0.0653737858f, 0.0692111403f, 0.0736992583f, 0.0789746046f, 0.0851049721f, 0.091681391f,
     0.095443666f,  0.069017224f,  0.0f,          0.0342090279f},
    {-0.0152577963f, -0.0155118555f, -0.0157787986f, -0.0160597432f, -0.0163559355f, -0.0166687891f,
     -0.0169999022f, -0.0173510928f, -0.0177244432f, -0.0181223378f, -0.0185475405f, -0.019003259f,
     -0.019493239f,  -0.0200218949f, -0.0205944609f, -0.0212171916f, -0.0218976233f, -0.0226449203f,
     -0.023470344f,  -0.02438787f,   -0.0254150331f, -0.0265740901f, -0.0278935917f, -0.0294105224f,
     -0.0311731212f, -0.0332445949f, -0.0357097983f, -0.038710095f,  -0.0428440459f, -0.0573190376f,
     0.0f,           -0.0150156301f},
    {0.00851501618f, 0.0086542191f,  0.00880035013f, 0.00895399693f, 0.00911581796f, 0.0092865536f,
     0.00946704112f, 0.00965823047f, 0.00986120477f, 0.0100772046f,  0.0103076575f,  0.0105542187f,
     0.0108188139f,  0.0111036999f,  0.011411543f,   0.0117455116f,  0.0121094063f,  0.0125078224f,
     0.0129463691f,  0.0134319626f,  0.0139732249f,  0.0145810219f,  0.0152691994f,  0.0160556026f,
     0.0169634204f,  0.0180229302f,  0.0192733929f,  0.0207625255f,  0.02248873f,    0.0215103179f,
     0.0f,           0.00838221703f},
    {-0.00455302f,
     -0.00462661358f,
     -0.00470382767f,
     -0.00478496542f,
     -0.00487036677f,
     -0.00496041263f,
     -0.00505553372f,
     -0.00515621807f,
     -0.00526301982f,
     -0.00537657458f,
     -0.00549761066f,
     -0.00562697044f,
     -0.00576563366f,
     -0.00591474446f,
     -0.00607565045f,
     -0.00624994887f,
     -0.00643954985f,
     -0.00664675422f,
     -0.00687436108f,
     -0.00712580746f,
     -0.00740536069f,
     -0.00771837356f,
     -0.00807164051f,
     -0.00847388059f,
     -0.00893639494f,
     -0.00947393663f,
     -0.0101057729f,
     -0.0108569078f,
     -0.0117662661f,
     -0.0138383452f,
     0.0f,
     -0.00448277593f},
};

static float normal_of(uint32_t word) {
    uint32_t sign = word & 0x80000000u, bits;
    float p = (float)(int32_t)((word & 0x7fffffffu) | 1), m, x;
    memcpy(&bits, &p, sizeof bits);
    uint32_t column = bits >> 23 & 31;
    bits = (bits & 0x7fffffu) | 0x3f800000u;
    memcpy(&m, &bits, sizeof m);
    m -= 1.5f;
    x = npim_normal_table[NPIM_NORMAL_POWERS - 1][column];
    for (int power = NPIM_NORMAL_POWERS - 2; power >= 0; power--)
        x = x * m + npim_normal_table[power][column];
    memcpy(&bits, &x, sizeof bits);
    bits ^= sign;
    memcpy(&x, &bits, sizeof x);
    return x;
}

void npim_normal_lanes_portable(const npim_random *random, npim_draw draw,
                                const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]) {
    philox4x32_key_t key = {{(uint32_t)random->seed, (uint32_t)(random->seed >> 32)}};
    for (int lane = 0; lane < NPIM_NORMAL_LANES; lane++) {
        philox4x32_ctr_t at = {
            {(uint32_t)counter[lane], (uint32_t)(counter[lane] >> 32), draw, random->block}};
        philox4x32_ctr_t words = philox4x32(at, key);
        for (int w = 0; w < 4; w++) out[w][lane] = normal_of(words.v[w]);
    }
}

void npim_normal_lanes(npim_isa isa, const npim_random *random, npim_draw draw,
                       const uint64_t counter[NPIM_NORMAL_LANES], float out[4][NPIM_NORMAL_LANES]) {
    static void (*const lanes[NPIM_ISAS])(const npim_random *, npim_draw, const uint64_t[NPIM_NORMAL_LANES],
                                          float[4][NPIM_NORMAL_LANES]) = {
        npim_normal_lanes_portable, npim_normal_lanes_avx2, npim_normal_lanes_avx512};
    assert(npim_isa_supported(isa));
    lanes[isa](random, draw, counter, out);
}

void npim_normals(npim_isa isa, const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                  float *out) {
    enum { BLOCK = 4 * NPIM_NORMAL_LANES };
    while (n > 0) {
        uint64_t counter[NPIM_NORMAL_LANES];
        float block[4][NPIM_NORMAL_LANES];
        size_t skip = first % BLOCK, part = n < BLOCK - skip ? n : BLOCK - skip;
        for (uint64_t lane = 0; lane < NPIM_NORMAL_LANES; lane++)
            counter[lane] = first / BLOCK * NPIM_NORMAL_LANES + lane;
        npim_normal_lanes(isa, random, draw, counter, block);
        memcpy(out, &block[0][0] + skip, part * sizeof *out);
        out += part;
        first += part;
        n -= part;
    }
}

/* --- double precision --- */

static void normals_f64_portable(const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                                 double *out) {
    for (size_t i = 0; i < n; i++) out[i] = npim_random_normal(random, draw, first + i);
}

void npim_normals_f64(npim_isa isa, const npim_random *random, npim_draw draw, uint64_t first, size_t n,
                      double *out) {
    static void (*const normals[NPIM_ISAS])(const npim_random *, npim_draw, uint64_t, size_t, double *) = {
        normals_f64_portable, npim_normals_f64_avx2, npim_normals_f64_avx512};
    assert(npim_isa_supported(isa));
    normals[isa](random, draw, first, n, out);
}

/* A step as the loop does it: the outputs, the classical Runge-Kutta method, the limits. A program defines the records
   P, U, X, Y as the plant's module has them, all of doubles, and the functions below, and then includes this file. */

#include <math.h>
#include <stdint.h>

static void slope(const P *p, const U *u, const X *x, X *dx);
static void outputs(const P *p, const U *u, const X *x, Y *y);
static int limit(const P *p, const X *x);

static inline void blend(X *to, const X *x, double h, const X *k) {
    for (unsigned i = 0; i < sizeof(X) / sizeof(double); i++)
        ((double *)to)[i] = ((const double *)x)[i] + h * ((const double *)k)[i];
}

int64_t run(const P *p, const U *u, X *x, Y *y, double h, int64_t steps) {
    X k1, k2, k3, k4, z;
    for (int64_t n = 0; n < steps; n++) {
        outputs(p, u, x, y);
        slope(p, u, x, &k1);
        blend(&z, x, 0.5 * h, &k1);
        slope(p, u, &z, &k2);
        blend(&z, x, 0.5 * h, &k2);
        slope(p, u, &z, &k3);
        blend(&z, x, h, &k3);
        slope(p, u, &z, &k4);
        blend(&k2, &k2, 1.0, &k3);
        blend(&k1, &k1, 2.0, &k2);
        blend(&k1, &k1, 1.0, &k4);
        blend(x, x, h / 6.0, &k1);
        if (limit(p, x)) return n;
    }
    return steps;
}

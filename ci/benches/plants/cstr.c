/* The stirred tank of plant_models/reactors/cstr.py, set `mathworks`, by the classical Runge-Kutta method. */

#include <math.h>
#include <stdint.h>

static void slope(const double *p, const double *u, const double *x, double *dx) {
    double r = p[0] * exp(-p[1] / x[1]) * x[0];
    dx[0] = u[3] * (u[2] - x[0]) - r;
    dx[1] = u[3] * (u[1] - x[1]) - p[2] / p[3] * r - p[4] / p[3] * (x[1] - u[0]);
}

/* p: k0, E/R, dH, rhoCp, UA; u: Tc, Tf, CAf, F/V; x: CA, T; y: r, Qr, Qc. */
void run(const double *p, const double *u, double *x, double *y, double h, int64_t steps) {
    for (int64_t n = 0; n < steps; n++) {
        double k[4][2], z[2];
        y[0] = p[0] * exp(-p[1] / x[1]) * x[0];
        y[1] = -p[2] * y[0];
        y[2] = p[4] * (x[1] - u[0]);
        slope(p, u, x, k[0]);
        for (int i = 0; i < 2; i++) z[i] = x[i] + 0.5 * h * k[0][i];
        slope(p, u, z, k[1]);
        for (int i = 0; i < 2; i++) z[i] = x[i] + 0.5 * h * k[1][i];
        slope(p, u, z, k[2]);
        for (int i = 0; i < 2; i++) z[i] = x[i] + h * k[2][i];
        slope(p, u, z, k[3]);
        for (int i = 0; i < 2; i++) x[i] += h / 6.0 * (k[0][i] + 2.0 * (k[1][i] + k[2][i]) + k[3][i]);
    }
}

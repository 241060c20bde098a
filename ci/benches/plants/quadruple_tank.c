/* The four tanks of plant_models/reactors/quadruple_tank.py. */

typedef struct { double A1, A2, A3, A4, a1, a2, a3, a4, k1, k2, g1, g2, g, kc, top; } P;
typedef struct { double h1, h2, h3, h4, S; } X;
typedef struct { double v1, v2, d3, d4; } U;
typedef struct { double y1, y2, out, closure; } Y;

#include "rk4.h"

static double outflow(const P *p, double a, double h) { return a * sqrt(2.0 * p->g * (h > 0.0 ? h : 0.0)); }

static void slope(const P *p, const U *u, const X *x, X *dx) {
    double q1 = outflow(p, p->a1, x->h1), q2 = outflow(p, p->a2, x->h2);
    double q3 = outflow(p, p->a3, x->h3), q4 = outflow(p, p->a4, x->h4);
    dx->h1 = (-q1 + q3 + p->g1 * p->k1 * u->v1) / p->A1;
    dx->h2 = (-q2 + q4 + p->g2 * p->k2 * u->v2) / p->A2;
    dx->h3 = (-q3 + (1.0 - p->g2) * p->k2 * u->v2 + u->d3) / p->A3;
    dx->h4 = (-q4 + (1.0 - p->g1) * p->k1 * u->v1 + u->d4) / p->A4;
    dx->S = p->k1 * u->v1 + p->k2 * u->v2 + u->d3 + u->d4 - q1 - q2;
}

static void outputs(const P *p, const U *u, const X *x, Y *y) {
    y->y1 = p->kc * x->h1;
    y->y2 = p->kc * x->h2;
    y->out = outflow(p, p->a1, x->h1) + outflow(p, p->a2, x->h2);
    y->closure = p->A1 * x->h1 + p->A2 * x->h2 + p->A3 * x->h3 + p->A4 * x->h4 - x->S;
}

static int limit(const P *p, const X *x) {
    return x->h1 >= p->top || x->h2 >= p->top || x->h3 >= p->top || x->h4 >= p->top;
}

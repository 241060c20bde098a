/* The stirred tank of plant_models/reactors/cstr.py. */

typedef struct { double V, k0, E_R, dH, rhoCp, UA, T_max; } P;
typedef struct { double CA, T; } X;
typedef struct { double Tc, Tf, CAf, F; } U;
typedef struct { double r, Qr, Qc; } Y;

#include "rk4.h"

static double rate(const P *p, const X *x) { return p->k0 * exp(-p->E_R / x->T) * x->CA; }

static void slope(const P *p, const U *u, const X *x, X *dx) {
    double r = rate(p, x);
    dx->CA = u->F / p->V * (u->CAf - x->CA) - r;
    dx->T = u->F / p->V * (u->Tf - x->T) - p->dH / p->rhoCp * r - p->UA / (p->V * p->rhoCp) * (x->T - u->Tc);
}

static void outputs(const P *p, const U *u, const X *x, Y *y) {
    y->r = rate(p, x);
    y->Qr = -p->dH * y->r * p->V;
    y->Qc = p->UA * (x->T - u->Tc);
}

static int limit(const P *p, const X *x) { return x->T >= p->T_max; }

/* The stirred tank with side products of plant_models/reactors/van_de_vusse.py. */

typedef struct { double k10, k20, k30, E1, E2, E3, H1, H2, H3, rho, Cp, kw, AR, VR, mK, CPK, T_max; } P;
typedef struct { double cA, cB, T, TK, cC, cD; } X;
typedef struct { double F, Q, T0, cA0; } U;
typedef struct { double Qr, Qj, zero, found; } Y;

#include "rk4.h"

typedef struct { double k1, k2, k3; } Rates;

static Rates rates(const P *p, double T) {
    return (Rates){p->k10 * exp(-p->E1 / T), p->k20 * exp(-p->E2 / T), p->k30 * exp(-p->E3 / T)};
}

static double heat(const P *p, const X *x) {
    Rates r = rates(p, x->T);
    return -(r.k1 * x->cA * p->H1 + r.k2 * x->cB * p->H2 + r.k3 * x->cA * x->cA * p->H3);
}

static void slope(const P *p, const U *u, const X *x, X *dx) {
    Rates r = rates(p, x->T);
    double exchange = p->kw * p->AR * (x->TK - x->T);
    dx->cA = u->F * (u->cA0 - x->cA) - r.k1 * x->cA - r.k3 * x->cA * x->cA;
    dx->cB = -u->F * x->cB + r.k1 * x->cA - r.k2 * x->cB;
    dx->cC = -u->F * x->cC + r.k2 * x->cB;
    dx->cD = -u->F * x->cD + 0.5 * r.k3 * x->cA * x->cA;
    dx->T = u->F * (u->T0 - x->T) + (exchange / p->VR + heat(p, x)) / (p->rho * p->Cp);
    dx->TK = (u->Q - exchange) / (p->mK * p->CPK);
}

static void outputs(const P *p, const U *u, const X *x, Y *y) {
    Rates r = rates(p, x->T);
    y->Qr = heat(p, x) * p->VR;
    y->Qj = p->kw * p->AR * (x->T - x->TK);
    y->zero = r.k1 * (u->cA0 - x->cA) / fmax(x->cB, 1e-6) - (u->F + r.k1 + 2.0 * r.k3 * x->cA);
    y->found = x->cA + x->cB + x->cC + 2.0 * x->cD;
}

static int limit(const P *p, const X *x) { return x->T >= p->T_max; }

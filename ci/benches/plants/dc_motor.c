/* The speed drive of plant_models/drives/dc_motor.py. */

typedef struct { double J, b, K, R, L, w_max; } P;
typedef struct { double i, w; } X;
typedef struct { double u, T_load; } U;
typedef struct { double torque, P_in, P_loss, P_out, dE; } Y;

#include "rk4.h"

static void slope(const P *p, const U *u, const X *x, X *dx) {
    dx->i = (u->u - p->R * x->i - p->K * x->w) / p->L;
    dx->w = (p->K * x->i - p->b * x->w - u->T_load) / p->J;
}

static void outputs(const P *p, const U *u, const X *x, Y *y) {
    y->torque = p->K * x->i;
    y->P_in = u->u * x->i;
    y->P_loss = p->R * x->i * x->i + p->b * x->w * x->w;
    y->P_out = u->T_load * x->w;
    y->dE = x->i * (u->u - p->R * x->i - p->K * x->w) + x->w * (p->K * x->i - p->b * x->w - u->T_load);
}

static int limit(const P *p, const X *x) { return fabs(x->w) >= p->w_max; }

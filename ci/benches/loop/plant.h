/* plant_models/reactors/cstr.py and its RK4 step, for the plant in a struct settings and a struct image. */

#define H 1000000000LL /* ns, the period of everything in these rigs */
#define SECONDS (H * 1e-9)

struct state { double CA, T; };
typedef struct settings_plant plant_parameters;
typedef struct image_plant_inputs plant_inputs;

static inline double rate(const plant_parameters *p, struct state x) { return p->k0 * exp(-p->E_R / x.T) * x.CA; }

static inline struct state derivative(const plant_parameters *p, struct state x, const plant_inputs *u) {
    double r = rate(p, x);
    return (struct state){
        u->F / p->V * (u->CAf - x.CA) - r,
        u->F / p->V * (u->Tf - x.T) - p->dH / p->rhoCp * r - p->UA / (p->V * p->rhoCp) * (x.T - u->Tc),
    };
}

static inline struct state blend(struct state x, double h, struct state k) {
    return (struct state){x.CA + h * k.CA, x.T + h * k.T};
}

static inline struct state rk4(const plant_parameters *p, struct state x, const plant_inputs *u) {
    struct state k1 = derivative(p, x, u);
    struct state k2 = derivative(p, blend(x, 0.5 * SECONDS, k1), u);
    struct state k3 = derivative(p, blend(x, 0.5 * SECONDS, k2), u);
    struct state k4 = derivative(p, blend(x, SECONDS, k3), u);
    struct state slope = {k1.CA + 2.0 * (k2.CA + k3.CA) + k4.CA, k1.T + 2.0 * (k2.T + k3.T) + k4.T};
    return blend(x, SECONDS / 6.0, slope);
}

static inline void measure(const plant_parameters *p, struct image *image) {
    struct state x = {image->plant_state.CA, image->plant_state.T};
    image->plant_outputs.r = rate(p, x);
    image->plant_outputs.Qr = -p->dH * image->plant_outputs.r * p->V;
    image->plant_outputs.Qc = p->UA * (x.T - image->plant_inputs.Tc);
}

/* Moves the plant by one step; answers 0, -1 for a state that is not finite, 1 for one that opens the rupture disc. */
static inline int advance(const plant_parameters *p, struct image *image) {
    struct state x = rk4(p, (struct state){image->plant_state.CA, image->plant_state.T}, &image->plant_inputs);
    image->plant_state.CA = x.CA;
    image->plant_state.T = x.T;
    if (!isfinite(x.CA) || !isfinite(x.T))
        return -1;
    return x.T >= p->T_max;
}

/* pid.st as an embedded engineer writes it: a controller with anti-windup around a second-order lag. */
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double sp, pv, kp, ki, kd, kaw, tf, ts, umin, umax;
    double u;
    bool sat;
    double i, d, e0;
} pid_t_;

typedef struct {
    pid_t_ ctl;
    double sp, x1, x2;
    int32_t n, sats;
} plc_t;

static void pid(pid_t_ *c)
{
    double e = c->sp - c->pv;
    double a = c->ts / (c->tf + c->ts);
    c->d = c->d + a * ((e - c->e0) / c->ts - c->d);
    double v = c->kp * e + c->i + c->kd * c->d;
    if (v > c->umax)
        c->u = c->umax;
    else if (v < c->umin)
        c->u = c->umin;
    else
        c->u = v;
    c->sat = v != c->u;
    c->i = c->i + c->ts * (c->ki * e + c->kaw * (c->u - v));
    c->e0 = e;
}

static void scan(plc_t *s)
{
    s->n++;
    if (s->n >= 2000) {
        s->n = 0;
        s->sp = -s->sp;
    }
    s->ctl.sp = s->sp;
    s->ctl.pv = s->x2;
    pid(&s->ctl);
    if (s->ctl.sat)
        s->sats++;
    s->x1 = s->x1 + 0.01 * (s->ctl.u - s->x1) / 0.5;
    s->x2 = s->x2 + 0.01 * (s->x1 - s->x2) / 0.2;
}

int64_t size(void)
{
    return sizeof(plc_t);
}

void init(plc_t *s)
{
    *s = (plc_t){.ctl = {.kp = 2.0, .ki = 0.8, .kd = 0.3, .kaw = 1.5, .tf = 0.05, .ts = 0.01, .umin = -10.0,
                         .umax = 10.0},
                 .sp = 5.0};
}

void run(plc_t *s, int64_t n, int64_t t0, int64_t dt)
{
    (void)t0, (void)dt;
    for (int64_t k = 0; k < n; k++)
        scan(s);
}

void check(const plc_t *s, double *out)
{
    double values[] = {s->x1, s->x2, s->sp, s->sats, s->ctl.i, s->ctl.d};
    for (int k = 0; k < 6; k++)
        out[k] = values[k];
}

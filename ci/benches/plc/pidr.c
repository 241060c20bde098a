/* pidr.st as an embedded engineer writes it: a controller with anti-windup around a second-order lag. */
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    float sp, pv, kp, ki, kd, kaw, tf, ts, umin, umax;
    float u;
    bool sat;
    float i, d, e0;
} pid_t_;

typedef struct {
    pid_t_ ctl;
    float sp, x1, x2;
    int32_t n, sats;
} plc_t;

static void pid(pid_t_ *c)
{
    float e = c->sp - c->pv;
    float a = c->ts / (c->tf + c->ts);
    c->d = c->d + a * ((e - c->e0) / c->ts - c->d);
    float v = c->kp * e + c->i + c->kd * c->d;
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
    s->x1 = s->x1 + 0.01f * (s->ctl.u - s->x1) / 0.5f;
    s->x2 = s->x2 + 0.01f * (s->x1 - s->x2) / 0.2f;
}

int64_t size(void)
{
    return sizeof(plc_t);
}

void init(plc_t *s)
{
    *s = (plc_t){.ctl = {.kp = 2.0f, .ki = 0.8f, .kd = 0.3f, .kaw = 1.5f, .tf = 0.05f, .ts = 0.01f, .umin = -10.0f,
                         .umax = 10.0f},
                 .sp = 5.0f};
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

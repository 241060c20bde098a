/* motor.st as an embedded engineer writes it: staged start of three motors with supervision of their feedback. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MS 1000000LL

typedef struct {
    bool q, m;
    int64_t et, start;
} ton_t;

typedef struct {
    bool m, q;
    int16_t cv;
} ctu_t;

enum state { IDLE, STARTING, RUNNING, STOPPING, COOLING };

typedef struct {
    bool contactor, running, fault, edge;
    int16_t starts, st;
    ton_t tfb, tcool;
    ctu_t cstart;
} motor_t;

typedef struct {
    motor_t m1, m2, m3;
    ton_t dly12, dly23, cyc;
    bool run;
    int16_t f1, f2, f3;
    int32_t tick, total;
} plc_t;

static void ton(ton_t *t, bool in, int64_t pt, int64_t now)
{
    if (!in) {
        t->q = false;
        t->et = 0;
    } else {
        if (!t->m)
            t->start = now;
        if (!t->q) {
            t->et = now - t->start;
            if (t->et >= pt) {
                t->et = pt;
                t->q = true;
            }
        }
    }
    t->m = in;
}

static void ctu(ctu_t *c, bool cu, bool r, int16_t pv)
{
    if (r)
        c->cv = 0;
    else if (cu && !c->m && c->cv < INT16_MAX)
        c->cv++;
    c->m = cu;
    c->q = c->cv >= pv;
}

static void motor(motor_t *m, bool cmd, bool fbk, bool rst, int64_t now)
{
    ton(&m->tfb, m->contactor && !fbk, 200 * MS, now);
    ton(&m->tcool, m->st == COOLING, 1000 * MS, now);
    switch (m->st) {
    case IDLE:
        m->contactor = false;
        m->running = false;
        if (cmd)
            m->st = STARTING;
        break;
    case STARTING:
        m->contactor = true;
        if (m->tfb.q)
            m->st = COOLING;
        else if (fbk)
            m->st = RUNNING;
        break;
    case RUNNING:
        m->running = true;
        if (!cmd)
            m->st = STOPPING;
        else if (m->tfb.q)
            m->st = COOLING;
        break;
    case STOPPING:
        m->contactor = false;
        if (!fbk)
            m->st = IDLE;
        break;
    case COOLING:
        m->contactor = false;
        m->running = false;
        m->fault = true;
        if (m->tcool.q || rst) {
            m->fault = false;
            m->st = IDLE;
        }
        break;
    default:
        m->st = IDLE;
    }
    bool rising = m->contactor && !m->edge;
    m->edge = m->contactor;
    ctu(&m->cstart, rising, false, 30000);
    m->starts = m->cstart.cv;
}

static void feedback(int16_t *f, bool contactor)
{
    *f = contactor ? *f + 1 : 0;
    if (*f > 100)
        *f = 100;
}

static void scan(plc_t *s, int64_t now)
{
    s->tick++;
    ton(&s->cyc, !s->cyc.q, 5000 * MS, now);
    if (s->cyc.q)
        s->run = !s->run;
    ton(&s->dly12, s->m1.running, 300 * MS, now);
    ton(&s->dly23, s->m2.running, 300 * MS, now);
    motor(&s->m1, s->run, s->f1 >= 5, false, now);
    motor(&s->m2, s->run && s->dly12.q, s->f2 >= 9, false, now);
    motor(&s->m3, s->run && s->dly23.q, s->f3 >= 23, false, now);
    feedback(&s->f1, s->m1.contactor);
    feedback(&s->f2, s->m2.contactor);
    feedback(&s->f3, s->m3.contactor);
    if (s->m1.running)
        s->total++;
    if (s->m2.running)
        s->total++;
    if (s->m3.fault)
        s->total++;
}

int64_t size(void)
{
    return sizeof(plc_t);
}

void init(plc_t *s)
{
    memset(s, 0, sizeof *s);
}

void run(plc_t *s, int64_t n, int64_t t0, int64_t dt)
{
    for (int64_t k = 0; k < n; k++)
        scan(s, t0 + k * dt);
}

void check(const plc_t *s, double *out)
{
    double values[] = {s->total, s->m1.starts, s->m2.starts, s->m3.starts, s->m1.st, s->m2.st, s->m3.st};
    for (int k = 0; k < 7; k++)
        out[k] = values[k];
}

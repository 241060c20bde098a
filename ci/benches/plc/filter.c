/* filter.st as an embedded engineer writes it: a 64-tap filter on a shift register with mean, least and greatest. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define TAPS 64

typedef struct {
    double buf[TAPS], coef[TAPS];
    double x, y, mean, mn, mx, chk;
    int32_t n;
    bool ready;
} plc_t;

static void scan(plc_t *s)
{
    if (!s->ready) {
        for (int i = 0; i < TAPS; i++)
            s->coef[i] = 1.0 / TAPS + 0.001 * (i - 32);
        s->ready = true;
    }
    s->n++;
    if (s->n >= 1000)
        s->n = 0;
    s->x = s->n * 0.01 - 5.0;

    for (int i = TAPS - 1; i > 0; i--)
        s->buf[i] = s->buf[i - 1];
    s->buf[0] = s->x;

    double y = 0.0;
    for (int i = 0; i < TAPS; i++)
        y += s->coef[i] * s->buf[i];

    double mn = s->buf[0], mx = s->buf[0], mean = 0.0;
    for (int i = 0; i < TAPS; i++) {
        mean += s->buf[i];
        if (s->buf[i] < mn)
            mn = s->buf[i];
        if (s->buf[i] > mx)
            mx = s->buf[i];
    }
    s->y = y;
    s->mn = mn;
    s->mx = mx;
    s->mean = mean / TAPS;
    s->chk = 0.999 * s->chk + s->y + s->mean + s->mx - s->mn;
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
    (void)t0, (void)dt;
    for (int64_t k = 0; k < n; k++)
        scan(s);
}

void check(const plc_t *s, double *out)
{
    out[0] = s->y;
    out[1] = s->chk;
}

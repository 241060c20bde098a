#include "maths.h"

#include <stdint.h>

/* A number as the unevaluated sum of two: Dekker, A floating-point technique for extending the available precision,
   Numerische Mathematik 18 (1971). */
struct pair {
    double high, low;
};

static struct pair sum(double a, double b) /* |a| >= |b| */
{
    double high = a + b;
    return (struct pair){high, b - (high - a)};
}

static struct pair product(double a, double b)
{
    const double SPLIT = 134217729.0; /* 2^27 + 1 */
    double p = a * b, a1 = a * SPLIT, b1 = b * SPLIT;
    a1 -= a1 - a;
    b1 -= b1 - b;
    double a2 = a - a1, b2 = b - b1;
    return (struct pair){p, ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2};
}

static struct pair times(struct pair a, struct pair b)
{
    struct pair p = product(a.high, b.high);
    return sum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

/* 2 to the power of a whole number, of a normal result. */
static double power_of_two(int32_t k)
{
    union {
        uint64_t bits;
        double value;
    } number = {.bits = (uint64_t)(k + 1023) << 52};
    return number.value;
}

/* e to the power of x, over 2^k: the eighth power of a series in an eighth of what is left of x beside k ln 2. */
static struct pair raised(double x, int32_t *k)
{
    const double PER_LN2 = 1.4426950408889634, LN2_HIGH = 6.93147180369123816490e-01, LN2_LOW = 1.90821492927058770002e-10;
    *k = (int32_t)(x * PER_LN2 + (x < 0 ? -0.5 : 0.5));
    struct pair rest = product(*k, LN2_LOW); /* LN2_HIGH has 32 bits: its product is exact */
    double first = x - *k * LN2_HIGH;
    rest = sum(first, -rest.high - rest.low);
    double r = rest.high / 8.0, low = rest.low / 8.0;
    struct pair square = product(r, r);
    double tail = 1.0 / 3628800.0;
    for (int32_t n = 9; n >= 3; n--) { /* the terms from r^3 on, over r^3: 1/3! + r/4! + ... + r^7/10! */
        static const double FACTORIAL[] = {6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0, 362880.0};
        tail = 1.0 / FACTORIAL[n - 3] + r * tail;
    }
    struct pair e = sum(r, square.high / 2.0);
    e = sum(e.high, e.low + (square.low / 2.0 + low + r * low + square.high * r * tail));
    struct pair one = sum(1.0, e.high);
    e = sum(one.high, one.low + e.low);
    for (int32_t n = 0; n < 3; n++)
        e = times(e, e);
    return e;
}

double exponential(double x)
{
    if (x < -708.0)
        return 0.0;
    if (x > 709.0)
        return 1.0 / 0.0;
    if (x != x)
        return x;
    int32_t k;
    struct pair e = raised(x, &k);
    return (e.high + e.low) * power_of_two(k);
}

double logarithm(double x)
{
    const double LN2 = 0.6931471805599453;
    union {
        double value;
        uint64_t bits;
    } number = {.value = x};
    int32_t exponent = (int32_t)(number.bits >> 52) - 1023;
    number.bits = (number.bits & 0xFFFFFFFFFFFFFu) | 0x3FF0000000000000u;
    double m = number.value; /* 1 to 2 */
    double s = (m - 1.0) / (m + 1.0), square = s * s, series = 0.0;
    for (int32_t n = 27; n >= 1; n -= 2) /* ln m = 2 artanh s */
        series = series * square + 1.0 / n;
    double near = exponent * LN2 + 2.0 * s * series;
    /* One step of Newton's method in pairs: x over e to the power of what was found is almost 1. */
    int32_t k;
    struct pair back = raised(-near, &k);
    struct pair ratio = times(back, (struct pair){x * power_of_two(k), 0.0});
    double error = (ratio.high - 1.0) + ratio.low;
    return near + (error - error * error / 2.0);
}

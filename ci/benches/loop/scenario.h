/* A scenario's events as hil.loop.kernels plays them, on a struct image and a struct settings. */

struct event { int64_t start, end, in_settings, offset, whole; double value, origin; int64_t phase; };
struct scenario { int64_t first, count; struct event events[32]; };

static double get(const char *at, int64_t whole) { return whole ? (double)*(const int64_t *)at : *(const double *)at; }

static void put(char *at, int64_t whole, double value) {
    if (whole)
        *(int64_t *)at = (int64_t)rint(value);
    else
        *(double *)at = value;
}

static __attribute__((noinline)) void play_due(struct scenario *x, char *image, char *settings, int64_t t) {
    for (int64_t i = x->first; i < x->count && x->events[i].start <= t; i++) {
        struct event *one = &x->events[i];
        char *at = (one->in_settings ? settings : image) + one->offset;
        if (one->phase == 0)
            one->origin = get(at, one->whole);
        if (one->phase < 2) {
            double value = one->value;
            if (t < one->end)
                value = one->origin + (value - one->origin) * ((double)(t - one->start) / (double)(one->end - one->start));
            put(at, one->whole, value);
            one->phase = t < one->end ? 1 : 2;
        }
        if (i == x->first && t >= one->end)
            x->first = i + 1;
    }
}

static inline void play(struct scenario *x, struct image *image, struct settings *settings, int64_t t) {
    if (x->first < x->count && x->events[x->first].start <= t)
        play_due(x, (char *)image, (char *)settings, t);
}

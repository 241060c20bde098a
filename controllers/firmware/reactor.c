/* Temperature and concentration control of an exothermic stirred-tank reactor: what controllers/plc/reactor.st does,
   operation for operation, in double precision where that has LREAL and in single where it has REAL.

   One frame is one cycle of 1 s; delays count cycles, so that a cycle more or less on the wire moves nothing else. */
#include <stdbool.h>
#include <stdint.h>

#include "frames.h"
#include "maths.h"
#include "uart.h"

#define CYCLE 1.0 /* s */
#define MINUTES 60u

struct __attribute__((packed)) inputs {
    uint8_t number;
    bool start, stop, reset, analyser_ok, first_ok, second_ok, coolant_ok, manual;
    float ca_sp, analyser, first, second, coolant, valve_manual, gain_factor; /* kmol/m3, kmol/m3, K, K, K, %, 1 */
};

struct __attribute__((packed)) outputs {
    uint8_t number;
    bool alarm, t_high, t_trip, ca_off_sp, first_bad, second_bad, disagree, coolant_bad, analyser_bad;
    int16_t state;
    uint16_t heartbeat;
    float valve, ca_pv, ca_ramp, t_pv, t_sp, tc_sp; /* %, kmol/m3, kmol/m3, K, K, K */
};

enum state { IDLE, CHECK, PREHEAT, RAMP, HOLD, SHUTDOWN, TRIPPED };

static double magnitude(double x) { return x < 0.0 ? -x : x; }

static double limit(double low, double x, double high)
{
    double above = x > low ? x : low;
    return above < high ? above : high;
}

/* ---- delays, in cycles (IEC 61131-3, 2.5.2.3.4) */

struct on_delay {
    uint32_t cycles;
    bool running;
};

static bool after(struct on_delay *delay, bool in, uint32_t wanted)
{
    delay->cycles = in && delay->running ? delay->cycles + (delay->cycles < wanted) : 0;
    delay->running = in;
    return in && delay->cycles >= wanted;
}

struct off_delay {
    uint32_t cycles;
    bool out, running;
};

static bool until(struct off_delay *delay, bool in, uint32_t wanted)
{
    if (in) {
        delay->out = true;
        delay->running = false;
    } else if (delay->out) {
        delay->cycles = delay->running ? delay->cycles + 1 : 0;
        delay->running = true;
        delay->out = delay->cycles < wanted;
    }
    return delay->out;
}

struct alarm {
    struct on_delay comes;
    struct off_delay goes;
};

static bool alarmed(struct alarm *alarm, bool condition, uint32_t on, uint32_t off)
{
    return until(&alarm->goes, after(&alarm->comes, condition, on), off);
}

static bool rises(bool *before, bool now)
{
    bool edge = now && !*before;
    *before = now;
    return edge;
}

/* ---- a PI controller; gain with the sign of the action. At a limit the integral does not move further out. Not in
   automatic it gives out `track`, and the integral follows, so that the way back is without a bump. */

struct pi {
    double out, integral;
    bool at_high, at_low;
};

struct pi_inputs {
    bool automatic, no_rise, no_fall; /* the loop inside is at its limit */
    double sp, pv, forward, track, gain, time, low, high;
};

static double controlled(struct pi *pi, const struct pi_inputs *in)
{
    double p = in->gain * (in->sp - in->pv);
    if (in->automatic) {
        double wanted = in->forward + p + pi->integral;
        pi->out = limit(in->low, wanted, in->high);
        pi->at_high = wanted >= in->high;
        pi->at_low = wanted <= in->low;
        double step = p * CYCLE / in->time;
        if ((step > 0.0 && !pi->at_high && !in->no_rise) || (step < 0.0 && !pi->at_low && !in->no_fall))
            pi->integral += step;
    } else {
        pi->out = limit(in->low, in->track, in->high);
        pi->integral = pi->out - in->forward - p;
        pi->at_high = pi->at_low = false;
    }
    return pi->out;
}

/* ---- a first-order filter; the first cycle, and every one with `follow`, takes the value as it is */

struct filter {
    double y;
    bool started;
};

static double filtered(struct filter *filter, bool follow, double x, double time)
{
    if (filter->started && !follow)
        filter->y += (x - filter->y) * (1.0 - exponential(-CYCLE / time));
    else
        filter->y = x;
    filter->started = true;
    return filter->y;
}

/* ---- a ramp towards a target, from `from` while it does not run */

struct ramp {
    double y;
    bool arrived;
};

static double ramped(struct ramp *ramp, bool run, bool wait, double from, double target, double rate)
{
    if (!run)
        ramp->y = from;
    else if (!wait)
        ramp->y += limit(-rate * CYCLE, target - ramp->y, rate * CYCLE);
    ramp->arrived = run && magnitude(target - ramp->y) < 1.0E-9;
    return ramp->y;
}

/* ---- a transmitter is not believed when it says so itself, outside its limits, after a jump that the process cannot
   make, and when it stands still. Trust comes back after two minutes of good values. */

struct validation {
    float last;
    bool started;
    struct on_delay still;
    struct off_delay distrust;
};

static bool believed(struct validation *check, float value, bool ok, float low, float high, float most, uint32_t still)
{
    bool stands = after(&check->still, check->started && value == check->last, still);
    float jump = value - check->last;
    bool jumps = check->started && (jump < 0.0f ? -jump : jump) > most;
    bool bad = until(&check->distrust, !ok || value < low || value > high || stands || jumps, 2 * MINUTES);
    check->last = value;
    check->started = true;
    return !bad;
}

/* ---- the process, as far as the controller knows it */

static const double K0 = 9703.0;         /* 1/s */
static const double E_R = 5963.603;      /* K */
static const double CAF = 10.0;          /* kmol/m3 */
static const double RESIDENCE = 3600.0;  /* s */

/* Concentration from temperature, moved onto the analyser while that is good. */
static double analysed(double t, double analyser, bool good)
{
    static double model, bias;
    static bool started;
    if (!started)
        model = CAF / (1.0 + RESIDENCE * K0 * exponential(-E_R / t));
    started = true;
    model = model + CYCLE * ((CAF - model) / RESIDENCE - K0 * exponential(-E_R / t) * model);
    if (good)
        bias = bias + (analyser - model - bias) * CYCLE / 600.0;
    return model + bias;
}

static double steady_temperature(double ca)
{
    return E_R / logarithm(RESIDENCE * K0 * ca / (CAF - ca));
}

/* The gain and the time of AIC101 at a concentration, between the points of a schedule. */
static void scheduled(double ca, double *gain, double *time)
{
    static const double CA[] = {2.0, 3.0, 4.0, 5.0, 6.5, 8.5};
    static const double GAIN[] = {-4.0, -4.3, -4.7, -5.4, -7.2, -8.0};
    static const double TIME[] = {720.0, 1100.0, 1400.0, 1800.0, 2300.0, 3100.0};
    int n = 0;
    while (n < 4 && ca > CA[n + 1])
        n++;
    double span = limit(0.0, (ca - CA[n]) / (CA[n + 1] - CA[n]), 1.0);
    *gain = GAIN[n] + span * (GAIN[n + 1] - GAIN[n]);
    *time = TIME[n] + span * (TIME[n + 1] - TIME[n]);
}

/* ---- the cycle, part by part */

static const double COLD = 268.15, WARM = 328.15;         /* K, of the two supplies */
static const double T_START = 312.0, T_STOPPED = 316.0;   /* K */
static const double CA_RATE = 0.0002777777777777778;      /* kmol/m3/s: 1 per hour */
static const double T_RATE = 0.00833333333333333;         /* K/s: 30 per hour */

struct measured {
    bool first_good, second_good, coolant_good, analyser_good, disagree;
    double t_raw, t, ca;
};

static struct measured now; /* with neither thermometer t_raw stays as it was */
static struct ramp ca_setter, t_setter;
static struct pi aic101, tic101, tic102;
static enum state state;

static void measure(const struct inputs *in)
{
    static struct validation first, second, coolant, analyser;
    static struct alarm disagree;
    static struct filter t_filter, ca_filter;
    now.first_good = believed(&first, in->first, in->first_ok, 260.0f, 440.0f, 3.0f, 30);
    now.second_good = believed(&second, in->second, in->second_ok, 260.0f, 440.0f, 3.0f, 30);
    now.coolant_good = believed(&coolant, in->coolant, in->coolant_ok, 255.0f, 345.0f, 5.0f, 30);
    now.analyser_good = believed(&analyser, in->analyser, in->analyser_ok, 0.0f, 12.0f, 0.5f, 1 * MINUTES);
    bool both = now.first_good && now.second_good;
    float apart = in->first - in->second;
    now.disagree = alarmed(&disagree, both && (apart < 0.0f ? -apart : apart) > 2.0f, 30, 1 * MINUTES);
    if (both && now.disagree)
        now.t_raw = (double)(in->first > in->second ? in->first : in->second); /* the hotter one is the safer one */
    else if (both)
        now.t_raw = (double)((in->first + in->second) / 2.0f);
    else if (now.first_good)
        now.t_raw = (double)in->first;
    else if (now.second_good)
        now.t_raw = (double)in->second;
    now.t = filtered(&t_filter, false, now.t_raw, 15.0);
    double modelled = analysed(now.t, (double)in->analyser, now.analyser_good);
    now.ca = filtered(&ca_filter, false, now.analyser_good ? (double)in->analyser : modelled, 60.0);
}

static void sequence(const struct inputs *in)
{
    static struct on_delay over_temperature, blind, all_good, warmed_up, settled;
    static bool start_before, stop_before;
    bool too_hot = after(&over_temperature, now.t_raw > 390.0, 3);
    bool lost = after(&blind, !now.first_good && !now.second_good, 10);
    if (too_hot || lost)
        state = TRIPPED;
    bool start = rises(&start_before, in->start), stop = rises(&stop_before, in->stop);
    bool good = now.first_good && now.second_good && now.coolant_good && now.analyser_good;
    bool checked = after(&all_good, state == CHECK && good, 3 * MINUTES);
    bool warm = after(&warmed_up, state == PREHEAT && magnitude(now.t - T_START) < 1.0, 5 * MINUTES);
    bool there = ca_setter.arrived && magnitude(now.ca - (double)in->ca_sp) < 0.1;
    bool steady = after(&settled, state == RAMP && there, 10 * MINUTES);
    if (stop && state != IDLE && state != TRIPPED)
        state = SHUTDOWN;
    if (state == IDLE && start && !in->manual)
        state = CHECK;
    else if (state == CHECK && checked)
        state = PREHEAT;
    else if (state == PREHEAT && warm)
        state = RAMP;
    else if (state == RAMP && steady)
        state = HOLD;
    else if (state == HOLD && !ca_setter.arrived)
        state = RAMP;
    else if (state == SHUTDOWN && now.t < T_STOPPED)
        state = IDLE;
    else if (state == TRIPPED && in->reset && now.t < T_STOPPED && !too_hot && !lost)
        state = IDLE;
}

/* AIC101: concentration to temperature, around the temperature that the model asks for. */
static void control_concentration(const struct inputs *in, bool on)
{
    static struct filter model;
    double gain, time;
    ramped(&ca_setter, on, tic101.at_high || tic101.at_low, limit(1.8, now.ca, 8.8), limit(1.8, (double)in->ca_sp, 8.8),
           CA_RATE);
    scheduled(ca_setter.y, &gain, &time);
    controlled(&aic101, &(struct pi_inputs){
        .automatic = on, .no_rise = tic101.at_high, .no_fall = tic101.at_low,
        .sp = filtered(&model, !on, ca_setter.y, time + 700.0), .pv = now.ca,
        .forward = steady_temperature(ca_setter.y), .track = now.t, .gain = gain, .time = time,
        .low = 290.0, .high = 385.0});
}

/* TIC101: temperature to coolant temperature; returns the wanted temperature. */
static double control_temperature(const struct inputs *in, bool on, bool on_concentration)
{
    bool ramps = state == PREHEAT || state == SHUTDOWN;
    ramped(&t_setter, ramps, tic101.at_high || tic101.at_low, now.t, T_START, T_RATE);
    double wanted = on_concentration ? aic101.out : t_setter.y;
    controlled(&tic101, &(struct pi_inputs){
        .automatic = on, .sp = wanted, .pv = now.t, .track = in->manual ? (double)in->coolant : 298.15,
        .gain = 16.0 * (double)in->gain_factor, .time = 3100.0, .low = COLD, .high = WARM});
    return wanted;
}

/* TIC102: coolant temperature to valve; in the first cycle, and without its transmitter, by the characteristic. */
static void control_coolant(const struct inputs *in)
{
    static bool started;
    double track = (WARM - tic101.out) / (WARM - COLD) * 100.0;
    if (state == TRIPPED)
        track = 100.0;
    else if (in->manual)
        track = (double)in->valve_manual;
    controlled(&tic102, &(struct pi_inputs){
        .automatic = started && state != TRIPPED && !in->manual && now.coolant_good,
        .sp = tic101.out, .pv = (double)in->coolant, .track = track, .gain = -2.2, .time = 60.0, .high = 100.0});
    started = true;
}

static void cycle(const struct inputs *in, struct outputs *out)
{
    static struct alarm high, off;
    measure(in);
    sequence(in);
    bool on_concentration = (state == RAMP || state == HOLD) && !in->manual;
    bool on_temperature = on_concentration || ((state == PREHEAT || state == SHUTDOWN) && !in->manual);
    control_concentration(in, on_concentration);
    double wanted = control_temperature(in, on_temperature, on_concentration);
    control_coolant(in);

    out->t_high = alarmed(&high, now.t > 383.0, 10, 1 * MINUTES);
    bool is_off = state == HOLD && magnitude(now.ca - (double)in->ca_sp) > 0.3;
    out->ca_off_sp = alarmed(&off, is_off, 5 * MINUTES, 5 * MINUTES);
    out->t_trip = state == TRIPPED;
    out->first_bad = !now.first_good;
    out->second_bad = !now.second_good;
    out->disagree = now.disagree;
    out->coolant_bad = !now.coolant_good;
    out->analyser_bad = !now.analyser_good;
    out->alarm = out->t_high || out->t_trip || out->ca_off_sp || out->first_bad || out->second_bad || out->disagree
                 || out->coolant_bad || out->analyser_bad;
    out->state = (int16_t)state;
    out->heartbeat++;
    out->valve = (float)tic102.out;
    out->ca_pv = (float)now.ca;
    out->ca_ramp = (float)ca_setter.y;
    out->t_pv = (float)now.t;
    out->t_sp = (float)wanted;
    out->tc_sp = (float)tic101.out;
}

int main(void)
{
    static struct outputs out = {.valve = 50.0f};
    uart_start();
    for (;;) {
        uint32_t size;
        const struct inputs *in = (const void *)frame_wait(&size);
        if (size != sizeof *in)
            continue;
        cycle(in, &out);
        out.number = in->number;
        frame_send(&out, sizeof out);
    }
}

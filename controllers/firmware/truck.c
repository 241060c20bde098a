/* Speed, brakes and interlocks of an unmanned haul truck: what controllers/plc/truck.st does, operation for operation in
   double precision, as a node of J1939 that speaks slcan on its UART. rigs/truck/can.toml and truck.dbc are its messages.

   It takes CCVS1 and the proprietary groups FF10h to FF15h, and each 20 ms sends TSC1 to the engine and to the retarder,
   XBR to the brakes, and FF20h; trouble codes go in DM1. Beyond the program it watches the bus: without a good value of
   one of its inputs for half a second it makes an emergency stop, reason 11. */
#include <stdbool.h>
#include <stdint.h>

#include "j1939.h"
#include "timer.h"
#include "uart.h"

#define TICK_MS 10u
#define CYCLE 0.02 /* s */
#define CYCLES(ms) ((ms) / 20u)
#define SILENT_FOR CYCLES(500u)

static const uint8_t NAME[8] = {2, 0, 0, 0, 0, 39, 0, 0x30}; /* identity 2, function 39, industry group 3 */
enum { ADDRESS = 0x27, ENGINE = 0, BRAKES = 11, RETARDER = 15 };

/* ---- inputs, from the bus */

static struct {
    bool start, all_stop, reset;
    double heartbeat, wheel_speed; /* km/h */
    double pose_s, pose_e, pose_turned, pose_age; /* m, m, rad, s */
    double seen_distance, seen_class, seen_age; /* m, 1, s */
    double brake_t; /* degC */
    double v_ref, stop_distance, steer_asked; /* m/s, m, rad */
    double fence_from, fence_to; /* m */
} in;

enum { CCVS1, SUPERVISOR, POSITION, HEADING, OBSTACLE, PLAN, FENCE, GROUPS };
static const uint32_t NUMBERS[GROUPS] = {65265, 0xFF10, 0xFF11, 0xFF12, 0xFF13, 0xFF14, 0xFF15};
static uint32_t since[GROUPS]; /* cycles since it came with good values */
static bool heard[GROUPS];

/* Reads `size` bytes; false, and nothing changes, of what says that it is an error or not available (J1939-71, 5.1.4). */
static bool number(const uint8_t *data, uint32_t size, double scale, double offset, double *value)
{
    uint32_t raw = 0;
    for (uint32_t k = size; k-- > 0;)
        raw = raw << 8 | data[k];
    if (data[size - 1] >= 0xFE)
        return false;
    *value = raw * scale + offset;
    return true;
}

static bool flag(const uint8_t *data, uint32_t bit, bool *value)
{
    uint32_t raw = *data >> bit & 3u;
    if (raw > 1)
        return false;
    *value = raw == 1;
    return true;
}

static bool taken(uint32_t which, const uint8_t *data)
{
    switch (which) {
    case CCVS1:
        return number(data + 1, 2, 1.0 / 256.0, 0.0, &in.wheel_speed);
    case SUPERVISOR:
        return flag(data, 0, &in.start) & flag(data, 2, &in.all_stop) & flag(data, 4, &in.reset)
               & number(data + 1, 3, 0.01, 0.0, &in.heartbeat);
    case POSITION:
        return number(data, 4, 0.001, -100000.0, &in.pose_s) & number(data + 4, 3, 0.001, -5000.0, &in.pose_e);
    case HEADING:
        return number(data, 4, 1E-6, -2000.0, &in.pose_turned) & number(data + 4, 2, 0.001, 0.0, &in.pose_age);
    case OBSTACLE:
        return number(data, 2, 0.01, 0.0, &in.seen_distance) & number(data + 2, 1, 1.0, 0.0, &in.seen_class)
               & number(data + 3, 2, 0.001, 0.0, &in.seen_age) & number(data + 5, 2, 0.03125, -273.0, &in.brake_t);
    case PLAN:
        return number(data, 2, 0.001, 0.0, &in.v_ref) & number(data + 2, 2, 0.01, 0.0, &in.stop_distance)
               & number(data + 4, 2, 1.0 / 32768.0, -0.98, &in.steer_asked);
    default:
        return number(data, 4, 0.001, -100000.0, &in.fence_from) & number(data + 4, 4, 0.001, -100000.0, &in.fence_to);
    }
}

static void take(const struct group *group)
{
    for (uint32_t k = 0; k < GROUPS; k++)
        if (NUMBERS[k] == group->number && taken(k, group->data)) {
            since[k] = 0;
            heard[k] = true;
        }
}

/* Whether every group has come once; `silent` whether one of them has not come for too long. */
static bool complete(bool *silent)
{
    bool all = true;
    *silent = false;
    for (uint32_t k = 0; k < GROUPS; k++) {
        all = all && heard[k];
        *silent = *silent || (heard[k] && ++since[k] > SILENT_FOR);
    }
    return all;
}

/* ---- blocks */

static double magnitude(double x) { return x < 0.0 ? -x : x; }

static double limit(double low, double x, double high)
{
    double above = x > low ? x : low;
    return above < high ? above : high;
}

/* On-delay, in cycles (IEC 61131-3, 2.5.2.3.4). */
struct delay {
    uint32_t cycles;
    bool running;
};

static bool after(struct delay *delay, bool when, uint32_t wanted)
{
    delay->cycles = when && delay->running ? delay->cycles + (delay->cycles < wanted) : 0;
    delay->running = when;
    return when && delay->cycles >= wanted;
}

/* Sine and cosine by their series, for a heading against the road's: exact to double precision up to 2 rad. */
static double series(double first, double x, double n)
{
    double term = first, sum = first;
    for (int k = 0; k < 12; k++) {
        term *= -x * x / ((n + 1.0) * (n + 2.0));
        sum += term;
        n += 2.0;
    }
    return sum;
}

static double sine(double x) { return series(x, x, 1.0); }
static double cosine(double x) { return series(1.0, x, 0.0); }

/* A position that jumps or drifts: what the fixes moved, less what speed and heading account for, forgotten over 10 s. */
static struct {
    double across, along, s_old, e_old;
} pose;

static void follow_pose(bool run, double speed)
{
    const double HORIZON = 10.0;
    if (run) {
        pose.across = pose.across + (in.pose_e - pose.e_old) - speed * sine(in.pose_turned) * CYCLE
                      - pose.across * CYCLE / HORIZON;
        pose.along = pose.along + (in.pose_s - pose.s_old) - speed * cosine(in.pose_turned) * CYCLE
                     - pose.along * CYCLE / HORIZON;
    } else {
        pose.across = pose.along = 0.0;
    }
    pose.s_old = in.pose_s;
    pose.e_old = in.pose_e;
}

/* ---- states and reasons */

enum { PARKED, WARNING, DRIVING, CONTROLLED, EMERGENCY };
enum { NOTHING, ALL_STOP, NEAR, OUT_OF_FENCE, OFF_LANE, OVERSPEED, POSE_LOST, POSE_WRONG, BLIND, SILENCE, HOT, NO_BUS };

static int state, reason;
static double v, integral, v_stop;
static bool standing, alive; /* alive: the supervisor's heartbeat beats */
static struct delay warned, stopped;
static bool stopped_q, warned_q;

static void stop_at_once(bool near, bool over, bool silent)
{
    if (state != EMERGENCY && state != PARKED) {
        reason = state == CONTROLLED ? reason : NOTHING;
        if (in.all_stop)
            reason = ALL_STOP;
        else if (near)
            reason = NEAR;
        else if (in.pose_s < in.fence_from || in.pose_s > in.fence_to)
            reason = OUT_OF_FENCE;
        else if (magnitude(in.pose_e) > 3.0)
            reason = OFF_LANE;
        else if (over)
            reason = OVERSPEED;
        else if (silent)
            reason = NO_BUS;
        if ((reason >= ALL_STOP && reason <= OVERSPEED) || reason == NO_BUS)
            state = EMERGENCY;
    }
    if (state == PARKED && in.all_stop) {
        state = EMERGENCY;
        reason = ALL_STOP;
    }
}

static bool pose_lost(void) { return in.pose_age > 0.5; }
static bool pose_wrong(void) { return magnitude(pose.across) > 0.7 || magnitude(pose.along) > 6.0; }
static bool blind(void) { return in.seen_age > 0.3; }
static bool hot(void) { return in.brake_t > 450.0; }

static void stop_in_time(void)
{
    if (state != DRIVING && state != WARNING)
        return;
    if (pose_lost())
        reason = POSE_LOST;
    else if (pose_wrong())
        reason = POSE_WRONG;
    else if (blind())
        reason = BLIND;
    else if (!alive)
        reason = SILENCE;
    else if (hot())
        reason = HOT;
    if (reason >= POSE_LOST) {
        state = CONTROLLED;
        v_stop = v;
    }
}

static void go_on(void)
{
    if (state == PARKED) {
        if (in.start && alive && in.pose_age < 0.3 && in.seen_age < 0.3) {
            state = WARNING;
            reason = NOTHING;
        }
    } else if (state == WARNING) {
        if (warned_q) {
            state = DRIVING;
            integral = 0.0;
        }
    } else if (state == DRIVING) {
        if (!in.start && standing)
            state = PARKED;
    } else if (in.reset && stopped_q && !in.all_stop && !in.start) {
        state = PARKED;
        reason = NOTHING;
    }
}

/* ---- the speed: drive, retarder, service brakes on top of it, parking brake */

static struct {
    double throttle, retarder, brake, park, steer;
} out = {.brake = 1.0, .park = 1.0};

static double wanted_acceleration(void)
{
    const double KP = 1.2, TI = 8.0; /* 1/s, s */
    double error, a;
    if (state == DRIVING) {
        error = (in.start ? in.v_ref : 0.0) - v;
    } else if (state == CONTROLLED) {
        error = (v_stop < in.v_ref ? v_stop : in.v_ref) - v;
    } else {
        error = -v;
        integral = 0.0;
    }
    a = KP * error + integral;
    if (magnitude(error) < 1.0) /* further away the proportional part is at a limit */
        integral = limit(-1.5, integral + KP * error * CYCLE / TI, 1.4);
    return a;
}

static void drive(double a)
{
    const double A_DRIVE = 1.4, A_RETARDER = 0.6, A_BRAKE = 3.0; /* m/s2 */
    static struct delay move_off, weak;
    bool moving_off = after(&move_off, state == DRIVING && in.v_ref > 0.3, CYCLES(1500u));
    out.throttle = limit(0.0, a / A_DRIVE, 1.0);
    out.retarder = limit(0.0, -a / A_RETARDER, 1.0);
    out.brake = limit(0.0, (-a - A_RETARDER) / A_BRAKE, 1.0);
    out.park = 0.0;
    if (state == CONTROLLED) {
        out.throttle = 0.0;
        if (standing || (v_stop <= 0.0 && v < 0.6)) {
            out.brake = 1.0;
            out.park = standing ? 1.0 : 0.0;
        }
    } else if (state == DRIVING && !moving_off && v < 0.3) { /* the drive builds up before the brakes let go */
        out.brake = 1.0;
        out.park = stopped_q ? 1.0 : 0.0;
        out.throttle = in.v_ref > 0.3 ? 0.6 : 0.0;
        integral = 0.0;
    } else if (state != DRIVING) {
        out.throttle = 0.0;
        out.retarder = state == EMERGENCY ? 1.0 : 0.0;
        out.brake = 1.0;
        bool still_rolling = after(&weak, state == EMERGENCY && !standing, CYCLES(3000u));
        out.park = standing || still_rolling ? 1.0 : 0.0;
    }
}

static void cycle(bool silent)
{
    static struct delay beats, over, near;
    static double beat;
    v = in.wheel_speed / 3.6;
    standing = magnitude(v) < 0.1;
    alive = !after(&beats, in.heartbeat == beat, CYCLES(2000u));
    beat = in.heartbeat;
    follow_pose(in.pose_age < 0.3 && state != PARKED, v);
    bool too_fast = after(&over, state == DRIVING && v > in.v_ref + 2.5, CYCLES(1500u));
    bool is_near = in.seen_class > 0.5 && v > 0.5 && in.seen_distance < in.stop_distance + 2.0;
    bool too_near = after(&near, is_near, CYCLES(40u));
    warned_q = after(&warned, state == WARNING, CYCLES(5000u));
    stopped_q = after(&stopped, standing, CYCLES(1000u));
    stop_at_once(too_near, too_fast, silent);
    stop_in_time();
    go_on();
    double step = (reason == POSE_LOST || reason == POSE_WRONG ? 1.5 : 0.8) * CYCLE;
    v_stop = v_stop - step > 0.0 ? v_stop - step : 0.0;
    drive(wanted_acceleration());
    if (in.pose_age < 0.3) /* without a fix the wheels stay as they are */
        out.steer = in.steer_asked;
}

/* ---- outputs, to the bus */

static uint32_t raw(double value, double scale, double offset, double most)
{
    return (uint32_t)(limit(0.0, (value - offset) / scale, most) + 0.5);
}

static void put(uint8_t *data, uint32_t value)
{
    data[0] = (uint8_t)value;
    data[1] = (uint8_t)(value >> 8);
}

static void send_torque(uint8_t to, double share)
{
    const uint8_t TORQUE_CONTROL = 0xFE; /* override control mode 2, the rest not available */
    uint8_t tsc1[8] = {TORQUE_CONTROL, 255, 255, (uint8_t)raw(100.0 * share, 1.0, -125.0, 250.0), 255, 255, 255, 255};
    j1939_send(3, 0, to, tsc1);
}

static void send_outputs(void)
{
    const double BIT = 1.0 / 32768.0, OF_XBR = 1.0 / 2048.0, ALL_BRAKES = 3.0; /* rad, m/s2, m/s2 */
    send_torque(ENGINE, out.throttle);
    send_torque(RETARDER, -out.retarder);
    uint8_t xbr[8] = {0, 0, 0xEF, 255, 255, 255, 255, 255}; /* control mode 2: the larger of this and the driver's */
    put(xbr, raw(-ALL_BRAKES * out.brake, OF_XBR, -15.687, 64255.0));
    j1939_send(3, 1024, BRAKES, xbr);
    uint8_t own[8] = {(uint8_t)((out.park > 0.5) | (state == WARNING) << 2 | state << 4), (uint8_t)reason};
    put(own + 2, raw(out.steer, BIT, -0.98, 64255.0));
    put(own + 4, raw(pose.across, 0.001, -32.0, 64255.0));
    put(own + 6, raw(pose.along, 0.001, -32.0, 64255.0));
    j1939_send(6, 0xFF20, GLOBAL, own);
}

static void tell_troubles(bool silent, uint32_t now)
{
    struct trouble codes[5]; /* 520192 and above are a manufacturer's own */
    uint32_t count = 0;
    if (pose_lost() || pose_wrong())
        codes[count++] = (struct trouble){520192, 2};
    if (blind())
        codes[count++] = (struct trouble){520193, 9};
    if (!alive)
        codes[count++] = (struct trouble){520195, 9};
    if (hot())
        codes[count++] = (struct trouble){520194, 0};
    if (silent)
        codes[count++] = (struct trouble){520196, 9};
    j1939_troubles(codes, count, false, now);
}

int main(void)
{
    uint32_t done = 0;
    uart_start();
    timer_start(1000u * TICK_MS);
    j1939_start(NAME, ADDRESS, 0);
    for (;;) {
        struct group group;
        uart_wait();
        uint32_t now = timer_ticks() * TICK_MS;
        while (j1939_take(&group, now))
            take(&group);
        j1939_tick(now);
        if (timer_ticks() / 2 == done) /* a cycle is two ticks */
            continue;
        done = timer_ticks() / 2;
        bool silent;
        if (complete(&silent)) {
            cycle(silent);
            tell_troubles(silent, now);
        }
        send_outputs();
    }
}

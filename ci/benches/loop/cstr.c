/* rigs/cstr with everything inlined: the fused loop as a C programmer writes it for this one rig.

   image.h holds `struct image` and `struct settings`, the rig's memory by name, so that both sides are given the same
   values and record the same signals. The formulas and their order of operations are those of the bench's blocks. */

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "image.h"
#include "plant.h"
#include "reactor.h"
#include "scenario.h"

struct sensor { double lagged, sent, weight; uint64_t random; int64_t since, active; bool started; };
struct valve { double stem; bool moving; };
struct mixing { double content, weight; bool started; };

struct rig {
    struct image image;
    struct settings settings;
    struct scenario scenario;
    int64_t tick;
    struct sensor tt101a, tt101b, tt102, at101;
    struct valve tv101;
    struct mixing e101;
    struct reactor reactor;
};

static inline double clamp(double value, double low, double high) {
    value = value < low ? low : value;
    return value > high ? high : value;
}

static inline uint64_t mixed(uint64_t word) {
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

static inline double noise(struct sensor *x) {
    uint64_t word = mixed(x->random += 0x9E3779B97F4A7C15u);
    uint64_t total = (word & 0xFFFF) + ((word >> 16) & 0xFFFF) + ((word >> 32) & 0xFFFF) + (word >> 48);
    return ((double)total - 4 * 65535 / 2.0) * (1 / sqrt(4 * (65536.0 * 65536.0 - 1) / 12));
}

#define SENSOR(p, x, u, y) { \
    if (!x.started) { \
        x.started = true; \
        x.lagged = u.actual; \
        x.random = mixed((uint64_t)p.seed); \
        x.weight = p.lag > 0.0 ? -expm1(-H * 1e-9 / p.lag) : 1.0; \
    } else if (p.lag > 0.0) \
        x.lagged += x.weight * (u.actual - x.lagged); \
    else \
        x.lagged = u.actual; \
    double value = x.lagged + p.noise * noise(&x); \
    if (p.fault != x.active) { \
        x.active = p.fault; \
        x.since = t; \
    } \
    switch (p.fault) { \
    case 1: value = x.sent; break; \
    case 2: value = p.stuck_at; break; \
    case 3: value += p.offset; break; \
    case 4: value += p.drift * ((t - x.since) * 1e-9); break; \
    } \
    double sent = value; \
    if (p.resolution > 0.0) \
        sent = p.low + rint((sent - p.low) / p.resolution) * p.resolution; \
    x.sent = clamp(sent, p.low, p.high); \
    y.ok = p.low <= value && value <= p.high; \
    y.value = x.sent; \
    if (p.fault == 5) { \
        y.ok = false; \
        y.value = p.fail_to; \
    } \
}

#define VALVE(p, x, u, y) { \
    double command = clamp(u.command, p.low, p.high), distance = command - x.stem, wanted = x.stem; \
    if (fabs(distance) > (x.moving ? p.dynamic_friction : p.static_friction)) \
        wanted = command - copysign(p.dynamic_friction, distance); \
    if (p.fault == 1) \
        wanted = x.stem; \
    else if (p.fault == 2) \
        wanted = p.fail_to; \
    double most = p.rate * SECONDS, way = clamp(wanted - x.stem, -most, most); \
    x.moving = way != wanted - x.stem; \
    x.stem = x.moving ? x.stem + way : wanted; \
    y.position = x.stem; \
    y.opening = p.rangeability > 1.0 ? pow(p.rangeability, x.stem * 0.01 - 1.0) : x.stem * 0.01; \
}

#define MIXING(p, x, u, y) { \
    double mixture = u.opening * u.cold + (1.0 - u.opening) * u.warm; \
    if (!x.started) { \
        x.started = true; \
        x.content = mixture; \
        x.weight = p.lag > 0.0 ? -expm1(-H * 1e-9 / p.lag) : 1.0; \
    } else if (p.lag > 0.0) \
        x.content += x.weight * (mixture - x.content); \
    else \
        x.content = mixture; \
    y.temperature = x.content; \
}

static inline uint8_t to_bool(double value) { return (uint8_t)clamp(rint(value), 0.0, 255.0); }

static inline void give_sample(struct rig *rig) {
    struct image_controller_inputs *to = &rig->image.controller_inputs;
    to->TT101A = (float)rig->image.TT101A_outputs.value;
    to->TT101A_OK = rig->image.TT101A_outputs.ok;
    to->TT101B = (float)rig->image.TT101B_outputs.value;
    to->TT101B_OK = rig->image.TT101B_outputs.ok;
    to->TT102 = (float)rig->image.TT102_outputs.value;
    to->TT102_OK = rig->image.TT102_outputs.ok;
    to->AT101 = (float)rig->image.AT101_outputs.value;
    to->AT101_OK = rig->image.AT101_outputs.ok;
    to->START = to_bool(rig->image.operator_inputs.START);
    to->STOP = to_bool(rig->image.operator_inputs.STOP);
    to->RESET = to_bool(rig->image.operator_inputs.RESET);
    to->CA_SP = (float)rig->image.operator_inputs.CA_SP;
}

static inline void take_answer(struct rig *rig) {
    const struct reactor *from = &rig->reactor;
    struct image_controller_outputs *to = &rig->image.controller_outputs;
    to->TV101 = from->TV101;
    to->STATE = from->STATE;
    to->CA_PV = from->CA_PV;
    to->CA_RAMP = from->CA_RAMP;
    to->T_PV = from->T_PV;
    to->T_SP = from->T_SP;
    to->TC_SP = from->TC_SP;
    to->ALARM = from->ALARM;
    to->T_HIGH = from->T_HIGH;
    to->T_TRIP = from->T_TRIP;
    to->CA_OFF_SP = from->CA_OFF_SP;
    to->TT101A_BAD = from->TT101A_BAD;
    to->TT101B_BAD = from->TT101B_BAD;
    to->TT101_DISAGREE = from->TT101_DISAGREE;
    to->AT101_BAD = from->AT101_BAD;
}

static void power_up(struct rig *rig) {
    rig->tv101.stem = 50.0;
    rig->reactor.TV101 = 50.0f;
}

/* Everything between the plant's outputs and its next step, in the order of hil.bench.assembly. */
static inline void control(struct rig *rig, int64_t t) {
    struct image *im = &rig->image;
    const struct settings *se = &rig->settings;
    take_answer(rig);
    im->TT101A_inputs.actual = im->plant_state.T;
    SENSOR(se->TT101A, rig->tt101a, im->TT101A_inputs, im->TT101A_outputs)
    im->TT101B_inputs.actual = im->plant_state.T;
    SENSOR(se->TT101B, rig->tt101b, im->TT101B_inputs, im->TT101B_outputs)
    im->TV101_inputs.command = im->controller_outputs.TV101;
    VALVE(se->TV101, rig->tv101, im->TV101_inputs, im->TV101_outputs)
    im->E101_inputs.opening = im->TV101_outputs.opening;
    MIXING(se->E101, rig->e101, im->E101_inputs, im->E101_outputs)
    im->TT102_inputs.actual = im->E101_outputs.temperature;
    SENSOR(se->TT102, rig->tt102, im->TT102_inputs, im->TT102_outputs)
    im->AT101_inputs.actual = im->plant_state.CA;
    SENSOR(se->AT101, rig->at101, im->AT101_inputs, im->AT101_outputs)
    give_sample(rig);
    scan(&rig->reactor, &im->controller_inputs, t);
    im->plant_inputs.Tc = im->E101_outputs.temperature;
}

#include "entry.h"

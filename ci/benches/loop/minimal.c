/* minimal.toml with everything inlined: the reactor and one PI controller. */

#include <math.h>
#include <stdint.h>
#include <string.h>
#include "image.h"
#include "plant.h"
#include "scenario.h"

#define SP 339.0
#define KP 8.0
#define TI 3000.0
#define LOW 268.15
#define HIGH 328.15

struct rig {
    struct image image;
    struct settings settings;
    struct scenario scenario;
    int64_t tick;
    double I, TC;
};

static void power_up(struct rig *rig) { rig->I = rig->TC = 298.15; }

static inline void control(struct rig *rig, int64_t t) {
    (void)t;
    struct image *im = &rig->image;
    im->controller_outputs.TC = rig->TC;
    im->controller_inputs.T = im->plant_state.T;
    double e = SP - im->controller_inputs.T, sum = rig->I + KP * e;
    rig->TC = sum < LOW ? LOW : sum > HIGH ? HIGH : sum;
    if (rig->TC > LOW && rig->TC < HIGH)
        rig->I += KP * e / TI;
    im->plant_inputs.Tc = im->controller_outputs.TC;
}

#include "entry.h"

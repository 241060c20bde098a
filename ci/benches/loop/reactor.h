/* controllers/plc/reactor.st in C, block by block. */

#define SEC 1000000000LL

struct ton { bool Q, M; int64_t ET, START; };
struct tof { bool Q, M; int64_t ET, START; };

static inline bool ton(struct ton *x, bool in, int64_t pt, int64_t t) {
    if (!in) {
        x->Q = false;
        x->ET = 0;
    } else {
        if (!x->M)
            x->START = t;
        if (!x->Q) {
            x->ET = t - x->START;
            if (x->ET >= pt) {
                x->ET = pt;
                x->Q = true;
            }
        }
    }
    x->M = in;
    return x->Q;
}

static inline bool tof(struct tof *x, bool in, int64_t pt, int64_t t) {
    if (in) {
        x->Q = true;
        x->ET = 0;
    } else if (x->Q) {
        if (x->M)
            x->START = t;
        x->ET = t - x->START;
        if (x->ET >= pt) {
            x->ET = pt;
            x->Q = false;
        }
    }
    x->M = in;
    return x->Q;
}

static inline bool rising(bool *m, bool clk) {
    bool q = clk && !*m;
    *m = clk;
    return q;
}

static inline double limit(double low, double in, double high) { return in < low ? low : in > high ? high : in; }

struct pi { double OUT, I; bool AT_HIGH, AT_LOW; };

static inline double pi_control(struct pi *x, bool automatic, double sp, double pv, double ff, double track, double kp,
                                double ti, double low, double high, bool no_rise, bool no_fall, double cycle) {
    double p = kp * (sp - pv);
    if (automatic) {
        x->OUT = limit(low, ff + p + x->I, high);
        x->AT_HIGH = ff + p + x->I >= high;
        x->AT_LOW = ff + p + x->I <= low;
        double step = p * cycle / ti;
        if ((step > 0.0 && !x->AT_HIGH && !no_rise) || (step < 0.0 && !x->AT_LOW && !no_fall))
            x->I += step;
    } else {
        x->OUT = limit(low, track, high);
        x->I = x->OUT - ff - p;
        x->AT_HIGH = x->AT_LOW = false;
    }
    return x->OUT;
}

struct lag { double Y; bool STARTED; };

static inline double lag_filter(struct lag *x, bool follow, double in, double time_constant, double cycle) {
    if (x->STARTED && !follow)
        x->Y += (in - x->Y) * (1.0 - exp(-cycle / time_constant));
    else {
        x->Y = in;
        x->STARTED = true;
    }
    return x->Y;
}

struct ramp { double Y; bool ARRIVED; };

static inline double ramp_generator(struct ramp *x, bool run, bool wait, double y0, double target, double rate,
                                    double cycle) {
    if (!run)
        x->Y = y0;
    else if (!wait)
        x->Y += limit(-rate * cycle, target - x->Y, rate * cycle);
    x->ARRIVED = run && fabs(target - x->Y) < 1.0E-9;
    return x->Y;
}

struct alarm { struct ton COMES; struct tof GOES; };

static inline bool delayed_alarm(struct alarm *x, bool condition, int64_t on, int64_t off, int64_t t) {
    return tof(&x->GOES, ton(&x->COMES, condition, on, t), off, t);
}

struct validation { float LAST; bool STARTED, GOOD; struct ton STILL; struct tof DISTRUST; };

static inline bool validation(struct validation *x, float value, bool ok, float low, float high, float most,
                              int64_t still_time, int64_t t) {
    bool still = ton(&x->STILL, x->STARTED && value == x->LAST, still_time, t);
    bool bad = !ok || value < low || value > high || still || (x->STARTED && fabsf(value - x->LAST) > most);
    x->GOOD = !tof(&x->DISTRUST, bad, 120 * SEC, t);
    x->LAST = value;
    x->STARTED = true;
    return x->GOOD;
}

#define K0 9703.0
#define E_OVER_R 5963.603
#define CAF 10.0
#define RESIDENCE 3600.0
#define BIAS_TIME 600.0

struct soft_analyser { double MODEL, BIAS, CA; bool STARTED; };

static inline void soft_analyser(struct soft_analyser *x, double t, double analyser, bool good, double cycle) {
    if (!x->STARTED) {
        x->MODEL = CAF / (1.0 + RESIDENCE * K0 * exp(-E_OVER_R / t));
        x->STARTED = true;
    }
    x->MODEL += cycle * ((CAF - x->MODEL) / RESIDENCE - K0 * exp(-E_OVER_R / t) * x->MODEL);
    if (good)
        x->BIAS += (analyser - x->MODEL - x->BIAS) * cycle / BIAS_TIME;
    x->CA = x->MODEL + x->BIAS;
}

static inline double steady_temperature(double ca) { return E_OVER_R / log(RESIDENCE * K0 * ca / (CAF - ca)); }

enum { IDLE, CHECK, PREHEAT, RAMP, HOLD, SHUTDOWN, TRIPPED };

struct reactor {
    float TV101, CA_PV, CA_RAMP, T_PV, T_SP, TC_SP;
    int16_t STATE;
    uint16_t HEARTBEAT;
    bool STARTED;
    bool ALARM, T_HIGH, T_TRIP, CA_OFF_SP, TT101A_BAD, TT101B_BAD, TT101_DISAGREE, TT102_BAD, AT101_BAD;
    struct validation CHECK_A, CHECK_B, CHECK_TC, CHECK_CA;
    struct lag T_FILTER, CA_FILTER, CA_MODEL;
    struct soft_analyser ANALYSER;
    struct ramp CA_SETTER, T_SETTER;
    struct pi AIC101, TIC101, TIC102;
    struct alarm HIGH_T, OFF_SP, DISAGREE;
    struct ton ALL_GOOD, WARMED_UP, SETTLED, OVER_TEMPERATURE, BLIND;
    bool START_PUSHED, STOP_PUSHED;
    double T_RAW;
};

static const double SCHEDULE_CA[] = {2.0, 3.0, 4.0, 5.0, 6.5, 8.5};
static const double SCHEDULE_KP[] = {-4.0, -4.3, -4.7, -5.4, -7.2, -8.0};
static const double SCHEDULE_TI[] = {720.0, 1100.0, 1400.0, 1800.0, 2300.0, 3100.0};

#define CYCLE 1.0
#define COLD 268.15
#define WARM 328.15
#define TC_IDLE 298.15
#define T_START 312.0
#define T_STOPPED 316.0
#define T_HIGH_LIMIT 383.0
#define T_TRIP_LIMIT 390.0
#define T_TIME 700.0
#define T_FILTER_TIME 15.0
#define CA_FILTER_TIME 60.0
#define CA_RATE 0.0002777777777777778
#define T_RATE 0.00833333333333333
#define TIC101_KP 16.0
#define TIC101_TI 3100.0
#define TIC102_KP -2.2
#define TIC102_TI 60.0

static inline void sequence(struct reactor *x, const struct image_controller_inputs *u, double T, double CA, bool over,
                            bool blind, int64_t t) {
    bool start = rising(&x->START_PUSHED, u->START), stop = rising(&x->STOP_PUSHED, u->STOP);
    bool all = x->CHECK_A.GOOD && x->CHECK_B.GOOD && x->CHECK_TC.GOOD && x->CHECK_CA.GOOD;
    bool all_good = ton(&x->ALL_GOOD, x->STATE == CHECK && all, 180 * SEC, t);
    bool warmed_up = ton(&x->WARMED_UP, x->STATE == PREHEAT && fabs(T - T_START) < 1.0, 300 * SEC, t);
    bool settled = ton(&x->SETTLED, x->STATE == RAMP && x->CA_SETTER.ARRIVED && fabs(CA - u->CA_SP) < 0.1, 600 * SEC, t);
    if (stop && x->STATE != IDLE && x->STATE != TRIPPED)
        x->STATE = SHUTDOWN;
    switch (x->STATE) {
    case IDLE: if (start && !u->MANUAL) x->STATE = CHECK; break;
    case CHECK: if (all_good) x->STATE = PREHEAT; break;
    case PREHEAT: if (warmed_up) x->STATE = RAMP; break;
    case RAMP: if (settled) x->STATE = HOLD; break;
    case HOLD: if (!x->CA_SETTER.ARRIVED) x->STATE = RAMP; break;
    case SHUTDOWN: if (T < T_STOPPED) x->STATE = IDLE; break;
    case TRIPPED: if (u->RESET && T < T_STOPPED && !over && !blind) x->STATE = IDLE; break;
    }
}

static inline void scan(struct reactor *x, const struct image_controller_inputs *u, int64_t t) {
    x->HEARTBEAT++;

    bool a = validation(&x->CHECK_A, u->TT101A, u->TT101A_OK, 260.0f, 440.0f, 3.0f, 30 * SEC, t);
    bool b = validation(&x->CHECK_B, u->TT101B, u->TT101B_OK, 260.0f, 440.0f, 3.0f, 30 * SEC, t);
    x->TT101A_BAD = !a;
    x->TT101B_BAD = !b;
    x->TT102_BAD = !validation(&x->CHECK_TC, u->TT102, u->TT102_OK, 255.0f, 345.0f, 5.0f, 30 * SEC, t);
    x->AT101_BAD = !validation(&x->CHECK_CA, u->AT101, u->AT101_OK, 0.0f, 12.0f, 0.5f, 60 * SEC, t);
    x->TT101_DISAGREE
        = delayed_alarm(&x->DISAGREE, a && b && fabsf(u->TT101A - u->TT101B) > 2.0f, 30 * SEC, 60 * SEC, t);
    if (a && b)
        x->T_RAW = x->TT101_DISAGREE ? fmaxf(u->TT101A, u->TT101B) : (u->TT101A + u->TT101B) / 2.0f;
    else if (a)
        x->T_RAW = u->TT101A;
    else if (b)
        x->T_RAW = u->TT101B;
    double T = lag_filter(&x->T_FILTER, false, x->T_RAW, T_FILTER_TIME, CYCLE);
    soft_analyser(&x->ANALYSER, T, u->AT101, x->CHECK_CA.GOOD, CYCLE);
    double CA_raw = x->CHECK_CA.GOOD ? u->AT101 : x->ANALYSER.CA;
    double CA = lag_filter(&x->CA_FILTER, false, CA_raw, CA_FILTER_TIME, CYCLE);

    bool over = ton(&x->OVER_TEMPERATURE, x->T_RAW > T_TRIP_LIMIT, 3 * SEC, t);
    bool blind = ton(&x->BLIND, !a && !b, 10 * SEC, t);
    if (over || blind)
        x->STATE = TRIPPED;
    sequence(x, u, T, CA, over, blind, t);
    x->T_TRIP = x->STATE == TRIPPED;
    bool on_concentration = (x->STATE == RAMP || x->STATE == HOLD) && !u->MANUAL;
    bool moving = x->STATE == PREHEAT || x->STATE == SHUTDOWN;
    bool on_temperature = on_concentration || (moving && !u->MANUAL);

    bool wait = x->TIC101.AT_HIGH || x->TIC101.AT_LOW;
    double wanted = ramp_generator(&x->CA_SETTER, on_concentration, wait, limit(1.8, CA, 8.8),
                                   limit(1.8, u->CA_SP, 8.8), CA_RATE, CYCLE);
    int n = 0;
    while (n < 4 && wanted > SCHEDULE_CA[n + 1])
        n++;
    double span = limit(0.0, (wanted - SCHEDULE_CA[n]) / (SCHEDULE_CA[n + 1] - SCHEDULE_CA[n]), 1.0);
    double kp = SCHEDULE_KP[n] + span * (SCHEDULE_KP[n + 1] - SCHEDULE_KP[n]);
    double ti = SCHEDULE_TI[n] + span * (SCHEDULE_TI[n + 1] - SCHEDULE_TI[n]);
    lag_filter(&x->CA_MODEL, !on_concentration, wanted, ti + T_TIME, CYCLE);
    pi_control(&x->AIC101, on_concentration, x->CA_MODEL.Y, CA, steady_temperature(wanted), T, kp, ti, 290.0, 385.0,
               x->TIC101.AT_HIGH, x->TIC101.AT_LOW, CYCLE);

    ramp_generator(&x->T_SETTER, moving, wait, T, T_START, T_RATE, CYCLE);
    double T_wanted = on_concentration ? x->AIC101.OUT : x->T_SETTER.Y;
    pi_control(&x->TIC101, on_temperature, T_wanted, T, 0.0, u->MANUAL ? u->TT102 : TC_IDLE,
               TIC101_KP * u->TIC101_FACTOR, TIC101_TI, COLD, WARM, false, false, CYCLE);

    double track = x->STATE == TRIPPED ? 100.0
                   : u->MANUAL ? u->TV101_MANUAL
                               : (WARM - x->TIC101.OUT) / (WARM - COLD) * 100.0;
    pi_control(&x->TIC102, x->STARTED && x->STATE != TRIPPED && !u->MANUAL && !x->TT102_BAD, x->TIC101.OUT, u->TT102, 0.0, track,
               TIC102_KP, TIC102_TI, 0.0, 100.0, false, false, CYCLE);
    x->STARTED = true;
    x->TV101 = (float)x->TIC102.OUT;

    x->T_HIGH = delayed_alarm(&x->HIGH_T, T > T_HIGH_LIMIT, 10 * SEC, 60 * SEC, t);
    x->CA_OFF_SP = delayed_alarm(&x->OFF_SP, x->STATE == HOLD && fabs(CA - u->CA_SP) > 0.3, 300 * SEC, 300 * SEC, t);
    x->ALARM = x->T_HIGH || x->T_TRIP || x->CA_OFF_SP || x->TT101A_BAD || x->TT101B_BAD || x->TT101_DISAGREE
               || x->TT102_BAD || x->AT101_BAD;
    x->CA_PV = (float)CA;
    x->CA_RAMP = (float)wanted;
    x->T_PV = (float)T;
    x->T_SP = (float)T_wanted;
    x->TC_SP = (float)x->TIC101.OUT;
}

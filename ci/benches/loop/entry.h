/* What the bench calls: `struct rig` begins with image, settings, scenario and tick; `tick` steps it once. */

struct row { int64_t t; struct image image; };

int64_t rig_bytes(void) { return sizeof(struct rig); }
int64_t row_bytes(void) { return sizeof(struct row); }

void start(struct rig *rig, const struct image *image, const struct settings *settings, const struct event *events,
           int64_t count) {
    memset(rig, 0, sizeof *rig);
    rig->image = *image;
    rig->settings = *settings;
    rig->scenario.count = count;
    memcpy(rig->scenario.events, events, sizeof *events * count);
    power_up(rig);
}

/* Steps n ticks. Every RECORD ticks a row is taken, before the plant moves; the rows go round in a ring. Ends early
   when the plant breaks. */
int64_t run(struct rig *given, int64_t n, struct row *ring, int64_t capacity) {
    struct rig rig = *given;
    const struct settings_plant p = rig.settings.plant;
    struct row *row = ring + (rig.tick + RECORD - 1) / RECORD % capacity;
    int64_t end = rig.tick + n, status = 0;
    for (; rig.tick < end && status == 0; rig.tick++) {
        int64_t t = rig.tick * H;
        play(&rig.scenario, &rig.image, &rig.settings, t);
        measure(&p, &rig.image);
        control(&rig, t);
        if (rig.tick % RECORD == 0) {
            row->t = t;
            row->image = rig.image;
            if (++row == ring + capacity)
                row = ring;
        }
        status = advance(&p, &rig.image);
    }
    *given = rig;
    return status;
}

#include "j1939.h"

#include "slcan.h"

#define ACKNOWLEDGE 59392u
#define REQUEST 59904u
#define DATA 60160u
#define CONTROL 60416u
#define CLAIM 60928u
#define DM1 65226u
#define CONTESTABLE 250u /* ms (J1939-81, 4.4.2.1) */
#define PACE 50u         /* ms between the frames of a broadcast (J1939-21, 5.10.2.4) */
#define EACH 1000u       /* ms between two DM1 (J1939-73, 5.7.1) */

static enum { IDLE, WAITING, CLAIMED, NONE } state;
static uint8_t own_name[8], own_address;
static uint32_t claimed_at;

static struct {
    uint8_t bytes[2 + 4 * MOST_TROUBLES], size, next; /* `next` frame of a broadcast; 0 when none is on its way */
    bool any, fresh;
    uint32_t sent_at, next_at;
} dm1;

static void emit(uint32_t priority, uint32_t number, uint8_t to, uint8_t source, const uint8_t *data)
{
    struct can_frame frame = {.identifier = priority << 26 | number << 8 | source, .size = 8};
    if ((number >> 8 & 255) < 240) /* a group with a receiver (J1939-21, 5.2.1) */
        frame.identifier |= (uint32_t)to << 8;
    for (int k = 0; k < 8; k++)
        frame.data[k] = data[k];
    slcan_send(&frame);
}

static void say_claim(void)
{
    emit(6, CLAIM, GLOBAL, state == NONE ? NULL_ADDRESS : own_address, own_name);
}

void j1939_start(const uint8_t name[8], uint8_t address, uint32_t now)
{
    for (int k = 0; k < 8; k++)
        own_name[k] = name[k];
    own_address = address;
    state = WAITING;
    claimed_at = now;
    say_claim();
}

uint8_t j1939_address(void)
{
    return state == CLAIMED ? own_address : NULL_ADDRESS;
}

void j1939_send(uint32_t priority, uint32_t number, uint8_t to, const uint8_t data[8])
{
    if (state == CLAIMED)
        emit(priority, number, to, own_address, data);
}

/* Another node claims this one's address: the smaller NAME has it (J1939-81, 4.4.3.3). */
static void contested(const struct group *group, uint32_t now)
{
    if (group->size != 8 || group->source != own_address || state == NONE)
        return;
    for (int k = 7; k >= 0; k--) {
        if (group->data[k] == own_name[k])
            continue;
        if (group->data[k] < own_name[k])
            state = NONE;
        else
            claimed_at = now;
        say_claim();
        return;
    }
}

static void requested(const struct group *group)
{
    if (group->size < 3)
        return;
    uint32_t wanted = group->data[0] | (uint32_t)group->data[1] << 8 | (uint32_t)group->data[2] << 16;
    if (wanted == CLAIM) {
        say_claim();
    } else if (wanted == DM1) {
        dm1.fresh = true;
    } else if (group->to != GLOBAL) {
        uint8_t refused[8] = {1, 255, 255, 255, group->source, group->data[0], group->data[1], group->data[2]};
        j1939_send(6, ACKNOWLEDGE, GLOBAL, refused);
    }
}

/* Somebody wants to send more than 8 bytes: there is no room (reason 2, J1939-21, 5.10.3.5). */
static void refuse(const struct group *group)
{
    if (group->size == 8 && group->data[0] == 16 && group->to != GLOBAL) {
        uint8_t aborted[8] = {255, 2, 255, 255, 255, group->data[5], group->data[6], group->data[7]};
        j1939_send(7, CONTROL, group->source, aborted);
    }
}

bool j1939_take(struct group *group, uint32_t now)
{
    struct can_frame frame;
    while (slcan_take(&frame)) {
        group->number = frame.identifier >> 8 & 0x3FFFF;
        group->source = (uint8_t)frame.identifier;
        group->to = GLOBAL;
        if ((group->number >> 8 & 255) < 240) {
            group->to = (uint8_t)group->number;
            group->number &= 0x3FF00;
        }
        group->size = frame.size;
        for (int k = 0; k < 8; k++)
            group->data[k] = k < frame.size ? frame.data[k] : 255;
        if (group->number == CLAIM) {
            contested(group, now);
        } else if (group->to == GLOBAL || group->to == (state == NONE ? NULL_ADDRESS : own_address)) {
            if (group->number == REQUEST)
                requested(group);
            else if (group->number == CONTROL)
                refuse(group);
            else if (group->number != DATA)
                return true;
        }
    }
    return false;
}

static void begin_dm1(uint32_t now)
{
    dm1.fresh = false;
    dm1.sent_at = now;
    if (dm1.size <= 8) {
        j1939_send(6, DM1, GLOBAL, dm1.bytes);
        return;
    }
    uint8_t frames = (uint8_t)((dm1.size + 6) / 7);
    uint8_t start[8] = {32, dm1.size, 0, frames, 255, DM1 & 255, DM1 >> 8 & 255, DM1 >> 16};
    j1939_send(7, CONTROL, GLOBAL, start);
    dm1.next = 1;
    dm1.next_at = now + PACE;
}

static void next_of_dm1(uint32_t now)
{
    uint8_t piece[8] = {dm1.next};
    for (uint32_t k = 0; k < 7; k++) {
        uint32_t at = 7u * (dm1.next - 1u) + k;
        piece[k + 1] = at < dm1.size ? dm1.bytes[at] : 255;
    }
    j1939_send(7, DATA, GLOBAL, piece);
    dm1.next_at = now + PACE;
    dm1.next = 7u * dm1.next < dm1.size ? (uint8_t)(dm1.next + 1) : 0;
}

void j1939_tick(uint32_t now)
{
    if (state == WAITING && now - claimed_at >= CONTESTABLE)
        state = CLAIMED;
    if (state != CLAIMED) {
        dm1.next = 0;
        return;
    }
    if (dm1.next != 0) {
        if ((int32_t)(now - dm1.next_at) >= 0)
            next_of_dm1(now);
    } else if (dm1.fresh || (dm1.any && now - dm1.sent_at >= EACH)) {
        begin_dm1(now);
    }
}

void j1939_troubles(const struct trouble *codes, uint32_t count, bool red_lamp, uint32_t now)
{
    uint8_t bytes[sizeof dm1.bytes] = {red_lamp ? 1 << 4 : 0, 255};
    if (dm1.next != 0) /* what is on its way stays as it is */
        return;
    count = count < MOST_TROUBLES ? count : MOST_TROUBLES;
    for (uint32_t k = 0; k < count; k++) {
        uint8_t *one = bytes + 2 + 4 * k;
        one[0] = (uint8_t)codes[k].parameter;
        one[1] = (uint8_t)(codes[k].parameter >> 8);
        one[2] = (uint8_t)(codes[k].parameter >> 16 << 5 | codes[k].failure);
        one[3] = 127; /* nobody counts how often it occurred */
    }
    uint8_t size = (uint8_t)(count > 1 ? 2 + 4 * count : 8);
    if (size == 8)
        bytes[6] = bytes[7] = 255;
    bool changed = size != dm1.size;
    for (uint32_t k = 0; k < size; k++) {
        changed = changed || bytes[k] != dm1.bytes[k];
        dm1.bytes[k] = bytes[k];
    }
    bool any = count > 0 || red_lamp;
    dm1.fresh = dm1.fresh || (changed && (any || dm1.any));
    dm1.any = any;
    dm1.size = size;
    j1939_tick(now);
}

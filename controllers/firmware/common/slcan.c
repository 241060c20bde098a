#include "slcan.h"

#include "uart.h"

#define LONGEST 30u /* T, 8 digits, a count, 16 digits, a time stamp of 4 */

/* The value of a hexadecimal digit, 16 of what is none. */
static uint32_t digit(uint8_t character)
{
    if (character >= '0' && character <= '9')
        return character - (uint32_t)'0';
    uint32_t letter = (character | 0x20u) - (uint32_t)'a';
    return letter < 6 ? letter + 10 : 16;
}

/* Reads `count` digits; false when one of them is none. */
static bool number(const uint8_t *text, uint32_t count, uint32_t *value)
{
    *value = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t one = digit(text[k]);
        if (one > 15)
            return false;
        *value = *value << 4 | one;
    }
    return true;
}

static bool frame_of(const uint8_t *line, uint32_t size, struct can_frame *frame)
{
    uint32_t count, byte;
    if (size < 10 || line[0] != 'T' || !number(line + 1, 8, &frame->identifier) || !number(line + 9, 1, &count))
        return false;
    if (count > 8 || (size != 10 + 2 * count && size != 14 + 2 * count) || frame->identifier >> 29)
        return false;
    for (uint32_t k = 0; k < count; k++) {
        if (!number(line + 10 + 2 * k, 2, &byte))
            return false;
        frame->data[k] = (uint8_t)byte;
    }
    frame->size = (uint8_t)count;
    return true;
}

bool slcan_take(struct can_frame *frame)
{
    static uint8_t line[LONGEST];
    static uint32_t held; /* more than the line's room: the rest of one that is too long */
    uint8_t byte;
    while (uart_take(&byte)) {
        if (byte != '\r' && byte != '\a') {
            if (held < LONGEST)
                line[held] = byte;
            held += held <= LONGEST;
            continue;
        }
        uint32_t size = held;
        held = 0;
        if (byte == '\r' && size <= LONGEST && frame_of(line, size, frame))
            return true;
    }
    return false;
}

void slcan_send(const struct can_frame *frame)
{
    static const uint8_t DIGITS[] = "0123456789ABCDEF";
    uint8_t line[LONGEST], to = 0;
    line[to++] = 'T';
    for (int shift = 28; shift >= 0; shift -= 4)
        line[to++] = DIGITS[frame->identifier >> shift & 15];
    line[to++] = DIGITS[frame->size];
    for (uint32_t k = 0; k < frame->size; k++) {
        line[to++] = DIGITS[frame->data[k] >> 4];
        line[to++] = DIGITS[frame->data[k] & 15];
    }
    line[to++] = '\r';
    uart_send(line, to);
}

#include "frames.h"

#include <stdbool.h>

#include "uart.h"

static uint16_t crc(const uint8_t *data, uint32_t size)
{
    uint16_t sum = 0xFFFF;
    for (; size > 0; size--) {
        sum ^= *data++;
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? sum >> 1 ^ 0xA001 : sum >> 1;
    }
    return sum;
}

/* Takes the stuffing out of `size` bytes in place; returns how many are left, 0 of what was not stuffed. */
static uint32_t unstuffed(uint8_t *data, uint32_t size)
{
    uint32_t from = 0, to = 0;
    while (from < size) {
        uint32_t code = data[from++];
        if (code - 1 > size - from)
            return 0;
        for (uint32_t k = 1; k < code; k++)
            data[to++] = data[from++];
        if (code < 255 && from < size)
            data[to++] = 0;
    }
    return to;
}

const uint8_t *frame_wait(uint32_t *size)
{
    static uint8_t frame[MOST + 2];
    uint32_t held = 0; /* more than the frame's room: the rest of one that is too long */
    for (;;) {
        uint8_t byte;
        while (!uart_take(&byte))
            uart_wait();
        if (byte != 0) {
            if (held < sizeof frame)
                frame[held] = byte;
            held += held <= sizeof frame;
            continue;
        }
        uint32_t plain = held <= sizeof frame ? unstuffed(frame, held) : 0;
        held = 0;
        if (plain > 2 && crc(frame, plain) == 0) { /* the CRC over a frame and its CRC is zero */
            *size = plain - 2;
            return frame;
        }
    }
}

void frame_send(const void *data, uint32_t size)
{
    uint8_t plain[MOST], stuffed[MOST + 3];
    const uint8_t *bytes = data;
    uint16_t sum = crc(bytes, size);
    for (uint32_t k = 0; k < size; k++)
        plain[k] = bytes[k];
    plain[size++] = (uint8_t)sum;
    plain[size++] = (uint8_t)(sum >> 8);
    uint32_t code = 0, to = 1; /* where the distance to the next zero goes */
    for (uint32_t k = 0; k < size; k++) {
        if (plain[k] != 0)
            stuffed[to++] = plain[k];
        if (plain[k] == 0 || (to - code == 255 && k + 1 < size)) {
            stuffed[code] = (uint8_t)(to - code);
            code = to++;
        }
    }
    stuffed[code] = (uint8_t)(to - code);
    stuffed[to++] = 0;
    uart_send(stuffed, to);
}

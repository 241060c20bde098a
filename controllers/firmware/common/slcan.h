/* CAN frames as text on the UART, as slcan adapters have them (LAWICEL CANUSB): T 12345678 2 AABB and a return. */
#ifndef SLCAN_H
#define SLCAN_H

#include <stdbool.h>
#include <stdint.h>

struct can_frame {
    uint32_t identifier; /* 29 bits */
    uint8_t size, data[8];
};

/* Takes the oldest frame that has come whole; lines that are none, and frames of 11 bits, are passed over. */
bool slcan_take(struct can_frame *frame);

void slcan_send(const struct can_frame *frame);

#endif

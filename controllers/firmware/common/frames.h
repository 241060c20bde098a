/* Frames on the UART as the bench's serial link has them: a number, values packed little-endian, CRC-16/MODBUS,
   stuffed by COBS (Cheshire and Baker, 1999) and ended by a zero. The answer to a frame repeats its number. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdint.h>

#define MOST 255u /* bytes of a frame with its CRC */

/* Waits for the next sound frame; returns its bytes without the CRC, and their number in `size`. */
const uint8_t *frame_wait(uint32_t *size);

/* Sends a frame of at most 253 bytes; adds the CRC. */
void frame_send(const void *data, uint32_t size);

#endif

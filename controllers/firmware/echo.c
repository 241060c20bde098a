/* Answers each frame with its own bytes: the other side of the wire in the check of every link. */
#include "frames.h"
#include "uart.h"

int main(void)
{
    uart_start();
    for (;;) {
        uint32_t size;
        const uint8_t *frame = frame_wait(&size);
        frame_send(frame, size);
    }
}

/* The UART: what is received is kept by an interrupt, what is sent waits for room in the transmitter. */
#ifndef UART_H
#define UART_H

#include <stdbool.h>
#include <stdint.h>

void uart_start(void);

/* Takes the oldest byte received; false when there is none. */
bool uart_take(uint8_t *byte);

/* Sleeps until an interrupt, of UART or timer, unless something was received that nobody took. */
void uart_wait(void);

void uart_send(const uint8_t *data, uint32_t size);

void uart_interrupt(void);

#endif

/* The time since the timer was started, from SysTick, which every Cortex-M3 and M4 has. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

/* Begins to count: an interrupt every `tick_us` microseconds, which ends a wait; at most 600,000. */
void timer_start(uint32_t tick_us);

/* Ticks since then. */
uint32_t timer_ticks(void);

/* Microseconds since then. */
uint64_t timer_us(void);

void timer_interrupt(void);

#endif

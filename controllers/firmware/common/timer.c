#include "timer.h"


#define SYST_CSR (*(volatile uint32_t *)0xE000E010) /* Armv7-M ARM, B3.3 */
#define SYST_RVR (*(volatile uint32_t *)0xE000E014)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018)
#define ENABLE_WITH_INTERRUPT_FROM_CORE_CLOCK 7u
#define CYCLES_PER_10_US (CLOCK_HZ / 100000u)

static volatile uint32_t ticks;
static uint32_t tick_length; /* us */

void timer_start(uint32_t tick_us)
{
    tick_length = tick_us;
    ticks = 0;
    SYST_RVR = tick_us * (CYCLES_PER_10_US) / 10u - 1u;
    SYST_CVR = 0;
    SYST_CSR = ENABLE_WITH_INTERRUPT_FROM_CORE_CLOCK;
}

uint32_t timer_ticks(void)
{
    return ticks;
}

uint64_t timer_us(void)
{
    uint32_t before, count;
    do { /* again when a tick came between the two */
        before = ticks;
        count = SYST_CVR;
    } while (before != ticks);
    return (uint64_t)before * tick_length + (SYST_RVR - count) * 10u / CYCLES_PER_10_US;
}

void timer_interrupt(void)
{
    ticks++;
}

/* The vector table and the way from reset to main (Armv7-M Architecture Reference Manual, B1.5). */
#include <stddef.h>
#include <stdint.h>

#include "timer.h"
#include "uart.h"

extern uint8_t stack_top[], data_start[], data_end[], data_image[], bss_start[], bss_end[];

int main(void);
void reset(void);

/* What the compiler calls without being asked. */
void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *t = to;
    for (const uint8_t *f = from; size > 0; size--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    for (uint8_t *t = to; size > 0; size--)
        *t++ = (uint8_t)byte;
    return to;
}

void reset(void)
{
    memcpy(data_start, data_image, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
#ifdef __ARM_FP
    *(volatile uint32_t *)0xE000ED88 |= 0xFu << 20; /* CPACR: full access to the FPU */
    __asm volatile("dsb\n\tisb");
#endif
    main();
    for (;;)
        __asm volatile("wfi");
}

/* A fault that nobody expects: stand still where a debugger, or the bench, can see it. */
static void fault(void)
{
    for (;;)
        __asm volatile("wfi");
}

typedef void (*vector)(void);

__attribute__((section(".vectors"), used)) static const vector VECTORS[16 + 32] = {
    (vector)(uintptr_t)stack_top, reset, fault, fault, fault, fault, fault,
    [15] = timer_interrupt,
    [16 + UART_IRQ] = uart_interrupt,
};

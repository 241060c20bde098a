#include "uart.h"


#define REGISTER(address) (*(volatile uint32_t *)(address))
#define NVIC_ISER REGISTER(0xE000E100)

#if defined UART_PL011 /* Arm PrimeCell UART (PL011) Technical Reference Manual, 3.3 */

#define DR REGISTER(UART_PL011 + 0x00)
#define FR REGISTER(UART_PL011 + 0x18)
#define IBRD REGISTER(UART_PL011 + 0x24)
#define FBRD REGISTER(UART_PL011 + 0x28)
#define LCRH REGISTER(UART_PL011 + 0x2C)
#define CR REGISTER(UART_PL011 + 0x30)
#define IMSC REGISTER(UART_PL011 + 0x38)
#define ICR REGISTER(UART_PL011 + 0x44)
#define RECEIVED (1u << 4 | 1u << 6) /* the FIFO's level, and the timeout of what stays below it */

static void begin(void)
{
    uint32_t divisor = CLOCK_HZ * 4u / 115200u; /* 115200 baud, in 1/64 of the clock's 1/16 */
    IBRD = divisor / 64u;
    FBRD = divisor % 64u;
    LCRH = 3u << 5 | 1u << 4;       /* 8 bits, FIFOs */
    CR = 1u << 9 | 1u << 8 | 1u;    /* receiver, transmitter, UART */
    IMSC = RECEIVED;
}

static bool has_byte(void) { return !(FR & 1u << 4); }
static bool is_full(void) { return FR & 1u << 5; }
static void acknowledge(void) { ICR = RECEIVED; }

#elif defined UART_CMSDK /* Arm Cortex-M System Design Kit Technical Reference Manual, 4.3 */

#define DR REGISTER(UART_CMSDK + 0x00)
#define STATE REGISTER(UART_CMSDK + 0x04)
#define CTRL REGISTER(UART_CMSDK + 0x08)
#define INTCLEAR REGISTER(UART_CMSDK + 0x0C)
#define BAUDDIV REGISTER(UART_CMSDK + 0x10)

static bool has_byte(void) { return STATE & 1u << 1; }

static void begin(void)
{
    BAUDDIV = CLOCK_HZ / 115200u;
    CTRL = 1u << 3 | 1u << 1 | 1u; /* interrupt of the receiver, receiver, transmitter */
    if (!has_byte())
        (void)DR; /* QEMU hands on what came before only when somebody reads */
}

static bool is_full(void) { return STATE & 1u; }
static void acknowledge(void) { INTCLEAR = 1u << 1; }

#endif

#define ROOM 1024u /* a power of two */

static volatile uint8_t received[ROOM];
static volatile uint32_t written, taken; /* ever counted, by one side each */

void uart_start(void)
{
    begin();
    NVIC_ISER = 1u << UART_IRQ;
}

void uart_interrupt(void)
{
    acknowledge(); /* first: a byte that comes from here on asks again */
    while (has_byte()) {
        uint8_t byte = (uint8_t)DR;
        if (written - taken < ROOM)
            received[written++ % ROOM] = byte;
    }
}

bool uart_take(uint8_t *byte)
{
    if (taken == written)
        return false;
    *byte = received[taken % ROOM];
    taken++;
    return true;
}

void uart_wait(void)
{
    __asm volatile("cpsid i" ::: "memory"); /* WFI ends with a pending interrupt even so: none comes in between */
    if (taken == written)
        __asm volatile("wfi");
    __asm volatile("cpsie i" ::: "memory");
}

void uart_send(const uint8_t *data, uint32_t size)
{
    for (; size > 0; size--) {
        while (is_full())
            ;
        DR = *data++;
    }
}

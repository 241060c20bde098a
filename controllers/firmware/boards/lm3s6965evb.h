/* TI LM3S6965 evaluation board: Cortex-M3, 256 KiB flash, 64 KiB RAM, UART0 is a PL011 (data sheet, tables 2-8, 2-9). */
#ifndef BOARD_H
#define BOARD_H

#define CLOCK_HZ 12500000u /* after reset, as QEMU has it; the data sheet's internal oscillator is 12 MHz +-30 % */
#define UART_PL011 0x4000C000u
#define UART_IRQ 5

#endif

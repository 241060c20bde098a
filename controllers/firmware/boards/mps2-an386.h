/* Arm MPS2 with application note 386: Cortex-M4 with FPU, 4 MiB code, 4 MiB RAM, UART0 is a CMSDK UART (AN386, 3.4). */
#ifndef BOARD_H
#define BOARD_H

#define CLOCK_HZ 25000000u
#define UART_CMSDK 0x40004000u
#define UART_IRQ 0 /* of the receiver */

#endif

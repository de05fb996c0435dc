/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console: a PL011 (Arm DDI 0183G), polled. stdout, stderr and stdin of the C library are on it. Without a UART
 * output goes nowhere and input is at its end.
 */
#ifndef KIT_UART_H
#define KIT_UART_H

/** Finds and enables the UART. Called once by the start-up code. */
void uart_start(void);

/** Sends one byte, waits for room. */
void uart_write(char byte);

/** The next byte received, or -1. */
int uart_read(void);

#endif

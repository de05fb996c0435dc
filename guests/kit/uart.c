/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PL011 (Arm DDI 0183G, chapter 3) and the C library's streams on it.
 */
#include "kit/uart.h"

#include <stdio.h>

#include "kit/hypercall.h"
#include "kit/machine.h"
#include "kit/mmio.h"
#include "kit/mmu.h"

#define UART_DR   0x00U
#define UART_FR   0x18U
#define UART_IBRD 0x24U
#define UART_FBRD 0x28U
#define UART_LCRH 0x2cU
#define UART_CR   0x30U
#define UART_IMSC 0x38U

#define FR_RXFE           (1U << 4) /* nothing received */
#define FR_TXFF           (1U << 5) /* no room to send */
#define LCRH_8BIT_FIFO    (3U << 5 | 1U << 4)
#define CR_ENABLE         (1U << 9 | 1U << 8 | 1U << 0)
#define BAUD_RATE         115200U
#define BAUD_DIVISOR_UNIT 64U /* the divisor is in 1/64 of 16 clock periods: 3.3.6 */

static uint64_t base;

static void set_baud_rate(uint32_t clock)
{
    uint32_t divisor = (uint32_t)(((uint64_t)clock * 4U + BAUD_RATE / 2U) / BAUD_RATE);

    mmio_write32(base + UART_IBRD, divisor / BAUD_DIVISOR_UNIT);
    mmio_write32(base + UART_FBRD, divisor % BAUD_DIVISOR_UNIT);
}

void uart_start(void)
{
    const struct fdt_range *registers = &machine()->uart;

    if (registers->size == 0 || !mmu_map_device(registers->start, registers->size)) {
        return;
    }
    base = registers->start;
    mmio_write32(base + UART_IMSC, 0);
    if ((mmio_read32(base + UART_CR) & CR_ENABLE) == CR_ENABLE) {
        return; /* firmware has set it up, with a rate that people expect */
    }
    mmio_write32(base + UART_CR, 0);
    if (machine()->uart_clock != 0) {
        set_baud_rate(machine()->uart_clock);
    }
    mmio_write32(base + UART_LCRH, LCRH_8BIT_FIFO); /* after the divisor: 3.3.7 */
    mmio_write32(base + UART_CR, CR_ENABLE);
}

void uart_write(char byte)
{
    if (base == 0) {
        return;
    }
    while ((mmio_read32(base + UART_FR) & FR_TXFF) != 0)
        ;
    mmio_write32(base + UART_DR, (uint8_t)byte);
}

int uart_read(void)
{
    if (base == 0 || (mmio_read32(base + UART_FR) & FR_RXFE) != 0) {
        return -1;
    }
    return (int)(mmio_read32(base + UART_DR) & 0xffU);
}

/** Without a UART, text goes to the hypervisor's log: by lines, and a longer one in pieces. */
static void log_put(char byte)
{
    static char text[HC_LOG_SIZE];
    static unsigned size;

    if (byte == '\0') {
        return;
    }
    text[size++] = byte;
    if (byte != '\n' && size < sizeof(text)) {
        return;
    }
    if (size < sizeof(text)) {
        text[size] = '\0';
    }
    size = 0;
    hypercall_log(text);
}

static int stream_put(char byte, FILE *stream)
{
    (void)stream;
    if (base == 0 && hypercall_present()) {
        log_put(byte);
        return (unsigned char)byte;
    }
    if (byte == '\n') {
        uart_write('\r');
    }
    uart_write(byte);
    return (unsigned char)byte;
}

static int stream_get(FILE *stream)
{
    int byte = uart_read();

    (void)stream;
    return byte < 0 ? _FDEV_EOF : byte;
}

static FILE stream = FDEV_SETUP_STREAM(stream_put, stream_get, NULL, _FDEV_SETUP_RW);
FILE *const stdin = &stream;
FILE *const stdout = &stream;
FILE *const stderr = &stream;

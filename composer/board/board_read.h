/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board: DATA/boards/NAME/board.dtb says what there is, board.yaml beside it what a device tree
 * does not say. The keys of board.yaml:
 *
 *     name: qemu-virt                 # optional; the folder's name
 *     architecture: arm64             # the only one in this version
 *     gic:
 *       interrupts: 288               # INTIDs 0 to 287 exist; a multiple of 32, or 1020
 *       redistributor-stride: 0x20000 # optional, GICv3; bytes from one CPU's redistributor to the
 * next interfaces: [0, 1, 2, 3]      # optional, GICv2; the number of each CPU's interface
 *       messages:                     # optional; SPIs of frames for messages (arm,gic-v2m-frame),
 * as INTIDs
 *         - {frame: /intc@8000000/v2m@8020000, first: 80, count: 64}
 *     ram:                            # optional; in place of what the device tree says of memory,
 * or does not say
 *       - {start: 0x40000000, size: 2G}
 *     reserved:                       # optional; RAM that must stay free (firmware)
 *       - {start: 0x40000000, size: 2M}
 *     aliases: {rtc: /pl031@9010000}  # optional; more names for devices
 *     consoles:                       # optional; how UARTs are polled, for `debug: {console: ...}`
 *       - {compatible: "arm,pl011", data: 0x0, status: 0x18, busy: 0x20}
 *     costs: {switch: 8us, interrupt: 2us, exit: 10us} # optional; what the hypervisor costs at
 * most, for the analysis dma: ["virtio,mmio"]            # optional; compatibles of devices that
 * read and write memory by themselves qemu: ...                       # how `nagaya run` starts the
 * board; of no meaning here
 */
#ifndef COMPOSER_BOARD_READ_H
#define COMPOSER_BOARD_READ_H

#include "system.h"

/** A kind of UART: offsets of its registers, and the status bits that say "not now". */
struct board_console {
    const char *compatible;
    uint32_t data;
    uint32_t status;
    uint32_t busy;
};

/** A name that board.yaml gives a device. */
struct board_alias {
    const char *name;
    const char *path;
};

/** The SPIs that a frame for messages raises: what is written to it is one of them. */
struct board_messages {
    struct source_location location;
    const char *frame; /* its path in the device tree */
    uint32_t first;
    uint32_t count;
};

/** What board.yaml says. */
struct board_facts {
    const char *file; /* for messages */
    uint32_t interrupts;
    uint64_t redistributor_stride; /* 0: what the device tree says, or the usual one */
    struct source_location stride_location;
    struct source_location interfaces_location;
    uint32_t *interfaces; /* of the CPUs, in their order; none: that of their MPIDRs */
    size_t interface_count;
    struct board_messages *messages;
    size_t messages_count;
    struct plan_costs costs;
    struct range *ram;
    size_t ram_count;
    struct range *reserved;
    size_t reserved_count;
    struct board_alias *aliases;
    size_t alias_count;
    struct board_console *consoles;
    size_t console_count;
    const char **dma;
    size_t dma_count;
};

/** Finds the board @name, which the user named at @location, and reads all of it. */
bool board_read(const char *name, struct source_location location, const char *data,
                struct board *board);

/* The parts of board_read: */
bool board_facts_read(const char *path, struct board_facts *facts);
bool board_tree_read(struct board *board);
bool board_gic_read(struct board *board, struct source_location location);
void board_messages_check(const struct board *board);
bool board_ram_read(struct board *board, struct source_location location);
void board_devices_read(struct board *board);

/** The device that @node is or belongs to: index into board.devices, or PLAN_NONE. */
uint32_t board_device_of(const struct board *board, int node);

/** Marks the interrupts that something on the board may raise, whoever has it, and what is none
 * (board_interrupts.c).
 */
void board_interrupts_used(const struct board *board, bool used[PLAN_MAX_INTIDS]);

/** Whether @node is a frame for messages (arm,gic-v2m-frame), which a VM can have although the
 * GIC has it. */
bool board_is_message_frame(const struct board *board, int node);

/** The SPIs of the frame for messages @node (board_messages.c). False: neither tree nor
 * board.yaml says. */
bool board_messages_of(const struct board *board, int node, struct board_messages *messages);

/** Whether the device is a UART: one that board.yaml knows, or that is called so (board_uarts.c).
 */
bool board_is_uart(const struct board *board, const struct board_device *device);

/** Notes which VMs have a kernel but no UART, once the devices have owners. */
void uart_notes(const struct system *system);

/** The node that is called @name: alias, label, path, or node name with or without address if
 * only one has it. */
int board_find_node(const struct board *board, const char *name);

#endif

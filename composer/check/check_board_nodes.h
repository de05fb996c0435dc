/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes of a VM's device tree, against those of the board's tree that they stand for. */
#ifndef COMPOSER_CHECK_BOARD_NODES_H
#define COMPOSER_CHECK_BOARD_NODES_H

#include "check_tree.h"

/** What is compared. */
struct trees {
    struct check *check;
    uint32_t vm;
    const void *tree;
    const struct board_source *board;
};

/** Reports that @what of @node is not as on the board. */
void board_nodes_report(const struct trees *trees, int node, const char *what);

/** Whether a node of the VM's may stand for @board_node, by its name and where its registers
 * begin. */
bool board_nodes_match(const struct trees *trees, int node, int board_node);

/** The phandle that a VM's tree has for @node of the board's: its own; an interrupt controller
 * that has none gets one above all others. 0: none. */
uint32_t board_nodes_phandle(const void *board, int node);

/** Whether property @name of @board_node has just these bytes, or, if it is of interrupts, says
 * the same. */
bool board_nodes_say(const void *board, int board_node, const char *name, const void *value,
                     int length);

/** Compares a node of the root, and all in it, with what it stands for. */
void board_nodes_compare(const struct trees *trees, int node);

/** Whether a device of the board reads and writes memory by itself, as far as its own properties
 * or board.yaml say. */
bool board_does_dma(struct board_source *board, int node);

/** Shows that a device of the VM's that does DMA reaches all of the VM's memory, at the addresses
 * that the CPU has for it; it is @board_node on the board. */
void check_board_dma(const struct trees *trees, int node, int board_node);

#endif

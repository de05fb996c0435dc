/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hypervisor offers this guest (abi/guest.h): the info page and the calls. On a machine
 * without Nagaya hypercall_present() is false and nothing else here may be called.
 */
#ifndef KIT_HYPERCALL_H
#define KIT_HYPERCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "info.h"

/** True under Nagaya: the device tree names the info page and the page carries its magic. */
bool hypercall_present(void);

/** The info page; NULL without Nagaya. */
const struct info_page *hypercall_info(void);

/** Makes the call @function of guest.h; returns x0. */
int64_t hypercall(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);

/** Gives up to HC_LOG_SIZE characters at @text, fewer if a 0 comes first, to the hypervisor's
 * log; waits until it takes them, HC_LOG_INTERVAL at most after the last ones. */
void hypercall_log(const char *text);

/** How often this vCPU has left its guest since boot, this call included. */
uint64_t hypercall_exit_count(void);

/** Maps and checks the info page. Called once by the start-up code. */
void hypercall_start(void);

#endif

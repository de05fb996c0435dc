/* SPDX-License-Identifier: Apache-2.0 */
/* Status pages: written by the hypervisor while they are read. */
#ifndef LIBNAGAYA_STATUS_H
#define LIBNAGAYA_STATUS_H

#include "manager.h"

/** A copy of the status page @page whose members belong together. */
struct vm_status status_read(const void *page);

#endif

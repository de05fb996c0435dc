/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of VMs, and what they may ask of the firmware, compared with the board and each
 * other. */
#ifndef COMPOSER_LIFE_RESOLVE_H
#define COMPOSER_LIFE_RESOLVE_H

#include "vm_read.h"

/** Chooses who looks at each watchdog, and reports keys without an effect. */
void life_resolve(struct system *system, const struct vm_source *sources);

/** Reports calls of the firmware that this board, or such a VM, can't have. */
void firmware_resolve(const struct system *system, const struct vm_source *sources);

#endif

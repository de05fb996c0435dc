/* SPDX-License-Identifier: Apache-2.0 */
/* Compares what the user wants of cores with the board and the VMs. What is wrong is reported. */
#ifndef COMPOSER_CORE_RESOLVE_H
#define COMPOSER_CORE_RESOLVE_H

#include "core_read.h"

/** Sets system->cores from the list, and compares it with the VMs (core_resolve.c). */
void cores_resolve(struct system *system, struct vm_source *vms, const struct core_source *cores,
                   size_t count);

/** Reports what the VMs ask of the cores that they have and can't get there (core_check.c). */
void cores_check_vms(const struct system *system, struct vm_source *vms);

/** Notes what their authors may not have thought of where VMs have direct interrupts
 * (delivery_notes.c). */
void delivery_notes(const struct system *system, const struct vm_source *vms);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The analysis of the cores of a system. */
#ifndef COMPOSER_CORE_ANALYSE_H
#define COMPOSER_CORE_ANALYSE_H

#include "core_read.h"

/** Reports guarantees that do not hold, where nothing is wrong with what they rest on. */
void cores_analyse(const struct system *system, const struct vm_source *vms);

#endif

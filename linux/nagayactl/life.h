/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NAGAYACTL_LIFE_H
#define NAGAYACTL_LIFE_H

#include "nagaya.h"
#include "nagayactl.h"

/** Gives a command, waits until it is done if the arguments ask for that, and says what the VM
 * does; the exit status.
 */
int life_change(const struct arguments *arguments, const struct nagaya_manager *manager,
                uint32_t vm, enum manager_command command);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Words for what abi/ has numbers for. */
#ifndef NAGAYACTL_NAMES_H
#define NAGAYACTL_NAMES_H

#include <stdint.h>

const char *level_name(uint32_t level);
const char *state_name(uint32_t state);
const char *reason_name(uint32_t reason);

/** What an exception class (ESR_EL2.EC, or EXIT_* of abi/observe.h) is; @text holds it if it has
 * no name. */
const char *exit_class_name(uint32_t class, char text[16]);

#endif

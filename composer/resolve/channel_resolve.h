/* SPDX-License-Identifier: Apache-2.0 */
/* The channels, compared with the VMs. */
#ifndef COMPOSER_CHANNEL_RESOLVE_H
#define COMPOSER_CHANNEL_RESOLVE_H

#include "channel_read.h"

/** Sets system->channels from the list, compares it with the VMs, and chooses the doorbells'
 * interrupts. */
void channels_resolve(struct system *system, const struct channel_source *channels, size_t count);

#endif

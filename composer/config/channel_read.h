/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list `channels` of system.yaml: memory that VMs share, and doorbells between them.
 *
 *     channels:
 *       - {name: telemetry, between: [control, linux], memory: 64K}
 *       - name: sensors
 *         between: [{vm: control}, {vm: linux, access: read-only}, plc]
 *         memory: 16K
 *         doorbell-interval: 1ms # optional
 */
#ifndef COMPOSER_CHANNEL_READ_H
#define COMPOSER_CHANNEL_READ_H

#include "names.h"

/** A member as the user named it. */
struct channel_member_source {
    struct named vm;
    bool write;
};

/** One element of the list. */
struct channel_source {
    struct channel channel; /* without members */
    struct channel_member_source *members;
    size_t member_count;
    struct source_location between;
};

/** Reads the list. What is wrong has been reported. Returns the number of elements. */
size_t channels_read(struct yaml_file *file, yaml_node_t *list, struct channel_source **channels);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the list `channels` (channel_read.h). */
#include "channel_read.h"

#include "diagnostics.h"
#include "memory.h"
#include "yaml_value.h"

/* Rings that come faster than this need no limit: taking one costs more. */
#define INTERVAL_MIN_NS 1000U

static const struct yaml_key channel_keys[] = {
    YAML_REQUIRED("name"),
    YAML_REQUIRED("between"),
    YAML_REQUIRED("memory"),
    YAML_OPTIONAL("doorbell-interval"),
};
static const struct yaml_key member_keys[] = {
    YAML_REQUIRED("vm"),
    YAML_OPTIONAL("access"),
};
#define CHANNEL_EXAMPLE "{name: data, between: [one, two], memory: 64K}"
static const struct yaml_choice accesses[] = {
    {"read-write", 1, NULL},
    {"read-only", 0, NULL},
};

/* A name, or {vm: name, access: ...}. */
static void read_member(struct yaml_file *file, yaml_node_t *node, struct channel_source *channel)
{
    struct channel_member_source member = {.write = true};
    const yaml_node_t *name = node;
    int write = 1;

    if (node->type != YAML_SCALAR_NODE) {
        if (!yaml_expect_mapping(file, node, "an entry of between",
                                 "{vm: linux, access: read-only}, or just linux")) {
            return;
        }
        yaml_check_keys(file, node, member_keys, COUNT_OF(member_keys), "an entry of between");
        yaml_read_choice(file, yaml_find(file, node, "access"), "access", accesses,
                         COUNT_OF(accesses), &write);
        name = yaml_find(file, node, "vm");
    }
    if (!yaml_read_text(file, name, name == node ? "between" : "vm", &member.vm.text)) {
        return;
    }
    member.vm.location = yaml_location(file, name);
    member.write = write != 0;
    *ARRAY_ADD(channel->members, channel->member_count) = member;
}

static void read_members(struct yaml_file *file, yaml_node_t *list, struct channel_source *channel)
{
    yaml_node_t *item;

    if (!yaml_read_list(file, list, "between", "[control, linux]", false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (i == CHANNEL_MAX_MEMBERS) {
            error(yaml_location(file, item),
                  "between: more than the %u VMs that can share a channel; remove some, or make "
                  "another channel",
                  CHANNEL_MAX_MEMBERS);
            return;
        }
        read_member(file, item, channel);
    }
    if (yaml_item(file, list, 1) == NULL) {
        error(channel->between, "between: a channel is between two VMs at least; add one");
    }
}

static void read_channel(struct yaml_file *file, yaml_node_t *node, struct channel_source *source)
{
    struct channel *channel = &source->channel;

    channel->location = yaml_location(file, node);
    channel->name = NAME_UNKNOWN;
    if (!yaml_expect_mapping(file, node, "a channel", CHANNEL_EXAMPLE)) {
        return;
    }
    yaml_check_keys(file, node, channel_keys, COUNT_OF(channel_keys), "a channel");
    channel->name = name_read(file, node, "the channel");
    source->between = yaml_key_location(file, node, "between");
    read_members(file, yaml_find(file, node, "between"), source);
    yaml_read_size(file, yaml_find(file, node, "memory"), "memory", &channel->size);
    yaml_read_time(file, yaml_find(file, node, "doorbell-interval"), "doorbell-interval",
                   INTERVAL_MIN_NS, &channel->interval_ns);
}

size_t channels_read(struct yaml_file *file, yaml_node_t *list, struct channel_source **channels)
{
    yaml_node_t *item;
    size_t count = 0;

    *channels = NULL;
    if (!yaml_read_list(file, list, "channels", "- " CHANNEL_EXAMPLE, true)) {
        return 0;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        read_channel(file, item, ARRAY_ADD(*channels, count));
    }
    return count;
}

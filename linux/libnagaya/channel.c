/* SPDX-License-Identifier: Apache-2.0 */
/* Channels: the node "nagaya,channel" has the ranges memory, doorbell pages, and status pages of
 * the peers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "error.h"
#include "nagaya.h"
#include "platform.h"
#include "status.h"

#define PREFIX "nagaya-channel-"

enum {
    MAP_MEMORY = 0,
    MAP_DOORBELLS = 1,
    MAP_STATUS = 2,
};

struct name_list {
    char (*names)[INFO_NAME_SIZE];
    int room;
    int count;
};

static bool collect_name(const char *name, int number, void *context)
{
    struct name_list *list = context;

    (void)number;
    if (strncmp(name, PREFIX, strlen(PREFIX)) == 0 && list->count < list->room) {
        snprintf(list->names[list->count++], INFO_NAME_SIZE, "%s", name + strlen(PREFIX));
    }
    return true;
}

int nagaya_channel_names(char (*names)[INFO_NAME_SIZE], int room)
{
    struct name_list list = {names, room, 0};

    return uio_each(collect_name, &list) ? list.count : -1;
}

static bool fail_without_channel(const char *wanted)
{
    char names[INFO_MAX_CHANNELS][INFO_NAME_SIZE];
    char text[INFO_MAX_CHANNELS * (INFO_NAME_SIZE + 2)] = "";
    int count = nagaya_channel_names(names, INFO_MAX_CHANNELS);

    for (int i = 0; i < count; i++) {
        size_t used = strlen(text);

        snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    if (count > 0) {
        return nagaya_fail("this VM has no channel %s; it has %s", wanted, text);
    }
    return nagaya_fail("this VM has no channel %s, nor any other; channels are given in the "
                       "system's file, and the kernel "
                       "module nagaya_uio must be loaded",
                       wanted);
}

static bool read_peers(struct nagaya_channel *channel)
{
    uint8_t members[4 * INFO_MAX_PEERS];
    char names[INFO_MAX_PEERS * INFO_NAME_SIZE];
    int member_bytes = uio_property(&channel->device, "nagaya,peers", members, sizeof(members));
    int name_bytes = uio_property(&channel->device, "nagaya,peer-names", names, sizeof(names));

    if (member_bytes <= 0 || member_bytes % 4 != 0 || name_bytes <= 0 ||
        names[name_bytes - 1] != '\0') {
        return false;
    }
    channel->peer_count = (uint32_t)member_bytes / 4;
    for (uint32_t i = 0, at = 0; i < channel->peer_count; i++) {
        if (at >= (uint32_t)name_bytes) {
            return false;
        }
        channel->peers[i].member = members[4 * i + 3];
        snprintf(channel->peers[i].vm, INFO_NAME_SIZE, "%s", names + at);
        at += (uint32_t)strlen(names + at) + 1;
    }
    return channel->device.sizes[MAP_DOORBELLS] >= channel->peer_count * (size_t)PLAN_PAGE_SIZE &&
           channel->device.sizes[MAP_STATUS] >= channel->peer_count * (size_t)PLAN_PAGE_SIZE;
}

static bool read_node(struct nagaya_channel *channel)
{
    char nothing[1];

    if (!uio_cell(&channel->device, "nagaya,member", &channel->member)) {
        return false;
    }
    if (!read_peers(channel)) {
        return nagaya_fail(
            "the device tree's node of channel %s does not describe its peers as it should",
            channel->name);
    }
    channel->writable =
        uio_property(&channel->device, "nagaya,read-only", nothing, sizeof(nothing)) < 0;
    return true;
}

bool nagaya_channel_open(const char *name, struct nagaya_channel *channel)
{
    char device[UIO_NAME_SIZE];

    *channel = (struct nagaya_channel){.device.fd = -1};
    snprintf(channel->name, sizeof(channel->name), "%s", name);
    snprintf(device, sizeof(device), PREFIX "%s", channel->name);
    switch (uio_open(device, &channel->device)) {
    case UIO_NO_SUCH_DEVICE:
        return fail_without_channel(name);
    case UIO_FAILED:
        return false;
    case UIO_OPEN:
        break;
    }
    if (read_node(channel)) {
        channel->memory = uio_map(&channel->device, MAP_MEMORY, channel->writable);
        channel->memory_size = channel->device.sizes[MAP_MEMORY];
        if (channel->memory != NULL && uio_map(&channel->device, MAP_DOORBELLS, true) != NULL &&
            uio_map(&channel->device, MAP_STATUS, false) != NULL) {
            return true;
        }
    }
    nagaya_channel_close(channel);
    return false;
}

void nagaya_channel_close(struct nagaya_channel *channel)
{
    uio_close(&channel->device);
}

bool nagaya_channel_lock(struct nagaya_channel *channel)
{
    if (flock(channel->device.fd, LOCK_EX | LOCK_NB) == 0) {
        return true;
    }
    if (errno == EWOULDBLOCK) {
        return nagaya_fail("channel %s is in use by another process here; its message rings have "
                           "room for one user in each "
                           "VM, so wait for that process to end, or end it (fuser /dev/uio%d)",
                           channel->name, channel->device.number);
    }
    return nagaya_fail("channel %s can't be locked: %s", channel->name, strerror(errno));
}

void nagaya_channel_ring(const struct nagaya_channel *channel, uint32_t peer)
{
    uint8_t *doorbells = channel->device.maps[MAP_DOORBELLS];

    if (peer < channel->peer_count) {
        platform_store((volatile uint32_t *)(void *)(doorbells + peer * (size_t)PLAN_PAGE_SIZE), 1);
    }
}

enum nagaya_wait nagaya_channel_wait(struct nagaya_channel *channel, int timeout_ms)
{
    enum nagaya_wait result = (enum nagaya_wait)uio_wait(&channel->device, timeout_ms);

    if (result == NAGAYA_WAIT_FAILED) {
        nagaya_fail("waiting for the doorbell of channel %s failed: %s", channel->name,
                    strerror(errno));
    }
    return result;
}

struct vm_status nagaya_channel_status(const struct nagaya_channel *channel, uint32_t peer)
{
    const uint8_t *pages = channel->device.maps[MAP_STATUS];

    return peer < channel->peer_count ? status_read(pages + peer * (size_t)PLAN_PAGE_SIZE)
                                      : (struct vm_status){0};
}

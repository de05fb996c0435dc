/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what a VM can read of itself and of its channels (image_write_info.h). */
#include "image_write_info.h"

#include <stdio.h>
#include <string.h>

#include "arithmetic.h"
#include "channel_doorbells.h"
#include "info.h"
#include "memory.h"

static void channel_set(const struct plan_input *input, uint32_t index, uint32_t number,
                        struct info_channel *info)
{
    const struct channel *channel = &input->system->channels[index];
    const struct channel_layout *layout = &input->layout->channels[index];

    *info = (struct info_channel){
        .memory = layout->ipa[number],
        .memory_size = channel->size,
        .interval = channel->interval_ns,
        .interrupt = channel->members[number].intid,
        .flags = channel->members[number].write ? INFO_CHANNEL_WRITE : 0,
        .member = number,
    };
    snprintf(info->name, sizeof(info->name), "%s", channel->name);
}

static void peer_add(const struct plan_input *input, uint32_t vm, const struct channel_way *way,
                     uint32_t doorbell, struct info_channel *info)
{
    const struct channel *channel = &input->system->channels[way->channel];
    struct info_peer *peer = &info->peers[info->peer_count];

    *peer = (struct info_peer){
        .doorbell = input->layout->vms[vm].doorbell_ipa + doorbell * PAGE_SIZE,
        .status = input->layout->channels[way->channel].status_ipa[way->from] +
                  info->peer_count * PAGE_SIZE,
        .member = way->to,
        .number = doorbell,
    };
    snprintf(peer->vm, sizeof(peer->vm), "%s",
             input->system->vms[channel->members[way->to].vm].name);
    info->peer_count++;
}

/* A way is at its place: by channel, then by peer. */
static void channels_set(const struct plan_input *input, uint32_t vm, struct info_page *page)
{
    struct channel_way *ways;
    size_t count = channel_ways(input->system, vm, &ways);

    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || ways[i].channel != ways[i - 1].channel) {
            channel_set(input, ways[i].channel, ways[i].from,
                        &page->channels[page->channel_count++]);
        }
        peer_add(input, vm, &ways[i], i, &page->channels[page->channel_count - 1]);
    }
}

void info_add(const struct plan_input *input, size_t vm, struct pieces *pieces)
{
    const struct vm *asked = &input->system->vms[vm];
    uint8_t *page = memory_new(1, PAGE_SIZE);
    struct info_page info = {
        .magic = INFO_MAGIC,
        .version = INFO_VERSION,
        .vm = (uint32_t)vm,
        .vcpu_count = (uint32_t)asked->cpu_count,
        .watchdog = input->layout->vms[vm].watchdog_ipa,
        .watchdog_period = asked->watchdog_period_ns,
    };

    snprintf(info.name, sizeof(info.name), "%s", asked->name);
    for (size_t i = 0; i < asked->cpu_count && i < INFO_MAX_VCPUS; i++) {
        info.vcpus[i] = (struct info_vcpu){.mpidr = vm_vcpu_mpidr(input->system, asked, i),
                                           .cpu = asked->cpus[i]};
    }
    channels_set(input, (uint32_t)vm, &info);
    memcpy(page, &info, sizeof(info));
    piece_add_sparse(pieces, input->layout->vms[vm].info_pa, page, PAGE_SIZE, PF_R | PF_W);
}

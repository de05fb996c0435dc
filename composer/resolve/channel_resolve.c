/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the channels with the VMs and with each other, and gives them interrupts
 * (channel_read.h). */
#include <assert.h>
#include <string.h>

#include "board_read.h"
#include "channel_resolve.h"
#include "channel_doorbells.h"
#include "diagnostics.h"
#include "info.h"
#include "memory.h"

static_assert(CHANNEL_MAX_MEMBERS == INFO_MAX_PEERS + 1, "an info page has room for all peers");

static void resolve_members(const struct system *system, const struct channel_source *source,
                            struct channel *channel)
{
    bool writes = false;

    for (size_t i = 0; i < source->member_count; i++) {
        const struct channel_member_source *member = &source->members[i];
        uint32_t vm = name_find_vm(system, "between", member->vm);

        writes |= member->write;
        if (vm == PLAN_NONE) {
            continue;
        }
        if (channel_member_number(channel, vm) != CHANNEL_NOBODY) {
            error(member->vm.location, "between: vm %s is in the list twice; remove one",
                  member->vm.text);
            continue;
        }
        channel->members[channel->member_count++] = (struct channel_member){
            .location = member->vm.location, .vm = vm, .write = member->write};
    }
    if (source->member_count > 1 && !writes) {
        error(
            source->between,
            "between: all of them are read-only, so nobody could write; leave access out for one");
    }
}

static void check_names(const struct system *system)
{
    for (size_t i = 0; i < system->channel_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct channel *channel = &system->channels[i];

            if (strcmp(channel->name, system->channels[j].name) == 0 &&
                strcmp(channel->name, NAME_UNKNOWN) != 0) {
                error(channel->location,
                      "name: there is a channel %s already (line %d); rename one", channel->name,
                      system->channels[j].location.line);
                break;
            }
        }
    }
}

/* Each VM's info page, and the hypervisor's rate limiters, have room for so many. */
static void check_counts(const struct system *system)
{
    size_t counts[PLAN_MAX_VMS] = {0};

    for (size_t i = 0; i < system->channel_count; i++) {
        for (size_t j = 0; j < system->channels[i].member_count; j++) {
            const struct channel_member *member = &system->channels[i].members[j];

            if (++counts[member->vm] == INFO_MAX_CHANNELS + 1) {
                error(member->location,
                      "between: vm %s has %u channels already, the most that a VM can have; remove "
                      "it",
                      system->vms[member->vm].name, INFO_MAX_CHANNELS);
            }
        }
    }
    if (channel_way_count(system) > PLAN_MAX_DOORBELLS) {
        error((struct source_location){system->file, 0},
              "the channels have %zu doorbells in all, one from each member to each other, at most "
              "%u are possible; "
              "use fewer channels or members",
              channel_way_count(system), PLAN_MAX_DOORBELLS);
    }
}

/* The next SPI below @next that nobody has; below PLAN_FIRST_SPI: there is none. */
static uint32_t next_interrupt(uint32_t next, const bool *used)
{
    do {
        next--;
    } while (next >= PLAN_FIRST_SPI && used[next]);
    return next;
}

static uint32_t spi_count(const struct board *board)
{
    return (board->intid_count < PLAN_INTID_END ? board->intid_count : PLAN_INTID_END) -
           PLAN_FIRST_SPI;
}

/* What tells the manager has the number behind those of the channels'. */
static void choose_manager_interrupt(struct system *system, uint32_t next, const bool *used)
{
    for (size_t i = 0; i < system->vm_count; i++) {
        if (!system->vms[i].manager) {
            continue;
        }
        system->manager_intid = next_interrupt(next, used);
        if (system->manager_intid < PLAN_FIRST_SPI) {
            error(system->vms[i].location,
                  "board %s has no interrupt left that could tell the manager of lost VMs: all %u "
                  "are devices' or "
                  "doorbells'; use fewer channels or members",
                  system->board.name, spi_count(&system->board));
        }
        return;
    }
}

/* From the highest number down: boards count their devices' up. */
static void choose_interrupts(struct system *system)
{
    bool used[PLAN_MAX_INTIDS] = {false};
    uint32_t next = system->board.intid_count;

    board_interrupts_used(&system->board, used);
    for (size_t i = 0; i < system->channel_count; i++) {
        for (size_t j = 0; j < system->channels[i].member_count; j++) {
            next = next_interrupt(next, used);
            if (next < PLAN_FIRST_SPI) {
                error(system->channels[i].location,
                      "board %s has no interrupt left for the doorbells of channel %s: all %u are "
                      "devices' or other "
                      "doorbells'; use fewer channels or members",
                      system->board.name, system->channels[i].name, spi_count(&system->board));
                return;
            }
            system->channels[i].members[j].intid = next;
        }
    }
    choose_manager_interrupt(system, next, used);
}

void channels_resolve(struct system *system, const struct channel_source *channels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct channel *channel = ARRAY_ADD(system->channels, system->channel_count);

        *channel = channels[i].channel;
        resolve_members(system, &channels[i], channel);
    }
    check_names(system);
    check_counts(system);
    choose_interrupts(system);
}

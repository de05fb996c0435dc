/* SPDX-License-Identifier: Apache-2.0 */
/* Makes systems by hand, as the front end would have read them (back.h). */
#include <stdio.h>
#include <string.h>

#include "back.h"
#include "memory.h"

#define CPUS    4U
#define DEVICES 6U

/* A board with devices of every shape: a page, less than a page and two in one page, several
 * pages, DMA. */
void system_start(struct system *system, uint64_t ram)
{
    static const struct {
        const char *name;
        struct range registers;
        uint32_t intid;
        bool edge, dma, gic;
    } devices[DEVICES] = {
        {"uart", {0x9000000, 0x1000}, 33, false, false, false},
        {"timer", {0x9010000, 0x200}, 34, true, false, false},
        {"twin", {0x9010200, 0x200}, 35, false, false, false},
        {"codec", {0x9020800, 0x3000}, 50, true, false, false},
        {"dma", {0xa000000, 0x200000}, 70, false, true, false},
        {"gic", {0x8000000, 0x10000}, 0, false, false, true},
    };
    struct board *board = &system->board;

    *system = (struct system){.file = "test.yaml"};
    board->name = "test";
    board->conduit = PLAN_CONDUIT_SMC;
    board->cpu_count = CPUS;
    for (uint32_t i = 0; i < CPUS; i++) {
        board->cpus[i] = (struct board_cpu){.mpidr = i, .redistributor = i};
    }
    board->ram = memory_new(1, sizeof(*board->ram));
    board->ram[0] = range_of(0x40000000, ram);
    board->ram_count = 1;
    board->gicd_pa = 0x8000000;
    board->gic_version = 3;
    board->gic_frames[0] = (struct board_frame){"gic distributor", {0x8000000, 0x10000}};
    board->gic_frames[1] = (struct board_frame){"gic redistributors", {0x80a0000, CPUS * 0x20000}};
    board->gic_frame_count = 2;
    board->gicr = range_of(0x80a0000, CPUS * 0x20000);
    board->gicr_stride = 0x20000;
    board->intid_count = 288;
    board->maintenance_intid = 25;
    memcpy(board->timer_intids, (uint32_t[]){29, 30, 27, 26}, sizeof(board->timer_intids));

    board->devices = memory_new(DEVICES, sizeof(*board->devices));
    board->device_count = DEVICES;
    for (size_t i = 0; i < DEVICES; i++) {
        struct board_device *device = &board->devices[i];
        *device = (struct board_device){
            .name = devices[i].name,
            .path = devices[i].name,
            .regs = memory_new(1, sizeof(*device->regs)),
            .reg_count = 1,
            .intids = memory_new(1, sizeof(*device->intids)),
            .edge = memory_new(1, sizeof(*device->edge)),
            .intid_count = devices[i].intid != 0,
            .dma = devices[i].dma,
            .interrupt_controller = devices[i].gic,
            .owner = PLAN_NONE,
        };
        device->regs[0] = devices[i].registers;
        device->intids[0] = devices[i].intid;
        device->edge[0] = devices[i].edge;
    }
}

void system_take_gicv2(struct system *system)
{
    static const struct board_frame frames[] = {
        {"gic distributor", {0x8001000, 0x1000}},
        {"gic cpu interface", {0x8002000, 0x2000}},
        {"gic virtual interface control", {0x8004000, 0x2000}},
        {"gic virtual cpu interface", {0x8006000, 0x2000}},
    };
    struct board *board = &system->board;

    board->gic_version = 2;
    memcpy(board->gic_frames, frames, sizeof(frames));
    board->gic_frame_count = COUNT_OF(frames);
    board->gicd_pa = 0x8001000;
    board->gicc_pa = 0x8002000;
    board->gich_pa = 0x8004000;
    board->gicv_pa = 0x8006000;
    board->gicr = range_of(0, 0);
    board->gicr_stride = 0;
    for (uint32_t i = 0; i < CPUS; i++) {
        board->cpus[i].interface = CPUS - 1 - i;
    }
}

static const char *raw_image(void)
{
    static const char *path;
    uint8_t bytes[0x2000];

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 13 + 5);
    }
    if (path == NULL) {
        path = file_of(bytes, sizeof(bytes));
    }
    return path;
}

struct vm *system_add_vm(struct system *system, const char *name, uint32_t cpu, uint64_t memory)
{
    struct vm *vm = &system->vms[system->vm_count++];
    int line = (int)(system->vm_count * 10);

    *vm = (struct vm){
        .location = {system->file, line},
        .name = name,
        .cpus = memory_new(CPUS, sizeof(*vm->cpus)),
        .cpu_count = 1,
        .memory = memory_new(4, sizeof(*vm->memory)),
        .memory_count = 1,
        .image = raw_image(),
        .image_location = {system->file, line + 1},
        .initrd_location = {system->file, line + 2},
        .load_at = ADDRESS_UNSET,
        .entry = ADDRESS_UNSET,
        .dtb_at = ADDRESS_UNSET,
        .devices = memory_new(DEVICES, sizeof(*vm->devices)),
    };
    vm->cpus[0] = cpu;
    vm->memory[0] = (struct vm_memory){
        .size = memory, .at = ADDRESS_UNSET, .location = {system->file, line + 3}};
    return vm;
}

void vm_take_device(struct system *system, struct vm *vm, uint32_t device)
{
    vm->devices[vm->device_count++] = device;
    system->board.devices[device].owner = (uint32_t)(vm - system->vms);
}

unsigned random_below(unsigned *seed, unsigned limit)
{
    *seed = *seed * 1664525U +
            1013904223U; /* Numerical Recipes' generator: the same numbers everywhere */
    return (*seed >> 8) % limit;
}

/* Lets two VMs share a CPU of the first one's. */
static void share_cpu(struct system *system, struct vm *owner, struct vm *guest)
{
    struct core *core = &system->cores[owner->cpus[0]];

    guest->cpus[guest->cpu_count++] = owner->cpus[0];
    owner->delivery = guest->delivery = PLAN_DELIVERY_VIRTUAL;
    owner->affinity = guest->affinity = PLAN_AFFINITY_VIRTUAL;
    *core =
        (struct core){.location = owner->location, .policy = PLAN_POLICY_EDF, .policy_name = "edf"};
}

/* Any two or three VMs of the system. */
static void join(struct system *system, struct channel *channel, unsigned *seed,
                 uint32_t *next_intid)
{
    uint32_t first = random_below(seed, (unsigned)system->vm_count);

    *channel =
        (struct channel){.location = system->vms[0].location,
                         .size = PAGE_SIZE << random_below(seed, 11),
                         .interval_ns = random_below(seed, 2) * 1000000,
                         .member_count = 2 + random_below(seed, (unsigned)system->vm_count - 1)};
    for (uint32_t i = 0; i < channel->member_count; i++) {
        channel->members[i] =
            (struct channel_member){.location = channel->location,
                                    .vm = (first + i) % (uint32_t)system->vm_count,
                                    .write = i == 0 || random_below(seed, 2) == 0,
                                    .intid = (*next_intid)--};
    }
}

void system_live_together(struct system *system, unsigned *seed)
{
    struct vm *vms = system->vms;
    uint32_t next_intid = 287;

    system->channel_count = system->vm_count < 2 ? 0 : random_below(seed, 4);
    system->channels = memory_new(system->channel_count, sizeof(*system->channels));
    for (size_t i = 0; i < system->channel_count; i++) {
        join(system, &system->channels[i], seed, &next_intid);
        system->channels[i].name = text_format("channel%zu", i);
    }
    vms[0].manager = random_below(seed, 2) == 0;
    system->manager_intid = vms[0].manager ? next_intid : 0;
    for (size_t i = 1; i < system->vm_count; i++) {
        vms[i].reload = vms[0].manager && random_below(seed, 2) == 0
                            ? PAGE_SIZE << (2 + random_below(seed, 3))
                            : 0;
        bool apart = vms[i].cpus[vms[i].cpu_count - 1] != vms[0].cpus[0];
        if (!apart || random_below(seed, 2) == 0) {
            continue;
        }
        vms[0].delivery = PLAN_DELIVERY_VIRTUAL;
        vms[0].affinity = PLAN_AFFINITY_VIRTUAL;
        vms[i].watchdog_action = PLAN_WATCHDOG_RESTART;
        vms[i].watchdog_period_ns = vms[i].watchdog_first_ns = 50000000;
        vms[i].watcher = vms[0].cpus[0];
    }
}

void system_random(struct system *system, unsigned *seed)
{
    static const char *const names[] = {"first", "second", "third"};
    unsigned vms = 1 + random_below(seed, 3);
    unsigned next_cpu = 0;

    system_start(system, 24ULL << 30);
    for (unsigned i = 0; i < vms; i++) {
        struct vm *vm = system_add_vm(system, names[i], next_cpu++, 0);
        if (random_below(seed, 3) == 0 && next_cpu + vms - i - 1 < CPUS) {
            vm->cpus[vm->cpu_count++] = next_cpu++;
        }
        vm->memory_count = 1 + random_below(seed, 3);
        bool moved = false;
        uint64_t at = 0x40000000 + (uint64_t)random_below(seed, 1024) * PAGE_SIZE;
        for (size_t j = 0; j < vm->memory_count; j++) {
            static const uint64_t units[] = {PAGE_SIZE, BLOCK_SIZE, 64 * MB, GIGA_SIZE};
            static const unsigned limits[] = {1200, 200, 20, 2};
            unsigned kind = random_below(seed, 4);
            uint64_t size = units[kind] * (1 + random_below(seed, limits[kind]));
            vm->memory[j] = (struct vm_memory){.size = kind == 0 ? size + 0x20000 : size,
                                               .at = ADDRESS_UNSET,
                                               .location = vm->location};
            vm->memory[j].rom = j != 0 && random_below(seed, 4) == 0;
            vm->memory[j].read_only = vm->memory[j].rom && random_below(seed, 2) == 0;
            if (random_below(seed, 2) == 0) {
                vm->memory[j].at = at;
                moved = true;
                at += vm->memory[j].size + (uint64_t)random_below(seed, 3) * 0x123000;
            }
        }
        for (uint32_t device = i; device < 5; device += 3 + random_below(seed, 2)) {
            /* A device that does DMA would miss RAM that its VM sees elsewhere. */
            bool misses = moved && system->board.devices[device].dma;
            if (device != 1 && device != 2 && !misses &&
                system->board.devices[device].owner == PLAN_NONE) {
                vm_take_device(system, vm, device);
            }
        }
    }
    if (vms > 1 && random_below(seed, 2) == 0) {
        share_cpu(system, &system->vms[0], &system->vms[1]);
    }
    system_live_together(system, seed);
}

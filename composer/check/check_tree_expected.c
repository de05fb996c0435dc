/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what a VM's device tree must say by the plan alone (check_tree.h). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_tree.h"
#include "check_context.h"
#include "info.h"
#include "plan_gic.h"

#define ROOM_LEAST   0x10000U
#define ROOM_A_RANGE 256U /* more than a node of memory takes */
#define NAME_ROOM    64
#define CELLS_MAX    16

/** A tree that is being written; libfdt keeps in it whether an error occurred. */
struct writer {
    const struct check *check;
    uint32_t vm;
    const void *seen; /* the VM's own tree: for what only the board knows, such as its phandles */
    void *tree;
    bool good;
};

static void begin(struct writer *writer, const char *what, uint64_t address)
{
    char name[NAME_ROOM];
    snprintf(name, sizeof(name), "%s@%" PRIx64, what, address);
    writer->good = writer->good && fdt_begin_node(writer->tree, name) == 0;
}

static void end(struct writer *writer)
{
    writer->good = writer->good && fdt_end_node(writer->tree) == 0;
}

static void put(struct writer *writer, const char *name, const void *bytes, size_t size)
{
    writer->good = writer->good && fdt_property(writer->tree, name, bytes, (int)size) == 0;
}

static void put_text(struct writer *writer, const char *name, const char *text)
{
    put(writer, name, text, strlen(text) + 1);
}

static void put_word(struct writer *writer, const char *name, uint32_t value)
{
    writer->good = writer->good && fdt_property_u32(writer->tree, name, value) == 0;
}

/* Pairs of address and size. */
static void put_ranges(struct writer *writer, const uint64_t *numbers, size_t count)
{
    fdt64_t cells[CELLS_MAX];
    for (size_t i = 0; i < count && i < CELLS_MAX; i++) {
        cells[i] = cpu_to_fdt64(numbers[i]);
    }
    put(writer, "reg", cells, count * sizeof(cells[0]));
}

/* As many cells as the controller wants; what the further ones say is about PPIs. */
static void put_spi(struct writer *writer, uint32_t intid)
{
    /* 1: rising edge */
    fdt32_t cells[CELLS_MAX] = {0, cpu_to_fdt32(intid - PLAN_FIRST_SPI), cpu_to_fdt32(1)};
    uint32_t count = tree_word(writer->seen, tree_controller(writer->seen), "#interrupt-cells", 3);
    put(writer, "interrupts", cells,
        (count >= 3 && count <= CELLS_MAX ? count : 3) * sizeof(cells[0]));
}

static void put_cpus(struct writer *writer)
{
    const struct plan_vm *vm = &writer->check->view.plan.vms[writer->vm];
    const struct plan_vcpu *vcpus = &writer->check->view.plan.vcpus[vm->first_vcpu];
    uint32_t cells = 1;
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        cells = vcpus[i].mpidr > UINT32_MAX ? 2 : cells;
    }
    writer->good = writer->good && fdt_begin_node(writer->tree, "cpus") == 0;
    put_word(writer, "#address-cells", cells);
    put_word(writer, "#size-cells", 0);
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        fdt64_t mpidr = cpu_to_fdt64(vcpus[i].mpidr);
        begin(writer, "cpu", vcpus[i].mpidr);
        put_text(writer, "device_type", "cpu");
        put(writer, "reg", (const uint8_t *)&mpidr + (cells == 2 ? 0 : 4), 4 * (size_t)cells);
        put_text(writer, "enable-method", "psci");
        end(writer);
    }
    end(writer);
}

static void put_machine(struct writer *writer)
{
    static const char psci[] = "arm,psci-1.0\0arm,psci-0.2";
    const struct plan_view *plan = &writer->check->view.plan;
    const struct plan_vm *vm = &plan->vms[writer->vm];
    writer->good = writer->good && fdt_begin_node(writer->tree, "psci") == 0;
    put(writer, "compatible", psci, sizeof(psci));
    put_text(writer, "method", "hvc");
    end(writer);
    const struct plan_memory *memory = plan_view_memory(&writer->check->view.plan, writer->vm);
    for (uint32_t i = 0; i < vm->memory.count; i++) {
        if (image_view_is_ram(&writer->check->view, writer->vm, &memory[i]) &&
            (memory[i].flags & PLAN_MEMORY_ROM) == 0) {
            begin(writer, "memory", memory[i].ipa);
            put_text(writer, "device_type", "memory");
            put_ranges(writer, (const uint64_t[]){memory[i].ipa, memory[i].size}, 2);
            end(writer);
        }
    }
    int controller = tree_controller(writer->seen);
    begin(writer, "intc", vm->gicd_ipa);
    put_text(writer, "compatible", plan_has_gicv2(plan->plan) ? "arm,gic-400" : "arm,gic-v3");
    put(writer, "interrupt-controller", NULL, 0);
    put_word(writer, "#address-cells", 0);
    put_word(writer, "#interrupt-cells",
             tree_word(writer->seen, controller, "#interrupt-cells", 3));
    uint64_t rest_size;
    uint64_t rest = plan_gic_rest(plan, writer->vm, &rest_size);
    put_ranges(writer,
               (const uint64_t[]){vm->gicd_ipa, plan_gicd_size(plan->plan), rest, rest_size}, 4);
    put_word(writer, "phandle", tree_word(writer->seen, controller, "phandle", 1));
    end(writer);
    begin(writer, "hypervisor", vm->info_ipa);
    put_text(writer, "compatible", INFO_COMPATIBLE);
    put_ranges(writer, (const uint64_t[]){vm->info_ipa, PLAN_PAGE_SIZE}, 2);
    end(writer);
}

static void put_channel(struct writer *writer, uint32_t channel, uint32_t own)
{
    const struct plan_view *plan = &writer->check->view.plan;
    const struct plan_channel *plan_channel = &plan->channels[channel];
    const struct plan_member *members = plan_view_members(plan, channel);
    uint32_t peers = plan_channel->members.count - 1;
    fdt32_t numbers[PLAN_MAX_MEMBERS];
    char names[PLAN_MAX_MEMBERS * PLAN_NAME_SIZE];
    size_t size = 0;
    for (uint32_t i = 0; i < peers; i++) {
        numbers[i] = cpu_to_fdt32(plan_peer(own, i));
        size += (size_t)snprintf(names + size, sizeof(names) - size, "%s",
                                 plan->vms[members[plan_peer(own, i)].vm].name) +
                1;
    }
    begin(writer, "channel", members[own].ipa);
    put_text(writer, "compatible", "nagaya,channel");
    put_text(writer, "label", plan_channel->name);
    put_ranges(writer,
               (const uint64_t[]){members[own].ipa, plan_channel->size,
                                  plan->vms[writer->vm].doorbell_ipa +
                                      (uint64_t)members[own].doorbell * PLAN_PAGE_SIZE,
                                  (uint64_t)peers * PLAN_PAGE_SIZE, members[own].status,
                                  (uint64_t)peers * PLAN_PAGE_SIZE},
               6);
    put_spi(writer, members[own].intid);
    put_word(writer, "nagaya,member", own);
    put(writer, "nagaya,peers", numbers, peers * sizeof(numbers[0]));
    put(writer, "nagaya,peer-names", names, size);
    if ((members[own].flags & PLAN_MEMORY_WRITE) == 0) {
        put(writer, "nagaya,read-only", NULL, 0);
    }
    end(writer);
}

/* The first range of the manager's that begins at @pa. */
static const struct plan_memory *range_from(const struct writer *writer, uint64_t pa,
                                            uint64_t least)
{
    static const struct plan_memory none;
    const struct plan_memory *memory = plan_view_memory(&writer->check->view.plan, writer->vm);
    for (uint32_t i = 0; i < writer->check->view.plan.vms[writer->vm].memory.count; i++) {
        if (memory[i].pa == pa && memory[i].size >= least) {
            return &memory[i];
        }
    }
    return &none;
}

/* The range of the stores; where each VM's lies in it. */
static const struct plan_memory *put_stores(struct writer *writer, fdt32_t cells[3 * PLAN_MAX_VMS],
                                            size_t *count)
{
    const struct plan_memory *memory = plan_view_memory(&writer->check->view.plan, writer->vm);
    for (uint32_t i = 0; i < writer->check->view.plan.vms[writer->vm].memory.count; i++) {
        const struct mapping range = {
            .address = memory[i].ipa, .pa = memory[i].pa, .size = memory[i].size};
        *count = 0;
        for (uint64_t done = 0; done < range.size;) {
            struct zone_piece piece = zone_piece_at(&writer->check->view, &range, done);
            if (piece.zone != NULL && zone_kind(piece.zone) == ZONE_COPY &&
                *count + 3 <= (size_t)3 * PLAN_MAX_VMS) {
                cells[(*count)++] = cpu_to_fdt32(zone_index(piece.zone));
                cells[(*count)++] = cpu_to_fdt32((uint32_t)done);
                cells[(*count)++] = cpu_to_fdt32((uint32_t)piece.mapping.size);
            }
            done += piece.mapping.size;
        }
        if (*count != 0) {
            return &memory[i];
        }
    }
    return NULL;
}

static void put_manager(struct writer *writer)
{
    const struct plan_view *plan = &writer->check->view.plan;
    const struct plan_hypervisor *hypervisor = &plan->plan->hypervisor;
    const struct plan_memory *observed =
        range_from(writer, hypervisor->status_pa, 2 * PLAN_PAGE_SIZE);
    const struct plan_memory *shown = range_from(writer, plan->pa, PLAN_PAGE_SIZE);
    fdt32_t cells[3 * PLAN_MAX_VMS];
    size_t count = 0;
    const struct plan_memory *stores = put_stores(writer, cells, &count);
    uint64_t command = plan->vms[writer->vm].command_ipa;
    begin(writer, "manager", command);
    put_text(writer, "compatible", "nagaya,manager");
    put_ranges(writer,
               (const uint64_t[]){command, PLAN_PAGE_SIZE, observed->ipa, observed->size,
                                  shown->ipa, shown->size, stores != NULL ? stores->ipa : 0,
                                  stores != NULL ? stores->size : 0},
               stores != NULL ? 8 : 6);
    put_spi(writer, plan->plan->manager_intid);
    put_word(writer, "nagaya,stats-offset",
             (uint32_t)(hypervisor->stats_pa - hypervisor->status_pa));
    put_word(writer, "nagaya,log-offset", (uint32_t)(hypervisor->log_pa - hypervisor->status_pa));
    if (stores != NULL) {
        put(writer, "nagaya,stores", cells, count * sizeof(cells[0]));
    }
    end(writer);
}

static void put_shared(struct writer *writer)
{
    const struct plan_view *plan = &writer->check->view.plan;
    const struct plan_vm *vm = &plan->vms[writer->vm];
    for (uint32_t channel = 0; channel < plan->channel_count; channel++) {
        uint32_t own = plan_view_member_number(plan, channel, writer->vm);
        if (own != PLAN_NONE) {
            put_channel(writer, channel, own);
        }
    }
    if (vm->command_ipa != 0) {
        put_manager(writer);
    }
    if (vm->watchdog.action != PLAN_WATCHDOG_NONE) {
        fdt64_t period = cpu_to_fdt64(vm->watchdog.period_ns);
        begin(writer, "watchdog", vm->watchdog.page_ipa);
        put_text(writer, "compatible", "nagaya,watchdog");
        put_ranges(writer, (const uint64_t[]){vm->watchdog.page_ipa, PLAN_PAGE_SIZE}, 2);
        put(writer, "nagaya,period-ns", &period, sizeof(period));
        end(writer);
    }
}

void *check_tree_expected(const struct check *check, uint32_t vm)
{
    uint32_t room = ROOM_LEAST + ROOM_A_RANGE * check->view.plan.vms[vm].memory.count;
    struct writer writer = {
        .check = check, .vm = vm, .seen = check->trees[vm], .tree = memory_or_exit(NULL, 1, room)};
    char model[NAME_ROOM];
    writer.good = fdt_create(writer.tree, (int)room) == 0 &&
                  fdt_finish_reservemap(writer.tree) == 0 && fdt_begin_node(writer.tree, "") == 0;
    snprintf(model, sizeof(model), "Nagaya VM %.32s", check->view.plan.vms[vm].name);
    put_text(&writer, "compatible", "nagaya,vm");
    put_text(&writer, "model", model);
    put_word(&writer, "#address-cells", 2);
    put_word(&writer, "#size-cells", 2);
    put_word(&writer, "interrupt-parent",
             tree_word(writer.seen, tree_controller(writer.seen), "phandle", 1));
    put_cpus(&writer);
    put_machine(&writer);
    put_shared(&writer);
    end(&writer);
    if (!writer.good || fdt_finish(writer.tree) != 0) {
        fputs("nagaya: out of memory\n", stderr);
        exit(2);
    }
    return writer.tree;
}

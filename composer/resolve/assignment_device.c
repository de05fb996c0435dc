/* SPDX-License-Identifier: Apache-2.0 */
/* From the user's name of a device to one that can be given away, or to a message that says why
 * not. */
#include "assignments.h"

#include <string.h>

#include "arithmetic.h"
#include "board_read.h"
#include "diagnostics.h"
#include "memory.h"
#include "suggest.h"
#include "tree.h"

static void consider_properties(struct suggestion *nearest, const void *dtb, const char *folder)
{
    int node = fdt_path_offset(dtb, folder);
    int property;

    if (node < 0) {
        return;
    }
    fdt_for_each_property_offset(property, dtb, node)
    {
        const char *name;

        if (fdt_getprop_by_offset(dtb, property, &name, NULL) != NULL) {
            suggest_consider(nearest, name);
        }
    }
}

/* By its path if the user wrote a path; else by its name, without address if that is enough. */
static void consider_node(struct suggestion *nearest, const struct board *board,
                          const struct board_device *device)
{
    const char *name = fdt_get_name(board->dtb, device->node, NULL);
    const char *base = text_format("%.*s", (int)strcspn(name, "@"), name);

    if (nearest->wanted[0] == '/') {
        suggest_consider(nearest, device->path);
    } else {
        suggest_consider(nearest, board_find_node(board, base) >= 0 ? base : name);
    }
}

static const char *nearest_devices(const struct board *board, const char *text)
{
    struct suggestion nearest = {.wanted = text, .keep = SUGGEST_MAX};

    consider_properties(&nearest, board->dtb, "/aliases");
    for (size_t i = 0; i < board->facts->alias_count; i++) {
        suggest_consider(&nearest, board->facts->aliases[i].name);
    }
    consider_properties(&nearest, board->dtb, "/__symbols__");
    for (size_t i = 0; i < board->device_count; i++) {
        consider_node(&nearest, board, &board->devices[i]);
    }
    return suggest_text(&nearest);
}

/* Appends the names of the properties of /aliases, and those of board.yaml. */
static const char *all_aliases(const struct board *board)
{
    int node = fdt_path_offset(board->dtb, "/aliases");
    const char *list = "";
    const char *name;
    int property;

    if (node >= 0) {
        fdt_for_each_property_offset(property, board->dtb, node)
        {
            if (fdt_getprop_by_offset(board->dtb, property, &name, NULL) != NULL) {
                list = text_join(list, ", ", name);
            }
        }
    }
    for (size_t i = 0; i < board->facts->alias_count; i++) {
        list = text_join(list, ", ", board->facts->aliases[i].name);
    }
    return list;
}

static void report_unknown(const struct board *board, struct named named, const char *advice)
{
    const char *aliases = all_aliases(board);

    if (advice == NULL) {
        advice = aliases[0] == '\0'
                     ? "write a label or a path of it"
                     : text_format("write an alias (%s), a label or a path of it", aliases);
    }
    error(named.location, "device %s is not in the device tree of board %s; %s", named.text,
          board->name, advice);
}

static void report_no_device(const struct board *board, struct named named, int node,
                             uint32_t around)
{
    if (!tree_is_enabled(board->dtb, node)) {
        error(named.location, "device %s is disabled in the board's device tree; remove it",
              named.text);
    } else if (around != PLAN_NONE) {
        error(named.location, "device %s is a part of %s; give that one", named.text,
              board->devices[around].name);
    } else {
        error(named.location,
              "device %s has no registers in the CPU's address space, so there is nothing to give; "
              "remove it",
              named.text);
    }
}

uint32_t assignment_resolve(const struct board *board, struct named named)
{
    int node = board_find_node(board, named.text);
    const char *advice = node < 0 ? nearest_devices(board, named.text) : NULL;

    if (node == -FDT_ERR_EXISTS) {
        error(named.location,
              "device %s: several nodes have this name; write one with its address%s%s", named.text,
              advice != NULL ? ", " : "", advice != NULL ? advice : "");
        return PLAN_NONE;
    }
    if (node < 0) {
        report_unknown(board, named, advice);
        return PLAN_NONE;
    }

    uint32_t device = board_device_of(board, node);
    if (device == PLAN_NONE || board->devices[device].node != node) {
        report_no_device(board, named, node, device);
        return PLAN_NONE;
    }
    if (board->devices[device].interrupt_controller) {
        error(
            named.location,
            "device %s is part of the interrupt controller, which the hypervisor keeps; remove it",
            named.text);
        return PLAN_NONE;
    }
    return device;
}

/* PPIs that no VM gets: the GIC's maintenance interrupt, and the timers of EL2 and of the secure
 * world. */
static bool is_kept_intid(const struct board *board, uint32_t intid)
{
    return intid == board->maintenance_intid || intid == board->timer_intids[0] ||
           intid == board->timer_intids[3];
}

static bool is_in_ram(const struct board *board, struct range range)
{
    for (size_t i = 0; i < board->ram_count; i++) {
        if (ranges_overlap(range, board->ram[i])) {
            return true;
        }
    }
    return false;
}

static void check_registers(const struct system *system, const struct assignment *assignment)
{
    const struct board_device *device = &system->board.devices[assignment->device];

    for (size_t i = 0; i < device->reg_count; i++) {
        unsigned long long start = device->regs[i].start;

        if (range_end(device->regs[i]) > ADDRESS_SPACE_END) {
            error(assignment->named.location,
                  "device %s has registers at 0x%llx, above 0x%llx, where guest addresses end; "
                  "remove it",
                  assignment_words(system, assignment), start, ADDRESS_SPACE_END);
        } else if (is_in_ram(&system->board, range_to_pages(device->regs[i]))) {
            error(assignment->named.location,
                  "device %s has registers at 0x%llx, in the board's RAM; remove it",
                  assignment_words(system, assignment), start);
        } else {
            continue;
        }
        return;
    }
}

void assignment_check_device(const struct system *system, const struct assignment *assignment)
{
    const struct board *board = &system->board;
    const struct board_device *device = &board->devices[assignment->device];
    const char *type = fdt_getprop(board->dtb, device->node, "device_type", NULL);
    const char *words = assignment_words(system, assignment);

    check_registers(system, assignment);
    if (device->interrupt_controller) {
        error(assignment->named.location,
              "device %s drags in %s (%s), a part of the interrupt controller, which the "
              "hypervisor keeps; remove it",
              assignment->named.text, device->name, assignment->property);
    }
    if (type != NULL && strcmp(type, "pci") == 0) {
        error(assignment->named.location,
              "device %s is a PCI host bridge, and PCI is not in this version; remove it", words);
    } else if (device->problem != NULL) {
        error(assignment->named.location,
              "device %s: %s; remove it, or correct the board's device tree", words,
              device->problem);
    }
    for (size_t i = 0; i < device->intid_count; i++) {
        if (is_kept_intid(board, device->intids[i])) {
            error(assignment->named.location,
                  "device %s uses interrupt %u, which the hypervisor keeps; remove it", words,
                  device->intids[i]);
        }
        if (device->intids[i] >= board->intid_count) {
            error(assignment->named.location,
                  "device %s uses interrupt %u, but by %s the board has only %u; correct that "
                  "file",
                  words, device->intids[i], board->facts->file, board->intid_count);
        }
    }
}

static const struct board_console *console_kind(const struct board *board, int node)
{
    for (size_t i = 0; i < board->facts->console_count; i++) {
        if (fdt_node_check_compatible(board->dtb, node, board->facts->consoles[i].compatible) ==
            0) {
            return &board->facts->consoles[i];
        }
    }
    return NULL;
}

void assignment_console(struct system *system, const struct assignment *assignment)
{
    const struct board *board = &system->board;
    const struct board_device *device = &board->devices[assignment->device];
    const struct board_console *kind = console_kind(board, device->node);
    uint32_t offset = (uint32_t)(device->regs[0].start % PLAN_PAGE_SIZE);

    if (kind == NULL) {
        error(assignment->named.location,
              "console: %s does not say how device %s is polled (key consoles); choose another",
              board->facts->file, assignment->named.text);
        return;
    }
    if (offset + kind->data >= PLAN_PAGE_SIZE || offset + kind->status >= PLAN_PAGE_SIZE) {
        error(assignment->named.location,
              "console: the registers of device %s go beyond one page; choose another",
              assignment->named.text);
        return;
    }
    system->has_console = true;
    system->console = (struct plan_console){
        .pa = device->regs[0].start - offset,
        .data_offset = offset + kind->data,
        .status_offset = offset + kind->status,
        .busy_mask = kind->busy,
        .present = 1,
    };
}

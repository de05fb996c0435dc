/* SPDX-License-Identifier: Apache-2.0 */
/* nagaya show: the command, and what text and JSON have in common. */
#include "show.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "check_program.h"
#include "show_parts.h"
#include "zones.h"

static const char usage[] =
    "usage: nagaya show [--json] IMAGE\n"
    "Shows what is in a finished image: memory map, VMs, cores, interrupts, devices, sizes.\n"
    "  -j, --json   as JSON, for programs\n"
    "  -h, --help   print this\n"
    "Exit status: 0 shown, 1 it is no image that can be shown, 2 the file can't be read.\n";

const char *show_level_text(uint32_t level)
{
    return level == PLAN_LEVEL_HARD ? "hard" : level == PLAN_LEVEL_SOFT ? "soft" : "best-effort";
}

const char *show_delivery_text(uint32_t delivery)
{
    return delivery == PLAN_DELIVERY_DIRECT    ? "direct"
           : delivery == PLAN_DELIVERY_CHECKED ? "direct-checked"
                                               : "virtual";
}

const char *show_fault_action_text(uint32_t fault_action)
{
    return fault_action == PLAN_FAULT_STOP      ? "stop"
           : fault_action == PLAN_FAULT_RESTART ? "restart"
                                                : "inject";
}

const char *show_engine_fault_text(uint32_t engine_fault)
{
    return engine_fault == PLAN_ENGINE_FAULT_RESET ? "reset" : "stop-core";
}

const char *show_memory_kind(const struct image_view *view, uint32_t vm,
                             const struct plan_memory *memory)
{
    static const char *const kinds[] = {
        [ZONE_CHANNEL] = "channel", [ZONE_STATUS] = "status",        [ZONE_OBSERVED] = "observed",
        [ZONE_PLAN] = "plan",       [ZONE_COMMANDS] = "commands",    [ZONE_WATCHDOG] = "watchdog",
        [ZONE_COPY] = "store",      [ZONE_INTERFACE] = "interrupts",
    };
    const struct span *zone = spans_overlapping(&view->zones, memory->pa, 1);
    if ((memory->flags & PLAN_MEMORY_DEVICE) != 0) {
        return "device";
    }
    if (zone != NULL) {
        return kinds[zone_kind(zone)];
    }
    if ((memory->flags & PLAN_MEMORY_ROM) != 0) {
        return "rom";
    }
    return image_view_is_ram(view, vm, memory) ? "ram" : "info";
}

/* A manager's range of all that it observes begins with the status pages. */
const char *show_memory_name(const struct image_view *view, uint32_t vm,
                             const struct plan_memory *memory)
{
    static const char *const names[] = {
        [ZONE_STATUS] = "status page",
        [ZONE_OBSERVED] = "counters and log",
        [ZONE_PLAN] = "plan",
        [ZONE_COMMANDS] = "commands",
        [ZONE_WATCHDOG] = "watchdog page",
        [ZONE_COPY] = "store",
        [ZONE_INTERFACE] = "CPU interface",
    };
    const struct span *zone = spans_overlapping(&view->zones, memory->pa, 1);
    if (zone != NULL && zone_kind(zone) == ZONE_CHANNEL) {
        return view->plan.channels[zone_index(zone)].name;
    }
    if (zone != NULL && zone_kind(zone) == ZONE_STATUS && memory->size > PLAN_PAGE_SIZE) {
        return "status pages, counters, log";
    }
    if (zone != NULL) {
        return names[zone_kind(zone)];
    }
    if ((memory->flags & PLAN_MEMORY_ROM) != 0) {
        return "ROM";
    }
    return image_view_is_ram(view, vm, memory) ? "RAM" : "info page";
}

bool show_tree_is_below(const struct image_view *view, uint32_t vm)
{
    const struct plan_vm *plan_vm = &view->plan.vms[vm];
    const struct plan_memory *memory = plan_view_memory(&view->plan, vm);
    const struct plan_restore *restore = plan_view_restore(&view->plan, vm);
    for (uint32_t i = 0; i < plan_vm->memory.count; i++) {
        if (!range_contains(memory[i].ipa, memory[i].size, plan_vm->dtb_ipa, 1)) {
            continue;
        }
        uint64_t tree = memory[i].pa + (plan_vm->dtb_ipa - memory[i].ipa);
        for (uint32_t j = 0; j < plan_vm->restore.count; j++) {
            if (restore[j].source_pa != 0 && restore[j].target_pa > tree &&
                range_contains(memory[i].pa, memory[i].size, restore[j].target_pa,
                               restore[j].size)) {
                return true;
            }
        }
    }
    return false;
}

uint64_t show_part_bytes(const struct image_view *view, const char *what)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < view->parts.count; i++) {
        bytes += strcmp(view->parts.items[i].what, what) == 0 ? view->parts.items[i].size : 0;
    }
    return bytes;
}

bool show_is_edge(const struct image_view *view, uint32_t intid)
{
    /* Two bits an interrupt, the upper one says edge (Arm IHI 0069H, 12.9.9). */
    return (view->plan.plan->gic.icfgr[intid / 16] >> (intid % 16 * 2 + 1) & 1) != 0;
}

static void print_first_failure(const struct report *report, const char *path)
{
    for (unsigned i = 0; i < report->checked; i++) {
        if (report->failures[i] != 0) {
            fprintf(stderr, "nagaya show: %s can't be shown: %s: %s\n", path, property_id(i),
                    report->first[i]);
            return;
        }
    }
}

/* By itself, with nothing that it is compared with. */
static bool image_holds(const char *path)
{
    const char *const arguments[] = {"--quiet", "--engine", "", "--", path, NULL};
    return check_program_run(arguments, true) == 0;
}

static int show_image(const char *path, bool json)
{
    struct image_file image;
    char why[IMAGE_FILE_WHY_SIZE];
    if (!image_file_read(path, &image, why)) {
        fprintf(stderr, "nagaya show: %s: %s\n", path, why);
        return 2;
    }
    if (image_file_is_another_kind(&image, path, "show")) {
        image_file_close(&image);
        return 1;
    }
    static struct report report;
    struct image_view view = {0};
    report = (struct report){.checked = PROPERTY_IMAGE_OVERLAP + 1};
    bool usable = false;
    if (!image_file_parse(&image, why)) {
        report_fail(&report, PROPERTY_IMAGE_ELF, "%s", why);
    } else {
        usable = image_view_open(&view, &image, &report);
    }
    if (usable) {
        struct map map;
        map_make(&view, &map);
        if (json) {
            show_json(&view, &map, image_holds(path), stdout);
        } else {
            show_text(&view, &map, path, image_holds(path), stdout);
        }
        map_free(&map);
    } else {
        print_first_failure(&report, path);
    }
    image_view_free(&view);
    image_file_close(&image);
    return usable ? 0 : 1;
}

int show_command(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool json = false;
    optind = 0; /* start anew: the caller may have used getopt itself */
    for (int option; (option = getopt_long(argc, argv, "jh", options, NULL)) != -1;) {
        switch (option) {
        case 'j':
            json = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return 0;
        default:
            fputs(usage, stderr);
            return 2;
        }
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return 2;
    }
    return show_image(argv[optind], json);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Reads system.yaml and compares it with the board and the VMs with each other. */
#include "system_read.h"

#include <string.h>
#include <unistd.h>

#include "board_read.h"
#include "channel_resolve.h"
#include "assignments.h"
#include "core_analyse.h"
#include "core_resolve.h"
#include "diagnostics.h"
#include "hypervisor_elf.h"
#include "life_resolve.h"
#include "memory.h"
#include "yaml_value.h"

static const struct yaml_key system_keys[] = {
    YAML_REQUIRED("board"),           YAML_REQUIRED("vms"),      YAML_OPTIONAL("debug"),
    YAML_OPTIONAL("cores"),           YAML_OPTIONAL("channels"), YAML_OPTIONAL("speculation"),
    YAML_OPTIONAL("on-engine-fault"),
};
static const struct yaml_choice engine_faults[] = {
    {"stop-core", PLAN_ENGINE_FAULT_STOP_CORE, NULL},
    {"reset", PLAN_ENGINE_FAULT_RESET, NULL},
};
static const struct yaml_key debug_keys[] = {
    YAML_REQUIRED("console"),
};

static const struct yaml_choice speculations[] = {
    {"mitigate", PLAN_SPECULATION_MITIGATE, NULL},
    {"ignore", PLAN_SPECULATION_NONE, NULL},
};

static void read_speculation(struct yaml_file *file, yaml_node_t *value, struct system *system)
{
    int speculation = PLAN_SPECULATION_NONE;

    if (value == NULL) {
        return;
    }
    yaml_read_choice(file, value, "speculation", speculations, COUNT_OF(speculations),
                     &speculation);
    system->speculation = (enum plan_speculation)speculation;
    system->speculation_location = yaml_location(file, value);
}

/* It is about switches between VMs. */
static void check_speculation(const struct system *system)
{
    if (system->speculation == PLAN_SPECULATION_NONE || system->cores_wrong) {
        return;
    }
    for (size_t i = 0; i < system->board.cpu_count; i++) {
        if (system->cores[i].policy != PLAN_POLICY_DEDICATED) {
            return;
        }
    }
    error(system->speculation_location, "speculation: mitigate is about VMs that share a CPU, and "
                                        "none do; remove it, or share one by cores");
}

static void read_debug(struct yaml_file *file, yaml_node_t *debug, struct named *console)
{
    if (debug == NULL || !yaml_expect_mapping(file, debug, "debug", "{console: serial1}")) {
        return;
    }
    yaml_check_keys(file, debug, debug_keys, COUNT_OF(debug_keys), "debug");

    const yaml_node_t *value = yaml_find(file, debug, "console");
    if (yaml_read_text(file, value, "console", &console->text)) {
        console->location = yaml_location(file, value);
    }
}

static void read_engine_fault(struct yaml_file *file, const yaml_node_t *value,
                              struct system *system)
{
    int choice = PLAN_ENGINE_FAULT_STOP_CORE;

    yaml_read_choice(file, value, "on-engine-fault", engine_faults, COUNT_OF(engine_faults),
                     &choice);
    system->engine_fault = (enum plan_engine_fault)choice;
}

/* The hypervisor calls the firmware by SMC only: an HVC from EL2 would come to itself. */
static void check_engine_fault(const struct system *system, struct source_location location)
{
    if (system->engine_fault == PLAN_ENGINE_FAULT_RESET &&
        system->board.conduit != PLAN_CONDUIT_SMC) {
        error(location,
              "on-engine-fault: board %s has no firmware that is called by SMC and could reset it; "
              "write stop-core",
              system->board.name);
    }
}

static void read_vms(struct yaml_file *file, yaml_node_t *list, const char *data,
                     struct system *system, struct vm_source *sources)
{
    yaml_node_t *item;

    if (!yaml_read_list(file, list, "vms", "- " VM_EXAMPLE, false)) {
        return;
    }
    for (size_t i = 0; (item = yaml_item(file, list, i)) != NULL; i++) {
        if (i == PLAN_MAX_VMS) {
            error(yaml_location(file, item),
                  "vms: more than the %u VMs that a system can have; remove some", PLAN_MAX_VMS);
            return;
        }
        vm_read(file, item, data, &system->vms[i], &sources[i]);
        system->vm_count++;
    }
}

static void check_names(const struct system *system, const struct vm_source *sources)
{
    const struct vm_source *manager = NULL;

    for (size_t i = 0; i < system->vm_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(system->vms[i].name, system->vms[j].name) == 0 &&
                strcmp(system->vms[i].name, NAME_UNKNOWN) != 0) {
                error(sources[i].name, "name: there is a vm %s already (line %d); rename one",
                      system->vms[i].name, sources[j].name.line);
                break;
            }
        }
        if (!system->vms[i].manager) {
            continue;
        }
        if (manager != NULL) {
            error(sources[i].manager,
                  "manager: another VM is the manager already (line %d); remove one",
                  manager->manager.line);
        }
        manager = &sources[i];
    }
}

/* With @cores_wrong the CPU may be meant to be shared. */
static void report_shared_cpu(const struct vm *vm, const struct vm *holder, uint32_t cpu,
                              struct source_location location, int holder_line, bool cores_wrong)
{
    const struct vm *hard = vm->level == PLAN_LEVEL_HARD ? vm : holder;

    if (vm == holder) {
        error(location, "cpus: CPU %u is in the list twice; remove one", cpu);
    } else if (hard->level == PLAN_LEVEL_HARD) {
        error(location,
              "cpus: CPU %u is vm %s's (line %d) and vm %s's, but vm %s is realtime: hard and "
              "needs it for "
              "itself; choose another",
              cpu, holder->name, holder_line, vm->name, hard->name);
    } else if (!cores_wrong) {
        error(location,
              "cpus: vm %s has CPU %u already (line %d); choose another, or share it: cores: "
              "[{cpus: [%u], policy: "
              "edf}]",
              holder->name, cpu, holder_line, cpu);
    }
}

/* The machine starts on CPU 0; the firmware starts the others, if it can be called. */
static void check_start(const struct system *system, uint32_t cpu, struct source_location location)
{
    if (cpu == 0 || system->board.conduit == PLAN_CONDUIT_SMC) {
        return;
    }
    error(location,
          "cpus: CPU %u cannot be started, since the device tree of board %s has no enabled node "
          "for PSCI by SMC "
          "(compatible arm,psci-0.2 or arm,psci-1.0, method smc); use only CPU 0",
          cpu, system->board.name);
}

static void check_cpus(const struct system *system, struct vm_source *sources)
{
    struct source_location first[PLAN_MAX_CPUS];
    const struct vm *holders[PLAN_MAX_CPUS] = {NULL};

    for (size_t i = 0; i < system->vm_count; i++) {
        for (size_t k = 0; k < sources[i].cpu_count; k++) {
            uint32_t cpu = system->vms[i].cpus[k];
            struct source_location location = sources[i].cpus[k];

            if (cpu >= system->board.cpu_count) {
                error(location, "cpus: there is no CPU %u; board %s has CPUs 0 to %zu", cpu,
                      system->board.name, system->board.cpu_count - 1);
            } else if (holders[cpu] == &system->vms[i] ||
                       (holders[cpu] != NULL && system->cores[cpu].location.line == 0)) {
                report_shared_cpu(&system->vms[i], holders[cpu], cpu, location, first[cpu].line,
                                  system->cores_wrong);
                sources[i].timing_wrong = true;
            } else {
                check_start(system, cpu, location);
                holders[cpu] = &system->vms[i];
                first[cpu] = location;
            }
        }
    }
}

static bool has_policy(const char *engine, const char *name)
{
    return access(engine, R_OK) == 0 && hypervisor_elf_policy(engine, name) != 0;
}

const char *system_engine(const struct system *system, bool debug)
{
    return text_format("hypervisor/arm64-gicv%d%s.elf", system->board.gic_version == 2 ? 2 : 3,
                       debug ? "-debug" : "");
}

bool system_read(const char *file, const char *data, struct system *system)
{
    /* Texts point into the document, so it stays. */
    struct yaml_file *yaml = memory_new(1, sizeof(*yaml));
    struct vm_source sources[PLAN_MAX_VMS] = {0};
    struct channel_source *channels;
    struct core_source *cores;
    struct named console = {0};
    unsigned mistakes_before = error_count();
    const char *board_name;

    memset(system, 0, sizeof(*system));
    system->file = file;
    if (!yaml_file_read(file, yaml)) {
        return false;
    }

    yaml_node_t *root = yaml_root(yaml);
    yaml_check_keys(yaml, root, system_keys, COUNT_OF(system_keys), "a system");
    const yaml_node_t *board = yaml_find(yaml, root, "board");
    read_debug(yaml, yaml_find(yaml, root, "debug"), &console);
    read_speculation(yaml, yaml_find(yaml, root, "speculation"), system);
    read_vms(yaml, yaml_find(yaml, root, "vms"), data, system, sources);
    read_engine_fault(yaml, yaml_find(yaml, root, "on-engine-fault"), system);
    bool has_board = yaml_read_text(yaml, board, "board", &board_name) &&
                     board_read(board_name, yaml_location(yaml, board), data, &system->board);
    const char *engine = text_format("%s/%s", data, system_engine(system, false));
    unsigned before_cores = error_count();
    size_t core_count =
        cores_read(yaml, yaml_find(yaml, root, "cores"), engine, has_policy, &cores);
    system->cores_wrong = error_count() != before_cores;
    size_t channel_count = channels_read(yaml, yaml_find(yaml, root, "channels"), &channels);
    check_names(system, sources);
    if (has_board) {
        check_engine_fault(system, yaml_key_location(yaml, root, "on-engine-fault"));
        cores_resolve(system, sources, cores, core_count);
        check_speculation(system);
        check_cpus(system, sources);
        assignments_resolve(system, sources, &console);
        channels_resolve(system, channels, channel_count);
        life_resolve(system, sources);
        firmware_resolve(system, sources);
        uart_notes(system);
        cores_analyse(system, sources);
    }
    return error_count() == mistakes_before;
}

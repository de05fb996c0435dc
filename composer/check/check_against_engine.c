/* SPDX-License-Identifier: Apache-2.0 */
/* That what runs at EL2 is the engine that was built: its bytes, its places, and the policies
 * that it has. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check_context.h"
#include "el2_map.h"

static void require_location(struct check *check, const char *what, uint64_t have, uint64_t want)
{
    if (have != want) {
        report_fail(check->view.report, PROPERTY_ENGINE_PLACES,
                    "%s is 0x%" PRIx64 " in the plan, 0x%" PRIx64 " in %s", what, have, want,
                    check->sources->engine->path);
    }
}

static void check_places(struct check *check)
{
    const struct engine_file *engine = check->sources->engine;
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    require_location(check, "the size of text", hypervisor->text_size, engine->text_size);
    require_location(check, "the size of read-only data", hypervisor->rodata_size,
                     engine->rodata_size);
    require_location(check, "the size of shared data", hypervisor->shared_size,
                     engine->shared_size);
    require_location(check, "the size of a CPU's data", hypervisor->percpu_size,
                     engine->percpu_size);
    require_location(check, "the place of the status pages",
                     hypervisor->status_pa - hypervisor->shared_pa, engine->status);
    require_location(check, "the place of the counters",
                     hypervisor->stats_pa - hypervisor->shared_pa, engine->stats);
    require_location(check, "the place of the log", hypervisor->log_pa - hypervisor->shared_pa,
                     engine->log);
    require_location(check, "the place of the watchdogs' pages",
                     hypervisor->watchdog_pa - hypervisor->shared_pa, engine->watchdogs);
    require_location(check, "the place of the manager's page",
                     hypervisor->manager_pa - hypervisor->shared_pa, engine->manager);
    if (check->view.image->entry - hypervisor->pa != engine->entry) {
        report_fail(check->view.report, PROPERTY_ENGINE_PLACES,
                    "the image starts at 0x%" PRIx64 ", %s 0x%" PRIx64 " bytes behind its first",
                    check->view.image->entry, engine->path, engine->entry);
    }
}

static void check_bytes(struct check *check)
{
    const struct engine_file *engine = check->sources->engine;
    uint64_t size = engine->text_size + engine->rodata_size;
    uint8_t *loaded = memory_or_exit(NULL, 1, size);
    image_file_copy(check->view.image, check->view.plan.plan->hypervisor.pa, loaded, size);
    for (uint64_t at = 0; at < size && memcmp(loaded, engine->contents, size) != 0; at++) {
        if (loaded[at] != engine->contents[at]) {
            report_fail(check->view.report, PROPERTY_ENGINE_BYTES,
                        "the byte at 0x%" PRIx64 " (va 0x%" PRIx64
                        ") is 0x%02x, in %s it is 0x%02x",
                        check->view.plan.plan->hypervisor.pa + at, EL2_BASE + at, loaded[at],
                        engine->path, engine->contents[at]);
            break;
        }
    }
    free(loaded);
}

static void check_policies(struct check *check)
{
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        const struct plan_core *core = &check->view.plan.cores[cpu];
        uint64_t va = engine_file_policy(check->sources->engine, core->policy_name);
        if (va != core->policy_va || va == 0) {
            report_fail(check->view.report, PROPERTY_ENGINE_POLICIES,
                        "%s: policy %s is at va 0x%" PRIx64 " by the plan, at 0x%" PRIx64 " in %s",
                        check->view.cpu_who[cpu], core->policy_name, core->policy_va, va,
                        check->sources->engine->path);
        }
    }
}

/* What runs while a CPU switches its MMU on is mapped at its own address, all of it and nothing
 * else. */
static void check_boot_pages(struct check *check)
{
    const struct engine_file *engine = check->sources->engine;
    const struct plan_hypervisor *hypervisor = &check->view.plan.plan->hypervisor;
    uint64_t start = hypervisor->pa + engine->boot_start;
    uint64_t size = engine->boot_end - engine->boot_start;
    for (uint32_t cpu = 0; cpu < check->view.plan.plan->cpu_count; cpu++) {
        uint64_t mapped = 0;
        for (size_t i = 0; i < check->view.stage1[cpu].mapping_count; i++) {
            const struct mapping *mapping = &check->view.stage1[cpu].mappings[i];
            if (mapping->address != mapping->pa) {
                continue;
            }
            mapped += mapping->size;
            if (!range_contains(start, size, mapping->pa, mapping->size)) {
                mapped = 0;
                break;
            }
        }
        if (mapped != size) {
            report_fail(check->view.report, PROPERTY_ENGINE_PLACES,
                        "%s: what it maps at its own address is not " SPAN_FORMAT
                        ", the engine's boot pages",
                        check->view.cpu_who[cpu], SPAN_ARGUMENTS(start, size));
        }
    }
}

void check_against_engine(struct check *check)
{
    if (check->sources == NULL || check->sources->engine == NULL) {
        return;
    }
    check_places(check);
    check_bytes(check);
    check_policies(check);
    check_boot_pages(check);
}
